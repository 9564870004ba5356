//! Which columns a constraint or a unique index is about: errors name it, not them.

use std::collections::HashMap;

use super::connection::Connection;
use super::failure::Trouble;

const QUERY: &str = "
    SELECT n.nspname::text, c.relname::text, k.conname::text, a.attname::text, u.place
    FROM pg_catalog.pg_constraint k
    JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    CROSS JOIN LATERAL unnest(k.conkey) WITH ORDINALITY AS u (attnum, place)
    JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.attnum
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
    UNION ALL
    SELECT n.nspname::text, c.relname::text, i.relname::text, a.attname::text, u.place
    FROM pg_catalog.pg_index x
    JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
    JOIN pg_catalog.pg_class c ON c.oid = x.indrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    CROSS JOIN LATERAL unnest(x.indkey::int2[]) WITH ORDINALITY AS u (attnum, place)
    JOIN pg_catalog.pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = u.attnum
    WHERE x.indisunique AND u.place <= x.indnkeyatts
        AND n.nspname NOT IN ('pg_catalog', 'information_schema')
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = x.indexrelid AND k.conrelid = x.indrelid
            AND k.contype IN ('p', 'u', 'x'))
    ORDER BY 1, 2, 3, 5";

/// A constraint, known by its schema, table and name.
type Name = (String, String, String);

/// The columns of every constraint and unique index.
#[derive(Debug, Default)]
pub(super) struct Constraints(HashMap<Name, Vec<String>>);

impl Constraints {
    pub(super) async fn read(connection: &Connection) -> Result<Self, Trouble> {
        let mut found: HashMap<Name, Vec<String>> = HashMap::new();
        for row in connection.client.query_typed(QUERY, &[]).await? {
            let name = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
            found.entry(name).or_default().push(row.try_get(3)?);
        }
        Ok(Constraints(found))
    }

    /// Its columns; none if they are not known.
    pub(super) fn columns(&self, schema: &str, table: &str, name: &str) -> Vec<String> {
        let name = (schema.to_owned(), table.to_owned(), name.to_owned());
        self.0.get(&name).cloned().unwrap_or_default()
    }
}
