//! What a write reads: the resource as it must be before, and those that the answer shows.

use std::sync::Arc;

use docent_catalog::model::TypeId;
use docent_jsonapi::error::ErrorObject;
use docent_jsonapi::json;
use docent_jsonapi::media_type::Applied;
use docent_jsonapi::query::Query;
use docent_sql::Value;
use docent_sql::render::Dialect;
use docent_sql::statement::{Condition as SqlCondition, Parameter};

use super::fault::Fault;
use super::run::list;
use crate::assemble::{self, Frame, Objects};
use crate::error;
use crate::plan::Plan;
use crate::prepare::Prepared;
use crate::represent::{Representation, check_start};
use crate::resolve::{Context, MAIN, Page, refs, resolve, writes_link_objects};
use crate::route::Target;
use crate::run::{Bounds, Found, Read};
use crate::serving::Serving;
use crate::tag::{TagComparison, entity_tag, lists_tag};

/// What `If-Match` and `If-None-Match` demand of the URL that is written, or the server where it wants the former.
#[derive(Debug)]
pub(super) struct Condition {
    pub(super) target: Target,
    pub(super) representation: Representation<'static>,
    pub(super) if_match: Option<String>,
    pub(super) if_none_match: Option<String>,
}

impl Condition {
    pub(super) fn read(&self, serving: &Serving) -> Read {
        self.representation.read(serving)
    }

    /// A resource that is gone is missed before its version is (HTTP-11).
    pub(super) fn check(&self, serving: &Serving, found: &mut Found) -> Result<(), Fault> {
        check_start(serving, &self.target, found).map_err(|error| Fault::Refusal(Box::new(error)))?;
        if self.if_match.is_none() && serving.settings.require_if_match {
            let detail = "Say with `If-Match` which version is to be changed: send the `ETag` of this URL.";
            let error = ErrorObject::new(&error::PRECONDITION_REQUIRED, detail).with_header("If-Match");
            return Err(Fault::Refusal(Box::new(error)));
        }
        let body = self.representation.document(serving, found);
        let tag = entity_tag(&body, &self.representation.applied.content_type());
        let has = |list: &str, comparison| lists_tag(list.as_bytes(), &tag, comparison);
        let (header, detail) = if self.if_match.as_ref().is_some_and(|list| !has(list, TagComparison::Strong))
        {
            (
                "If-Match",
                "It has been changed since the version that `If-Match` names. Read it again, and decide anew.",
            )
        } else if self.if_none_match.as_ref().is_some_and(|list| has(list, TagComparison::Weak)) {
            ("If-None-Match", "It is there in a version that `If-None-Match` names.")
        } else {
            return Ok(());
        };
        let error = ErrorObject::new(&error::PRECONDITION_FAILED, detail).with_header(header);
        Err(Fault::Refusal(Box::new(error)))
    }
}

/// How the resources that the answer shows are read.
#[derive(Debug)]
pub(super) enum Answers {
    /// None are.
    None,
    /// One, with the request's `include` and `fields`.
    Resource(Arc<Prepared>),
    /// The linkage that was changed, with the values of its URL's conditions.
    Linkage(Arc<Prepared>, Vec<Value>),
    /// Those of each type by their keys.
    Results(Vec<Results>),
}

/// Reads resources of a type by their keys.
#[derive(Debug)]
pub(super) struct Results {
    type_id: TypeId,
    plan: Arc<Plan>,
    page: Page,
    related: Vec<u64>,
}

impl Answers {
    /// The read of resources of a type.
    pub(super) fn read(&self, serving: &Serving, type_id: TypeId, mut keys: Vec<Vec<Value>>) -> Option<Read> {
        match self {
            Answers::None => None,
            Answers::Linkage(prepared, values) => {
                let bounds = prepared.bounds.clone();
                Some(Read::new(Arc::clone(&prepared.plan), &serving.caller, values.clone(), bounds))
            }
            Answers::Resource(prepared) => {
                let bounds = prepared.bounds.clone();
                Some(Read::new(Arc::clone(&prepared.plan), &serving.caller, keys.pop()?, bounds))
            }
            Answers::Results(results) => {
                let results = results.iter().find(|results| results.type_id == type_id)?;
                let bounds = Bounds {
                    size: Some(keys.len() as u64),
                    related: results.related.clone(),
                    ..Bounds::default()
                };
                let parts = serving.catalog.get(type_id).key.len();
                let values = vec![list(parts, keys)];
                Some(Read::new(Arc::clone(&results.plan), &serving.caller, values, bounds))
            }
        }
    }

    /// How resources of these types are read by their keys.
    pub(super) fn results(
        serving: &Serving,
        dialect: Dialect,
        base_url: &str,
        types: &[TypeId],
    ) -> Result<Self, Vec<ErrorObject>> {
        let of_type = |type_id: &TypeId| {
            let context = Context {
                catalog: &serving.catalog,
                revision: serving.revision,
                settings: &serving.settings,
                dialect,
                base_url,
                profile: false,
                raw_query: "",
            };
            let resolved = resolve(&context, &Target::Collection(*type_id), &Query::default())?;
            let mut shape = resolved.shape;
            shape.keeps_resources = true;
            // As many as were written, not a page of them.
            shape.fixed_limit = None;
            shape.condition = shape.condition.and(SqlCondition::InKeys {
                columns: refs(MAIN, &serving.catalog.get(*type_id).key),
                keys: Parameter(serving.catalog.caller_values),
                negated: false,
            });
            let link_objects = writes_link_objects(&serving.settings);
            let plan = serving.plans.get(&serving.catalog, shape, dialect, link_objects);
            Ok(Results { type_id: *type_id, plan, page: resolved.page, related: resolved.limits })
        };
        types.iter().map(of_type).collect::<Result<_, _>>().map(Answers::Results)
    }

    /// The resource objects found, by id.
    pub(super) fn objects<'f>(&self, serving: &Serving, type_id: TypeId, found: &'f Found) -> Objects<'f> {
        let Answers::Results(results) = self else { return Objects::default() };
        let Some(results) = results.iter().find(|results| results.type_id == type_id) else {
            return Objects::default();
        };
        let applied = Applied::default();
        let link_objects = writes_link_objects(&serving.settings);
        let frame = Frame::of_objects(&results.page, &results.related, &applied, link_objects);
        assemble::objects(&results.plan, found, &frame)
    }
}

/// Writes the document of results, the i-th one for the i-th operation.
pub(super) fn results_document(applied: &Applied, results: &[&[u8]]) -> Vec<u8> {
    let bytes = results.iter().map(|result| result.len() + "{\"data\":},".len()).sum::<usize>();
    let mut out = Vec::with_capacity(bytes + 256);
    out.push(b'{');
    docent_jsonapi::document::write_jsonapi(&mut out, applied);
    out.push(b',');
    json::string(&mut out, "atomic:results");
    out.extend_from_slice(b":[");
    for (index, result) in results.iter().enumerate() {
        out.extend_from_slice(if index > 0 { b"," } else { b"" });
        if result.is_empty() {
            out.extend_from_slice(b"{}");
        } else {
            out.extend_from_slice(b"{\"data\":");
            out.extend_from_slice(result);
            out.push(b'}');
        }
    }
    out.extend_from_slice(b"]}");
    out
}
