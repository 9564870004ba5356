//! The forms of CHECK that are understood, as PostgreSQL writes them out, `c` being a column and `n`, `v` constants:
//!
//! - `(c = ANY (ARRAY[v, …]))` and `(c = v)`;
//! - `(c >= n)`, `>`, `<=`, `<`, also with the constant first, numbers only;
//! - the same of `length(c)` and its other names, and `(length(c) = n)`;
//! - such forms joined by `AND`, one of them beside `(c IS NULL) OR …`, `(c = v)` joined by `OR`;
//! - any of it with casts that change nothing: `(c)::text`, `(0)::numeric`, `'-1'::integer`.
//!
//! A form is taken only if the comparison means the same elsewhere: not where the column's type or collation has values
//! equal that differ, nor where a cast rounds or cuts.

use crate::check::token::{Brackets, Kind, Token, tokens};
use crate::check::{Comparisons, Operand, bound, flipped, length, number, split, unwrapped};
use crate::schema::{Column, ColumnType, Literal, Rule};

/// Longer expressions are left unread.
const LENGTH_MAX: usize = 64 * 1024;

/// More digits than these may be lost where a number is no whole one.
const DIGITS_KEPT: usize = 15;

const INTEGERS: [&str; 3] = ["smallint", "integer", "bigint"];
const TEXTS: [&str; 2] = ["text", "character varying"];

/// A column that checks are about, under the name they know it by.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    pub(super) column: usize,
    pub(super) name: &'a str,
    pub(super) takes: Takes,
}

/// What a column holds, as far as it tells what comparisons mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    Integers,
    Decimals,
    Floats,
    /// Texts that are equal only if their bytes are.
    Texts,
    /// Texts that are equal in other cases, too.
    CollatedTexts,
    /// The values of an enum.
    Labels,
    Bytes,
    /// Anything whose comparisons are left to the database.
    Other,
}

impl Takes {
    pub(super) fn of(column: &Column) -> Self {
        match column.column_type {
            ColumnType::Integer => Self::Integers,
            ColumnType::Decimal => Self::Decimals,
            ColumnType::Float => Self::Floats,
            // Trailing spaces do not count in values padded with them, the length included.
            ColumnType::Text if column.comparison_type == "text" && column.collation.is_none() => Self::Texts,
            ColumnType::Text if column.comparison_type != "bpchar" => Self::CollatedTexts,
            ColumnType::Enum(_) => Self::Labels,
            ColumnType::Binary => Self::Bytes,
            _ => Self::Other,
        }
    }

    fn has_numbers(self) -> bool {
        matches!(self, Self::Integers | Self::Decimals | Self::Floats)
    }

    /// Whether a cast to this type leaves what it holds as it is.
    fn keeps(self, cast: &str) -> bool {
        match self {
            Self::Integers => matches!(cast, "integer" | "bigint" | "numeric"),
            Self::Floats => cast == "double precision",
            Self::Texts | Self::CollatedTexts => TEXTS.contains(&cast),
            Self::Labels => cast == "text",
            Self::Decimals | Self::Bytes | Self::Other => false,
        }
    }
}

/// What an expression demands of single columns, as far as it is understood.
pub(super) fn rules(text: &str, subjects: &[Subject<'_>]) -> Vec<(usize, Rule)> {
    if text.len() > LENGTH_MAX {
        return Vec::new();
    }
    Subjects(subjects).demanded(&tokens(text, Brackets::Sign))
}

struct Subjects<'a>(&'a [Subject<'a>]);

impl Comparisons for Subjects<'_> {
    fn comparison(&self, tokens: &[Token]) -> Option<Vec<(usize, Rule)>> {
        let mut depth = 0_usize;
        let at = tokens.iter().position(|token| {
            depth += usize::from(token.is_sign("("));
            depth = depth.saturating_sub(usize::from(token.is_sign(")")));
            depth == 0 && flipped(token).is_some()
        })?;
        let (left, right) = (&tokens[..at], &tokens[at + 1..]);
        let Kind::Sign(sign) = tokens[at].kind else { return None };
        let (operand, sign, other) = match self.operand(left) {
            Some(operand) => (operand, sign, right),
            None => (self.operand(right)?, flipped(&tokens[at])?, left),
        };
        match operand {
            Operand::Length(subject) => {
                let rules = length(sign, &literal(other, Takes::Integers)?)?;
                Some(rules.into_iter().map(|rule| (self.0[subject].column, rule)).collect())
            }
            Operand::Value(subject) => {
                let Subject { column, takes, .. } = self.0[subject];
                let rule = match (sign, list(other, takes)) {
                    ("=", Some(values)) => Rule::OneOf(values?),
                    ("=", None) => Rule::OneOf(vec![literal(other, takes)?]),
                    _ if takes.has_numbers() => bound(sign, literal(other, takes)?)?,
                    _ => return None,
                };
                Some(vec![(column, rule)])
            }
        }
    }

    fn column(&self, tokens: &[Token]) -> Option<usize> {
        match self.operand(tokens)? {
            Operand::Value(subject) => Some(self.0[subject].column),
            Operand::Length(_) => None,
        }
    }
}

impl Subjects<'_> {
    /// A column or its length, by its place among the subjects.
    fn operand(&self, tokens: &[Token]) -> Option<Operand> {
        let (tokens, casts) = without_casts(tokens);
        if let [only] = tokens {
            let subject = self.named(only)?;
            let takes = self.0[subject].takes;
            return casts.iter().all(|cast| takes.keeps(cast)).then_some(Operand::Value(subject));
        }
        let (function, argument) = tokens.split_first()?;
        if !casts.is_empty() || !argument.first()?.is_sign("(") {
            return None;
        }
        let Operand::Value(subject) = self.operand(argument)? else { return None };
        let known: &[&str] = match self.0[subject].takes {
            Takes::Texts | Takes::CollatedTexts => &["length", "char_length", "character_length"],
            Takes::Bytes => &["length", "octet_length"],
            _ => &[],
        };
        known.iter().any(|name| function.is_word(name)).then_some(Operand::Length(subject))
    }

    fn named(&self, token: &Token) -> Option<usize> {
        let (Kind::Word(name) | Kind::Quoted(name)) = &token.kind else { return None };
        self.0.iter().position(|subject| subject.name == name)
    }
}

