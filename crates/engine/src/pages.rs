//! Documents that are not about resources: the entry point, the OpenAPI document, JSON Schemas.

use docent_catalog::model::TypeId;
use docent_catalog::openapi::openapi;
use docent_catalog::schema_document::json_schema;
use docent_jsonapi::document;
use docent_jsonapi::error::ErrorObject;
use docent_jsonapi::media_type::Applied;
use docent_jsonapi::query::{self, MAX_ERRORS, QueryLimits};

use crate::api::Request;
use crate::assemble::push_link;
use crate::error;
use crate::resolve::writes_link_objects;
use crate::serving::Serving;

/// A document of another media type than JSON:API's.
pub(crate) struct Page {
    pub(crate) content_type: &'static str,
    pub(crate) body: Vec<u8>,
}

/// None of these documents takes query parameters; their form is checked first.
pub(crate) fn refuse_query(request: &Request<'_>, limits: &QueryLimits) -> Result<(), Vec<ErrorObject>> {
    if request.query.is_empty() {
        return Ok(());
    }
    query::parse(request.query, limits)?;
    let names = form_urlencoded::parse(request.query.as_bytes()).map(|(name, _)| name.into_owned());
    let refuse = |name: String| {
        let detail = format!("\"{name}\" has no meaning here: this URL takes no query parameters.");
        ErrorObject::new(&error::UNSUPPORTED_PARAMETER, detail).with_parameter(name)
    };
    Err(names.map(refuse).take(MAX_ERRORS).collect())
}

/// `{base}`: one link for each type.
pub(crate) fn entry_point(serving: &Serving, request: &Request<'_>, applied: &Applied) -> Vec<u8> {
    let objects = writes_link_objects(&serving.settings);
    let base = request.base_url;
    let mut out = vec![b'{'];
    document::write_jsonapi(&mut out, applied);
    out.extend_from_slice(b",\"links\":{");
    push_link(&mut out, "self", base, objects);
    push_link(&mut out, "describedby", &format!("{base}/openapi.json"), objects);
    for served in &serving.catalog.types {
        push_link(&mut out, &served.name, &format!("{base}{}", served.path), objects);
    }
    out.extend_from_slice(b"},\"meta\":{\"name\":\"docent\"}}");
    out
}

/// `{base}/openapi.json`
pub(crate) fn open_api(serving: &Serving, request: &Request<'_>) -> Page {
    let document = openapi(&serving.catalog, request.base_url, "Docent", serving.settings.writable);
    Page {
        content_type: "application/vnd.oai.openapi+json;version=3.1",
        body: document.to_string().into_bytes(),
    }
}

/// `{base}/schemas/{type}`
pub(crate) fn schema(serving: &Serving, id: TypeId, request: &Request<'_>) -> Page {
    let document = json_schema(&serving.catalog, id, request.base_url, serving.settings.writable);
    Page { content_type: "application/schema+json", body: document.to_string().into_bytes() }
}
