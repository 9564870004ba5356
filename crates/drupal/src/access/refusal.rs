//! How refusals are put.

use crate::error::Refusal;
use crate::site::Site;

/// What is said of a resource that may not be seen.
pub fn resource_detail(reason: &str) -> String {
    with_reason("The current user is not allowed to GET the selected resource.", reason)
}

/// What is said of a relationship that may not be seen.
pub fn relationship_detail(reason: &str) -> String {
    with_reason("The current user is not allowed to view this relationship.", reason)
}

/// What is said of a filter by a field that may not be seen.
pub fn filter_detail(field: &str, path: &str, reason: &str) -> String {
    let text = format!(
        "The current user is not authorized to filter by the `{field}` field, given in the path `{path}`."
    );
    with_reason(&text, reason)
}

fn with_reason(text: &str, reason: &str) -> String {
    if reason.is_empty() { text.to_owned() } else { format!("{text} {reason}") }
}

/// Refuses a resource, `via` being its URL.
pub fn refuse_resource(reason: &str, via: String) -> Refusal {
    let mut refusal = Refusal::new(403, resource_detail(reason));
    refusal.pointer = Some("/data".to_owned());
    refusal.via = Some(via);
    refusal
}

/// Refuses a relationship, with the detail of [`super::view_relationship`].
pub fn refuse_relationship(detail: String) -> Refusal {
    Refusal::new(403, detail)
}

/// A refusal, and what `WWW-Authenticate` says with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenged {
    /// The refusal.
    pub refusal: Refusal,
    /// The header's value, if there is something to say.
    pub authenticate: Option<String>,
}

/// Where the site takes names and passwords, those who have shown no credentials are asked for some instead of being
/// told that something is forbidden.
pub fn challenge(site: &Site, had_credentials: bool, refusal: Refusal) -> Challenged {
    if refusal.status != 403 || had_credentials || !site.has_module("basic_auth") {
        return Challenged { refusal, authenticate: None };
    }
    let name = if site.name.is_empty() { "Access restricted" } else { &site.name };
    // As in HTML; and nothing that could end the header.
    let mut realm = String::with_capacity(name.len());
    for character in name.chars().filter(|character| !character.is_control()) {
        match character {
            '&' => realm.push_str("&amp;"),
            '<' => realm.push_str("&lt;"),
            '>' => realm.push_str("&gt;"),
            '"' => realm.push_str("&quot;"),
            '\'' => realm.push_str("&#039;"),
            _ => realm.push(character),
        }
    }
    Challenged {
        refusal: Refusal::new(401, "No authentication credentials provided."),
        authenticate: Some(format!("Basic realm=\"{realm}\"")),
    }
}
