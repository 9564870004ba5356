//! A URL's document: what it is read with, and how it is written from what was found.

use std::borrow::Cow;
use std::sync::Arc;

use docent_jsonapi::error::ErrorObject;
use docent_jsonapi::media_type::Applied;
use docent_sql::Value;

use crate::api::Body;
use crate::assemble::{self, Address, Frame};
use crate::error;
use crate::prepare::Prepared;
use crate::resolve::writes_link_objects;
use crate::route::Target;
use crate::run::{Found, Read};
use crate::serving::Serving;

/// The document of a URL.
#[derive(Debug)]
pub(crate) struct Representation<'a> {
    pub(crate) prepared: Arc<Prepared>,
    /// Values of its conditions.
    pub(crate) values: Vec<Value>,
    pub(crate) applied: Applied,
    pub(crate) base_url: Cow<'a, str>,
    /// The path below the base, as requested.
    pub(crate) path: Cow<'a, str>,
    /// The path of the related link, for documents whose data is linkage.
    pub(crate) related: Option<String>,
}

impl Representation<'_> {
    /// The read that finds what the document says.
    pub(crate) fn read(&self, serving: &Serving) -> Read {
        let Prepared { plan, bounds, .. } = &*self.prepared;
        Read::new(Arc::clone(plan), &serving.caller, self.values.clone(), bounds.clone())
    }

    /// Writes the document.
    pub(crate) fn document(&self, serving: &Serving, found: &mut Found) -> Body {
        let prepared = &*self.prepared;
        let primary = serving.catalog.get(prepared.primary);
        let frame = Frame {
            address: Address {
                base_url: &self.base_url,
                path: &self.path,
                self_query: &prepared.self_query,
                pageless_query: &prepared.pageless_query,
                link_objects: writes_link_objects(&serving.settings),
                related: self.related.clone(),
            },
            applied: &self.applied,
            schema_path: &prepared.schema_path,
            page: prepared.page.as_ref(),
            compound: prepared.compound,
            row_estimate: primary.row_estimate.filter(|_| prepared.unfiltered),
            count_limit: serving.settings.count_limit,
            related: &prepared.bounds.related,
        };
        assemble::document(&prepared.plan, found, &frame)
    }
}

/// The resource the URL starts from must exist, under exactly that id: one resource, one URL.
pub(crate) fn check_start(serving: &Serving, target: &Target, found: &Found) -> Result<(), ErrorObject> {
    let (Target::Individual(owner, id) | Target::Related(owner, id, _) | Target::Relationship(owner, id, _)) =
        target
    else {
        return Ok(());
    };
    if found.start && found.start_id == *id {
        return Ok(());
    }
    Err(no_resource(&serving.catalog.get(*owner).name, id))
}

/// No resource of a type has this id.
pub(crate) fn no_resource(type_name: &str, id: &str) -> ErrorObject {
    let detail = format!("There is no resource of type {type_name} with the id \"{id}\".");
    ErrorObject::new(&error::RESOURCE_NOT_FOUND, detail)
}
