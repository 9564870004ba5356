//! What credentials a request carries: the parsing of `Authorization` and `X-Api-Key`.
//!
//! Nothing here says whether they are any good.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use hyper::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};

/// Carries an API key, where it does not come as a bearer token.
pub(crate) static X_API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// Longest name to log in with, in bytes.
const LOGIN_BYTES_MAX: usize = 255;

/// Standard base64, with or without its padding: clients disagree.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What a request shows of who sends it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Presented<'a> {
    /// `Authorization: Bearer …`.
    Bearer(&'a str),
    /// `Authorization: Basic …`.
    Basic { login: String, password: String },
    /// `X-Api-Key`.
    ApiKey(&'a str),
    /// `Authorization` with some other scheme.
    OtherScheme,
}

/// Why the credentials of a request cannot even be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// There are several, and no telling which ones count.
    Ambiguous,
    /// `Authorization` has not the form of its scheme.
    Malformed,
}

/// Reads the credentials of a request, if it has any. `X-Api-Key` counts only where there are such keys: to others it
/// is a header like any.
pub(crate) fn presented(headers: &HeaderMap, api_keys: bool) -> Result<Option<Presented<'_>>, Unreadable> {
    let authorization = only(headers, &AUTHORIZATION)?;
    let api_key = if api_keys { only(headers, &X_API_KEY)? } else { None };
    match (authorization, api_key) {
        (None, None) => Ok(None),
        (Some(_), Some(_)) => Err(Unreadable::Ambiguous),
        (Some(value), None) => value.to_str().map_or(Err(Unreadable::Malformed), authorized).map(Some),
        (None, Some(value)) => match value.to_str() {
            Ok(key) => Ok(Some(Presented::ApiKey(key.trim()))),
            Err(_) => Err(Unreadable::Malformed),
        },
    }
}

/// The one line of a header.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a HeaderValue>, Unreadable> {
    let mut lines = headers.get_all(name).iter();
    let first = lines.next();
    if lines.next().is_some() { Err(Unreadable::Ambiguous) } else { Ok(first) }
}

fn authorized(value: &str) -> Result<Presented<'_>, Unreadable> {
    let value = value.trim();
    let (scheme, rest) = value.split_once(' ').unwrap_or((value, ""));
    let rest = rest.trim_start_matches(' ');
    if scheme.eq_ignore_ascii_case("bearer") {
        if is_token(rest) { Ok(Presented::Bearer(rest)) } else { Err(Unreadable::Malformed) }
    } else if scheme.eq_ignore_ascii_case("basic") {
        basic(rest).ok_or(Unreadable::Malformed)
    } else {
        Ok(Presented::OtherScheme)
    }
}

/// Whether a text is a `token68` of RFC 9110.
fn is_token(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    !body.is_empty() && body.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte))
}

/// User and password of RFC 7617, in UTF-8.
fn basic(encoded: &str) -> Option<Presented<'static>> {
    let text = String::from_utf8(BASE64.decode(encoded).ok()?).ok()?;
    let (login, password) = text.split_once(':')?;
    let is_plain = !text.contains(|c: char| c.is_control());
    let is_sensible = is_plain && !login.is_empty() && login.len() <= LOGIN_BYTES_MAX;
    is_sensible.then(|| Presented::Basic { login: login.to_owned(), password: password.to_owned() })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(lines: &[(&'static str, &str)]) -> Result<Option<String>, Unreadable> {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        presented(&headers, true).map(|presented| presented.map(|it| format!("{it:?}")))
    }

    #[track_caller]
    fn check(authorization: &str, expected: Result<&str, Unreadable>) {
        let expected = expected.map(|text| Some(text.to_owned()));
        assert_eq!(read(&[("authorization", authorization)]), expected, "{authorization}");
    }

    #[test]
    fn schemes() {
        check("Bearer a.b-c_d~e+f/g==", Ok(r#"Bearer("a.b-c_d~e+f/g==")"#));
        check("bEARER   x ", Ok(r#"Bearer("x")"#));
        check("Basic YW5uOnNlOmNyZXQ=", Ok(r#"Basic { login: "ann", password: "se:cret" }"#));
        check("basic YW5uOnNlOmNyZXQ", Ok(r#"Basic { login: "ann", password: "se:cret" }"#));
        check("Basic w6Q6w6Q=", Ok(r#"Basic { login: "ä", password: "ä" }"#));
        check("Basic YW5uOg==", Ok(r#"Basic { login: "ann", password: "" }"#));
        check("Digest username=\"ann\"", Ok("OtherScheme"));
        check("", Ok("OtherScheme"));
    }

    #[test]
    fn what_has_not_its_form_is_malformed() {
        for value in [
            "Bearer",
            "Bearer ",
            "Bearer a b",
            "Bearer a,b",
            "Bearer ===",
            "Bearer ä",
            "Basic",
            "Basic !",
            "Basic YW5u",             // no colon
            "Basic OnNlY3JldA==",     // no name
            "Basic /zpw",             // no UTF-8
            "Basic YQphOnNlY3JldA==", // a line end in the name
            "Basic YW5uOnAAdw==",     // a NUL in the password
        ] {
            check(value, Err(Unreadable::Malformed));
        }
    }

    #[test]
    fn one_set_of_credentials_at_a_time() {
        let ambiguous = Err(Unreadable::Ambiguous);
        assert_eq!(read(&[("authorization", "Bearer a"), ("authorization", "Bearer a")]), ambiguous);
        assert_eq!(read(&[("authorization", "Bearer a"), ("x-api-key", "a")]), ambiguous);
        assert_eq!(read(&[("x-api-key", "a"), ("x-api-key", "b")]), ambiguous);
        assert_eq!(read(&[("x-api-key", " a ")]), Ok(Some(r#"ApiKey("a")"#.to_owned())));
        assert_eq!(read(&[("x-user", "ann"), ("x-forwarded-user", "ann")]), Ok(None));
    }

    #[test]
    fn without_api_keys_their_header_means_nothing() {
        let mut headers = HeaderMap::new();
        headers.insert(&X_API_KEY, HeaderValue::from_static("a"));
        assert_eq!(presented(&headers, false), Ok(None));
    }

    proptest! {
        #[test]
        fn any_header_is_read_without_failing(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let scheme = ["", "Basic ", "Bearer "][bytes.len() % 3];
            let line = [scheme.as_bytes(), &bytes].concat();
            if let Ok(value) = HeaderValue::from_bytes(&line) {
                let mut headers = HeaderMap::new();
                headers.insert(AUTHORIZATION, value);
                if let Ok(Some(Presented::Bearer(token))) = presented(&headers, true) {
                    prop_assert!(token.is_ascii() && !token.contains([' ', ',', '"']));
                }
            }
        }

        #[test]
        fn names_and_passwords_survive(login in "[^:\\p{Cc}]{1,60}", password in "\\PC{0,60}") {
            prop_assume!(login.len() <= LOGIN_BYTES_MAX && !password.contains(|c: char| c.is_control()));
            let encoded = base64::engine::general_purpose::STANDARD.encode(format!("{login}:{password}"));
            let mut headers = HeaderMap::new();
            headers.insert(AUTHORIZATION, HeaderValue::from_str(&format!("Basic {encoded}")).unwrap());
            prop_assert_eq!(presented(&headers, true), Ok(Some(Presented::Basic { login, password })));
        }
    }
}
