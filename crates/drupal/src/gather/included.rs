//! What is included: level by level, everything that a level leads to at once.

use std::sync::Arc;

use hashbrown::HashSet;

use super::{Gathering, Omission, Place, Wanted};
use crate::access::{self, AccessResult, Decision};
use crate::error::Refusal;
use crate::load::TargetId;
use crate::request::include::IncludeTree;
use crate::site::{EntityTypeIndex, FieldIndex, ReferenceTarget, ResourceTypeIndex};

/// Why nothing is included from resources of which only the label may be seen.
const LABEL_ONLY: &str = "The user only has authorization for the 'view label' operation.";

/// Resources, and what is included from them.
struct Step<'a> {
    from: Vec<Place>,
    tree: &'a IncludeTree,
}

impl Gathering<'_> {
    /// Finds what is included.
    pub(super) async fn included(&mut self) -> Result<(), Refusal> {
        // What cannot be included is known by what is there to include it from.
        let plan = self.plan;
        let include = plan.include.as_ref().map_err(Refusal::clone)?;
        let include = IncludeTree::read(&plan.scope.site, &self.primary_types(), include.as_deref())?;
        let seen = self.gathered.primary.iter().filter(|found| found.decision == Decision::Allowed);
        let labels = self.gathered.primary.iter().filter(|found| found.decision == Decision::LabelOnly);
        let labels: Vec<Place> = labels.map(|found| found.place.clone()).collect();
        let mut steps = vec![Step { from: seen.map(|found| found.place.clone()).collect(), tree: &include }];
        self.omit_from_labels(&labels, &include);
        let mut included: HashSet<Place> = HashSet::new();
        while !steps.is_empty() {
            let followed: Vec<(Vec<(Place, FieldIndex)>, &IncludeTree)> = steps
                .iter()
                .flat_map(|step| step.tree.0.iter().map(move |included| (step, included)))
                .map(|(step, included)| (step.from.clone(), included))
                .collect::<Vec<_>>()
                .into_iter()
                .map(|(from, included)| (self.followed(&from, &included.field), &included.then))
                .collect();
            let from: Vec<_> = followed.iter().map(|(from, _)| from.as_slice()).collect();
            let reached = self.targets(&from).await;
            let mut next = Vec::new();
            for (places, (_, tree)) in reached.into_iter().zip(&followed) {
                let step = self.take_in(places, tree, &mut included);
                if !tree.is_empty() && !step.from.is_empty() {
                    next.push(step);
                }
            }
            steps = next;
        }
        Ok(())
    }

    /// The types of the primary data, also of what is left out of it.
    fn primary_types(&self) -> Vec<ResourceTypeIndex> {
        let shown = self.gathered.primary.iter().map(|found| self.resource_type(&found.place));
        shown.chain(self.gathered.omitted.iter().map(|omission| omission.resource_type)).collect()
    }

    /// Adds resources to what is included, as far as they may be seen, and says where to go on from.
    fn take_in<'t>(
        &mut self,
        places: Vec<Place>,
        tree: &'t IncludeTree,
        included: &mut HashSet<Place>,
    ) -> Step<'t> {
        let mut from = Vec::new();
        let mut labels = Vec::new();
        let mut seen = HashSet::new();
        for place in places {
            if !seen.insert(place.clone()) {
                continue;
            }
            let found = self.decided(place);
            match &found.decision {
                Decision::Allowed => from.push(found.place.clone()),
                Decision::LabelOnly => labels.push(found.place.clone()),
                Decision::Denied { reason } => {
                    let omission = self.omission(&found.place, reason);
                    self.gathered.omitted.push(omission);
                    continue;
                }
            }
            if included.insert(found.place.clone()) {
                self.gathered.included.push(found);
            }
        }
        self.omit_from_labels(&labels, tree);
        Step { from, tree }
    }

    /// Nothing is included from resources of which only the label may be seen.
    fn omit_from_labels(&mut self, labels: &[Place], tree: &IncludeTree) {
        for place in labels {
            for included in &tree.0 {
                let Some(field) = self.field_of(place, &included.field) else { continue };
                let detail = access::relationship_detail(LABEL_ONLY);
                self.omit_relationship(place, field, detail);
            }
        }
    }

    /// The relationships of that name of the given resources, as far as they may be seen.
    fn followed(&mut self, from: &[Place], name: &str) -> Vec<(Place, FieldIndex)> {
        let mut followed = Vec::new();
        for place in from {
            let Some(field) = self.field_of(place, name) else { continue };
            match self.view_field(place, field) {
                AccessResult::Allowed => followed.push((place.clone(), field)),
                denied => {
                    let detail = access::relationship_detail(denied.reason());
                    self.omit_relationship(place, field, detail);
                }
            }
        }
        followed
    }

    /// The relationship that Drupal calls so, if the resource has it.
    fn field_of(&self, place: &Place, name: &str) -> Option<FieldIndex> {
        let definition = &self.site()[self.resource_type(place)];
        definition.internal_field(name).filter(|field| definition[*field].is_relationship())
    }

    /// The resource type of what is at a place.
    pub(super) fn resource_type(&self, place: &Place) -> ResourceTypeIndex {
        match place {
            Place::Content { batch, entity } => self.entity(*batch, *entity).1.resource_type,
            Place::Config(resource_type, _) => *resource_type,
        }
    }

    /// What relationships lead to: for each list of them a list of resources. Those that are not known are read, all
    /// at once.
    pub(super) async fn targets(&mut self, from: &[&[(Place, FieldIndex)]]) -> Vec<Vec<Place>> {
        self.identify_ambiguous(from).await;
        let named: Vec<Vec<Named>> = from.iter().map(|from| self.named(from)).collect();
        let mut wanted: Vec<Wanted> = Vec::new();
        for target in named.iter().flatten() {
            let Named::Content { entity_type, id, resource_type } = target else { continue };
            if self.known.contains_key(&(*entity_type, *id)) {
                continue;
            }
            let place = wanted.iter().position(|wanted| wanted.entity_type == *entity_type);
            let place = place.unwrap_or_else(|| {
                wanted.push(Wanted::of(*entity_type));
                wanted.len() - 1
            });
            wanted[place].add(*id, None, *resource_type);
        }
        if !wanted.is_empty() {
            self.read_and_ask_hosts(wanted).await;
        }
        let config = named.iter().flatten().filter_map(|named| match named {
            Named::Config(resource_type, name) => Some(Place::Config(*resource_type, name.clone())),
            Named::Content { .. } => None,
        });
        self.ask_contents(&config.collect::<Vec<_>>()).await;
        let place = |named: Named| match named {
            Named::Content { entity_type, id, .. } => self.known.get(&(entity_type, id)).cloned(),
            Named::Config(resource_type, name) => Some(Place::Config(resource_type, name)),
        };
        named.into_iter().map(|named| named.into_iter().filter_map(place).collect()).collect()
    }

    /// Finds out what those relationships lead to that may lead to resources of several types. Others need not be asked
    /// for before they are read.
    async fn identify_ambiguous(&mut self, from: &[&[(Place, FieldIndex)]]) {
        let site = Arc::clone(self.site());
        let ambiguous = from.iter().copied().flatten().filter_map(|(place, field)| {
            let Place::Content { batch, entity } = place else { return None };
            let definition = &site[self.resource_type(place)][*field];
            let is_ambiguous = definition.target.as_ref().is_some_and(|target| only(target).is_none());
            is_ambiguous.then_some((*batch, *entity, *field))
        });
        let ambiguous: Vec<_> = ambiguous.collect();
        self.identify(&ambiguous).await;
    }

    /// What relationships name, those left out that lead nowhere.
    fn named(&self, from: &[(Place, FieldIndex)]) -> Vec<Named> {
        let site = self.site();
        let mut named = Vec::new();
        for (place, field) in from {
            let Place::Content { batch, entity } = place else { continue };
            let (batch, entity) = self.entity(*batch, *entity);
            let target = site[entity.resource_type][*field].target.as_ref();
            let Some(entity_type) = target.and_then(|target| target.entity_type) else { continue };
            let is_content = site[entity_type].tables.is_some();
            let only = target.and_then(only);
            for item in batch.items(entity, *field) {
                match TargetId::of(item.main(), is_content) {
                    Some(TargetId::Number(id)) => {
                        let known = self.gathered.identities.of(entity_type, id);
                        let known = known.map(|identity| identity.resource_type).or(only);
                        let Some(resource_type) = known else { continue };
                        named.push(Named::Content { entity_type, id, resource_type });
                    }
                    Some(TargetId::Name(id)) => {
                        let Some((resource_type, _)) = site.config_entity(entity_type, id) else { continue };
                        let prefix = site[entity_type].config_prefix.as_deref().unwrap_or_default();
                        named.push(Named::Config(resource_type, format!("{prefix}{id}")));
                    }
                    None => {}
                }
            }
        }
        named
    }

    /// A resource that may not be seen.
    pub(super) fn omission(&self, place: &Place, reason: &str) -> Omission {
        Omission {
            resource_type: self.resource_type(place),
            uuid: self.uuid(place),
            relationship: None,
            detail: access::resource_detail(reason),
        }
    }

    fn omit_relationship(&mut self, place: &Place, field: FieldIndex, detail: String) {
        let resource_type = self.resource_type(place);
        let name = self.site()[resource_type][field].public_name.clone();
        let uuid = self.uuid(place);
        self.gathered.omitted.push(Omission { resource_type, uuid, relationship: Some(name), detail });
    }

    pub(super) fn uuid(&self, place: &Place) -> String {
        match place {
            Place::Content { batch, entity } => self.entity(*batch, *entity).1.uuid.clone(),
            Place::Config(_, name) => {
                let config = self.site().config.get(name).and_then(|config| config.get("uuid"));
                config.and_then(crate::php::Php::as_str).unwrap_or_default().to_owned()
            }
        }
    }
}

/// The only resource type that a relationship is meant to lead to.
fn only(target: &ReferenceTarget) -> Option<ResourceTypeIndex> {
    if let [only] = target.types[..] { Some(only) } else { None }
}

/// What a relationship names.
enum Named {
    Content { entity_type: EntityTypeIndex, id: i64, resource_type: ResourceTypeIndex },
    Config(ResourceTypeIndex, String),
}

impl Wanted {
    /// None yet of a type.
    pub(super) fn of(entity_type: EntityTypeIndex) -> Self {
        Self { entity_type, entities: Vec::new(), default_revisions: true, resource_types: Vec::new() }
    }

    /// Another one. One that is named again is read once.
    pub(super) fn add(&mut self, id: i64, revision: Option<i64>, resource_type: ResourceTypeIndex) {
        self.entities.push((id, revision));
        if !self.resource_types.contains(&resource_type) {
            self.resource_types.push(resource_type);
        }
    }
}
