//! The schema as the server's information schema tells it: a few statements, whatever the number of tables.

mod checks;
mod columns;
mod keys;
mod kinds;

use std::collections::HashMap;

use mysql_async::Row;
use mysql_async::prelude::Queryable;

use super::names::Names;
use super::session::Session;
use crate::render::Dialect;
use crate::schema::{Schema, Table, TableKind, TableName};

/// Where each table stands among those read.
type Positions = HashMap<String, usize>;

/// Reads the tables and views of the connection's database, and the names of their unique keys.
pub(super) async fn read(session: &mut Session, dialect: Dialect) -> mysql_async::Result<(Schema, Names)> {
    let mut tables = tables(session).await?;
    let positions: Positions =
        tables.iter().enumerate().map(|(position, table)| (table.name.name.clone(), position)).collect();
    let mut names = Names::default();
    columns::read(session, &mut tables, &positions).await?;
    keys::read(session, &mut tables, &positions, &mut names).await?;
    checks::read(session, dialect, &mut tables, &positions).await?;
    triggers(session, &mut tables, &positions).await?;
    Ok((Schema { tables }, names))
}

/// All but Docent's own.
async fn tables(session: &mut Session) -> mysql_async::Result<Vec<Table>> {
    let sql = "SELECT TABLE_NAME, TABLE_TYPE, TABLE_COMMENT, TABLE_ROWS FROM information_schema.TABLES \
               WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE <> 'SEQUENCE' AND TABLE_TYPE <> 'TEMPORARY' \
               AND TABLE_NAME <> 'docent_idempotency_keys'";
    let rows = rows(session, sql).await?;
    let mut tables: Vec<Table> = rows
        .iter()
        .map(|row| {
            let kind = if row.text(1).ends_with("VIEW") { TableKind::View } else { TableKind::Table };
            let is_table = kind == TableKind::Table;
            Table {
                name: TableName { schema: None, name: row.text(0) },
                kind,
                // Views have a comment that says no more than that they are views.
                comment: Some(row.text(2)).filter(|comment| is_table && !comment.is_empty()),
                strict: true,
                row_estimate: row.number(3).filter(|_| is_table),
                ..Table::default()
            }
        })
        .collect();
    // In the order of bytes, whatever the server's collation.
    tables.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(tables)
}

async fn triggers(
    session: &mut Session,
    tables: &mut [Table],
    positions: &Positions,
) -> mysql_async::Result<()> {
    let sql = "SELECT DISTINCT EVENT_OBJECT_TABLE FROM information_schema.TRIGGERS \
               WHERE EVENT_OBJECT_SCHEMA = DATABASE()";
    for row in rows(session, sql).await? {
        if let Some(position) = positions.get(&row.text(0)) {
            tables[*position].has_triggers = true;
        }
    }
    Ok(())
}

async fn rows(session: &mut Session, sql: &str) -> mysql_async::Result<Vec<Row>> {
    session.connection.query(sql).await
}

/// Reads the values of a row, which all come as text.
trait Fields {
    /// The text there, if it is not NULL.
    fn optional(&self, index: usize) -> Option<String>;

    /// The text there, none for NULL.
    fn text(&self, index: usize) -> String {
        self.optional(index).unwrap_or_default()
    }

    /// The number there.
    fn number(&self, index: usize) -> Option<u64> {
        self.optional(index)?.parse().ok()
    }
}

impl Fields for Row {
    fn optional(&self, index: usize) -> Option<String> {
        match self.as_ref(index)? {
            mysql_async::Value::Bytes(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
            mysql_async::Value::Int(number) => Some(number.to_string()),
            mysql_async::Value::UInt(number) => Some(number.to_string()),
            _ => None,
        }
    }
}
