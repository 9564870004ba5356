//! From the facts about a database and the configuration to the catalog.
//!
//! The stages, in order: `survey` looks at every table (what is said about it, its key, where its foreign keys lead,
//! what becomes of it); `types` names types; `own` names attributes and foreign keys; `linked` and `through` find what
//! leads to a type from elsewhere, `relationships` applies the configuration to it; `writes` says what a write must
//! keep to; `left_out` says what is not served and why.
//!
//! Invariants: the order of `Schema::tables` makes no difference, and neither does the engine the facts came from.
//! Configuration never fails: what fits nothing is reported and ignored. Renaming or hiding one field renames no
//! other.

mod keys;
mod left_out;
mod linked;
mod naming;
mod own;
mod problem;
mod references;
mod relationships;
mod renames;
mod secrets;
mod survey;
mod through;
mod types;
mod writes;

use std::num::NonZeroU32;

use docent_sql::schema::Schema;

use crate::model::{Catalog, Denied, LeftOut, ResourceType, Rows, TypeId};
use crate::overlay::Overlay;
use own::OwnFields;
use problem::Problems;
pub use problem::{Problem, did_you_mean};
use survey::{Role, Survey, Surveyed};
use types::TypeNames;

/// A catalog, and what is wrong with the configuration it was built with.
#[derive(Debug)]
pub struct Outcome {
    /// What is served; entries with problems are ignored.
    pub catalog: Catalog,
    /// Every entry that does not fit the database, in the order of the file.
    pub problems: Vec<Problem>,
}

/// Builds the catalog of a database.
pub fn build(schema: &Schema, overlay: &Overlay) -> Outcome {
    let mut problems = Problems::default();
    let survey = Survey::take(schema, overlay, &mut problems);
    let types = TypeNames::choose(&survey, &mut problems);
    let own: Vec<OwnFields> =
        (0..survey.tables.len()).map(|at| OwnFields::name(&survey, at, &mut problems)).collect();
    let mut left_out = left_out::list(&survey, &own);
    let mut served: Vec<(TypeId, ResourceType)> = Vec::new();
    for (at, one) in survey.tables.iter().enumerate() {
        if let Some(id) = types.ids.get(&at) {
            let here = Here { survey: &survey, types: &types, own: &own, at };
            served.push((*id, resource_type(&here, &mut left_out, &mut problems)));
        } else {
            report_relationships_of_no_type(one, &mut problems);
        }
    }
    served.sort_by_key(|(id, _)| *id);
    let served = served.into_iter().map(|(_, resource_type)| resource_type).collect();
    Outcome { catalog: Catalog::new(served, left_out), problems: problems.into_sorted() }
}

/// All that is named so far, seen from one table.
struct Here<'a> {
    survey: &'a Survey<'a>,
    types: &'a TypeNames,
    own: &'a [OwnFields],
    /// Position of the table.
    at: usize,
}

impl Here<'_> {
    /// The table.
    fn table(&self) -> &Surveyed<'_> {
        &self.survey.tables[self.at]
    }

    /// The type of another table.
    fn type_id(&self, table: usize) -> TypeId {
        self.types.ids[&table]
    }
}

fn resource_type(here: &Here<'_>, left_out: &mut Vec<LeftOut>, problems: &mut Problems) -> ResourceType {
    let one = here.table();
    let mut relationships = own::relationships(here);
    relationships.extend(relationships::linked(here, left_out, problems));
    let (page_size, page_size_max) = page_sizes(one, problems);
    let client_ids = one.overlay.client_ids.unwrap_or_else(|| writes::client_ids(here));
    ResourceType {
        name: here.types.names[here.at].clone(),
        path: here.types.paths[here.at].clone(),
        description: one.table.comment.clone(),
        rows: Rows::Table(one.table.name.clone().into()),
        key: here.survey.stored(here.at, &one.key),
        key_limits: one.key.iter().map(|column| writes::limits(one.table, *column)).collect(),
        attributes: own::attributes(here),
        relationships,
        row_estimate: one.table.row_estimate,
        read_only: one.is_read_only(),
        denied: Denied::default(),
        hides_rows: false,
        has_triggers: one.table.has_triggers,
        client_ids,
        cannot_create: writes::cannot_create(here, client_ids),
        checks: writes::checks(one.table),
        page_size,
        page_size_max,
        fields: foldhash::HashMap::default(),
    }
}

/// The configured page sizes.
fn page_sizes(one: &Surveyed<'_>, problems: &mut Problems) -> (Option<u32>, Option<u32>) {
    let (size, max) = (&one.overlay.page_size, &one.overlay.page_size_max);
    if let (Some(size), Some(max)) = (size, max)
        && size.get_ref() > max.get_ref()
    {
        let message = format!("`page_size` is above `page_size_max`, which is {}", max.get_ref());
        problems.add(size, message);
    }
    let number =
        |entry: &Option<toml::Spanned<NonZeroU32>>| entry.as_ref().map(|entry| entry.get_ref().get());
    (number(size).min(number(max).or(number(size))), number(max))
}

fn report_relationships_of_no_type(one: &Surveyed<'_>, problems: &mut Problems) {
    let reason = match &one.role {
        Role::LeftOut(reason) => reason.as_str(),
        Role::Join => "it is a join table",
        // Who hides a table may leave the rest of its entry as it is.
        Role::Hidden | Role::Type => return,
    };
    for name in one.overlay.relationships.keys() {
        let message = format!("`{}` has no relationships, as it is no type: {reason}", one.table.name);
        problems.add(name, message);
    }
}
