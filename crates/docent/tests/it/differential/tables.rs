//! Tables as SQLite's PRAGMAs describe them, and the rows in them.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::cells::{Cell, Collation, Kind};
use crate::harness::engine::Engine;

/// All tables by name, views and virtual tables left out.
pub(crate) type Tables = BTreeMap<String, Table>;

/// The rows of each table, each with a cell for every column.
pub(crate) type TableRows = BTreeMap<String, Vec<Vec<Cell>>>;

/// A table.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) columns: Vec<Column>,
    /// The primary key, or else a unique key of columns that are NOT NULL.
    pub(crate) key: Vec<usize>,
    pub(crate) unique: Vec<Vec<usize>>,
    pub(crate) foreign_keys: Vec<ForeignKey>,
    /// The column that is the rowid, whose values SQLite makes.
    pub(crate) rowid: Option<usize>,
    /// Whether no rowid is ever used again.
    pub(crate) auto_increment: bool,
}

/// A column.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) declared: String,
    pub(crate) kind: Kind,
    pub(crate) collation: Collation,
    pub(crate) not_null: bool,
    pub(crate) generated: bool,
    /// What it holds when an insert leaves it out.
    pub(crate) default: Option<Cell>,
}

/// A foreign key.
#[derive(Debug, Clone)]
pub(crate) struct ForeignKey {
    pub(crate) columns: Vec<usize>,
    pub(crate) table: String,
    /// Names of the columns referred to; empty if they are the key.
    pub(crate) referenced: Vec<String>,
    pub(crate) on_delete: OnDelete,
}

/// What happens to rows that refer to one that is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnDelete {
    NoAction,
    Restrict,
    Cascade,
    SetNull,
}

impl Table {
    /// The column of that name.
    pub(crate) fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name.eq_ignore_ascii_case(name))
    }
}

/// Describes all tables. `no_case` names the columns (`table.column`) that are declared COLLATE NOCASE.
pub(crate) fn describe(connection: &Connection, no_case: &[&str]) -> Tables {
    let listed: Vec<[String; 3]> = strings(
        connection,
        "SELECT l.name, l.wr, s.sql FROM pragma_table_list AS l JOIN sqlite_schema AS s ON s.name = l.name
         WHERE l.type = 'table' AND l.schema = 'main' AND s.type = 'table' AND l.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
        &[],
    );
    let table = |[name, without_rowid, sql]: [String; 3]| {
        let mut table = describe_one(connection, &name, no_case);
        if without_rowid == "1" {
            table.rowid = None;
        }
        if without_rowid == "1" || Engine::under_test().is_strict() {
            table.key.iter().for_each(|column| table.columns[*column].not_null = true);
        }
        table.auto_increment = sql.to_uppercase().contains("AUTOINCREMENT");
        (name, table)
    };
    listed.into_iter().map(table).collect()
}

fn describe_one(connection: &Connection, name: &str, no_case: &[&str]) -> Table {
    let facts: Vec<[String; 6]> = strings(
        connection,
        "SELECT name, type, \"notnull\", pk, hidden, dflt_value FROM pragma_table_xinfo(?1) WHERE hidden <> 1 ORDER BY cid",
        &[name],
    );
    let column = |[column, declared, not_null, _, hidden, default]: &[String; 6]| {
        // Mirrors compare all texts by their bytes.
        let no_case = if Engine::under_test().is_strict() { &[] } else { no_case };
        let qualified = format!("{name}.{column}");
        let collation =
            if no_case.contains(&qualified.as_str()) { Collation::NoCase } else { Collation::Binary };
        let default = (!default.is_empty()).then(|| {
            let value = |row: &rusqlite::Row<'_>| Ok(Cell::from(row.get_ref(0)?));
            connection.query_row(&format!("SELECT {default}"), [], value).unwrap()
        });
        Column {
            name: column.clone(),
            declared: declared.clone(),
            kind: match Kind::of_declared(declared) {
                // There, a column of no type is one for texts.
                Kind::Any if Engine::under_test().is_strict() => Kind::Text,
                kind => kind,
            },
            collation,
            not_null: not_null == "1",
            generated: hidden != "0",
            default,
        }
    };
    let mut columns: Vec<Column> = facts.iter().map(column).collect();
    let position = |name: &String| facts.iter().position(|fact| fact[0].eq_ignore_ascii_case(name)).unwrap();
    let places = facts.iter().enumerate().map(|(index, fact)| (fact[3].parse::<usize>().unwrap(), index));
    let mut key: Vec<(usize, usize)> = places.filter(|(place, _)| *place > 0).collect();
    key.sort_unstable();
    let mut key: Vec<usize> = key.into_iter().map(|(_, index)| index).collect();
    let rowid = match key[..] {
        [only] if columns[only].declared.eq_ignore_ascii_case("integer") => Some(only),
        _ => None,
    };
    if let Some(rowid) = rowid {
        columns[rowid].not_null = true;
    }
    let unique = unique_keys(connection, name, &position);
    if key.is_empty() {
        let is_key = |unique: &&Vec<usize>| unique.iter().all(|column| columns[*column].not_null);
        key = unique.iter().find(is_key).cloned().unwrap_or_default();
    }
    let foreign_keys = foreign_keys(connection, name, &position);
    Table { name: name.to_owned(), columns, key, unique, foreign_keys, rowid, auto_increment: false }
}

