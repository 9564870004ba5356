//! Where a value of a request document stands.

use crate::pointer::Pointer;

/// The place of what was read: in a document of its own, or in one of many operations.
///
/// A position is a mere number; pointers are made of it when there is something to point out. They resolve in the body
/// if the values named were read from it.
///
/// ```
/// use docent_jsonapi::request::Position;
///
/// assert_eq!(Position::Document.attribute("title").as_str(), "/data/attributes/title");
/// let third = Position::Operation(2);
/// assert_eq!(third.data().with_member("type").as_str(), "/atomic:operations/2/data/type");
/// assert_eq!(third.whole().with_member("ref").as_str(), "/atomic:operations/2/ref");
/// assert_eq!(
///     third.identifier(Some("tags"), Some(7)).as_str(),
///     "/atomic:operations/2/data/relationships/tags/data/7"
/// );
/// assert_eq!(third.identifier(None, None).as_str(), "/atomic:operations/2/data");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// The document has `data`.
    Document,
    /// The operation with this index, counted from 0.
    Operation(usize),
}

impl Position {
    /// The document or the operation itself.
    pub fn whole(self) -> Pointer {
        match self {
            Self::Document => Pointer::root(),
            Self::Operation(index) => Pointer::root().with_member(super::OPERATIONS).with_index(index),
        }
    }

    /// Its `data`.
    pub fn data(self) -> Pointer {
        self.whole().with_member("data")
    }

    /// An attribute in its `data`.
    pub fn attribute(self, name: &str) -> Pointer {
        self.data().with_member("attributes").with_member(name)
    }

    /// A relationship object in its `data`.
    pub fn relationship(self, name: &str) -> Pointer {
        self.data().with_member("relationships").with_member(name)
    }

    /// Linkage: that of a relationship in its `data`, or the `data` itself.
    pub fn linkage(self, relationship: Option<&str>) -> Pointer {
        match relationship {
            Some(name) => self.relationship(name).with_member("data"),
            None => self.data(),
        }
    }

    /// An identifier in linkage; without an index the only one of a to-one relationship. The index is the one that
    /// [`Linkage::identifiers`](super::Linkage::identifiers) tells.
    pub fn identifier(self, relationship: Option<&str>, index: Option<usize>) -> Pointer {
        let linkage = self.linkage(relationship);
        match index {
            Some(index) => linkage.with_index(index),
            None => linkage,
        }
    }
}

/// The place of the value being read: the steps to it, linked from the inside out, so that stepping costs nothing.
#[derive(Debug, Clone, Copy)]
pub(super) enum At<'p> {
    Root,
    Member(&'p At<'p>, &'p str),
    Item(&'p At<'p>, usize),
}

impl<'p> At<'p> {
    pub(super) const fn member(&'p self, name: &'p str) -> Self {
        Self::Member(self, name)
    }

    pub(super) const fn item(&'p self, index: usize) -> Self {
        Self::Item(self, index)
    }

    pub(super) fn pointer(&self) -> Pointer {
        match self {
            Self::Root => Pointer::root(),
            Self::Member(object, name) => object.pointer().with_member(name),
            Self::Item(array, index) => array.pointer().with_index(*index),
        }
    }

    /// What to call the value in a sentence.
    pub(super) fn subject(&self) -> String {
        match self {
            Self::Root => "The document".to_owned(),
            Self::Member(_, name) => format!("`{name}`"),
            Self::Item(Self::Member(_, name), index) => format!("`{name}[{index}]`"),
            Self::Item(_, index) => format!("Item {index}"),
        }
    }
}
