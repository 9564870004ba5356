//! Operation objects: what to do, where, and the members of their document.

use std::borrow::Cow;

use serde::de::{IgnoredAny, MapAccess, SeqAccess};

use super::linkage::{Identification, Identity};
use super::operation_data::{DataValue, OperationData, Role};
use super::position::At;
use super::reader::{Expect, Reader, Text, skip};
use super::{INVALID_DOCUMENT, INVALID_OPERATION, OPERATIONS, Position, RESULTS, TOO_MANY_OPERATIONS};
use crate::error::suggest;

/// What an operation does (ATM-20).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OperationCode {
    /// `add`: creates a resource, or adds members to a to-many relationship.
    Add,
    /// `update`: changes a resource, or replaces the value of a relationship.
    Update,
    /// `remove`: deletes a resource, or removes members from a to-many relationship.
    Remove,
}

impl OperationCode {
    const ALL: [Self; 3] = [Self::Add, Self::Update, Self::Remove];

    /// The value of `op`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Update => "update",
            Self::Remove => "remove",
        }
    }
}

/// `ref`: a resource, or one of its relationships (ATM-22).
#[derive(Debug, Clone)]
pub struct Ref<'a> {
    /// `type`.
    pub type_name: Cow<'a, str>,
    /// `id` or `lid`.
    pub identity: Identity<'a>,
    /// `relationship`.
    pub relationship: Option<Cow<'a, str>>,
}

/// Where an operation acts (ATM-21).
#[derive(Debug, Clone)]
pub enum Target<'a> {
    /// `ref`.
    Ref(Ref<'a>),
    /// `href`, any text.
    Href(Cow<'a, str>),
}

/// One operation.
///
/// With a `ref`, or without a target, the kind of `data` is clear and was checked: [`OperationData::into_linkage`] gives
/// no errors if `ref` has a `relationship`, [`OperationData::into_resource`] none otherwise, except for a `remove`, whose
/// `data` is ignored then. With an `href` it depends on what the URL stands for.
#[derive(Debug, Clone)]
pub struct Operation<'a> {
    /// `op`.
    pub code: OperationCode,
    /// `ref` or `href`; a `remove` has one of them (ATM-71).
    pub target: Option<Target<'a>>,
    /// `data`.
    pub data: OperationData<'a>,
    /// Where the operation stands.
    pub position: Position,
}

/// The document, of which `limit` operations are allowed.
pub(super) struct OperationsDocument {
    pub(super) limit: usize,
}

impl<'a> Expect<'a> for OperationsDocument {
    type Output = Vec<Operation<'a>>;

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
        let mut operations = None;
        reader.members(at, map, |reader, name, at, map| {
            match name.as_ref() {
                OPERATIONS => {
                    operations = Some(reader.value(at, map, OperationList { limit: self.limit })?);
                }
                "data" | "included" | "errors" | RESULTS => {
                    reader.report(&INVALID_DOCUMENT, at, || {
                        format!("A document with `{OPERATIONS}` has no `{name}`.")
                    });
                    skip(map)?;
                }
                "meta" => _ = reader.meta(at, map)?,
                _ => skip(map)?,
            }
            Ok(())
        })?;
        Ok(operations.unwrap_or_else(|| {
            reader.report(&INVALID_DOCUMENT, at, || format!("The document has no `{OPERATIONS}`."));
            Vec::new()
        }))
    }
}

/// `atomic:operations` (ATM-12).
struct OperationList {
    limit: usize,
}

impl<'a> Expect<'a> for OperationList {
    type Output = Vec<Operation<'a>>;

    fn wrong(self, reader: &mut Reader<'a>, at: &At<'_>, found: &'static str) -> Self::Output {
        reader.mismatch(at, "an array of operation objects", found);
        Vec::new()
    }

    fn array<S: SeqAccess<'a>>(
        self,
        reader: &mut Reader<'a>,
        at: &At<'_>,
        mut items: S,
    ) -> Result<Self::Output, S::Error> {
        let mut operations = Vec::new();
        let mut count = 0;
        while count < self.limit {
            let Some(operation) =
                reader.item(&at.item(count), &mut items, OperationObject { index: count })?
            else {
                break;
            };
            operations.extend(operation);
            count += 1;
        }
        while items.next_element::<IgnoredAny>()?.is_some() {
            count += 1;
        }
        if count == 0 {
            reader.report(&INVALID_DOCUMENT, at, || format!("{} has no operation.", at.subject()));
        } else if count > self.limit {
            let limit = self.limit;
            reader.report(&TOO_MANY_OPERATIONS, at, || {
                format!("The request has {count} operations; the maximum is {limit}.")
            });
        }
        Ok(operations)
    }
}

/// One operation; `None` after a report.
struct OperationObject {
    index: usize,
}

impl<'a> Expect<'a> for OperationObject {
    type Output = Option<Operation<'a>>;

    fn wrong(self, reader: &mut Reader<'a>, at: &At<'_>, found: &'static str) -> Self::Output {
        reader.mismatch(at, "an operation object", found);
        None
    }

