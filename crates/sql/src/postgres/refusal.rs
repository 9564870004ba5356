//! What the server says when it refuses a change, as a [`Violation`].
//!
//! The server's messages come in the language it is set to; what they mean is told by codes and fields wherever these
//! suffice.

use tokio_postgres::error::{DbError, SqlState};

use super::constraints::Constraints;
use crate::violation::{Violation, ViolationKind};

/// What a statement does, as far as its text tells at a glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action<'a> {
    Read,
    Insert,
    /// With the table's name.
    Update(&'a str),
    Delete,
}

impl<'a> Action<'a> {
    pub(super) fn of(sql: &'a str) -> Self {
        let sql = sql.trim_start();
        match sql.split_ascii_whitespace().next().unwrap_or_default() {
            "INSERT" => Action::Insert,
            "DELETE" => Action::Delete,
            "UPDATE" => Action::Update(last_name(&sql["UPDATE".len()..])),
            // What is made ready first, for a change or a read.
            "WITH" => ["INSERT INTO ", "UPDATE ", "DELETE FROM "]
                .iter()
                .find_map(|verb| top_level(sql, verb))
                .map_or(Action::Read, Action::of),
            _ => Action::Read,
        }
    }

    pub(super) fn is_change(self) -> bool {
        self != Action::Read
    }
}

/// The statement behind the tables it begins with, if it begins with this verb.
fn top_level<'a>(sql: &'a str, verb: &str) -> Option<&'a str> {
    let mut depth = 0_usize;
    let mut quoted = None;
    for (index, byte) in sql.bytes().enumerate() {
        match (quoted, byte) {
            (Some(quote), byte) => quoted = Some(quote).filter(|quote| *quote != byte),
            (None, b'"' | b'\'') => quoted = Some(byte),
            (None, b'(') => depth += 1,
            (None, b')') => depth = depth.saturating_sub(1),
            (None, _) if depth == 0 && sql[index..].starts_with(verb) => return Some(&sql[index..]),
            (None, _) => {}
        }
    }
    None
}

/// The last part of a quoted name: `"shop"."orders" SET …` → `orders`.
fn last_name(text: &str) -> &str {
    let mut rest = text.trim_start().trim_start_matches("ONLY ");
    loop {
        let Some(quoted) = rest.strip_prefix('"') else { return "" };
        let Some((name, behind)) = quoted.split_once('"') else { return "" };
        match behind.strip_prefix('.') {
            Some(next) => rest = next,
            None => return name,
        }
    }
}

/// The kind of refusal, if it is one; `action` is what was refused, none for the transaction's end.
pub(super) fn kind(said: &DbError, action: Option<Action<'_>>) -> Option<ViolationKind> {
    if action == Some(Action::Read) {
        return None;
    }
    let code = said.code();
    let routine = said.routine().unwrap_or_default();
    // A trigger may use any code; that of a conflict asks for another attempt.
    if *code == SqlState::RAISE_EXCEPTION || routine == "exec_stmt_raise" && !code.code().starts_with("40") {
        return Some(ViolationKind::Trigger);
    }
    Some(match *code {
        SqlState::UNIQUE_VIOLATION => ViolationKind::Unique,
        SqlState::FOREIGN_KEY_VIOLATION => reference(said, action),
        SqlState::RESTRICT_VIOLATION => ViolationKind::StillReferenced,
        SqlState::NOT_NULL_VIOLATION => ViolationKind::NotNull,
        SqlState::CHECK_VIOLATION | SqlState::WITH_CHECK_OPTION_VIOLATION => ViolationKind::Check,
        SqlState::STRING_DATA_RIGHT_TRUNCATION
        | SqlState::STRING_DATA_LENGTH_MISMATCH
        | SqlState::NUMERIC_VALUE_OUT_OF_RANGE
        | SqlState::INTERVAL_FIELD_OVERFLOW
        // Such as a value that an index cannot hold.
        | SqlState::PROGRAM_LIMIT_EXCEEDED => ViolationKind::Range,
        SqlState::INVALID_TEXT_REPRESENTATION
        | SqlState::INVALID_DATETIME_FORMAT
        | SqlState::DATETIME_FIELD_OVERFLOW
        | SqlState::INVALID_TIME_ZONE_DISPLACEMENT_VALUE
        | SqlState::CHARACTER_NOT_IN_REPERTOIRE
        | SqlState::UNTRANSLATABLE_CHARACTER
        | SqlState::INVALID_BINARY_REPRESENTATION
        | SqlState::INVALID_PARAMETER_VALUE
        | SqlState::ARRAY_SUBSCRIPT_ERROR
        | SqlState::DATATYPE_MISMATCH => ViolationKind::Type,
        // A policy on rows refuses some of them; else it is the table that may not be written.
        SqlState::INSUFFICIENT_PRIVILEGE if routine != "ExecWithCheckOptions" => ViolationKind::ReadOnly,
        SqlState::GENERATED_ALWAYS | SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE => ViolationKind::ReadOnly,
        // Of a view.
        SqlState::FEATURE_NOT_SUPPORTED if routine == "rewriteTargetView" => ViolationKind::ReadOnly,
        SqlState::INSUFFICIENT_PRIVILEGE => ViolationKind::Denied,
        _ if code.code().starts_with("22") || code.code().starts_with("23") => ViolationKind::Other,
        _ => return None,
    })
}

