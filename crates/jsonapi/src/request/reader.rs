//! The walk over a body: one pass, each value met where it stands, problems noted without stopping.
//!
//! What may stand in a place is an [`Expect`]. A value that cannot stand there is reported and replaced by a
//! placeholder, so that the walk goes on; the report keeps the placeholder from ever being handed out. Only text that
//! is no JSON ends the walk.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::position::At;
use super::raw::{self, Flaw, MAX_DEPTH};
use super::{DUPLICATE_MEMBER, INVALID_DOCUMENT, INVALID_JSON, MAX_ERRORS, NESTED_TOO_DEEP};
use crate::error::{ErrorKind, ErrorObject};

/// Names of one object that are compared with each other; with more, a set is worth its price.
const NAMES_COMPARED: usize = 16;

/// Reads a body as one value.
pub(super) fn read<'a, E: Expect<'a>>(body: &'a [u8], expect: E) -> Result<E::Output, Vec<ErrorObject>> {
    let text = text(body).map_err(|detail| vec![ErrorObject::new(&INVALID_JSON, detail)])?;
    let mut json = serde_json::Deserializer::from_str(text);
    let mut reader = Reader::default();
    let seed = Seed { reader: &mut reader, at: &At::Root, expect };
    match seed.deserialize(&mut json).and_then(|output| json.end().map(|()| output)) {
        Ok(output) if reader.errors.is_empty() => Ok(output),
        Ok(_) => Err(reader.errors),
        Err(error) => {
            let detail = format!("The body cannot be read as JSON: {error}.");
            Err(vec![ErrorObject::new(&INVALID_JSON, detail)])
        }
    }
}

/// The body as text, or what keeps it from being text.
fn text(body: &[u8]) -> Result<&str, String> {
    let text = simdutf8::compat::from_utf8(body).map_err(|error| {
        let mut lines = body[..error.valid_up_to()].split(|byte| *byte == b'\n');
        let (line, column) = (lines.clone().count(), lines.next_back().map_or(0, <[u8]>::len) + 1);
        format!("The body is not text in UTF-8: there is a faulty byte at line {line} column {column}.")
    })?;
    if text.starts_with('\u{feff}') {
        return Err("The body has a byte order mark at line 1 column 1; JSON starts without one.".to_owned());
    }
    if text.trim_ascii().is_empty() {
        return Err("The request needs a JSON document, but its body is empty.".to_owned());
    }
    Ok(text)
}

/// What is expected in a place. A kind of value that is not handled is wrong there.
pub(super) trait Expect<'a>: Sized {
    type Output;

    /// Reports a value of this kind, and stands in for it.
    fn wrong(self, reader: &mut Reader<'a>, at: &At<'_>, found: &'static str) -> Self::Output;

    fn null(self, reader: &mut Reader<'a>, at: &At<'_>) -> Self::Output {
        self.wrong(reader, at, "null")
    }

    fn text(self, reader: &mut Reader<'a>, at: &At<'_>, _text: Cow<'a, str>) -> Self::Output {
        self.wrong(reader, at, "a string")
    }

    fn object<M: MapAccess<'a>>(
        self,
        reader: &mut Reader<'a>,
        at: &At<'_>,
        mut map: M,
    ) -> Result<Self::Output, M::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(self.wrong(reader, at, "an object"))
    }

    fn array<S: SeqAccess<'a>>(
        self,
        reader: &mut Reader<'a>,
        at: &At<'_>,
        mut items: S,
    ) -> Result<Self::Output, S::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(self.wrong(reader, at, "an array"))
    }
}

/// A string.
pub(super) struct Text;

impl<'a> Expect<'a> for Text {
    type Output = Cow<'a, str>;

    fn wrong(self, reader: &mut Reader<'a>, at: &At<'_>, found: &'static str) -> Self::Output {
        reader.mismatch(at, "a string", found);
        Cow::Borrowed("")
    }

