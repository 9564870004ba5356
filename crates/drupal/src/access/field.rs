//! Fields that not everybody sees who sees the entity.

use super::entity::{Operation, access};
use super::{AccessResult, Subject};
use crate::account::Account;
use crate::site::{FieldKind, ResourceTypeIndex, Site};

/// View access to a field, by Drupal's name. Without a subject: whether it may be asked about in a filter.
pub fn field_access(
    site: &Site,
    account: &Account,
    subject: Option<&dyn Subject>,
    resource_type: ResourceTypeIndex,
    field: &str,
) -> AccessResult {
    let entity_type = &site[site[resource_type].entity_type];
    match entity_type.id.as_str() {
        "user" => of_user(account, subject, field),
        "comment" if field == "hostname" => AccessResult::FORBIDDEN,
        "comment" if field == "mail" => AccessResult::permission(account, "administer comments"),
        // Layouts are built of what is to be rendered, and no one's to read.
        _ if field == "layout_builder__layout" => AccessResult::FORBIDDEN,
        _ => {
            let Some(subject) = subject else { return AccessResult::Allowed };
            if field == entity_type.keys.revision_log {
                access(site, account, subject, Operation::ViewRevision).or(access(
                    site,
                    account,
                    subject,
                    Operation::Update,
                ))
            } else if is_of_comments(site, resource_type, field) {
                AccessResult::any_permission(account, &["access comments", "post comments"])
            } else {
                AccessResult::Allowed
            }
        }
    }
}

fn of_user(account: &Account, subject: Option<&dyn Subject>, field: &str) -> AccessResult {
    if field == "pass" {
        return AccessResult::FORBIDDEN;
    }
    if account.may("administer users") {
        return AccessResult::Allowed;
    }
    let is_own = subject.is_some_and(|subject| subject.id() == account.id);
    match field {
        "mail" => AccessResult::allowed_if(is_own || account.may("view user email addresses")),
        "preferred_langcode" | "preferred_admin_langcode" | "timezone" => AccessResult::allowed_if(is_own),
        "roles" | "status" | "access" | "login" | "init" => AccessResult::NEUTRAL,
        _ => AccessResult::Allowed,
    }
}

fn is_of_comments(site: &Site, resource_type: ResourceTypeIndex, field: &str) -> bool {
    let resource_type = &site[resource_type];
    resource_type
        .internal_field(field)
        .is_some_and(|field| matches!(resource_type[field].kind, FieldKind::Comment))
}
