//! The request documents, as far as the three writing requests fill them.

use serde::{Deserialize, Deserializer, de};

/// A document with one resource object.
#[derive(Deserialize)]
pub(crate) struct Document<T> {
    pub data: T,
}

/// A document of Atomic Operations.
#[derive(Deserialize)]
pub(crate) struct Operations {
    #[serde(rename = "atomic:operations")]
    pub list: Vec<Operation>,
}

/// One operation.
#[derive(Deserialize)]
pub(crate) struct Operation {
    #[serde(rename = "op")]
    _op: Op,
    pub data: NewResource,
}

/// The one operation there is.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Op {
    Add,
}

/// The types that can be created.
#[derive(Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Articles,
    Comments,
}

/// An article or a comment to create.
#[derive(Deserialize)]
pub(crate) struct NewResource {
    #[serde(rename = "type")]
    pub kind: Kind,
    pub lid: Option<String>,
    pub attributes: Attributes,
    pub relationships: Relationships,
}

/// The attributes of both types; comments have no title and are not published.
#[derive(Deserialize)]
pub(crate) struct Attributes {
    pub title: Option<String>,
    pub body: String,
    pub published: Option<bool>,
    #[serde(deserialize_with = "timestamp")]
    pub created_at: String,
}

/// The relationships of both types.
#[derive(Deserialize)]
pub(crate) struct Relationships {
    pub author: Linkage<Identifier>,
    pub article: Option<Linkage<Identifier>>,
    pub tags: Option<Linkage<Vec<Identifier>>>,
}

/// Resource linkage.
#[derive(Deserialize)]
pub(crate) struct Linkage<T> {
    pub data: T,
}

/// A resource identifier object; its type is that of the relationship.
#[derive(Deserialize)]
pub(crate) struct Identifier {
    #[serde(default, deserialize_with = "id")]
    pub id: Option<i64>,
    pub lid: Option<String>,
}

/// An article's new title.
#[derive(Deserialize)]
pub(crate) struct Retitled {
    pub attributes: Title,
}

/// The one attribute that can be changed.
#[derive(Deserialize)]
pub(crate) struct Title {
    pub title: String,
}

fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    <&str>::deserialize(deserializer)?.parse().map(Some).map_err(de::Error::custom)
}

/// As SQLite stores it: with a space in the middle.
fn timestamp<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    String::deserialize(deserializer).map(|text| text.replacen('T', " ", 1))
}
