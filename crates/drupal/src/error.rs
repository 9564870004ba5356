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
}

impl Refusal {
    /// A refusal with nothing but a detail.
    pub fn new(status: u16, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), pointer: None, info: None, via: None }
    }

    /// A mistake of the client.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(400, detail)
    }
}
