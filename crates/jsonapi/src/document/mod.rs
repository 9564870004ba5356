//! A writer of documents for people who write their own server.
//!
//! Each step returns the writer in the state that follows, and a state has only the methods that are legal in it: there
//! is no way to write `included` without `data`, `data` beside `errors`, or a member twice. A resource object is
//! written once per type and id, however often it is handed over (CMP-06). Error documents are written by
//! [`error::write_document`](crate::error::write_document).
//!
//! ```
//! use docent_jsonapi::document::{Document, DocumentLinks, Identifier, Meta, Relationship, Resource};
//! use docent_jsonapi::media_type::Applied;
//!
//! # fn main() -> Result<(), docent_jsonapi::document::NameError> {
//! let mut article = Resource::new("articles", "1")?;
//! article.attribute("title", "Hello")?;
//! article.relationship("author", &Relationship::to_one(Some(Identifier::new("people", "9"))))?;
//! let mut person = Resource::new("people", "9")?;
//! person.attribute("name", "Ada")?;
//!
//! let mut out = Vec::new();
//! let links = DocumentLinks { this: Some("/articles".into()), ..DocumentLinks::default() };
//! let mut articles = Document::new(&mut out, &Applied::default()).links(&links).collection();
//! articles.push(&article);
//! let mut included = articles.end().included();
//! assert!(included.push(&person));
//! assert!(!included.push(&person), "it is there already");
//! let mut meta = Meta::default();
//! meta.member("count", 1)?;
//! included.end().finish_with(&meta);
//!
//! assert_eq!(
//!     String::from_utf8(out).unwrap(),
//!     concat!(
//!         r#"{"jsonapi":{"version":"1.1"},"links":{"self":"/articles"},"data":[{"type":"articles","id":"1","#,
//!         r#""attributes":{"title":"Hello"},"relationships":{"author":{"data":{"type":"people","id":"9"}}}}],"#,
//!         r#""included":[{"type":"people","id":"9","attributes":{"name":"Ada"}}],"meta":{"count":1}}"#,
//!     )
//! );
//! # Ok(())
//! # }
//! ```

mod links;
mod object;
mod relationship;
mod resource;
#[cfg(test)]
mod tests;
mod value;

use std::collections::HashSet;
use std::marker::PhantomData;

use crate::json;
use crate::media_type::Applied;

pub use links::{DocumentLinks, Link, RelationshipLinks};
pub use object::{Meta, NameError};
pub use relationship::{Identifier, Linkage, Relationship};
pub use resource::Resource;
pub use value::ToJson;

/// Appends the member `jsonapi` (JAPI-02, JAPI-03): `"jsonapi":{…}`.
///
/// ```
/// use docent_jsonapi::media_type::Applied;
///
/// let mut out = Vec::new();
/// docent_jsonapi::document::write_jsonapi(&mut out, &Applied::default());
/// assert_eq!(out, br#""jsonapi":{"version":"1.1"}"#);
/// ```
pub fn write_jsonapi(out: &mut Vec<u8>, applied: &Applied) {
    out.extend_from_slice(b"\"jsonapi\":{\"version\":\"1.1\"");
    for (name, uris) in [("ext", &applied.extensions), ("profile", &applied.profiles)] {
        for (index, uri) in uris.iter().enumerate() {
            if index == 0 {
                out.extend_from_slice(b",\"");
                out.extend_from_slice(name.as_bytes());
                out.extend_from_slice(b"\":[");
            } else {
                out.push(b',');
            }
            json::string(out, uri);
        }
        if !uris.is_empty() {
            out.push(b']');
        }
    }
    out.push(b'}');
}

/// States of a [`Document`].
pub mod state {
    /// Nothing but `jsonapi` is written.
    #[derive(Debug)]
    pub struct Start;
    /// `links` are written, or are not wanted.
    #[derive(Debug)]
    pub struct Linked;
    /// Inside the array `data`.
    #[derive(Debug)]
    pub struct Collection;
    /// `data` is written.
    #[derive(Debug)]
    pub struct Data;
    /// Inside the array `included`.
    #[derive(Debug)]
    pub struct Included;
    /// Everything but `meta` is written.
    #[derive(Debug)]
    pub struct End;

