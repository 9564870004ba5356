//! The forms of CHECK that are understood, `c` being a column and `n`, `m`, `v` constants:
//!
//! - `c IN (v, …)` and `c = v`;
//! - `c >= n`, `>`, `<=`, `<`, also with the constant first, and `c BETWEEN n AND m`, numbers only;
//! - the same of `length(c)`, and `length(c) = n`;
//! - such forms joined by `AND`, one of them beside `c IS NULL OR …`, and any of it in parentheses.
//!
//! A form is taken only if the comparison means the same elsewhere: not where the column's collation or affinity would
//! have a part in it.

use super::super::declared::{Affinity, affinity};
use crate::check::token::{Kind, Token};
use crate::check::{Comparisons, Operand, bound, flipped, inside, length, number, split, unwrapped};
use crate::schema::{Column, Literal, Rule};

/// What a table's columns are like.
pub(super) struct Columns<'a> {
    pub(super) columns: &'a [Column],
    /// Which of them compare texts otherwise than by their bytes.
    pub(super) collated: &'a [bool],
}

impl Comparisons for Columns<'_> {
    fn comparison(&self, tokens: &[Token]) -> Option<Vec<(usize, Rule)>> {
        let (operand, rest) = self.operand(tokens).or_else(|| {
            // The constant comes first.
            let sign = tokens.iter().position(|token| flipped(token).is_some())?;
            let (operand, after) = self.operand(&tokens[sign + 1..])?;
            after.is_empty().then_some((operand, &tokens[..=sign]))
        })?;
        let (first, after) = rest.split_first()?;
        if first.is_word("BETWEEN") {
            let and = after.iter().position(|token| token.is_word("AND"))?;
            let (least, greatest) = (self.literal(&after[..and])?, self.literal(&after[and + 1..])?);
            let mut rules = self.rules(operand, ">=", least)?;
            rules.extend(self.rules(operand, "<=", greatest)?);
            return Some(rules);
        }
        if first.is_word("IN") && after.first()?.is_sign("(") {
            let list = inside(after);
            if list.len() + 2 != after.len() {
                return None;
            }
            let values = split(list, |token| token.is_sign(","));
            let values: Option<Vec<Literal>> = values.into_iter().map(|value| self.literal(value)).collect();
            return self.one_of(operand, values?);
        }
        if let Kind::Sign(sign) = first.kind {
            return self.rules(operand, sign, self.literal(after)?);
        }
        let last = rest.last()?;
        self.rules(operand, flipped(last)?, self.literal(&rest[..rest.len() - 1])?)
    }

    fn column(&self, tokens: &[Token]) -> Option<usize> {
        let [only] = tokens else { return None };
        self.named(only)
    }
}

