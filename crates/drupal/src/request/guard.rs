//! What is added to every filter, so that nobody learns by filtering what they may not see.
//!
//! The rules are those of Drupal's own guard, for what is filtered and for everything that a path of a filter leads
//! through: all of a type's entities, the published ones, one's own, or none.

use super::filter::{Group, Member};
use super::path::FieldPath;
use super::place::{Hop, Place};
use super::test::{Operator, Test};
use crate::account::Account;
use crate::site::{EntityType, EntityTypeIndex, ResourceTypeIndex, Site};

/// How deep comments on comments are looked at.
const COMMENT_DEPTH_MAX: usize = 3;

/// The conditions that go with a filter on a type: one group for each thing that its paths lead to.
pub fn groups(
    site: &Site,
    account: &Account,
    resource_type: ResourceTypeIndex,
    paths: &[&FieldPath],
) -> Vec<Group<Place>> {
    let guard = Guard { site, account };
    let mut guarded: Vec<(Vec<Hop>, EntityTypeIndex)> = vec![(Vec::new(), site[resource_type].entity_type)];
    for path in paths {
        let mut hops = Vec::new();
        for pair in path.steps.windows(2) {
            hops.extend(Hop::of(site, &pair[0]));
            let target = site[pair[1].resource_type].entity_type;
            if !guarded.contains(&(hops.clone(), target)) {
                guarded.push((hops.clone(), target));
            }
        }
    }
    guarded.iter().map(|(hops, entity_type)| guard.group(*entity_type, hops, 0)).collect()
}

struct Guard<'a> {
    site: &'a Site,
    account: &'a Account,
}

/// Which entities of a type may be found.
#[derive(Default)]
struct Subsets {
    all: bool,
    published: bool,
    /// Accounts that are not blocked.
    active: bool,
    own: bool,
}

impl Guard<'_> {
    fn group(&self, entity_type: EntityTypeIndex, hops: &[Hop], depth: usize) -> Group<Place> {
        let definition = &self.site[entity_type];
        let condition = |name: &str, test: Test| {
            let place = Place::of_own_field(self.site, entity_type, hops, name);
            place.map_or_else(never, |path| Member::Condition { path, test })
        };
        let subsets = self.subsets(definition);
        let mut members = Vec::new();
        if !subsets.all {
            let mut some = Vec::new();
            let keys = &definition.keys;
            if subsets.published && !keys.published.is_empty() {
                some.push(condition(&keys.published, Test::equals("1")));
            }
            if subsets.active {
                some.push(condition("status", Test::equals("1")));
            }
            let owner = if definition.id == "user" { &keys.id } else { &keys.owner };
            if subsets.own && !owner.is_empty() && !self.account.is_anonymous() {
                some.push(condition(owner, Test::equals(&self.account.id.to_string())));
            }
            members.push(Member::Group(Group { any: true, members: some }));
        }
        match definition.id.as_str() {
            "block_content" => members.push(condition("reusable", Test::equals("1"))),
            "comment" => members.push(self.of_commented(entity_type, hops, depth)),
            "file" => {
                let public = Test { operator: Operator::Starts, values: vec!["public://".to_owned()] };
                let mut some = vec![condition("uri", public)];
                if !self.account.is_anonymous() {
                    some.push(condition(&definition.keys.owner, Test::equals(&self.account.id.to_string())));
                }
                members.push(Member::Group(Group { any: true, members: some }));
            }
            "shortcut" if !self.account.may("administer shortcuts") => {
                let shown = self.account.shortcut_set.as_deref().unwrap_or("default");
                members.push(condition("shortcut_set", Test::equals(shown)));
            }
            "user" => {
                let not_nobody = Test { operator: Operator::NotEqual, values: vec!["0".to_owned()] };
                members.push(condition(&definition.keys.id, not_nobody));
            }
            _ => {}
        }
        Group { any: false, members }
    }

    fn subsets(&self, entity_type: &EntityType) -> Subsets {
        let may = |permission: &str| self.account.may(permission);
        let is_administrator = entity_type.admin_permission.as_deref().is_some_and(may);
        let mut subsets = Subsets { all: is_administrator, ..Subsets::default() };
        match entity_type.id.as_str() {
            "block_content" => {
                subsets.all |= may("access block library");
                subsets.published = true;
            }
            "comment" => {
                subsets.all |= may("administer comments");
                subsets.published = may("access comments");
            }
            "file" => subsets.all |= may("access content"),
            "media" => subsets.published = may("view media"),
            "node" if may("bypass node access") => subsets.all = true,
            "node" if may("access content") => {
                subsets.own = may("view own unpublished content");
                subsets.published = true;
            }
            "node" => subsets.all = false,
            "shortcut" => {
                subsets.all |=
                    may("administer shortcuts") || may("access shortcuts") && may("customize shortcut links");
            }
            "taxonomy_term" => {
                subsets.all |= may("administer taxonomy");
                subsets.published = may("access content");
            }
            "user" => {
                subsets.own = true;
                subsets.active = may("access user profiles");
            }
            _ => {}
        }
        subsets
    }

    /// Comments are found where what they are on is: which type that is depends on the comment's own.
    fn of_commented(&self, comment: EntityTypeIndex, hops: &[Hop], depth: usize) -> Member<Place> {
        let mut by_target: Vec<(EntityTypeIndex, Vec<String>)> = Vec::new();
        for resource_type in self.site.resource_types.iter().filter(|found| found.entity_type == comment) {
            let field = resource_type.internal_field("entity_id").map(|field| &resource_type[field]);
            let Some(target) = field.and_then(|field| field.target.as_ref()?.entity_type) else { continue };
            match by_target.iter_mut().find(|(known, _)| *known == target) {
                Some((_, bundles)) => bundles.push(resource_type.bundle.clone()),
                None => by_target.push((target, vec![resource_type.bundle.clone()])),
            }
        }
        let reference = Place::of_own_field(self.site, comment, hops, "entity_id");
        let bundle = Place::of_own_field(self.site, comment, hops, &self.site[comment].keys.bundle);
        let (Some(reference), Some(bundle)) = (reference, bundle) else { return never() };
        let mut commented = hops.to_vec();
        commented.push(Hop { table: reference.table, column: reference.column });
        let members = by_target.into_iter().filter(|_| depth < COMMENT_DEPTH_MAX).map(|(target, bundles)| {
            let of_bundle = Test { operator: Operator::In, values: bundles };
            let of_bundle = Member::Condition { path: bundle.clone(), test: of_bundle };
            let seen = Member::Group(self.group(target, &commented, depth + 1));
            Member::Group(Group { any: false, members: vec![of_bundle, seen] })
        });
        Member::Group(Group { any: true, members: members.collect() })
    }
}

fn never<P>() -> Member<P> {
    Member::Group(Group { any: true, members: Vec::new() })
}
