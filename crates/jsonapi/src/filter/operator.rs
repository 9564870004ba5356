//! Operators and their words in both grammars, and how lists of values are written.

/// How a condition compares a field with its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operator {
    /// Is the value.
    Equal,
    /// Is another value.
    NotEqual,
    /// Is more than the value.
    Greater,
    /// Is the value or more.
    GreaterOrEqual,
    /// Is less than the value.
    Less,
    /// Is the value or less.
    LessOrEqual,
    /// Is one of the values.
    In,
    /// Is none of the values.
    NotIn,
    /// Lies between the two values, or is one of them.
    Between,
    /// Lies outside the two values.
    NotBetween,
    /// Has the value in it.
    Contains,
    /// Begins with the value.
    StartsWith,
    /// Ends with the value.
    EndsWith,
    /// Has no value.
    Null,
    /// Has a value.
    NotNull,
}

/// Operator, native word, Drupal's word. `null=false` is the native form of the last one.
const WORDS: [(Operator, &str, &str); 15] = [
    (Operator::Equal, "eq", "="),
    (Operator::NotEqual, "ne", "<>"),
    (Operator::Greater, "gt", ">"),
    (Operator::GreaterOrEqual, "gte", ">="),
    (Operator::Less, "lt", "<"),
    (Operator::LessOrEqual, "lte", "<="),
    (Operator::In, "in", "IN"),
    (Operator::NotIn, "nin", "NOT IN"),
    (Operator::Between, "between", "BETWEEN"),
    (Operator::NotBetween, "nbetween", "NOT BETWEEN"),
    (Operator::Contains, "contains", "CONTAINS"),
    (Operator::StartsWith, "starts", "STARTS_WITH"),
    (Operator::EndsWith, "ends", "ENDS_WITH"),
    (Operator::Null, "null", "IS NULL"),
    (Operator::NotNull, "null", "IS NOT NULL"),
];

impl Operator {
    /// The word of the native grammar; `null` for both [`Operator::Null`] and [`Operator::NotNull`].
    pub fn native(self) -> &'static str {
        self.words().0
    }

    /// The word of Drupal's grammar.
    pub fn drupal(self) -> &'static str {
        self.words().1
    }

    fn words(self) -> (&'static str, &'static str) {
        let (_, native, drupal) = WORDS[self as usize];
        (native, drupal)
    }

    /// The operator of a word of the native grammar; [`Operator::Null`] for `null`.
    pub fn from_word(word: &str) -> Option<Self> {
        WORDS.iter().find(|(_, native, _)| *native == word).map(|(operator, ..)| *operator)
    }

    pub(super) fn from_drupal(word: &str) -> Option<Self> {
        WORDS.iter().find(|(.., drupal)| *drupal == word).map(|(operator, ..)| *operator)
    }

    pub(super) fn native_words() -> impl Iterator<Item = &'static str> {
        WORDS.iter().take(WORDS.len() - 1).map(|(_, native, _)| *native)
    }

    pub(super) fn drupal_words() -> impl Iterator<Item = &'static str> {
        WORDS.iter().map(|(.., drupal)| *drupal)
    }

    /// Whether the operator takes a list of any length.
    pub(super) const fn takes_list(self) -> bool {
        matches!(self, Self::In | Self::NotIn)
    }

    /// Whether the operator takes two values.
    pub(super) const fn takes_range(self) -> bool {
        matches!(self, Self::Between | Self::NotBetween)
    }

    /// Whether the operator is about having a value at all.
    pub(super) const fn takes_nothing(self) -> bool {
        matches!(self, Self::Null | Self::NotNull)
    }
}

/// Splits a list at its commas; `\,` is a comma in an item and `\\` a backslash. Any other backslash stands for itself.
///
/// ```
/// use docent_jsonapi::filter::split_list;
///
/// assert_eq!(split_list("a,b"), ["a", "b"]);
/// assert_eq!(split_list(r"a\,b,c\\"), ["a,b", r"c\"]);
/// assert_eq!(split_list(""), [""]);
/// ```
pub fn split_list(text: &str) -> Vec<String> {
    if !text.contains('\\') {
        return text.split(',').map(str::to_owned).collect();
    }
    let mut items = Vec::new();
    let mut item = String::new();
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            ',' => items.push(std::mem::take(&mut item)),
            '\\' => item.push(characters.next_if(|next| matches!(next, ',' | '\\')).unwrap_or('\\')),
            _ => item.push(character),
        }
    }
    items.push(item);
    items
}
