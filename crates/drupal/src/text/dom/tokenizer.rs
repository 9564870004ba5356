//! Reading HTML: tags, text, comments and what looks like them.

use std::borrow::Cow;

use super::RawText;
use super::builder::Builder;
use super::foreign::lowercase;
use super::names::is_attribute_name;
use super::tree::{Attribute, Data, Dom};
use crate::text::entities;

/// What ends text that is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Normal,
    Raw,
    Escapable,
}

/// A text that is read.
pub(super) struct Tokenizer<'t> {
    text: &'t str,
    /// The next byte. It can lie behind the end.
    at: usize,
    buffer: Cow<'t, str>,
    mode: Mode,
    /// The element whose content is read as raw text.
    until: Cow<'t, str>,
    raw_text: RawText,
    builder: Builder<'t>,
    ended: bool,
}

const BLANKS: &[u8] = b"\n\t\x0c ";

impl<'t> Tokenizer<'t> {
    /// A text to be read.
    pub(super) fn new(text: &'t str, raw_text: RawText) -> Self {
        let builder = Builder::new(8 + text.len() / 16);
        let (buffer, until) = (Cow::Borrowed(""), Cow::Borrowed(""));
        Tokenizer { text, at: 0, buffer, mode: Mode::Normal, until, raw_text, builder, ended: false }
    }

