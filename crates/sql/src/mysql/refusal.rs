//! Which failures are a rule of the schema that the data broke, and which rule.
//!
//! The server has a number for the kind of rule; table, column and constraint it names in its message, which sessions ask
//! for in English.

use mysql_async::{Error as Failure, ServerError};

use super::names::Names;
use crate::violation::{Violation, ViolationKind};

/// The rule that a statement broke, if that is why it failed. Without a statement, of a commit, the text is empty.
pub(super) fn violation(failure: &Failure, sql: &str, names: &Names) -> Option<Violation> {
    let Failure::Server(error) = failure else { return None };
    let kind = kind(error)?;
    let place = place(kind, error);
    let mut violation = Violation {
        kind,
        table: place.table.or_else(|| written_table(sql)),
        columns: place.columns,
        constraint: place.constraint,
        text: if kind == ViolationKind::Trigger { error.message.clone() } else { error.to_string() },
    };
    if kind == ViolationKind::Unique {
        names.complete(&mut violation);
    }
    Some(violation)
}

fn kind(error: &ServerError) -> Option<ViolationKind> {
    Some(match error.code {
        1022 | 1062 | 1169 | 1586 => ViolationKind::Unique,
        1216 | 1452 => ViolationKind::MissingReference,
        1217 | 1451 => ViolationKind::StillReferenced,
        1048 | 1263 | 1364 | 1423 | 1566 => ViolationKind::NotNull,
        1369 | 3819 | 4025 => ViolationKind::Check,
        1265 | 1292 | 1366 | 1367 | 1411 | 1416 | 3140 | 3141 | 3156 => ViolationKind::Type,
        1153 | 1264 | 1406 | 1690 => ViolationKind::Range,
        1644 => ViolationKind::Trigger,
        1288 | 1348 | 1393 | 1394 | 1395 | 1443 | 1471 | 1906 | 3105 => ViolationKind::ReadOnly,
        // Writing a table or column needs a privilege; so does reading one, which is another matter.
        1142 | 1143 if !error.message.starts_with("SELECT") => ViolationKind::ReadOnly,
        _ if error.state == "45000" => ViolationKind::Trigger,
        _ if error.state.starts_with("23") => ViolationKind::Other,
        _ => return None,
    })
}

#[derive(Default)]
struct Place {
    table: Option<String>,
    columns: Vec<String>,
    constraint: Option<String>,
}

fn place(kind: ViolationKind, error: &ServerError) -> Place {
    let message = error.message.as_str();
    match kind {
        ViolationKind::Unique => Place { constraint: key(message), ..Place::default() },
        ViolationKind::MissingReference | ViolationKind::StillReferenced => reference(message),
        ViolationKind::Check => check(message),
        ViolationKind::NotNull | ViolationKind::Type | ViolationKind::Range | ViolationKind::ReadOnly => {
            column(message)
        }
        _ => Place::default(),
    }
}

/// `Duplicate entry 'x' for key 'name'`; MySQL writes `'table.name'`. The value may hold anything, so the name is looked
/// for from the end.
fn key(message: &str) -> Option<String> {
    let (_, name) = message.strip_suffix('\'')?.rsplit_once(" for key '")?;
    let name = name.split_once('.').map_or(name, |(_, name)| name);
    Some(name.to_owned())
}

/// ``… fails (`db`.`child`, CONSTRAINT `name` FOREIGN KEY (`a`, `b`) REFERENCES …)``.
fn reference(message: &str) -> Place {
    let Some((_, text)) = message.split_once(" fails (") else { return Place::default() };
    let (table, text) = qualified(text);
    let mut place = Place { table, ..Place::default() };
    let Some(text) = text.strip_prefix(", CONSTRAINT ") else { return place };
    let (constraint, text) = quoted(text).map_or((None, text), |(name, rest)| (Some(name), rest));
    place.constraint = constraint;
    let mut rest = text.strip_prefix(" FOREIGN KEY (").unwrap_or_default();
    while let Some((column, after)) = quoted(rest) {
        place.columns.push(column);
        rest = after.strip_prefix(", ").unwrap_or_default();
    }
    place
}

/// ``CONSTRAINT `name` failed for `db`.`table` ``, where a column's own check is named `table.column`; on MySQL
/// `Check constraint 'name' is violated.`
fn check(message: &str) -> Place {
    if let Some(text) = message.strip_prefix("Check constraint '") {
        let constraint = text.rsplit_once("' is violated").map(|(name, _)| name.to_owned());
        return Place { constraint, ..Place::default() };
    }
    let named = message.strip_prefix("CONSTRAINT ").and_then(quoted);
    let Some((name, text)) = named else { return Place::default() };
    let table = text.strip_prefix(" failed for ").and_then(|text| qualified(text).0);
    let own = table.as_ref().and_then(|table| name.strip_prefix(table.as_str())?.strip_prefix('.'));
    let own = own.map(str::to_owned);
    Place { table, columns: own.iter().cloned().collect(), constraint: Some(own.unwrap_or(name)) }
}

