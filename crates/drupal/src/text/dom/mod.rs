//! A tree of HTML nodes, as PHP's HTML5 library builds, changes and prints it.
//!
//! Drupal's filters do not work on the tree that a browser builds: they use a simpler parser with rules of its own.
//! What it does to faulty HTML is visible in every processed text, so this module follows that parser, not the HTML
//! standard.

mod builder;
mod canonical;
mod elements;
mod foreign;
mod names;
mod serialise;
mod tokenizer;
mod tree;

pub(super) use canonical::canonical;
pub(super) use serialise::serialise;
pub(super) use tree::{Dom, NodeId};

use std::borrow::Cow;

/// How deep elements may be nested. Deeper texts are not processed.
const MAX_DEPTH: u32 = 512;

/// How the parser treats elements whose content is text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum RawText {
    /// As text, up to the end tag.
    Kept,
    /// Like any other element: their content is parsed.
    Parsed,
}

/// The tree of a text; none if it is nested too deep.
pub(super) fn parse(text: &str) -> Option<Dom<'_>> {
    tokenizer::Tokenizer::new(text, RawText::Kept).parse()
}

/// The tree of a list of tags, where no element's content is taken as raw text.
pub(super) fn parse_tags(text: &str) -> Option<Dom<'_>> {
    tokenizer::Tokenizer::new(text, RawText::Parsed).parse()
}

/// Text as the parser expects it: no carriage returns, no NUL.
pub(super) fn normalise(text: &str) -> Cow<'_, str> {
    if text.bytes().any(|byte| byte == b'\r' || byte == 0) {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Writes a text with some of its characters replaced.
fn escape(text: &str, out: &mut String, replacement: impl Fn(char) -> Option<&'static str>) {
    let mut written = 0;
    for (at, character) in text.char_indices() {
        if let Some(replacement) = replacement(character) {
            out.push_str(&text[written..at]);
            out.push_str(replacement);
            written = at + character.len_utf8();
        }
    }
    out.push_str(&text[written..]);
}
