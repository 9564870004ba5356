//! Configuration entities: who may view them.

use super::{AccessResult, Decision, block, decide};
use crate::account::Account;
use crate::php::Php;
use crate::site::{EntityTypeIndex, Site};

/// In which circumstances somebody asks, as blocks may depend on them.
#[derive(Debug, Clone)]
pub struct Circumstances<'a> {
    /// The path that is asked for, without a language prefix: `/jsonapi/block/block`.
    pub path: &'a str,
    /// The language that is asked for.
    pub langcode: &'a str,
    /// View access to the content that the block shows: see [`super::content_of_block`].
    pub content: Option<AccessResult>,
}

/// What is shown of a configuration entity.
pub fn view_config_entity(
    site: &Site,
    account: &Account,
    entity_type: EntityTypeIndex,
    id: &str,
    config: &Php,
    circumstances: &Circumstances<'_>,
) -> Decision {
    let kind = &site[entity_type];
    let permission = |permission: &str| AccessResult::permission(account, permission);
    let admin = || admin(site, account, entity_type);
    let of = |key: &str| config.get(key).and_then(Php::as_str).unwrap_or_default();
    let handler = kind.access_handler.trim_start_matches('\\');
    let access = match handler {
        "Drupal\\node\\NodeTypeAccessControlHandler" => permission("access content"),
        "Drupal\\taxonomy\\VocabularyAccessControlHandler" => {
            AccessResult::any_permission(account, &["access taxonomy overview", "administer taxonomy"])
        }
        "Drupal\\block\\BlockAccessControlHandler" => block::access(site, account, config, circumstances),
        "Drupal\\search\\SearchPageAccessControlHandler" => search_page(account, config),
        "Drupal\\shortcut\\ShortcutSetAccessControlHandler" => permission("access shortcuts"),
        "Drupal\\editor\\EditorAccessControlHandler" => permission("administer filters"),
        "Drupal\\contact\\ContactFormAccessControlHandler" => {
            AccessResult::allowed_if(id != "personal" && account.may("access site-wide contact form"))
        }
        "Drupal\\field\\FieldConfigAccessControlHandler"
        | "Drupal\\field\\FieldStorageConfigAccessControlHandler"
        | "Drupal\\Core\\Field\\BaseFieldOverrideAccessControlHandler" => {
            permission(&format!("administer {} fields", of("entity_type")))
        }
        "Drupal\\Core\\Entity\\Entity\\Access\\EntityFormDisplayAccessControlHandler" => {
            permission(&format!("administer {} form display", of("targetEntityType")))
        }
        "Drupal\\Core\\Entity\\Entity\\Access\\EntityViewDisplayAccessControlHandler" => {
            permission(&format!("administer {} display", of("targetEntityType")))
        }
        _ => admin(),
    };
    decide(access, || match handler {
        "Drupal\\system\\DateFormatAccessControlHandler" | "Drupal\\system\\MenuAccessControlHandler" => {
            AccessResult::Allowed
        }
        "Drupal\\media\\MediaTypeAccessControlHandler" => permission("view media"),
        "Drupal\\block_content\\BlockTypeAccessControlHandler" => {
            permission("access block library").or(admin())
        }
        "Drupal\\taxonomy\\VocabularyAccessControlHandler" => permission("view vocabulary labels"),
        _ => AccessResult::NEUTRAL,
    })
}

fn admin(site: &Site, account: &Account, entity_type: EntityTypeIndex) -> AccessResult {
    let kind = &site[entity_type];
    // Given to these types by a module that is usually installed later than the types.
    let is_mode = matches!(kind.id.as_str(), "entity_form_mode" | "entity_view_mode");
    let of_modes = (is_mode && site.has_module("field_ui")).then_some("administer display modes");
    match kind.admin_permission.as_deref().or(of_modes) {
        Some(permission) => AccessResult::permission(account, permission),
        None => AccessResult::NEUTRAL,
    }
}

fn search_page(account: &Account, config: &Php) -> AccessResult {
    if config.get("status") == Some(&Php::Bool(false)) {
        return AccessResult::FORBIDDEN;
    }
    match config.get("plugin").and_then(Php::as_str) {
        Some("node_search") => AccessResult::permission(account, "access content"),
        Some("help_search") => AccessResult::permission(account, "access help pages"),
        Some("user_search") => AccessResult::allowed_if(account.may("access user profiles")),
        // Others may have rules of their own.
        _ => AccessResult::NEUTRAL,
    }
}
