//! What a policy comes to, for those who write it. Nothing is served from here.

use docent_catalog::Problem;
use docent_catalog::model::{Catalog, Link, ResourceType};
use toml::Spanned;

use super::caller::standing_of_role;
use super::grants::{Grant, at, grants};
use super::policy::{Permission, Policy};

/// What of a policy does not fit a catalog, in the order of the file.
pub fn unfit(catalog: &Catalog, policy: &Policy) -> Vec<Problem> {
    grants(catalog, policy).1
}

/// The catalog as somebody sees it who has this role beside those that everyone has. It is to be looked at: permissions
/// with conditions about the caller count, and their rows are some that nobody can tell.
pub fn catalog_of_role(catalog: Catalog, policy: &Policy, role: &str) -> Catalog {
    if policy.is_empty() {
        return catalog;
    }
    seen_by(role, &catalog, &grants(&catalog, policy).0)
}

fn seen_by(role: &str, catalog: &Catalog, grants: &[Grant]) -> Catalog {
    catalog.seen_through(&standing_of_role(catalog, grants, role).views(catalog, grants), 0)
}

/// What of a policy fits and may be meant otherwise, in the order of the file.
pub fn doubts(catalog: &Catalog, policy: &Policy) -> Vec<Problem> {
    let (grants, _) = grants(catalog, policy);
    let mut doubts = Vec::new();
    for role in policy.roles.keys() {
        let role = role.get_ref();
        let seen = seen_by(role, catalog, &grants);
        let own = policy.permissions().into_iter().filter(|(name, _)| name == role);
        for (_, permission) in own {
            doubts.extend(unseen(role, catalog, &seen, permission.get_ref()));
            doubts.extend(twins(catalog, &seen, permission.get_ref()));
        }
    }
    doubts.sort_by_key(|doubt| doubt.span.as_ref().map(|span| (span.start, span.end)));
    doubts
}

/// Types that only those can write who have another role as well.
fn unseen(role: &str, catalog: &Catalog, seen: &Catalog, permission: &Permission) -> Vec<Problem> {
    let named = permission.types.iter().filter(|name| catalog.by_name(name.get_ref()).is_some());
    let hidden = named.filter(|name| seen.by_name(name.get_ref()).is_none());
    let doubt = |name: &Spanned<String>| {
        let message =
            format!("`{role}` may not read `{}`, so it takes another role to write it", name.get_ref());
        at(name, &message)
    };
    hidden.map(doubt).collect()
}

/// Relationships that are hidden, while the foreign keys are shown that hold their links.
fn twins(catalog: &Catalog, seen: &Catalog, permission: &Permission) -> Vec<Problem> {
    let mut doubts = Vec::new();
    for hidden in &permission.hide {
        let is_named = |one: &ResourceType| permission.types.iter().any(|name| *name.get_ref() == one.name);
        for (id, one) in catalog.iter().filter(|(_, one)| is_named(one)) {
            let Some(index) = one.relationships.iter().position(|own| own.name == *hidden.get_ref()) else {
                continue;
            };
            let Link::Inverse { .. } = &one.relationships[index].link else { continue };
            let target = catalog.get(one.relationships[index].target);
            let Some(holder) = catalog.inverse_of(id, index) else { continue };
            let (target, holder) = (&target.name, &target.relationships[holder].name);
            let shows =
                |of: &str, name: &str| seen.by_name(of).is_some_and(|id| seen.get(id).field(name).is_some());
            if shows(target, holder) && !shows(&one.name, hidden.get_ref()) {
                let message = format!(
                    "`{}` hides nothing while `{holder}` of `{target}` is shown, which holds the same links",
                    hidden.get_ref()
                );
                doubts.push(at(hidden, &message));
            }
        }
    }
    doubts
}
