//! Resource objects.

use std::borrow::Cow;
use std::collections::HashSet;

use serde::de::MapAccess;
use serde_json::value::RawValue;

use super::linkage::{Identification, Identity, Linkage, LinkageValue};
use super::position::At;
use super::reader::{Expect, Reader, skip};
use super::{DUPLICATE_MEMBER, INVALID_DOCUMENT};
use crate::error::ErrorObject;

/// Attributes and relationships that there is room for at first.
const FIELDS: usize = 4;

/// A resource object of a request.
#[derive(Debug, Clone)]
pub struct ResourceObject<'a> {
    /// `type`.
    pub type_name: Cow<'a, str>,
    /// `id`; or `lid`, if there is no `id` (RES-10); or neither, as a resource to be created may be (RES-05).
    pub identity: Option<Identity<'a>>,
    /// `lid`, also beside an `id`: later operations may use it (ATM-80).
    pub lid: Option<Cow<'a, str>>,
    /// The attributes in the order given, each with the text of its value. Names are decoded, all different, and not
    /// checked otherwise.
    pub attributes: Vec<(Cow<'a, str>, &'a RawValue)>,
    /// The relationships in the order given. No name is that of an attribute.
    pub relationships: Vec<(Cow<'a, str>, Linkage<'a>)>,
    /// Whether there is a member `attributes`, be it empty: a place to point at.
    pub has_attributes: bool,
    /// Whether there is a member `relationships`, be it empty.
    pub has_relationships: bool,
    /// The text of `meta`, an object.
    pub meta: Option<&'a RawValue>,
}

/// An object read so that it can be taken for a resource object and for an identifier.
#[derive(Debug, Clone)]
pub(super) struct DataObject<'a> {
    pub(super) resource: ResourceObject<'a>,
    /// Problems of the fields, which do not count in an identifier: there they are unknown members (DOC-07).
    pub(super) problems: Vec<ErrorObject>,
}

/// Reads an object in the place of `data`.
pub(super) fn data_object<'a, M: MapAccess<'a>>(
    reader: &mut Reader<'a>,
    at: &At<'_>,
    map: M,
) -> Result<DataObject<'a>, M::Error> {
    let mut found = Identification::default();
    let (mut attributes, mut has_attributes) = (Vec::new(), false);
    let (mut relationships, mut has_relationships) = (Vec::new(), false);
    let mut problems = Vec::new();
    reader.members(at, map, |reader, name, at, map| {
        match name.as_ref() {
            "attributes" => {
                has_attributes = true;
                attributes = reader.hold(&mut problems, |reader| reader.value(at, map, Attributes))?;
            }
            "relationships" => {
                has_relationships = true;
                relationships = reader.hold(&mut problems, |reader| reader.value(at, map, Relationships))?;
            }
            _ => found.member(reader, name, at, map)?,
        }
        Ok(())
    })?;
    reader.hold(&mut problems, |reader| one_namespace(reader, at, &attributes, &relationships));
    let type_name = found.type_name(reader, at);
    let lid = found.lid.clone();
    let identity = found.identity();
    let resource = ResourceObject {
        type_name,
        identity,
        lid,
        attributes,
        relationships,
        has_attributes,
        has_relationships,
        meta: found.meta,
    };
    Ok(DataObject { resource, problems })
}

/// Reports relationships with the name of an attribute (RES-13).
fn one_namespace<'a>(
    reader: &mut Reader<'a>,
    at: &At<'_>,
    attributes: &[(Cow<'a, str>, &'a RawValue)],
    relationships: &[(Cow<'a, str>, Linkage<'a>)],
) {
    if attributes.is_empty() || relationships.is_empty() {
        return;
    }
    // Comparing few names is quicker than hashing them.
    let names: Option<HashSet<&str>> = (attributes.len() * relationships.len() > 256)
        .then(|| attributes.iter().map(|(name, _)| name.as_ref()).collect());
    for (name, _) in relationships {
        let is_attribute = match &names {
            Some(names) => names.contains(name.as_ref()),
            None => attributes.iter().any(|(attribute, _)| attribute == name),
        };
        if is_attribute {
            reader.report(&DUPLICATE_MEMBER, &at.member("relationships").member(name), || {
                format!("`{name}` is both in `attributes` and in `relationships`.")
            });
        }
    }
}

