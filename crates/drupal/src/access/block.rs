//! Blocks: shown where their conditions hold, to those who may see what is in them.

use super::AccessResult;
use super::config_entity::Circumstances;
use crate::account::Account;
use crate::php::Php;
use crate::site::Site;

/// Blocks that show everybody what they have, which is nothing of their own.
const OPEN: [&str; 10] = [
    "help_block",
    "local_actions_block",
    "local_tasks_block",
    "page_title_block",
    "system_branding_block",
    "system_breadcrumb_block",
    "system_main_block",
    "system_menu_block",
    "system_messages_block",
    "system_powered_by_block",
];

/// The UUID of the content block that a block shows, if it shows one.
pub fn content_of_block(config: &Php) -> Option<&str> {
    config.get("plugin")?.as_str()?.strip_prefix("block_content:")
}

pub(super) fn access(
    site: &Site,
    account: &Account,
    config: &Php,
    circumstances: &Circumstances<'_>,
) -> AccessResult {
    if config.get("status") == Some(&Php::Bool(false)) {
        return AccessResult::FORBIDDEN;
    }
    let conditions = match config.get("visibility") {
        Some(Php::Array(conditions)) => conditions.as_slice(),
        _ => &[],
    };
    let mut do_hold = true;
    for (_, condition) in conditions {
        let Some(holds) = holds(site, account, condition, circumstances) else {
            return AccessResult::FORBIDDEN;
        };
        let is_negated = condition.get("negate").is_some_and(is_true);
        do_hold &= holds != is_negated;
    }
    if do_hold {
        return plugin(site, account, config, circumstances);
    }
    let names: Vec<&str> =
        conditions.iter().filter_map(|(_, condition)| condition.get("id")?.as_str()).collect();
    let names = names.join("', '");
    AccessResult::Forbidden(if conditions.len() > 1 {
        format!("One of the block visibility conditions ('{names}') denied access.").into()
    } else {
        format!("The block visibility condition '{names}' denied access.").into()
    })
}

/// Whether a condition holds, before it is negated. None: it is about something that there is not, as a node where a
/// node's page is not what is asked for, or nothing is known of such conditions.
fn holds(site: &Site, account: &Account, condition: &Php, circumstances: &Circumstances<'_>) -> Option<bool> {
    let is_negated = condition.get("negate").is_some_and(is_true);
    let chosen = |key| chosen(condition.get(key));
    match condition.get("id")?.as_str()? {
        "request_path" => {
            let pages = condition.get("pages").and_then(Php::as_str).unwrap_or_default().to_lowercase();
            Some(pages.is_empty() || matches_any(site, &pages, &circumstances.path.to_lowercase()))
        }
        "user_role" => {
            let roles = chosen("roles");
            let has_one = roles.iter().any(|role| account.roles.iter().any(|held| held == role));
            Some(roles.is_empty() && !is_negated || has_one)
        }
        "language" => {
            let codes = chosen("langcodes");
            Some(codes.is_empty() && !is_negated || codes.contains(&circumstances.langcode))
        }
        "current_theme" => {
            let theme = condition.get("theme").and_then(Php::as_str).unwrap_or_default();
            let current = site.config.get("system.theme").and_then(|config| config.get("default")?.as_str());
            Some(theme.is_empty() || Some(theme) == current)
        }
        "response_status" => {
            let is_ok = |code: &Php| *code == Php::Integer(200) || code.as_str() == Some("200");
            match condition.get("status_codes") {
                Some(Php::Array(codes)) if !codes.is_empty() => {
                    Some(codes.iter().any(|(_, code)| is_ok(code)))
                }
                _ => Some(true),
            }
        }
        _ => None,
    }
}

/// What a block's plugin says.
fn plugin(site: &Site, account: &Account, config: &Php, circumstances: &Circumstances<'_>) -> AccessResult {
    let plugin = config.get("plugin").and_then(Php::as_str).unwrap_or_default();
    let (name, of) = plugin.split_once(':').unwrap_or((plugin, ""));
    match name {
        name if OPEN.contains(&name) => AccessResult::Allowed,
        "block_content" => circumstances.content.clone().unwrap_or(AccessResult::FORBIDDEN),
        "search_form_block" => AccessResult::permission(account, "search content"),
        "node_syndicate_block" => AccessResult::permission(account, "access content"),
        "shortcuts" => AccessResult::permission(account, "access shortcuts"),
        "language_block" => AccessResult::allowed_if(site.languages.all.len() > 1),
        "user_login_block" if account.is_anonymous() => AccessResult::Allowed,
        "views_block" if may_see_view(site, account, of) == Some(true) => AccessResult::Allowed,
        // Others may have rules of their own.
        _ => AccessResult::FORBIDDEN,
    }
}

/// Whether a display of a view, `articles-block_1`, is open. None: that cannot be told.
fn may_see_view(site: &Site, account: &Account, display: &str) -> Option<bool> {
    let (view, display) = display.split_once('-')?;
    let view = site.config.get(&format!("views.view.{view}"))?;
    if view.get("status") == Some(&Php::Bool(false)) {
        return None;
    }
    let options = |display| view.get("display")?.get(display)?.get("display_options");
    let own = options(display)?;
    let is_own = own.get("defaults").and_then(|defaults| defaults.get("access")) == Some(&Php::Bool(false));
    let access = if is_own { own.get("access")? } else { options("default")?.get("access")? };
    match access.get("type")?.as_str()? {
        "none" => Some(true),
        "perm" => Some(account.may(access.get("options")?.get("perm")?.as_str()?)),
        "role" => {
            let roles = chosen(access.get("options")?.get("role"));
            Some(roles.iter().any(|role| account.roles.iter().any(|held| held == role)))
        }
        _ => None,
    }
}

/// The options of a list that have been chosen; the others have 0.
fn chosen(options: Option<&Php>) -> Vec<&str> {
    match options {
        Some(Php::Array(options)) => options.iter().filter_map(|(_, chosen)| chosen.as_str()).collect(),
        _ => Vec::new(),
    }
}

fn is_true(value: &Php) -> bool {
    !matches!(value, Php::Null | Php::Bool(false) | Php::Integer(0))
        && !matches!(value.as_str(), Some("" | "0"))
}

/// Whether a path is one of those listed line by line, where `*` stands for anything.
fn matches_any(site: &Site, pages: &str, path: &str) -> bool {
    let front = site.config.get("system.site").and_then(|config| config.get("page")?.get("front")?.as_str());
    let path = if path == "/" { path } else { path.trim_end_matches('/') };
    pages.lines().any(|page| match page {
        "<front>" => front == Some(path),
        page => matches(page, path),
    })
}

fn matches(pattern: &str, path: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = path.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        let Some(place) = rest.find(part) else { return false };
        rest = &rest[place + part.len()..];
    }
    rest.ends_with(last)
}
