//! Keys and indexes.

use tokio_postgres::{Error, Row};

use super::columns::Columns;
use crate::schema::Table;

/// An index in another collation than its column's finds and compares other values equal than a statement does. Only
/// the default operators of a B-tree serve every comparison.
pub(super) const QUERY: &str = "
    SELECT i.indrelid, i.indisprimary, i.indisunique AND i.indimmediate AND i.indexprs IS NULL,
        m.amname = 'btree' AND NOT EXISTS (
            SELECT FROM unnest(i.indclass::oid[]) AS n(oid) JOIN pg_opclass AS p ON p.oid = n.oid
            WHERE NOT p.opcdefault
        ),
        (i.indkey::int2[])[0:i.indnkeyatts - 1]
    FROM pg_index AS i
    JOIN pg_class AS c ON c.oid = i.indexrelid
    JOIN pg_am AS m ON m.oid = c.relam
    WHERE i.indrelid = ANY ($1) AND i.indisvalid AND i.indislive AND i.indpred IS NULL AND NOT EXISTS (
        SELECT FROM unnest(i.indkey::int2[], i.indcollation::oid[]) AS k(attnum, collation_oid)
        JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
        WHERE k.collation_oid <> a.attcollation
    )
    ORDER BY i.indrelid, c.relname";

pub(super) fn read(rows: &[Row], columns: &Columns, table: &mut Table) -> Result<(), Error> {
    for row in rows {
        let (is_primary, is_unique, is_ordered): (bool, bool, bool) =
            (row.try_get(1)?, row.try_get(2)?, row.try_get(3)?);
        let numbers: Vec<i16> = row.try_get(4)?;
        if let Some(key) = columns.positions(&numbers) {
            if is_primary {
                table.primary_key = key;
            } else if is_unique {
                table.unique_keys.push(key);
            }
        }
        let leading: Vec<usize> = numbers.iter().map_while(|number| columns.position(*number)).collect();
        if is_ordered && !leading.is_empty() {
            table.indexes.push(leading);
        }
    }
    Ok(())
}