/// A resource object and nothing else.
#[derive(Clone, Copy)]
pub(super) struct ResourceValue;

/// What a resource object is called in a sentence.
pub(super) const RESOURCE: &str = "a resource object";

impl<'a> Expect<'a> for ResourceValue {
    type Output = ResourceObject<'a>;

    fn wrong(self, reader: &mut Reader<'a>, at: &At<'_>, found: &'static str) -> Self::Output {
        reader.mismatch(at, RESOURCE, found);
        ResourceObject {
            type_name: Cow::Borrowed(""),
            identity: None,
            lid: None,
            attributes: Vec::new(),
            relationships: Vec::new(),
            has_attributes: false,
            has_relationships: false,
            meta: None,
        }
    }

    fn object<M: MapAccess<'a>>(
        self,
        reader: &mut Reader<'a>,
        at: &At<'_>,
        map: M,
    ) -> Result<Self::Output, M::Error> {
        let DataObject { resource, problems } = data_object(reader, at, map)?;
        for problem in problems {
            reader.push(problem);
        }
        Ok(resource)
    }
}

/// `attributes` (RES-15); @-members are none (NAME-09).
struct Attributes;

impl<'a> Expect<'a> for Attributes {
    type Output = Vec<(Cow<'a, str>, &'a RawValue)>;

    fn wrong(self, reader: &mut Reader<'a>, at: &At<'_>, found: &'static str) -> Self::Output {
        reader.mismatch(at, "an object", found);
        Vec::new()
    }

    fn object<M: MapAccess<'a>>(
        self,
        reader: &mut Reader<'a>,
        at: &At<'_>,
        map: M,
    ) -> Result<Self::Output, M::Error> {
        let mut attributes = Vec::with_capacity(FIELDS);
        reader.members(at, map, |reader, name, at, map| {
            if name.starts_with('@') {
                return skip(map);
            }
            attributes.push((name.clone(), reader.raw(at, map)?));
            Ok(())
        })?;
        Ok(attributes)
    }
}

/// `relationships` (REL-01); @-members are none (NAME-09).
struct Relationships;

impl<'a> Expect<'a> for Relationships {
    type Output = Vec<(Cow<'a, str>, Linkage<'a>)>;

    fn wrong(self, reader: &mut Reader<'a>, at: &At<'_>, found: &'static str) -> Self::Output {
        reader.mismatch(at, "an object", found);
        Vec::new()
    }

    fn object<M: MapAccess<'a>>(
        self,
        reader: &mut Reader<'a>,
        at: &At<'_>,
        map: M,
    ) -> Result<Self::Output, M::Error> {
        let mut relationships = Vec::with_capacity(FIELDS);
        reader.members(at, map, |reader, name, at, map| {
            if name.starts_with('@') {
                return skip(map);
            }
            relationships.push((name.clone(), reader.value(at, map, RelationshipObject)?));
            Ok(())
        })?;
        Ok(relationships)
    }
}

/// A relationship object, of which a request needs `data` (CRUD-11, CRUD-46).
struct RelationshipObject;

impl<'a> Expect<'a> for RelationshipObject {
    type Output = Linkage<'a>;

    fn wrong(self, reader: &mut Reader<'a>, at: &At<'_>, found: &'static str) -> Self::Output {
        reader.mismatch(at, "a relationship object, which has its linkage in `data`", found);
        Linkage::Empty
    }

    fn object<M: MapAccess<'a>>(
        self,
        reader: &mut Reader<'a>,
        at: &At<'_>,
        map: M,
    ) -> Result<Self::Output, M::Error> {
        let mut linkage = None;
        reader.members(at, map, |reader, name, at, map| {
            match name.as_ref() {
                "data" => linkage = Some(reader.value(at, map, LinkageValue)?),
                "meta" => _ = reader.meta(at, map)?,
                _ => skip(map)?,
            }
            Ok(())
        })?;
        Ok(linkage.unwrap_or_else(|| {
            reader.report(&INVALID_DOCUMENT, at, || {
                format!("The relationship {} has no `data`. Give its linkage, or leave it out.", at.subject())
            });
            Linkage::Empty
        }))
    }
}
