//! Checks of tables, and of the domains of their columns.

use std::collections::HashMap;

use tokio_postgres::{Error, Row};

use super::expression::{Subject, Takes, rules};
use crate::schema::Check;

/// The name of the value that a domain's check is about.
const VALUE: &str = "VALUE";

pub(super) const OF_DOMAINS: &str = "
    SELECT k.contypid, k.conname::text, pg_get_expr(k.conbin, 0) FROM pg_constraint AS k
    WHERE k.contype = 'c' AND k.contypid <> 0 ORDER BY k.contypid, k.oid";

/// A check of a domain.
pub(super) struct OfDomain {
    name: String,
    text: String,
}

pub(super) fn of_domains(rows: &[Row]) -> Result<HashMap<u32, Vec<OfDomain>>, Error> {
    let mut found: HashMap<u32, Vec<OfDomain>> = HashMap::new();
    for row in rows {
        let check = OfDomain { name: row.try_get(1)?, text: row.try_get(2)? };
        found.entry(row.try_get(0)?).or_default().push(check);
    }
    Ok(found)
}

/// The check of a domain, as one of a column of it.
pub(super) fn of_column(check: &OfDomain, column: usize, takes: Takes) -> Check {
    let subject = Subject { column, name: VALUE, takes };
    Check { name: check.name.clone(), columns: vec![column], rules: rules(&check.text, &[subject]) }
}

pub(super) fn of_table(name: String, columns: Vec<usize>, text: &str, subjects: &[Subject<'_>]) -> Check {
    Check { name, columns, rules: rules(text, subjects) }
}
