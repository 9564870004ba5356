//! Modules that may decide who sees what, or change documents, in ways that are not known here.
//!
//! A site with such a module is not served unless its operator says that the module does no such thing: nobody is to see
//! what Drupal would not show.

use super::definitions::Decoded;

/// Something that may decide who sees what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unproven {
    /// The module, or `node_access` for what grants of nodes decide.
    pub module: String,
    /// What may be wrong, for people.
    pub reason: String,
}

impl std::fmt::Display for Unproven {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}`: {}", self.module, self.reason)
    }
}

/// What stands for whichever module grants access to content item by item.
pub(crate) const NODE_GRANTS: &str = "node_access";

/// Modules and profiles of Drupal itself that have no say in what documents hold, or whose say is known here.
const KNOWN: &[&str] = &[
    "action",
    "announcements_feed",
    "automated_cron",
    "basic_auth",
    "big_pipe",
    "block",
    "block_content",
    "breakpoint",
    "ckeditor5",
    "comment",
    "config",
    "config_translation",
    "contact",
    "content_moderation",
    "content_translation",
    "contextual",
    "datetime",
    "datetime_range",
    "dblog",
    "demo_umami",
    "demo_umami_content",
    "dynamic_page_cache",
    "editor",
    "field",
    "field_layout",
    "field_ui",
    "file",
    "filter",
    "help",
    "help_topics",
    "history",
    "image",
    "inline_form_errors",
    "jsonapi",
    "language",
    "layout_builder",
    "layout_builder_expose_all_field_blocks",
    "layout_discovery",
    "link",
    "locale",
    "media",
    "media_library",
    "menu_link_content",
    "menu_ui",
    "migrate",
    "migrate_drupal",
    "migrate_drupal_ui",
    "minimal",
    "mysql",
    "mysqli",
    "navigation",
    "node",
    "options",
    "package_manager",
    "page_cache",
    "path",
    "path_alias",
    "pgsql",
    "phpass",
    "responsive_image",
    "rest",
    "sdc",
    "search",
    "serialization",
    "settings_tray",
    "shortcut",
    "sqlite",
    "standard",
    "statistics",
    "syslog",
    "system",
    "taxonomy",
    "telephone",
    "text",
    "toolbar",
    "tour",
    "tracker",
    "update",
    "user",
    "views",
    "views_ui",
    "workflows",
];

/// What is known of some others.
const REASONS: &[(&str, &str)] = &[
    ("ban", "addresses that it turns away are not turned away"),
    ("jsonapi_extras", "it changes names, and what is served at all"),
    ("workspaces", "what a workspace shows instead of the published content is not known"),
];

/// What is not known of a site. None of its themes has a say in documents.
pub(super) fn of(decoded: &Decoded) -> Vec<Unproven> {
    let mut modules = decoded.modules();
    let profile = decoded.config.get("core.extension").and_then(|extension| extension.str_at("profile"));
    modules.extend(profile.filter(|profile| !modules.contains(profile)));
    let unknown = modules.into_iter().filter(|module| !KNOWN.contains(module)).map(|module| {
        let reason = REASONS.iter().find(|(known, _)| *known == module).map(|(_, reason)| *reason);
        let reason = reason.unwrap_or("it may decide who sees what, or change what documents hold");
        Unproven { module: module.to_owned(), reason: reason.to_owned() }
    });
    let grants = decoded.has_node_grants.then(|| Unproven {
        module: NODE_GRANTS.to_owned(),
        reason: "the table holds grants of a module, which decide who sees which content".to_owned(),
    });
    unknown.chain(grants).collect()
}
