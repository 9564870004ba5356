//! Negotiation: whatever the headers say, there is an answer of the offered kinds or the one error that fits, and the
//! media type of an answer is understood when it is sent back.
//!
//! An input has up to three lines: `Accept`, `Content-Type`, and letters that make the offer. Where a line is missing,
//! so is the header.

use docent_jsonapi::error::{ErrorObject, Source};
use docent_jsonapi::media_type::{
    ATOMIC_EXTENSION, Applied, CURSOR_PROFILE, MEDIA_TYPE, Negotiated, Offer, check_content_type, negotiate,
};

/// Another extension and another profile, so that lists have two members.
const OTHER_EXTENSION: &str = "https://example.com/ext";
const OTHER_PROFILE: &str = "https://example.com/profile";

/// Checks one pair of headers.
pub fn check(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut lines = text.splitn(3, '\n');
    let (accept, content_type) = (lines.next(), lines.next());
    let letters = lines.next().unwrap_or_default();
    let has = |letter| letters.contains(letter);

    let mut extensions = Vec::new();
    extensions.extend((has('a') || has('r')).then_some(ATOMIC_EXTENSION));
    extensions.extend(has('e').then_some(OTHER_EXTENSION));
    let mut profiles = Vec::new();
    profiles.extend(has('c').then_some(CURSOR_PROFILE));
    profiles.extend(has('p').then_some(OTHER_PROFILE));
    let required = if has('r') { vec![ATOMIC_EXTENSION] } else { Vec::new() };
    let offer = Offer { extensions: &extensions, required: &required, profiles: &profiles, html: has('h') };

    check_accept(accept, &offer);
    check_request(content_type, &offer, true);
    check_request(content_type, &offer, false);
}

fn check_accept(accept: Option<&str>, offer: &Offer<'_>) {
    match negotiate(accept, offer) {
        Ok(Negotiated::Document(applied)) => check_applied(&applied, offer),
        Ok(Negotiated::Html) => assert!(offer.html, "a page that is not offered"),
        Err(error) => check_error(&error, 406, "Accept"),
    }
    let Some(accept) = accept else { return };
    // Nothing listed behind a usable instance takes it away (NEG-17), and nothing ranks above a full weight.
    let plain = Applied { extensions: offer.required.to_vec(), profiles: Vec::new() }.content_type();
    let longer = format!("{plain},{accept}");
    let Ok(Negotiated::Document(applied)) = negotiate(Some(&longer), offer) else {
        panic!("{plain} is listed first and not sent");
    };
    check_applied(&applied, offer);
    // Empty elements of the list mean nothing (RFC 9110, section 5.6.1).
    if !accept.is_empty() {
        assert_eq!(negotiate(Some(&format!(", ,\t,{accept}")), offer), negotiate(Some(accept), offer));
    }
}

fn check_request(content_type: Option<&str>, offer: &Offer<'_>, has_body: bool) {
    match check_content_type(content_type, offer, has_body) {
        Ok(applied) => {
            assert!(content_type.is_some() || !has_body);
            check_uris(&applied, offer);
        }
        Err(error) => check_error(&error, 415, "Content-Type"),
    }
}

/// What is applied was offered, each once, and its media type is understood when it comes back.
fn check_applied(applied: &Applied, offer: &Offer<'_>) {
    check_uris(applied, offer);
    assert!(offer.required.iter().all(|uri| applied.extensions.contains(uri)), "{applied:?}");
    let own = applied.content_type();
    assert_eq!(own, expected_type(applied));
    assert_eq!(negotiate(Some(&own), offer), Ok(Negotiated::Document(applied.clone())), "{own}");
    assert_eq!(check_content_type(Some(&own), offer, true).as_ref(), Ok(applied), "{own}");
    let mut more = applied.clone();
    more.add_profile(CURSOR_PROFILE);
    assert_eq!(more.content_type(), expected_type(&more));
}

fn check_uris(applied: &Applied, offer: &Offer<'_>) {
    for (given, offered) in [(&applied.extensions, offer.extensions), (&applied.profiles, offer.profiles)] {
        for (index, uri) in given.iter().enumerate() {
            assert!(offered.contains(uri), "{uri} is not offered");
            assert!(!given[..index].contains(uri), "{uri} twice");
        }
    }
}

/// The media type with no parameters but `ext` and `profile` (NEG-01 to NEG-08).
fn expected_type(applied: &Applied) -> String {
    let parameter = |name, uris: &[&str]| match uris {
        [] => String::new(),
        uris => format!(";{name}=\"{}\"", uris.join(" ")),
    };
    let ext = parameter("ext", &applied.extensions);
    format!("{MEDIA_TYPE}{ext}{}", parameter("profile", &applied.profiles))
}

fn check_error(error: &ErrorObject, status: u16, header: &'static str) {
    assert_eq!(error.kind.status, status, "{error:?}");
    assert_eq!(error.source, Some(Source::Header(header)), "{error:?}");
    let mut out = Vec::new();
    error.write(&mut out, "1");
    crate::json::parse(&out);
}
