//! Roles, workflows, and modules that are not known.

use docent_sql::schema::{Column, Schema, Table, TableName};
use serde_json::json;

use super::*;

#[test]
fn roles_have_their_permissions() {
    let site = Making::new(&[])
        .config(
            "user.role.editor",
            &json!({"is_admin": false, "permissions": ["access content", "create x"]}),
        )
        .config("user.role.boss", &json!({"is_admin": true, "permissions": []}))
        .site();
    assert!(site.roles["boss"].is_admin && !site.roles["editor"].is_admin);
    assert!(site.roles["editor"].permissions.contains("create x"));
}

#[test]
fn only_workflows_of_content_moderation_count() {
    let workflow = json!({"type": "content_moderation", "type_settings": {
        "states": {"draft": {"published": false}, "live": {"published": true}},
        "default_moderation_state": "draft", "entity_types": {"user": ["user"]}}});
    let with = |modules: &[&str]| {
        Making::new(modules)
            .config("workflows.workflow.news", &workflow)
            .config("workflows.workflow.shop", &json!({"type": "orders"}))
            .site()
    };
    let site = with(&["content_moderation"]);
    assert_eq!(site.workflows.len(), 1);
    assert!(site.workflows["news"].states["live"] && !site.workflows["news"].states["draft"]);
    assert_eq!(site[site.by_name["user--user"]].workflow.as_deref(), Some("news"));
    assert!(public_names(&site, "user--user").contains(&"moderation_state"));
    let site = with(&[]);
    assert!(site.workflows.is_empty() && site[site.by_name["user--user"]].workflow.is_none());
}

#[test]
fn modules_that_are_not_known_are_told() {
    let known = Making::new(&["node", "views", "content_moderation", "basic_auth"]).reading();
    assert_eq!(known.unproven, []);
    let mut making = Making::new(&["node", "group", "jsonapi_extras"]);
    making.has_node_grants = true;
    let told: Vec<String> = making.reading().unproven.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "`group`: it may decide who sees what, or change what documents hold",
            "`jsonapi_extras`: it changes names, and what is served at all",
            "`node_access`: the table holds grants of a module, which decide who sees which content",
        ]
    );
    let mut making = Making::new(&[]);
    making.config.retain(|entry| entry.name != "core.extension");
    let custom = json!({"module": {"jsonapi": 0}, "profile": "our_profile"});
    let told = making.config("core.extension", &custom).reading().unproven;
    assert_eq!(told.iter().map(|found| found.module.as_str()).collect::<Vec<_>>(), ["our_profile"]);
}

fn table(name: &str, columns: &[&str]) -> Table {
    let columns = columns.iter().map(|name| Column { name: (*name).to_owned(), ..Column::default() });
    Table {
        name: TableName { schema: None, name: name.to_owned() },
        columns: columns.collect(),
        ..Table::default()
    }
}

fn tables(prefix: &str) -> Vec<Table> {
    let named = |name: &str, columns: &[&str]| table(&format!("{prefix}{name}"), columns);
    vec![
        named("key_value", &["collection", "name", "value"]),
        named("config", &["collection", "name", "data"]),
        named("users_field_data", &["uid", "langcode", "name", "mail"]),
    ]
}

#[test]
fn sites_are_recognised_by_their_tables() {
    assert_eq!(recognise(&Schema::default()), Recognition::Other);
    assert_eq!(recognise(&Schema { tables: tables("") }), Recognition::Site);
    let mut others = tables("");
    others[1].columns.pop();
    assert_eq!(recognise(&Schema { tables: others }), Recognition::Other);
    let prefixed = recognise(&Schema { tables: tables("blog_") });
    assert!(matches!(prefixed, Recognition::Refused(reason) if reason.contains("`blog_`")));
    let both = [tables("a_"), tables("")].concat();
    assert_eq!(recognise(&Schema { tables: both }), Recognition::Site);
    let mut elsewhere = tables("");
    elsewhere[0].name.schema = Some("drupal".to_owned());
    assert_eq!(recognise(&Schema { tables: elsewhere }), Recognition::Other);
}

#[test]
fn a_site_without_the_module_is_refused() {
    let definitions = |value: &serde_json::Value| {
        Definitions::new(vec![entry("", "core.extension", value)], Vec::new(), false)
    };
    assert_eq!(definitions(&json!({"module": {"jsonapi": 0}})).refusal(), None);
    let without = definitions(&json!({"module": {"node": 0}})).refusal();
    assert_eq!(without.as_deref(), Some("its module `jsonapi` is not installed"));
    assert!(definitions(&json!(null)).refusal().is_some_and(|reason| reason.contains("core.extension")));
    assert!(Definitions::default().refusal().is_some());
}

#[test]
fn sites_of_older_drupals_are_refused() {
    let refusal = |update: i64| {
        let extension = entry("", "core.extension", &json!({"module": {"jsonapi": 0}}));
        let update = entry(MODULE_SCHEMA, "user", &json!(update));
        Definitions::new(vec![extension], vec![update], false).refusal()
    };
    assert!(refusal(9301).is_some_and(|reason| reason.contains("Drupal 10 is needed")));
    assert_eq!(refusal(10_000), None);
}

#[test]
fn types_are_listed() {
    let site = Making::new(&[])
        .configuration("user_role", &json!({"label": "Role", "provider": "user", "config_prefix": "role"}))
        .fields("user", &[("uid", "integer", json!({}))])
        .kept("user", "uid", &[("users", &[("uid", json!({}))]), ("users_field_data", &[("uid", json!({}))])])
        .site();
    let report: String = site.report().iter().map(ToString::to_string).collect();
    assert_eq!(
        report,
        "user--user  at /jsonapi/user/user, entity type user, bundle user, 2 fields\n\
         user_role--user_role  at /jsonapi/user_role/user_role, entity type user_role, bundle user_role, configuration\n"
    );
}
