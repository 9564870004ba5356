//! The way to the server, which keeps what was sent, so that it can be sent again.

use std::fmt::Write as _;

use super::super::compare::segment;
use super::super::run::Failure;
use crate::harness::http::{Client, Response};
use crate::harness::links::encode;

/// A connection with a memory.
pub(super) struct Wire<'a> {
    client: Option<Client>,
    /// The URL of the entry point.
    pub(super) base: &'a str,
    /// Its path.
    pub(super) base_path: &'a str,
    sent: Vec<Sent>,
}

/// A request.
#[derive(Debug, Clone)]
pub(super) struct Sent {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Option<String>,
}

impl<'a> Wire<'a> {
    pub(super) fn new(client: Client, base: &'a str, base_path: &'a str) -> Self {
        Self { client: Some(client), base, base_path, sent: Vec::new() }
    }

    /// Lends the connection to somebody else.
    pub(super) fn take_client(&mut self) -> Client {
        self.client.take().unwrap()
    }

    /// Gets it back.
    pub(super) fn put_client(&mut self, client: Client) {
        self.client = Some(client);
    }

    /// Sends a request to a path below the entry point.
    pub(super) fn send(
        &mut self,
        method: &str,
        segments: &[String],
        query: &str,
        headers: &[(&str, &str)],
        body: Option<&str>,
    ) -> Response {
        let mut target = self.base_path.to_owned();
        for part in segments {
            target.extend(["/", &encode(&segment(part))]);
        }
        if !query.is_empty() {
            target.extend(["?", query]);
        }
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let request = Sent { method: method.to_owned(), target, headers, body: body.map(str::to_owned) };
        let response = request.send(self.client.as_mut().unwrap());
        self.sent.push(request);
        response
    }

    /// Everything sent so far.
    pub(super) fn sent(&self) -> &[Sent] {
        &self.sent
    }

    /// What is wrong with the answer to the last request.
    pub(super) fn failure(&self, response: &Response, what: &str) -> Failure {
        let request = self.sent.last().map(Sent::text).unwrap_or_default();
        Failure(format!("{request}\n{what}\n  status {}: {}", response.status, response.text()))
    }
}

impl Sent {
    /// Sends it.
    pub(super) fn send(&self, client: &mut Client) -> Response {
        let headers: Vec<(&str, &str)> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        client.send(&self.method, &self.target, &headers, self.body.as_deref().map(str::as_bytes))
    }

    /// As a command for a shell.
    pub(super) fn text(&self) -> String {
        let quote = |text: &str| format!("'{}'", text.replace('\'', r"'\''"));
        let mut text = format!("curl -si -X {} ", self.method);
        for (name, value) in &self.headers {
            write!(text, "-H {} ", quote(&format!("{name}: {value}"))).unwrap();
        }
        if let Some(body) = &self.body {
            write!(text, "--data-binary {} ", quote(body)).unwrap();
        }
        write!(text, "\"$HOST\"{}", quote(&self.target)).unwrap();
        text
    }
}
