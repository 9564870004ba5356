//! Drupal's filter against cross-site scripting: only listed tags, no dangerous attributes, no dangerous URLs.
//!
//! It works on the text as it stands, without building a tree.

use super::entities;
use super::links::PROTOCOLS;

/// The text with all tags taken out but those for whose name, in small letters, `allows` holds.
pub(super) fn filter(text: &str, allows: impl Fn(&str) -> bool) -> String {
    let text = defuse_entities(&text.replace('\0', ""));
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    // Up to there no comment ends.
    let mut no_comment_until = 0;
    while let Some(found) = text[at..].find(['<', '>']) {
        out.push_str(&text[at..at + found]);
        at += found;
        let rest = &text[at..];
        let length = match rest.as_bytes() {
            [b'>', ..] => {
                out.push_str("&gt;");
                1
            }
            [b'<'] => {
                out.push_str("&lt;");
                1
            }
            [_, after, ..] if !after.is_ascii_alphabetic() && !matches!(after, b'!' | b'/') => {
                out.push_str("&lt;");
                1
            }
            _ => comment_length(&text, at, &mut no_comment_until).unwrap_or_else(|| {
                let length = rest.find('>').map_or(rest.len(), |end| end + 1);
                tag(&rest[..length], &allows, &mut out);
                length
            }),
        };
        at += length;
    }
    out.push_str(&text[at..]);
    out
}

/// How long the comment is that begins there, if it ends on the same line.
pub(super) fn comment_length(text: &str, at: usize, no_comment_until: &mut usize) -> Option<usize> {
    if !text[at..].starts_with("<!--") || at < *no_comment_until {
        return None;
    }
    let content = at + 4;
    let line_end = text[content..].find('\n').map_or(text.len(), |length| content + length);
    if let Some(length) = text[content..line_end].find("-->") {
        return Some(4 + length + 3);
    }
    *no_comment_until = line_end;
    None
}

/// Takes script entities out, and makes ampersands that begin no entity harmless.
fn defuse_entities(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(found) = rest.find('&') {
        out.push_str(&rest[..found]);
        rest = &rest[found..];
        let after = rest[1..].trim_start_matches(is_blank);
        if let Some(script) = after.strip_prefix('{') {
            let Some(end) = script.find('}') else { return out };
            let after = script[end + 1..].trim_start_matches(is_blank);
            rest = after.strip_prefix(';').unwrap_or(after);
            continue;
        }
        rest = &rest[1..];
        out.push('&');
        match entity(rest) {
            Some((length, zeros)) if zeros > 0 || rest.starts_with("#X") => {
                out.push_str("#x");
                out.push_str(&rest[2 + zeros..length]);
                rest = &rest[length..];
            }
            Some((length, _)) => {
                out.push_str(&rest[..length]);
                rest = &rest[length..];
            }
            None => out.push_str("amp;"),
        }
    }
    out.push_str(rest);
    out
}

/// The length of a well-formed entity behind its ampersand, and how many leading zeros it can do without.
fn entity(text: &str) -> Option<(usize, usize)> {
    let end = text.bytes().position(|byte| !byte.is_ascii_alphanumeric() && byte != b'#')?;
    if text.as_bytes()[end] != b';' {
        return None;
    }
    let name = &text[..end];
    if let Some(digits) = name.strip_prefix("#x").or_else(|| name.strip_prefix("#X")) {
        let are_hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let zeros = digits.bytes().take_while(|byte| *byte == b'0').count();
        // What remains must be pairs of digits.
        let zeros = (0..=zeros).rev().find(|zeros| {
            let digits = digits.len() - zeros;
            digits >= 2 && digits.is_multiple_of(2)
        });
        return zeros.filter(|_| are_hexadecimal).map(|zeros| (end + 1, zeros));
    }
    let is_well_formed = match name.strip_prefix('#') {
        Some(digits) => !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()),
        None => name.starts_with(|c: char| c.is_ascii_alphabetic()) && !name.contains('#'),
    };
    is_well_formed.then_some((end + 1, 0))
}