impl Columns<'_> {
    /// A column or its length at the start of the tokens, and what comes behind it.
    fn operand<'t>(&self, tokens: &'t [Token]) -> Option<(Operand, &'t [Token])> {
        let (first, rest) = tokens.split_first()?;
        if let [open, name, close, after @ ..] = rest
            && first.is_word("length")
            && open.is_sign("(")
            && close.is_sign(")")
        {
            return Some((Operand::Length(self.named(name)?), after));
        }
        Some((Operand::Value(self.named(first)?), rest))
    }

    fn named(&self, token: &Token) -> Option<usize> {
        let (Kind::Word(name) | Kind::Quoted(name)) = &token.kind else { return None };
        self.columns.iter().position(|column| column.name.eq_ignore_ascii_case(name))
    }

    fn literal(&self, tokens: &[Token]) -> Option<Literal> {
        let (sign, token) = match unwrapped(tokens) {
            [token] => ("", token),
            [sign, token] if sign.is_sign("-") => ("-", token),
            [sign, token] if sign.is_sign("+") => ("", token),
            _ => return None,
        };
        match &token.kind {
            Kind::Number(digits) => number(&format!("{sign}{digits}")),
            Kind::Text(text) if tokens.len() == 1 => Some(Literal::Text(text.clone())),
            // SQLite takes a name in double quotes that is none for a text.
            Kind::Quoted(text) if tokens.len() == 1 && self.named(token).is_none() => {
                Some(Literal::Text(text.clone()))
            }
            _ => None,
        }
    }

    fn one_of(&self, operand: Operand, values: Vec<Literal>) -> Option<Vec<(usize, Rule)>> {
        let Operand::Value(column) = operand else { return None };
        let affinity = affinity(&self.columns[column].declared_type);
        let means_the_same = |value: &Literal| match value {
            Literal::Text(_) if self.collated[column] => false,
            Literal::Text(text) => {
                matches!(affinity, Affinity::Text | Affinity::None) || text.trim().parse::<f64>().is_err()
            }
            Literal::Integer(_) | Literal::Real(_) => affinity != Affinity::Text,
        };
        values.iter().all(means_the_same).then(|| vec![(column, Rule::OneOf(values))])
    }

    fn rules(&self, operand: Operand, sign: &str, value: Literal) -> Option<Vec<(usize, Rule)>> {
        match (operand, sign) {
            (Operand::Value(_), "=" | "==") => self.one_of(operand, vec![value]),
            (Operand::Value(column), _) => {
                let has_numbers = affinity(&self.columns[column].declared_type) == Affinity::Numeric;
                has_numbers.then(|| Some(vec![(column, bound(sign, value)?)]))?
            }
            (Operand::Length(column), _) => {
                Some(length(sign, &value)?.into_iter().map(|rule| (column, rule)).collect())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::super::read;
    use super::*;

    /// The rules of a table with the columns `n INTEGER`, `t TEXT`, `c TEXT COLLATE NOCASE`, `s STRING` and `x`.
    fn rules(check: &str) -> String {
        let declared = [("n", "INTEGER"), ("t", "TEXT"), ("c", "TEXT"), ("s", "STRING"), ("x", "")];
        let columns: Vec<Column> = declared
            .map(|(name, declared_type)| Column {
                name: name.to_owned(),
                declared_type: declared_type.to_owned(),
                ..Column::default()
            })
            .into();
        let sql =
            format!("CREATE TABLE w(n INTEGER, t TEXT, c TEXT COLLATE NOCASE, s STRING, x, CHECK ({check}))");
        let definition = read(&sql, &columns);
        assert_eq!(definition.checks.len(), 1, "{check}");
        let mut text = String::new();
        for (column, rule) in &definition.checks[0].rules {
            let separator = if text.is_empty() { "" } else { "; " };
            let name = &columns[*column].name;
            let value = |literal: &Literal| match literal {
                Literal::Integer(number) => number.to_string(),
                Literal::Real(number) => format!("{number:?}"),
                Literal::Text(text) => format!("'{text}'"),
            };
            let said = match rule {
                Rule::OneOf(values) => {
                    format!("{name} in {}", values.iter().map(value).collect::<Vec<_>>().join(","))
                }
                Rule::Least { bound, inclusive } => {
                    format!("{name} >{} {}", if *inclusive { "=" } else { "" }, value(bound))
                }
                Rule::Greatest { bound, inclusive } => {
                    format!("{name} <{} {}", if *inclusive { "=" } else { "" }, value(bound))
                }
                Rule::LengthLeast(length) => format!("#{name} >= {length}"),
                Rule::LengthGreatest(length) => format!("#{name} <= {length}"),
            };
            write!(text, "{separator}{said}").unwrap();
        }
        text
    }

    #[test]
    fn simple_forms_are_understood() {
        for (check, expected) in [
            ("t IN ('a', 'it''s')", "t in 'a','it''s'"),
            ("\"t\" in (\"a\",\"b\")", "t in 'a','b'"),
            ("n IN (0,1)", "n in 0,1"),
            ("s = 'draft'", "s in 'draft'"),
            ("n >= 0", "n >= 0"),
            ("((n)>(-1))", ""),
            ("(n > (-1))", "n > -1"),
            ("0 <= n AND n < 1e3", "n >= 0; n < 1000.0"),
            ("n BETWEEN +1 AND 5 AND t = 'x'", "n >= 1; n <= 5; t in 'x'"),
            ("length(t) <= 20", "#t <= 20"),
            ("length(t) > 0 and length(t) < 5", "#t >= 1; #t <= 4"),
            ("LENGTH([t]) = 2", "#t >= 2; #t <= 2"),
            ("n IS NULL OR n > 0", "n > 0"),
            ("(n <= 9 AND t = 'a') OR (n IS NULL)", "n <= 9"),
            ("n > 0 AND t LIKE 'a%'", "n > 0"),
        ] {
            assert_eq!(rules(check).replace("it's", "it''s"), expected, "{check}");
        }
    }

    #[test]
    fn other_forms_say_nothing() {
        for check in [
            "n > 0 OR t = 'a'",
            "n IS NULL OR t = 'a'",
            "NOT n > 0",
            "n NOT IN (1)",
            "n <> 0",
            "n > t",
            "n > 0 + 1",
            "n + 1 > 0",
            "n IN (1, NULL)",
            "n IN (SELECT 1)",
            "t > 'a'",
            "t > 5",
            "t IN (1, 2)",
            "c IN ('a')",
            "s IN ('1')",
            "x > 0",
            "t = \"n\"",
            "t IN ('a') COLLATE NOCASE",
            "CASE WHEN x AND n > 0 AND t THEN 1 END",
            "abs(n) > 0",
            "length(t) <> 3",
            "length(t) < -1",
            "length(trim(t)) > 0",
            "n > 0x10",
            "n BETWEEN 1 AND t",
        ] {
            assert_eq!(rules(check), "", "{check}");
        }
    }
}
