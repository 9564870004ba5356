//! Tables as a SQLite script.

use std::fmt::Write as _;

use crate::differential::cells::{Cell, Collation};
use crate::differential::tables;

/// Rows of one INSERT at most.
const ROWS: usize = 400;

/// A column.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) name: String,
    declared: String,
    collation: Collation,
    /// Whether it is NOT NULL.
    pub(super) is_needed: bool,
}

impl Column {
    /// A column like that one, which can be NULL.
    pub(super) fn of(column: &tables::Column) -> Self {
        Self {
            name: column.name.clone(),
            declared: column.declared.clone(),
            collation: column.collation,
            is_needed: false,
        }
    }

    /// A column like that one, of another name, which cannot be NULL.
    pub(super) fn needed(column: &tables::Column, name: String) -> Self {
        Self { name, is_needed: true, ..Self::of(column) }
    }
}

/// A table with its rows.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) columns: Vec<Column>,
    pub(super) key: Vec<String>,
    pub(super) uniques: Vec<Vec<String>>,
    pub(super) references: Vec<Reference>,
    pub(super) rows: Vec<Vec<Cell>>,
}

/// A foreign key.
#[derive(Debug)]
pub(super) struct Reference {
    pub(super) columns: Vec<String>,
    pub(super) table: String,
    pub(super) referenced: Vec<String>,
}

impl Table {
    /// Writes the statements that make it.
    pub(super) fn write(&self, script: &mut String) {
        let name = quote(&self.name);
        let is_rowid = |column: &Column| {
            self.key == [column.name.clone()] && column.declared.eq_ignore_ascii_case("integer")
        };
        let column = |column: &Column| {
            let collation = if column.collation == Collation::NoCase { " COLLATE NOCASE" } else { "" };
            let rest = match column {
                it if is_rowid(it) => " PRIMARY KEY",
                it if it.is_needed => " NOT NULL",
                _ => "",
            };
            format!("{} {}{collation}{rest}", quote(&column.name), column.declared)
        };
        let mut parts: Vec<String> = self.columns.iter().map(column).collect();
        if !self.columns.iter().any(is_rowid) {
            parts.push(format!("PRIMARY KEY ({})", list(&self.key)));
        }
        parts.extend(self.uniques.iter().map(|it| format!("UNIQUE ({})", list(it))));
        parts.extend(self.references.iter().map(|it| {
            let (columns, referenced) = (list(&it.columns), list(&it.referenced));
            format!("FOREIGN KEY ({columns}) REFERENCES {} ({referenced})", quote(&it.table))
        }));
        writeln!(script, "CREATE TABLE {name} (\n  {}\n);", parts.join(",\n  ")).unwrap();
        for rows in self.rows.chunks(ROWS) {
            let row =
                |cells: &Vec<Cell>| format!("({})", cells.iter().map(literal).collect::<Vec<_>>().join(", "));
            let rows: Vec<String> = rows.iter().map(row).collect();
            writeln!(script, "INSERT INTO {name} VALUES\n{};", rows.join(",\n")).unwrap();
        }
    }
}

fn list(names: &[String]) -> String {
    names.iter().map(|name| quote(name)).collect::<Vec<_>>().join(", ")
}

fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn literal(cell: &Cell) -> String {
    let hex = |bytes: &[u8]| {
        bytes.iter().fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x}").unwrap();
            hex
        })
    };
    match cell {
        Cell::Null => "NULL".to_owned(),
        Cell::Integer(i64::MIN) => "(-9223372036854775807 - 1)".to_owned(),
        Cell::Integer(number) => number.to_string(),
        Cell::Real(number) => format!("{number:?}"),
        Cell::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) if !text.contains('\0') => format!("'{}'", text.replace('\'', "''")),
            _ => format!("CAST(x'{}' AS TEXT)", hex(bytes)),
        },
        Cell::Blob(bytes) => format!("x'{}'", hex(bytes)),
    }
}
