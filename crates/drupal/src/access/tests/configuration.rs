//! Who sees which configuration.

use super::super::fixture::{account, list, map, site, text};
use super::super::*;
use super::hidden;
use crate::php::Php;

#[test]
fn configuration() {
    let seen = |permissions: &[&str], name: &str, config: Php| {
        let (site, account) = account(site(&["field_ui"], &[], permissions), 5);
        let circumstances = Circumstances { path: "/jsonapi", langcode: "en", content: None };
        let kind = site.entity_type(name).unwrap();
        hidden(view_config_entity(&site, &account, kind, "id", &config, &circumstances))
            .unwrap_or_else(|| "shown".to_owned())
    };
    let permission = |name: &str| format!("The '{name}' permission is required.");
    let empty = || map([]);
    assert_eq!(seen(&["access content"], "node_type", empty()), "shown");
    assert_eq!(seen(&[], "node_type", empty()), permission("access content"));
    assert_eq!(seen(&[], "menu", empty()), "label");
    assert_eq!(seen(&["administer menu"], "menu", empty()), "shown");
    assert_eq!(seen(&[], "entity_view_mode", empty()), permission("administer display modes"));
    assert_eq!(
        seen(&[], "taxonomy_vocabulary", empty()),
        "The following permissions are required: 'access taxonomy overview' OR 'administer taxonomy'."
    );
    assert_eq!(seen(&["view vocabulary labels"], "taxonomy_vocabulary", empty()), "label");
    let field = map([("entity_type", text("node"))]);
    assert_eq!(seen(&[], "field_config", field), permission("administer node fields"));
    let display = map([("targetEntityType", text("node"))]);
    assert_eq!(seen(&["administer node display"], "entity_view_display", display), "shown");
    let search = |plugin| map([("plugin", text(plugin)), ("status", Php::Bool(true))]);
    assert_eq!(seen(&["access content"], "search_page", search("node_search")), "shown");
    assert_eq!(seen(&[], "search_page", search("help_search")), permission("access help pages"));
    assert_eq!(seen(&["administer search"], "search_page", search("user_search")), "");
}

#[test]
fn blocks() {
    let mut small = site(&[], &["search content"], &[]);
    let default = map([(
        "access",
        map([("type", text("perm")), ("options", map([("perm", text("search content"))]))]),
    )]);
    let displays = map([
        ("default", map([("display_options", default)])),
        ("block_1", map([("display_options", map([]))])),
    ]);
    small.config.insert("views.view.recent".to_owned(), map([("display", displays)]));
    let (site, nobody) = account(small, 0);
    let seen = |plugin: &str, visibility: Php| {
        let config = map([("status", Php::Bool(true)), ("plugin", text(plugin)), ("visibility", visibility)]);
        let circumstances = Circumstances { path: "/jsonapi/block/block/", langcode: "en", content: None };
        let kind = site.entity_type("block").unwrap();
        hidden(view_config_entity(&site, &nobody, kind, "id", &config, &circumstances))
            .unwrap_or_else(|| "shown".to_owned())
    };
    let pages = |pages: &str, negate: bool| {
        let condition =
            map([("id", text("request_path")), ("pages", text(pages)), ("negate", Php::Bool(negate))]);
        map([("request_path", condition)])
    };
    let denied = "The block visibility condition 'request_path' denied access.";
    let menu = "system_menu_block:main";
    assert_eq!(seen(menu, map([])), "shown");
    assert_eq!(seen("search_form_block", map([])), "shown");
    assert_eq!(seen("user_login_block", map([])), "shown");
    assert_eq!(seen("views_block:recent-block_1", map([])), "shown");
    for plugin in ["views_block:gone-block_1", "block_content:uuid", "somebodys_block"] {
        assert_eq!(seen(plugin, map([])), "", "{plugin}");
    }
    assert_eq!(seen(menu, pages("<front>", false)), denied);
    assert_eq!(seen(menu, pages("<front>", true)), "shown");
    assert_eq!(seen(menu, pages("/a\r\n/JSONAPI/*", false)), "shown");
    assert_eq!(seen(menu, pages("*/block*", false)), "shown");
    assert_eq!(seen(menu, pages("/jsonapi/block/blo", false)), denied);
    let roles = map([("user_role", map([("id", text("user_role")), ("roles", list(["authenticated"]))]))]);
    assert_eq!(seen(menu, roles), "The block visibility condition 'user_role' denied access.");
    let bundle = map([("entity_bundle:node", map([("id", text("entity_bundle:node"))]))]);
    assert_eq!(seen(menu, bundle), "");
}
