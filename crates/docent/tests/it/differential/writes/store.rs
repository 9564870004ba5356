//! A database, naively: rows in lists, every rule looked after by going through them.
//!
//! It does what SQL does, and knows nothing of resources.

use std::collections::BTreeMap;
use std::rc::Rc;

use rusqlite::Connection;

use super::super::cells::{Cell, Kind};
use super::super::tables::{ForeignKey, OnDelete, Table, TableRows, Tables, describe, read};
use super::rules::Rules;
use crate::harness::engine::Engine;
use crate::harness::mirror::Reader;

/// Tables with their rows.
#[derive(Debug, Clone)]
pub(super) struct Store {
    pub(super) tables: Rc<Tables>,
    pub(super) rules: &'static Rules,
    pub(super) rows: TableRows,
    /// The greatest rowid ever made, of tables that use none again. Where a sequence makes them: the last one it made.
    pub(super) greatest: BTreeMap<String, i64>,
}

/// A rule that a row would break.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Broken {
    NotNull {
        column: usize,
    },
    Unique {
        columns: Vec<usize>,
    },
    Check {
        columns: Vec<usize>,
    },
    /// The row that a foreign key refers to is missing.
    Missing {
        columns: Vec<usize>,
    },
    /// Other rows refer to this one.
    StillReferenced,
    /// A trigger refuses.
    Refused,
}

/// The cells that a statement sets, by column.
pub(super) type Changes = BTreeMap<usize, Cell>;

impl Store {
    /// Takes over a database.
    pub(super) fn load(connection: &Connection, rules: &'static Rules) -> Self {
        let tables = describe(connection, rules.no_case);
        let mut rows = read(connection, &tables);
        for (name, rows) in &mut rows {
            for row in rows {
                normalise(&tables[name], row);
            }
        }
        let mut greatest = BTreeMap::new();
        if tables.values().any(|table| table.auto_increment) {
            let mut sequences = connection.prepare("SELECT name, seq FROM sqlite_sequence").unwrap();
            let pairs = sequences.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
            greatest.extend(pairs.map(Result::unwrap));
        }
        Self { tables: Rc::new(tables), rules, rows, greatest }
    }

    /// How this differs from what the database holds, if it does.
    pub(super) fn difference(&self, database: &mut Reader) -> Option<String> {
        let mut actual = |name: &String| {
            let rows = database.rows(name).into_iter().map(|row| row.into_iter().map(Cell::from).collect());
            let mut rows: Vec<Vec<Cell>> = rows.collect();
            for row in &mut rows {
                normalise(&self.tables[name], row);
            }
            rows
        };
        let listed = |rows: &[Vec<Cell>]| {
            let mut lines: Vec<String> = rows.iter().map(|row| format!("{row:?}")).collect();
            lines.sort();
            lines
        };
        for (name, rows) in &self.rows {
            let actual = actual(name);
            if *rows == actual {
                continue;
            }
            // They may stand in another order.
            let (expected, found) = (listed(rows), listed(&actual));
            if expected == found {
                continue;
            }
            let without = |lines: &[String], others: &[String]| {
                let left: Vec<String> = lines.iter().filter(|line| !others.contains(line)).cloned().collect();
                left.join("\n    ")
            };
            let (missing, extra) = (without(&expected, &found), without(&found, &expected));
            return Some(format!("table {name}\n  lacks\n    {missing}\n  has\n    {extra}"));
        }
        None
    }

    /// The table of that name.
    pub(super) fn table(&self, name: &str) -> &Table {
        &self.tables[name]
    }

    /// Positions of the rows that have these cells in these columns; NULL equals nothing.
    pub(super) fn find(&self, table: &str, columns: &[usize], cells: &[Cell]) -> Vec<usize> {
        let described = self.table(table);
        let fits = |row: &Vec<Cell>| {
            columns.iter().zip(cells).all(|(column, cell)| {
                let collation = described.columns[*column].collation;
                !cell.is_null() && row[*column].compare(cell, collation).is_eq()
            })
        };
        let rows = self.rows[table].iter().enumerate();
        rows.filter(|(_, row)| fits(row)).map(|(position, _)| position).collect()
    }

    /// The rowid the next row gets.
    pub(super) fn next_rowid(&self, table: &str) -> Option<Cell> {
        let described = self.table(table);
        let rowid = described.rowid?;
        if Engine::under_test().is_strict() {
            return Some(Cell::Integer(self.greatest[table] + 1));
        }
        let number = |row: &Vec<Cell>| if let Cell::Integer(number) = row[rowid] { number } else { 0 };
        let present = self.rows[table].iter().map(number).max().unwrap_or(0);
        let greatest = if described.auto_increment { self.greatest.get(table).copied() } else { None };
        Some(Cell::Integer(present.max(greatest.unwrap_or(0)) + 1))
    }

