//! The form of an input, readable and writable by hand:
//!
//! ```text
//! GET /articles?filter[title]=x&include=author
//! application/vnd.api+json
//! text/plain
//! ```
//!
//! Method and target; then, if the lines are there, `Accept` and `Content-Type`. A header of `-` is none.

use std::fmt::{self, Write};

use docent_engine::Method;

/// A request as text: every text is some request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Draft {
    pub(super) method: String,
    pub(super) path: String,
    /// Parameters as they stand between `&`s.
    pub(super) parameters: Vec<String>,
    pub(super) accept: Option<String>,
    pub(super) content_type: Option<String>,
}

impl Draft {
    /// Reads an input; what an HTTP server would not let through is made what it would.
    pub(super) fn read(data: &[u8]) -> Self {
        let text = String::from_utf8_lossy(data);
        let mut lines = text.split('\n');
        let (method, target) = lines.next().and_then(|line| line.split_once(' ')).unwrap_or(("GET", "/"));
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let parameters = if query.is_empty() {
            Vec::new()
        } else {
            query.split('&').map(|parameter| received(parameter, true)).collect()
        };
        let mut header = || lines.next().filter(|line| *line != "-").map(header);
        Draft {
            method: method.to_owned(),
            path: received(path, false),
            parameters,
            accept: header(),
            content_type: header(),
        }
    }

    pub(super) fn method(&self) -> Method {
        match self.method.as_str() {
            "GET" => Method::Get,
            "HEAD" => Method::Head,
            "OPTIONS" => Method::Options,
            "POST" => Method::Post,
            "PATCH" => Method::Patch,
            "DELETE" => Method::Delete,
            _ => Method::Other,
        }
    }

    /// The path as the edge hands it on: with a leading slash, without one trailing slash.
    pub(super) fn engine_path(&self) -> String {
        let slash = if self.path.starts_with('/') { "" } else { "/" };
        let path = format!("{slash}{}", self.path);
        match path.strip_suffix('/') {
            Some(rest) if !rest.ends_with('/') => rest.to_owned(),
            _ => path,
        }
    }

    pub(super) fn query(&self) -> String {
        self.parameters.join("&")
    }
}

impl fmt::Display for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)?;
        if !self.parameters.is_empty() {
            write!(f, "?{}", self.query())?;
        }
        if self.accept.is_some() || self.content_type.is_some() {
            write!(f, "\n{}", self.accept.as_deref().unwrap_or("-"))?;
        }
        self.content_type.iter().try_for_each(|text| write!(f, "\n{text}"))
    }
}

/// A piece of a request target with everything encoded that cannot stand there.
fn received(text: &str, in_query: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        let stands = match character {
            '!' | '$'..=';' | '=' | '@'..='_' | 'a'..='z' | '|' | '~' | '\u{80}'.. => true,
            '?' | '`' | '{' | '}' => in_query,
            _ => false,
        };
        if stands {
            out.push(character);
        } else {
            // Writing to memory cannot fail, and what does not stand is ASCII.
            let _ = write!(out, "%{:02X}", u32::from(character));
        }
    }
    out
}

/// A header's value: no control characters, no blanks around it.
fn header(line: &str) -> String {
    let text: String =
        line.chars().filter(|character| *character == '\t' || !character.is_control()).collect();
    text.trim_matches([' ', '\t']).to_owned()
}
