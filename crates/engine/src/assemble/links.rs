//! The links of a document as a whole.

use docent_jsonapi::json;

use super::{Frame, Total};
use crate::resolve::{Page, Style};
use crate::run::Found;

/// Where the document is, and how links are written.
pub(crate) struct Address<'a> {
    pub(crate) base_url: &'a str,
    /// The path below the base, as requested.
    pub(crate) path: &'a str,
    /// The query string as links repeat it.
    pub(crate) self_query: &'a str,
    /// The same without the parameters that name a page.
    pub(crate) pageless_query: &'a str,
    pub(crate) link_objects: bool,
    /// The path of the related link, for documents whose data is linkage.
    pub(crate) related: Option<String>,
}

/// Appends `,"name":` and the link.
pub(crate) fn push_link(out: &mut Vec<u8>, name: &str, href: &str, link_objects: bool) {
    if !out.ends_with(b"{") {
        out.push(b',');
    }
    json::string(out, name);
    out.push(b':');
    if link_objects {
        out.extend_from_slice(b"{\"href\":");
        json::string(out, href);
        out.push(b'}');
    } else {
        json::string(out, href);
    }
}

/// Appends the member `links`.
pub(super) fn write(out: &mut Vec<u8>, frame: &Frame<'_>, found: &Found, total: Total) {
    let address = &frame.address;
    out.extend_from_slice(b",\"links\":{");
    write_self(out, frame);
    if let Some(related) = &address.related {
        push_link(out, "related", &format!("{}{related}", address.base_url), address.link_objects);
    }
    let described_by = [address.base_url, frame.schema_path].concat();
    push_link(out, "describedby", &described_by, address.link_objects);
    if let Some(page) = frame.page {
        Pager { frame, found, page, total }.write(out);
    }
    out.push(b'}');
}

/// The link to this document; an applied profile shows in its type (DOC-12).
fn write_self(out: &mut Vec<u8>, frame: &Frame<'_>) {
    let address = &frame.address;
    let separator = if address.self_query.is_empty() { "" } else { "?" };
    let href = [address.base_url, address.path, separator, address.self_query].concat();
    if frame.applied.profiles.is_empty() && frame.applied.extensions.is_empty() {
        return push_link(out, "self", &href, address.link_objects);
    }
    out.extend_from_slice(b"\"self\":{\"href\":");
    json::string(out, &href);
    out.extend_from_slice(b",\"type\":");
    json::string(out, &frame.applied.content_type());
    out.push(b'}');
}

/// Links to other pages of the primary data.
struct Pager<'a> {
    frame: &'a Frame<'a>,
    found: &'a Found,
    page: &'a Page,
    total: Total,
}

impl Pager<'_> {
    fn write(&self, out: &mut Vec<u8>) {
        match self.page.style {
            Style::Offset => self.offset(out),
            Style::Number { number } => self.number(out, number),
            Style::Cursor { after, before } => self.cursor(out, after, before),
        }
    }

    fn href(&self, parameters: &[(&str, &str)]) -> String {
        let address = &self.frame.address;
        let mut href = [address.base_url, address.path, "?", address.pageless_query].concat();
        for (name, value) in parameters {
            if !href.ends_with('?') {
                href.push('&');
            }
            // Numbers and cursors need no escaping.
            href.extend(["page%5B", name, "%5D=", value]);
        }
        href
    }

    fn link(&self, out: &mut Vec<u8>, name: &str, parameters: &[(&str, &str)]) {
        push_link(out, name, &self.href(parameters), self.frame.address.link_objects);
    }

    fn offset(&self, out: &mut Vec<u8>) {
        let Page { size, offset, .. } = *self.page;
        let limit = size.to_string();
        let at = |out: &mut Vec<u8>, name: &str, offset: u64| {
            self.link(out, name, &[("limit", &limit), ("offset", &offset.to_string())]);
        };
        at(out, "first", 0);
        if let Total::Exact(count) = self.total {
            at(out, "last", last_offset(count, size, offset));
        }
        if offset > 0 {
            at(out, "prev", offset.saturating_sub(size));
        }
        if self.found.more {
            at(out, "next", offset + size);
        }
    }

    fn number(&self, out: &mut Vec<u8>, number: u64) {
        let size = self.page.size.to_string();
        let at = |out: &mut Vec<u8>, name: &str, number: u64| {
            self.link(out, name, &[("number", &number.to_string()), ("size", &size)]);
        };
        at(out, "first", 1);
        if let Total::Exact(count) = self.total {
            at(out, "last", count.div_ceil(self.page.size).max(1));
        }
        if number > 1 {
            at(out, "prev", number - 1);
        }
        if self.found.more {
            at(out, "next", number + 1);
        }
    }

    /// Both `prev` and `next` are always there; `null` where it is known that there is no such page (CUR-50).
    fn cursor(&self, out: &mut Vec<u8>, after: bool, before: bool) {
        let reversed = self.page.is_reversed();
        let (first, last) = (&self.found.first_cursor, &self.found.last_cursor);
        let (first, last) = if reversed { (last, first) } else { (first, last) };
        let has_items = self.found.rows > 0;
        let has_previous = has_items && if reversed { self.found.more } else { after };
        let has_next = has_items && (before || self.found.more);
        let size = self.page.size.to_string();
        self.link(out, "first", &[("size", &size)]);
        for (name, there, parameter, cursor) in
            [("prev", has_previous, "before", first), ("next", has_next, "after", last)]
        {
            if there {
                self.link(out, name, &[("size", &size), (parameter, cursor)]);
            } else {
                out.extend_from_slice(format!(",\"{name}\":null").as_bytes());
            }
        }
    }
}

/// Where the last page starts, counted in steps of `size` from the page shown.
fn last_offset(count: u64, size: u64, offset: u64) -> u64 {
    let shift = offset % size;
    if count <= shift { 0 } else { shift + (count - shift - 1) / size * size }
}

/// The path of a related link.
pub(crate) fn related_path(path: &str) -> Option<String> {
    let (start, name) = path.rsplit_once("/relationships/")?;
    Some(format!("{start}/{name}"))
}
