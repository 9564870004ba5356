//! Foreign keys and checks.

use tokio_postgres::{Error, Row};

use super::checks;
use super::columns::Columns;
use crate::schema::{ForeignKey, ReferentialAction, Table, TableName};

/// What partitions have of their own for a foreign key of or to the whole has a parent. PostgreSQL 18 has constraints
/// that it does not hold anything to; it says so at their end.
pub(super) const QUERY: &str = "
    SELECT k.conrelid, k.conname::text, k.contype = 'f', COALESCE(k.conkey, '{}'),
        CASE k.contype WHEN 'c' THEN pg_get_expr(k.conbin, k.conrelid) END,
        n.nspname::text, COALESCE(n.nspname = current_schema(), false), f.relname::text,
        ARRAY(
            SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY AS u(attnum, place)
            JOIN pg_attribute AS a ON a.attrelid = k.confrelid AND a.attnum = u.attnum ORDER BY u.place
        ),
        k.confdeltype::text, k.condeferred, k.convalidated AND NOT COALESCE(f.relrowsecurity, true)
    FROM pg_constraint AS k
    LEFT JOIN pg_class AS f ON f.oid = k.confrelid
    LEFT JOIN pg_namespace AS n ON n.oid = f.relnamespace
    WHERE k.conrelid = ANY ($1) AND k.contype IN ('c', 'f') AND k.conparentid = 0
        AND pg_get_constraintdef(k.oid) NOT LIKE '% NOT ENFORCED'
    ORDER BY k.conrelid, k.oid";

pub(super) fn read(rows: &[Row], columns: &Columns, table: &mut Table) -> Result<(), Error> {
    let subjects = columns.subjects();
    for row in rows {
        let (name, numbers): (String, Vec<i16>) = (row.try_get(1)?, row.try_get(3)?);
        if row.try_get(2)? {
            if let Some(near) = columns.positions(&numbers) {
                table.foreign_keys.push(foreign_key(name, near, row)?);
            }
            continue;
        }
        let mut mentioned: Vec<usize> =
            numbers.iter().filter_map(|number| columns.position(*number)).collect();
        mentioned.sort_unstable();
        table.checks.push(checks::of_table(name, mentioned, row.try_get(4)?, &subjects));
    }
    Ok(())
}

fn foreign_key(name: String, columns: Vec<usize>, row: &Row) -> Result<ForeignKey, Error> {
    let schema: Option<String> = row.try_get(5)?;
    let is_default: bool = row.try_get(6)?;
    let on_delete = match row.try_get(9)? {
        "r" => ReferentialAction::Restrict,
        "c" => ReferentialAction::Cascade,
        "n" => ReferentialAction::SetNull,
        "d" => ReferentialAction::SetDefault,
        _ => ReferentialAction::NoAction,
    };
    Ok(ForeignKey {
        name: Some(name),
        columns,
        references: TableName { schema: schema.filter(|_| !is_default), name: row.try_get(7)? },
        referenced_columns: row.try_get(8)?,
        on_delete,
        deferred: row.try_get(10)?,
        holds: row.try_get(11)?,
    })
}
