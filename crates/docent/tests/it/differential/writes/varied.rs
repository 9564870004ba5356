//! Whether random writes lead to everything that a write can lead to, tried on the oracle alone.

use std::collections::BTreeMap;

use super::super::SEED;
use super::super::load;
use super::super::model::{Link, Model};
use super::super::random::Random;
use super::generate::WriteGenerator;
use super::guild;
use super::judge::{Condition, Judge};
use super::problem::Expected;
use super::store::Store;
use super::write::{Identity, Operation, Verb, Write};
use crate::harness::engine::{Engine, only_on};

/// Writes that are tried.
const TRIED: usize = 6000;

/// Writes after which the database starts anew.
const KEPT: usize = 200;

/// What has to happen at least so often.
const DEMANDED: [(&str, usize); 43] = [
    ("create", 300),
    ("update", 300),
    ("delete", 80),
    ("operations", 60),
    ("operations without results", 3),
    ("local id used by a later operation", 30),
    ("replace foreign key", 25),
    ("replace inverse of many", 10),
    ("replace inverse of one", 10),
    ("replace join table", 10),
    ("add inverse of many", 10),
    ("add join table", 10),
    ("remove inverse of many", 10),
    ("remove join table", 10),
    ("create with foreign key", 200),
    ("create with inverse of many", 20),
    ("create with inverse of one", 10),
    ("create with join table", 20),
    ("update with foreign key", 50),
    ("update with inverse of many", 20),
    ("update with inverse of one", 10),
    ("update with join table", 20),
    ("client id", 40),
    ("relationship to itself", 3),
    ("client-id-forbidden", 5),
    ("client-id-required", 3),
    ("duplicate-local-id", 3),
    ("id-taken", 5),
    ("invalid-linkage", 10),
    ("invalid-value", 40),
    ("linkage-type-conflict", 10),
    ("not-unique", 20),
    ("read-only-field", 20),
    ("refused", 5),
    ("related-resource-not-found", 20),
    ("relationship-required", 5),
    ("required", 20),
    ("resource-id-conflict", 5),
    ("resource-not-found", 10),
    ("resource-type-conflict", 5),
    ("still-referenced", 20),
    ("unknown-attribute", 10),
    ("unknown-local-id", 10),
];

#[test]
fn the_writes_are_varied() {
    if !only_on(&[Engine::Sqlite], "what is generated does not depend on the engine") {
        return;
    }
    let database = guild::database();
    let connection = database.source();
    let schema = load::load(&connection, guild::RULES.no_case);
    let fresh = Store::load(&connection, &guild::RULES);
    let mut random = Random::new(SEED, "varied writes", 0);
    let mut counted: BTreeMap<String, usize> = BTreeMap::new();
    let mut store = fresh.clone();
    for number in 0..TRIED {
        if number % KEPT == 0 {
            store = fresh.clone();
        }
        let write =
            WriteGenerator { schema: &schema, store: &store, random: &mut random, recent: &[] }.write();
        let (expected, after) =
            Judge { schema: &schema, store: &store, condition: Condition::Holds }.judge(&write);
        for what in happened(&schema, &write, &expected) {
            *counted.entry(what).or_default() += 1;
        }
        store = after.unwrap_or(store);
    }
    let rare: Vec<_> = DEMANDED
        .iter()
        .filter(|(what, least)| counted.get(*what).is_none_or(|count| count < least))
        .collect();
    assert!(rare.is_empty(), "hardly ever: {rare:?} of {counted:#?}");
}

/// What the write led to, in words.
fn happened(schema: &Model, write: &Write, expected: &Expected) -> Vec<String> {
    match expected {
        Expected::Refused(refusal) => refusal.problems.iter().map(|it| it.code.to_owned()).collect(),
        Expected::Status(_) => Vec::new(),
        _ => done(schema, write),
    }
}

fn done(schema: &Model, write: &Write) -> Vec<String> {
    let kind = |of: &str, relationship: &str| {
        let owner = schema.types.iter().find(|it| it.name == of).unwrap();
        let relationship = &owner.relationships[owner.relationship(relationship).unwrap()];
        match relationship.link {
            Link::ForeignKey { .. } => "foreign key",
            Link::Inverse { .. } if relationship.many => "inverse of many",
            Link::Inverse { .. } => "inverse of one",
            Link::Join { .. } => "join table",
        }
    };
    match write {
        Write::Create { resource, .. } | Write::Update { resource, .. } => {
            let verb = if matches!(write, Write::Create { .. }) { "create" } else { "update" };
            let mut done = vec![verb.to_owned()];
            for (name, linkage) in resource.relationships.iter().flatten() {
                done.push(format!("{verb} with {}", kind(&resource.type_name, name)));
                let mut members = linkage.identifiers().into_iter();
                if members.any(|(_, member)| matches!(member.identity, Identity::Lid(_))) {
                    done.push("relationship to itself".to_owned());
                }
            }
            if verb == "create" && resource.id().is_some() {
                done.push("client id".to_owned());
            }
            done
        }
        Write::Delete { .. } => vec!["delete".to_owned()],
        Write::Relate { of, relationship, verb, .. } => {
            let verb = match verb {
                Verb::Replace => "replace",
                Verb::Add => "add",
                Verb::Remove => "remove",
            };
            vec![format!("{verb} {}", kind(of, relationship))]
        }
        Write::Operations(operations) => {
            let mut done = vec!["operations".to_owned()];
            let target = |operation: &Operation| match operation {
                Operation::Add { .. } => None,
                Operation::Update { target, .. } => target.clone(),
                Operation::Remove { target } | Operation::Relate { target, .. } => Some(target.clone()),
            };
            if operations.iter().filter_map(target).any(|it| matches!(it.identity, Identity::Lid(_))) {
                done.push("local id used by a later operation".to_owned());
            }
            let shows = |it: &Operation| matches!(it, Operation::Add { .. } | Operation::Update { .. });
            if !operations.iter().any(shows) {
                done.push("operations without results".to_owned());
            }
            done
        }
    }
}