    /// The text's tree; none if it is too deep.
    pub(super) fn parse(mut self) -> Option<Dom<'t>> {
        while !self.ended && !self.builder.is_too_deep() {
            self.step();
        }
        self.builder.finish()
    }

    fn step(&mut self) {
        if self.current() == Some(b'&') {
            let mut decoded = Cow::Borrowed("");
            self.reference(&mut decoded);
            push(&mut self.buffer, decoded);
        }
        if self.current() == Some(b'<') {
            self.flush();
            match self.advance() {
                Some(b'!') => self.declaration(),
                Some(b'/') => self.end_tag(),
                Some(b'?') => self.instruction(),
                Some(byte) if byte.is_ascii_alphabetic() => self.start_tag(),
                Some(byte) => self.after_stray_bracket(byte),
                None => {}
            }
        }
        match (self.current(), self.mode) {
            (None, _) => {
                self.flush();
                self.ended = true;
            }
            (Some(_), Mode::Raw) => self.raw(),
            (Some(_), Mode::Escapable) => self.escapable(),
            (Some(b'<' | b'&'), Mode::Normal) => {}
            (Some(_), Mode::Normal) => {
                let text = self.until_any(b"<&");
                push(&mut self.buffer, Cow::Borrowed(text));
            }
        }
    }

    /// The bracket is lost; what follows is text.
    fn after_stray_bracket(&mut self, byte: u8) {
        match self.mode {
            Mode::Raw => self.raw(),
            Mode::Escapable => self.escapable(),
            Mode::Normal if matches!(byte, b'<' | b'&') => {}
            Mode::Normal => {
                let length = self.rest().chars().next().map_or(0, char::len_utf8);
                let text = self.take(self.at + length);
                push(&mut self.buffer, Cow::Borrowed(text));
            }
        }
    }

    /// The content of an element up to its end tag.
    fn raw(&mut self) {
        let rest = self.rest();
        let end = find_end_tag(rest, &self.until, true).unwrap_or(rest.len());
        let text = self.take(self.at + end);
        self.builder.text(Cow::Borrowed(text));
        self.mode = Mode::Normal;
    }

    fn escapable(&mut self) {
        let rest = self.rest();
        let end = self.at + find_end_tag(rest, &self.until, false).unwrap_or(rest.len());
        let mut text = Cow::Borrowed("");
        while self.at < end {
            if self.current() == Some(b'&') {
                self.reference(&mut text);
            } else {
                let next = self.text[self.at..end].find('&').map_or(end, |length| self.at + length);
                push(&mut text, Cow::Borrowed(self.take(next)));
            }
        }
        self.builder.text(text);
        self.mode = Mode::Normal;
    }

    fn flush(&mut self) {
        if !self.buffer.is_empty() {
            self.builder.text(std::mem::take(&mut self.buffer));
        }
    }

    fn end_tag(&mut self) {
        match self.advance() {
            None => {}
            Some(byte) if byte.is_ascii_alphabetic() => {
                let name = lowercase(Cow::Borrowed(self.until_any(b"\n\x0c \t>")));
                self.until_any(b">");
                self.builder.end(&name);
                self.at += 1;
            }
            Some(_) => self.bogus("</"),
        }
    }

    fn start_tag(&mut self) {
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'_' | b'-');
        let length = self.rest().bytes().take_while(|byte| is_name(*byte)).count();
        let name = lowercase(Cow::Borrowed(self.take(self.at + length)));
        let mut attributes = Vec::new();
        let closed = self.attributes(&mut attributes);
        let kind = self.builder.start(name.clone(), attributes, closed);
        self.mode = match self.raw_text {
            RawText::Kept if kind.is_raw() => Mode::Raw,
            RawText::Kept if kind.is_escapable() => Mode::Escapable,
            _ => Mode::Normal,
        };
        self.until = name;
        self.at += 1;
    }

    /// Reads attributes up to the tag's end, and says whether the tag closes itself.
    fn attributes(&mut self, attributes: &mut Vec<Attribute<'t>>) -> bool {
        loop {
            self.blanks();
            match self.current() {
                None | Some(b'>' | b'/') => {}
                // A new tag begins in this one.
                Some(b'<') => {
                    self.at -= 1;
                    return false;
                }
                Some(_) => self.attribute(attributes),
            }
            match self.current() {
                None | Some(b'>') => return false,
                Some(b'/') => {
                    self.at += 1;
                    self.blanks();
                    match self.current() {
                        Some(b'>') => return true,
                        None => return false,
                        Some(_) => {}
                    }
                }
                Some(_) => {}
            }
        }
    }

    fn attribute(&mut self, attributes: &mut Vec<Attribute<'t>>) {
        let mut name = lowercase(Cow::Borrowed(self.until_any(b"/>=\n\x0c\t ")));
        if name.is_empty() {
            name = Cow::Borrowed("=");
            self.at += 1;
        }
        self.blanks();
        let value = self.value();
        // The element cannot be put in a namespace.
        if !is_attribute_name(&name) || name == "xmlns" {
            return;
        }
        match attributes.iter_mut().find(|attribute| attribute.name == name) {
            Some(attribute) => attribute.value = value,
            None => attributes.push(Attribute { name, value }),
        }
    }

    fn value(&mut self) -> Cow<'t, str> {
        let mut value = Cow::Borrowed("");
        if self.current() != Some(b'=') {
            return value;
        }
        self.at += 1;
        self.blanks();
        let stops: &[u8] = match self.current() {
            Some(b'"') => b"\x0c\"&",
            Some(b'\'') => b"\x0c'&",
            _ => b"\n\x0c \t>&",
        };
        let is_quoted = stops.len() == 3;
        self.at += usize::from(is_quoted);
        loop {
            push(&mut value, Cow::Borrowed(self.until_any(stops)));
            if self.current() != Some(b'&') {
                break;
            }
            self.reference(&mut value);
        }
        self.at += usize::from(is_quoted);
        value
    }

    fn declaration(&mut self) {
        let after = self.advance();
        let rest = self.rest();
        if rest.starts_with("--") {
            self.at += 2;
            self.comment();
        } else if matches!(after, Some(b'D' | b'd')) {
            self.doctype();
        } else if after == Some(b'[') {
            self.cdata();
        } else {
            self.bogus("<!");
        }
    }

    fn comment(&mut self) {
        let rest = self.rest();
        let (end, next) = if rest.starts_with('>') { (0, 1) } else { comment_end(rest) };
        self.builder.leaf(Data::Comment(Cow::Borrowed(&rest[..end])));
        self.at += next;
    }

    /// Reads a document type and forgets it.
    fn doctype(&mut self) {
        let word = self.rest().get(..7).unwrap_or_default();
        if !word.eq_ignore_ascii_case("doctype") {
            let is_letter = |byte: &u8| b"DOCTYPEdoctype".contains(byte);
            let length = self.rest().bytes().take_while(is_letter).count();
            let letters = self.take(self.at + length);
            return self.bogus(&format!("<!{letters}"));
        }
        self.at += 7;
        self.blanks();
        self.until_any(b" \n\x0c>");
        if self.current() != Some(b'>') {
            self.blanks();
            let length = self.rest().bytes().take_while(u8::is_ascii_alphabetic).count();
            let word = self.take(self.at + length);
            let is_identified = word.eq_ignore_ascii_case("public") || word.eq_ignore_ascii_case("system");
            if is_identified && self.blanks() > 0 {
                let Some(quote @ (b'"' | b'\'')) = self.current() else { return };
                self.at += 1;
                self.until_any(&[quote, b'>']);
                self.at += usize::from(self.current() == Some(quote));
            }
            self.until_any(b">");
        }
        self.at += 1;
    }

    fn cdata(&mut self) {
        self.at += 1;
        if !self.rest().starts_with("CDATA[") {
            let length = self.rest().bytes().take_while(|byte| b"CDAT".contains(byte)).count();
            let letters = self.take(self.at + length);
            return self.bogus(&format!("<![{letters}"));
        }
        self.at += 6;
        let rest = self.rest();
        // The first character belongs to the section, whatever it is.
        let first = rest.chars().next().map_or(0, char::len_utf8);
        if let Some(length) = rest[first..].find("]]>") {
            let section = self.take(self.at + first + length);
            self.builder.leaf(Data::Cdata(Cow::Borrowed(section)));
            self.at += 3;
        } else {
            self.at += rest.len();
            self.bogus(&format!("<![CDATA[{rest}"));
        }
    }

    fn instruction(&mut self) {
        self.at += 1;
        let length = self.rest().bytes().take_while(u8::is_ascii_alphabetic).count();
        let first = self.rest().chars().next().map(String::from).unwrap_or_default();
        let target = self.take(self.at + length);
        if target.is_empty() || self.blanks() == 0 || matches!(self.current(), None | Some(b'0')) {
            // The first letter is taken twice.
            return self.bogus(&format!("<?{first}{target}"));
        }
        let rest = self.rest();
        let end = rest.find("?>").unwrap_or(rest.len());
        self.builder.leaf(Data::Instruction(Cow::Borrowed(target), Cow::Borrowed(&rest[..end])));
        self.at += end + 2;
    }

    /// Markup that is none becomes a comment, up to and with the next bracket.
    fn bogus(&mut self, read: &str) {
        let rest = self.rest();
        let length = rest.find('>').map_or(rest.len(), |end| end + 1);
        self.builder.leaf(Data::Comment(Cow::Owned(format!("{read}{}", &rest[..length]))));
        self.at += length.max(1);
    }

    /// Reads what begins with an ampersand: an entity, or no more than the ampersand.
    fn reference(&mut self, into: &mut Cow<'t, str>) {
        let rest = self.rest();
        if let Some((length, decoded)) = entities::reference(rest) {
            self.at += length;
            push(into, decoded);
            return;
        }
        push(into, Cow::Borrowed(&rest[..1]));
        self.at += 1;
        // Before a zero in hexadecimal digits, the number sign is lost.
        let is_zero = rest.as_bytes().get(1..4).is_some_and(|bytes| bytes.eq_ignore_ascii_case(b"#x0"))
            && !rest.as_bytes().get(4).is_some_and(u8::is_ascii_hexdigit);
        self.at += usize::from(is_zero);
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn current(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn advance(&mut self) -> Option<u8> {
        self.at += 1;
        self.current()
    }

    /// What stands up to a place, which is then the next.
    fn take(&mut self, end: usize) -> &'t str {
        let taken = self.text.get(self.at..end).unwrap_or_default();
        self.at = self.at.max(end);
        taken
    }

    fn until_any(&mut self, stops: &[u8]) -> &'t str {
        let rest = self.rest();
        let length = rest.bytes().position(|byte| stops.contains(&byte)).unwrap_or(rest.len());
        self.take(self.at + length)
    }

    fn blanks(&mut self) -> usize {
        let count = self.rest().bytes().take_while(|byte| BLANKS.contains(byte)).count();
        self.at += count;
        count
    }
}

fn push<'t>(text: &mut Cow<'t, str>, more: Cow<'t, str>) {
    if text.is_empty() {
        *text = more;
    } else if !more.is_empty() {
        text.to_mut().push_str(&more);
    }
}

/// Where a comment's text ends, and where what follows the comment begins.
fn comment_end(rest: &str) -> (usize, usize) {
    let mut from = 0;
    while let Some(found) = rest[from..].find("--") {
        let end = from + found;
        let after = &rest[end + 2..];
        if after.starts_with('>') {
            return (end, end + 3);
        }
        if after.starts_with("!>") {
            return (end, end + 4);
        }
        from = end + 1;
    }
    (rest.len(), rest.len() + 1)
}

/// Where the end tag of an element begins: the whole of it, or its beginning only.
fn find_end_tag(text: &str, name: &str, whole: bool) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(found) = text[from..].find("</") {
        let at = from + found;
        let end = at + 2 + name.len();
        let is_name = bytes.get(at + 2..end).is_some_and(|bytes| bytes.eq_ignore_ascii_case(name.as_bytes()));
        if is_name && (!whole || bytes.get(end) == Some(&b'>')) {
            return Some(at);
        }
        from = at + 2;
    }
    None
}
