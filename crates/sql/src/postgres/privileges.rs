//! What a role may do, and how a transaction becomes one of that role.

use tokio_postgres::types::Type;
use tokio_postgres::{Client, Error};

use crate::privileges::{Privileges, TablePrivileges};
use crate::render::Statement;
use crate::schema::TableName;
use crate::statement::Parameter;

/// One row for each column. `row_security_active` is about the connected role: a table with policies is taken for one
/// whose rows are hidden from others.
const PRIVILEGES: &str = "
    SELECT n.nspname::text, COALESCE(n.nspname = current_schema(), false), c.relname::text, a.attname::text,
        has_column_privilege($1, c.oid, a.attnum, 'SELECT'),
        has_column_privilege($1, c.oid, a.attnum, 'INSERT'),
        has_column_privilege($1, c.oid, a.attnum, 'UPDATE'),
        has_table_privilege($1, c.oid, 'DELETE'),
        c.relrowsecurity OR c.relkind = 'v'
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
        AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        AND has_schema_privilege($1, n.oid, 'USAGE')";

/// Whether the connected role may take a role.
pub(super) async fn can_take(client: &Client, role: &str) -> Result<bool, Error> {
    let row = client.query_typed("SELECT pg_has_role($1, 'MEMBER')", &[(&role, Type::NAME)]).await?;
    row.first().map_or(Ok(false), |row| row.try_get(0))
}

/// The privileges of a role.
pub(super) async fn of(client: &Client, role: &str) -> Result<Privileges, Error> {
    let mut privileges = Privileges::default();
    for row in client.query_typed(PRIVILEGES, &[(&role, Type::NAME)]).await? {
        let is_default: bool = row.try_get(1)?;
        let schema = if is_default { None } else { Some(row.try_get(0)?) };
        let name = TableName { schema, name: row.try_get(2)? };
        let table: &mut TablePrivileges = privileges.tables.entry(name).or_default();
        let column: String = row.try_get(3)?;
        for (at, columns) in [(4, &mut table.select), (5, &mut table.insert), (6, &mut table.update)] {
            if row.try_get(at)? {
                columns.insert(column.clone());
            }
        }
        table.delete = row.try_get(7)?;
        table.hides_rows = row.try_get(8)?;
    }
    Ok(privileges)
}

/// Makes the transaction one of a role, to its end. Its parameters are the role, and what is known of the caller as
/// JSON, which policies find in `request.jwt.claims`.
pub fn become_role() -> Statement {
    Statement {
        sql: "SELECT set_config('role', $1, true), set_config('request.jwt.claims', $2, true)".to_owned(),
        parameters: vec![Parameter(0), Parameter(1)],
    }
}
