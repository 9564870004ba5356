use proptest::prelude::*;

use super::*;

const JA: &str = MEDIA_TYPE;
const EXTX: &str = "https://example.com/ext/unknown";
const PROFX: &str = "https://example.com/profile/unknown";
const P1: &str = "https://example.com/profile/1";
const P2: &str = "https://example.com/profile/2";

const OFFER: Offer<'static> =
    Offer { extensions: &[ATOMIC_EXTENSION], required: &[], profiles: &[P1, P2], html: false };
const WITH_HTML: Offer<'static> = Offer { html: true, ..OFFER };
const OPERATIONS: Offer<'static> = Offer { required: &[ATOMIC_EXTENSION], ..OFFER };

/// `JA` and the URIs stand for themselves, so that headers can be written as the rules write them.
fn expand(header: &str) -> String {
    header
        .replace("JA", JA)
        .replace("ATM", ATOMIC_EXTENSION)
        .replace("EXTX", EXTX)
        .replace("PROFX", PROFX)
        .replace("P1", P1)
        .replace("P2", P2)
}

fn outcome(result: Result<Negotiated, ErrorObject>) -> String {
    match result {
        Ok(Negotiated::Document(applied)) => applied.content_type().replace(JA, "JA"),
        Ok(Negotiated::Html) => "html".to_owned(),
        Err(error) => {
            assert_eq!(error.source, Some(crate::error::Source::Header("Accept")));
            error.kind.status.to_string()
        }
    }
}

#[track_caller]
fn check_with(offer: &Offer<'_>, accept: &str, expected: &str) {
    let result = outcome(negotiate(Some(&expand(accept)), offer));
    assert_eq!(result, expand(expected).replace(JA, "JA"), "Accept: {accept}");
}

#[track_caller]
fn check(accept: &str, expected: &str) {
    check_with(&OFFER, accept, expected);
}

#[track_caller]
fn check_content(content_type: Option<&str>, has_body: bool, expected: &str) {
    let result = match check_content_type(content_type.map(expand).as_deref(), &OFFER, has_body) {
        Ok(applied) => applied.content_type().replace(JA, "JA"),
        Err(error) => {
            assert_eq!(error.source, Some(crate::error::Source::Header("Content-Type")));
            error.kind.status.to_string()
        }
    };
    assert_eq!(result, expand(expected).replace(JA, "JA"), "Content-Type: {content_type:?}");
}

#[test]
fn neg_03_uris_are_separated_by_one_space() {
    check("JA;profile=\"P2 P1\"", "JA;profile=\"P1 P2\"");
    check("JA;profile=\"P1 P1\"", "JA;profile=\"P1\"");
}

#[test]
fn neg_05_white_space_around_semicolons() {
    check("JA ;  profile=\"P1\"", "JA;profile=\"P1\"");
    check_content(Some("JA ;\text=\"ATM\" "), true, "JA;ext=\"ATM\"");
    check("JA;", "JA");
    check("JA; ; profile=\"P1\";", "JA;profile=\"P1\"");
}

#[test]
fn neg_06_names_ignore_case() {
    check("Application/VND.api+JSON", "JA");
    check("JA;PROFILE=\"P1\"", "JA;profile=\"P1\"");
    check_content(Some("JA;EXT=\"EXTX\""), true, "415");
    check("*/*;Q=0.1", "JA");
}

#[test]
fn neg_10_foreign_parameters_in_content_type() {
    check_content(Some("JA; charset=utf-8"), true, "415");
    check_content(Some("JA; charset=utf-8"), false, "415");
    check_content(Some("JA;q=1"), true, "415");
}

#[test]
fn neg_11_unsupported_extension_in_content_type() {
    check_content(Some("JA;ext=\"ATM EXTX\""), true, "415");
    check_content(Some("JA;ext=\"EXTX\""), false, "415");
}

#[test]
fn neg_12_supported_extension_in_content_type() {
    check_content(Some("JA;ext=\"ATM\""), true, "JA;ext=\"ATM\"");
}