/// Which way a foreign key does not hold. The server names its table and not the one that was changed.
fn reference(said: &DbError, action: Option<Action<'_>>) -> ViolationKind {
    let text = said.detail().unwrap_or_else(|| said.message());
    if text.contains("is not present in table") {
        return ViolationKind::MissingReference;
    }
    if text.contains("is still referenced from table") {
        return ViolationKind::StillReferenced;
    }
    match action {
        Some(Action::Insert) => ViolationKind::MissingReference,
        Some(Action::Delete) => ViolationKind::StillReferenced,
        Some(Action::Update(table)) if said.table().is_some_and(|owner| owner != table) => {
            ViolationKind::StillReferenced
        }
        _ => ViolationKind::Reference,
    }
}

/// Whether the columns have to be looked up.
pub(super) fn names_a_constraint(said: &DbError) -> bool {
    said.column().is_none() && said.constraint().is_some() && said.table().is_some()
}

/// The refusal in full.
pub(super) fn violation(kind: ViolationKind, said: &DbError, constraints: Option<&Constraints>) -> Violation {
    let columns = match (said.column(), constraints) {
        (Some(column), _) => vec![column.to_owned()],
        (None, Some(constraints)) => constraints.columns(
            said.schema().unwrap_or_default(),
            said.table().unwrap_or_default(),
            said.constraint().unwrap_or_default(),
        ),
        (None, None) => Vec::new(),
    };
    Violation {
        kind,
        table: said.table().map(ToOwned::to_owned),
        columns,
        constraint: said.constraint().map(ToOwned::to_owned),
        text: said.message().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::Action;

    #[test]
    fn statements_are_told_by_their_verb() {
        let cases = [
            ("SELECT 1", Action::Read),
            (r#"INSERT INTO "a" VALUES ($1)"#, Action::Insert),
            (r#"DELETE FROM "a""#, Action::Delete),
            (r#"UPDATE "shop"."orders" SET "x" = $1"#, Action::Update("orders")),
            (r#"UPDATE "orders" SET "x" = $1"#, Action::Update("orders")),
            ("WITH p AS (SELECT 1) SELECT * FROM p", Action::Read),
            (r#"WITH "UPDATE " AS (SELECT ')') DELETE FROM "a""#, Action::Delete),
            ("\n  DELETE FROM t", Action::Delete),
            (r#"WITH p AS (SELECT (1)) UPDATE "b" SET "x" = 1"#, Action::Update("b")),
        ];
        for (sql, expected) in cases {
            assert_eq!(Action::of(sql), expected, "{sql}");
        }
    }
}
