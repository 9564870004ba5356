//! Answers, with the headers that Drupal sends.

use std::borrow::Cow;

use docent_engine::{Body, Request, Response, Timings, entity_tag};
use jiff::Timestamp;

use crate::site::Site;

const MEDIA_TYPE: &str = "application/vnd.api+json";
const HTML: &str = "text/html; charset=UTF-8";
/// The day that Drupal says its pages have expired on.
const EXPIRED: &str = "Sun, 19 Nov 1978 05:00:00 GMT";
/// What goes for answers that nobody keeps.
const UNCACHED: &str = "must-revalidate, no-cache, private";
/// Dates in headers.
const HTTP_DATE: &str = "%a, %d %b %Y %H:%M:%S GMT";

/// What an answer is made of.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) body: Vec<u8>,
    /// `Allow`
    pub(crate) allow: Option<String>,
    /// `Location`
    pub(crate) location: Option<String>,
    /// `WWW-Authenticate`
    pub(crate) authenticate: Option<String>,
    /// `Link`
    pub(crate) link: Option<String>,
    /// For the log.
    pub(crate) internal: Option<String>,
}

/// For how long an answer may be kept by anybody.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caching {
    /// In seconds; 0 for what nobody may keep.
    pub(crate) age_seconds: u64,
    /// Since when the site is what it is, in seconds since 1970.
    pub(crate) since: i64,
}

impl Answer {
    /// A document.
    pub(crate) fn document(status: u16, body: Vec<u8>) -> Self {
        Self {
            status,
            content_type: MEDIA_TYPE,
            body,
            allow: None,
            location: None,
            authenticate: None,
            link: None,
            internal: None,
        }
    }

    /// An ordinary page: nothing, or a few words.
    pub(crate) fn page(status: u16, title: &str) -> Self {
        let body = if title.is_empty() {
            String::new()
        } else {
            format!(
                "<!DOCTYPE html>\n<html lang=\"en\"><head><title>{title}</title></head>\
                 <body><h1>{title}</h1></body></html>\n"
            )
        };
        Self { content_type: HTML, ..Self::document(status, body.into_bytes()) }
    }

    /// The answer to a request for a format that there is not: in that format, if it is one that Drupal knows for
    /// other things.
    pub(crate) fn other_format(format: &str, url: &str) -> Self {
        const MESSAGE: &str = "No route found for the specified format. Supported formats: api_json.";
        const UNEXPECTED: &str = "The website encountered an unexpected error. Try again later.";
        let link = Some(format!("<{url}?_format=api_json>; rel=\"alternate\"; type=\"{MEDIA_TYPE}\""));
        let (content_type, body) = match format {
            "html" => return Self { link, ..Self::page(406, "Not Acceptable") },
            "json" => ("application/json", serde_json::json!({ "message": MESSAGE }).to_string()),
            "xml" => (
                "text/xml; charset=UTF-8",
                format!("<?xml version=\"1.0\"?>\n<response><message>{MESSAGE}</message></response>\n"),
            ),
            _ => ("text/plain; charset=UTF-8", UNEXPECTED.to_owned()),
        };
        Self { content_type, link, ..Self::document(406, body.into_bytes()) }
    }

    /// The response, where no site is served.
    pub(crate) fn without_site(mut self) -> Response {
        let body = Body::from(std::mem::take(&mut self.body));
        self.with(vec![("cache-control", UNCACHED.to_owned())], body)
    }

    /// The response.
    pub(crate) fn response(
        mut self,
        request: &Request<'_>,
        site: &Site,
        interface: &str,
        caching: Caching,
    ) -> Response {
        let body = Body::from(std::mem::take(&mut self.body));
        let mut headers = vec![
            ("expires", EXPIRED.to_owned()),
            ("content-language", interface.to_owned()),
            ("x-frame-options", "SAMEORIGIN".to_owned()),
            ("x-generator", format!("Drupal {} (https://www.drupal.org)", site.core_major)),
        ];
        if caching.age_seconds > 0 {
            let tag = entity_tag(&body, self.content_type);
            let tag = String::from_utf8_lossy(&tag).into_owned();
            let modified = Timestamp::from_second(caching.since).unwrap_or_default();
            let modified = modified.strftime(HTTP_DATE).to_string();
            // Drupal wants to hear both.
            let received = &request.received;
            let is_known = received.if_none_match == Some(tag.as_str())
                && received.if_modified_since == Some(modified.as_str());
            if is_known && self.status == 200 {
                self.status = 304;
            }
            headers.push(("cache-control", format!("max-age={}, public", caching.age_seconds)));
            headers.push(("etag", tag));
            headers.push(("last-modified", modified));
            headers.push(("vary", "Cookie".to_owned()));
        } else {
            headers.push(("cache-control", UNCACHED.to_owned()));
        }
        self.with(headers, body)
    }

    fn with(self, mut headers: Vec<(&'static str, String)>, body: Body) -> Response {
        headers.extend(self.allow.map(|allow| ("allow", allow)));
        headers.extend(self.authenticate.map(|authenticate| ("www-authenticate", authenticate)));
        headers.extend(self.link.map(|link| ("link", link)));
        Response {
            status: self.status,
            content_type: Cow::Borrowed(self.content_type),
            allow: None,
            retry_after_seconds: (self.status == 503).then_some(1),
            tagged: false,
            location: self.location,
            preference_applied: None,
            position: None,
            headers,
            body,
            internal: self.internal,
            timings: Timings::default(),
            slot: None,
        }
    }
}
