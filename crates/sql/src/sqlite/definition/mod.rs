//! What only the text of a CREATE TABLE tells: CHECK constraints, and which foreign keys are deferred.
//!
//! This is no parser of SQL. It finds the constraints between the commas and parentheses of the definition, and
//! understands the few forms of CHECK listed in [`rules`]. Whatever else there is — other expressions, functions,
//! collations, `OR` — it passes over: then nothing is known beforehand, and the database has the last word as always.
//! It does not look at default values, generated columns, indexes, triggers or views.

mod rules;

use self::rules::Columns;
use crate::check::token::{Brackets, Kind, Token, tokens};
use crate::check::{Comparisons, inside, split};
use crate::schema::{Check, Column};

/// Longer definitions are left unread.
const LENGTH_MAX: usize = 256 * 1024;

/// What a definition tells.
#[derive(Debug, Default)]
pub(super) struct Definition {
    pub(super) checks: Vec<Check>,
    /// In declared order.
    pub(super) references: Vec<Reference>,
}

/// A foreign key.
#[derive(Debug, PartialEq)]
pub(super) struct Reference {
    /// Names of its columns, as the constraint spells them.
    pub(super) columns: Vec<String>,
    pub(super) deferred: bool,
}

/// Reads the definition of a table that has these columns.
pub(super) fn read(sql: &str, columns: &[Column]) -> Definition {
    let mut definition = Definition::default();
    if sql.len() > LENGTH_MAX {
        return definition;
    }
    let tokens = tokens(sql, Brackets::Quote);
    let Some(open) = tokens.iter().position(|token| token.is_sign("(")) else { return definition };
    let items = split(inside(&tokens[open..]), |token| token.is_sign(","));
    let collated: Vec<bool> = columns.iter().map(|column| is_collated(column, &items)).collect();
    let columns = Columns { columns, collated: &collated };
    for item in items {
        (Part { sql, columns: &columns, definition: &mut definition }).read(item);
    }
    definition
}

/// Whether the column compares texts otherwise than by their bytes.
fn is_collated(column: &Column, items: &[&[Token]]) -> bool {
    let is_its_own = |item: &&&[Token]| {
        item.first().and_then(Token::name).is_some_and(|name| column.name.eq_ignore_ascii_case(name))
    };
    column.collation.is_some()
        || items
            .iter()
            .filter(is_its_own)
            .any(|item| item.windows(2).any(|two| two[0].is_word("COLLATE") && !two[1].is_word("BINARY")))
}

/// One part of a definition: a column, or a constraint of the table.
struct Part<'a> {
    sql: &'a str,
    columns: &'a Columns<'a>,
    definition: &'a mut Definition,
}

impl Part<'_> {
    fn read(&mut self, tokens: &[Token]) {
        let Some(first) = tokens.first() else { return };
        let of_table = ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"];
        let column = if of_table.iter().any(|word| first.is_word(word)) { None } else { first.name() };
        // It holds for all that follows within the part.
        let mut name = None;
        let mut near: Vec<String> = column.map(str::to_owned).into_iter().collect();
        let mut position = usize::from(column.is_some());
        while let Some(token) = tokens.get(position) {
            let rest = &tokens[position + 1..];
            if token.is_word("CONSTRAINT") {
                name = rest.first().and_then(Token::name);
                position += 1;
            } else if token.is_word("CHECK") && rest.first().is_some_and(|next| next.is_sign("(")) {
                self.check(name, inside(rest));
            } else if token.is_word("FOREIGN") {
                near = rest.iter().position(|token| token.is_sign("(")).map_or_else(Vec::new, |open| {
                    inside(&rest[open..]).iter().filter_map(Token::name).map(str::to_owned).collect()
                });
            } else if token.is_word("REFERENCES") {
                let deferred = is_deferred(rest);
                self.definition.references.push(Reference { columns: near.clone(), deferred });
            }
            position += 1;
            if tokens.get(position).is_some_and(|next| next.is_sign("(")) {
                position += inside(&tokens[position..]).len() + 2;
            }
        }
    }

    fn check(&mut self, name: Option<&str>, tokens: &[Token]) {
        let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else { return };
        let name = name.map_or_else(|| reported(&self.sql[first.start..last.end]), str::to_owned);
        let is_named = |column: &Column| {
            tokens
                .iter()
                .filter(|token| !matches!(token.kind, Kind::Text(_)))
                .filter_map(Token::name)
                .any(|name| column.name.eq_ignore_ascii_case(name))
        };
        let columns = self.columns.columns;
        let mentioned = (0..columns.len()).filter(|column| is_named(&columns[*column])).collect();
        let rules = self.columns.demanded(tokens);
        self.definition.checks.push(Check { name, columns: mentioned, rules });
    }
}

/// Whether a foreign key whose words follow is checked at the end of the transaction.
fn is_deferred(tokens: &[Token]) -> bool {
    let initially = tokens.windows(2).any(|two| two[0].is_word("INITIALLY") && two[1].is_word("DEFERRED"));
    let negated = tokens.windows(2).any(|two| two[0].is_word("NOT") && two[1].is_word("DEFERRABLE"));
    initially && !negated
}

/// What SQLite calls a check without a name: its text, of which it takes a name in quotes at the start for the whole.
fn reported(text: &str) -> String {
    let quoted = text.starts_with(['"', '\'', '`', '[']);
    match tokens(text, Brackets::Quote).into_iter().next().map(|token| token.kind) {
        Some(Kind::Quoted(name) | Kind::Text(name)) if quoted => name,
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn references(sql: &str) -> Vec<String> {
        let column = |name: &str| Column { name: name.to_owned(), ..Column::default() };
        read(sql, &[column("a"), column("b")])
            .references
            .iter()
            .map(|key| format!("{}{}", key.columns.join("+"), if key.deferred { " deferred" } else { "" }))
            .collect()
    }

    #[test]
    fn deferred_foreign_keys_are_told_from_others() {
        for (sql, expected) in [
            ("CREATE TABLE t(a REFERENCES p, b INT REFERENCES p(id) ON DELETE CASCADE)", "a,b"),
            ("CREATE TABLE t(a INT REFERENCES p(x) DEFERRABLE INITIALLY DEFERRED, b)", "a deferred"),
            ("CREATE TABLE t(a REFERENCES p DEFERRABLE INITIALLY IMMEDIATE, b)", "a"),
            ("CREATE TABLE t(a REFERENCES p NOT DEFERRABLE INITIALLY DEFERRED, b)", "a"),
            (
                "CREATE TABLE t(a, b, CONSTRAINT k FOREIGN KEY (a, \"b\") REFERENCES p(x, y) INITIALLY DEFERRED, \
                 FOREIGN KEY(b) REFERENCES q(z) MATCH FULL)",
                "a+b deferred,b",
            ),
            ("CREATE TABLE t(a DEFAULT (1), -- REFERENCES p\n b CHECK (a IN ('REFERENCES')))", ""),
        ] {
            assert_eq!(references(sql).join(","), expected, "{sql}");
        }
    }

    #[test]
    fn what_is_broken_is_passed_over() {
        for sql in
            ["", "CREATE TABLE t", "CREATE TABLE t(", "CREATE TABLE t(a CHECK (", "CREATE TABLE t(,,)", ")("]
        {
            let column = Column { name: "a".to_owned(), ..Column::default() };
            assert!(read(sql, &[column]).checks.is_empty(), "{sql}");
        }
    }
}
