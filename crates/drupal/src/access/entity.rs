//! Content entities: who may view, and who may change them.

use super::{AccessResult, Subject, node};
use crate::account::Account;
use crate::site::{EntityTypeIndex, ResourceTypeIndex, Site};

/// What somebody wants to do with an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    View,
    /// To look at a revision.
    ViewRevision,
    /// To look at all of them.
    ViewAllRevisions,
    Update,
}

/// What the rules of an entity type are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Node,
    Term,
    Media,
    File,
    Comment,
    BlockContent,
    MenuLink,
    Shortcut,
    User,
    /// No rules but that of the admin permission.
    Other,
}

/// What an entity belongs to, where access to it depends on that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host {
    /// The entity that a comment is about, in its default translation: `entity_type` and `entity_id`.
    Commented,
    /// The entities that use a private file, by `file_usage` of the module `file`: access to one of them and to its
    /// field is enough.
    Referencing,
    /// The entity in whose layout a block has been made: `inline_block_usage`.
    Layout,
}

fn kind(site: &Site, entity_type: EntityTypeIndex) -> Kind {
    match site[entity_type].access_handler.trim_start_matches('\\') {
        "Drupal\\node\\NodeAccessControlHandler" => Kind::Node,
        "Drupal\\taxonomy\\TermAccessControlHandler" => Kind::Term,
        "Drupal\\media\\MediaAccessControlHandler" => Kind::Media,
        "Drupal\\file\\FileAccessControlHandler" => Kind::File,
        "Drupal\\comment\\CommentAccessControlHandler" => Kind::Comment,
        "Drupal\\block_content\\BlockContentAccessControlHandler" => Kind::BlockContent,
        "Drupal\\menu_link_content\\MenuLinkContentAccessControlHandler" => Kind::MenuLink,
        "Drupal\\shortcut\\ShortcutAccessControlHandler" => Kind::Shortcut,
        "Drupal\\user\\UserAccessControlHandler" => Kind::User,
        _ => Kind::Other,
    }
}

/// The fields that rules ask for, by Drupal's names.
pub fn needed_fields(site: &Site, entity_type: EntityTypeIndex) -> Vec<&str> {
    let keys = &site[entity_type].keys;
    let mut fields: Vec<&str> = vec![&keys.published, &keys.owner];
    fields.extend(match kind(site, entity_type) {
        Kind::File => &["uri"][..],
        Kind::Comment => &["entity_type", "entity_id"],
        Kind::BlockContent => &["reusable"],
        Kind::User => &["status"],
        _ => &[],
    });
    fields.retain(|field| !field.is_empty());
    fields
}

/// What access to an entity depends on besides itself.
pub fn host_kind(site: &Site, subject: &dyn Subject) -> Option<Host> {
    match kind(site, site[subject.resource_type()].entity_type) {
        Kind::Comment => Some(Host::Commented),
        Kind::File if !is_public(subject) => Some(Host::Referencing),
        Kind::BlockContent if !is_reusable(subject) => Some(Host::Layout),
        _ => None,
    }
}

/// View access to an entity by itself, whichever revision it is: what [`Subject::host`] is made of.
pub fn view_access(site: &Site, account: &Account, subject: &dyn Subject) -> AccessResult {
    access(site, account, subject, Operation::View)
}

/// Access to what an entity is called. But for accounts that is as secret as the rest.
pub(super) fn view_label(site: &Site, account: &Account, subject: &dyn Subject) -> AccessResult {
    match kind(site, site[subject.resource_type()].entity_type) {
        Kind::User => AccessResult::Allowed,
        _ => view_access(site, account, subject),
    }
}

