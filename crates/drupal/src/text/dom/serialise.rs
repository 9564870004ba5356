//! Printing a tree as HTML.

use super::elements::Kind;
use super::foreign::{mathml_attribute, svg_attribute};
use super::tree::{Attribute, Data, Dom, NodeId};
use std::borrow::Cow;

/// What markup is printed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Language {
    Html,
    Svg,
    MathMl,
}

struct Serialiser<'d, 'o> {
    dom: &'d Dom<'d>,
    out: &'o mut String,
    language: Language,
}

/// What stands in a tree's body, as HTML of about that length.
pub(in crate::text) fn serialise(dom: &Dom<'_>, expected: usize) -> String {
    let mut out = String::with_capacity(expected + expected / 8 + 32);
    let mut serialiser = Serialiser { dom, out: &mut out, language: Language::Html };
    serialiser.children(Dom::BODY, false);
    if out.contains('\r') { out.replace("\r\n", "\n").replace('\r', "\n") } else { out }
}

impl Serialiser<'_, '_> {
    fn children(&mut self, parent: NodeId, has_xlink: bool) {
        let mut child = self.dom.first_child(parent);
        while let Some(node) = child {
            self.node(node, has_xlink);
            child = self.dom.next_sibling(node);
        }
    }

    fn node(&mut self, node: NodeId, has_xlink: bool) {
        match self.dom.data(node) {
            Data::Element { name, kind, attributes } => {
                self.element(node, name, *kind, attributes, has_xlink);
            }
            Data::Text(text) => escape_text(text, self.out),
            Data::Comment(text) => self.put(&["<!--", text, "-->"]),
            Data::Cdata(text) => self.put(&["<![CDATA[", text, "]]>"]),
            Data::Instruction(target, data) => self.put(&["<?", target, " ", data, "?>"]),
        }
    }

    fn element(
        &mut self,
        node: NodeId,
        name: &str,
        kind: Kind,
        attributes: &[Attribute<'_>],
        has_xlink: bool,
    ) {
        match name {
            "svg" => self.language = Language::Svg,
            "math" => self.language = Language::MathMl,
            _ => {}
        }
        self.put(&["<", name]);
        self.attributes(attributes);
        let uses_xlink =
            name.starts_with("xlink:") || attributes.iter().any(|one| one.name.starts_with("xlink:"));
        if uses_xlink && !has_xlink {
            self.put(&[" xmlns:xlink=\"http://www.w3.org/1999/xlink\""]);
        }
        let has_xlink = has_xlink || uses_xlink;
        let is_empty = self.dom.first_child(node).is_none();
        self.put(&[if self.language != Language::Html && is_empty { " />" } else { ">" }]);
        if kind.is_raw() {
            self.raw_children(node, has_xlink);
        } else {
            self.children(node, has_xlink);
            if matches!(name, "svg" | "math") {
                self.language = Language::Html;
            }
        }
        if !kind.is_void() && (self.language == Language::Html || !is_empty) {
            self.put(&["</", name, ">"]);
        }
    }

    /// The content of an element that holds text without entities.
    fn raw_children(&mut self, parent: NodeId, has_xlink: bool) {
        let mut child = self.dom.first_child(parent);
        while let Some(node) = child {
            match self.dom.data(node) {
                Data::Element { .. } => self.node(node, has_xlink),
                Data::Text(text) | Data::Comment(text) | Data::Cdata(text) => self.out.push_str(text),
                Data::Instruction(..) => {}
            }
            child = self.dom.next_sibling(node);
        }
    }

    fn attributes(&mut self, attributes: &[Attribute<'_>]) {
        let is_declaration = |attribute: &&Attribute<'_>| attribute.name.starts_with("xmlns:");
        for Attribute { name, value } in attributes.iter().filter(|attribute| !is_declaration(attribute)) {
            let name = match self.language {
                Language::Html => Cow::Borrowed(&**name),
                Language::Svg => svg_attribute(Cow::Borrowed(name)),
                Language::MathMl => mathml_attribute(Cow::Borrowed(name)),
            };
            self.put(&[" ", &name]);
            if !value.is_empty() {
                self.out.push_str("=\"");
                escape_value(value, self.out);
                self.out.push('"');
            }
        }
        for Attribute { name, value } in attributes.iter().filter(is_declaration) {
            if !IMPLICIT_NAMESPACES.contains(&&**value) {
                self.put(&[" ", name, "=\"", value, "\""]);
            }
        }
    }

    fn put(&mut self, parts: &[&str]) {
        self.out.extend(parts.iter().copied());
    }
}

const IMPLICIT_NAMESPACES: &[&str] = &[
    "http://www.w3.org/1999/xhtml",
    "http://www.w3.org/2000/svg",
    "http://www.w3.org/1998/Math/MathML",
    "http://www.w3.org/XML/1998/namespace",
    "http://www.w3.org/2000/xmlns/",
];

fn escape_text(text: &str, out: &mut String) {
    super::escape(text, out, |character| match character {
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '&' => Some("&amp;"),
        '\u{a0}' => Some("&nbsp;"),
        _ => None,
    });
}

fn escape_value(text: &str, out: &mut String) {
    super::escape(text, out, |character| match character {
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '"' => Some("&quot;"),
        '&' => Some("&amp;"),
        '\u{a0}' => Some("&nbsp;"),
        _ => None,
    });
}
