//! What a request is refused with, in Drupal's words.

/// An error object. The links `via` and `info` are added where it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// HTTP status code.
    pub status: u16,
    /// What is wrong; the status' own phrase is its title.
    pub detail: String,
    /// JSON Pointer to what is wrong.
    pub pointer: Option<String>,
    /// Where `info` leads, if not to the section of RFC 2616 on the status.
    pub info: Option<String>,
    /// Where `via` leads, if not to the request's URL.
    pub via: Option<String>,
    /// Text for the log, never for the client.
    pub internal: Option<Box<str>>,
}

impl Refusal {
    /// A refusal with nothing but a detail.
    pub fn new(status: u16, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), pointer: None, info: None, via: None, internal: None }
    }

    /// What its status is called.
    pub fn title(&self) -> &'static str {
        match self.status {
            400 => "Bad Request",
            401 => "Unauthorized",
            403 => "Forbidden",
            404 => "Not Found",
            405 => "Method Not Allowed",
            406 => "Not Acceptable",
            409 => "Conflict",
            410 => "Gone",
            415 => "Unsupported Media Type",
            422 => "Unprocessable Content",
            501 => "Not Implemented",
            503 => "Service Unavailable",
            _ => "Internal Server Error",
        }
    }

    /// Where the status is explained: in RFC 2616, as far as that knows it.
    pub fn about(&self) -> Option<String> {
        const RFC: &str = "https://www.w3.org/Protocols/rfc2616/rfc2616-sec10.html#sec10";
        if let Some(info) = &self.info {
            return Some(info.clone());
        }
        match self.status {
            400..=417 => Some(format!("{RFC}.4.{}", self.status - 399)),
            500..=505 => Some(format!("{RFC}.5.{}", self.status - 499)),
            _ => None,
        }
    }

    /// A mistake of the client.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(400, detail)
    }
}