fn unique_keys(
    connection: &Connection,
    table: &str,
    position: &impl Fn(&String) -> usize,
) -> Vec<Vec<usize>> {
    let indexes: Vec<[String; 1]> = strings(
        connection,
        "SELECT name FROM pragma_index_list(?1) WHERE \"unique\" AND NOT partial",
        &[table],
    );
    let members = |[index]: &[String; 1]| -> Vec<[String; 1]> {
        strings(connection, "SELECT name FROM pragma_index_info(?1) ORDER BY seqno", &[index])
    };
    let columns = |members: Vec<[String; 1]>| members.iter().map(|[member]| position(member)).collect();
    indexes.iter().map(members).map(columns).collect()
}

fn foreign_keys(
    connection: &Connection,
    table: &str,
    position: &impl Fn(&String) -> usize,
) -> Vec<ForeignKey> {
    let listed: Vec<[String; 5]> = strings(
        connection,
        "SELECT id, \"table\", \"from\", \"to\", on_delete FROM pragma_foreign_key_list(?1) ORDER BY id DESC, seq",
        &[table],
    );
    let mut foreign_keys: Vec<(String, ForeignKey)> = Vec::new();
    for [id, table, from, to, on_delete] in listed {
        if foreign_keys.last().is_none_or(|(last, _)| *last != id) {
            let on_delete = match on_delete.as_str() {
                "CASCADE" => OnDelete::Cascade,
                "SET NULL" => OnDelete::SetNull,
                "RESTRICT" => OnDelete::Restrict,
                _ => OnDelete::NoAction,
            };
            let new = ForeignKey { columns: Vec::new(), table, referenced: Vec::new(), on_delete };
            foreign_keys.push((id, new));
        }
        let (_, foreign_key) = foreign_keys.last_mut().unwrap();
        foreign_key.columns.push(position(&from));
        foreign_key.referenced.extend((!to.is_empty()).then_some(to));
    }
    foreign_keys.into_iter().map(|(_, foreign_key)| foreign_key).collect()
}

/// Reads all rows of all tables, in no particular order.
pub(crate) fn read(connection: &Connection, tables: &Tables) -> TableRows {
    tables.values().map(|table| (table.name.clone(), read_one(connection, table))).collect()
}

fn read_one(connection: &Connection, table: &Table) -> Vec<Vec<Cell>> {
    let quote = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let columns: Vec<String> = table.columns.iter().map(|column| quote(&column.name)).collect();
    let query = format!("SELECT {} FROM {}", columns.join(", "), quote(&table.name));
    let mut statement = connection.prepare(&query).unwrap();
    let row =
        |row: &rusqlite::Row<'_>| (0..columns.len()).map(|index| Ok(row.get_ref(index)?.into())).collect();
    statement.query_map([], row).unwrap().map(Result::unwrap).collect()
}

/// Runs a query whose columns all become text, NULL the empty text.
fn strings<const N: usize>(connection: &Connection, query: &str, parameters: &[&str]) -> Vec<[String; N]> {
    let mut statement = connection.prepare(query).unwrap();
    let text = |row: &rusqlite::Row<'_>, index: usize| Cell::from(row.get_ref(index).unwrap()).id_text();
    let rows = statement
        .query_map(rusqlite::params_from_iter(parameters), |row| Ok(std::array::from_fn(|i| text(row, i))));
    rows.unwrap().map(Result::unwrap).collect()
}
