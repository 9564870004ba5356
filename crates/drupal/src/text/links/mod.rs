//! The filter that makes links of URLs and e-mail addresses in a text.

mod url;

use std::borrow::Cow;

use super::entities;
use url::{Finder, email, full, www};

/// The protocols that URLs may have.
pub(super) const PROTOCOLS: &[&str] = &[
    "http", "https", "ftp", "news", "nntp", "tel", "telnet", "mailto", "irc", "ssh", "sftp", "webcal", "rtsp",
];

/// Elements in which nothing becomes a link.
const KEPT: &[&str] = &["a", "script", "style", "code", "pre"];

/// The text with links; their texts are not longer than `length` characters.
pub(super) fn process(text: &str, length: usize) -> String {
    let mut text = Cow::Borrowed(text);
    let tasks: [(&str, &str, Finder); 3] =
        [(":", "", full), ("@", "mailto:", email), ("www.", "http://", www)];
    for (sign, prefix, find) in tasks {
        // Each kind sees the links that the kinds before it have made.
        if text.contains(sign) {
            text = Cow::Owned(link_all(&text, prefix, find, length));
        }
    }
    text.into_owned()
}

/// Makes links of all that is found outside of tags, comments and some elements.
fn link_all(text: &str, prefix: &str, find: Finder, length: usize) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut kept: Option<&str> = None;
    let mut at = 0;
    let mut tags = Tags { text, no_comment: false };
    loop {
        let tag = tags.next(at);
        let chunk = &text[at..tag.map_or(text.len(), |(start, _)| start)];
        match kept {
            Some(_) => out.push_str(chunk),
            None => link(chunk, prefix, find, length, &mut out),
        }
        let Some((start, end)) = tag else { return out };
        let tag = &text[start..end];
        out.push_str(tag);
        at = end;
        if !tag.starts_with("<!--") || !tag.ends_with("-->") {
            kept = match kept {
                None => opened(tag),
                Some(open) if closes(tag, open) => None,
                Some(open) => Some(open),
            };
        }
    }
}

struct Tags<'t> {
    text: &'t str,
    /// Whether no comment ends in what follows.
    no_comment: bool,
}

impl Tags<'_> {
    /// Where the next tag or comment begins and ends.
    fn next(&mut self, at: usize) -> Option<(usize, usize)> {
        let start = at + self.text[at..].find('<')?;
        if let Some(end) = self.comment_end(start) {
            return Some((start, end));
        }
        // A tag has at least one character. A comment in it hides its brackets, but the last.
        let first = self.text[start + 1..].chars().next().map_or(0, char::len_utf8);
        let mut from = start + 1 + first;
        if let Some(end) =
            self.text[start + 1..].starts_with('<').then(|| self.comment_end(start + 1)).flatten()
        {
            return Some((start, end));
        }
        loop {
            let found = from + self.text[from..].find(['<', '>'])?;
            if self.text[found..].starts_with('>') {
                return Some((start, found + 1));
            }
            if let Some(end) = self.comment_end(found) {
                return Some((start, end));
            }
            from = found + 1;
        }
    }

    fn comment_end(&mut self, start: usize) -> Option<usize> {
        if self.no_comment || !self.text[start..].starts_with("<!--") {
            return None;
        }
        let content = start + 4;
        let end = self.text[content..].find("-->");
        self.no_comment = end.is_none();
        end.map(|length| content + length + 3)
    }
}

/// The element that a tag opens, if nothing becomes a link in it.
fn opened(tag: &str) -> Option<&str> {
    tag.match_indices('<').find_map(|(at, _)| {
        let rest = &tag[at + 1..];
        KEPT.iter().find_map(|kept| {
            let name = rest.get(..kept.len()).filter(|name| name.eq_ignore_ascii_case(kept))?;
            let after = rest[kept.len()..].chars().next()?;
            (after == '>' || super::xss::is_blank(after)).then_some(name)
        })
    })
}

/// Whether a tag closes an element.
fn closes(tag: &str, name: &str) -> bool {
    tag.match_indices("</").any(|(at, _)| {
        let rest = &tag.as_bytes()[at + 2..];
        rest.get(name.len()) == Some(&b'>') && rest[..name.len()].eq_ignore_ascii_case(name.as_bytes())
    })
}

/// Makes links of all that is found in text without tags.
fn link(text: &str, prefix: &str, find: Finder, length: usize, out: &mut String) {
    let mut written = 0;
    find(text, &mut |start, end| {
        out.push_str(&text[written..start]);
        written = end;
        let url = entities::decode(&text[start..end]);
        let (target, label) = (entities::escape(&url), entities::escape(&truncate(&url, length)));
        out.extend(["<a href=\"", prefix, &target, "\">", &label, "</a>"]);
    });
    out.push_str(&text[written..]);
}

/// A text of no more than so many characters, the last of which stands for those that are left out.
fn truncate(text: &str, length: usize) -> Cow<'_, str> {
    if text.chars().nth(length).is_none() {
        return Cow::Borrowed(text);
    }
    let Some(kept) = length.checked_sub(1) else { return Cow::Borrowed("") };
    let end = text.char_indices().nth(kept).map_or(text.len(), |(at, _)| at);
    Cow::Owned(format!("{}…", text[..end].trim_end_matches('.')))
}
