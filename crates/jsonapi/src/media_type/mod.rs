//! The media type and its negotiation: `Accept`, `Content-Type`, extensions and profiles.
//!
//! Decides what a response may be and how a request document is to be read. Which extensions and profiles an endpoint
//! can apply is the caller's knowledge, given as an [`Offer`].

mod accept;
mod syntax;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use crate::error::{ErrorKind, ErrorObject};

pub use accept::negotiate;

use syntax::MediaRange;

/// The media type of every JSON:API document.
pub const MEDIA_TYPE: &str = "application/vnd.api+json";
/// The Atomic Operations extension.
pub const ATOMIC_EXTENSION: &str = "https://jsonapi.org/ext/atomic";
/// The cursor pagination profile.
pub const CURSOR_PROFILE: &str = "https://jsonapi.org/profiles/ethanresnick/cursor-pagination";

const ATOMIC_TYPE: &str = "application/vnd.api+json;ext=\"https://jsonapi.org/ext/atomic\"";
const CURSOR_TYPE: &str =
    "application/vnd.api+json;profile=\"https://jsonapi.org/profiles/ethanresnick/cursor-pagination\"";

/// Nothing this endpoint can send is acceptable to the client (NEG-16 to NEG-26).
pub static NOT_ACCEPTABLE: ErrorKind = ErrorKind {
    status: 406,
    code: "not-acceptable",
    title: "Not acceptable",
    about: "The `Accept` header leaves nothing this URL can answer with. Accept `application/vnd.api+json` without parameters, \
            or with the extensions this URL supports in `ext`.",
};

/// The request document's media type is not one this endpoint reads (NEG-10 to NEG-15).
pub static UNSUPPORTED_MEDIA_TYPE: ErrorKind = ErrorKind {
    status: 415,
    code: "unsupported-media-type",
    title: "Unsupported media type",
    about: "The `Content-Type` header is missing, names another media type, has a parameter other than `ext` and `profile`, or \
            an extension this URL does not support. Send `application/vnd.api+json`.",
};

/// The kinds of error about media types.
pub static KINDS: &[&ErrorKind] = &[&NOT_ACCEPTABLE, &UNSUPPORTED_MEDIA_TYPE];

/// The extensions and profiles applied to one document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// URIs of extensions.
    pub extensions: Vec<&'static str>,
    /// URIs of profiles.
    pub profiles: Vec<&'static str>,
}

impl Applied {
    /// The value of `Content-Type` for the document (NEG-01 to NEG-08).
    ///
    /// ```
    /// use docent_jsonapi::media_type::{Applied, CURSOR_PROFILE};
    ///
    /// assert_eq!(Applied::default().content_type(), "application/vnd.api+json");
    /// let paged = Applied { profiles: vec![CURSOR_PROFILE], ..Applied::default() };
    /// assert_eq!(paged.content_type(), format!("application/vnd.api+json;profile=\"{CURSOR_PROFILE}\""));
    /// ```
    pub fn content_type(&self) -> Cow<'static, str> {
        match (self.extensions.as_slice(), self.profiles.as_slice()) {
            ([], []) => return Cow::Borrowed(MEDIA_TYPE),
            ([], [CURSOR_PROFILE]) => return Cow::Borrowed(CURSOR_TYPE),
            ([ATOMIC_EXTENSION], []) => return Cow::Borrowed(ATOMIC_TYPE),
            _ => {}
        }
        let mut text = MEDIA_TYPE.to_owned();
        for (name, uris) in [("ext", &self.extensions), ("profile", &self.profiles)] {
            if !uris.is_empty() {
                text.extend([";", name, "=\"", &uris.join(" "), "\""]);
            }
        }
        Cow::Owned(text)
    }

    /// Adds a profile, unless it is there.
    pub fn add_profile(&mut self, uri: &'static str) {
        if !self.profiles.contains(&uri) {
            self.profiles.push(uri);
        }
    }

    fn from_range(range: &MediaRange<'_>, offer: &Offer<'_>) -> Self {
        let known = |uris: Option<&str>, offered: &[&'static str]| -> Vec<&'static str> {
            let Some(uris) = uris else { return Vec::new() };
            offered.iter().copied().filter(|uri| list(uris).any(|given| given == *uri)).collect()
        };
        Self {
            extensions: known(range.parameter("ext"), offer.extensions),
            profiles: known(range.parameter("profile"), offer.profiles),
        }
    }

    fn required_by(offer: &Offer<'_>) -> Self {
        Self { extensions: offer.required.to_vec(), profiles: Vec::new() }
    }
}

