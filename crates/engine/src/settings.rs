//! What the engine is told about how to answer; defaults are those of the reference documentation.

use std::time::Duration;

use docent_jsonapi::query::QueryLimits;

/// When collections are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Count {
    /// When the request says `page[count]=true`.
    #[default]
    Asked,
    /// On every collection.
    Always,
    /// Never.
    Never,
}

/// For which to-many relationships linkage is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Linkage {
    /// For those that are included.
    #[default]
    Included,
    /// For all; costs a statement for each.
    Always,
}

/// How links are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LinkForm {
    /// As strings.
    #[default]
    String,
    /// As link objects, `{"href": …}`.
    Object,
}

/// Which role of the database a request takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DbRole {
    /// The claim that names it, steps of a path joined by dots.
    pub claim: String,
    /// That of callers without the claim; without one they see nothing.
    pub anonymous: Option<String>,
}

/// Settings of the engine.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Resources on a page when the request does not say.
    pub page_size: u64,
    /// Members of an included to-many relationship shown per parent.
    pub related_size: u64,
    /// When collections are counted.
    pub count: Count,
    /// Collections with more members than this are not counted to the end.
    pub count_limit: u64,
    /// Linkage of to-many relationships.
    pub linkage: Linkage,
    /// Form of links.
    pub links: LinkForm,
    /// Whether unknown names in `fields` are refused.
    pub strict_fields: bool,
    /// Whether requests may write.
    pub writable: bool,
    /// Whether callers can say who they are: then those who have not are told so where they lack a permission.
    pub authenticates: bool,
    /// Which role of the database each request takes, if it takes one.
    pub db_role: Option<DbRole>,
    /// Whether changes of what exists must say with `If-Match` what they change.
    pub require_if_match: bool,
    /// How long the answers of requests with an `Idempotency-Key` are given again; without it such keys mean nothing.
    pub idempotency_keys: Option<Duration>,
    /// Operations in one request at most.
    pub operations_max: usize,
    /// Limits on what a query string may ask for, the largest page among them.
    pub query: QueryLimits,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            page_size: 50,
            related_size: 50,
            count: Count::Asked,
            count_limit: 10_000,
            linkage: Linkage::Included,
            links: LinkForm::String,
            strict_fields: false,
            writable: false,
            authenticates: false,
            db_role: None,
            require_if_match: false,
            idempotency_keys: None,
            operations_max: 100,
            query: QueryLimits::default(),
        }
    }
}
