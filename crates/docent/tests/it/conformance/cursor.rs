//! CUR: the cursor pagination profile, <https://jsonapi.org/profiles/ethanresnick/cursor-pagination>.

mod items;
mod links;
mod order;
mod profile;
mod ranges;
mod size;

use serde_json::Value;

use super::lists::Lists;
use crate::harness::links::encode;

/// The list most rules are tested on: in the order of its ids, or, to have ties and nulls in it, of its weights.
const THINGS: &str = "/things?page[size]=100";

/// The order of [`THINGS`] sorted by `-weight`.
const BY_WEIGHT: &str = "/things?page[size]=100&sort=-weight";

/// The cursor that falls on an item, percent-encoded. The URL must be of cursor style.
#[track_caller]
fn cursor(lists: &mut Lists, url: &str, id: &str) -> String {
    encode(cursor_in(&lists.document(url), id))
}

/// The cursor of an item of a document.
#[track_caller]
fn cursor_in<'a>(document: &'a Value, id: &str) -> &'a str {
    let item = document["data"].as_array().unwrap().iter().find(|item| item["id"] == id);
    item.and_then(|item| item["meta"]["page"]["cursor"].as_str())
        .unwrap_or_else(|| panic!("{id}: {document:#}"))
}
