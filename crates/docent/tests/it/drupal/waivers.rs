//! What may differ from Drupal's answer, and why: the whole list.

use super::compare::Difference;
use super::recording::Recording;
use super::sites::Kind;
use crate::harness::JSON_API;
use crate::harness::http::Response;

/// An answer that differs.
pub(super) struct Case<'a> {
    pub(super) recorded: &'a Recording,
    pub(super) found: &'a Response,
    pub(super) kind: Kind,
    pub(super) differences: &'a [Difference],
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
        reason: "which part of a collection without order a page shows is chance",
        holds: |Case { recorded, differences, .. }| {
            let is_part = ["/links/next", "/links/prev"].iter().any(|it| recorded.body.pointer(it).is_some());
            is_part && recorded.is_unordered_collection() && are_others(differences)
        },
    },
    Waiver {
        reason: "a page of configuration without an order begins with what Drupal has come across already",
        holds: |recorded, found, _| {
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

/// Whether nothing differs but that some resources are there instead of as many others.
fn are_others(differences: &[Difference]) -> bool {
    let is_resource = |it: &&Difference| {
        let inside =
            it.pointer.strip_prefix("/data/").or(it.pointer.strip_prefix("/meta/omitted/links/items/"));
        inside.is_some_and(|name| !name.contains('/')) && it.expected.is_some() != it.found.is_some()
    };
    let missing = differences.iter().filter(|it| it.found.is_none()).count();
    differences.iter().filter(is_resource).count() == differences.len() && missing * 2 == differences.len()
}

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
