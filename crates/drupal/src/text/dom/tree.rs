//! The nodes of a tree and the links between them.

use std::borrow::Cow;

use super::elements::Kind;

/// Where a node stands in its tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::text) struct NodeId(u32);

/// An attribute of an element.
#[derive(Debug, Clone)]
pub(in crate::text) struct Attribute<'t> {
    /// Its name, with its prefix.
    pub(in crate::text) name: Cow<'t, str>,
    /// Its value, entities decoded.
    pub(in crate::text) value: Cow<'t, str>,
}

/// What a node is.
#[derive(Debug)]
pub(in crate::text) enum Data<'t> {
    /// An element.
    Element {
        /// Its name, with its prefix.
        name: Cow<'t, str>,
        /// What is known of elements of that name.
        kind: Kind,
        /// Its attributes in order.
        attributes: Vec<Attribute<'t>>,
    },
    /// Text, entities decoded.
    Text(Cow<'t, str>),
    /// A comment.
    Comment(Cow<'t, str>),
    /// A CDATA section.
    Cdata(Cow<'t, str>),
    /// A processing instruction: its target and its data.
    Instruction(Cow<'t, str>, Cow<'t, str>),
}

#[derive(Debug)]
struct Node<'t> {
    data: Data<'t>,
    depth: u32,
    parent: Option<NodeId>,
    first: Option<NodeId>,
    last: Option<NodeId>,
    previous: Option<NodeId>,
    next: Option<NodeId>,
}

/// A tree: `html` with a `body` in it, which holds the text's nodes.
#[derive(Debug)]
pub(in crate::text) struct Dom<'t> {
    nodes: Vec<Node<'t>>,
}

impl<'t> Dom<'t> {
    /// The body of every tree.
    pub(in crate::text) const BODY: NodeId = NodeId(1);

    /// A tree with an empty body, for about so many nodes.
    pub(super) fn new(nodes: usize) -> Self {
        let mut dom = Dom { nodes: Vec::with_capacity(nodes) };
        let html = dom.add(Data::element("html".into(), Vec::new()));
        let body = dom.add(Data::element("body".into(), Vec::new()));
        dom.append(html, body);
        dom
    }