    /// Before primary data.
    pub trait BeforeData {}
    impl BeforeData for Start {}
    impl BeforeData for Linked {}

    /// Inside an array of resource objects.
    pub trait List {
        /// What follows the array.
        type After;
    }
    impl List for Collection {
        type After = Data;
    }
    impl List for Included {
        type After = End;
    }

    /// Complete but for `meta`.
    pub trait BeforeEnd {}
    impl BeforeEnd for Data {}
    impl BeforeEnd for End {}
}

use state::{BeforeData, BeforeEnd, Collection, Data, Included, Linked, List, Start};

/// A document being written. It is complete only when one of the finishing methods was called.
#[derive(Debug)]
#[must_use = "the document is complete only when it is finished"]
pub struct Document<'a, State> {
    out: &'a mut Vec<u8>,
    /// Type and id of the resource objects written.
    written: HashSet<(String, String)>,
    /// Whether the array being written has an item.
    has_item: bool,
    state: PhantomData<State>,
}

impl<'a> Document<'a, Start> {
    /// Starts a document under these extensions and profiles at the end of `out`.
    pub fn new(out: &'a mut Vec<u8>, applied: &Applied) -> Self {
        out.push(b'{');
        write_jsonapi(out, applied);
        Self { out, written: HashSet::new(), has_item: false, state: PhantomData }
    }

    /// Writes the top-level links.
    pub fn links(self, links: &DocumentLinks<'_>) -> Document<'a, Linked> {
        links.write(self.out);
        self.becomes()
    }
}

impl<'a, State: BeforeData> Document<'a, State> {
    /// Writes a single resource as primary data.
    pub fn resource(mut self, resource: &Resource) -> Document<'a, Data> {
        self.out.extend_from_slice(b",\"data\":");
        self.write(resource);
        self.becomes()
    }

    /// Writes `null` as primary data: a single resource that might be there, but is not (FETCH-05).
    pub fn nothing(self) -> Document<'a, Data> {
        self.out.extend_from_slice(b",\"data\":null");
        self.becomes()
    }

    /// Writes the linkage of a relationship as primary data (FETCH-21).
    pub fn linkage(self, linkage: &Linkage<'_>) -> Document<'a, Data> {
        self.out.extend_from_slice(b",\"data\":");
        linkage.write(self.out);
        self.becomes()
    }

    /// Starts an array of resources as primary data.
    pub fn collection(self) -> Document<'a, Collection> {
        self.out.extend_from_slice(b",\"data\":[");
        self.becomes()
    }

    /// Finishes a document that has no primary data, only `meta`.
    pub fn only(self, meta: &Meta) {
        meta.write(self.out);
        self.out.push(b'}');
    }
}

impl<'a, State: List> Document<'a, State> {
    /// Writes a resource into the array, unless the document has it already. Tells whether it was written.
    pub fn push(&mut self, resource: &Resource) -> bool {
        if self.written.contains(&resource.identity()) {
            return false;
        }
        if self.has_item {
            self.out.push(b',');
        }
        self.has_item = true;
        self.write(resource);
        true
    }

    /// Closes the array.
    pub fn end(self) -> Document<'a, State::After> {
        self.out.push(b']');
        self.becomes()
    }
}

impl<'a> Document<'a, Data> {
    /// Starts the array of included resources; it is written even if nothing is put into it (INC-04).
    pub fn included(self) -> Document<'a, Included> {
        self.out.extend_from_slice(b",\"included\":[");
        self.becomes()
    }
}

impl<State: BeforeEnd> Document<'_, State> {
    /// Finishes the document.
    pub fn finish(self) {
        self.out.push(b'}');
    }

    /// Finishes the document with `meta`.
    pub fn finish_with(self, meta: &Meta) {
        meta.write(self.out);
        self.out.push(b'}');
    }
}

impl<'a, State> Document<'a, State> {
    fn write(&mut self, resource: &Resource) {
        resource.write(self.out);
        self.written.insert(resource.identity());
    }

    fn becomes<Next>(self) -> Document<'a, Next> {
        Document { out: self.out, written: self.written, has_item: false, state: PhantomData }
    }
}
