//! What an account may see.
//!
//! Each type of entity has rules of its own, in `entity` and `config_entity`; versions that are not the default one have
//! more, in `revision`, and some fields have theirs, in `field`. Rules are those of Drupal's own modules. What other
//! modules decide in code is not known here: see [`crate::site::Unproven`].

mod block;
mod config_entity;
mod entity;
mod field;
#[cfg(test)]
pub(crate) mod fixture;
mod node;
mod refusal;
mod result;
mod revision;
#[cfg(test)]
mod tests;

pub use block::content_of_block;
pub use config_entity::{Circumstances, view_config_entity};
pub use entity::{Host, host_kind, needed_fields, view_access};
pub use field::field_access;
pub use refusal::{Challenged, challenge, filter_detail, refuse_relationship, refuse_resource};
pub use refusal::{relationship_detail, resource_detail};
pub use result::AccessResult;

use std::borrow::Cow;

use crate::account::Account;
use crate::site::{ResourceTypeIndex, Site};

/// An entity that somebody wants to see: one revision of it, in one translation.
pub trait Subject {
    /// Its type and bundle.
    fn resource_type(&self) -> ResourceTypeIndex;
    /// Its number.
    fn id(&self) -> i64;
    /// The main property of the first item of a field, by Drupal's name; booleans are 0 and 1.
    fn number(&self, field: &str) -> Option<i64>;
    /// The same, as a text.
    fn text(&self, field: &str) -> Option<&str>;
    /// Whether the revision is the default one. True for entities without revisions.
    fn is_default_revision(&self) -> bool;
    /// Whether there is no newer revision.
    fn is_latest_revision(&self) -> bool;
    /// View access to what it belongs to, if it belongs to anything: see [`host_kind`].
    fn host(&self) -> Option<AccessResult> {
        None
    }
    /// View access to the default revision, where this is another one.
    fn default_revision(&self) -> Option<AccessResult> {
        None
    }
}

/// What is shown of an entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Everything but fields that are closed.
    Allowed,
    /// Only what it is called.
    LabelOnly,
    /// Nothing.
    Denied {
        /// Why, in Drupal's words; empty if there is nothing to say.
        reason: Cow<'static, str>,
    },
}

/// What is shown of a content entity.
pub fn view(site: &Site, account: &Account, subject: &dyn Subject) -> Decision {
    let access = revision::view(site, account, subject);
    if access.is_allowed() {
        return Decision::Allowed;
    }
    if !subject.is_default_revision() {
        return Decision::Denied { reason: access.into_reason() };
    }
    decide(access, || entity::view_label(site, account, subject))
}

/// Whether a relationship of an entity may be looked at by itself: for that, the label is not enough. If not, there is
/// a detail to tell.
pub fn view_relationship(
    site: &Site,
    account: &Account,
    subject: &dyn Subject,
    field: &str,
) -> Result<(), String> {
    let resource_type = subject.resource_type();
    let access = revision::view(site, account, subject);
    let access = access.and(field_access(site, account, Some(subject), resource_type, field));
    if access.is_allowed() { Ok(()) } else { Err(relationship_detail(access.reason())) }
}

/// Access, or else that to the label.
fn decide(access: AccessResult, label: impl FnOnce() -> AccessResult) -> Decision {
    if access.is_allowed() {
        return Decision::Allowed;
    }
    let label = label();
    if label.is_allowed() {
        return Decision::LabelOnly;
    }
    Decision::Denied { reason: access.or(label).into_reason() }
}
