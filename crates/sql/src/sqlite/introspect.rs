//! Reads the schema with PRAGMAs, in one transaction.

use std::collections::HashMap;

use rusqlite::{Connection, Result};

use super::declared::{column_type, length_max};
use super::definition;
use super::reader::classify;
use crate::error::Error;
use crate::schema::{Check, Column, ForeignKey, ReferentialAction, Schema, Table, TableKind, TableName};

pub(super) fn schema(connection: &Connection) -> std::result::Result<Schema, Error> {
    connection.execute_batch("BEGIN").map_err(classify)?;
    let schema = read(connection).map_err(classify);
    // Nothing was written; the snapshot is given back either way.
    let _ = connection.execute_batch("ROLLBACK");
    schema
}

fn read(connection: &Connection) -> Result<Schema> {
    let mut tables = Vec::new();
    for listed in listed_tables(connection)? {
        tables.push(table(connection, listed)?);
    }
    tables.sort_by(|a, b| a.name.cmp(&b.name));
    estimate_rows(connection, &mut tables);
    resolve_references(&mut tables);
    Ok(Schema { tables })
}

/// A line of `PRAGMA table_list`.
struct Listed {
    name: String,
    kind: TableKind,
    without_rowid: bool,
    strict: bool,
    /// Its definition, as it was written.
    sql: Option<String>,
    has_triggers: bool,
}

fn listed_tables(connection: &Connection) -> Result<Vec<Listed>> {
    let sql = "SELECT l.name, l.type, l.wr, l.strict, s.sql, EXISTS (SELECT 1 FROM sqlite_schema AS t \
               WHERE t.type = 'trigger' AND t.tbl_name = l.name COLLATE NOCASE) FROM pragma_table_list AS l \
               LEFT JOIN sqlite_schema AS s ON s.type = 'table' AND s.name = l.name \
               WHERE l.schema = 'main' AND l.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([], |row| {
        let kind = match row.get::<_, String>(1)?.as_str() {
            "view" => TableKind::View,
            "virtual" => TableKind::Virtual,
            "shadow" => TableKind::Shadow,
            _ => TableKind::Table,
        };
        Ok(Listed {
            name: row.get(0)?,
            kind,
            without_rowid: row.get(2)?,
            strict: row.get(3)?,
            sql: row.get(4)?,
            has_triggers: row.get(5)?,
        })
    })?;
    rows.collect()
}

fn table(connection: &Connection, listed: Listed) -> Result<Table> {
    let name = &listed.name;
    // A view over a table that is gone, or a virtual table of an unknown module, has no readable columns.
    let (mut columns, primary_key) = columns(connection, name).unwrap_or_default();
    mark_key_columns(&listed, &mut columns, &primary_key);
    let (unique_keys, mut indexes) = keys(connection, name, &mut columns)?;
    if !primary_key.is_empty() {
        indexes.push(primary_key.clone());
    }
    let mut foreign_keys = foreign_keys(connection, name, &columns)?;
    let checks = read_definition(&listed, &columns, &mut foreign_keys);
    Ok(Table {
        name: TableName { schema: None, name: listed.name },
        kind: listed.kind,
        has_triggers: listed.has_triggers,
        comment: None,
        columns,
        primary_key,
        unique_keys,
        indexes,
        foreign_keys,
        checks,
        strict: listed.strict,
        row_estimate: None,
    })
}

/// Reads what only the text of the definition tells: the checks, and which foreign keys are deferred.
fn read_definition(listed: &Listed, columns: &[Column], foreign_keys: &mut [ForeignKey]) -> Vec<Check> {
    let Some(sql) = listed.sql.as_ref().filter(|_| listed.kind == TableKind::Table) else {
        return Vec::new();
    };
    let definition = definition::read(sql, columns);
    for (key, reference) in foreign_keys.iter_mut().zip(&definition.references) {
        let same = key.columns.len() == reference.columns.len()
            && key
                .columns
                .iter()
                .zip(&reference.columns)
                .all(|(column, name)| columns[*column].name.eq_ignore_ascii_case(name));
        key.deferred = same && reference.deferred;
    }
    definition.checks
}

fn columns(connection: &Connection, table: &str) -> Result<(Vec<Column>, Vec<usize>)> {
    let sql = "SELECT name, type, \"notnull\", dflt_value IS NOT NULL, pk, hidden FROM pragma_table_xinfo(?1) \
               WHERE hidden <> 1 ORDER BY cid";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([table])?;
    let mut columns = Vec::new();
    let mut key = Vec::new();
    while let Some(row) = rows.next()? {
        let declared_type: String = row.get(1)?;
        let position: i64 = row.get(4)?;
        if position > 0 {
            key.push((position, columns.len()));
        }
        columns.push(Column {
            name: row.get(0)?,
            column_type: column_type(&declared_type),
            length_max: length_max(&declared_type),
            declared_type,
            nullable: !row.get::<_, bool>(2)?,
            has_default: row.get(3)?,
            generated: row.get::<_, i64>(5)? >= 2,
            ..Column::default()
        });
    }
    key.sort_unstable();
    Ok((columns, key.into_iter().map(|(_, column)| column).collect()))
}

