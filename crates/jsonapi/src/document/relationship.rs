//! Relationships: linkage, links, or both.

use std::borrow::Cow;

use super::RelationshipLinks;
use crate::json;

/// Type and id of a resource (REL-06).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Identifier<'a> {
    type_name: Cow<'a, str>,
    id: Cow<'a, str>,
}

impl<'a> Identifier<'a> {
    /// Identifies a resource.
    pub fn new(type_name: impl Into<Cow<'a, str>>, id: impl Into<Cow<'a, str>>) -> Self {
        Self { type_name: type_name.into(), id: id.into() }
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"type\":");
        json::string(out, &self.type_name);
        out.extend_from_slice(b",\"id\":");
        json::string(out, &self.id);
        out.push(b'}');
    }
}

/// What a relationship leads to (REL-04).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Linkage<'a> {
    /// One resource or none.
    ToOne(Option<Identifier<'a>>),
    /// Any number of resources.
    ToMany(Vec<Identifier<'a>>),
}

impl Linkage<'_> {
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::ToOne(None) => out.extend_from_slice(b"null"),
            Self::ToOne(Some(identifier)) => identifier.write(out),
            Self::ToMany(identifiers) => {
                out.push(b'[');
                for (index, identifier) in identifiers.iter().enumerate() {
                    if index > 0 {
                        out.push(b',');
                    }
                    identifier.write(out);
                }
                out.push(b']');
            }
        }
    }
}

/// A relationship object. It cannot be empty (REL-02), and linkage that is not known is left out (REL-05).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relationship<'a> {
    linkage: Option<Linkage<'a>>,
    links: Option<RelationshipLinks<'a>>,
}

impl<'a> Relationship<'a> {
    /// A to-one relationship with its linkage.
    pub fn to_one(target: Option<Identifier<'a>>) -> Self {
        Self { linkage: Some(Linkage::ToOne(target)), links: None }
    }

    /// A to-many relationship with its linkage.
    pub fn to_many(targets: impl IntoIterator<Item = Identifier<'a>>) -> Self {
        Self { linkage: Some(Linkage::ToMany(targets.into_iter().collect())), links: None }
    }

    /// A relationship whose linkage is not shown.
    pub fn unloaded(links: RelationshipLinks<'a>) -> Self {
        Self { linkage: None, links: Some(links) }
    }

    /// The same, with links.
    #[must_use]
    pub fn with_links(mut self, links: RelationshipLinks<'a>) -> Self {
        self.links = Some(links);
        self
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.push(b'{');
        if let Some(links) = &self.links {
            links.write(out);
        }
        if let Some(linkage) = &self.linkage {
            out.extend_from_slice(if self.links.is_some() { b",\"data\":" } else { b"\"data\":" });
            linkage.write(out);
        }
        out.push(b'}');
    }
}