    fn object<M: MapAccess<'a>>(
        self,
        reader: &mut Reader<'a>,
        at: &At<'_>,
        map: M,
    ) -> Result<Self::Output, M::Error> {
        let position = Position::Operation(self.index);
        let mut code = Member::Absent;
        let mut reference = Member::Absent;
        let mut href = None;
        let mut data = OperationData::absent(position);
        reader.members(at, map, |reader, name, at, map| {
            match name.as_ref() {
                "op" => code = reader.value(at, map, Code)?.into(),
                "ref" => reference = reader.value(at, map, RefObject)?.into(),
                "href" => href = Some(reader.value(at, map, Text)?),
                "data" => {
                    data.value =
                        reader.hold(&mut data.problems, |reader| reader.value(at, map, DataValue))?;
                }
                "meta" => _ = reader.meta(at, map)?,
                _ => skip(map)?,
            }
            Ok(())
        })?;
        if matches!(code, Member::Absent) {
            reader.report(&INVALID_OPERATION, at, || format!("{} has no `op`.", at.subject()));
        }
        let target = target(reader, at, reference, href);
        let role = role(reader, at, &code, &target);
        data.settle(reader, role);
        let Member::Is(code) = code else { return Ok(None) };
        let target = match target {
            Member::Absent => None,
            Member::Faulty => return Ok(None),
            Member::Is(target) => Some(target),
        };
        Ok(Some(Operation { code, target, data, position }))
    }
}

/// What `ref` and `href` are together (ATM-21).
fn target<'a>(
    reader: &mut Reader<'a>,
    at: &At<'_>,
    reference: Member<Ref<'a>>,
    href: Option<Cow<'a, str>>,
) -> Member<Target<'a>> {
    match (reference, href) {
        (Member::Absent, None) => Member::Absent,
        (Member::Absent, Some(href)) => Member::Is(Target::Href(href)),
        (Member::Faulty, None) => Member::Faulty,
        (Member::Is(reference), None) => Member::Is(Target::Ref(reference)),
        (_, Some(_)) => {
            reader.report(&INVALID_OPERATION, at, || {
                format!("{} has both `ref` and `href`. Give one of them.", at.subject())
            });
            Member::Faulty
        }
    }
}

/// What `data` has to be (ATM-60, ATM-66, ATM-71, ATM-73, ATM-75).
fn role(
    reader: &mut Reader<'_>,
    at: &At<'_>,
    code: &Member<OperationCode>,
    target: &Member<Target<'_>>,
) -> Role {
    match (code, target) {
        (_, Member::Is(Target::Ref(Ref { relationship: Some(_), .. }))) => Role::Linkage,
        (Member::Absent | Member::Faulty, _) | (_, Member::Faulty) => Role::Unclear,
        (Member::Is(_), Member::Is(Target::Href(_))) => Role::Open,
        (Member::Is(OperationCode::Remove), Member::Is(Target::Ref(_))) => Role::Ignored,
        (Member::Is(OperationCode::Remove), Member::Absent) => {
            reader.report(&INVALID_OPERATION, at, || {
                format!("{} removes something, but has neither `ref` nor `href`.", at.subject())
            });
            Role::Ignored
        }
        (Member::Is(OperationCode::Add | OperationCode::Update), _) => Role::Resource,
    }
}

/// A member that has to be something in particular.
enum Member<T> {
    Absent,
    /// It is there, but it is something else; that is reported.
    Faulty,
    Is(T),
}

impl<T> From<Option<T>> for Member<T> {
    /// The value of a member that was met; `None` after a report.
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Faulty, Self::Is)
    }
}
/// `op` (ATM-20); `None` after a report.
struct Code;

impl<'a> Expect<'a> for Code {
    type Output = Option<OperationCode>;

    fn wrong(self, reader: &mut Reader<'a>, at: &At<'_>, found: &'static str) -> Self::Output {
        reader.report(&INVALID_OPERATION, at, || {
            format!("`op` must be `add`, `update` or `remove`, not {found}.")
        });
        None
    }

    fn text(self, reader: &mut Reader<'a>, at: &At<'_>, text: Cow<'a, str>) -> Self::Output {
        let known = OperationCode::ALL.into_iter().find(|code| code.as_str() == text);
        if known.is_none() {
            reader.report(&INVALID_OPERATION, at, || {
                match suggest(&text, OperationCode::ALL.into_iter().map(OperationCode::as_str)) {
                    Some(meant) => format!("There is no such operation. Did you mean `{meant}`?"),
                    None => "There is no such operation. `op` is `add`, `update` or `remove`.".to_owned(),
                }
            });
        }
        known
    }
}

/// `ref` (ATM-22, ATM-23); `None` after a report.
struct RefObject;

impl<'a> Expect<'a> for RefObject {
    type Output = Option<Ref<'a>>;

    fn wrong(self, reader: &mut Reader<'a>, at: &At<'_>, found: &'static str) -> Self::Output {
        reader.mismatch(at, "an object", found);
        None
    }

    fn object<M: MapAccess<'a>>(
        self,
        reader: &mut Reader<'a>,
        at: &At<'_>,
        map: M,
    ) -> Result<Self::Output, M::Error> {
        let mut found = Identification::default();
        let mut relationship = None;
        reader.members(at, map, |reader, name, at, map| {
            match name.as_ref() {
                "relationship" => relationship = Some(reader.value(at, map, Text)?),
                _ => found.member(reader, name, at, map)?,
            }
            Ok(())
        })?;
        if found.has_both() {
            reader.report(&INVALID_OPERATION, at, || "`ref` has both `id` and `lid`.".to_owned());
        }
        let type_name = found.type_name(reader, at);
        let identity = found.needed_identity(reader, at);
        Ok(Some(Ref { type_name, identity, relationship }))
    }
}
