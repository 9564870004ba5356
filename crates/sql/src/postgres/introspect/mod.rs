//! Reads the schema from the system catalogs: a handful of queries, however many tables there are.
//!
//! It reads what the connected role may read: other tables and columns are as good as absent. That all queries see one
//! state of the database is left to the caller, who has a transaction around them.

mod checks;
mod columns;
mod constraints;
mod expression;
mod fingerprint;
mod indexes;

use std::collections::HashMap;

use tokio_postgres::types::Type;
use tokio_postgres::{Client, Error, Row};

use self::columns::Columns;
pub(super) use self::fingerprint::FINGERPRINT;
use super::types::Types;
use crate::schema::{Schema, Table, TableKind, TableName};

/// Rewriting rules do what triggers do. The estimate of a table counts neither inherited rows nor those of partitions.
const RELATIONS: &str = "
    SELECT c.oid, n.nspname::text, COALESCE(n.nspname = current_schema(), false), c.relname::text,
        c.relkind::text, obj_description(c.oid, 'pg_class'),
        EXISTS (SELECT FROM pg_trigger AS g WHERE g.tgrelid = c.oid AND NOT g.tgisinternal)
            OR EXISTS (SELECT FROM pg_rewrite AS w WHERE w.ev_class = c.oid AND w.ev_type <> '1'),
        ARRAY(SELECT h.inhparent FROM pg_inherits AS h WHERE h.inhrelid = c.oid),
        CASE
            WHEN c.relkind IN ('r', 'm', 'f') AND NOT c.relhassubclass THEN c.reltuples::float8
            WHEN c.relkind = 'p' THEN (
                SELECT CASE WHEN min(p.reltuples) >= 0 THEN sum(p.reltuples::float8) END
                FROM pg_partition_tree(c.oid) AS t JOIN pg_class AS p ON p.oid = t.relid WHERE t.isleaf
            )
        END
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
        AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        AND ($1::text[] IS NULL OR n.nspname = ANY ($1))
        AND has_schema_privilege(n.oid, 'USAGE')
        AND (has_table_privilege(c.oid, 'SELECT') OR has_any_column_privilege(c.oid, 'SELECT'))";

/// Everything there is to know of the tables and views in these schemas; `None`: in all but those of the system.
pub(super) async fn schema(client: &Client, schemas: Option<&[String]>) -> Result<Schema, Error> {
    let rows = client.query_typed(RELATIONS, &[(&schemas, Type::TEXT_ARRAY)]).await?;
    let mut relations = rows.iter().map(Relation::read).collect::<Result<Vec<_>, _>>()?;
    relations.sort_by(|one, other| one.table.name.cmp(&other.table.name));
    let numbers: Vec<u32> = relations.iter().map(|relation| relation.number).collect();
    mark_inherited(&mut relations, &numbers);
    // Sent one behind the other, answered in turn.
    let (types, columns, indexes, constraints, of_domains) = tokio::try_join!(
        Types::read(client),
        ByTable::read(client, columns::QUERY, &numbers),
        ByTable::read(client, indexes::QUERY, &numbers),
        ByTable::read(client, constraints::QUERY, &numbers),
        client.query_typed(checks::OF_DOMAINS, &[]),
    )?;
    let of_domains = checks::of_domains(&of_domains)?;
    let mut tables = Vec::with_capacity(relations.len());
    for Relation { number, mut table, .. } in relations {
        let columns = Columns::read(columns.of(number), &types, &of_domains)?;
        indexes::read(indexes.of(number), &columns, &mut table)?;
        constraints::read(constraints.of(number), &columns, &mut table)?;
        table.checks.extend(columns.checks);
        table.columns = columns.found;
        tables.push(table);
    }
    Ok(Schema { tables })
}

/// The SQL that makes the database tell at once when its schema changes, for its owner to run.
pub fn trigger_sql() -> &'static str {
    include_str!("../trigger.sql")
}

struct Relation {
    number: u32,
    parents: Vec<u32>,
    table: Table,
}

impl Relation {
    fn read(row: &Row) -> Result<Self, Error> {
        let is_default: bool = row.try_get(2)?;
        let schema = if is_default { None } else { Some(row.try_get(1)?) };
        let kind = match row.try_get(4)? {
            "v" | "m" => TableKind::View,
            _ => TableKind::Table,
        };
        let estimate: Option<f64> = row.try_get(8)?;
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "an estimate, and not negative"
        )]
        let row_estimate = estimate.filter(|rows| *rows >= 0.0).map(|rows| rows as u64);
        let table = Table {
            name: TableName { schema, name: row.try_get(3)? },
            kind,
            comment: row.try_get(5)?,
            strict: true,
            has_triggers: row.try_get(6)?,
            row_estimate,
            ..Table::default()
        };
        Ok(Self { number: row.try_get(0)?, parents: row.try_get(7)?, table })
    }
}

/// Marks the tables whose rows another one of them shows as its own.
fn mark_inherited(relations: &mut [Relation], numbers: &[u32]) {
    for relation in relations {
        if relation.parents.iter().any(|parent| numbers.contains(parent)) {
            relation.table.kind = TableKind::Inherited;
        }
    }
}

/// The rows of a query, by the table that each begins with.
struct ByTable(HashMap<u32, Vec<Row>>);

impl ByTable {
    async fn read(client: &Client, query: &str, tables: &[u32]) -> Result<Self, Error> {
        let mut found: HashMap<u32, Vec<Row>> = HashMap::new();
        for row in client.query_typed(query, &[(&tables, Type::OID_ARRAY)]).await? {
            found.entry(row.try_get(0)?).or_default().push(row);
        }
        Ok(Self(found))
    }

    fn of(&self, table: u32) -> &[Row] {
        self.0.get(&table).map_or(&[], Vec::as_slice)
    }
}
