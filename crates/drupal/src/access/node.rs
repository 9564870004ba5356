//! Nodes, and what moderation says of changing them.

use super::entity::{Operation, is_own, is_published, view_access};
use super::{AccessResult, Subject};
use crate::account::Account;
use crate::php::{Key, Php};
use crate::site::Site;

/// What is decided before anything else is asked.
pub(super) fn before_all(account: &Account, operation: Operation) -> Option<AccessResult> {
    let is_of_revisions = matches!(operation, Operation::ViewRevision | Operation::ViewAllRevisions);
    if !is_of_revisions && account.may("bypass node access") {
        return Some(AccessResult::Allowed);
    }
    let needed = "The 'access content' permission is required.";
    (!account.may("access content")).then(|| AccessResult::Forbidden(needed.into()))
}

pub(super) fn access(
    site: &Site,
    account: &Account,
    subject: &dyn Subject,
    operation: Operation,
) -> AccessResult {
    let bundle = &site[subject.resource_type()].bundle;
    match operation {
        // Of everything that `node_access` could say, only what it says without a module that makes grants is known.
        Operation::View => AccessResult::allowed_if(
            is_published(site, subject)
                || account.may("view own unpublished content") && is_own(site, account, subject),
        ),
        Operation::Update => {
            let any = AccessResult::permission(account, &format!("edit any {bundle} content"));
            let is_allowed =
                || is_own(site, account, subject) && account.may(&format!("edit own {bundle} content"));
            if any.is_allowed() || is_allowed() { AccessResult::Allowed } else { any }
        }
        _ if !may_view_revisions(account, bundle) => AccessResult::NEUTRAL,
        Operation::ViewAllRevisions => AccessResult::Allowed,
        Operation::ViewRevision if account.may("administer nodes") => AccessResult::Allowed,
        Operation::ViewRevision if subject.is_default_revision() => view_access(site, account, subject),
        Operation::ViewRevision => {
            let default = subject.default_revision().unwrap_or(AccessResult::NEUTRAL);
            default.and(view_access(site, account, subject))
        }
    }
}

fn may_view_revisions(account: &Account, bundle: &str) -> bool {
    account.may("view all revisions")
        || account.may(&format!("view {bundle} revisions"))
        || account.may("administer nodes")
}

/// Moderated content is changed by a transition from its state to another, or not at all.
pub(super) fn transitions(site: &Site, account: &Account, subject: &dyn Subject) -> AccessResult {
    let Some(id) = &site[subject.resource_type()].workflow else { return AccessResult::NEUTRAL };
    let Some(workflow) = site.workflows.get(id) else { return AccessResult::NEUTRAL };
    let state = subject.text("moderation_state").unwrap_or(&workflow.default_state);
    let settings =
        site.config.get(&format!("workflows.workflow.{id}")).and_then(|it| it.get("type_settings"));
    let Some(Php::Array(transitions)) = settings.and_then(|settings| settings.get("transitions")) else {
        return AccessResult::NEUTRAL;
    };
    let is_valid = |(key, transition): &(Key, Php)| {
        let (Key::Text(name), Some(Php::Array(from))) = (key, transition.get("from")) else { return false };
        from.iter().any(|(_, from)| from.as_str() == Some(state))
            && std::str::from_utf8(name).is_ok_and(|name| account.may(&format!("use {id} transition {name}")))
    };
    if transitions.iter().any(is_valid) {
        AccessResult::NEUTRAL
    } else {
        AccessResult::Forbidden("No valid transitions exist for given account.".into())
    }
}
