//! Steps that look at tags.

use std::borrow::Cow;

use crate::text::xss::is_blank;

/// Elements before whose tags no line break stands.
const UNBROKEN: &[&str] = &["p", "li", "div", "dl", "dd", "dt", "th", "pre", "td", "ul", "ol"];

const BREAK: &str = "<br />";

/// Elements that are blocks, by the first letter of their names: they do not stand in paragraphs.
fn blocks(first: u8) -> &'static [&'static str] {
    match first {
        b'a' => &["area", "address", "article", "aside"],
        b'b' => &["blockquote"],
        b'c' => &["caption", "col", "colgroup"],
        b'd' => &["div", "dl", "dd", "dt", "details"],
        b'f' => &["form", "fieldset", "figcaption", "figure", "footer"],
        b'h' => &["h1", "h2", "h3", "h4", "h5", "h6", "hr", "header", "hgroup"],
        b'i' => &["input"],
        b'l' => &["li", "legend"],
        b'm' => &["map", "math", "menu"],
        b'n' => &["nav"],
        b'o' => &["ol", "option"],
        b'p' => &["p", "pre"],
        b's' => &["select", "section", "summary"],
        b't' => &["table", "thead", "tfoot", "tbody", "tr", "td", "th"],
        b'u' => &["ul"],
        _ => &[],
    }
}

/// Whether a text begins with a block's name. What follows the name is not looked at.
fn begins_block(text: &str) -> bool {
    let first = text.bytes().next().unwrap_or_default();
    blocks(first).iter().any(|block| text.starts_with(block))
}

/// The name at the beginning of an end tag, and the length of the tag behind its slash.
fn end_tag(text: &str) -> Option<(&str, usize)> {
    let end = text.as_bytes().iter().take(16).position(|byte| *byte == b'>')?;
    Some((text.get(..end)?, end + 1))
}

/// What stands in place of a piece of text, and how long that piece was.
type Replacement<'t> = ([&'t str; 3], usize);

/// The text with replacements of what begins with a tag. `replace` sees each place of a tag that was not replaced
/// already, and what follows from there.
fn replace_at_tags<'t>(
    text: &'t str,
    mut replace: impl FnMut(usize, &'t str) -> Option<Replacement<'t>>,
) -> Cow<'t, str> {
    let mut out = String::new();
    let mut written = 0;
    for (at, _) in text.match_indices('<') {
        if at < written {
            continue;
        }
        if let Some((parts, length)) = replace(at, &text[at..]) {
            if written == 0 {
                out.reserve(text.len() + text.len() / 8);
            }
            out.push_str(&text[written..at]);
            out.extend(parts);
            written = at + length;
        }
    }
    if written == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[written..]);
    Cow::Owned(out)
}

/// Replaces two breaks in a row by a blank line.
pub(super) fn join_breaks(chunk: &str) -> Cow<'_, str> {
    replace_at_tags(chunk, |_, rest| {
        let after = rest.strip_prefix(BREAK)?.trim_start_matches(is_blank).strip_prefix(BREAK)?;
        Some((["\n\n", "", ""], rest.len() - after.len()))
    })
}

/// Puts a line end before blocks and a blank line behind them.
pub(super) fn space_blocks(chunk: &str) -> Cow<'_, str> {
    // Where the last start tag ended.
    let mut tag_end = 0;
    replace_at_tags(chunk, |at, rest| {
        if let Some(name) = rest.strip_prefix("</") {
            let (name, length) = end_tag(name)?;
            let is_block = blocks(name.bytes().next()?).contains(&name);
            return is_block.then(|| ([&rest[..2 + length], "\n\n", ""], 2 + length));
        }
        if at < tag_end || !begins_block(&rest[1..]) {
            return None;
        }
        // Without an end no tag follows at all.
        let length = rest.find('>');
        tag_end = length.map_or(chunk.len(), |length| at + length + 1);
        length.map(|_| (["\n<", "", ""], 1))
    })
}

