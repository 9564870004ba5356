//! The `meta` of identifiers: columns of a join table.

use docent_sql::{Query, Row, Value};

use super::{Read, State, write};
use crate::plan::{Format, LinkageMeta};

impl Read {
    /// The query for the `meta` of the identifiers on the page, if there is any to be had.
    pub(super) fn meta_query(&self) -> Option<Query> {
        let meta = self.plan.identifiers_meta.as_ref()?;
        let keys = &self.state.identified;
        if keys.is_empty() {
            return None;
        }
        let mut parameters = self.values[..meta.start_values].to_vec();
        parameters.push(if meta.key.len() == 1 {
            Value::List(keys.clone())
        } else {
            Value::Rows(keys.chunks(meta.key.len()).map(<[Value]>::to_vec).collect())
        });
        Some(Query { statement: std::sync::Arc::clone(&meta.statement), parameters: parameters.into() })
    }
}

impl State {
    /// Takes a row of the join table.
    pub(super) fn meta_row(&mut self, meta: &LinkageMeta, row: &Row<'_>) {
        if self.scratch.id.read(row, &meta.key)
            && let Some(members) = object(&meta.members, row)
        {
            self.found.metas.entry(self.scratch.id.text.clone()).or_insert(members);
        }
    }
}

/// Cells as an object; `None` without any.
pub(super) fn object(members: &[(Vec<u8>, usize, Format)], row: &Row<'_>) -> Option<Vec<u8>> {
    if members.is_empty() {
        return None;
    }
    let mut out = Vec::new();
    for (name, cell, format) in members {
        out.push(if out.is_empty() { b'{' } else { b',' });
        out.extend_from_slice(name);
        write::value(&mut out, row[*cell], *format);
    }
    out.push(b'}');
    Some(out)
}