/// What modules say, and what the type's own rules say.
pub(super) fn access(
    site: &Site,
    account: &Account,
    subject: &dyn Subject,
    operation: Operation,
) -> AccessResult {
    let resource_type = subject.resource_type();
    let kind = kind(site, site[resource_type].entity_type);
    if kind == Kind::Node
        && let Some(result) = node::before_all(account, operation)
    {
        return result;
    }
    let moderation = moderation(site, account, subject, operation);
    if matches!(moderation, AccessResult::Forbidden(_)) {
        return moderation;
    }
    moderation.or(match kind {
        Kind::Node => node::access(site, account, subject, operation),
        Kind::Term => term(site, account, subject, operation),
        Kind::Media => media(site, account, subject, operation),
        Kind::File => file(account, subject, operation),
        Kind::Comment => comment(account, subject, operation, is_published(site, subject)),
        Kind::BlockContent => block_content(site, account, subject, operation),
        Kind::MenuLink => AccessResult::permission(account, "administer menu"),
        Kind::Shortcut => shortcut(account, &site[resource_type].bundle),
        Kind::User => user(account, subject, operation),
        Kind::Other => admin(site, account, resource_type),
    })
}

/// What `content_moderation` says, which is asked of every type that can be published, moderated or not.
fn moderation(site: &Site, account: &Account, subject: &dyn Subject, operation: Operation) -> AccessResult {
    if !site.has_module("content_moderation") {
        return AccessResult::NEUTRAL;
    }
    match operation {
        Operation::View if is_publishable(site, subject) && !is_published(site, subject) => {
            AccessResult::permission(account, "view any unpublished content")
        }
        Operation::Update => node::transitions(site, account, subject),
        _ => AccessResult::NEUTRAL,
    }
}

fn is_publishable(site: &Site, subject: &dyn Subject) -> bool {
    !site[site[subject.resource_type()].entity_type].keys.published.is_empty()
}

pub(super) fn is_published(site: &Site, subject: &dyn Subject) -> bool {
    let key = &site[site[subject.resource_type()].entity_type].keys.published;
    !key.is_empty() && subject.number(key).is_some_and(|status| status != 0)
}

/// Whether somebody who has logged in is its owner.
pub(super) fn is_own(site: &Site, account: &Account, subject: &dyn Subject) -> bool {
    let key = &site[site[subject.resource_type()].entity_type].keys.owner;
    !account.is_anonymous() && !key.is_empty() && subject.number(key) == Some(account.id)
}

fn admin(site: &Site, account: &Account, resource_type: ResourceTypeIndex) -> AccessResult {
    match &site[site[resource_type].entity_type].admin_permission {
        Some(permission) => AccessResult::permission(account, permission),
        None => AccessResult::NEUTRAL,
    }
}

fn term(site: &Site, account: &Account, subject: &dyn Subject, operation: Operation) -> AccessResult {
    let bundle = &site[subject.resource_type()].bundle;
    if account.may("administer taxonomy") {
        return AccessResult::Allowed;
    }
    match operation {
        Operation::View => AccessResult::allowed_if_or(
            account.may("access content") && is_published(site, subject),
            "The 'access content' permission is required and the taxonomy term must be published.",
        ),
        Operation::ViewRevision | Operation::ViewAllRevisions => AccessResult::allowed_if_or(
            account.may(&format!("view term revisions in {bundle}"))
                || account.may("view all taxonomy revisions"),
            // The first is not the permission's name, but what Drupal says.
            format!(
                "The following permissions are required: 'view revisions in {bundle}' OR 'view all taxonomy revisions'."
            ),
        ),
        Operation::Update => {
            let edit = format!("edit terms in {bundle}");
            AccessResult::any_permission(account, &[&edit, "administer taxonomy"])
        }
    }
}

fn media(site: &Site, account: &Account, subject: &dyn Subject, operation: Operation) -> AccessResult {
    let bundle = &site[subject.resource_type()].bundle;
    if account.may("administer media") {
        return AccessResult::Allowed;
    }
    let is_own = is_own(site, account, subject);
    match operation {
        Operation::View if is_published(site, subject) => AccessResult::allowed_if_or(
            account.may("view media"),
            "The 'view media' permission is required when the media item is published.",
        ),
        Operation::View => AccessResult::allowed_if_or(
            is_own && account.may("view own unpublished media"),
            "The user must be the owner and the 'view own unpublished media' permission is required when the media \
             item is unpublished.",
        ),
        Operation::ViewRevision | Operation::ViewAllRevisions => {
            let permission = format!("view any {bundle} media revisions");
            if account.may(&permission) || account.may("view all media revisions") {
                view_access(site, account, subject)
            } else {
                AccessResult::NEUTRAL
            }
        }
        Operation::Update => AccessResult::allowed_if(
            account.may(&format!("edit any {bundle} media"))
                || account.may("update any media")
                || is_own
                    && (account.may(&format!("edit own {bundle} media")) || account.may("update media")),
        ),
    }
}

