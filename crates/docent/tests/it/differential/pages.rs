//! Pages: which part of the results a request shows, and the links and counts that go with it.

use serde_json::{Map, Value, json};

use super::compare::{any, any_of, optional};
use super::request::{Page, Query};
use crate::harness::links::Link;

/// Size of a page when nothing else is asked for.
pub(super) const SIZE: usize = 50;

/// Largest page.
pub(super) const SIZE_MAX: usize = 500;

/// The part of the results that a page shows, and what is said about it.
#[derive(Debug)]
pub(super) struct Window {
    /// Index of the first row shown; rows `start..end` are shown.
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) total: usize,
    /// Whether the profile is applied.
    pub(super) cursor_style: bool,
    /// The cursors of the rows shown, as the server made them.
    pub(super) cursors: Vec<String>,
    /// Whether a range held more rows than the page.
    pub(super) truncated: bool,
    page: Page,
    counted: bool,
}

/// The style a query asks for.
pub(super) fn is_cursor_style(query: &Query) -> bool {
    match query.page {
        Page::Cursor { .. } => true,
        Page::Default => query.profile,
        Page::Offset { .. } | Page::Number { .. } => false,
    }
}

impl Window {
    /// The window of a page that does not depend on a cursor: by offset, by number, or the first.
    pub(super) fn of(query: &Query, total: usize) -> Self {
        let (first, size) = match query.page {
            Page::Default => (0, SIZE),
            Page::Offset { limit, offset } => (offset.unwrap_or(0), limit.unwrap_or(SIZE)),
            Page::Number { number, size } => ((number - 1) * size.unwrap_or(SIZE), size.unwrap_or(SIZE)),
            Page::Cursor { size, .. } => (0, size.unwrap_or(SIZE)),
        };
        Self::between(query, first.min(total), (first + size).min(total), total)
    }

    /// The window that shows these rows.
    pub(super) fn between(query: &Query, start: usize, end: usize, total: usize) -> Self {
        let cursor_style = is_cursor_style(query);
        let page = match &query.page {
            Page::Default if cursor_style => Page::Cursor { size: None, after: None, before: None },
            other => other.clone(),
        };
        Self {
            start,
            end,
            total,
            cursor_style,
            cursors: Vec::new(),
            truncated: false,
            page,
            counted: query.count == Some(true),
        }
    }

    /// Takes over the cursors of the answer to judge.
    pub(super) fn with_cursors_of(mut self, actual: &Value) -> Self {
        let items = actual["data"].as_array().map(Vec::as_slice).unwrap_or_default();
        let cursor = |item: &Value| item["meta"]["page"]["cursor"].as_str().unwrap_or("no cursor").to_owned();
        self.cursors = items.iter().map(cursor).collect();
        self
    }

    /// Size of the page and the place it was asked to start at.
    fn size_and_place(&self) -> (usize, usize) {
        match self.page {
            Page::Default | Page::Cursor { .. } => (SIZE, 0),
            Page::Offset { limit, offset } => (limit.unwrap_or(SIZE), offset.unwrap_or(0)),
            Page::Number { number, size } => (size.unwrap_or(SIZE), (number - 1) * size.unwrap_or(SIZE)),
        }
    }

    /// Whether the total is known: asked for, or the page shows the end.
    fn total_is_known(&self) -> bool {
        let (_, place) = self.size_and_place();
        self.counted || (self.end == self.total && (self.start < self.end || place == 0))
    }

    /// The top-level `meta`, if there is one.
    pub(super) fn meta(&self) -> Option<Value> {
        if !self.cursor_style {
            return (self.total_is_known()).then(|| json!({ "count": self.total }));
        }
        let mut meta = json!({});
        if self.counted {
            meta["count"] = json!(self.total);
            meta["page"]["total"] = json!(self.total);
        }
        if self.truncated {
            meta["page"]["rangeTruncated"] = json!(true);
        }
        // A page that shows everything may say so without being asked.
        if !self.counted && self.start == 0 && self.end == self.total {
            return Some(optional(
                json!({ "count": optional(json!(self.total)), "page": optional(json!({ "total": self.total })) }),
            ));
        }
        (meta != json!({})).then_some(meta)
    }

    /// Adds the pagination links of primary data.
    pub(super) fn add_links(&self, here: &Link, links: &mut Map<String, Value>) {
        if self.cursor_style {
            self.add_cursor_links(here, links);
            return;
        }
        let (size, place) = self.size_and_place();
        let by_number = matches!(self.page, Page::Number { .. });
        let others = here.parameters(|name| {
            !matches!(name, "page[limit]" | "page[offset]" | "page[number]" | "page[size]")
        });
        let page_at = |place: usize| {
            let page = if by_number {
                [("page[number]", place / size + 1), ("page[size]", size)]
            } else {
                [("page[limit]", size), ("page[offset]", place)]
            };
            let mut query = others.clone();
            query.extend(page.map(|(name, value)| (name.to_owned(), value.to_string())));
            json!(Link { segments: here.segments.clone(), query }.text())
        };
        links.insert("first".to_owned(), page_at(0));
        if place > 0 {
            links.insert("prev".to_owned(), page_at(place.saturating_sub(size)));
        }
        if self.end < self.total && place < self.total {
            links.insert("next".to_owned(), page_at(place + size));
        }
        if self.total_is_known() {
            // The last page in steps of the size from this one, as following `next` would end.
            let phase = place % size;
            let steps = self.total.saturating_sub(1).saturating_sub(phase) / size;
            let last = if phase < self.total { phase + steps * size } else { 0 };
            links.insert("last".to_owned(), page_at(last));
        }
    }

    fn add_cursor_links(&self, here: &Link, links: &mut Map<String, Value>) {
        let others = here.parameters(|name| !matches!(name, "page[after]" | "page[before]" | "page[size]"));
        let Page::Cursor { size, after, before } = &self.page else { unreachable!("another style") };
        let is_range = after.is_some() && before.is_some();
        let size = size.unwrap_or(SIZE).to_string();
        let page_at = |name: &str, cursor: Option<&String>| {
            let mut query = others.clone();
            query.push(("page[size]".to_owned(), size.clone()));
            query.extend(cursor.map(|cursor| (name.to_owned(), cursor.clone())));
            json!(Link { segments: here.segments.clone(), query }.text())
        };
        let first = page_at("", None);
        links.insert("first".to_owned(), if is_range { any() } else { first });
        let before = (self.start > 0).then(|| page_at("page[before]", self.cursors.first()));
        let after = (self.end < self.total).then(|| page_at("page[after]", self.cursors.last()));
        // Where the ends of a range lead, and what surrounds an empty page, is left to the server.
        let open = is_range || (self.start == self.end && self.total > 0);
        for (name, link) in [("prev", before), ("next", after)] {
            let link = if open { any_of(vec![Value::Null, any()]) } else { link.unwrap_or(Value::Null) };
            links.insert(name.to_owned(), link);
        }
        links.insert("last".to_owned(), optional(any()));
    }
}
