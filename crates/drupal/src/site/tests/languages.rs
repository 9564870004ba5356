//! Languages, and what else a site says once.

use serde_json::json;

use super::*;

/// A site of the languages English, whose prefix is given, and German.
fn with_languages(prefix: &str) -> Making {
    let language = |label: &str, weight: i64| json!({"label": label, "weight": weight, "locked": false});
    Making::new(&["language"])
        .config("system.site", &json!({"name": "Example", "default_langcode": "en"}))
        .config("language.entity.en", &language("English", 0))
        .config("language.entity.de", &language("Deutsch", 0))
        .config("language.entity.und", &json!({"label": "Not specified", "locked": true}))
        .config(
            "language.negotiation",
            &json!({"url": {"source": "path_prefix",
            "prefixes": {"en": prefix, "de": "de"}}}),
        )
}

fn with_methods(methods: &serde_json::Value) -> Making {
    with_languages("").config("language.types", &json!({"configurable": ["language_interface"],
        "negotiation": {"language_interface": {"enabled": methods}, "language_content": {"enabled": {"x": 0}}}}))
}

#[test]
fn languages_are_ordered_and_have_their_prefixes() {
    let site = with_methods(&json!({"language-url": 0})).site();
    let language = |code: &str, prefix: &str| Language { code: code.to_owned(), prefix: prefix.to_owned() };
    assert_eq!(site.languages.all, [language("de", "de"), language("en", "")]);
    assert_eq!((site.languages.default.as_str(), site.languages.by_prefix), ("en", true));
    assert_eq!(site.name, "Example");
}

#[test]
fn prefixes_count_only_where_the_path_decides() {
    let site = with_methods(&json!({"language-selected": 0})).site();
    assert!(
        !site.languages.by_prefix && site.languages.all.iter().all(|language| language.prefix.is_empty())
    );
    assert!(!with_languages("en").site().languages.by_prefix);
    // The language of content has methods of its own, or goes by that of the interface.
    for (content, expected) in
        [("language-url", true), ("language-selected", false), ("language-interface", true)]
    {
        let site = with_languages("en")
            .config(
                "language.types",
                &json!({"configurable": ["language_interface", "language_content"],
                "negotiation": {"language_interface": {"enabled": {"language-url": 0}},
                    "language_content": {"enabled": {content: 0}}}}),
            )
            .site();
        assert_eq!(site.languages.by_prefix, expected, "{content}");
    }
}

#[test]
fn other_ways_to_choose_a_language_are_told() {
    let Reading { site, notices, .. } =
        with_methods(&json!({"language-url": 0, "language-browser": 1, "language-user": 2})).reading();
    assert!(site.languages.by_prefix);
    let told =
        ["languages are not chosen by `language-browser`", "languages are not chosen by `language-user`"];
    assert_eq!(notices.iter().map(ToString::to_string).collect::<Vec<_>>(), told);
    let mut making = with_methods(&json!({"language-url": 0}));
    making.config.retain(|entry| entry.name != "language.negotiation");
    let Reading { site, notices, .. } =
        making.config("language.negotiation", &json!({"url": {"source": "domain"}})).reading();
    assert!(!site.languages.by_prefix && notices.len() == 1);
}

#[test]
fn a_site_without_the_module_has_one_language() {
    let site = Making::new(&[]).config("system.site", &json!({"default_langcode": "fr"})).site();
    assert_eq!(site.languages.all, [Language { code: "fr".to_owned(), prefix: String::new() }]);
    assert_eq!((site.languages.default.as_str(), site.languages.by_prefix), ("fr", false));
    assert_eq!(Making::new(&[]).site().languages.default, "en");
}

#[test]
fn settings_have_defaults() {
    let bare = Making::new(&[]).config("system.date", &json!({"timezone": {"default": "UTC"}})).site();
    assert!(bare.read_only && bare.page_age_seconds == 0 && bare.core_major == 10 && bare.name.is_empty());
    assert_eq!(bare.public_files, "/sites/default/files/");
    let site = Making::new(&[])
        .config("system.date", &json!({"timezone": {"default": "America/New_York"}}))
        .config("system.performance", &json!({"cache": {"page": {"max_age": 900}}}))
        .config("jsonapi.settings", &json!({"read_only": false}))
        .translation("de", "system.site", &json!({"name": "Beispiel"}))
        .update("system", 11102)
        .site();
    assert_eq!(site.time_zone.iana_name(), Some("America/New_York"));
    assert_eq!((site.page_age_seconds, site.read_only, site.core_major), (900, false, 11));
    assert_eq!(site.config_overrides["de"]["system.site"].str_at("name"), Some("Beispiel"));
    assert!(site.has_module("standard") && site.has_module("jsonapi") && !site.has_module("olivero"));
}

#[test]
fn an_unknown_time_zone_is_told() {
    let Reading { site, notices, .. } =
        Making::new(&[]).config("system.date", &json!({"timezone": {"default": "Mars/Base"}})).reading();
    assert_eq!(site.time_zone, jiff::tz::TimeZone::UTC);
    assert_eq!(notices[0].to_string(), "the time zone `Mars/Base` is not known: dates are written in UTC");
    let Reading { notices, .. } =
        Making::new(&[]).config("system.date", &json!({"timezone": {"default": ""}})).reading();
    assert_eq!(notices.len(), 0);
}