fn is_public(subject: &dyn Subject) -> bool {
    subject.text("uri").is_some_and(|uri| uri.starts_with("public://"))
}

/// Public files are for whoever sees content, temporary ones as well; others for those who see where they are used, or
/// as long as they are not, for their owner.
fn file(account: &Account, subject: &dyn Subject, operation: Operation) -> AccessResult {
    let is_own = !account.is_anonymous() && subject.number("uid") == Some(account.id);
    match operation {
        Operation::View if is_public(subject) => AccessResult::permission(account, "access content"),
        Operation::View => match subject.host() {
            Some(host) => AccessResult::allowed_if(host.is_allowed()),
            None => AccessResult::allowed_if(is_own),
        },
        Operation::Update => AccessResult::allowed_if(is_own),
        Operation::ViewRevision | Operation::ViewAllRevisions => AccessResult::NEUTRAL,
    }
}

fn comment(
    account: &Account,
    subject: &dyn Subject,
    operation: Operation,
    is_published: bool,
) -> AccessResult {
    let is_admin = account.may("administer comments");
    if operation != Operation::View {
        return AccessResult::allowed_if(is_admin);
    }
    // What is about nothing is nobody's.
    let host = subject.host().unwrap_or(AccessResult::FORBIDDEN);
    if is_admin {
        return host;
    }
    AccessResult::allowed_if(account.may("access comments") && is_published)
        .and(host)
        .because("The 'access comments' permission is required and the comment must be published.")
}

fn is_reusable(subject: &dyn Subject) -> bool {
    subject.number("reusable") != Some(0)
}

fn block_content(
    site: &Site,
    account: &Account,
    subject: &dyn Subject,
    operation: Operation,
) -> AccessResult {
    let bundle = &site[subject.resource_type()].bundle;
    let access = AccessResult::permission(account, "administer block content");
    let access = match operation {
        _ if access.is_allowed() => access,
        Operation::View => AccessResult::allowed_if(is_published(site, subject))
            .or(AccessResult::permission(account, "access block library")),
        Operation::Update => AccessResult::permission(account, &format!("edit any {bundle} block content")),
        Operation::ViewRevision | Operation::ViewAllRevisions => {
            AccessResult::permission(account, &format!("view any {bundle} block content history"))
        }
    };
    if is_reusable(subject) {
        return access;
    }
    match subject.host() {
        Some(host) => access.and(host),
        None => AccessResult::Forbidden(
            "Non-reusable blocks must set an access dependency for access control.".into(),
        ),
    }
}

/// Shortcuts are for those who may change the set.
fn shortcut(account: &Account, set: &str) -> AccessResult {
    let own = account.shortcut_set.as_deref().unwrap_or("default");
    AccessResult::allowed_if_or(
        account.may("administer shortcuts")
            || set == own && account.may("access shortcuts") && account.may("customize shortcut links"),
        "The shortcut set must be the currently displayed set for the user and the user must have 'access shortcuts' \
         AND 'customize shortcut links' permissions.",
    )
}

fn user(account: &Account, subject: &dyn Subject, operation: Operation) -> AccessResult {
    if subject.id() == 0 {
        return AccessResult::FORBIDDEN;
    }
    let is_allowed = account.may("administer users") || account.id == subject.id();
    match operation {
        Operation::View => {
            let is_active = subject.number("status").is_some_and(|status| status != 0);
            AccessResult::allowed_if_or(
                is_allowed || is_active && account.may("access user profiles"),
                "The 'access user profiles' permission is required.",
            )
        }
        _ => AccessResult::allowed_if(is_allowed),
    }
}
