//! The words of SQL.

/// A word, with its place in the text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    /// A name or a key word without quotes.
    Word(String),
    /// A name in double quotes or backticks, or in brackets where they are quotes.
    Quoted(String),
    /// A text in single quotes.
    Text(String),
    /// A number without sign.
    Number(String),
    /// A sign of one or two characters.
    Sign(&'static str),
    /// Anything else.
    Unknown,
}

/// Signs, the longer ones first.
const SIGNS: [&str; 18] =
    ["::", "<=", ">=", "<>", "!=", "==", "||", "(", ")", "[", "]", ",", ".", "<", ">", "=", "-", "+"];

/// What `[` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Brackets {
    /// The quote at the start of a name.
    Quote,
    /// A sign, of arrays.
    Sign,
}

impl Token {
    pub(crate) fn is_word(&self, word: &str) -> bool {
        matches!(&self.kind, Kind::Word(text) if text.eq_ignore_ascii_case(word))
    }

    pub(crate) fn is_sign(&self, sign: &str) -> bool {
        self.kind
            == Kind::Sign(match SIGNS.iter().find(|known| **known == sign) {
                Some(known) => known,
                None => return false,
            })
    }

    /// As a name, however it is written: SQLite takes even a text for one where a name has to stand.
    pub(crate) fn name(&self) -> Option<&str> {
        match &self.kind {
            Kind::Word(name) | Kind::Quoted(name) | Kind::Text(name) => Some(name),
            _ => None,
        }
    }
}

/// Splits a text into its words, comments left out.
pub(crate) fn tokens(sql: &str, brackets: Brackets) -> Vec<Token> {
    let mut found = Vec::new();
    let mut start = 0;
    while let Some(first) = sql[start..].chars().next() {
        let rest = &sql[start..];
        let (kind, length) = match first {
            first if first.is_ascii_whitespace() => (None, 1),
            '-' if rest.starts_with("--") => (None, rest.find('\n').unwrap_or(rest.len())),
            '/' if rest.starts_with("/*") => {
                (None, rest[2..].find("*/").map_or(rest.len(), |position| position + 4))
            }
            '\'' | '"' | '`' => quoted(rest, first),
            '[' if brackets == Brackets::Quote => quoted(rest, first),
            first if first.is_ascii_digit() => number(rest),
            '.' if rest[1..].starts_with(|next: char| next.is_ascii_digit()) => number(rest),
            first if is_of_word(first) => word(rest),
            first => match SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
                Some(sign) => (Some(Kind::Sign(sign)), sign.len()),
                None => (Some(Kind::Unknown), first.len_utf8()),
            },
        };
        let end = start + length;
        found.extend(kind.map(|kind| Token { kind, start, end }));
        start = end;
    }
    found
}

fn is_of_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '$') || !character.is_ascii()
}

fn word(rest: &str) -> (Option<Kind>, usize) {
    let length = rest.find(|character| !is_of_word(character)).unwrap_or(rest.len());
    (Some(Kind::Word(rest[..length].to_owned())), length)
}

/// Also takes what only begins like a number, such as `0x10`; whoever reads it as one then fails.
fn number(rest: &str) -> (Option<Kind>, usize) {
    let mut before = ' ';
    let length = rest
        .find(|character: char| {
            let is_of_it = is_of_word(character)
                || character == '.'
                || (matches!(character, '+' | '-') && matches!(before, 'e' | 'E'));
            before = character;
            !is_of_it
        })
        .unwrap_or(rest.len());
    (Some(Kind::Number(rest[..length].to_owned())), length)
}

fn quoted(rest: &str, first: char) -> (Option<Kind>, usize) {
    let last = if first == '[' { ']' } else { first };
    let mut text = String::new();
    let mut characters = rest.char_indices().skip(1).peekable();
    while let Some((position, character)) = characters.next() {
        if character != last {
            text.push(character);
        } else if first != '[' && characters.next_if(|(_, next)| *next == last).is_some() {
            text.push(last);
        } else {
            let kind = if first == '\'' { Kind::Text(text) } else { Kind::Quoted(text) };
            return (Some(kind), position + 1);
        }
    }
    (Some(Kind::Unknown), rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_split_into_words() {
        let text = "a_1>=-1.5e+3--x\n/* , */\"b\"\"c\"[d e]'it''s'(,)|| 0x1f %::";
        for (brackets, between) in [(Brackets::Quote, "q:d e"), (Brackets::Sign, "[ w:d w:e ]")] {
            let found: Vec<String> = tokens(text, brackets)
                .into_iter()
                .map(|token| match token.kind {
                    Kind::Word(text) => format!("w:{text}"),
                    Kind::Quoted(text) => format!("q:{text}"),
                    Kind::Text(text) => format!("t:{text}"),
                    Kind::Number(text) => format!("n:{text}"),
                    Kind::Sign(text) => text.to_owned(),
                    Kind::Unknown => "?".to_owned(),
                })
                .collect();
            let expected = format!("w:a_1 >= - n:1.5e+3 q:b\"c {between} t:it's ( , ) || n:0x1f ? ::");
            assert_eq!(found.join(" "), expected);
        }
    }

    #[test]
    fn what_never_ends_is_no_word() {
        for text in ["'abc", "\"abc", "[abc", "/* abc", "-- abc"] {
            assert!(tokens(text, Brackets::Quote).iter().all(|token| token.kind == Kind::Unknown), "{text}");
        }
    }
}
