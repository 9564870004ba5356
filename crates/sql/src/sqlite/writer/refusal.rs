//! Which failures are a rule of the schema that the data broke, and which rule.
//!
//! SQLite has a code for the kind of rule and names table and columns in its message alone. A foreign key it does not
//! name at all; whether the row referred to is missing or still needed follows from the statement.

use rusqlite::ErrorCode;
use rusqlite::ffi;

use super::super::reader;
use crate::error::Error;
use crate::violation::{Violation, ViolationKind};

/// What a failed statement means.
pub(super) enum Answer {
    /// A rule was broken.
    Refused(Violation),
    /// Anything else.
    Failed(Error),
}

/// What the failure of a statement means; without a statement, that of a commit.
pub(super) fn answer(connection: &rusqlite::Connection, error: rusqlite::Error, sql: Option<&str>) -> Answer {
    let Some((kind, text)) = broken_rule(&error, sql) else { return Answer::Failed(failure(error)) };
    let (place, constraint) = named(kind, &text);
    let (table, columns) = place.map(|place| table_and_columns(connection, place)).unwrap_or_default();
    let constraint = constraint.map(str::to_owned);
    Answer::Refused(Violation { kind, table, columns, constraint, text })
}

/// Whether the file or the disk failed, so that the connection is of no use any more.
pub(super) fn is_of_the_file(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(
            ErrorCode::CannotOpen
                | ErrorCode::SystemIoFailure
                | ErrorCode::NotADatabase
                | ErrorCode::DatabaseCorrupt
                | ErrorCode::PermissionDenied
        )
    ) || error.sqlite_extended_error_code() == Some(ffi::SQLITE_READONLY_DBMOVED)
}

/// What any other failure means for the caller.
pub(super) fn failure(error: rusqlite::Error) -> Error {
    let text = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull | ErrorCode::ReadOnly) => Error::Unavailable(text),
        // Inserts name a missing column in other words than the rest.
        _ if text.contains("has no column named") => Error::SchemaChanged(text),
        _ => reader::classify(error),
    }
}

fn broken_rule(error: &rusqlite::Error, sql: Option<&str>) -> Option<(ViolationKind, String)> {
    let text = match error {
        rusqlite::Error::SqliteFailure(_, text) => text.clone().unwrap_or_default(),
        rusqlite::Error::SqlInputError { msg, .. } => msg.clone(),
        _ => return None,
    };
    let kind = match error.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation) => constraint_kind(error, &text, sql),
        // A rowid that is no integer.
        Some(ErrorCode::TypeMismatch) => ViolationKind::Type,
        Some(ErrorCode::TooBig) => ViolationKind::Range,
        _ if text.starts_with("cannot modify ") && text.ends_with(" because it is a view") => {
            ViolationKind::ReadOnly
        }
        _ if text.starts_with("cannot INSERT into generated column") => ViolationKind::ReadOnly,
        _ if text.starts_with("cannot UPDATE generated column") => ViolationKind::ReadOnly,
        _ => return None,
    };
    Some((kind, text))
}

fn constraint_kind(error: &rusqlite::Error, text: &str, sql: Option<&str>) -> ViolationKind {
    match error.sqlite_extended_error_code().unwrap_or_default() {
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => {
            ViolationKind::Unique
        }
        ffi::SQLITE_CONSTRAINT_NOTNULL => ViolationKind::NotNull,
        ffi::SQLITE_CONSTRAINT_CHECK => ViolationKind::Check,
        ffi::SQLITE_CONSTRAINT_DATATYPE => ViolationKind::Type,
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => match sql.map(|sql| sql.as_bytes().first()) {
            Some(Some(b'I')) => ViolationKind::MissingReference,
            Some(Some(b'D')) => ViolationKind::StillReferenced,
            _ => ViolationKind::Reference,
        },
        // The action RESTRICT is a trigger that SQLite writes itself; it is only ever about rows that refer.
        ffi::SQLITE_CONSTRAINT_TRIGGER if text == "FOREIGN KEY constraint failed" => {
            ViolationKind::StillReferenced
        }
        ffi::SQLITE_CONSTRAINT_TRIGGER => ViolationKind::Trigger,
        _ => ViolationKind::Other,
    }
}

