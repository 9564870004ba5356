//! A site, put together from its definitions.

use std::collections::BTreeMap;

use hashbrown::HashMap;

use super::bundles::{self, Bundle};
use super::definitions::{Decoded, Definitions};
use super::fields::BaseFields;
use super::model::{EntityType, EntityTypeIndex, ResourceType, ResourceTypeIndex, Site, Workflow};
use super::unproven::{self, Unproven};
use super::{Notice, Problem, entity_types, languages, settings};
use crate::php::Php;

/// What a site does not say about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The path of public files below the site's root, with slashes at both ends. Drupal keeps it in a file of settings.
    pub public_files: String,
}

impl Default for Options {
    /// What Drupal takes where its settings say nothing.
    fn default() -> Self {
        Self { public_files: "/sites/default/files/".to_owned() }
    }
}

/// A site, and what there is to say about it.
#[derive(Debug)]
pub struct Reading {
    /// The site.
    pub site: Site,
    /// What is not served, or not as Drupal does it.
    pub notices: Vec<Notice>,
    /// What may decide who sees what and is not known here.
    pub unproven: Vec<Unproven>,
}

/// The resource types by name, while they are made.
pub(super) struct Names<'a> {
    /// The entity types, ordered by id.
    pub(super) entity_types: &'a [EntityType],
    /// The bundles of each, in Drupal's order.
    pub(super) bundles: &'a [Vec<Bundle>],
    /// The workflows of content moderation.
    pub(super) workflows: &'a BTreeMap<String, Workflow>,
    by_name: HashMap<String, ResourceTypeIndex>,
}

impl Definitions {
    /// The site that is defined so.
    pub fn site(&self, options: &Options) -> Result<Reading, Problem> {
        let mut notices = Vec::new();
        let decoded = self.decode(&mut notices)?;
        let entity_types = entity_types::read(&decoded, &mut notices)?;
        let workflows = settings::workflows(&decoded);
        let bundles = bundles::read(&decoded, &entity_types, &workflows);
        let served = served(&entity_types, &bundles)?;
        let names = Names {
            entity_types: &entity_types,
            bundles: &bundles,
            workflows: &workflows,
            by_name: by_name(&served),
        };
        let resource_types = resource_types(&decoded, &names, &served, &mut notices);
        let by_name = names.by_name;
        let number =
            |name: &str, path: &str| decoded.config.get(name).and_then(|config| config.at(path)?.as_i64());
        let mut modules: hashbrown::HashSet<String> =
            decoded.modules().into_iter().map(str::to_owned).collect();
        let extension = decoded.config.get("core.extension");
        modules.extend(extension.and_then(|extension| extension.str_at("profile")).map(str::to_owned));
        let name = decoded.config.get("system.site").and_then(|site| site.str_at("name")).unwrap_or_default();
        // Whoever removed the setting did not allow writing.
        let read_only = decoded.config.get("jsonapi.settings").and_then(|settings| settings.get("read_only"));
        let unproven = unproven::of(&decoded);
        let site = Site {
            name: name.to_owned(),
            core_major: settings::core_major(&decoded),
            languages: languages::read(&decoded, &mut notices),
            time_zone: settings::time_zone(&decoded, &mut notices),
            modules,
            read_only: read_only.is_none_or(Php::as_bool),
            page_age_seconds: number("system.performance", "cache.page.max_age")
                .and_then(|seconds| u64::try_from(seconds).ok())
                .unwrap_or_default(),
            public_files: options.public_files.clone(),
            roles: settings::roles(&decoded),
            formats: settings::formats(&decoded),
            workflows,
            resource_types,
            by_name,
            entity_types,
            config: decoded.config,
            config_overrides: decoded.translations,
        };
        Ok(Reading { site, notices, unproven })
    }
}

impl Names<'_> {
    /// The resource type of an entity type's bundle.
    pub(super) fn resource_type(&self, entity_type: &str, bundle: &str) -> Option<ResourceTypeIndex> {
        self.by_name.get(&format!("{entity_type}--{bundle}")).copied()
    }

    /// An entity type by its id, and its bundles.
    pub(super) fn entity_type(&self, id: &str) -> Option<(EntityTypeIndex, &EntityType, &[Bundle])> {
        let place = self.entity_types.binary_search_by(|found| found.id.as_str().cmp(id)).ok()?;
        let index = EntityTypeIndex(u16::try_from(place).ok()?);
        Some((index, &self.entity_types[place], &self.bundles[place]))
    }
}

/// A resource type before its fields are known.
struct Served<'a> {
    name: String,
    entity_type: EntityTypeIndex,
    bundle: &'a Bundle,
}

/// The resource types there are, ordered by entity type and bundle.
fn served<'a>(entity_types: &[EntityType], bundles: &'a [Vec<Bundle>]) -> Result<Vec<Served<'a>>, Problem> {
    let mut served = Vec::new();
    for ((index, entity_type), bundles) in (0..).zip(entity_types).zip(bundles) {
        if entity_type.internal {
            continue;
        }
        let mut bundles: Vec<&Bundle> = bundles.iter().collect();
        bundles.sort_by(|one, other| one.id.cmp(&other.id));
        served.extend(bundles.into_iter().map(|bundle| Served {
            name: format!("{}--{}", entity_type.id, bundle.id),
            entity_type: EntityTypeIndex(index),
            bundle,
        }));
    }
    if served.len() > usize::from(u16::MAX) { Err(Problem::TooMany("resource types")) } else { Ok(served) }
}

fn by_name(served: &[Served<'_>]) -> HashMap<String, ResourceTypeIndex> {
    (0..).zip(served).map(|(index, served)| (served.name.clone(), ResourceTypeIndex(index))).collect()
}

fn resource_types<'a>(
    decoded: &'a Decoded,
    names: &'a Names<'a>,
    served: &[Served<'_>],
    notices: &mut Vec<Notice>,
) -> Vec<ResourceType> {
    let mut base_fields: BTreeMap<EntityTypeIndex, BaseFields<'_>> = BTreeMap::new();
    let mut resource_types = Vec::with_capacity(served.len());
    for Served { name, entity_type: index, bundle } in served {
        let entity_type = &names.entity_types[usize::from(index.0)];
        let fields = if entity_type.tables.is_some() {
            let base = base_fields
                .entry(*index)
                .or_insert_with(|| BaseFields::read(decoded, names, entity_type, notices));
            base.of_bundle(bundle, notices)
        } else {
            Vec::new()
        };
        resource_types.push(ResourceType {
            name: name.clone(),
            entity_type: *index,
            bundle: bundle.id.clone(),
            label: bundle.label.clone(),
            fields,
            new_revision: bundle.new_revision,
            workflow: bundle.workflow.clone(),
        });
    }
    resource_types
}