    /// INSERT; returns the row.
    pub(super) fn insert(&mut self, table: &str, mut cells: Changes) -> Result<Vec<Cell>, Vec<Broken>> {
        let described = self.table(table).clone();
        if let Some(rowid) = described.rowid {
            let made = self.next_rowid(table).unwrap();
            cells.entry(rowid).or_insert(made);
        }
        let cell = |column: usize| {
            let default = || described.columns[column].default.clone().unwrap_or(Cell::Null);
            with_affinity(
                &described.columns[column].declared,
                cells.get(&column).cloned().unwrap_or_else(default),
            )
        };
        let mut row: Vec<Cell> = (0..described.columns.len()).map(cell).collect();
        self.compute(table, &mut row);
        let broken = self.broken(table, &row, None);
        if !broken.is_empty() {
            return Err(broken);
        }
        if let Some(Cell::Integer(number)) = described.rowid.map(|rowid| &row[rowid]) {
            let greatest = self.greatest.entry(table.to_owned()).or_default();
            *greatest = (*greatest).max(*number);
        }
        self.rows.get_mut(table).unwrap().push(row.clone());
        Ok(row)
    }

    /// UPDATE of the row at that position.
    pub(super) fn update(
        &mut self,
        table: &str,
        position: usize,
        cells: &Changes,
    ) -> Result<(), Vec<Broken>> {
        let described = self.table(table).clone();
        let before = self.rows[table][position].clone();
        let mut row = before.clone();
        for (column, cell) in cells {
            row[*column] = with_affinity(&described.columns[*column].declared, cell.clone());
        }
        for (_, column) in self.rules.counters.iter().filter(|(of, _)| *of == table) {
            let column = described.column(column).unwrap();
            row[column] = plus_one(&row[column]);
        }
        self.compute(table, &mut row);
        let mut broken = self.broken(table, &row, Some(position));
        let orphans = |(child, foreign_key): &(String, ForeignKey)| {
            let far = self.referenced(foreign_key);
            let old: Vec<Cell> = far.iter().map(|column| before[*column].clone()).collect();
            far.iter().any(|column| row[*column] != before[*column])
                && !self.find(child, &foreign_key.columns, &old).is_empty()
        };
        if self.leading_to(table).iter().any(orphans) {
            broken.push(Broken::StillReferenced);
        }
        if !broken.is_empty() {
            return Err(broken);
        }
        self.rows.get_mut(table).unwrap()[position] = row;
        Ok(())
    }

    /// DELETE of the rows that have these cells in these columns, and what that means for others.
    pub(super) fn delete(&mut self, table: &str, columns: &[usize], cells: &[Cell]) -> Result<(), Broken> {
        self.delete_with_followers(table, columns, cells)?;
        // What may not stay behind was left alone until now: something else may have taken it along.
        for (name, described) in &*self.tables {
            for foreign_key in &described.foreign_keys {
                let dangles = |row: &Vec<Cell>| !self.refers_to_something(foreign_key, row, None);
                if foreign_key.table.eq_ignore_ascii_case(table) && self.rows[name].iter().any(dangles) {
                    return Err(Broken::StillReferenced);
                }
            }
        }
        Ok(())
    }

