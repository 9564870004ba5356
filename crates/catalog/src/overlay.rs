//! The `[types.*]` part of the configuration, as data.
//!
//! Names that may fit nothing carry their place in the file ([`Spanned`]), so that a problem can be reported where it
//! was written. Whether they fit is decided in [`mod@crate::build`]; the rest of the configuration is not known here.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use serde::Deserialize;
use toml::Spanned;

use crate::model::ClientIds;

/// What the configuration says about types: it only narrows, renames or adds.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Overlay {
    /// By table: its name as in the database, `schema.table` outside the default schema.
    #[serde(default)]
    pub types: BTreeMap<Spanned<String>, TypeOverlay>,
}

/// What the configuration says about one table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TypeOverlay {
    /// Name of the type instead of the table's.
    pub name: Option<Spanned<String>>,
    /// Whether the table is left out, and every relationship that leads to it.
    pub hide: bool,
    /// The columns that make the `id`: for views and tables without a key, or instead of the table's own key.
    pub key: Option<Spanned<Vec<Spanned<String>>>>,
    /// Whether a client may choose the `id` of a resource it creates.
    pub client_ids: Option<ClientIds>,
    /// Resources on a page when the client does not say.
    pub page_size: Option<Spanned<NonZeroU32>>,
    /// Most resources on a page.
    pub page_size_max: Option<Spanned<NonZeroU32>>,
    /// By column: its name as in the database.
    pub fields: BTreeMap<Spanned<String>, FieldOverlay>,
    /// By relationship: the name it has without this entry or, with `through`, the name it is to have.
    pub relationships: BTreeMap<Spanned<String>, RelationshipOverlay>,
}

/// What the configuration says about one column.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FieldOverlay {
    /// Name of the attribute; for the column of a foreign key, of the relationship.
    pub name: Option<Spanned<String>>,
    /// Whether the column is left out.
    pub hide: bool,
    /// Whether the column is served although its name looks like a secret.
    pub show: bool,
    /// Whether writes to it are refused.
    pub read_only: bool,
}

/// What the configuration says about one relationship.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RelationshipOverlay {
    /// The table whose rows link both sides: makes a table with further columns a many-to-many relationship.
    pub through: Option<Spanned<String>>,
    /// Name instead of the one it has.
    pub name: Option<Spanned<String>>,
    /// Whether the relationship is left out.
    pub hide: bool,
}

impl TypeOverlay {
    /// What the configuration says about a table it does not mention.
    pub(crate) const NOTHING: &'static TypeOverlay = &TypeOverlay {
        name: None,
        hide: false,
        key: None,
        client_ids: None,
        page_size: None,
        page_size_max: None,
        fields: BTreeMap::new(),
        relationships: BTreeMap::new(),
    };

    /// What is said about a column, if anything.
    pub(crate) fn field(&self, column: &str) -> Option<&FieldOverlay> {
        self.fields.get(column)
    }
}

impl Default for TypeOverlay {
    fn default() -> Self {
        Self::NOTHING.clone()
    }
}
