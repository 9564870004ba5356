//! JSON:API 1.1 as code: negotiation, query parameters, documents, errors.
//!
//! Everything a server needs of [JSON:API 1.1](https://jsonapi.org/format/1.1/) that can be decided without knowing its
//! data: which media type to answer with, what the query parameters ask for, which names are legal, and how
//! documents, errors, links and cursors are written. The crate is pure: it reads and writes text, and knows no HTTP
//! server, no runtime and no database.
//!
//! | module | owns |
//! |---|---|
//! | [`media_type`] | `Accept` and `Content-Type`, extensions and profiles |
//! | [`query`] | the parameter families `include`, `fields`, `sort` and `page` |
//! | [`filter`] | the family `filter`: two grammars, one tree |
//! | [`request`] | request documents: resource objects, linkage and operations, with positions |
//! | [`document`] | a writer that cannot produce an invalid document structure |
//! | [`json`] | JSON text, byte by byte, as fast as safe code allows |
//! | [`error`] | error objects and error documents |
//! | [`name`], [`mod@pointer`], [`link`], [`cursor`] | member names, JSON Pointers, path segments, opaque cursors |
//!
//! # From a request to its meaning
//!
//! ```
//! use docent_jsonapi::media_type::{Negotiated, Offer, negotiate};
//! use docent_jsonapi::query::{PageStyle, QueryLimits, parse};
//!
//! let accepted = negotiate(Some("application/vnd.api+json"), &Offer::default());
//! assert!(matches!(accepted, Ok(Negotiated::Document(_))));
//!
//! let query = parse("include=author&sort=-year&page%5Blimit%5D=10", &QueryLimits::default()).unwrap();
//! assert_eq!(query.include.unwrap()[0].segments, ["author"]);
//! assert!(query.sort.unwrap()[0].descending);
//! assert_eq!(query.page.style, PageStyle::Offset { limit: Some(10), offset: 0 });
//!
//! // Every problem is reported, each with the parameter at fault.
//! let errors = parse("sort=&pages=1", &QueryLimits::default()).unwrap_err();
//! let codes: Vec<_> = errors.iter().map(|error| error.kind.code).collect();
//! assert_eq!(codes, ["invalid-sort", "unknown-parameter"]);
//! ```
//!
//! # From a body to its meaning
//!
//! ```
//! use docent_jsonapi::error::Source;
//! use docent_jsonapi::request::{Position, read_resource};
//!
//! let article = read_resource(br#"{"data":{"type":"articles","attributes":{"year":1815}}}"#).unwrap();
//! assert_eq!(article.type_name, "articles");
//! assert_eq!(article.attributes[0].1.get(), "1815");
//! assert_eq!(Position::Document.attribute("year").as_str(), "/data/attributes/year");
//!
//! let errors = read_resource(br#"{"data":[]}"#).unwrap_err();
//! assert_eq!(errors[0].source, Some(Source::Pointer("/data".to_owned())));
//! ```

pub mod cursor;
pub mod document;
pub mod error;
pub mod filter;
pub mod json;
pub mod link;
pub mod media_type;
pub mod name;
pub mod pointer;
pub mod query;
pub mod request;
mod suggest;

/// Every kind of error this crate raises, stage by stage: the raw material of a reference page.
///
/// ```
/// assert!(docent_jsonapi::kinds().any(|kind| kind.code == "not-acceptable"));
/// ```
pub fn kinds() -> impl Iterator<Item = &'static error::ErrorKind> {
    [media_type::KINDS, query::KINDS, filter::KINDS, cursor::KINDS, request::KINDS]
        .into_iter()
        .flatten()
        .copied()
}