#[test]
fn neg_13_unknown_profiles_are_ignored() {
    check_content(Some("JA;profile=\"PROFX\""), true, "JA");
    check("JA;profile=\"PROFX\"", "JA");
    check("JA;profile=\"PROFX P1\"", "JA;profile=\"P1\"");
}

#[test]
fn neg_14_other_media_types_of_bodies() {
    check_content(Some("application/json"), true, "415");
    check_content(Some("text/plain"), true, "415");
    check_content(None, true, "415");
    check_content(Some(""), true, "415");
    check_content(Some("text/plain;;="), false, "JA");
    check_content(None, false, "JA");
}

#[test]
fn neg_15_duplicates_and_broken_syntax() {
    check_content(Some("JA;ext=\"ATM\";ext=\"ATM\""), true, "415");
    check_content(Some("JA;ext=\"ATM"), true, "415");
    check_content(Some("JA;ext=ATM"), true, "415");
    check_content(Some("JA;ext"), true, "415");
    check_content(Some("JA;ext=\"ATM\"x"), true, "415");
    check_content(Some("JA;ext=\"\""), true, "JA");
    check("JA;ext=\"ATM\";ext=\"ATM\"", "406");
    check("JA;ext=\"ATM, JA", "406");
    check("JA;profile=P1, JA", "JA");
    check("JA;ext=\"\"", "JA");
}

#[test]
fn neg_16_foreign_parameter_instances_are_skipped() {
    check("JA;foo=1, JA", "JA");
    check("JA, JA;version=1;q=0.9", "JA");
}

#[test]
fn neg_17_only_foreign_parameter_instances() {
    check("JA;charset=utf-8", "406");
    check("JA;charset=utf-8, */*;q=0.1", "406");
    check_with(&WITH_HTML, "JA;charset=utf-8, text/html", "406");
}

#[test]
fn neg_18_only_unsupported_extensions() {
    check("JA;ext=\"EXTX\"", "406");
    check("JA;ext=\"ATM EXTX\"", "406");
    check("JA;ext=\"EXTX\", JA", "JA");
}

#[test]
fn neg_19_nothing_usable_is_left() {
    check("JA;foo=1, JA;ext=\"EXTX\"", "406");
}

#[test]
fn neg_20_the_highest_quality_wins() {
    check("JA;profile=\"P1\";q=0.3, JA;profile=\"P2\"", "JA;profile=\"P2\"");
    check("JA;profile=\"P2\", JA;profile=\"P1\";q=0.3", "JA;profile=\"P2\"");
    check("JA;q=0.5, JA;profile=\"P1\";q=0.501", "JA;profile=\"P1\"");
    check("JA, JA;profile=\"P1\"", "JA;profile=\"P1\"");
    check("JA;profile=\"P1\", JA", "JA;profile=\"P1\"");
}

#[test]
fn neg_21_the_weight_is_no_parameter() {
    check("JA;q=0.5", "JA");
    check("JA;ext=\"ATM\";q=0.9", "JA;ext=\"ATM\"");
    check("JA;q=0.12345", "JA");
    check("JA;q=2", "406");
    check("JA;q=1.001", "406");
    check("JA;q=", "406");
    check("JA;q=0.5;q=0.6", "406");
}

#[test]
fn neg_22_zero_is_not_acceptable() {
    check("JA;q=0", "406");
    check("JA;q=0.000, */*", "406");
    check("*/*;q=0", "406");
    check("application/*;q=0, */*", "406");
    check_with(&WITH_HTML, "JA;q=0, text/html", "html");
    check_with(&WITH_HTML, "JA, text/html;q=0", "JA");
}

#[test]
fn neg_23_wildcards_take_a_document() {
    assert_eq!(outcome(negotiate(None, &OFFER)), "JA");
    check("*/*", "JA");
    check("application/*", "JA");
    check("application/*;q=0.1", "JA");
    check("", "JA");
    check("application/json", "JA");
    check("application/json; charset=utf-8", "JA");
}

