//! What the configuration says about relationships: names, hidden ones, and those it adds (`through`).

use std::collections::HashSet;

use docent_jsonapi::name::sanitize;
use toml::Spanned;

use super::linked::{self, Linked};
use super::naming::{assign, field_name_fault};
use super::problem::{Problems, did_you_mean};
use super::renames::{Named, settle};
use super::{Here, left_out, through};
use crate::model::{LeftOut, Relationship};
use crate::overlay::RelationshipOverlay;

/// Inverses and many-to-many relationships by name, configured ones included.
pub(super) fn linked(
    here: &Here<'_>,
    left_out: &mut Vec<LeftOut>,
    problems: &mut Problems,
) -> Vec<Relationship> {
    let mut taken: HashSet<String> = here.own[here.at].taken.clone();
    let mut linked = linked::find(here, &mut taken);
    let mut configured: Vec<Option<&Spanned<String>>> = vec![None; linked.len()];
    let table = here.table().table.name.to_string();
    for (name, said) in &here.table().overlay.relationships {
        let Some(position) = configured_one(here, (name, said), &mut linked, &mut taken, problems) else {
            continue;
        };
        configured.resize(linked.len(), None);
        if configured[position].is_some() {
            problems.add(name, "this relationship is configured twice".to_owned());
            continue;
        }
        // Without a name of its own, what is configured with `through` is named as its entry.
        configured[position] = said.name.as_ref().or(said.through.as_ref().map(|_| name));
        if said.hide && linked[position].served {
            linked[position].served = false;
            left_out.push(left_out::hidden_relationship(&table, name.get_ref()));
        }
    }
    let named: Vec<Named<'_>> = linked
        .iter()
        .zip(configured)
        .map(|(one, configured)| Named { natural: one.natural.clone(), configured, served: one.served })
        .collect();
    let clash = |name: &str| format!("`{name}` is the name of another field of this type");
    let settled = settle(&named, &here.own[here.at].served_names(), field_name_fault, clash, problems);
    let mut relationships: Vec<Relationship> = linked
        .iter()
        .zip(settled)
        .filter(|(one, _)| one.served)
        .map(|(one, name)| linked::relationship(here, one.origin, name))
        .collect();
    relationships.sort_by(|a, b| a.name.cmp(&b.name));
    relationships
}

/// Position in `linked` of the relationship an entry is about; one that `through` makes is added.
fn configured_one(
    here: &Here<'_>,
    (name, said): (&Spanned<String>, &RelationshipOverlay),
    linked: &mut Vec<Linked>,
    taken: &mut HashSet<String>,
    problems: &mut Problems,
) -> Option<usize> {
    let Some(table) = &said.through else {
        let position = linked.iter().position(|one| &one.natural == name.get_ref());
        if position.is_none() {
            report_unless_own(here, name, linked, problems);
        }
        return position;
    };
    let origin = match through::find(here, name.get_ref(), table) {
        Ok(origin) => origin,
        Err(message) => {
            problems.add(table, message);
            return None;
        }
    };
    // A plain join table is a relationship without being configured: the entry is about that one.
    if let Some(position) = linked.iter().position(|one| one.origin == origin) {
        return Some(position);
    }
    let natural = assign(taken, &[vec![sanitize(name.get_ref())]]).concat();
    linked.push(Linked { origin, natural, served: true });
    Some(linked.len() - 1)
}

/// Reports an entry that is about no relationship; those of the type's own foreign keys are applied already.
fn report_unless_own(here: &Here<'_>, name: &Spanned<String>, linked: &[Linked], problems: &mut Problems) {
    let own = here.own[here.at].references.iter().map(|one| one.natural.as_str());
    let names: Vec<&str> = own.chain(linked.iter().map(|one| one.natural.as_str())).collect();
    if !names.contains(&name.get_ref().as_str()) {
        let hint = did_you_mean(name.get_ref(), names);
        let table = &here.table().table.name;
        problems.add(name, format!("`{table}` has no relationship `{}`{hint}", name.get_ref()));
    }
}
