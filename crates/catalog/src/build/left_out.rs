//! The list of what is not served, with reasons.

use docent_sql::schema::{Table, TableKind};

use super::own::OwnFields;
use super::survey::{Role, Survey, Visibility, config_table};
use crate::model::LeftOut;

const HIDDEN: &str = "the configuration hides it";

/// What is left out, in the order of tables and, within each, columns, foreign keys and relationships.
///
/// A table that is left out stands for all its columns and foreign keys; a join table is served as relationships and
/// not listed.
pub(super) fn list(survey: &Survey<'_>, own: &[OwnFields]) -> Vec<LeftOut> {
    let mut list = Vec::new();
    for (at, one) in survey.tables.iter().enumerate() {
        match &one.role {
            Role::Type => {
                columns(survey, at, &mut list);
                foreign_keys(survey, at, &mut list);
                for (reference, named) in one.references.iter().zip(&own[at].references) {
                    if survey.is_served(at, reference) && !named.served {
                        list.push(hidden_relationship(&one.table.name.to_string(), &named.natural));
                    }
                }
            }
            Role::Join => {}
            Role::Hidden => list.push(table(one.table, HIDDEN.to_owned())),
            Role::LeftOut(reason) => list.push(table(one.table, reason.clone())),
        }
    }
    list
}

/// A relationship the configuration hides.
pub(super) fn hidden_relationship(table: &str, name: &str) -> LeftOut {
    LeftOut { what: format!("relationship {table}.{name}"), reason: HIDDEN.to_owned() }
}

fn table(table: &Table, reason: String) -> LeftOut {
    let kind = if table.kind == TableKind::View { "view" } else { "table" };
    LeftOut { what: format!("{kind} {}", table.name), reason }
}

fn columns(survey: &Survey<'_>, at: usize, list: &mut Vec<LeftOut>) {
    let one = &survey.tables[at];
    for (column, visibility) in one.table.columns.iter().zip(&one.visibility) {
        let reason = match visibility {
            Visibility::Shown => continue,
            Visibility::Hidden => HIDDEN.to_owned(),
            Visibility::Secret => format!(
                "its name looks like a secret; serve it with `fields.{}.show = true` under `[types.{}]`",
                column.name,
                config_table(one.table)
            ),
        };
        list.push(LeftOut { what: format!("column {}.{}", one.table.name, column.name), reason });
    }
}

/// Foreign keys that are no relationships, but for those whose own column is hidden and listed as such.
fn foreign_keys(survey: &Survey<'_>, at: usize, list: &mut Vec<LeftOut>) {
    let one = &survey.tables[at];
    let dead_ends = one.dead_ends.iter().map(|dead_end| (&dead_end.columns, dead_end.reason.clone()));
    let to_no_type = one.references.iter().filter_map(|reference| {
        let target = &survey.tables[reference.target];
        let name = &target.table.name;
        let reason = match target.role {
            Role::Type => return None,
            Role::Join => format!("it refers to `{name}`, a join table and therefore no type"),
            Role::Hidden => format!("it refers to `{name}`, which the configuration hides"),
            Role::LeftOut(_) => format!("it refers to `{name}`, which is left out"),
        };
        Some((&reference.columns, reason))
    });
    for (columns, reason) in dead_ends.chain(to_no_type) {
        let names: Vec<&str> = columns.iter().map(|column| one.column(*column)).collect();
        let what = format!("foreign key {}({})", one.table.name, names.join(", "));
        list.push(LeftOut { what, reason });
    }
}