    fn delete_with_followers(
        &mut self,
        table: &str,
        columns: &[usize],
        cells: &[Cell],
    ) -> Result<(), Broken> {
        while let Some(position) = self.find(table, columns, cells).first().copied() {
            if Engine::under_test() == Engine::MariaDb && self.is_kept_at(table, position) {
                return Err(Broken::StillReferenced);
            }
            let row = self.rows.get_mut(table).unwrap().remove(position);
            for (child, foreign_key) in self.leading_to(table) {
                let far = self.referenced(&foreign_key);
                let old: Vec<Cell> = far.iter().map(|column| row[*column].clone()).collect();
                let found = self.find(&child, &foreign_key.columns, &old);
                if found.is_empty() {
                    continue;
                }
                match foreign_key.on_delete {
                    OnDelete::NoAction => {}
                    OnDelete::Restrict => return Err(Broken::StillReferenced),
                    OnDelete::Cascade => self.delete_with_followers(&child, &foreign_key.columns, &old)?,
                    OnDelete::SetNull => {
                        let nulls = foreign_key.columns.iter().map(|column| (*column, Cell::Null)).collect();
                        for position in found {
                            self.update(&child, position, &nulls).map_err(|_| Broken::StillReferenced)?;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether foreign keys that do nothing refer to the row, its own among them: `InnoDB` looks at each row by itself.
    fn is_kept_at(&self, table: &str, position: usize) -> bool {
        let row = &self.rows[table][position];
        self.leading_to(table).iter().any(|(child, foreign_key)| {
            let far = self.referenced(foreign_key);
            let old: Vec<Cell> = far.iter().map(|column| row[*column].clone()).collect();
            matches!(foreign_key.on_delete, OnDelete::NoAction | OnDelete::Restrict)
                && !self.find(child, &foreign_key.columns, &old).is_empty()
        })
    }

    /// Every rule that the row breaks; `instead_of` is the position of the row it replaces.
    fn broken(&self, table: &str, row: &[Cell], instead_of: Option<usize>) -> Vec<Broken> {
        let described = self.table(table);
        let mut broken = Vec::new();
        for (column, facts) in described.columns.iter().enumerate() {
            if facts.not_null && row[column].is_null() {
                broken.push(Broken::NotNull { column });
            }
        }
        for columns in std::iter::once(&described.key).chain(&described.unique) {
            let cells: Vec<Cell> = columns.iter().map(|column| row[*column].clone()).collect();
            let others = self.find(table, columns, &cells);
            if others.iter().any(|other| Some(*other) != instead_of) {
                broken.push(Broken::Unique { columns: columns.clone() });
            }
        }
        for check in self.rules.checks.iter().filter(|check| check.table == table) {
            let columns: Vec<usize> =
                check.columns.iter().map(|name| described.column(name).unwrap()).collect();
            let cells: Vec<&Cell> = columns.iter().map(|column| &row[*column]).collect();
            if cells.iter().all(|cell| !cell.is_null()) && !(check.holds)(&cells) {
                broken.push(Broken::Check { columns });
            }
        }
        for foreign_key in &described.foreign_keys {
            if !self.refers_to_something(foreign_key, row, Some(row).filter(|_| foreign_key.table == table)) {
                broken.push(Broken::Missing { columns: foreign_key.columns.clone() });
            }
        }
        let refused = |(of, column, text): &(&str, &str, &str)| {
            *of == table && row[described.column(column).unwrap()] == Cell::text(text)
        };
        if self.rules.refused.iter().any(refused) {
            broken.push(Broken::Refused);
        }
        broken
    }

    /// Whether the foreign key of the row is NULL or leads somewhere, if only to the row itself.
    fn refers_to_something(&self, foreign_key: &ForeignKey, row: &[Cell], itself: Option<&[Cell]>) -> bool {
        let cells: Vec<Cell> = foreign_key.columns.iter().map(|column| row[*column].clone()).collect();
        let far = self.referenced(foreign_key);
        let is_itself = |row: &[Cell]| far.iter().zip(&cells).all(|(column, cell)| row[*column] == *cell);
        cells.iter().any(Cell::is_null)
            || itself.is_some_and(is_itself)
            || !self.find(&foreign_key.table, &far, &cells).is_empty()
    }

    /// The columns a foreign key refers to.
    fn referenced(&self, foreign_key: &ForeignKey) -> Vec<usize> {
        let table = self.table(&foreign_key.table);
        if foreign_key.referenced.is_empty() {
            return table.key.clone();
        }
        foreign_key.referenced.iter().map(|name| table.column(name).unwrap()).collect()
    }

    /// The foreign keys that refer to a table, with the tables that have them.
    fn leading_to(&self, table: &str) -> Vec<(String, ForeignKey)> {
        let all = self.tables.values().flat_map(|child| {
            child.foreign_keys.iter().map(|foreign_key| (child.name.clone(), foreign_key.clone()))
        });
        all.filter(|(_, foreign_key)| foreign_key.table.eq_ignore_ascii_case(table)).collect()
    }

    fn compute(&self, table: &str, row: &mut [Cell]) {
        let described = self.table(table);
        for computed in self.rules.computed.iter().filter(|computed| computed.table == table) {
            let of: Vec<&Cell> =
                computed.of.iter().map(|name| &row[described.column(name).unwrap()]).collect();
            let is_null = of.iter().any(|cell| cell.is_null());
            let value = if is_null { Cell::Null } else { (computed.value)(&of) };
            row[described.column(computed.column).unwrap()] = value;
        }
    }
}

/// A number and one more; integers that would not fit become floating point.
fn plus_one(cell: &Cell) -> Cell {
    match cell {
        #[allow(clippy::cast_precision_loss, reason = "SQLite loses as much")]
        Cell::Integer(number) => {
            number.checked_add(1).map_or(Cell::Real(*number as f64 + 1.0), Cell::Integer)
        }
        Cell::Real(number) => Cell::Real(number + 1.0),
        other => other.clone(),
    }
}

/// What a column of that declared type makes of a value.
fn with_affinity(declared: &str, cell: Cell) -> Cell {
    let declared = declared.to_uppercase();
    let has = |parts: &[&str]| parts.iter().any(|part| declared.contains(part));
    let is_real = !has(&["INT", "CHAR", "CLOB", "TEXT", "BLOB"]) && has(&["REAL", "FLOA", "DOUB"]);
    match cell {
        #[allow(clippy::cast_precision_loss, reason = "SQLite loses as much")]
        Cell::Integer(number) if is_real => Cell::Real(number as f64),
        Cell::Integer(number) if has(&["CHAR", "CLOB", "TEXT"]) => Cell::text(&number.to_string()),
        other => other,
    }
}

/// Makes equal what need not differ: the white space of JSON.
fn normalise(table: &Table, row: &mut [Cell]) {
    for (column, cell) in table.columns.iter().zip(row) {
        if let (Kind::Json, Cell::Text(text)) = (column.kind, &*cell)
            && let Ok(value) = serde_json::from_slice::<serde_json::Value>(text)
        {
            *cell = Cell::text(&value.to_string());
        }
    }
}
