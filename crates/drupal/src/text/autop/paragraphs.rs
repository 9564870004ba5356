//! Steps that look at line ends and blanks.

use std::borrow::Cow;

use crate::text::xss::is_blank;

/// Takes away a line end at the beginning, blank lines at the end, and line ends beyond two in a row.
pub(super) fn trim_blank_lines(chunk: &str) -> Cow<'_, str> {
    let trimmed = trim(chunk);
    if !trimmed.contains("\n\n\n") {
        return Cow::Borrowed(trimmed);
    }
    let mut out = String::with_capacity(trimmed.len());
    let mut line_ends = 0;
    for character in trimmed.chars() {
        line_ends = if character == '\n' { line_ends + 1 } else { 0 };
        if line_ends <= 2 {
            out.push(character);
        }
    }
    Cow::Owned(out)
}

fn trim(chunk: &str) -> &str {
    // Of two line ends or more, two remain when this is looked at, and one of them is taken away.
    let chunk = match chunk.strip_prefix('\n') {
        Some(rest) if rest.starts_with('\n') => &chunk[rest.len() - rest.trim_start_matches('\n').len()..],
        Some(rest) => rest,
        None => chunk,
    };
    let end = chunk.trim_end_matches(is_blank).len();
    match chunk[end..].find('\n') {
        Some(first) if chunk[end + first + 1..].contains('\n') => &chunk[..end + first],
        _ => chunk,
    }
}

/// Makes a paragraph of all, and of each part between blank lines.
pub(super) fn make_paragraphs(chunk: &str) -> String {
    let mut out = String::with_capacity(chunk.len() + chunk.len() / 8 + 16);
    out.push_str("<p>");
    let mut rest = chunk;
    while let Some(found) = rest.find('\n') {
        let blanks = blank_length(&rest[found..]);
        out.push_str(&rest[..found]);
        rest = &rest[found..];
        if let Some(length) = blank_lines_length(rest, blanks) {
            out.push_str("</p>\n<p>");
            // The character behind them is not looked at again.
            let first = rest[length..].chars().next().map_or(0, char::len_utf8);
            out.push_str(&rest[length..length + first]);
            rest = &rest[length + first..];
        } else {
            out.push_str(&rest[..blanks]);
            rest = &rest[blanks..];
        }
    }
    out.push_str(rest);
    out.push_str("</p>\n");
    out
}

/// The length of blank lines at the beginning of a text, up to the last line end that has something behind it.
fn blank_lines_length(text: &str, blanks: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut ends = (1..blanks).rev().filter(|at| bytes[*at] == b'\n');
    let is_line = |at: usize| bytes.get(at).is_some_and(|byte| *byte != b'\n');
    ends.find_map(|at| match bytes.get(at + 1) {
        Some(b'\n') if is_line(at + 2) => Some(at + 2),
        Some(b'\n') | None => None,
        Some(_) => Some(at + 1),
    })
}

/// Puts a line break at the end of each line that has none, in place of its blanks.
pub(super) fn break_lines(chunk: &str) -> String {
    const BREAK: &str = "<br />";
    let mut out = String::with_capacity(chunk.len() + chunk.len() / 16 + 16);
    let mut rest = chunk;
    while let Some(found) = rest.find('\n') {
        let line = rest[..found].trim_end_matches(is_blank);
        let blanks = blank_length(&rest[line.len()..]);
        let (line, blanks) = (line, &rest[line.len()..line.len() + blanks]);
        out.push_str(line);
        rest = &rest[line.len() + blanks.len()..];
        // Behind a break the first blank remains.
        let kept = if out.ends_with(BREAK) { blanks.chars().next().map_or(0, char::len_utf8) } else { 0 };
        out.push_str(&blanks[..kept]);
        let blanks = &blanks[kept..];
        match blanks.rfind('\n') {
            Some(last) => {
                out.extend([BREAK, "\n"]);
                out.push_str(&blanks[last + 1..]);
            }
            None => out.push_str(blanks),
        }
    }
    out.push_str(rest);
    out
}

fn blank_length(text: &str) -> usize {
    text.len() - text.trim_start_matches(is_blank).len()
}
