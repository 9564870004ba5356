//! Revisions that are not the default one.

use super::entity::{Operation, access, is_own, view_access};
use super::{AccessResult, Subject};
use crate::account::Account;
use crate::site::Site;

/// View access to an entity in the revision that is asked for.
pub(super) fn view(site: &Site, account: &Account, subject: &dyn Subject) -> AccessResult {
    let result = view_access(site, account, subject);
    if subject.is_default_revision() {
        return result;
    }
    let result = result.and(of_revision(site, account, subject));
    let reason = format!("The user does not have access to the requested version. {}", result.reason());
    result.because(reason.trim_end().to_owned())
}

fn of_revision(site: &Site, account: &Account, subject: &dyn Subject) -> AccessResult {
    let result = access(site, account, subject, Operation::ViewAllRevisions);
    let entity_type = &site[site[subject.resource_type()].entity_type];
    let has_latest_version = entity_type.canonical_path.is_some() && entity_type.id != "path_alias";
    if has_latest_version && subject.is_latest_revision() && site.has_module("content_moderation") {
        result.and(of_latest_version(site, account, subject))
    } else {
        result
    }
}

/// What moderation says of a revision that waits to become the default one.
fn of_latest_version(site: &Site, account: &Account, subject: &dyn Subject) -> AccessResult {
    if site[subject.resource_type()].workflow.is_none() {
        return AccessResult::Forbidden("No pending revision for moderated entity.".into());
    }
    let any = ["view latest version", "view any unpublished content"];
    let own = ["view latest version", "view own unpublished content"];
    let own = AccessResult::all_permissions(account, &own)
        .and(AccessResult::allowed_if(is_own(site, account, subject)));
    AccessResult::all_permissions(account, &any).or(own)
}
