//! The columns of a table that the role may read.

use std::collections::HashMap;

use tokio_postgres::{Error, Row};

use super::checks;
use super::checks::OfDomain;
use super::expression::{Subject, Takes};
use crate::postgres::types::Types;
use crate::schema::{Check, Column};

pub(super) const QUERY: &str = "
    SELECT a.attrelid, a.attnum, a.attname::text, format_type(a.atttypid, a.atttypmod), a.atttypid, a.atttypmod,
        a.attnotnull, a.atthasdef, a.attidentity::text, a.attgenerated <> '',
        COALESCE(pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%', false),
        o.collname::text, col_description(a.attrelid, a.attnum)
    FROM pg_attribute AS a
    LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    LEFT JOIN pg_collation AS o ON o.oid = a.attcollation AND NOT o.collisdeterministic
    WHERE a.attrelid = ANY ($1) AND a.attnum > 0 AND NOT a.attisdropped
        AND (has_table_privilege(a.attrelid, 'SELECT') OR has_column_privilege(a.attrelid, a.attnum, 'SELECT'))
    ORDER BY a.attrelid, a.attnum";

/// The columns of one table.
pub(super) struct Columns {
    pub(super) found: Vec<Column>,
    /// The checks of their domains.
    pub(super) checks: Vec<Check>,
    takes: Vec<Takes>,
    positions: HashMap<i16, usize>,
}

impl Columns {
    pub(super) fn read(
        rows: &[Row],
        types: &Types,
        of_domains: &HashMap<u32, Vec<OfDomain>>,
    ) -> Result<Self, Error> {
        let mut all = Self {
            found: Vec::with_capacity(rows.len()),
            checks: Vec::new(),
            takes: Vec::with_capacity(rows.len()),
            positions: HashMap::new(),
        };
        for (position, row) in rows.iter().enumerate() {
            let said = types.said(row.try_get(4)?, row.try_get(5)?);
            let (identity, generated): (&str, bool) = (row.try_get(8)?, row.try_get(9)?);
            let (not_null, has_default): (bool, bool) = (row.try_get(6)?, row.try_get(7)?);
            let numbered: bool = row.try_get(10)?;
            let column = Column {
                name: row.try_get(2)?,
                declared_type: row.try_get(3)?,
                column_type: said.column_type,
                nullable: !not_null && !said.not_null,
                has_default: !generated && (has_default || said.has_default || !identity.is_empty()),
                auto_increment: !identity.is_empty() || (numbered && !generated),
                generated: generated || identity == "a",
                length_max: said.length_max,
                range: said.range,
                digits: said.digits,
                comparison_type: said.comparison_type,
                collation: row.try_get::<_, Option<String>>(11)?.or(said.collation),
                comment: row.try_get(12)?,
            };
            let takes = Takes::of(&column);
            for domain in said.domains {
                let of_domain = of_domains.get(&domain).map_or(&[][..], Vec::as_slice);
                all.checks.extend(of_domain.iter().map(|check| checks::of_column(check, position, takes)));
            }
            all.found.push(column);
            all.takes.push(takes);
            all.positions.insert(row.try_get(1)?, position);
        }
        Ok(all)
    }

    /// Where the column of that number is; `None` where it is not to be seen, or where there is an expression.
    pub(super) fn position(&self, number: i16) -> Option<usize> {
        self.positions.get(&number).copied()
    }

    /// The same for several, if all of them are to be seen.
    pub(super) fn positions(&self, numbers: &[i16]) -> Option<Vec<usize>> {
        numbers.iter().map(|number| self.position(*number)).collect()
    }

    /// What checks can be about.
    pub(super) fn subjects(&self) -> Vec<Subject<'_>> {
        let subject = |(column, takes): (usize, &Takes)| Subject {
            column,
            name: &self.found[column].name,
            takes: *takes,
        };
        self.takes.iter().enumerate().map(subject).collect()
    }
}
