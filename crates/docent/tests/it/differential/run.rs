//! Sends requests and judges the answers.

use serde_json::Value;

use super::answer::{Expected, Oracle, Rows};
use super::compare::{difference, with_link_texts};
use super::generate::Generator;
use super::generate::faults::Faulty;
use super::model::Model;
use super::pages::Window;
use super::random::Random;
use super::request::{Parameters, Request};
use crate::harness::http::{Client, Response};
use crate::harness::links::encode;
use crate::harness::{CURSOR_PROFILE, JSON_API, document_faults};

/// In so many of a hundred answers the whole document is also checked against schema and structural rules.
const VALIDATED: usize = 15;

/// Invalid requests among a hundred.
const FAULTY: usize = 12;

/// One client that asks random questions.
pub(super) struct Asker<'a> {
    pub(super) generator: Generator<'a>,
    pub(super) client: Client,
    /// The URL of the entry point.
    pub(super) base: &'a str,
    /// Path of the entry point.
    pub(super) base_path: &'a str,
    /// Requests sent so far.
    pub(super) asked: usize,
}

/// An answer that is not the expected one.
#[derive(Debug)]
pub(super) struct Failure(pub(super) String);

impl<'a> Asker<'a> {
    /// The model behind the expected answers.
    pub(super) fn model(&self) -> &'a Model {
        self.generator.model
    }

    /// The source of chance.
    pub(super) fn random(&mut self) -> &mut Random {
        &mut self.generator.random
    }

    /// Asks one random question, or several that belong together.
    pub(super) fn case(&mut self) -> Result<(), Failure> {
        if self.random().percent(FAULTY) {
            let faulty = self.generator.faulty();
            return self.refused(&faulty);
        }
        let request = self.generator.request();
        let oracle = Oracle { model: self.model() };
        let rows = oracle.rows(&request);
        let total = if let Rows::Many(rows) = &rows { rows.len() } else { 0 };
        let window = Window::of(&request.query, total);
        let walks = window.cursor_style && request.is_collection(self.model());
        let parameters = self.shuffled(request.parameters(self.model()));
        let actual = self.judge(&request, &parameters, &rows, window)?;
        self.further_linkage(&actual)?;
        if walks { self.walk(&request, &parameters, &rows, &actual) } else { Ok(()) }
    }

    /// A random request, valid or not: its target, and whether it names the cursor profile.
    pub(super) fn question(&mut self) -> (String, bool) {
        if self.random().percent(FAULTY) {
            let faulty = self.generator.faulty();
            return (self.target(&faulty.segments, &faulty.parameters), false);
        }
        let request = self.generator.request();
        let parameters = self.shuffled(request.parameters(self.model()));
        (self.target(&request.segments(self.model()), &parameters), request.query.profile)
    }

    /// The parameters in another order, but for the items of a list, whose order counts.
    fn shuffled(&mut self, mut parameters: Parameters) -> Parameters {
        let in_order = parameters.clone();
        self.random().shuffle(&mut parameters);
        for (name, _) in in_order.iter().filter(|(name, _)| name.ends_with("[]")) {
            let mut values =
                in_order.iter().filter(|(other, _)| other == name).map(|(_, value)| value.clone());
            for (_, value) in parameters.iter_mut().filter(|(other, _)| other == name) {
                *value = values.next().unwrap();
            }
        }
        parameters
    }

    /// Sends the request with these parameters and compares the answer; returns the answer's document.
    pub(super) fn judge(
        &mut self,
        request: &Request,
        parameters: &Parameters,
        rows: &Rows,
        window: Window,
    ) -> Result<Value, Failure> {
        let target = self.target(&request.segments(self.model()), parameters);
        let response = self.send(&target, request.query.profile);
        let document = self.document(&target, &response)?;
        let window = window.with_cursors_of(&document);
        let expected = Oracle { model: self.model() }.answer(request, parameters, rows, &window);
        self.compare(&target, &expected, &response, &document)?;
        let labelled = response.header("content-type").is_some_and(|value| value.contains(CURSOR_PROFILE));
        if labelled != window.cursor_style {
            return Err(failure(&target, &format!("Content-Type is {:?}", response.header("content-type"))));
        }
        Ok(document)
    }

    fn compare(
        &self,
        target: &str,
        wanted: &Expected,
        response: &Response,
        document: &Value,
    ) -> Result<(), Failure> {
        if response.status != wanted.status {
            let expected = wanted.status;
            return Err(failure(
                target,
                &format!("expected status {expected}, got {}:\n{document:#}", response.status),
            ));
        }
        if wanted.status != 200 {
            return Ok(());
        }
        let Some(found) = difference(&wanted.document, &with_link_texts(document, self.base)) else {
            return Ok(());
        };
        let (pointer, expected, actual) = (found.pointer, found.expected, found.actual);
        Err(failure(target, &format!("differs at {pointer}\n  expected {expected}\n  got      {actual}")))
    }

    fn refused(&mut self, faulty: &Faulty) -> Result<(), Failure> {
        let target = self.target(&faulty.segments, &faulty.parameters);
        let response = self.send(&target, false);
        let document = self.document(&target, &response)?;
        let named = response.error_parameters();
        // Of several faults in different stages of reading a request, the first stage may hide the others.
        let fits = match &faulty.named {
            Some(wanted) => !named.is_empty() && named.iter().all(|name| wanted.contains(name)),
            None => true,
        };
        if response.status == faulty.status && fits {
            return Ok(());
        }
        let Faulty { what, status, named, .. } = faulty;
        Err(failure(
            &target,
            &format!("{what}: expected {status} naming {named:?}, got {}:\n{document:#}", response.status),
        ))
    }

    fn document(&mut self, target: &str, response: &Response) -> Result<Value, Failure> {
        let document: Value = serde_json::from_slice(&response.body)
            .map_err(|error| failure(target, &format!("status {}, not JSON: {error}", response.status)))?;
        let is_labelled = response.header("content-type").is_some_and(|value| value.starts_with(JSON_API));
        let mut faults = Vec::new();
        if !is_labelled {
            faults.push(format!("Content-Type is {:?}", response.header("content-type")));
        }
        if self.random().percent(VALIDATED) || response.status != 200 {
            faults.extend(document_faults(&document));
        }
        if faults.is_empty() { Ok(document) } else { Err(failure(target, &faults.join("\n"))) }
    }

    /// The request target: path and query, encoded, brackets sometimes left raw.
    pub(super) fn target(&mut self, segments: &[String], parameters: &Parameters) -> String {
        let mut target = self.base_path.to_owned();
        for segment in segments {
            target.push('/');
            target.push_str(&encode(segment));
        }
        let raw_brackets = self.random().percent(50);
        for (index, (name, value)) in parameters.iter().enumerate() {
            let mut name = encode(name);
            if raw_brackets {
                name = name.replace("%5B", "[").replace("%5D", "]");
            }
            target.push(if index == 0 { '?' } else { '&' });
            target.extend([&name, "=", &encode(value).replace("%20", "+")]);
        }
        target
    }

    fn send(&mut self, target: &str, profile: bool) -> Response {
        self.asked += 1;
        let accept =
            if profile { format!("{JSON_API};profile=\"{CURSOR_PROFILE}\"") } else { JSON_API.to_owned() };
        self.client.send("GET", target, &[("Accept", &accept)], None)
    }
}

/// A failure of the request with that target.
pub(super) fn failure(target: &str, what: &str) -> Failure {
    Failure(format!("GET {target}\n{what}"))
}
