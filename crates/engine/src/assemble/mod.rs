//! The document put together: what a read found, its links and its meta, as one body.

mod links;

use std::borrow::Cow;
use std::mem;
use std::ops::Range;

use docent_jsonapi::media_type::Applied;
use docent_jsonapi::{document, json};

pub(crate) use self::links::{Address, push_link, related_path};
use crate::api::Body;
use crate::plan::{Data, Plan};
use crate::resolve::{Page, Style};
use crate::run::{Chunks, Entry, Found, Gathered, id_segment};

/// What a document says besides its data.
pub(crate) struct Frame<'a> {
    pub(crate) address: Address<'a>,
    pub(crate) applied: &'a Applied,
    /// Where below the base the schema of the primary data's type is.
    pub(crate) schema_path: &'a str,
    /// The page, if the primary data is a list.
    pub(crate) page: Option<&'a Page>,
    /// Whether `included` is there even if it is empty.
    pub(crate) compound: bool,
    /// Whether the whole type is listed, so that the database's own estimate of its size holds.
    pub(crate) row_estimate: Option<u64>,
    pub(crate) count_limit: u64,
    /// Members shown of each relationship, for links to the rest: by layer, less one.
    pub(crate) related: &'a [u64],
}

impl<'a> Frame<'a> {
    /// For resource objects outside of a document of their own.
    pub(crate) fn of_objects(
        page: &'a Page,
        related: &'a [u64],
        applied: &'a Applied,
        link_objects: bool,
    ) -> Self {
        let address = Address {
            base_url: "",
            path: "",
            self_query: "",
            pageless_query: "",
            link_objects,
            related: None,
        };
        Frame {
            address,
            applied,
            schema_path: "",
            page: Some(page),
            compound: false,
            row_estimate: None,
            count_limit: 0,
            related,
        }
    }
}

/// How many primary resources there are in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Total {
    Exact(u64),
    Estimate(u64),
    Unknown,
}

/// A buffer of at least this size becomes a part of the body instead of being copied into one.
const PART_BYTES_MIN: usize = 16 * 1024;

/// Writes the document. Takes buffers out of `found`: those that are the document's bytes as they stand are handed over,
/// others are freed as soon as they are copied.
pub(crate) fn document(plan: &Plan, found: &mut Found, frame: &Frame<'_>) -> Body {
    let gathered = &mut found.gathered;
    plan.remember_sizes(gathered.sizes());
    let (data, included) = (mem::take(&mut gathered.data), mem::take(&mut gathered.included));
    let is_whole_data = plan.data == Data::Resources && !plan.keeps_resources && frame.page.is_some();
    let copied = |bytes: usize, is_whole: bool| if is_whole && bytes >= PART_BYTES_MIN { 0 } else { bytes };
    let bytes = copied(data.len(), is_whole_data) + copied(included.len(), true);

    let mut body = Body::default();
    let mut out = Vec::with_capacity(bytes + gathered.members.len() * 40 + 1024);
    let writer = Writer { plan, found, frame };
    out.push(b'{');
    document::write_jsonapi(&mut out, frame.applied);
    let total = writer.total();
    links::write(&mut out, frame, found, total);
    out.extend_from_slice(b",\"data\":");
    if is_whole_data {
        out.push(b'[');
        hand_over(&mut body, &mut out, data);
        out.push(b']');
    } else {
        writer.data(&mut out, &data);
        drop(data);
    }
    if frame.compound {
        out.extend_from_slice(b",\"included\":[");
        let has_holes = found.gathered.holes_in_included > 0;
        let included = if has_holes { writer.filled(included) } else { included };
        for chunk in included {
            hand_over(&mut body, &mut out, chunk);
        }
        out.push(b']');
    }
    writer.meta(&mut out, total);
    out.push(b'}');
    body.push(out);
    body
}

/// Resource objects, by id.
#[derive(Debug, Default)]
pub(crate) struct Objects<'f> {
    bytes: Cow<'f, [u8]>,
    by_id: foldhash::HashMap<&'f [u8], Range<usize>>,
}

impl Objects<'_> {
    pub(crate) fn get(&self, id: &str) -> Option<&[u8]> {
        self.by_id.get(id.as_bytes()).map(|range| &self.bytes[range.clone()])
    }
}

/// The resource objects of the primary data.
pub(crate) fn objects<'f>(plan: &Plan, found: &'f Found, frame: &Frame<'_>) -> Objects<'f> {
    let gathered = &found.gathered;
    plan.remember_sizes(gathered.sizes());
    // Without holes to fill they are there already.
    let are_whole = gathered.holes.is_empty();
    let writer = Writer { plan, found, frame };
    let mut filled = Vec::with_capacity(if are_whole { 0 } else { gathered.data.len() });
    let object = |entry: &'f Entry| {
        let id = gathered.texts.get(entry.id);
        if are_whole {
            return (id, entry.bytes.start as usize..entry.bytes.end as usize);
        }
        let start = filled.len();
        writer.entry(&mut filled, &gathered.data, entry);
        (id, start..filled.len())
    };
    let by_id = gathered.data_entries.iter().map(object).collect();
    let bytes = if are_whole { Cow::Borrowed(&gathered.data[..]) } else { Cow::Owned(filled) };
    Objects { bytes, by_id }
}