/// The column at the end of a message: ``for column `db`.`table`.`column` at row 1``, `for column 'column' at row 1`,
/// `Column 'column' cannot be null`, `Field 'column' doesn't have a default value`.
fn column(message: &str) -> Place {
    for word in ["Column '", "Field '", "The value specified for generated column '"] {
        if let Some(text) = message.strip_prefix(word) {
            let column = text.split_once('\'').map(|(column, _)| column.to_owned());
            return Place { columns: column.into_iter().collect(), ..Place::default() };
        }
    }
    let Some((_, text)) = message.rsplit_once(" for column ") else { return Place::default() };
    if let Some(text) = text.strip_prefix('\'') {
        let column = text.rsplit_once("' at row").map(|(column, _)| column.to_owned());
        return Place { columns: column.into_iter().collect(), ..Place::default() };
    }
    let (table, rest) = qualified(text);
    let column = rest.strip_prefix('.').and_then(quoted).map(|(column, _)| column);
    Place { table, columns: column.into_iter().collect(), constraint: None }
}

/// The table of `` `database`.`table` ``, and what follows.
fn qualified(text: &str) -> (Option<String>, &str) {
    let Some((_, rest)) = quoted(text) else { return (None, text) };
    match rest.strip_prefix('.').and_then(quoted) {
        Some((table, rest)) => (Some(table), rest),
        None => (None, rest),
    }
}

/// The name that a text begins with, and what follows. Some messages follow the session in how they quote names.
fn quoted(text: &str) -> Option<(String, &str)> {
    delimited(text, '`').or_else(|| delimited(text, '"'))
}

fn delimited(text: &str, quote: char) -> Option<(String, &str)> {
    let text = text.strip_prefix(quote)?;
    let mut name = String::new();
    let mut rest = text;
    loop {
        let (part, after) = rest.split_once(quote)?;
        name.push_str(part);
        match after.strip_prefix(quote) {
            Some(after) => {
                name.push(quote);
                rest = after;
            }
            None => return Some((name, after)),
        }
    }
}

/// The table that a statement writes: the first name it quotes.
fn written_table(sql: &str) -> Option<String> {
    let start = sql.find('"')?;
    delimited(&sql[start..], '"').map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(code: u16, message: &str) -> (ViolationKind, String) {
        let error = ServerError { code, message: message.to_owned(), state: "HY000".to_owned() };
        let mut names = Names::default();
        names.add("t".to_owned(), "k".to_owned(), vec!["a".to_owned(), "b".to_owned()]);
        let violation =
            violation(&Failure::Server(error), "INSERT INTO \"t\" (\"a\") VALUES (?)", &names).unwrap();
        let said = [
            violation.table.unwrap_or_default(),
            violation.columns.join(","),
            violation.constraint.unwrap_or_default(),
        ];
        (violation.kind, said.join(" "))
    }

    #[test]
    fn names_are_found_whatever_the_value() {
        let expected = (ViolationKind::Unique, "t a,b k".to_owned());
        assert_eq!(told(1062, "Duplicate entry 'x' for key 'y' for key 'k'"), expected);
        assert_eq!(told(1062, "Duplicate entry 'x' for key 't.k'"), expected);
        let missing = "Cannot add or update a child row: a foreign key constraint fails (`d`.`c``d`, CONSTRAINT `fk` FOREIGN KEY (`a`, `b`) REFERENCES `p` (`x`, `y`))";
        assert_eq!(told(1452, missing), (ViolationKind::MissingReference, "c`d a,b fk".to_owned()));
        let quoted = "a foreign key constraint fails (\"d\".\"c\", CONSTRAINT \"fk\" FOREIGN KEY (\"a\") REFERENCES \"p\" (\"x\"))";
        assert_eq!(told(1451, quoted), (ViolationKind::StillReferenced, "c a fk".to_owned()));
        assert_eq!(
            told(1216, "Cannot add or update a child row"),
            (ViolationKind::MissingReference, "t  ".to_owned())
        );
        assert_eq!(
            told(4025, "CONSTRAINT `c` failed for `d`.`t`"),
            (ViolationKind::Check, "t  c".to_owned())
        );
        assert_eq!(
            told(4025, "CONSTRAINT `t.c` failed for `d`.`t`"),
            (ViolationKind::Check, "t c c".to_owned())
        );
        assert_eq!(
            told(3819, "Check constraint 'c' is violated."),
            (ViolationKind::Check, "t  c".to_owned())
        );
        let value = "Incorrect integer value: 'x for column 'z' at row' for column `d`.`t`.`n` at row 1";
        assert_eq!(told(1366, value), (ViolationKind::Type, "t n ".to_owned()));
        assert_eq!(
            told(1406, "Data too long for column 'n' at row 1"),
            (ViolationKind::Range, "t n ".to_owned())
        );
        assert_eq!(told(1048, "Column 'n' cannot be null"), (ViolationKind::NotNull, "t n ".to_owned()));
        assert_eq!(
            told(1364, "Field 'n' doesn't have a default value"),
            (ViolationKind::NotNull, "t n ".to_owned())
        );
    }
}
