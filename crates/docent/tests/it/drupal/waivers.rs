//! What may differ from Drupal's answer, and why: the whole list.

use super::recording::Recording;
use super::sites::Kind;
use crate::harness::JSON_API;
use crate::harness::http::Response;

/// An answer that differs.
pub(super) struct Case<'a> {
    pub(super) recorded: &'a Recording,
    pub(super) found: &'a Response,
    pub(super) kind: Kind,
}

/// A reason for a difference, and where it holds.
struct Waiver {
    reason: &'static str,
    holds: fn(&Case) -> bool,
}

const WAIVERS: [Waiver; 5] = [
    Waiver {
        reason: "Drupal fails at what the client did wrong; it is refused here",
        holds: |Case { recorded, found, .. }| {
            recorded.status == 500 && (400..500).contains(&found.status) && is_error_document(found)
        },
    },
    Waiver {
        reason: "outside of JSON:API Drupal answers with a page for people",
        holds: |Case { recorded, found, .. }| {
            let is_page = recorded.header("content-type").is_some_and(|it| it.starts_with("text/html"));
            is_page && recorded.status == 404 && found.status == 404
        },
    },
    Waiver {
        reason: "the web server in front of Drupal answered",
        holds: |Case { recorded, found, .. }| recorded.method == "TRACE" && found.status == recorded.status,
    },
    Waiver {
        reason: "a page of configuration without an order begins with what Drupal has come across already",
        holds: |Case { recorded, found, .. }| {
            found.status == recorded.status && CUT_CONFIGURATION.contains(&&*recorded.name)
        },
    },
    Waiver {
        reason: "SQLite compares, casts and orders otherwise than the database of the recording, for Drupal too",
        holds: |Case { recorded, kind, .. }| {
            *kind == Kind::Sqlite && OTHER_ON_SQLITE.contains(&&*recorded.name)
        },
    },
];

const OTHER_ON_SQLITE: [&str; 8] = [
    "filter-eq-accent-fold",
    "filter-status-true",
    "filter-int-garbage",
    "filter-in-empty",
    "filter-value-with-comma",
    "filter-created-iso",
    "page-limit-neg",
    "page-offset-neg",
];

/// Pages of configuration that are cut, and begin with what is no beginning of any order of names.
const CUT_CONFIGURATION: [&str; 2] = ["conf-date-format-anon", "conf-language-content-settings-anon"];

/// Recordings sorted by what several rows have alike: their order among themselves is chance.
const WITH_TIES: [&str; 5] = ["sort-multi", "sort-long-multi", "sort-int", "sort-float", "sort-text-prop"];

/// Whether chance decided the order.
pub(super) fn has_ties(recorded: &Recording) -> bool {
    WITH_TIES.contains(&&*recorded.name)
}

/// Why this answer may differ from the one recorded.
pub(super) fn waived(case: &Case<'_>) -> Option<&'static str> {
    WAIVERS.iter().find(|waiver| (waiver.holds)(case)).map(|waiver| waiver.reason)
}

fn is_error_document(response: &Response) -> bool {
    response.header("content-type") == Some(JSON_API)
        && response.json()["errors"].as_array().is_some_and(|errors| !errors.is_empty())
}