/// An `INTEGER PRIMARY KEY` is the rowid: never NULL, and made by SQLite when left out.
fn mark_key_columns(listed: &Listed, columns: &mut [Column], primary_key: &[usize]) {
    if listed.without_rowid {
        for column in primary_key {
            columns[*column].nullable = false;
        }
    } else if let [column] = primary_key
        && columns[*column].declared_type.eq_ignore_ascii_case("integer")
    {
        let column = &mut columns[*column];
        column.nullable = false;
        column.has_default = true;
        column.auto_increment = true;
    }
}

/// Unique keys, and the columns of every index.
type Keys = (Vec<Vec<usize>>, Vec<Vec<usize>>);

fn keys(connection: &Connection, table: &str, columns: &mut [Column]) -> Result<Keys> {
    let mut unique = Vec::new();
    let mut indexes = Vec::new();
    let mut list = connection
        .prepare("SELECT name, \"unique\", origin, partial FROM pragma_index_list(?1) ORDER BY name")?;
    let mut rows = list.query([table])?;
    while let Some(row) = rows.next()? {
        let index: String = row.get(0)?;
        let (is_unique, origin, partial): (bool, String, bool) = (row.get(1)?, row.get(2)?, row.get(3)?);
        let Some(indexed) = indexed_columns(connection, &index, columns)? else { continue };
        if partial {
            continue;
        }
        if is_unique && origin != "pk" {
            unique.push(indexed.clone());
        }
        indexes.push(indexed);
    }
    Ok((unique, indexes))
}

/// The columns of an index in order, unless one of them is an expression. Notes the collations it compares them by:
/// SQLite tells those of columns nowhere else.
fn indexed_columns(
    connection: &Connection,
    index: &str,
    columns: &mut [Column],
) -> Result<Option<Vec<usize>>> {
    let sql = "SELECT name, coll FROM pragma_index_xinfo(?1) WHERE key = 1 ORDER BY seqno";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([index])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (name, collation): (Option<String>, String) = (row.get(0)?, row.get(1)?);
        let Some(position) = name.and_then(|name| columns.iter().position(|column| column.name == name))
        else {
            return Ok(None);
        };
        if collation != "BINARY" {
            columns[position].collation = Some(collation);
        }
        found.push(position);
    }
    Ok(Some(found))
}

fn foreign_keys(connection: &Connection, table: &str, columns: &[Column]) -> Result<Vec<ForeignKey>> {
    // SQLite numbers foreign keys from the last declared to the first.
    let sql = "SELECT id, \"table\", \"from\", \"to\", on_delete FROM pragma_foreign_key_list(?1) \
               ORDER BY id DESC, seq";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([table])?;
    let mut keys: Vec<(i64, ForeignKey)> = Vec::new();
    while let Some(row) = rows.next()? {
        let (id, from): (i64, String) = (row.get(0)?, row.get(2)?);
        let Some(column) = columns.iter().position(|column| column.name.eq_ignore_ascii_case(&from)) else {
            continue;
        };
        if keys.last().is_none_or(|(last, _)| *last != id) {
            let references = TableName { schema: None, name: row.get(1)? };
            let on_delete = match row.get::<_, String>(4)?.as_str() {
                "RESTRICT" => ReferentialAction::Restrict,
                "CASCADE" => ReferentialAction::Cascade,
                "SET NULL" => ReferentialAction::SetNull,
                "SET DEFAULT" => ReferentialAction::SetDefault,
                _ => ReferentialAction::NoAction,
            };
            keys.push((id, ForeignKey { references, on_delete, ..ForeignKey::default() }));
        }
        if let Some((_, key)) = keys.last_mut() {
            key.columns.push(column);
            key.referenced_columns.extend(row.get::<_, Option<String>>(3)?);
        }
    }
    Ok(keys.into_iter().map(|(_, key)| key).collect())
}

/// SQLite compares names without regard to case, and a foreign key may leave out the columns it refers to: the
/// parent's primary key. Here both are written out as the parent spells them.
fn resolve_references(tables: &mut [Table]) {
    type Parent = (TableName, Vec<String>, Vec<String>);
    let parents: HashMap<String, Parent> = tables
        .iter()
        .map(|table| {
            let names: Vec<String> = table.columns.iter().map(|column| column.name.clone()).collect();
            let key = table.primary_key.iter().map(|column| names[*column].clone()).collect();
            (table.name.name.to_ascii_lowercase(), (table.name.clone(), names, key))
        })
        .collect();
    for key in tables.iter_mut().flat_map(|table| &mut table.foreign_keys) {
        let Some((name, columns, primary_key)) = parents.get(&key.references.name.to_ascii_lowercase())
        else {
            continue;
        };
        key.references = name.clone();
        if key.referenced_columns.is_empty() {
            key.referenced_columns.clone_from(primary_key);
        }
        for referenced in &mut key.referenced_columns {
            if let Some(column) = columns.iter().find(|column| column.eq_ignore_ascii_case(referenced)) {
                referenced.clone_from(column);
            }
        }
    }
}

/// ANALYZE leaves the number of rows as the first number of each index's statistics.
fn estimate_rows(connection: &Connection, tables: &mut [Table]) {
    let Ok(mut statement) = connection.prepare("SELECT tbl, stat FROM sqlite_stat1") else { return };
    let Ok(rows) = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))
    else {
        return;
    };
    for (name, statistics) in rows.flatten() {
        let estimate = statistics.split(' ').next().and_then(|number| number.parse().ok());
        if let Some(table) = tables.iter_mut().find(|table| table.name.name.eq_ignore_ascii_case(&name)) {
            table.row_estimate = table.row_estimate.max(estimate);
        }
    }
}