    fn text(self, _reader: &mut Reader<'a>, _at: &At<'_>, text: Cow<'a, str>) -> Self::Output {
        text
    }
}

/// The problems found so far, and what the walk needs on its way.
#[derive(Debug, Default)]
pub(super) struct Reader<'a> {
    errors: Vec<ErrorObject>,
    /// Names of the members met in the objects that are open, the innermost last.
    names: Vec<Cow<'a, str>>,
}

impl<'a> Reader<'a> {
    pub(super) fn push(&mut self, error: ErrorObject) {
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(error);
        }
    }

    pub(super) fn report(&mut self, kind: &'static ErrorKind, at: &At<'_>, detail: impl FnOnce() -> String) {
        // The words are put together only if they are kept.
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(ErrorObject::new(kind, detail()).with_pointer(at.pointer()));
        }
    }

    /// Reports a value of another kind than expected.
    pub(super) fn mismatch(&mut self, at: &At<'_>, expected: &str, found: &str) {
        self.report(&INVALID_DOCUMENT, at, || mismatch(&at.subject(), expected, found));
    }

    /// Does something, with the problems it finds put into `held` instead of among the others.
    pub(super) fn hold<T>(&mut self, held: &mut Vec<ErrorObject>, read: impl FnOnce(&mut Self) -> T) -> T {
        let others = std::mem::replace(&mut self.errors, std::mem::take(held));
        let output = read(self);
        *held = std::mem::replace(&mut self.errors, others);
        output
    }

    /// Hands each member of an object to `read`, which must take its value. A name met before is reported instead.
    pub(super) fn members<M, F>(&mut self, at: &At<'_>, mut map: M, mut read: F) -> Result<(), M::Error>
    where
        M: MapAccess<'a>,
        F: FnMut(&mut Self, &Cow<'a, str>, &At<'_>, &mut M) -> Result<(), M::Error>,
    {
        let start = self.names.len();
        let mut many: Option<HashSet<Cow<'a, str>>> = None;
        while let Some(name) = map.next_key_seed(Name)? {
            let is_new = match &mut many {
                Some(many) => many.insert(name.clone()),
                None => !self.names[start..].contains(&name),
            };
            if !is_new {
                self.report(&DUPLICATE_MEMBER, &at.member(&name), || {
                    format!("{} has the member `{name}` more than once.", at.subject())
                });
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            if many.is_none() {
                self.names.push(name.clone());
                if self.names.len() - start > NAMES_COMPARED {
                    many = Some(self.names.drain(start..).collect());
                }
            }
            read(self, &name, &at.member(&name), &mut map)?;
        }
        self.names.truncate(start);
        Ok(())
    }

    /// The value of the member whose name was just read.
    pub(super) fn value<M: MapAccess<'a>, E: Expect<'a>>(
        &mut self,
        at: &At<'_>,
        map: &mut M,
        expect: E,
    ) -> Result<E::Output, M::Error> {
        map.next_value_seed(Seed { reader: self, at, expect })
    }

    /// The next item of an array.
    pub(super) fn item<S: SeqAccess<'a>, E: Expect<'a>>(
        &mut self,
        at: &At<'_>,
        items: &mut S,
        expect: E,
    ) -> Result<Option<E::Output>, S::Error> {
        items.next_element_seed(Seed { reader: self, at, expect })
    }

    /// The text of the value of the member whose name was just read.
    pub(super) fn raw<M: MapAccess<'a>>(
        &mut self,
        at: &At<'_>,
        map: &mut M,
    ) -> Result<&'a RawValue, M::Error> {
        let value: &RawValue = map.next_value()?;
        match raw::check(value.get()) {
            Ok(()) => {}
            Err(Flaw::TooDeep) => self.report(&NESTED_TOO_DEEP, at, || {
                format!("{} is nested in more than {MAX_DEPTH} levels.", at.subject())
            }),
            Err(Flaw::Duplicate(name)) => self.report(&DUPLICATE_MEMBER, at, || {
                format!("{} has an object with two members `{name}`.", at.subject())
            }),
            Err(Flaw::HalfOfPair) => self.report(&INVALID_JSON, at, || {
                format!("{} has an escaped character that is half of a surrogate pair.", at.subject())
            }),
        }
        Ok(value)
    }

    /// The text of an object with meta-information (META-01).
    pub(super) fn meta<M: MapAccess<'a>>(
        &mut self,
        at: &At<'_>,
        map: &mut M,
    ) -> Result<&'a RawValue, M::Error> {
        let value = self.raw(at, map)?;
        if !value.get().starts_with('{') {
            self.report(&INVALID_DOCUMENT, at, || format!("{} must be an object.", at.subject()));
        }
        Ok(value)
    }
}

