//! Names and paths of the types.

use std::collections::{HashMap, HashSet};

use docent_jsonapi::name::sanitize;

use super::naming::{type_name_fault, verbatim_first};
use super::problem::Problems;
use super::renames::{Named, settle};
use super::survey::{Role, Survey};
use crate::model::TypeId;
use crate::path;

/// What the tables are called, by their position in the survey.
pub(super) struct TypeNames {
    /// The name each table has as a type without configuration, whether it is one or not.
    pub(super) natural: Vec<String>,
    /// The same with configured names.
    pub(super) names: Vec<String>,
    /// Path of each collection.
    pub(super) paths: Vec<String>,
    /// Positions of the types in the catalog.
    pub(super) ids: HashMap<usize, TypeId>,
}

impl TypeNames {
    /// Names all types.
    ///
    /// A type is named as its table, `schema--table` outside the default schema, characters that member names forbid
    /// replaced by `_`. If that makes two names equal, the table of the default schema that bears the name as it is
    /// keeps it, and the others are numbered in the order of schema and table. All tables are counted, served or not,
    /// so that serving one more renames none.
    pub(super) fn choose(survey: &Survey<'_>, problems: &mut Problems) -> Self {
        let natural = natural(survey);
        let entries: Vec<Named<'_>> = survey
            .tables
            .iter()
            .zip(&natural)
            .map(|(one, natural)| Named {
                natural: natural.clone(),
                configured: one.overlay.name.as_ref(),
                served: one.role == Role::Type,
            })
            .collect();
        let clash = |name: &str| format!("`{name}` is the name of another type");
        let names = settle(&entries, &HashSet::new(), type_name_fault, clash, problems);
        let served = |at: &usize| survey.tables[*at].role == Role::Type;
        let mut types: Vec<usize> = (0..names.len()).filter(served).collect();
        types.sort_by_key(|at| &names[*at]);
        let paths = paths(survey, &natural, &names);
        let ids = types.into_iter().zip((0u32..).map(TypeId)).collect();
        Self { natural, names, paths, ids }
    }
}

fn natural(survey: &Survey<'_>) -> Vec<String> {
    let full: Vec<String> = survey.tables.iter().map(|one| one.table.name.to_string()).collect();
    let tables: HashMap<&str, _> =
        full.iter().map(String::as_str).zip(survey.tables.iter().map(|one| &one.table.name)).collect();
    let names: Vec<&str> = full.iter().map(String::as_str).collect();
    verbatim_first(&names, |full| {
        let name = tables.get(full)?;
        match &name.schema {
            Some(schema) => Some(format!("{}--{}", sanitize(schema), sanitize(&name.name))),
            None if type_name_fault(full).is_some() => Some(sanitize(full)),
            None => None,
        }
    })
}

/// The path of each collection: the type's name as one segment, or schema and table as two.
///
/// One segment that leads elsewhere (`/operations`, `/schemas`, …) gets a `_` at its end, where no type's name can
/// have one. Two segments are given up for one if the first leads elsewhere or is the path of another type, for which
/// the second would be an `id`.
fn paths(survey: &Survey<'_>, natural: &[String], names: &[String]) -> Vec<String> {
    let two = |at: usize| {
        let table = &survey.tables[at].table.name;
        let segments = [sanitize(table.schema.as_ref()?), sanitize(&table.name)];
        let verbatim = names[at] == natural[at] && names[at] == segments.join("--");
        (verbatim && !path::is_reserved(&segments[0])).then_some(segments)
    };
    let types = || (0..names.len()).filter(|at| survey.tables[*at].role == Role::Type);
    // Schemas are compared with all names of types, also of those at paths of two segments: one rule, no chains.
    let first: HashSet<&str> = types().map(|at| names[at].as_str()).collect();
    let path = |at: usize| match two(at).filter(|[schema, _]| !first.contains(schema.as_str())) {
        Some([schema, table]) => path::encode([schema.as_str(), table.as_str()]),
        None if path::is_reserved(&names[at]) => path::encode([format!("{}_", names[at]).as_str()]),
        None => path::encode([names[at].as_str()]),
    };
    (0..names.len()).map(path).collect()
}
