//! Where an included relationship has more members than the document shows, its own `next` link leads on.

use serde_json::{Map, Value};

use super::answer::{Oracle, Rows};
use super::pages::Window;
use super::request::{Page, Query, Request, Target};
use super::run::{Asker, Failure, failure};
use crate::harness::links::{Link, href};
use crate::harness::structure::{included, primary};

impl Asker<'_> {
    /// Follows one such link of the document, if there is any.
    pub(super) fn further_linkage(&mut self, document: &Value) -> Result<(), Failure> {
        let mut open: Vec<(Request, usize, String)> = Vec::new();
        for resource in primary(document).into_iter().chain(included(document)) {
            for (name, relationship) in resource["relationships"].as_object().into_iter().flat_map(Map::iter)
            {
                let Some(next) = relationship["links"].get("next").and_then(href) else { continue };
                let shown = relationship["data"].as_array().map_or(0, Vec::len);
                open.extend(self.linkage_of(resource, name).map(|request| (request, shown, next.to_owned())));
            }
        }
        if open.is_empty() {
            return Ok(());
        }
        let (mut request, shown, next) = self.random().pick(&open).clone();
        let link = Link::parse(&next);
        let number = |name: &str| link.parameter(name).and_then(|value| value.parse().ok());
        let rows = Oracle { model: self.model() }.rows(&request);
        let Rows::Many(all) = &rows else { return Err(failure(&next, "pages of something that is no list")) };
        let total = all.len();
        if let Some(after) = link.parameter("page[after]") {
            let size = number("page[size]");
            request.query.page = Page::Cursor { size, after: Some(after.to_owned()), before: None };
            let end = (shown + size.unwrap_or(super::pages::SIZE)).min(total);
            let window = Window::between(&request.query, shown, end, total);
            return self.judge(&request, &link.query, &rows, window).map(drop);
        }
        request.query.page = Page::Offset { limit: number("page[limit]"), offset: number("page[offset]") };
        let window = Window::of(&request.query, total);
        if window.start != shown {
            return Err(failure(&next, &format!("follows {shown} members, but starts at {}", window.start)));
        }
        self.judge(&request, &link.query, &rows, window).map(drop)
    }

    /// The request for the linkage of a relationship of this resource object.
    fn linkage_of(&self, resource: &Value, name: &str) -> Option<Request> {
        let (kind, id) = (resource["type"].as_str()?, resource["id"].as_str()?.to_owned());
        let of = self.model().types.iter().position(|candidate| candidate.name == kind)?;
        let relationship = self.model().types[of].relationship(name)?;
        Some(Request { of, target: Target::Relationship { id, relationship }, query: Query::default() })
    }
}
