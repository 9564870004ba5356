//! What identifies resources: identifiers, and linkage made of them.

use std::borrow::Cow;
use std::slice;

use serde::de::{MapAccess, SeqAccess};
use serde_json::value::RawValue;

use super::INVALID_DOCUMENT;
use super::position::At;
use super::reader::{Expect, Reader, Text, skip};

/// How a resource is told from the others of its type.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Identity<'a> {
    /// `id`.
    Id(Cow<'a, str>),
    /// `lid`: the name, inside this document, of a resource that has no id yet.
    LocalId(Cow<'a, str>),
}

impl Identity<'_> {
    /// The name of the member it was read from, for pointers.
    pub const fn member(&self) -> &'static str {
        match self {
            Self::Id(_) => "id",
            Self::LocalId(_) => "lid",
        }
    }

    /// The id or the local id.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Id(text) | Self::LocalId(text) => text,
        }
    }
}

/// A resource identifier object (REL-06).
#[derive(Debug, Clone)]
pub struct ResourceIdentifier<'a> {
    /// `type`.
    pub type_name: Cow<'a, str>,
    /// `id`; or `lid`, if there is no `id`.
    pub identity: Identity<'a>,
    /// The text of `meta`, an object.
    pub meta: Option<&'a RawValue>,
}

/// The value of a relationship (REL-04).
#[derive(Debug, Clone)]
pub enum Linkage<'a> {
    /// `null`: an empty to-one relationship.
    Empty,
    /// An identifier: a to-one relationship.
    One(ResourceIdentifier<'a>),
    /// An array of identifiers, in the order given and with those given twice (REL-13): a to-many relationship.
    Many(Vec<ResourceIdentifier<'a>>),
}

impl<'a> Linkage<'a> {
    /// Each identifier with what [`Position::identifier`](super::Position::identifier) needs to point at it.
    pub fn identifiers(&self) -> impl ExactSizeIterator<Item = (Option<usize>, &ResourceIdentifier<'a>)> {
        let (identifiers, is_many) = match self {
            Self::Empty => (&[][..], false),
            Self::One(identifier) => (slice::from_ref(identifier), false),
            Self::Many(identifiers) => (identifiers.as_slice(), true),
        };
        identifiers.iter().enumerate().map(move |(index, identifier)| (is_many.then_some(index), identifier))
    }
}

/// The members that resource objects, identifiers and `ref` have in common, as far as they were met.
#[derive(Debug, Default)]
pub(super) struct Identification<'a> {
    type_name: Option<Cow<'a, str>>,
    id: Option<Cow<'a, str>>,
    pub(super) lid: Option<Cow<'a, str>>,
    pub(super) meta: Option<&'a RawValue>,
}

impl<'a> Identification<'a> {
    /// Takes the value of one member, whatever its name (RES-02, RES-03, DOC-07).
    pub(super) fn member<M: MapAccess<'a>>(
        &mut self,
        reader: &mut Reader<'a>,
        name: &str,
        at: &At<'_>,
        map: &mut M,
    ) -> Result<(), M::Error> {
        match name {
            "type" => self.type_name = Some(reader.value(at, map, Text)?),
            "id" => self.id = Some(reader.value(at, map, Text)?),
            "lid" => self.lid = Some(reader.value(at, map, Text)?),
            "meta" => self.meta = Some(reader.meta(at, map)?),
            _ => skip(map)?,
        }
        Ok(())
    }

    pub(super) const fn has_both(&self) -> bool {
        self.id.is_some() && self.lid.is_some()
    }

    /// The type, which must be there (CRUD-03).
    pub(super) fn type_name(&mut self, reader: &mut Reader<'a>, at: &At<'_>) -> Cow<'a, str> {
        self.type_name.take().unwrap_or_else(|| {
            reader.report(&INVALID_DOCUMENT, at, || format!("{} has no `type`.", at.subject()));
            Cow::Borrowed("")
        })
    }

    /// The id, or the local id if there is no id (RES-10).
    pub(super) fn identity(&mut self) -> Option<Identity<'a>> {
        self.id.take().map(Identity::Id).or_else(|| self.lid.take().map(Identity::LocalId))
    }

    /// The id or the local id, one of which must be there (REL-06).
    pub(super) fn needed_identity(&mut self, reader: &mut Reader<'a>, at: &At<'_>) -> Identity<'a> {
        self.identity().unwrap_or_else(|| {
            reader.report(&INVALID_DOCUMENT, at, || no_identity(&at.subject()));
            Identity::Id(Cow::Borrowed(""))
        })
    }
}

pub(super) fn no_identity(subject: &str) -> String {
    format!("{subject} has neither `id` nor `lid`.")
}

/// A resource identifier object.
pub(super) struct IdentifierValue;

impl<'a> Expect<'a> for IdentifierValue {
    type Output = ResourceIdentifier<'a>;

    fn wrong(self, reader: &mut Reader<'a>, at: &At<'_>, found: &'static str) -> Self::Output {
        reader.mismatch(at, "a resource identifier object", found);
        ResourceIdentifier {
            type_name: Cow::Borrowed(""),
            identity: Identity::Id(Cow::Borrowed("")),
            meta: None,
        }
    }

    fn object<M: MapAccess<'a>>(
        self,
        reader: &mut Reader<'a>,
        at: &At<'_>,
        map: M,
    ) -> Result<Self::Output, M::Error> {
        let mut found = Identification::default();
        reader.members(at, map, |reader, name, at, map| found.member(reader, name, at, map))?;
        let type_name = found.type_name(reader, at);
        let identity = found.needed_identity(reader, at);
        Ok(ResourceIdentifier { type_name, identity, meta: found.meta })
    }
}

/// What linkage must be, in words.
pub(super) const LINKAGE: &str = "null, a resource identifier object or an array of them";

/// Linkage.
#[derive(Clone, Copy)]
pub(super) struct LinkageValue;

impl<'a> Expect<'a> for LinkageValue {
    type Output = Linkage<'a>;

    fn wrong(self, reader: &mut Reader<'a>, at: &At<'_>, found: &'static str) -> Self::Output {
        reader.mismatch(at, LINKAGE, found);
        Linkage::Empty
    }

    fn null(self, _reader: &mut Reader<'a>, _at: &At<'_>) -> Self::Output {
        Linkage::Empty
    }

    fn object<M: MapAccess<'a>>(
        self,
        reader: &mut Reader<'a>,
        at: &At<'_>,
        map: M,
    ) -> Result<Self::Output, M::Error> {
        IdentifierValue.object(reader, at, map).map(Linkage::One)
    }

    fn array<S: SeqAccess<'a>>(
        self,
        reader: &mut Reader<'a>,
        at: &At<'_>,
        items: S,
    ) -> Result<Self::Output, S::Error> {
        identifiers(reader, at, items).map(Linkage::Many)
    }
}

/// An array of resource identifier objects.
pub(super) fn identifiers<'a, S: SeqAccess<'a>>(
    reader: &mut Reader<'a>,
    at: &At<'_>,
    mut items: S,
) -> Result<Vec<ResourceIdentifier<'a>>, S::Error> {
    let mut identifiers = Vec::new();
    while let Some(identifier) = reader.item(&at.item(identifiers.len()), &mut items, IdentifierValue)? {
        identifiers.push(identifier);
    }
    Ok(identifiers)
}