/// The part of a message that names columns, and the one that names the constraint.
fn named(kind: ViolationKind, text: &str) -> (Option<&str>, Option<&str>) {
    let after = |words: &str| text.split_once(words).map(|(_, after)| after);
    match kind {
        ViolationKind::Unique => {
            let place = after("constraint failed: ");
            let index = place.and_then(|place| place.strip_prefix("index '")?.strip_suffix('\''));
            (place.filter(|_| index.is_none()), index)
        }
        ViolationKind::NotNull => (after("constraint failed: "), None),
        ViolationKind::Check => (None, after("constraint failed: ")),
        // "cannot store TEXT value in INTEGER column people.age"
        ViolationKind::Type => (after(" column "), None),
        _ => (None, None),
    }
}

/// Reads `people.email, people.name`. Names may hold dots and commas themselves; then what the schema has decides, and
/// where that leaves it open nothing is said.
fn table_and_columns(connection: &rusqlite::Connection, place: &str) -> (Option<String>, Vec<String>) {
    plainly_named(place)
        .or_else(|| named_as_in_schema(connection, place).ok().flatten())
        .map_or_else(Default::default, |(table, columns)| (Some(table), columns))
}

type Place = (String, Vec<String>);

fn plainly_named(place: &str) -> Option<Place> {
    let mut table = None;
    let mut columns = Vec::new();
    for part in place.split(", ") {
        let (before, column) = part.split_once('.')?;
        if column.contains('.') || *table.get_or_insert(before) != before {
            return None;
        }
        columns.push(column.to_owned());
    }
    Some((table?.to_owned(), columns))
}

fn named_as_in_schema(connection: &rusqlite::Connection, place: &str) -> rusqlite::Result<Option<Place>> {
    let tables = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' \
                  AND substr(?1, 1, length(name) + 1) = name || '.' ORDER BY length(name) DESC";
    let columns = "SELECT name FROM pragma_table_xinfo(?1) ORDER BY length(name) DESC";
    let names = |sql: &str, parameter: &str| -> rusqlite::Result<Vec<String>> {
        connection.prepare_cached(sql)?.query_map([parameter], |row| row.get(0))?.collect()
    };
    for table in names(tables, place)? {
        if let Some(columns) = split(place, &table, &names(columns, &table)?) {
            return Ok(Some((table, columns)));
        }
    }
    Ok(None)
}

/// Divides the text into columns of the table, the longest that fit first.
fn split(place: &str, table: &str, known: &[String]) -> Option<Vec<String>> {
    let place = place.strip_prefix(table)?.strip_prefix('.')?;
    known.iter().find_map(|column| {
        let rest = place.strip_prefix(column.as_str())?;
        if rest.is_empty() {
            return Some(vec![column.clone()]);
        }
        let mut columns = split(rest.strip_prefix(", ")?, table, known)?;
        columns.insert(0, column.clone());
        Some(columns)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_need_no_schema() {
        let plain = |place| plainly_named(place).map(|(table, columns)| (table, columns.join("|")));
        assert_eq!(plain("people.email"), Some(("people".to_owned(), "email".to_owned())));
        assert_eq!(plain("t.a, t.b c"), Some(("t".to_owned(), "a|b c".to_owned())));
        assert_eq!(plain("t.a.b"), None);
        assert_eq!(plain("t.a, b"), None);
    }

    #[test]
    fn other_names_are_divided_by_what_the_table_has() {
        let known = ["a, b".to_owned(), "c.d".to_owned(), "a".to_owned()];
        let columns = |place| split(place, "x.y", &known).map(|columns| columns.join("|"));
        assert_eq!(columns("x.y.a, b"), Some("a, b".to_owned()));
        assert_eq!(columns("x.y.a, x.y.c.d"), Some("a|c.d".to_owned()));
        assert_eq!(columns("x.y.a, x.y.e"), None);
        assert_eq!(columns("z.a"), None);
    }
}
