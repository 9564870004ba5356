//! Request documents: bytes in; what they say out, or everything that is wrong with their structure.
//!
//! Each reader is for one kind of request: [`read_resource`] for creating and updating a resource, [`read_linkage`] for
//! relationship URLs, [`read_operations`] for Atomic Operations. They know the specification's structure and nothing of
//! types, fields or ids: whether those exist and fit is for others to say, and a [`Position`] tells them how to point at
//! what they find wrong.
//!
//! What holds for everything read:
//!
//! - Members nobody defined and @-members are ignored (DOC-07, NAME-09); a name that stands twice in one object is an
//!   error nevertheless (DOC-01).
//! - Values of attributes and `meta` stay the text that was sent: numbers keep their digits, and nested objects the
//!   order of their members. The text is well-formed JSON, is nested in [`MAX_DEPTH`] levels at most, and its strings
//!   are Unicode.
//! - All problems are reported, up to [`MAX_ERRORS`], each with a pointer to a value that exists: a member that is
//!   missing is pointed at by the object that lacks it (ERR-09). Text that is no JSON has one problem and no pointer.
//!
//! ```
//! use docent_jsonapi::error::Source;
//! use docent_jsonapi::request::{Linkage, Position, read_resource};
//!
//! let body = br#"{"data":{"type":"articles",
//!     "attributes":{"price":12345678901234567890.10},
//!     "relationships":{"author":{"data":{"type":"people","id":"9"}}}}}"#;
//! let article = read_resource(body).unwrap();
//! assert_eq!(article.type_name, "articles");
//! assert_eq!(article.identity, None);
//! let (name, price) = &article.attributes[0];
//! assert_eq!(price.get(), "12345678901234567890.10");
//! assert_eq!(Position::Document.attribute(name).as_str(), "/data/attributes/price");
//! assert!(matches!(&article.relationships[0].1, Linkage::One(author) if author.identity.as_str() == "9"));
//!
//! let errors = read_resource(br#"{"data":{"id":1,"relationships":{"author":{}}}}"#).unwrap_err();
//! let pointers: Vec<_> = errors.iter().map(|error| error.source.clone()).collect();
//! let pointer = |text: &str| Some(Source::Pointer(text.to_owned()));
//! assert_eq!(pointers, [pointer("/data/id"), pointer("/data"), pointer("/data/relationships/author")]);
//! ```

mod errors;
mod linkage;
mod operation;
mod operation_data;
mod position;
mod raw;
mod reader;
mod resource;
#[cfg(test)]
mod tests;

use serde::de::MapAccess;

use crate::error::ErrorObject;
use position::At;
use reader::{Expect, Reader, skip};

pub use errors::{
    DUPLICATE_MEMBER, INVALID_DOCUMENT, INVALID_JSON, INVALID_OPERATION, KINDS, NESTED_TOO_DEEP,
    TOO_MANY_OPERATIONS,
};
pub use linkage::{Identity, Linkage, ResourceIdentifier};
pub use operation::{Operation, OperationCode, Ref, Target};
pub use operation_data::OperationData;
pub use position::Position;
pub use raw::{MAX_DEPTH, string};
pub use resource::ResourceObject;

/// Errors reported for one document at most: an answer must not be many times the size of its request.
pub const MAX_ERRORS: usize = 100;

/// The member with the operations.
const OPERATIONS: &str = "atomic:operations";
/// The member with their results.
const RESULTS: &str = "atomic:results";

/// Reads a document whose `data` is one resource object: the body of POST to a collection and of PATCH (CRUD-10,
/// CRUD-42).
pub fn read_resource(body: &[u8]) -> Result<ResourceObject<'_>, Vec<ErrorObject>> {
    reader::read(body, Document { data: resource::ResourceValue })?.ok_or_else(Vec::new)
}

/// Reads a document whose `data` is linkage: the body of requests to relationship URLs (RUP-01, RUP-03). Whether the
/// linkage is of the right cardinality is for the caller to check.
///
/// ```
/// use docent_jsonapi::request::{Linkage, read_linkage};
///
/// assert!(matches!(read_linkage(br#"{"data":null}"#), Ok(Linkage::Empty)));
/// assert!(read_linkage(b"{}").is_err(), "absent is something else than null");
/// ```
pub fn read_linkage(body: &[u8]) -> Result<Linkage<'_>, Vec<ErrorObject>> {
    reader::read(body, Document { data: linkage::LinkageValue })?.ok_or_else(Vec::new)
}

/// Reads a document of the Atomic Operations extension, with at most `limit` operations.
///
/// ```
/// use docent_jsonapi::request::{OperationCode, Target, read_operations};
///
/// let body = br#"{"atomic:operations":[
///     {"op":"add","data":{"type":"articles","lid":"new"}},
///     {"op":"update","href":"/articles/1/relationships/author","data":{"type":"people","id":"9"}}]}"#;
/// let mut operations = read_operations(body, 1_000).unwrap().into_iter();
///
/// let add = operations.next().unwrap();
/// assert_eq!(add.code, OperationCode::Add);
/// assert_eq!(add.data.into_resource().unwrap().type_name, "articles");
///
/// // Only who knows the URL knows what the data is to be.
/// let update = operations.next().unwrap();
/// assert!(matches!(update.target, Some(Target::Href(_))));
/// assert_eq!(update.data.into_linkage().unwrap().identifiers().len(), 1);
/// ```
pub fn read_operations(body: &[u8], limit: usize) -> Result<Vec<Operation<'_>>, Vec<ErrorObject>> {
    reader::read(body, operation::OperationsDocument { limit })
}

/// A document with `data`; `None` after a report.
struct Document<E> {
    data: E,
}

impl<'a, E: Expect<'a> + Copy> Expect<'a> for Document<E> {
    type Output = Option<E::Output>;

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
        let mut data = None;
        let mut has_operations = false;
        reader.members(at, map, |reader, name, at, map| {
            match name.as_ref() {
                "data" => data = Some(reader.value(at, map, self.data)?),
                "meta" => _ = reader.meta(at, map)?,
                _ => {
                    has_operations |= name == OPERATIONS;
                    skip(map)?;
                }
            }
            Ok(())
        })?;
        if data.is_none() {
            reader.report(&INVALID_DOCUMENT, at, || {
                let mut detail = "The document has no `data`.".to_owned();
                if has_operations {
                    // Members of an extension that is not applied are ignored (EXT-05).
                    detail.push_str(
                        " `atomic:operations` is read only where the extension is applied: `Content-Type` must name it.",
                    );
                }
                detail
            });
        }
        Ok(data)
    }
}
