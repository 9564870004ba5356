//! Bundles: which resource types there are of an entity type.

use std::collections::BTreeMap;

use super::definitions::Decoded;
use super::model::{EntityType, Workflow};
use crate::php::Php;

/// A bundle of an entity type.
#[derive(Debug)]
pub(super) struct Bundle {
    /// Its id; that of the entity type where there are no bundles.
    pub(super) id: String,
    /// What people call it.
    pub(super) label: String,
    /// Whether changes make new revisions.
    pub(super) new_revision: bool,
    /// The workflow that moderates it.
    pub(super) workflow: Option<String>,
}

/// The bundles of each entity type, in Drupal's order.
pub(super) fn read(
    decoded: &Decoded,
    entity_types: &[EntityType],
    workflows: &BTreeMap<String, Workflow>,
) -> Vec<Vec<Bundle>> {
    let of = |entity_type: &EntityType| {
        let mut bundles = match &entity_type.bundle_entity_type {
            Some(id) => entities(decoded, entity_types.iter().find(|found| found.id == *id)),
            None => vec![Bundle {
                id: entity_type.id.clone(),
                label: entity_type.label.clone(),
                new_revision: false,
                workflow: None,
            }],
        };
        for bundle in &mut bundles {
            let moderates = |workflow: &Workflow| {
                workflow.bundles.get(&entity_type.id).is_some_and(|ids| ids.contains(&bundle.id))
            };
            let workflow = workflows.iter().find(|(_, workflow)| moderates(workflow));
            bundle.workflow = workflow.map(|(id, _)| id.clone());
        }
        bundles
    };
    entity_types.iter().map(of).collect()
}

/// Bundles that are configuration entities of some type.
fn entities(decoded: &Decoded, bundle_type: Option<&EntityType>) -> Vec<Bundle> {
    let Some((bundle_type, prefix)) =
        bundle_type.and_then(|found| Some((found, found.config_prefix.as_ref()?)))
    else {
        return Vec::new();
    };
    let bundle = |(id, config): (&str, &Php)| Bundle {
        id: id.to_owned(),
        label: config.get(&bundle_type.keys.label).and_then(Php::as_str).unwrap_or(id).to_owned(),
        // Types of blocks have a name of their own for it.
        new_revision: config.is_set("new_revision") || config.is_set("revision"),
        workflow: None,
    };
    decoded.config_of(prefix).into_iter().map(bundle).collect()
}
