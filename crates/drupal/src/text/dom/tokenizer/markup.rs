//! Comments, document types, CDATA sections, instructions, and what only looks like them.

use std::borrow::Cow;

use super::Tokenizer;
use crate::text::dom::tree::Data;

impl Tokenizer<'_> {
    pub(super) fn declaration(&mut self) {
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

    pub(super) fn instruction(&mut self) {
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
    pub(super) fn bogus(&mut self, read: &str) {
        let rest = self.rest();
        let length = rest.find('>').map_or(rest.len(), |end| end + 1);
        self.builder.leaf(Data::Comment(Cow::Owned(format!("{read}{}", &rest[..length]))));
        self.at += length.max(1);
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