/// What is cast, and the types it is cast to.
fn without_casts(tokens: &[Token]) -> (&[Token], Vec<String>) {
    let (mut tokens, mut casts) = (unwrapped(tokens), Vec::new());
    loop {
        let mut brackets = 0_usize;
        let parts = split(tokens, |token| {
            brackets += usize::from(token.is_sign("["));
            brackets = brackets.saturating_sub(usize::from(token.is_sign("]")));
            brackets == 0 && token.is_sign("::")
        });
        let [first, types @ ..] = &parts[..] else { return (tokens, casts) };
        if types.is_empty() {
            return (tokens, casts);
        }
        casts.extend(types.iter().map(|one| type_name(one)));
        tokens = unwrapped(first);
    }
}

/// The name of a type, in a form that none with a modifier has in common with one without.
fn type_name(tokens: &[Token]) -> String {
    let words = tokens.iter().map(|token| match &token.kind {
        Kind::Word(word) => word.as_str(),
        Kind::Sign(sign) => sign,
        _ => "?",
    });
    words.collect::<Vec<_>>().join(" ")
}

/// The values of `ANY (ARRAY[…])`, `None` within if one of them is not understood.
#[allow(clippy::option_option, reason = "no such list, or one that is not understood")]
fn list(tokens: &[Token], takes: Takes) -> Option<Option<Vec<Literal>>> {
    let (any, array) = tokens.split_first()?;
    if !any.is_word("ANY") {
        return None;
    }
    let (array, casts) = without_casts(array);
    let [word, open, values @ .., close] = array else { return Some(None) };
    let is_array = word.is_word("ARRAY") && open.is_sign("[") && close.is_sign("]");
    let fits = |cast: &String| cast.strip_suffix(" [ ]").is_some_and(|cast| fits(cast, takes));
    if !is_array || !casts.iter().all(fits) {
        return Some(None);
    }
    Some(split(values, |token| token.is_sign(",")).into_iter().map(|value| literal(value, takes)).collect())
}

/// Whether a constant cast to this type can be compared with such a column as it is written.
fn fits(cast: &str, takes: Takes) -> bool {
    match takes {
        Takes::Integers | Takes::Decimals | Takes::Floats => {
            INTEGERS.contains(&cast) || matches!(cast, "numeric" | "real" | "double precision")
        }
        Takes::Texts => TEXTS.contains(&cast),
        // Besides to a text, it can only be cast to the enum.
        Takes::Labels => true,
        Takes::CollatedTexts | Takes::Bytes | Takes::Other => false,
    }
}

fn literal(tokens: &[Token], takes: Takes) -> Option<Literal> {
    let (tokens, casts) = without_casts(tokens);
    if !casts.iter().all(|cast| fits(cast, takes)) {
        return None;
    }
    let (sign, token) = match tokens {
        [sign, token] if sign.is_sign("-") => ("-", token),
        [token] => ("", token),
        _ => return None,
    };
    match (&token.kind, takes.has_numbers()) {
        (Kind::Number(digits), true) => numeric(&format!("{sign}{digits}"), &casts),
        (Kind::Text(digits), true) if sign.is_empty() && !casts.is_empty() => numeric(digits, &casts),
        // What a backslash means depends on a setting.
        (Kind::Text(text), false) if sign.is_empty() && !text.contains('\\') => {
            matches!(takes, Takes::Texts | Takes::Labels).then(|| Literal::Text(text.clone()))
        }
        _ => None,
    }
}

/// A number that no cast changes.
fn numeric(digits: &str, casts: &[String]) -> Option<Literal> {
    let found = number(digits)?;
    let Literal::Real(real) = found else { return Some(found) };
    let is_kept = digits.bytes().filter(u8::is_ascii_digit).count() <= DIGITS_KEPT;
    #[allow(clippy::cast_possible_truncation, reason = "whether that loses anything is the question")]
    let is_short = f64::from(real as f32).to_bits() == real.to_bits();
    let rounds = |cast: &String| INTEGERS.contains(&cast.as_str()) || (cast == "real" && !is_short);
    (is_kept && !casts.iter().any(rounds)).then_some(found)
}
