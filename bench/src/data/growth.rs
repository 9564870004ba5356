//! The tables of the growth curves: one to page through, and one each of 10³ to 10⁶ rows to filter.

use rusqlite::{Connection, Result, params};

use super::random::{Random, prose, timestamp};

/// Rows of `entries`, the table paged through.
pub(crate) const DEEP_ROWS: u64 = 200_000;
/// Rows of the tables filtered.
pub(crate) const SIZES: [u64; 4] = [1_000, 10_000, 100_000, 1_000_000];
/// Rows that share a value of `indexed` and of `plain`, whatever the table's size: the answers are equally large.
pub(crate) const GROUP_ROWS: u64 = 50;

/// Name of the table with that many rows.
pub(crate) fn table(rows: u64) -> String {
    format!("rows_{rows}")
}

/// Fills an empty database.
pub(crate) fn fill(connection: &Connection) -> Result<()> {
    connection.execute_batch(
        "CREATE TABLE entries (id INTEGER PRIMARY KEY, title TEXT NOT NULL, created_at TIMESTAMP NOT NULL)",
    )?;
    let mut random = Random::new(5);
    let mut insert = connection.prepare("INSERT INTO entries VALUES (?1, ?2, ?3)")?;
    for id in 1..=DEEP_ROWS {
        insert.execute(params![id.cast_signed(), prose(&mut random, 20, false), timestamp(&mut random)])?;
    }
    connection.execute_batch("CREATE INDEX entries_created ON entries (created_at, id)")?;
    SIZES.iter().try_for_each(|&rows| filtered(connection, rows))
}

fn filtered(connection: &Connection, rows: u64) -> Result<()> {
    let name = table(rows);
    connection.execute_batch(&format!(
        "CREATE TABLE {name} (id INTEGER PRIMARY KEY, title TEXT NOT NULL,
                              indexed INTEGER NOT NULL, plain INTEGER NOT NULL)"
    ))?;
    let groups = rows / GROUP_ROWS;
    let mut random = Random::new(rows);
    let mut insert = connection.prepare(&format!("INSERT INTO {name} VALUES (?1, ?2, ?3, ?3)"))?;
    for id in 1..=rows {
        let group = (id % groups).cast_signed();
        insert.execute(params![id.cast_signed(), prose(&mut random, 20, false), group])?;
    }
    connection.execute_batch(&format!("CREATE INDEX {name}_indexed ON {name} (indexed)"))
}
