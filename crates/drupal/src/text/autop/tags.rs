//! Steps that look at tags.

use crate::text::xss::is_blank;

/// Elements that are blocks: they do not stand in paragraphs.
const BLOCKS: &[&str] = &[
    "table",
    "thead",
    "tfoot",
    "caption",
    "col",
    "colgroup",
    "tbody",
    "tr",
    "td",
    "th",
    "div",
    "dl",
    "dd",
    "dt",
    "ul",
    "ol",
    "li",
    "pre",
    "select",
    "option",
    "form",
    "map",
    "area",
    "blockquote",
    "address",
    "math",
    "input",
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "fieldset",
    "legend",
    "hr",
    "article",
    "aside",
    "details",
    "figcaption",
    "figure",
    "footer",
    "header",
    "hgroup",
    "menu",
    "nav",
    "section",
    "summary",
];

/// Elements before whose tags no line break stands.
const UNBROKEN: &[&str] = &["p", "li", "div", "dl", "dd", "dt", "th", "pre", "td", "ul", "ol"];

const BREAK: &str = "<br />";

/// Whether a text begins with a block's name. What follows the name is not looked at.
fn begins_block(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase()) && BLOCKS.iter().any(|block| text.starts_with(block))
}

/// The length of the end tag of one of some elements, from its slash on.
fn end_tag_length(text: &str, names: &[&str]) -> Option<usize> {
    let end = text.as_bytes().iter().take(16).position(|byte| *byte == b'>')?;
    names.contains(&text.get(..end)?).then_some(end + 1)
}

