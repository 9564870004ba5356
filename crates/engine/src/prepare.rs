//! Requests made ready to run: everything that target and query string decide.
//!
//! What the query string of a collection or of a single resource decides is the same each time, so it is kept with it,
//! links included.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use docent_catalog::model::TypeId;
use docent_jsonapi::error::ErrorObject;
use docent_jsonapi::query::{self, replace_page, self_query};
use docent_sql::Value;
use docent_sql::render::Dialect;
use quick_cache::sync::Cache;
use quick_cache::{Equivalent, UnitWeighter};

use crate::api::Request;
use crate::id;
use crate::plan::{Plan, segment};
use crate::resolve::{Context, Page, Resolved, resolve, writes_link_objects};
use crate::route::Target;
use crate::run::Bounds;
use crate::serving::Serving;

/// Longer query strings are prepared each time: the memory for them is better spent otherwise.
const QUERY_BYTES_KEPT_MAX: usize = 512;

/// A request ready to run.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) plan: Arc<Plan>,
    pub(crate) values: Vec<Value>,
    pub(crate) bounds: Bounds,
    /// The page, if the primary data is a list.
    pub(crate) page: Option<Page>,
    pub(crate) primary: TypeId,
    /// Whether the whole type is listed.
    pub(crate) unfiltered: bool,
    /// Whether the request has an `include`, be it empty.
    pub(crate) compound: bool,
    /// The query string as links repeat it.
    pub(crate) self_query: String,
    /// The same without the parameters that name a page.
    pub(crate) pageless_query: String,
    /// Where below the base the schema of the primary data's type is.
    pub(crate) schema_path: String,
}

/// Prepares a request, or finds it prepared; with the values of its conditions.
pub(crate) fn prepare(
    serving: &Serving,
    target: &Target,
    request: &Request<'_>,
    profile: bool,
    dialect: Dialect,
) -> Result<(Arc<Prepared>, Vec<Value>), Vec<ErrorObject>> {
    let prepare = || {
        let prepared = Arc::new(new(serving, target, request, profile, dialect)?);
        let values = prepared.values.clone();
        Ok((prepared, values))
    };
    let (owner, id) = match target {
        Target::Collection(owner) => (*owner, None),
        Target::Individual(owner, id) => (*owner, Some(id)),
        Target::Related(..) | Target::Relationship(..) => return prepare(),
    };
    let key = (owner, id.is_some(), profile, request.base_url, request.query);
    if let Some(prepared) = serving.prepared.0.get(&Borrowed(key)) {
        let values = match id {
            None => Some(prepared.values.clone()),
            // One resource takes no further conditions, so the parts of its key are all values there are.
            Some(id) => id::key(&serving.catalog.get(owner).key, id),
        };
        if let Some(values) = values {
            return Ok((prepared, values));
        }
    }
    let (prepared, values) = prepare()?;
    if request.query.len() <= QUERY_BYTES_KEPT_MAX {
        let key = Key(owner, id.is_some(), profile, request.base_url.to_owned(), request.query.to_owned());
        serving.prepared.0.insert(key, Arc::clone(&prepared));
    }
    Ok((prepared, values))
}

fn new(
    serving: &Serving,
    target: &Target,
    request: &Request<'_>,
    profile: bool,
    dialect: Dialect,
) -> Result<Prepared, Vec<ErrorObject>> {
    let (catalog, settings) = (&serving.catalog, &serving.settings);
    let query = query::parse(request.query, &settings.query)?;
    let context = Context {
        catalog,
        revision: serving.revision,
        settings,
        dialect,
        base_url: request.base_url,
        profile,
        raw_query: request.query,
    };
    let Resolved { shape, values, limits, page, fingerprint } = resolve(&context, target, &query)?;
    let page = (!shape.single).then_some(page);
    let (primary, unfiltered, compound) =
        (shape.root.primary(catalog), shape.condition.is_always(), shape.compound);
    let bounds = Bounds {
        size: page.as_ref().map(|page| page.size),
        offset: page.as_ref().map_or(0, |page| page.offset),
        count_limit: settings.count_limit,
        related: limits,
        fingerprint,
        cursors: shape.cursors,
    };
    let plan = serving.plans.get(catalog, shape, dialect, writes_link_objects(settings));
    let self_query = self_query(request.query);
    let pageless_query = replace_page(request.query, &[]);
    let schema_path = format!("/schemas/{}", segment(&catalog.get(primary).name));
    Ok(Prepared {
        plan,
        values,
        bounds,
        page,
        primary,
        unfiltered,
        compound,
        self_query,
        pageless_query,
        schema_path,
    })
}

/// Prepared requests to collections and to single resources.
#[derive(Debug)]
pub(crate) struct PreparedRequests(Cache<Key, Arc<Prepared>, UnitWeighter, foldhash::fast::RandomState>);

impl PreparedRequests {
    /// Keeps that many at most; the least used go first.
    pub(crate) fn new(kept: usize) -> Self {
        let hasher = foldhash::fast::RandomState::default();
        let lifecycle = quick_cache::sync::DefaultLifecycle::default();
        PreparedRequests(Cache::with(kept, kept as u64, UnitWeighter, hasher, lifecycle))
    }
}

/// Type, whether one of its resources is asked for, whether the cursor profile is, base URL, query string.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Key(TypeId, bool, bool, String, String);

/// A [`Key`] that is only looked for.
struct Borrowed<'a>((TypeId, bool, bool, &'a str, &'a str));

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.0, self.1, self.2, self.3.as_str(), self.4.as_str()).hash(state);
    }
}

impl Hash for Borrowed<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl Equivalent<Key> for Borrowed<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        self.0 == (key.0, key.1, key.2, key.3.as_str(), key.4.as_str())
    }
}
