//! Statement a tree from start tags, end tags and text: which element closes which.

use std::borrow::Cow;

use super::MAX_DEPTH;
use super::elements::{Kind, beside, closed_by};
use super::foreign::{mathml_attribute, svg_attribute, svg_element};
use super::tree::{Attribute, Data, Dom, NodeId};

/// Where in a document the parser believes to be, as far as it matters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Mode {
    BeforeHead,
    Head,
    Body,
    AfterBody,
    Svg,
    MathMl,
}

/// A tree that grows.
pub(super) struct Builder<'t> {
    dom: Dom<'t>,
    /// The element that is open.
    current: NodeId,
    mode: Mode,
    /// Whether a paragraph was opened and no block has closed it since.
    in_paragraph: bool,
    /// Whether the tree became too deep.
    too_deep: bool,
}

impl<'t> Builder<'t> {
    /// A tree with an open body, for about so many nodes.
    pub(super) fn new(nodes: usize) -> Self {
        let dom = Dom::new(nodes);
        Builder { dom, current: Dom::BODY, mode: Mode::Body, in_paragraph: false, too_deep: false }
    }

    /// Whether the tree has become too deep to go on.
    pub(super) fn is_too_deep(&self) -> bool {
        self.too_deep
    }

    /// The tree; none if it became too deep.
    pub(super) fn finish(self) -> Option<Dom<'t>> {
        (!self.too_deep).then_some(self.dom)
    }

    /// A start tag, and what the tokenizer has to know of the element.
    pub(super) fn start(&mut self, tag: Cow<'t, str>, attributes: Vec<Attribute<'t>>, closed: bool) -> Kind {
        let is_foreign = matches!(self.mode, Mode::Svg | Mode::MathMl);
        // An `image` is treated as `img`, but keeps its name.
        let kind = if tag == "image" && !is_foreign { Kind::of("img") } else { Kind::of(&tag) };
        if self.mode >= Mode::Body && kind.ends_paragraph() {
            self.close("p");
        }
        self.mode = match &*tag {
            "html" => Mode::BeforeHead,
            "head" if self.mode == Mode::BeforeHead => Mode::Head,
            "body" => Mode::Body,
            "svg" => Mode::Svg,
            "math" => Mode::MathMl,
            _ if self.mode == Mode::BeforeHead => Mode::Body,
            _ => self.mode,
        };
        let has_rule = beside(&tag).is_some();
        let name = if self.mode == Mode::Svg { svg_element(tag) } else { tag };
        if self.in_paragraph && Kind::of(&name).is_block() {
            self.close("p");
            self.in_paragraph = false;
        }
        for parent in closed_by(&name) {
            if self.dom.name(self.current) == Some(parent) {
                self.close(parent);
            }
        }
        self.in_paragraph |= name == "p";
        let attributes = self.spelt(attributes);
        let element = self.dom.add(Data::element(name, attributes));
        if has_rule {
            self.put_beside(element);
        } else {
            self.put(element);
            if !kind.is_void() {
                self.current = element;
            }
        }
        // HTML's own elements cannot close themselves, unless they have a rule.
        if closed && (has_rule || !kind.is_html()) {
            let name = self.dom.name(element).unwrap_or_default().to_owned();
            self.end(&name);
        }
        kind
    }

    fn spelt(&self, mut attributes: Vec<Attribute<'t>>) -> Vec<Attribute<'t>> {
        let spell = match self.mode {
            Mode::Svg => svg_attribute,
            Mode::MathMl => mathml_attribute,
            _ => return attributes,
        };
        for attribute in &mut attributes {
            attribute.name = spell(std::mem::take(&mut attribute.name));
        }
        attributes
    }

    /// Opens an element that does not stand in one of its like.
    fn put_beside(&mut self, element: NodeId) {
        let name = self.dom.name(element).unwrap_or_default();
        let current = self.dom.name(self.current).unwrap_or_default();
        let is_alike = beside(name).is_some_and(|likes| likes.contains(&current));
        if let (true, Some(parent)) = (is_alike, self.dom.parent(self.current)) {
            self.current = parent;
        }
        self.put(element);
        self.current = element;
    }

    fn put(&mut self, node: NodeId) {
        self.dom.append(self.current, node);
        self.too_deep |= self.dom.depth(node) > MAX_DEPTH;
    }

    /// An end tag.
    pub(super) fn end(&mut self, name: &str) {
        if name == "br" {
            self.start(Cow::Borrowed("br"), Vec::new(), false);
            return;
        }
        if name == "html" || Kind::of(name).is_void() {
            return;
        }
        if self.mode == Mode::Svg {
            self.close(&svg_element(Cow::Borrowed(name)));
        } else {
            self.close(name);
        }
        match name {
            "head" => self.mode = Mode::Head,
            "body" => self.mode = Mode::AfterBody,
            // The end of `math` is not noticed.
            "svg" | "mathml" => self.mode = Mode::Body,
            _ => {}
        }
    }

    /// Closes the nearest open element of that name, and all that are open in it. Without one nothing is closed.
    fn close(&mut self, name: &str) {
        let mut at = Some(self.current);
        while let Some(node) = at {
            let parent = self.dom.parent(node);
            if self.dom.name(node) == Some(name) {
                self.current = parent.unwrap_or(node);
                return;
            }
            at = parent;
        }
    }

    /// Text.
    pub(super) fn text(&mut self, text: Cow<'t, str>) {
        if self.mode > Mode::BeforeHead {
            self.leaf(Data::Text(text));
        }
    }

    /// A comment, a CDATA section or an instruction.
    pub(super) fn leaf(&mut self, data: Data<'t>) {
        let node = self.dom.add(data);
        self.dom.append(self.current, node);
    }
}