/// Replaces two breaks in a row by a blank line.
pub(super) fn join_breaks(chunk: &str) -> String {
    let mut out = String::with_capacity(chunk.len());
    let mut rest = chunk;
    while let Some(found) = rest.find(BREAK) {
        out.push_str(&rest[..found]);
        let after = &rest[found + BREAK.len()..];
        if let Some(next) = after.trim_start_matches(is_blank).strip_prefix(BREAK) {
            out.push_str("\n\n");
            rest = next;
        } else {
            out.push_str(BREAK);
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

/// Puts a line end before blocks and a blank line behind them.
pub(super) fn space_blocks(chunk: &str) -> String {
    let mut out = String::with_capacity(chunk.len() + chunk.len() / 16);
    let mut written = 0;
    // Where the last start tag ended.
    let mut tag_end = 0;
    for (at, _) in chunk.match_indices('<') {
        let rest = &chunk[at + 1..];
        if let Some(name) = rest.strip_prefix('/') {
            if let Some(length) = end_tag_length(name, BLOCKS) {
                let end = at + 2 + length;
                out.push_str(&chunk[written..end]);
                out.push_str("\n\n");
                written = end;
            }
        } else if at >= tag_end && begins_block(rest) {
            // Without a bracket no tag follows at all.
            let Some(length) = rest.find('>') else { break };
            tag_end = at + 2 + length;
            out.push_str(&chunk[written..at]);
            out.push('\n');
            written = at;
        }
    }
    out.push_str(&chunk[written..]);
    out
}

/// Takes items of lists out of paragraphs.
pub(super) fn free_items(chunk: &str) -> String {
    const START: &str = "<p><li";
    let mut out = String::with_capacity(chunk.len());
    let mut rest = chunk;
    while let Some(found) = rest.find(START) {
        let content = found + START.len();
        let line = &rest[content..rest[content..].find('\n').map_or(rest.len(), |length| content + length)];
        let first = line.chars().next().map_or(0, char::len_utf8);
        if let Some(length) = line[first..].find("</p>").filter(|_| first > 0) {
            let end = content + first + length;
            out.push_str(&rest[..found]);
            out.push_str(&rest[found + 3..end]);
            rest = &rest[end + 4..];
        } else {
            // The line has no more of them.
            out.push_str(&rest[..content + line.len()]);
            rest = &rest[content + line.len()..];
        }
    }
    out.push_str(rest);
    out
}

/// Puts paragraphs into quotes instead of quotes into paragraphs.
pub(super) fn open_quotes(chunk: &str) -> String {
    const START: &str = "<p><blockquote";
    const END: &str = "</blockquote></p>";
    let is_start = |at: usize| {
        let bytes = chunk.as_bytes().get(at..at + START.len());
        bytes.is_some_and(|bytes| bytes.eq_ignore_ascii_case(START.as_bytes()))
    };
    let mut out = String::with_capacity(chunk.len() + 16);
    let mut written = 0;
    for (at, _) in chunk.match_indices('<').filter(|(at, _)| is_start(*at)) {
        let content = at + START.len();
        let Some(length) = chunk[content..].find('>').filter(|_| at >= written) else { continue };
        out.push_str(&chunk[written..at]);
        out.extend(["<blockquote", &chunk[content..content + length], "><p>"]);
        written = content + length + 1;
    }
    out.push_str(&chunk[written..]);
    if out.contains(END) { out.replace(END, "</p></blockquote>") } else { out }
}

/// Takes paragraphs away in which there is nothing.
pub(super) fn drop_empty(chunk: &str) -> String {
    let mut out = String::with_capacity(chunk.len());
    let mut rest = chunk;
    while let Some(found) = rest.find("<p>") {
        let after = &rest[found + 3..];
        if let Some(next) = after.trim_start_matches(is_blank).strip_prefix("</p>") {
            out.push_str(&rest[..found]);
            rest = next.strip_prefix('\n').unwrap_or(next);
        } else {
            out.push_str(&rest[..found + 3]);
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

/// Takes the tags of paragraphs away that stand right before or behind a block's tag.
pub(super) fn free_blocks(chunk: &str) -> String {
    let mut out = String::with_capacity(chunk.len());
    let mut rest = chunk;
    while let Some(found) = rest.find("<p>") {
        let tag = rest[found + 3..].trim_start_matches(is_blank);
        let name = tag.strip_prefix('<').map(|name| name.strip_prefix('/').unwrap_or(name));
        if let Some(end) = name.filter(|name| begins_block(name)).and_then(|_| tag.find('>')) {
            out.push_str(&rest[..found]);
            out.push_str(&tag[..=end]);
            rest = &tag[end + 1..];
        } else {
            out.push_str(&rest[..found + 3]);
            rest = &rest[found + 3..];
        }
    }
    out.push_str(rest);
    drop_behind_blocks(&out, "</p>")
}

/// Takes away what stands behind a block's tag, blanks between them included.
fn drop_behind_blocks(chunk: &str, dropped: &str) -> String {
    let mut out = String::with_capacity(chunk.len());
    let mut at = 0;
    let mut written = 0;
    // The tag's end that was looked at last, and where what is dropped behind it ends.
    let mut tag_end = 0;
    let mut dropped_end = None;
    while let Some(found) = chunk[at..].find('<') {
        let start = at + found;
        at = start + 1;
        let name = chunk[at..].strip_prefix('/').unwrap_or(&chunk[at..]);
        if !begins_block(name) {
            continue;
        }
        if start >= tag_end {
            let Some(length) = chunk[start..].find('>') else { break };
            tag_end = start + length + 1;
            let after = chunk[tag_end..].trim_start_matches(is_blank).strip_prefix(dropped);
            dropped_end = after.map(|after| chunk.len() - after.len());
        }
        if let Some(end) = dropped_end {
            out.push_str(&chunk[written..tag_end]);
            (at, written, tag_end, dropped_end) = (end, end, end, None);
        }
    }
    out.push_str(&chunk[written..]);
    out
}

/// Takes breaks away that stand behind a block's tag or before one.
pub(super) fn drop_breaks(chunk: &str) -> String {
    let chunk = drop_behind_blocks(chunk, BREAK);
    let mut out = String::with_capacity(chunk.len());
    let mut rest = &*chunk;
    while let Some(found) = rest.find(BREAK) {
        let after = &rest[found + BREAK.len()..];
        let tag = after.trim_start_matches(is_blank);
        let name = tag.strip_prefix('<').map(|name| name.strip_prefix('/').unwrap_or(name));
        let length =
            name.and_then(|name| end_tag_length(name, UNBROKEN).map(|end| after.len() - name.len() + end));
        out.push_str(&rest[..found]);
        if let Some(length) = length {
            out.push_str(&after[..length]);
            rest = &after[length..];
        } else {
            out.push_str(BREAK);
            rest = after;
        }
    }
    out.push_str(rest);
    out
}