/// Adds a buffer to the body behind what is in `out`: as a part if it is large, as a copy in `out` otherwise.
fn hand_over(body: &mut Body, out: &mut Vec<u8>, buffer: Vec<u8>) {
    if buffer.len() < PART_BYTES_MIN {
        return out.extend_from_slice(&buffer);
    }
    if !out.is_empty() {
        body.push(mem::replace(out, Vec::with_capacity(1024)));
    }
    body.push(buffer);
}

struct Writer<'a> {
    plan: &'a Plan,
    found: &'a Found,
    frame: &'a Frame<'a>,
}

impl Writer<'_> {
    fn data(&self, out: &mut Vec<u8>, data: &[u8]) {
        let gathered = &self.found.gathered;
        match &self.plan.data {
            Data::Resources if !self.plan.keeps_resources => {
                self.list(out, data.is_empty(), |_, out| out.extend_from_slice(data));
            }
            Data::Resources => self.list(out, gathered.data_entries.is_empty(), |this, out| {
                if this.is_reversed() {
                    this.entries(out, data, gathered.data_entries.iter().rev());
                } else {
                    this.entries(out, data, gathered.data_entries.iter());
                }
            }),
            Data::Identifiers { start, .. } => {
                self.list(out, gathered.identifiers.is_empty(), |this, out| this.identifiers(out, start));
            }
            Data::Linkage { start, .. } => match &self.found.linkage {
                Some(id) => {
                    out.extend_from_slice(start);
                    json::string(out, id);
                    out.push(b'}');
                }
                None => out.extend_from_slice(b"null"),
            },
        }
    }

    fn identifiers(&self, out: &mut Vec<u8>, start: &[u8]) {
        let gathered = &self.found.gathered;
        let mut identifiers = gathered.identifiers.clone();
        if self.is_reversed() {
            identifiers.reverse();
        }
        for (position, (id, cursor)) in identifiers.into_iter().enumerate() {
            if position > 0 {
                out.push(b',');
            }
            out.extend_from_slice(start);
            json::string_lossy(out, gathered.texts.get(id));
            let meta = self.found.metas.get(&*String::from_utf8_lossy(gathered.texts.get(id)));
            if cursor.is_some() || meta.is_some() {
                out.extend_from_slice(b",\"meta\":");
                out.extend_from_slice(meta.map_or(b"{", |meta| &meta[..meta.len() - 1]));
                if let Some(cursor) = cursor {
                    out.extend_from_slice(if meta.is_some() { b"," } else { b"" });
                    out.extend_from_slice(b"\"page\":{\"cursor\":");
                    json::string_lossy(out, gathered.texts.get(cursor));
                    out.push(b'}');
                }
                out.push(b'}');
            }
            out.push(b'}');
        }
    }

    fn is_reversed(&self) -> bool {
        self.frame.page.is_some_and(Page::is_reversed)
    }

    /// A list, or for single data its one element or `null`.
    fn list(&self, out: &mut Vec<u8>, empty: bool, write: impl FnOnce(&Self, &mut Vec<u8>)) {
        if self.frame.page.is_some() {
            out.push(b'[');
            write(self, out);
            out.push(b']');
        } else if empty {
            out.extend_from_slice(b"null");
        } else {
            write(self, out);
        }
    }

    fn entries<'e>(&self, out: &mut Vec<u8>, bytes: &[u8], entries: impl Iterator<Item = &'e Entry>) {
        for (position, entry) in entries.enumerate() {
            if position > 0 {
                out.push(b',');
            }
            self.entry(out, bytes, entry);
        }
    }

    /// The included resources with their holes filled. Each chunk is freed before the next one is copied.
    fn filled(&self, included: Chunks) -> Chunks {
        let gathered = &self.found.gathered;
        let mut filled = Chunks::default();
        filled.reserve(included.len() + gathered.members.len() * 40);
        let entries = gathered.included_entries.chunk_by(|one, next| one.chunk == next.chunk);
        for (chunk, entries) in included.into_iter().zip(entries) {
            for entry in entries {
                self.entry(filled.next_object().0, &chunk, entry);
            }
            filled.recycle(chunk);
        }
        filled
    }

    fn entry(&self, out: &mut Vec<u8>, bytes: &[u8], entry: &Entry) {
        let gathered = &self.found.gathered;
        let specs = self.plan.holes.get(entry.type_id);
        let mut copied = entry.bytes.start as usize;
        for (index, spec) in (entry.holes..).zip(specs) {
            let hole = &gathered.holes[index as usize];
            let at = hole.at as usize;
            out.extend_from_slice(&bytes[copied..at]);
            copied = at;
            let Some(layer) = hole.layer else {
                out.push(b'}');
                continue;
            };
            if spec.to_many {
                self.hole_links(out, entry, spec, index, usize::from(layer));
            }
            out.extend_from_slice(if spec.to_many { b"},\"data\":[" } else { b"},\"data\":" });
            let mut members = gathered.members_of(hole).peekable();
            if members.peek().is_none() && !spec.to_many {
                out.extend_from_slice(b"null");
            }
            for (position, member) in members.enumerate() {
                if position > 0 {
                    out.push(b',');
                }
                out.extend_from_slice(&spec.identifier);
                let id = gathered.texts.get(member.id);
                if member.is_number {
                    out.push(b'"');
                    out.extend_from_slice(id);
                    out.push(b'"');
                } else {
                    json::string_lossy(out, id);
                }
                if let Some(meta) = member.meta {
                    out.extend_from_slice(b",\"meta\":");
                    out.extend_from_slice(gathered.texts.get(meta));
                }
                out.push(b'}');
            }
            if spec.to_many {
                out.push(b']');
            }
        }
        out.extend_from_slice(&bytes[copied..entry.bytes.end as usize]);
    }

    /// Pagination links of a relationship (REL-11: they lead to identifiers). Under the cursor profile both stand
    /// there, be it as `null` (CUR-50).
    fn hole_links(
        &self,
        out: &mut Vec<u8>,
        entry: &Entry,
        spec: &crate::plan::Hole,
        index: u32,
        layer: usize,
    ) {
        let gathered: &Gathered = &self.found.gathered;
        let hole = &gathered.holes[index as usize];
        let with_cursors = self.frame.page.is_some_and(Page::has_cursors);
        if with_cursors {
            out.extend_from_slice(b",\"prev\":null");
            if !hole.more {
                out.extend_from_slice(b",\"next\":null");
            }
        }
        if !hole.more {
            return;
        }
        let limit = self.frame.related[layer - 1];
        let query = if with_cursors {
            let cursor = gathered.hole_cursors.iter().find(|(known, _)| *known == index);
            format!(
                "page%5Bsize%5D={limit}&page%5Bafter%5D={}",
                cursor.map(|(_, text)| text.as_str()).unwrap_or_default()
            )
        } else {
            format!("page%5Blimit%5D={limit}&page%5Boffset%5D={limit}")
        };
        out.extend_from_slice(b",\"next\":");
        let (open, close): (&[u8], &[u8]) =
            if self.frame.address.link_objects { (b"{\"href\":\"", b"\"}") } else { (b"\"", b"\"") };
        out.extend_from_slice(open);
        out.extend_from_slice(spec.url_start.as_bytes());
        id_segment(out, &String::from_utf8_lossy(gathered.texts.get(entry.id)));
        out.extend_from_slice(spec.url_end.as_bytes());
        out.push(b'?');
        out.extend_from_slice(query.as_bytes());
        out.extend_from_slice(close);
    }

    /// The number of all primary resources, as far as it is known without counting or was counted.
    fn total(&self) -> Total {
        let Some(page) = self.frame.page else { return Total::Unknown };
        let (rows, more) = (self.found.rows, self.found.more);
        let shows_end = match page.style {
            Style::Cursor { after, before } => !after && !before && !more,
            _ => !more && (rows > 0 || page.offset == 0),
        };
        match self.found.count {
            _ if shows_end => Total::Exact(page.offset + rows),
            Some(count) if count <= self.frame.count_limit => Total::Exact(count),
            Some(_) => self.frame.row_estimate.map_or(Total::Unknown, Total::Estimate),
            None => Total::Unknown,
        }
    }

    fn meta(&self, out: &mut Vec<u8>, total: Total) {
        let Some(page) = self.frame.page else { return };
        let mut members: Vec<String> = Vec::new();
        match total {
            Total::Exact(count) => members.push(format!("\"count\":{count}")),
            Total::Estimate(count) => {
                members.push(format!("\"count\":{count}"));
                members.push("\"count_is_estimate\":true".to_owned());
            }
            Total::Unknown => {}
        }
        if let Style::Cursor { after, before } = page.style {
            let mut about_page: Vec<String> = Vec::new();
            match total {
                Total::Exact(count) => about_page.push(format!("\"total\":{count}")),
                Total::Estimate(count) => {
                    about_page.push(format!("\"estimatedTotal\":{{\"bestGuess\":{count}}}"));
                }
                Total::Unknown => {}
            }
            if after && before && self.found.more {
                about_page.push("\"rangeTruncated\":true".to_owned());
            }
            if !about_page.is_empty() {
                members.push(format!("\"page\":{{{}}}", about_page.join(",")));
            }
        }
        if !members.is_empty() {
            out.extend_from_slice(format!(",\"meta\":{{{}}}", members.join(",")).as_bytes());
        }
    }
}
