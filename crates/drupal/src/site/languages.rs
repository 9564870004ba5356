//! The languages of a site, and how a request chooses one.

use super::Notice;
use super::definitions::Decoded;
use super::model::{Language, Languages};
use crate::php::Php;

/// Ways to choose a language that need no more than the path, or that no request for documents goes.
const KNOWN_METHODS: [&str; 5] = [
    "language-url",
    "language-selected",
    "language-interface",
    "language-user-admin",
    "language-content-entity",
];

pub(super) fn read(decoded: &Decoded, notices: &mut Vec<Notice>) -> Languages {
    let config = |name: &str| decoded.config.get(name);
    let default = config("system.site").and_then(|site| site.str_at("default_langcode")).unwrap_or("en");
    let negotiation = config("language.negotiation");
    let prefixes = negotiation.and_then(|negotiation| negotiation.at("url.prefixes"));
    let prefix = |code: &str| {
        let prefix = prefixes.and_then(|prefixes| prefixes.get(code)).and_then(Php::as_str);
        prefix.unwrap_or_default().to_owned()
    };
    let mut all: Vec<(i64, String, Language)> = decoded
        .config_of("language.entity.")
        .into_iter()
        .filter(|(_, language)| !language.is_set("locked"))
        .map(|(code, language)| {
            let weight = language.get("weight").and_then(Php::as_i64).unwrap_or_default();
            let label = language.str_at("label").unwrap_or(code).to_lowercase();
            (weight, label, Language { code: code.to_owned(), prefix: prefix(code) })
        })
        .collect();
    all.sort_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
    let mut all: Vec<Language> = all.into_iter().map(|(.., language)| language).collect();
    if !all.iter().any(|language| language.code == default) {
        all.insert(0, Language { code: default.to_owned(), prefix: prefix(default) });
    }
    // Drupal takes no notice of prefixes where there is nothing to choose.
    let by_prefix = all.len() > 1 && decides_by_path(decoded, notices);
    if !by_prefix {
        for language in &mut all {
            language.prefix.clear();
        }
    }
    let preferred_first = all.len() > 1 && prefers_accounts(decoded);
    Languages { default: default.to_owned(), all, by_prefix, preferred_first }
}

/// Whether the language of the interface is that of the account before that of the path.
fn prefers_accounts(decoded: &Decoded) -> bool {
    let types = decoded.config.get("language.types");
    let Some(enabled) = types.and_then(|types| types.at("negotiation.language_interface.enabled")) else {
        return false;
    };
    let weight = |method: &str| enabled.get(method).and_then(Php::as_i64);
    weight("language-user").is_some_and(|own| weight("language-url").is_none_or(|path| own < path))
}

/// Whether the language of content is taken from the path's prefix.
fn decides_by_path(decoded: &Decoded, notices: &mut Vec<Notice>) -> bool {
    let Some(types) = decoded.config.get("language.types") else { return false };
    let methods = |language_type: &str| -> Vec<String> {
        let enabled = types.at(&format!("negotiation.{language_type}.enabled"));
        enabled.into_iter().flat_map(Php::entries).map(|(method, _)| method.into_owned()).collect()
    };
    let has_own =
        types.get("configurable").is_some_and(|own| own.texts().any(|own| own == "language_content"));
    let mut used = if has_own { methods("language_content") } else { Vec::new() };
    if !has_own || used.iter().any(|method| method == "language-interface") {
        used.extend(methods("language_interface"));
    }
    for method in &used {
        if !KNOWN_METHODS.contains(&method.as_str()) {
            notices.push(Notice::Remark(format!("languages are not chosen by `{method}`")));
        }
    }
    let source =
        decoded.config.get("language.negotiation").and_then(|negotiation| negotiation.str_at("url.source"));
    let by_url = used.iter().any(|method| method == "language-url");
    if by_url && source == Some("domain") {
        notices.push(Notice::Remark("languages are not chosen by the domain of a request".to_owned()));
    }
    by_url && source != Some("domain")
}