/// What an endpoint can apply. The default is a plain endpoint: documents without extensions or profiles.
#[derive(Debug, Clone, Copy, Default)]
pub struct Offer<'a> {
    /// Extensions it can apply.
    pub extensions: &'a [&'static str],
    /// Extensions every document of it applies, such as Atomic Operations on an operations URL; also in `extensions`.
    /// A client that accepts any type gets them; one that asks for plain documents is refused (ATM-05).
    pub required: &'a [&'static str],
    /// Profiles it can apply.
    pub profiles: &'a [&'static str],
    /// Whether it also has a page for people.
    pub html: bool,
}

/// What the response is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Negotiated {
    /// A JSON:API document with these extensions and profiles.
    Document(Applied),
    /// A page for people.
    Html,
}

/// Reads `Content-Type`: under which extensions and profiles the request document is to be read (NEG-10 to NEG-15).
///
/// A request without a body may have any `Content-Type` or none, except the JSON:API media type with illegal
/// parameters: that rule is about the header, not about the body.
///
/// ```
/// use docent_jsonapi::media_type::{Applied, Offer, check_content_type};
///
/// let offer = Offer::default();
/// assert_eq!(check_content_type(Some("application/vnd.api+json"), &offer, true), Ok(Applied::default()));
/// assert_eq!(check_content_type(None, &offer, false), Ok(Applied::default()));
/// assert_eq!(check_content_type(Some("application/json"), &offer, true).unwrap_err().kind.status, 415);
/// ```
pub fn check_content_type(
    content_type: Option<&str>,
    offer: &Offer<'_>,
    has_body: bool,
) -> Result<Applied, ErrorObject> {
    let Some(given) = content_type else {
        return if has_body {
            Err(unsupported("The request has a body but no `Content-Type`."))
        } else {
            Ok(none())
        };
    };
    if given == MEDIA_TYPE {
        return Ok(none());
    }
    let range = MediaRange::parse(given);
    if !range.is_json_api() {
        return if has_body {
            Err(unsupported(&format!("`{}` is not read here.", range.essence)))
        } else {
            Ok(none())
        };
    }
    if let Some(reason) = unusable(&range, offer) {
        return Err(unsupported(&reason));
    }
    if range.weight.is_some() {
        return Err(unsupported("The parameter `q` has no place in `Content-Type`."));
    }
    Ok(Applied::from_range(&range, offer))
}

fn none() -> Applied {
    Applied::default()
}

/// Why a JSON:API media type cannot be processed here; `None` if it can.
fn unusable(range: &MediaRange<'_>, offer: &Offer<'_>) -> Option<String> {
    if range.broken {
        return Some(
            "It is not well-formed: a parameter is `name=value`, with URIs in double quotes.".to_owned(),
        );
    }
    for (index, (name, _)) in range.parameters.iter().enumerate() {
        if name != "ext" && name != "profile" {
            return Some(format!(
                "The media type `{MEDIA_TYPE}` has no parameter `{name}`, only `ext` and `profile`."
            ));
        }
        if range.parameters[..index].iter().any(|(earlier, _)| earlier == name) {
            return Some(format!("The parameter `{name}` is given twice."));
        }
    }
    let unknown = list(range.parameter("ext")?).find(|uri| !offer.extensions.contains(uri))?;
    Some(format!("The extension `{unknown}` is not supported at this URL."))
}

/// The URIs of an `ext` or `profile` parameter.
fn list(uris: &str) -> impl Iterator<Item = &str> {
    uris.split(' ').filter(|uri| !uri.is_empty())
}

fn unsupported(reason: &str) -> ErrorObject {
    ErrorObject::new(&UNSUPPORTED_MEDIA_TYPE, format!("{reason} Send documents as `{MEDIA_TYPE}`."))
        .with_header("Content-Type")
}