#[test]
fn neg_24_nothing_that_can_be_sent() {
    check("text/html", "406");
    check("image/png, text/plain", "406");
    check(",", "406");
    check_with(&WITH_HTML, "image/png", "406");
}

#[test]
fn neg_25_extensions_are_applied() {
    check("JA;ext=\"ATM\";profile=\"P1\"", "JA;ext=\"ATM\";profile=\"P1\"");
}

#[test]
fn neg_26_support_is_judged_per_endpoint() {
    check_with(&Offer::default(), "JA;ext=\"ATM\"", "406");
}

#[test]
fn neg_30_quoted_separators_do_not_split() {
    check("JA;profile=\"http://e.test/a,b\"", "JA");
    check("JA;profile=\"a;b\\\"c,d\", image/png", "JA");
    check("JA;ext=\"EXTX\", JA", "JA");
    check("JA;profile=\"\\x\"", "JA");
}

#[test]
fn atm_05_an_operations_url_never_answers_plain() {
    check_with(&OPERATIONS, "*/*", "JA;ext=\"ATM\"");
    check_with(&OPERATIONS, "application/json", "JA;ext=\"ATM\"");
    assert_eq!(outcome(negotiate(None, &OPERATIONS)), expand("JA;ext=\"ATM\"").replace(JA, "JA"));
    check_with(&OPERATIONS, "JA;ext=\"ATM\"", "JA;ext=\"ATM\"");
    check_with(&OPERATIONS, "JA", "406");
    check_with(&OPERATIONS, "JA, JA;ext=\"ATM\";q=0.1", "JA;ext=\"ATM\"");
}

#[test]
fn pages_are_chosen_only_when_strictly_preferred() {
    check_with(
        &WITH_HTML,
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8",
        "html",
    );
    check_with(&WITH_HTML, "text/html", "html");
    check_with(&WITH_HTML, "text/*", "html");
    check_with(&WITH_HTML, "text/html;charset=utf-8", "html");
    check_with(&WITH_HTML, "text/html, */*", "JA");
    check_with(&WITH_HTML, "text/html, JA", "JA");
    check_with(&WITH_HTML, "text/html;q=0.5, JA;q=0.4", "html");
    check_with(&WITH_HTML, "text/html;q=0.5, JA;q=0.4, application/json", "JA");
    check("text/html, */*;q=0.1", "JA");
}

#[test]
fn content_types_of_documents() {
    let applied = Applied { extensions: vec![ATOMIC_EXTENSION], profiles: vec![P1, P2] };
    let expected = format!("{JA};ext=\"{ATOMIC_EXTENSION}\";profile=\"{P1} {P2}\"");
    assert_eq!(applied.content_type(), expected);
    assert!(matches!(Applied::default().content_type(), Cow::Borrowed(_)));
    let mut paged = Applied::default();
    paged.add_profile(CURSOR_PROFILE);
    paged.add_profile(CURSOR_PROFILE);
    assert!(matches!(paged.content_type(), Cow::Borrowed(CURSOR_TYPE)));
    let atomic = Applied { extensions: vec![ATOMIC_EXTENSION], profiles: Vec::new() };
    assert_eq!(atomic.content_type(), format!("{JA};ext=\"{ATOMIC_EXTENSION}\""));
}

proptest! {
    #[test]
    fn any_header_is_judged(header in any::<String>(), has_body in any::<bool>()) {
        let _ = negotiate(Some(&header), &WITH_HTML);
        let _ = check_content_type(Some(&header), &OFFER, has_body);
    }

    #[test]
    fn any_likely_header_is_judged(header in "(application/vnd\\.api\\+json|\\*/\\*|text/html|[;,=\" \\\\]|q=0\\.[0-9]|ext=|profile=){0,12}") {
        let _ = negotiate(Some(&header), &WITH_HTML);
        let _ = check_content_type(Some(&header), &OFFER, true);
    }
}
