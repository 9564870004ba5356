//! The explorer: a page that shows the document at its own URL.
//!
//! The page is the same at every URL; its script asks the URL again for JSON:API. Nothing but that script and its style
//! runs: the content security policy names both by a nonce that is new each time.

use std::borrow::Cow;
use std::hash::{BuildHasher, RandomState};

use docent_engine::{EXPLORER, Response};
use hyper::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderValue, REFERRER_POLICY};

const CONTENT_TYPE: &str = "text/html; charset=utf-8";
const PAGE: &str = include_str!("explorer.html");
const NONCE_PLACEHOLDER: &str = "{{nonce}}";

/// Puts the page into an answer that asks for it, by negotiating HTML and leaving the body to the edge. Returns the
/// nonce in the page.
pub(crate) fn fill(response: &mut Response) -> Option<String> {
    let asked = response.body.is_empty() && response.content_type == EXPLORER;
    if !asked {
        return None;
    }
    let (page, nonce) = page();
    response.body = page.into();
    response.content_type = Cow::Borrowed(CONTENT_TYPE);
    // A page is new each time, so a tag would never match.
    response.tagged = false;
    Some(nonce)
}

fn page() -> (Vec<u8>, String) {
    // Each state has keys from the system's random numbers; what they make of any input cannot be guessed.
    let nonce = format!("{:016x}{:016x}", RandomState::new().hash_one(0), RandomState::new().hash_one(1));
    (PAGE.replace(NONCE_PLACEHOLDER, &nonce).into_bytes(), nonce)
}

/// Adds the headers that keep the page to itself.
pub(crate) fn insert_headers(headers: &mut HeaderMap, nonce: &str) {
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_has_its_own_nonce() {
        let (first, nonce) = page();
        let (_, other) = page();
        assert_ne!(nonce, other);
        let text = String::from_utf8(first).unwrap();
        assert_eq!(text.matches(&format!("nonce=\"{nonce}\"")).count(), 2);
        assert!(!text.contains(NONCE_PLACEHOLDER));
    }

    #[test]
    fn the_page_needs_nothing_from_elsewhere() {
        for foreign in ["http://", "https://", "src=", "@import", "innerHTML", " style=\"", " onclick"] {
            assert!(!PAGE.contains(foreign), "{foreign}");
        }
    }
}
