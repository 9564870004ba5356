//! What a rule says of access, and how several rules are taken together.

use std::borrow::Cow;

use crate::account::Account;

/// What a rule says of access.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccessResult {
    /// It is allowed, unless something else forbids it.
    Allowed,
    /// It is not allowed by this rule, for that reason; empty if none is given.
    Neutral(Cow<'static, str>),
    /// It is forbidden whatever else is said.
    Forbidden(Cow<'static, str>),
}

use AccessResult::{Allowed, Forbidden, Neutral};

impl AccessResult {
    /// Nothing is said.
    pub const NEUTRAL: Self = Neutral(Cow::Borrowed(""));
    /// Forbidden without a reason.
    pub const FORBIDDEN: Self = Forbidden(Cow::Borrowed(""));

    /// Allowed if a condition holds.
    pub fn allowed_if(condition: bool) -> Self {
        if condition { Allowed } else { Self::NEUTRAL }
    }

    /// Allowed if a condition holds; else there is a reason.
    pub fn allowed_if_or(condition: bool, reason: impl Into<Cow<'static, str>>) -> Self {
        if condition { Allowed } else { Neutral(reason.into()) }
    }

    /// Allowed for those who have a permission.
    pub fn permission(account: &Account, permission: &str) -> Self {
        if account.may(permission) {
            Allowed
        } else {
            Neutral(format!("The '{permission}' permission is required.").into())
        }
    }

    /// Allowed for those who have one of several permissions.
    pub fn any_permission(account: &Account, permissions: &[&str]) -> Self {
        let is_allowed = permissions.iter().any(|permission| account.may(permission));
        if is_allowed { Allowed } else { Neutral(required(permissions, "OR").into()) }
    }

    /// Allowed for those who have all of several permissions.
    pub fn all_permissions(account: &Account, permissions: &[&str]) -> Self {
        let is_allowed = permissions.iter().all(|permission| account.may(permission));
        if is_allowed { Allowed } else { Neutral(required(permissions, "AND").into()) }
    }

    /// Whether it is allowed in the end.
    pub fn is_allowed(&self) -> bool {
        *self == Allowed
    }

    /// Why not; empty if it is allowed or no reason is given.
    pub fn reason(&self) -> &str {
        match self {
            Allowed => "",
            Neutral(reason) | Forbidden(reason) => reason,
        }
    }

    /// The reason, taken out.
    pub fn into_reason(self) -> Cow<'static, str> {
        match self {
            Allowed => Cow::Borrowed(""),
            Neutral(reason) | Forbidden(reason) => reason,
        }
    }

    /// One of two rules is enough. The first reason given is kept.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Forbidden(reason), Forbidden(other)) => Forbidden(first(reason, other)),
            (Forbidden(reason), _) | (_, Forbidden(reason)) => Forbidden(reason),
            (Allowed, _) | (_, Allowed) => Allowed,
            (Neutral(reason), Neutral(other)) => Neutral(first(reason, other)),
        }
    }

    /// Both rules have to allow it. The reason is that of the first which does not.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Forbidden(reason), _) | (_, Forbidden(reason)) => Forbidden(reason),
            (Neutral(reason), _) | (Allowed, Neutral(reason)) => Neutral(reason),
            (Allowed, Allowed) => Allowed,
        }
    }

    /// The same for another reason, unless it is allowed.
    #[must_use]
    pub fn because(self, reason: impl Into<Cow<'static, str>>) -> Self {
        match self {
            Allowed => Allowed,
            Neutral(_) => Neutral(reason.into()),
            Forbidden(_) => Forbidden(reason.into()),
        }
    }
}

fn first(reason: Cow<'static, str>, other: Cow<'static, str>) -> Cow<'static, str> {
    if reason.is_empty() { other } else { reason }
}

fn required(permissions: &[&str], conjunction: &str) -> String {
    let quoted: Vec<String> = permissions.iter().map(|permission| format!("'{permission}'")).collect();
    format!("The following permissions are required: {}.", quoted.join(&format!(" {conjunction} ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn neutral(reason: &'static str) -> AccessResult {
        Neutral(reason.into())
    }

    fn forbidden(reason: &'static str) -> AccessResult {
        Forbidden(reason.into())
    }

    #[test]
    fn one_is_enough() {
        assert_eq!(neutral("a").or(neutral("b")), neutral("a"));
        assert_eq!(neutral("").or(neutral("b")), neutral("b"));
        assert_eq!(neutral("a").or(Allowed), Allowed);
        assert_eq!(Allowed.or(forbidden("b")), forbidden("b"));
        assert_eq!(neutral("a").or(forbidden("b")), forbidden("b"));
        assert_eq!(forbidden("").or(forbidden("b")), forbidden("b"));
    }

    #[test]
    fn both_are_needed() {
        assert_eq!(Allowed.and(Allowed), Allowed);
        assert_eq!(Allowed.and(neutral("b")), neutral("b"));
        assert_eq!(neutral("").and(neutral("b")), neutral(""));
        assert_eq!(neutral("a").and(forbidden("b")), forbidden("b"));
        assert_eq!(forbidden("a").and(Allowed), forbidden("a"));
    }

    #[test]
    fn permissions_are_named() {
        assert_eq!(required(&["a", "b"], "OR"), "The following permissions are required: 'a' OR 'b'.");
    }
}