/// Takes items of lists out of paragraphs.
pub(super) fn free_items(chunk: &str) -> Cow<'_, str> {
    const START: &str = "<p><li";
    // Up to there no paragraph ends.
    let mut no_end_until = 0;
    replace_at_tags(chunk, |at, rest| {
        let content = rest.strip_prefix(START).filter(|_| at >= no_end_until)?;
        let line = &content[..content.find('\n').unwrap_or(content.len())];
        let first = line.chars().next()?.len_utf8();
        let Some(length) = line[first..].find("</p>") else {
            no_end_until = at + START.len() + line.len();
            return None;
        };
        let end = START.len() + first + length;
        Some(([&rest[3..end], "", ""], end + 4))
    })
}

/// Puts paragraphs into quotes instead of quotes into paragraphs.
pub(super) fn open_quotes(chunk: &str) -> Cow<'_, str> {
    const START: &str = "<p><blockquote";
    const END: &str = "</blockquote></p>";
    let chunk = replace_at_tags(chunk, |_, rest| {
        rest.get(..START.len()).filter(|start| start.eq_ignore_ascii_case(START))?;
        let content = &rest[START.len()..];
        let length = content.find('>')?;
        Some((["<blockquote", &content[..length], "><p>"], START.len() + length + 1))
    });
    if chunk.contains(END) { Cow::Owned(chunk.replace(END, "</p></blockquote>")) } else { chunk }
}

/// Takes paragraphs away in which there is nothing.
pub(super) fn drop_empty(chunk: &str) -> Cow<'_, str> {
    replace_at_tags(chunk, |_, rest| {
        let after = rest.strip_prefix("<p>")?.trim_start_matches(is_blank).strip_prefix("</p>")?;
        let after = after.strip_prefix('\n').unwrap_or(after);
        Some((["", "", ""], rest.len() - after.len()))
    })
}

/// Takes the start tags of paragraphs away that stand right before a block's tag.
pub(super) fn drop_starts(chunk: &str) -> Cow<'_, str> {
    replace_at_tags(chunk, |_, rest| {
        let tag = rest.strip_prefix("<p>")?.trim_start_matches(is_blank);
        let name = tag.strip_prefix('<')?;
        let end = begins_block(name.strip_prefix('/').unwrap_or(name)).then(|| tag.find('>')).flatten()?;
        Some(([&tag[..=end], "", ""], rest.len() - tag.len() + end + 1))
    })
}

/// Takes the end tags of paragraphs away that stand right behind a block's tag.
pub(super) fn drop_ends(chunk: &str) -> Cow<'_, str> {
    drop_behind_blocks(chunk, "</p>")
}

/// Takes breaks away that stand right behind a block's tag.
pub(super) fn drop_breaks_behind(chunk: &str) -> Cow<'_, str> {
    drop_behind_blocks(chunk, BREAK)
}

/// Takes away what stands behind a block's tag, blanks between them included.
fn drop_behind_blocks<'t>(chunk: &'t str, dropped: &str) -> Cow<'t, str> {
    // The tag's end that was looked at last, and where what is dropped behind it ends.
    let mut tag_end = 0;
    let mut dropped_end = None;
    replace_at_tags(chunk, |at, rest| {
        let name = &rest[1..];
        if !begins_block(name.strip_prefix('/').unwrap_or(name)) {
            return None;
        }
        if at >= tag_end {
            let length = rest.find('>').map(|length| length + 1);
            tag_end = length.map_or(chunk.len(), |length| at + length);
            let after = chunk[tag_end..].trim_start_matches(is_blank).strip_prefix(dropped);
            dropped_end = after.map(|after| chunk.len() - after.len());
        }
        let end = dropped_end?;
        Some(([&chunk[at..tag_end], "", ""], end - at))
    })
}

/// Takes breaks away that stand right before a block's tag.
pub(super) fn drop_breaks_before(chunk: &str) -> Cow<'_, str> {
    replace_at_tags(chunk, |_, rest| {
        let after = rest.strip_prefix(BREAK)?;
        let name = after.trim_start_matches(is_blank).strip_prefix('<')?;
        let name = name.strip_prefix('/').unwrap_or(name);
        let (tag, length) = end_tag(name)?;
        let length = after.len() - name.len() + length;
        UNBROKEN.contains(&tag).then(|| ([&after[..length], "", ""], BREAK.len() + length))
    })
}