/// How to say that a value is of the wrong kind.
pub(super) fn mismatch(subject: &str, expected: &str, found: &str) -> String {
    let hint = if expected == "a string" && found == "a number" { " Put it in quotes." } else { "" };
    format!("{subject} must be {expected}, not {found}.{hint}")
}

/// Skips the value of the member whose name was just read.
pub(super) fn skip<'a, M: MapAccess<'a>>(map: &mut M) -> Result<(), M::Error> {
    map.next_value::<IgnoredAny>().map(|_| ())
}

/// A member's name, borrowed unless it has escapes.
struct Name;

impl<'a> DeserializeSeed<'a> for Name {
    type Value = Cow<'a, str>;

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'a> Visitor<'a> for Name {
    type Value = Cow<'a, str>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a name")
    }

    fn visit_borrowed_str<R: Error>(self, text: &'a str) -> Result<Self::Value, R> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<R: Error>(self, text: &str) -> Result<Self::Value, R> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

/// Brings a value to what is expected in its place.
struct Seed<'r, 'p, 'a, E> {
    reader: &'r mut Reader<'a>,
    at: &'r At<'p>,
    expect: E,
}

impl<'a, E: Expect<'a>> DeserializeSeed<'a> for Seed<'_, '_, 'a, E> {
    type Value = E::Output;

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'a, E: Expect<'a>> Visitor<'a> for Seed<'_, '_, 'a, E> {
    type Value = E::Output;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_bool<R: Error>(self, _: bool) -> Result<Self::Value, R> {
        Ok(self.expect.wrong(self.reader, self.at, "a boolean"))
    }

    fn visit_i64<R: Error>(self, _: i64) -> Result<Self::Value, R> {
        Ok(self.expect.wrong(self.reader, self.at, "a number"))
    }

    fn visit_u64<R: Error>(self, _: u64) -> Result<Self::Value, R> {
        Ok(self.expect.wrong(self.reader, self.at, "a number"))
    }

    fn visit_f64<R: Error>(self, _: f64) -> Result<Self::Value, R> {
        Ok(self.expect.wrong(self.reader, self.at, "a number"))
    }

    fn visit_unit<R: Error>(self) -> Result<Self::Value, R> {
        Ok(self.expect.null(self.reader, self.at))
    }

    fn visit_borrowed_str<R: Error>(self, text: &'a str) -> Result<Self::Value, R> {
        Ok(self.expect.text(self.reader, self.at, Cow::Borrowed(text)))
    }

    fn visit_str<R: Error>(self, text: &str) -> Result<Self::Value, R> {
        Ok(self.expect.text(self.reader, self.at, Cow::Owned(text.to_owned())))
    }

    fn visit_map<M: MapAccess<'a>>(self, map: M) -> Result<Self::Value, M::Error> {
        self.expect.object(self.reader, self.at, map)
    }

    fn visit_seq<S: SeqAccess<'a>>(self, items: S) -> Result<Self::Value, S::Error> {
        self.expect.array(self.reader, self.at, items)
    }
}
