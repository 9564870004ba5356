//! The `data` of an operation, read before it is known what it has to be.
//!
//! An object may be a resource object or an identifier: which, depends on the operation's target, and the target may
//! come after `data` or be an `href`, which only the server's routes explain. So it is read as both at once, and the
//! problems of each reading wait until one of them is asked for.

use serde::de::{MapAccess, SeqAccess};

use super::linkage::{self, Linkage, ResourceIdentifier};
use super::position::At;
use super::reader::{Expect, Reader, mismatch};
use super::resource::{self, DataObject, ResourceObject};
use super::{INVALID_DOCUMENT, INVALID_OPERATION, Position};
use crate::error::ErrorObject;

/// Problems kept of each operation whose reading is open: there may be many such operations.
const PROBLEMS_KEPT: usize = 10;

/// The `data` of an operation.
#[derive(Debug, Clone)]
pub struct OperationData<'a> {
    pub(super) value: Shape<'a>,
    /// Problems of every reading the value allows.
    pub(super) problems: Vec<ErrorObject>,
    position: Position,
}

/// What stands in the place of `data`.
#[derive(Debug, Clone)]
pub(super) enum Shape<'a> {
    Absent,
    Null,
    Object(Box<DataObject<'a>>),
    Array(Vec<ResourceIdentifier<'a>>),
    /// Anything else, in words.
    Other(&'static str),
}

/// What `data` is to its operation.
#[derive(Debug, Clone, Copy)]
pub(super) enum Role {
    Resource,
    Linkage,
    /// Without meaning (ATM-71).
    Ignored,
    /// That depends on what a URL stands for.
    Open,
    /// The operation is too faulty to tell.
    Unclear,
}

/// A way to take `data`.
#[derive(Debug, Clone, Copy)]
enum Reading {
    Resource,
    Linkage,
}

impl<'a> OperationData<'a> {
    /// Whether there is no `data`, which is something else than `null` (ATM-30).
    pub const fn is_absent(&self) -> bool {
        matches!(self.value, Shape::Absent)
    }

    /// The resource object it is, or all that keeps it from being one.
    pub fn into_resource(mut self) -> Result<ResourceObject<'a>, Vec<ErrorObject>> {
        let problems = self.problems_as(Reading::Resource);
        match self.value {
            Shape::Object(object) if problems.is_empty() => Ok(object.resource),
            _ => Err(problems),
        }
    }

    /// The linkage it is, or all that keeps it from being one.
    pub fn into_linkage(mut self) -> Result<Linkage<'a>, Vec<ErrorObject>> {
        let problems = self.problems_as(Reading::Linkage);
        if !problems.is_empty() {
            return Err(problems);
        }
        match self.value {
            Shape::Null => Ok(Linkage::Empty),
            Shape::Array(identifiers) => Ok(Linkage::Many(identifiers)),
            Shape::Object(object) => {
                let ResourceObject { type_name, identity, meta, .. } = object.resource;
                let one = identity.map(|identity| ResourceIdentifier { type_name, identity, meta });
                one.map(Linkage::One).ok_or(problems)
            }
            Shape::Absent | Shape::Other(_) => Err(problems),
        }
    }

    pub(super) const fn absent(position: Position) -> Self {
        Self { value: Shape::Absent, problems: Vec::new(), position }
    }

    /// Reports the problems that count in this role, and keeps those that may count later.
    pub(super) fn settle(&mut self, reader: &mut Reader<'a>, role: Role) {
        let problems = match role {
            Role::Resource => self.problems_as(Reading::Resource),
            Role::Linkage => self.problems_as(Reading::Linkage),
            Role::Unclear => std::mem::take(&mut self.problems),
            Role::Ignored => {
                *self = Self::absent(self.position);
                return;
            }
            Role::Open => {
                bound(&mut self.problems);
                if let Shape::Object(object) = &mut self.value {
                    bound(&mut object.problems);
                }
                return;
            }
        };
        for problem in problems {
            reader.push(problem);
        }
    }

    /// Takes the problems of a reading out; there are none exactly if the value can be read so.
    fn problems_as(&mut self, reading: Reading) -> Vec<ErrorObject> {
        let found = match (&mut self.value, reading) {
            (Shape::Absent, _) => {
                let detail = "The operation has no `data`.";
                let error = ErrorObject::new(&INVALID_OPERATION, detail);
                return vec![error.with_pointer(self.position.whole())];
            }
            (Shape::Object(object), Reading::Resource) => {
                let mut problems = std::mem::take(&mut self.problems);
                problems.append(&mut object.problems);
                return problems;
            }
            (Shape::Object(object), Reading::Linkage) => {
                let mut problems = std::mem::take(&mut self.problems);
                if object.resource.identity.is_none() {
                    let error = ErrorObject::new(&INVALID_DOCUMENT, linkage::no_identity("`data`"));
                    problems.push(error.with_pointer(self.position.data()));
                }
                return problems;
            }
            (Shape::Null | Shape::Array(_), Reading::Linkage) => return std::mem::take(&mut self.problems),
            (Shape::Null, Reading::Resource) => "null",
            (Shape::Array(_), Reading::Resource) => "an array",
            (Shape::Other(found), _) => found,
        };
        let expected = match reading {
            Reading::Resource => resource::RESOURCE,
            Reading::Linkage => linkage::LINKAGE,
        };
        let error = ErrorObject::new(&INVALID_DOCUMENT, mismatch("`data`", expected, found));
        vec![error.with_pointer(self.position.data())]
    }
}

/// Keeps only some of the problems.
fn bound(problems: &mut Vec<ErrorObject>) {
    problems.truncate(PROBLEMS_KEPT);
    problems.shrink_to_fit();
}

/// Any value, with its problems held back by the caller.
pub(super) struct DataValue;

impl<'a> Expect<'a> for DataValue {
    type Output = Shape<'a>;

    fn wrong(self, _reader: &mut Reader<'a>, _at: &At<'_>, found: &'static str) -> Self::Output {
        Shape::Other(found)
    }

    fn null(self, _reader: &mut Reader<'a>, _at: &At<'_>) -> Self::Output {
        Shape::Null
    }

    fn object<M: MapAccess<'a>>(
        self,
        reader: &mut Reader<'a>,
        at: &At<'_>,
        map: M,
    ) -> Result<Self::Output, M::Error> {
        Ok(Shape::Object(Box::new(resource::data_object(reader, at, map)?)))
    }

    fn array<S: SeqAccess<'a>>(
        self,
        reader: &mut Reader<'a>,
        at: &At<'_>,
        items: S,
    ) -> Result<Self::Output, S::Error> {
        linkage::identifiers(reader, at, items).map(Shape::Array)
    }
}
