//! The filter that makes paragraphs and line breaks of line ends.
//!
//! Its results depend on the exact order in which it adds and takes away tags, so it is a row of small steps, each of
//! which goes over the text once.

mod paragraphs;
mod tags;

use paragraphs::{break_lines, make_paragraphs, trim_blank_lines};

use super::xss::{comment_length, is_blank};

/// The text with paragraphs and line breaks.
pub(super) fn process(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 4 + 16);
    // The element whose content stays as it is.
    let mut kept: Option<&str> = None;
    let mut at = 0;
    let mut no_comment_until = 0;
    while let Some((start, end)) = next_kept(text, at, &mut no_comment_until) {
        let (before, found) = (&text[at..start], &text[start..end]);
        match kept {
            Some(_) => out.push_str(before),
            None => paragraphs_of(before, &mut out),
        }
        out.push_str(found);
        at = end;
        let is_end = found.starts_with("</");
        let name = &found[1 + usize::from(is_end)..];
        let name = &name[..name.find([' ', '>']).unwrap_or(name.len())];
        match kept {
            _ if found.starts_with("<!--") => {}
            None if !is_end => kept = Some(name),
            Some(open) if is_end && open == name => kept = None,
            _ => {}
        }
    }
    match kept {
        Some(_) => out.push_str(&text[at..]),
        None => paragraphs_of(&text[at..], &mut out),
    }
    out
}

const KEPT: &[&str] = &["pre", "script", "style", "object", "iframe", "drupal-media", "svg", "!--"];

/// Where the next comment or tag of an element that is kept as it is begins and ends.
fn next_kept(text: &str, mut at: usize, no_comment_until: &mut usize) -> Option<(usize, usize)> {
    loop {
        at += text[at..].find('<')?;
        let rest = &text[at..];
        let name = rest[1..].strip_prefix('/').unwrap_or(&rest[1..]);
        let is_kept = KEPT.iter().any(|kept| {
            name.as_bytes().get(..kept.len()).is_some_and(|name| name.eq_ignore_ascii_case(kept.as_bytes()))
        });
        if is_kept {
            let comment = comment_length(text, at, no_comment_until);
            // Without a bracket here there is none in what follows either.
            let length = comment.or_else(|| rest.find('>').map(|end| end + 1))?;
            return Some((at, at + length));
        }
        at += 1;
    }
}

/// Text between elements that are kept, as paragraphs.
fn paragraphs_of(text: &str, out: &mut String) {
    if text.trim_matches(is_blank).is_empty() {
        return;
    }
    let chunk = format!("{}\n\n", text.trim_end_matches('\n'));
    let chunk = tags::space_blocks(&tags::join_breaks(&chunk));
    let chunk = make_paragraphs(&trim_blank_lines(&chunk));
    let chunk = tags::open_quotes(&tags::free_items(&chunk));
    let chunk = tags::free_blocks(&tags::drop_empty(&chunk));
    let chunk = tags::drop_breaks(&break_lines(&chunk));
    escape_ampersands(&chunk, out);
}

/// Escapes ampersands that begin no entity.
fn escape_ampersands(chunk: &str, out: &mut String) {
    let mut rest = chunk;
    while let Some(found) = rest.find('&') {
        out.push_str(&rest[..=found]);
        rest = &rest[found + 1..];
        let Some(first) = rest.chars().next().filter(|first| *first != '#') else { continue };
        let after = &rest[first.len_utf8()..];
        let letters = after.bytes().take(9).take_while(u8::is_ascii_alphanumeric).count();
        let is_entity = (1..=8).contains(&letters) && after.as_bytes().get(letters) == Some(&b';');
        if !is_entity {
            out.push_str("amp;");
            // The character behind it is not looked at again.
            out.push(first);
            rest = after;
        }
    }
    out.push_str(rest);
}
