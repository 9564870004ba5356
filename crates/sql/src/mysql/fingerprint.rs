//! Whether the schema is another one: a few numbers that follow from all that introspection looks at.

use mysql_async::prelude::Queryable;

use super::session::Session;
use crate::render::Dialect;

/// The parts of the schema: a view of the information schema, and what of it matters.
const PARTS: [(&str, &str); 6] = [
    ("TABLES", "TABLE_NAME, TABLE_TYPE, TABLE_COMMENT"),
    (
        "COLUMNS",
        "TABLE_NAME, ORDINAL_POSITION, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COALESCE(COLUMN_DEFAULT, ''), \
         COLUMN_DEFAULT IS NULL, EXTRA, COALESCE(COLLATION_NAME, ''), COLUMN_COMMENT",
    ),
    (
        "STATISTICS",
        "TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX, NON_UNIQUE, COALESCE(COLUMN_NAME, ''), COALESCE(SUB_PART, ''), INDEX_TYPE",
    ),
    (
        "KEY_COLUMN_USAGE",
        "TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION, COLUMN_NAME, COALESCE(REFERENCED_TABLE_SCHEMA, ''), \
         COALESCE(REFERENCED_TABLE_NAME, ''), COALESCE(REFERENCED_COLUMN_NAME, '')",
    ),
    ("REFERENTIAL_CONSTRAINTS", "TABLE_NAME, CONSTRAINT_NAME, DELETE_RULE, UPDATE_RULE"),
    ("TRIGGERS", "EVENT_OBJECT_TABLE, TRIGGER_NAME, EVENT_MANIPULATION"),
];

/// All tables but Docent's own.
const OTHERS: &str = " AND TABLE_NAME <> 'docent_idempotency_keys'";

/// Reads the numbers, in one statement.
pub(super) async fn read(session: &mut Session, dialect: Dialect) -> mysql_async::Result<Vec<String>> {
    session.connection.query(statement(dialect)).await
}

fn statement(dialect: Dialect) -> String {
    let checks = if dialect == Dialect::MariaDb {
        "TABLE_NAME, CONSTRAINT_NAME, CHECK_CLAUSE"
    } else {
        "CONSTRAINT_NAME, CHECK_CLAUSE"
    };
    let parts = PARTS.iter().copied().chain([("CHECK_CONSTRAINTS", checks)]);
    let selects: Vec<String> = parts.map(|(view, columns)| part(view, columns)).collect();
    selects.join(" UNION ALL ")
}

/// Rows come in any order, so their digests are added up by a sum that knows none.
fn part(view: &str, columns: &str) -> String {
    // Docent's own table does not count. It has neither triggers nor checks.
    let (schema, others) = match view {
        "TRIGGERS" => ("EVENT_OBJECT_SCHEMA", ""),
        "CHECK_CONSTRAINTS" => ("CONSTRAINT_SCHEMA", ""),
        "REFERENTIAL_CONSTRAINTS" => ("CONSTRAINT_SCHEMA", OTHERS),
        _ => ("TABLE_SCHEMA", OTHERS),
    };
    format!(
        "SELECT CONCAT('{view} ', COUNT(*), ' ', \
         COALESCE(BIT_XOR(CAST(CONV(LEFT(MD5(CONCAT_WS('\\n', {columns})), 16), 16, 10) AS UNSIGNED)), 0)) \
         FROM information_schema.{view} WHERE {schema} = DATABASE(){others}"
    )
}
