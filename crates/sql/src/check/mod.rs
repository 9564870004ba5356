//! What the text of a CHECK says about single columns, as far as every engine writes it alike: how comparisons are
//! joined, and what a comparison demands.
//!
//! What a column, its length and a constant look like, and whether comparing them means the same outside the
//! database, is left to the reader of each engine: it implements [`Comparisons`].

pub(crate) mod token;

use self::token::{Kind, Token};
use crate::schema::{Literal, Rule};

/// An engine's comparisons.
pub(crate) trait Comparisons {
    /// What a single comparison demands of columns, if it is understood.
    fn comparison(&self, tokens: &[Token]) -> Option<Vec<(usize, Rule)>>;

    /// The column that the tokens are, parentheses around it aside.
    fn column(&self, tokens: &[Token]) -> Option<usize>;

    /// What an expression demands of single columns: comparisons joined by `AND`, one of them beside
    /// `c IS NULL OR …`, values of one column joined by `OR`, and any of it in parentheses.
    fn demanded(&self, tokens: &[Token]) -> Vec<(usize, Rule)> {
        let tokens = unwrapped(tokens);
        // Its parts are no operands of an AND around it.
        if tokens.iter().any(|token| token.is_word("CASE")) {
            return Vec::new();
        }
        let alternatives = split(tokens, |token| token.is_word("OR"));
        if alternatives.len() > 1 {
            return self.demanded_by_one_of(&alternatives);
        }
        let mut between = false;
        let conjuncts = split(tokens, |token| {
            let joins = token.is_word("AND") && !between;
            between = token.is_word("BETWEEN") || (between && !token.is_word("AND"));
            joins
        });
        match conjuncts.as_slice() {
            [only] => self.comparison(only).unwrap_or_default(),
            [_, _, ..] => conjuncts.iter().flat_map(|part| self.demanded(part)).collect(),
            [] => Vec::new(),
        }
    }

    /// What holds whichever of the alternatives does.
    fn demanded_by_one_of(&self, alternatives: &[&[Token]]) -> Vec<(usize, Rule)> {
        let (mut nullable, mut others) = (None, Vec::new());
        for alternative in alternatives {
            match self.is_null(alternative) {
                Some(column) if nullable.is_none_or(|known| known == column) => nullable = Some(column),
                Some(_) => return Vec::new(),
                None => others.push(self.demanded(alternative)),
            }
        }
        let rules = match <[_; 1]>::try_from(others) {
            Ok([only]) => only,
            Err(others) => values_of_one_column(others).into_iter().collect(),
        };
        rules.into_iter().filter(|(of, _)| nullable.is_none_or(|column| column == *of)).collect()
    }

    /// The column of `c IS NULL`.
    fn is_null(&self, tokens: &[Token]) -> Option<usize> {
        let [column @ .., is, null] = unwrapped(tokens) else { return None };
        (is.is_word("IS") && null.is_word("NULL")).then(|| self.column(column))?
    }
}

/// All values of a column that one of the alternatives allows, if each of them names some.
fn values_of_one_column(alternatives: Vec<Vec<(usize, Rule)>>) -> Option<(usize, Rule)> {
    let mut found: Option<(usize, Vec<Literal>)> = None;
    for rules in alternatives {
        let is_wanted = |column: usize| found.as_ref().is_none_or(|(known, _)| *known == column);
        let (column, values) = rules.into_iter().find_map(|(column, rule)| match rule {
            Rule::OneOf(values) if is_wanted(column) => Some((column, values)),
            _ => None,
        })?;
        found.get_or_insert((column, Vec::new())).1.extend(values);
    }
    found.map(|(column, values)| (column, Rule::OneOf(values)))
}

/// What is compared.
#[derive(Clone, Copy)]
pub(crate) enum Operand {
    /// A column.
    Value(usize),
    /// The length of a column.
    Length(usize),
}

/// What stands between the parenthesis that opens the tokens and the one that closes it.
pub(crate) fn inside(tokens: &[Token]) -> &[Token] {
    let mut depth = 0_usize;
    for (position, token) in tokens.iter().enumerate() {
        if token.is_sign("(") {
            depth += 1;
        } else if token.is_sign(")") {
            depth -= 1;
            if depth == 0 {
                return &tokens[1..position];
            }
        }
    }
    &[]
}

/// The parts between separators that stand in no parentheses.
pub(crate) fn split(tokens: &[Token], mut is_separator: impl FnMut(&Token) -> bool) -> Vec<&[Token]> {
    let mut depth = 0_usize;
    tokens
        .split(|token| {
            if token.is_sign("(") {
                depth += 1;
            } else if token.is_sign(")") {
                depth = depth.saturating_sub(1);
            }
            depth == 0 && is_separator(token)
        })
        .collect()
}

/// Without the parentheses around the whole.
pub(crate) fn unwrapped(mut tokens: &[Token]) -> &[Token] {
    while tokens.first().is_some_and(|token| token.is_sign("(")) && inside(tokens).len() + 2 == tokens.len() {
        tokens = inside(tokens);
    }
    tokens
}

/// The sign that says the same with its sides exchanged.
pub(crate) fn flipped(token: &Token) -> Option<&'static str> {
    let Kind::Sign(sign) = token.kind else { return None };
    match sign {
        "<" => Some(">"),
        "<=" => Some(">="),
        ">" => Some("<"),
        ">=" => Some("<="),
        "=" | "==" => Some("="),
        _ => None,
    }
}

/// A number as it is written, with its sign.
pub(crate) fn number(text: &str) -> Option<Literal> {
    if let Ok(number) = text.parse() {
        return Some(Literal::Integer(number));
    }
    text.parse().ok().filter(|number: &f64| number.is_finite()).map(Literal::Real)
}

/// What `<`, `<=`, `>` or `>=` a number demands.
pub(crate) fn bound(sign: &str, bound: Literal) -> Option<Rule> {
    let inclusive = sign.ends_with('=');
    match sign {
        _ if matches!(bound, Literal::Text(_)) => None,
        ">" | ">=" => Some(Rule::Least { bound, inclusive }),
        "<" | "<=" => Some(Rule::Greatest { bound, inclusive }),
        _ => None,
    }
}

/// What comparing the length with a number demands.
pub(crate) fn length(sign: &str, number: &Literal) -> Option<Vec<Rule>> {
    let Literal::Integer(length) = number else { return None };
    let length = u64::try_from(*length).ok()?;
    match sign {
        ">=" => Some(vec![Rule::LengthLeast(length)]),
        ">" => Some(vec![Rule::LengthLeast(length.checked_add(1)?)]),
        "<=" => Some(vec![Rule::LengthGreatest(length)]),
        "<" => Some(vec![Rule::LengthGreatest(length.checked_sub(1)?)]),
        "=" | "==" => Some(vec![Rule::LengthLeast(length), Rule::LengthGreatest(length)]),
        _ => None,
    }
}