/// A tag, cleaned, if it is allowed.
fn tag(tag: &str, allows: &impl Fn(&str) -> bool, out: &mut String) {
    let content = tag[1..].trim_start_matches(is_blank);
    let (is_end, content) = match content.strip_prefix('/') {
        Some(content) => (true, content.trim_start_matches(is_blank)),
        None => (false, content),
    };
    let length = content.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'-').count();
    let (name, content) = content.split_at(length);
    let is_allowed = if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        allows(&name.to_ascii_lowercase())
    } else {
        allows(name)
    };
    if name.is_empty() || !is_allowed {
        return;
    }
    if is_end {
        out.extend(["</", name, ">"]);
        return;
    }
    out.extend(["<", name]);
    let content = content.trim_start_matches(is_blank);
    let content = content.strip_suffix('>').unwrap_or(content);
    let trimmed = content.trim_end_matches(is_blank);
    let (content, is_closed) = match trimmed.strip_suffix('/') {
        Some(content) => (content, true),
        None => (content, false),
    };
    let start = out.len();
    attributes(content, out);
    if out[start..].contains(['<', '>']) {
        let cleaned = out[start..].replace(['<', '>'], "");
        out.truncate(start);
        out.push_str(&cleaned);
    }
    out.push_str(if is_closed { " />" } else { ">" });
}

/// Attributes that are well-formed and harmless, each behind a blank.
fn attributes(mut rest: &str, out: &mut String) {
    while !rest.is_empty() {
        let length = name_length(rest);
        if length == 0 {
            rest = after_malformed(rest);
            continue;
        }
        let name = rest[..length].to_ascii_lowercase();
        rest = &rest[length..];
        let is_skipped =
            name == "style" || name.starts_with("on") || name.starts_with('-') || name.len() > 96;
        let after = rest.trim_start_matches(is_blank);
        if let Some(value) = after.strip_prefix('=') {
            let (value, next) = self::value(value.trim_start_matches(is_blank));
            rest = next;
            if let (Some((quote, value)), false) = (value, is_skipped) {
                let value = if is_not_url(&name) { value.to_owned() } else { harmless(value) };
                out.extend([" ", &name, "=", quote, &value, quote]);
            }
        } else if after.len() < rest.len() || rest.is_empty() {
            rest = after;
            if !is_skipped {
                out.extend([" ", &name]);
            }
        } else {
            rest = after_malformed(rest);
        }
    }
}

fn name_length(text: &str) -> usize {
    let is_first = |byte: u8| byte.is_ascii_alphabetic() || byte == b'-';
    let is_next = |byte: u8| is_first(byte) || byte.is_ascii_digit();
    match text.bytes().next() {
        Some(byte) if is_first(byte) => text.bytes().take_while(|byte| is_next(*byte)).count(),
        _ => 0,
    }
}

/// A value with the quotes to write it in, and what follows it.
fn value(text: &str) -> (Option<(&'static str, &str)>, &str) {
    let (quote, value, after) = match text.as_bytes().first() {
        Some(b'"') => match text[1..].split_once('"') {
            Some((value, after)) => ("\"", value, after),
            None => return (None, text),
        },
        Some(b'\'') => match text[1..].split_once('\'') {
            Some((value, after)) => ("'", value, after),
            None => return (None, text),
        },
        _ => {
            let end = text.find(|c| is_blank(c) || matches!(c, '"' | '\'')).unwrap_or(text.len());
            let (value, after) = text.split_at(end);
            if value.is_empty() {
                return (None, text);
            }
            ("\"", value, after)
        }
    };
    let next = after.trim_start_matches(is_blank);
    if next.len() < after.len() || after.is_empty() { (Some((quote, value)), next) } else { (None, text) }
}

/// What follows something that is no attribute, up to the next blank outside of quotes.
fn after_malformed(text: &str) -> &str {
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        rest = match character {
            '"' | '\'' => rest[1..].split_once(character).map_or("", |(_, after)| after),
            _ if is_blank(character) => break,
            _ => &rest[character.len_utf8()..],
        };
    }
    rest.trim_start_matches(is_blank)
}

/// Whether an attribute's value is never a URL.
fn is_not_url(name: &str) -> bool {
    name.starts_with("data-") || matches!(name, "title" | "alt" | "rel" | "property" | "class" | "datetime")
}

/// A value without dangerous protocols.
fn harmless(value: &str) -> String {
    let decoded = entities::decode(value);
    let mut url = &*decoded;
    while let Some(colon) = url.find(':').filter(|colon| *colon > 0) {
        let protocol = &url[..colon];
        let is_known = PROTOCOLS.iter().any(|known| known.eq_ignore_ascii_case(protocol));
        if is_known || protocol.contains(['/', '?', '#']) {
            break;
        }
        url = &url[colon + 1..];
    }
    entities::escape(url)
}

/// Whether a regular expression's `\s` stands for that character.
pub(super) fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t'..='\r')
}
