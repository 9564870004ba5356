//! The relationships a type has by the foreign keys of others: inverses and many-to-many.

use std::collections::HashSet;

use docent_sql::schema::{ColumnType, Table};

use super::naming::assign;
use super::survey::{Role, Survey};
use super::{Here, through, writes};
use crate::model::{Arity, Link, Relationship};

/// Where a relationship comes from. Numbers are positions of tables and of their references.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// The inverse of a reference of `child`.
    Inverse { child: usize, reference: usize },
    /// From reference `near` of `join` to its reference `far`.
    Join { join: usize, near: usize, far: usize },
}

/// A relationship that is not the type's own foreign key.
pub(super) struct Linked {
    pub(super) origin: Origin,
    /// Name without configuration.
    pub(super) natural: String,
    /// Whether it may be shown; hidden ones keep their names, so that hiding renames nothing.
    pub(super) served: bool,
}

/// Every relationship that leads here by a foreign key of another table, or of this one to itself.
///
/// An inverse is named as the child's type; when several foreign keys of that child lead here, or that name is taken,
/// `{relationship}_{child}`. A many-to-many relationship is named as the type on its other side, else as the join
/// table, else (a join table of a type with itself) as the foreign key it leads along, else `{relationship}_{join
/// table}`. Inverses are named before many-to-many relationships; of two relationships of one kind that want the
/// same name neither gets it. Numbers, if it comes to that, follow the order of tables and columns.
///
/// The names given are added to `taken`.
pub(super) fn find(here: &Here<'_>, taken: &mut HashSet<String>) -> Vec<Linked> {
    let mut found = Vec::new();
    for origins in [inverses(here), joins(here)] {
        let wanted: Vec<Vec<String>> = origins.iter().map(|origin| wanted(here, *origin)).collect();
        let names = assign(taken, &wanted);
        found.extend(origins.into_iter().zip(names).map(|(origin, natural)| Linked {
            origin,
            natural,
            served: is_served(here.survey, origin),
        }));
    }
    found
}

fn inverses(here: &Here<'_>) -> Vec<Origin> {
    let mut origins = Vec::new();
    for (child, one) in here.survey.tables.iter().enumerate().filter(|(_, one)| one.role == Role::Type) {
        let mut references: Vec<usize> = (0..one.references.len()).collect();
        references.retain(|reference| one.references[*reference].target == here.at);
        references.sort_by_key(|reference| &one.references[*reference].columns);
        origins.extend(references.into_iter().map(|reference| Origin::Inverse { child, reference }));
    }
    origins
}

fn joins(here: &Here<'_>) -> Vec<Origin> {
    let mut origins = Vec::new();
    for (join, one) in here.survey.tables.iter().enumerate().filter(|(_, one)| one.role == Role::Join) {
        let mut sides = vec![(0, 1), (1, 0)];
        sides.retain(|(near, _)| one.references[*near].target == here.at);
        sides.sort_by_key(|(near, _)| &one.references[*near].columns);
        origins.extend(sides.into_iter().map(|(near, far)| Origin::Join { join, near, far }));
    }
    origins
}

fn wanted(here: &Here<'_>, origin: Origin) -> Vec<String> {
    let Here { survey, types, own, at } = *here;
    match origin {
        Origin::Inverse { child, reference } => {
            let child_type = &types.names[child];
            let relationship = &own[child].references[reference].name;
            let leading_here = survey.tables[child].references.iter().filter(|one| one.target == at).count();
            let full = format!("{relationship}_{child_type}");
            if leading_here > 1 { vec![full] } else { vec![child_type.clone(), full] }
        }
        Origin::Join { join, far, .. } => {
            let other_side = &types.names[survey.tables[join].references[far].target];
            let table = &types.natural[join];
            let relationship = &own[join].references[far].name;
            let full = format!("{relationship}_{table}");
            vec![other_side.clone(), table.clone(), relationship.clone(), full]
        }
    }
}

/// Whether all columns it goes over may be shown.
fn is_served(survey: &Survey<'_>, origin: Origin) -> bool {
    let reference = |table: usize, at: usize| survey.is_served(table, &survey.tables[table].references[at]);
    match origin {
        Origin::Inverse { child, reference: at } => reference(child, at),
        Origin::Join { join, near, far } => reference(join, near) && reference(join, far),
    }
}

/// Whether whole numbers in these columns, and in no others, are a unique key of the database.
fn is_key(table: &Table, columns: &[usize]) -> bool {
    let mut keys = table.unique_keys.iter().chain([&table.primary_key]);
    let is_number = |column: &usize| table.columns[*column].column_type == ColumnType::Integer;
    columns.iter().all(is_number)
        && keys.any(|key| key.len() == columns.len() && columns.iter().all(|column| key.contains(column)))
}

/// The relationship as the catalog has it.
pub(super) fn relationship(here: &Here<'_>, origin: Origin, name: String) -> Relationship {
    let survey = here.survey;
    match origin {
        Origin::Inverse { child, reference } => {
            let one = &survey.tables[child];
            let reference = &one.references[reference];
            Relationship {
                name,
                description: None,
                target: here.type_id(child),
                arity: if reference.unique { Arity::ToOne } else { Arity::ToMany },
                link: Link::Inverse {
                    near: survey.stored(reference.target, &reference.target_columns),
                    far: survey.stored(child, &reference.columns),
                },
                read_only: one.is_any_read_only(&reference.columns),
                cannot_add: None,
                on_delete: Some(reference.on_delete),
                has_triggers: one.table.has_triggers,
            }
        }
        Origin::Join { join, near, far } => {
            let one = &survey.tables[join];
            let (near, far) = (&one.references[near], &one.references[far]);
            let linking = [near.columns.as_slice(), &far.columns].concat();
            Relationship {
                name,
                description: None,
                target: here.type_id(far.target),
                arity: Arity::ToMany,
                link: Link::JoinTable {
                    table: one.table.name.clone().into(),
                    near: survey.stored(near.target, &near.target_columns),
                    join_near: survey.stored(join, &near.columns),
                    join_far: survey.stored(join, &far.columns),
                    far: survey.stored(far.target, &far.target_columns),
                    meta: through::meta(survey, join, [near, far], &here.own[join]),
                    holds: far.holds,
                    is_key: is_key(one.table, &linking),
                },
                read_only: one.is_any_read_only(&linking),
                cannot_add: writes::cannot_add(one, &linking),
                on_delete: Some(near.on_delete),
                has_triggers: one.table.has_triggers,
            }
        }
    }
}