    fn node(&self, id: NodeId) -> &Node<'t> {
        &self.nodes[id.0 as usize]
    }

    fn node_mut(&mut self, id: NodeId) -> &mut Node<'t> {
        &mut self.nodes[id.0 as usize]
    }

    /// Makes a node that stands nowhere yet.
    pub(super) fn add(&mut self, data: Data<'t>) -> NodeId {
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        let (parent, first, last, previous, next) = (None, None, None, None, None);
        self.nodes.push(Node { data, depth: 0, parent, first, last, previous, next });
        id
    }

    /// Puts a node that stands nowhere behind the last child of another.
    pub(super) fn append(&mut self, parent: NodeId, child: NodeId) {
        let depth = self.node(parent).depth + 1;
        let last = self.node_mut(parent).last.replace(child);
        match last {
            Some(last) => self.node_mut(last).next = Some(child),
            None => self.node_mut(parent).first = Some(child),
        }
        let node = self.node_mut(child);
        node.parent = Some(parent);
        node.previous = last;
        node.depth = depth;
    }

    /// Puts a node that stands nowhere in front of another that has a parent.
    fn insert_before(&mut self, next: NodeId, child: NodeId) {
        let Node { parent, previous, depth, .. } = *self.node(next);
        match (previous, parent) {
            (Some(previous), _) => self.node_mut(previous).next = Some(child),
            (None, Some(parent)) => self.node_mut(parent).first = Some(child),
            (None, None) => return,
        }
        self.node_mut(next).previous = Some(child);
        let node = self.node_mut(child);
        (node.parent, node.previous, node.next, node.depth) = (parent, previous, Some(next), depth);
    }

    /// Takes a node out of the tree, with all that is in it.
    fn remove(&mut self, id: NodeId) {
        let node = self.node_mut(id);
        let (parent, previous, next) = (node.parent.take(), node.previous.take(), node.next.take());
        match (previous, parent) {
            (Some(previous), _) => self.node_mut(previous).next = next,
            (None, Some(parent)) => self.node_mut(parent).first = next,
            (None, None) => {}
        }
        match (next, parent) {
            (Some(next), _) => self.node_mut(next).previous = previous,
            (None, Some(parent)) => self.node_mut(parent).last = previous,
            (None, None) => {}
        }
    }

    /// Puts copies of all nodes of another tree's body in a node's place.
    pub(in crate::text) fn replace(&mut self, id: NodeId, other: &Dom<'_>) {
        let mut child = other.first_child(Dom::BODY);
        while let Some(original) = child {
            let copy = self.copy(other, original);
            self.insert_before(id, copy);
            child = other.next_sibling(original);
        }
        self.remove(id);
    }

    fn copy(&mut self, other: &Dom<'_>, original: NodeId) -> NodeId {
        let copy = self.add(other.data(original).to_owned());
        let mut child = other.first_child(original);
        while let Some(original) = child {
            let below = self.copy(other, original);
            self.append(copy, below);
            child = other.next_sibling(original);
        }
        copy
    }

    /// What a node is.
    pub(in crate::text) fn data(&self, id: NodeId) -> &Data<'t> {
        &self.node(id).data
    }

    /// An element's name; none of other nodes.
    pub(in crate::text) fn name(&self, id: NodeId) -> Option<&str> {
        match self.data(id) {
            Data::Element { name, .. } => Some(name),
            _ => None,
        }
    }

    /// An element's attributes; of other nodes none.
    pub(in crate::text) fn attributes(&self, id: NodeId) -> &[Attribute<'t>] {
        match self.data(id) {
            Data::Element { attributes, .. } => attributes,
            _ => &[],
        }
    }

    /// An element's attributes, to change them.
    pub(in crate::text) fn attributes_mut(&mut self, id: NodeId) -> Option<&mut Vec<Attribute<'t>>> {
        match &mut self.node_mut(id).data {
            Data::Element { attributes, .. } => Some(attributes),
            _ => None,
        }
    }

    /// An attribute's value.
    pub(in crate::text) fn attribute(&self, id: NodeId, name: &str) -> Option<&str> {
        self.attributes(id).iter().find(|attribute| attribute.name == name).map(|attribute| &*attribute.value)
    }

    /// Gives an attribute a value; a new one comes last.
    pub(in crate::text) fn set_attribute(&mut self, id: NodeId, name: &'static str, value: String) {
        let Some(attributes) = self.attributes_mut(id) else { return };
        let value = Cow::Owned(value);
        match attributes.iter_mut().find(|attribute| attribute.name == name) {
            Some(attribute) => attribute.value = value,
            None => attributes.push(Attribute { name: Cow::Borrowed(name), value }),
        }
    }

    /// Takes an attribute away and returns its value.
    pub(in crate::text) fn take_attribute(&mut self, id: NodeId, name: &str) -> Option<Cow<'t, str>> {
        let attributes = self.attributes_mut(id)?;
        let at = attributes.iter().position(|attribute| attribute.name == name)?;
        Some(attributes.remove(at).value)
    }

    /// How many elements a node is in.
    pub(super) fn depth(&self, id: NodeId) -> u32 {
        self.node(id).depth
    }

    /// The element a node is in.
    pub(in crate::text) fn parent(&self, id: NodeId) -> Option<NodeId> {
        self.node(id).parent
    }

    /// An element's first child.
    pub(in crate::text) fn first_child(&self, id: NodeId) -> Option<NodeId> {
        self.node(id).first
    }

    /// The node behind a node in the same element.
    pub(in crate::text) fn next_sibling(&self, id: NodeId) -> Option<NodeId> {
        self.node(id).next
    }

    /// All elements for which something holds, in the order of the text as it was parsed.
    pub(in crate::text) fn elements(&self, holds: impl Fn(&Self, NodeId) -> bool) -> Vec<NodeId> {
        let ids = (0..self.nodes.len()).filter_map(|at| u32::try_from(at).ok().map(NodeId));
        ids.filter(|id| self.name(*id).is_some() && holds(self, *id)).collect()
    }
}

impl<'t> Data<'t> {
    /// An element.
    pub(super) fn element(name: Cow<'t, str>, attributes: Vec<Attribute<'t>>) -> Self {
        let kind = Kind::of(&name);
        Data::Element { name, kind, attributes }
    }

    fn to_owned(&self) -> Data<'static> {
        let owned = |text: &Cow<'_, str>| Cow::Owned(text.as_ref().to_owned());
        match self {
            Data::Element { name, kind, attributes } => Data::Element {
                name: owned(name),
                kind: *kind,
                attributes: attributes
                    .iter()
                    .map(|attribute| Attribute {
                        name: owned(&attribute.name),
                        value: owned(&attribute.value),
                    })
                    .collect(),
            },
            Data::Text(text) => Data::Text(owned(text)),
            Data::Comment(text) => Data::Comment(owned(text)),
            Data::Cdata(text) => Data::Cdata(owned(text)),
            Data::Instruction(target, data) => Data::Instruction(owned(target), owned(data)),
        }
    }
}
