//! Which entity types, bundles and resource types there are.

use serde_json::json;

use super::*;
use crate::site::EntityKeys;

fn names(site: &Site) -> Vec<&str> {
    site.resource_types.iter().map(|found| found.name.as_str()).collect()
}

fn with_nodes() -> Making {
    Making::new(&["node"])
        .content("node", &json!({
            "label": {"__class": "Drupal\\Core\\StringTranslation\\TranslatableMarkup", "string": "Content"},
            "base_table": "node", "data_table": "node_field_data", "revision_table": "node_revision",
            "translatable": true, "bundle_entity_type": "node_type", "admin_permission": null,
            "handlers": {"access": "Drupal\\node\\NodeAccessControlHandler"},
            "links": {"canonical": "/node/{node}"},
            "entity_keys": {"id": "nid", "revision": "vid", "bundle": "type", "uuid": "uuid", "uid": "uid",
                "label": "title", "langcode": "langcode", "published": "status"},
            "revision_metadata_keys": {"revision_user": "revision_uid", "revision_log_message": "revision_log"},
        }))
        .configuration("node_type", &json!({
            "provider": "node", "config_prefix": "type", "label": "Content type",
            "entity_keys": {"id": "type", "label": "name", "uuid": "uuid"},
            "config_export": ["name", "type", "status"],
        }))
        .config("node.type.page", &json!({"name": "Page", "type": "page", "new_revision": true}))
        .config("node.type.a_b", &json!({"name": "A", "type": "a_b", "new_revision": false}))
        .config("node.type.ab", &json!({"type": "ab"}))
}

#[test]
fn there_is_a_resource_type_for_each_bundle() {
    let site = with_nodes().site();
    assert_eq!(names(&site), ["node--a_b", "node--ab", "node--page", "node_type--node_type", "user--user"]);
    let node = site.entity_type("node").expect("nodes");
    let page = &site[site.resource_type(node, "page").expect("pages")];
    assert_eq!((page.bundle.as_str(), page.label.as_str(), page.new_revision), ("page", "Page", true));
    let named = |name: &str| &site[site.by_name[name]];
    assert_eq!((named("node--ab").label.as_str(), named("node--ab").new_revision), ("ab", false));
    assert_eq!((named("user--user").bundle.as_str(), named("user--user").label.as_str()), ("user", "User"));
    assert_eq!(site.resource_type(node, "none"), None);
    assert_eq!(site.entity_type("none"), None);
}

#[test]
fn entity_types_are_what_their_definitions_say() {
    let site = with_nodes().site();
    let node = &site[site.entity_type("node").expect("nodes")];
    assert_eq!((node.label.as_str(), node.provider.as_str()), ("Content", "node"));
    assert_eq!(node.access_handler, "Drupal\\node\\NodeAccessControlHandler");
    assert_eq!(node.canonical_path.as_deref(), Some("/node/{node}"));
    assert!(node.translatable && !node.internal && node.admin_permission.is_none());
    let EntityKeys { id, revision, bundle, owner, published, revision_user, revision_log, .. } = &node.keys;
    assert_eq!([id, revision, bundle, owner], ["nid", "vid", "type", "uid"]);
    assert_eq!([published, revision_user, revision_log], ["status", "revision_uid", "revision_log"]);
    // The one that is not named has the name that Drupal gives it.
    assert_eq!(node.tables.as_ref().expect("tables").revision_data.as_deref(), Some("node_field_revision"));
    let user = &site[site.entity_type("user").expect("users")];
    assert_eq!(user.access_handler, "Drupal\\Core\\Entity\\EntityAccessControlHandler");
    assert_eq!(user.tables.as_ref().expect("tables").revision, None);
}

#[test]
fn configuration_is_named_and_exported_as_its_type_says() {
    let site = with_nodes()
        .configuration(
            "date_format",
            &json!({"provider": "core", "config_export": {"id": "id", "other": "pattern"}}),
        )
        .configuration("view", &json!({"provider": "system"}))
        .site();
    let of = |id: &str| &site[site.entity_type(id).expect("a type")];
    assert_eq!(of("node_type").config_prefix.as_deref(), Some("node.type."));
    assert_eq!(of("date_format").config_prefix.as_deref(), Some("core.date_format."));
    let always = ["uuid", "langcode", "status", "dependencies", "third_party_settings", "_core"];
    assert_eq!(of("node_type").config_export, [&always[..], &["name", "type"]].concat());
    assert_eq!(of("date_format").config_export, [&always[..], &["id", "pattern"]].concat());
    assert!(of("view").config_export.is_empty() && of("view").tables.is_none());
    assert_eq!(of("node_type").public_name("type").as_deref(), Some("drupal_internal__type"));
    assert_eq!(of("node_type").public_name("name").as_deref(), Some("name"));
    assert_eq!(of("node_type").public_name("uuid"), None);
    assert_eq!(of("node_type").public_name("_core"), None);
    assert_eq!(of("view").public_name("type").as_deref(), Some("view_type"));
}

#[test]
fn types_that_are_internal_or_gone_are_not_served() {
    let Reading { site, notices, .. } = with_nodes()
        .content("content_moderation_state", &json!({"provider": "system", "internal": true}))
        .content("old", &json!({}))
        .entity_type("strange", "stdClass", &json!({"provider": "system"}))
        .content(
            "message",
            &json!({"provider": "system",
            "handlers": {"storage": "Drupal\\Core\\Entity\\ContentEntityNullStorage"}}),
        )
        .reading();
    assert_eq!(notices.len(), 2, "{notices:?}");
    assert!(notices[0].to_string().contains("`old` is left out: its module `old` is not installed"));
    assert!(site[site.entity_type("content_moderation_state").expect("known")].internal);
    assert!(!site.by_name.contains_key("content_moderation_state--content_moderation_state"));
    assert_eq!(site.entity_type("old"), None);
    // It can be asked for, and is kept nowhere.
    let message = &site[site.entity_type("message").expect("messages")];
    assert_eq!(message.tables, Some(Tables::default()));
    assert!(site.by_name.contains_key("message--message"));
}

#[test]
fn a_type_without_bundles_yet_is_not_served() {
    let site = Making::new(&["node"])
        .content("node", &json!({"bundle_entity_type": "node_type"}))
        .content("other", &json!({"provider": "node", "bundle_entity_type": "missing"}))
        .configuration("node_type", &json!({"provider": "node", "config_prefix": "type"}))
        .site();
    assert_eq!(names(&site), ["node_type--node_type", "user--user"]);
}
