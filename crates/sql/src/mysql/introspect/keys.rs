//! Keys, indexes and foreign keys of every table.

use super::{Fields, Positions, rows};
use crate::mysql::names::Names;
use crate::mysql::session::Session;
use crate::schema::{ForeignKey, ReferentialAction, Table, TableName};

pub(super) async fn read(
    session: &mut Session,
    tables: &mut [Table],
    positions: &Positions,
    names: &mut Names,
) -> mysql_async::Result<()> {
    for index in indexes(session, tables, positions).await? {
        index.note(&mut tables[index.table], names);
    }
    for table in &mut *tables {
        table.unique_keys.sort();
        table.unique_keys.dedup();
    }
    foreign_keys(session, tables, positions).await
}

/// An index as far as it has been read.
#[derive(Debug)]
struct Index {
    table: usize,
    name: String,
    unique: bool,
    columns: Vec<usize>,
    /// Whether it is of whole columns and nothing else.
    whole: bool,
    /// Whether it finds single values and ranges of them.
    ordered: bool,
}

impl Index {
    fn note(&self, table: &mut Table, names: &mut Names) {
        let is_primary = self.name == "PRIMARY";
        if self.unique {
            let columns = self.columns.iter().map(|column| table.columns[*column].name.clone()).collect();
            names.add(table.name.name.clone(), self.name.clone(), columns);
        }
        if is_primary {
            table.primary_key.clone_from(&self.columns);
        } else if self.unique && self.whole {
            table.unique_keys.push(self.columns.clone());
        }
        if self.ordered && !self.columns.is_empty() && !table.indexes.contains(&self.columns) {
            table.indexes.push(self.columns.clone());
        }
    }
}

async fn indexes(
    session: &mut Session,
    tables: &[Table],
    positions: &Positions,
) -> mysql_async::Result<Vec<Index>> {
    let sql = "SELECT TABLE_NAME, INDEX_NAME, NON_UNIQUE, COLUMN_NAME, SUB_PART, INDEX_TYPE \
               FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() \
               ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX";
    let mut indexes: Vec<Index> = Vec::new();
    for row in rows(session, sql).await? {
        let (Some(table), name) = (positions.get(&row.text(0)).copied(), row.text(1)) else { continue };
        if indexes.last().is_none_or(|last| last.table != table || last.name != name) {
            let (unique, ordered) = (row.text(2) == "0", row.text(5) == "BTREE");
            indexes.push(Index { table, name, unique, columns: Vec::new(), whole: true, ordered });
        }
        let Some(index) = indexes.last_mut() else { continue };
        // An expression has no column. The start of a column orders nothing behind it.
        let named = row.optional(3).and_then(|name| column(&tables[table], &name));
        match named {
            Some(column) if index.whole && row.optional(4).is_none() => index.columns.push(column),
            _ => index.whole = false,
        }
    }
    Ok(indexes)
}

fn column(table: &Table, name: &str) -> Option<usize> {
    table.columns.iter().position(|column| column.name.eq_ignore_ascii_case(name))
}

async fn foreign_keys(
    session: &mut Session,
    tables: &mut [Table],
    positions: &Positions,
) -> mysql_async::Result<()> {
    let sql = "SELECT k.TABLE_NAME, k.CONSTRAINT_NAME, k.COLUMN_NAME, k.REFERENCED_TABLE_SCHEMA = DATABASE(), \
               k.REFERENCED_TABLE_SCHEMA, k.REFERENCED_TABLE_NAME, k.REFERENCED_COLUMN_NAME, r.DELETE_RULE \
               FROM information_schema.KEY_COLUMN_USAGE AS k \
               JOIN information_schema.REFERENTIAL_CONSTRAINTS AS r ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA \
               AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME AND r.TABLE_NAME = k.TABLE_NAME \
               WHERE k.TABLE_SCHEMA = DATABASE() AND k.REFERENCED_TABLE_NAME IS NOT NULL \
               ORDER BY k.TABLE_NAME, k.CONSTRAINT_NAME, k.ORDINAL_POSITION";
    for row in rows(session, sql).await? {
        let Some(table) = positions.get(&row.text(0)).map(|position| &mut tables[*position]) else {
            continue;
        };
        let Some(column) = column(table, &row.text(2)) else { continue };
        let name = Some(row.text(1));
        if table.foreign_keys.last().is_none_or(|last| last.name != name) {
            let schema = if row.text(3) == "1" { None } else { row.optional(4) };
            table.foreign_keys.push(ForeignKey {
                name,
                references: TableName { schema, name: row.text(5) },
                on_delete: action(&row.text(7)),
                ..ForeignKey::default()
            });
        }
        if let Some(key) = table.foreign_keys.last_mut() {
            key.columns.push(column);
            key.referenced_columns.push(row.text(6));
        }
    }
    spelt_as_declared(tables);
    for table in tables {
        // The server does not tell in which order they were declared.
        table
            .foreign_keys
            .sort_by(|one, other| (&one.columns, &one.name).cmp(&(&other.columns, &other.name)));
    }
    Ok(())
}

fn action(rule: &str) -> ReferentialAction {
    match rule {
        "RESTRICT" => ReferentialAction::Restrict,
        "CASCADE" => ReferentialAction::Cascade,
        "SET NULL" => ReferentialAction::SetNull,
        "SET DEFAULT" => ReferentialAction::SetDefault,
        _ => ReferentialAction::NoAction,
    }
}

/// A foreign key may name what it refers to in other capitals than the table that has it, where the server takes both
/// for the same.
fn spelt_as_declared(tables: &mut [Table]) {
    let parents: Vec<(String, Vec<String>)> = tables
        .iter()
        .map(|table| {
            let columns = table.columns.iter().map(|column| column.name.clone()).collect();
            (table.name.name.clone(), columns)
        })
        .collect();
    for key in tables.iter_mut().flat_map(|table| &mut table.foreign_keys) {
        if key.references.schema.is_some() {
            continue;
        }
        let name = &key.references.name;
        let parent = parents
            .iter()
            .find(|(table, _)| table == name)
            .or_else(|| parents.iter().find(|(table, _)| table.eq_ignore_ascii_case(name)));
        let Some((table, columns)) = parent else { continue };
        key.references.name.clone_from(table);
        for referenced in &mut key.referenced_columns {
            if let Some(column) = columns.iter().find(|column| column.eq_ignore_ascii_case(referenced)) {
                referenced.clone_from(column);
            }
        }
    }
}
