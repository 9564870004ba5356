//! What may differ from Drupal's answer, and why: the whole list.

use super::recording::Recording;
use super::sites::Kind;
use crate::harness::JSON_API;
use crate::harness::http::Response;

/// A reason for a difference, and where it holds.
struct Waiver {
    reason: &'static str,
    holds: fn(&Recording, &Response, Kind) -> bool,
}

const WAIVERS: [Waiver; 5] = [
    Waiver {
        reason: "Drupal fails at what the client did wrong; it is refused here",
        holds: |recorded, found, _| {
            recorded.status == 500 && (400..500).contains(&found.status) && is_error_document(found)
        },
    },
    Waiver {
        reason: "outside of JSON:API Drupal answers with a page for people",
        holds: |recorded, found, _| {
            let is_page = recorded.header("content-type").is_some_and(|it| it.starts_with("text/html"));
            is_page && recorded.status == 404 && found.status == 404
        },
    },
    Waiver {
        reason: "the web server in front of Drupal answered",
        holds: |recorded, found, _| recorded.method == "TRACE" && found.status == recorded.status,
    },
    Waiver {
        reason: "a page of configuration without an order begins with what Drupal has come across already",
        holds: |recorded, found, _| {
            found.status == recorded.status && CUT_CONFIGURATION.contains(&&*recorded.name)
        },
    },
    Waiver {
        reason: "SQLite compares, casts and orders otherwise than the database of the recording, for Drupal too",
        holds: |recorded, _, kind| {
            kind == Kind::Sqlite && OTHER_ON_SQLITE.iter().any(|start| recorded.name.starts_with(start))
        },
    },
];

/// What the names of recordings begin with that Drupal on SQLite answers otherwise: accents count, texts are cast to other numbers, ties and what is
/// not sorted come in another order.
const OTHER_ON_SQLITE: [&str; 10] = [
    "filter-eq-accent-fold",
    "filter-status-true",
    "filter-int-garbage",
    "filter-in-empty",
    "filter-value-with-comma",
    "filter-created-iso",
    "page-limit-neg",
    "page-offset-neg",
    "coll-file-file",
    "files-",
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
pub(super) fn waived(recorded: &Recording, found: &Response, kind: Kind) -> Option<&'static str> {
    WAIVERS.iter().find(|waiver| (waiver.holds)(recorded, found, kind)).map(|waiver| waiver.reason)
}

fn is_error_document(response: &Response) -> bool {
    response.header("content-type") == Some(JSON_API)
        && response.json()["errors"].as_array().is_some_and(|errors| !errors.is_empty())
}
