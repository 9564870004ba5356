//! Whether an answer is the expected one.

use serde_json::{Value, json};

use super::super::compare::{difference, with_link_texts};
use super::super::request::{Query, Target};
use super::super::run::Failure;
use super::documents::document;
use super::generate::malformed::ATOMIC;
use super::problem::Expected;
use super::run::{Player, segments};
use crate::harness::http::Response;
use crate::harness::links::Link;
use crate::harness::{JSON_API, document_faults};

impl Player<'_> {
    /// Compares an answer with the expected one.
    pub(super) fn judge(
        &mut self,
        expected: &Expected,
        response: &Response,
        query: &Query,
        minimal: bool,
    ) -> Result<(), Failure> {
        let wrong = |what: String| Err(self.wire.failure(response, &what));
        match expected {
            Expected::Status(statuses) if statuses.contains(&response.status) => self.is_error(response),
            Expected::Status(statuses) => wrong(format!("expected status {statuses:?}")),
            Expected::Refused(refusal) => {
                self.is_error(response)?;
                refusal.fault(response.status, &response.json()).map_or(Ok(()), |fault| {
                    wrong(format!(
                        "{fault}\n  expected {} of {:#?}",
                        if refusal.all { "all" } else { "some" },
                        refusal.problems
                    ))
                })
            }
            Expected::Created { of, id } | Expected::Updated { of, id } => {
                let created = matches!(expected, Expected::Created { .. });
                if created {
                    self.is_located(response, *of, id)?;
                }
                // Whoever asks for a certain document may get it all the same.
                if minimal && (query.is_empty() || response.status == 204) {
                    let applied = response.header("preference-applied") == Some("return=minimal");
                    let fits = response.status == 204 && applied;
                    return if fits { Ok(()) } else { wrong("expected 204".to_owned()) };
                }
                let status = if created { 201 } else { 200 };
                if response.status != status {
                    return wrong(format!("expected {status}"));
                }
                let target = Target::Individual { id: id.clone() };
                let document = document(self.model(), *of, target.clone(), query.clone()).unwrap();
                self.same(&document, response)?;
                if query.is_empty() { self.is_tagged(response, *of, &target, document) } else { Ok(()) }
            }
            Expected::Done if response.status == 204 && response.body.is_empty() => Ok(()),
            Expected::Done => wrong("expected 204 without body".to_owned()),
            Expected::Results(results) => self.has_results(response, results),
        }
    }

    /// Compares documents, links by what they mean.
    pub(super) fn same(&self, expected: &Value, response: &Response) -> Result<(), Failure> {
        let actual = with_link_texts(&response.json(), self.wire.base);
        let Some(found) = difference(expected, &actual) else { return Ok(()) };
        let (pointer, expected, actual) = (found.pointer, found.expected, found.actual);
        let what = format!("differs at {pointer}\n  expected {expected}\n  got      {actual}");
        Err(self.wire.failure(response, &what))
    }

    fn is_error(&self, response: &Response) -> Result<(), Failure> {
        let is_labelled = response.header("content-type").is_some_and(|it| it.starts_with(JSON_API));
        if response.status < 400 || !is_labelled {
            return Err(self.wire.failure(response, "expected errors"));
        }
        let faults = document_faults(&response.json());
        if faults.is_empty() { Ok(()) } else { Err(self.wire.failure(response, &faults.join("\n"))) }
    }

    /// CRUD-18, CRUD-19.
    fn is_located(&self, response: &Response, of: usize, id: &str) -> Result<(), Failure> {
        let location = response.header("location").unwrap_or_default();
        let below = location.strip_prefix(self.wire.base).map(|path| Link::parse(path).text());
        let own = Link::to(&[&self.schema.types[of].name, id]).text();
        let in_document = || response.json()["data"]["links"]["self"].clone();
        if below == Some(own) && (response.body.is_empty() || in_document() == location) {
            return Ok(());
        }
        Err(self.wire.failure(response, &format!("expected the Location of {id}, got {location:?}")))
    }

    /// The answer to a write without query has the tag that GET has.
    fn is_tagged(
        &mut self,
        response: &Response,
        of: usize,
        target: &Target,
        document: Value,
    ) -> Result<(), Failure> {
        let Some(tag) = response.header("etag").map(str::to_owned) else {
            return Err(self.wire.failure(response, "no ETag"));
        };
        let segments = segments(self.schema, of, target);
        if self.random.percent(20) {
            let headers = [("Accept", JSON_API), ("If-None-Match", &tag)];
            let again = self.wire.send("GET", &segments, "", &headers, None);
            if again.status != 304 {
                return Err(self.wire.failure(&again, "the tag of a write is not that of GET"));
            }
        }
        self.tags.remember(segments, tag, document);
        Ok(())
    }

    fn has_results(&self, response: &Response, results: &[Option<Value>]) -> Result<(), Failure> {
        let labelled = response.header("content-type") == Some(ATOMIC);
        if response.status != 200 || !labelled {
            return Err(self.wire.failure(response, "expected 200 with results"));
        }
        let result =
            |shown: &Option<Value>| shown.as_ref().map_or_else(|| json!({}), |data| json!({ "data": data }));
        let expected = json!({
            "jsonapi": { "version": "1.1", "ext": ["https://jsonapi.org/ext/atomic"] },
            "atomic:results": results.iter().map(result).collect::<Vec<_>>(),
        });
        self.same(&expected, response)
    }
}
