//! Fields: which, in which order, where they are kept, what they refer to.

use serde_json::json;

use super::*;

/// Terms of the vocabularies `kinds` and `tags`, with revisions and translations; and a type that is not served.
fn with_terms(modules: &[&str]) -> Making {
    Making::new(&[&["taxonomy"], modules].concat())
        .content("taxonomy_term", &json!({"provider": "taxonomy", "base_table": "term", "data_table": "term_data",
            "revision_table": "term_revision", "revision_data_table": "term_data_revision", "translatable": true,
            "bundle_entity_type": "taxonomy_vocabulary",
            "entity_keys": {"id": "tid", "revision": "revision_id", "bundle": "vid", "uuid": "uuid",
                "langcode": "langcode"},
            "revision_metadata_keys": {"revision_user": "revision_user"}}))
        .configuration("taxonomy_vocabulary", &json!({"provider": "taxonomy", "config_prefix": "vocabulary"}))
        .content("secret", &json!({"provider": "taxonomy", "internal": true}))
        .config("taxonomy.vocabulary.tags", &json!({}))
        .config("taxonomy.vocabulary.kinds", &json!({}))
}

/// Columns, by property and name, that are in these of the tables: `base`, `data`, `revision`, `revision data`.
fn shared(tables: &[&str], columns: &[(&str, &str)]) -> FieldStorage {
    let column = |(property, name): &(&str, &str)| Column {
        property: (*property).to_owned(),
        name: (*name).to_owned(),
        serialized: false,
    };
    FieldStorage::Shared {
        columns: columns.iter().map(column).collect(),
        in_base: tables.contains(&"base"),
        in_data: tables.contains(&"data"),
        in_revision: tables.contains(&"revision"),
        in_revision_data: tables.contains(&"revision data"),
    }
}

/// The columns that a table of a field begins with.
fn own_columns() -> Vec<(&'static str, serde_json::Value)> {
    ["bundle", "deleted", "entity_id", "revision_id", "langcode", "delta"]
        .map(|name| (name, json!({"type": "int"})))
        .to_vec()
}

#[test]
fn fields_come_in_drupals_order() {
    let integer = json!({"provider": "taxonomy"});
    let site = with_terms(&["path", "content_moderation", "zeta"])
        .fields(
            "taxonomy_term",
            &[
                ("tid", "integer", integer.clone()),
                ("uuid", "uuid", integer.clone()),
                ("source", "language", json!({"provider": "zeta"})),
                ("extra", "string", json!({"provider": "beta"})),
                ("revision_id", "integer", integer.clone()),
                ("type", "string", integer.clone()),
                ("revision_default", "boolean", json!({"provider": "taxonomy", "internal": true})),
            ],
        )
        .config(
            "workflows.workflow.w",
            &json!({"type": "content_moderation",
            "type_settings": {"entity_types": {"taxonomy_term": ["tags"]}}}),
        )
        .config("field.storage.taxonomy_term.field_xs", &json!({"type": "boolean", "cardinality": 1}))
        .config("field.storage.taxonomy_term.field_x_y", &json!({"type": "boolean", "cardinality": -1}))
        .config("field.field.taxonomy_term.kinds.field_x_y", &json!({"translatable": true}))
        .config("field.field.taxonomy_term.kinds.field_xs", &json!({"translatable": true}))
        .kept("taxonomy_term", "field_xs", &[("t__field_xs", &[("field_xs_value", json!({}))])])
        .kept("taxonomy_term", "field_x_y", &[("t__field_x_y", &[("field_x_y_value", json!({}))])])
        .site();
    let base = [
        "drupal_internal__tid",
        "extra",
        "drupal_internal__revision_id",
        "taxonomy_term_type",
        "moderation_state",
        "path",
        "source",
    ];
    assert_eq!(public_names(&site, "taxonomy_term--tags"), base);
    assert_eq!(public_names(&site, "taxonomy_term--kinds"), [&base[..], &["field_xs", "field_x_y"]].concat());
    assert_eq!(public_names(&site, "user--user"), ["display_name"]);
    for name in ["uuid", "revision_default"] {
        assert_eq!(field(&site, "taxonomy_term--tags", name).public_name, "");
    }
    let kinds = |name: &str| field(&site, "taxonomy_term--kinds", name);
    assert_eq!(kinds("moderation_state").kind, FieldKind::ModerationState);
    assert_eq!((kinds("path").kind, &kinds("path").storage), (FieldKind::Path, &FieldStorage::Computed));
    assert!(kinds("tid").is_base && !kinds("field_xs").is_base);
    assert!(kinds("field_xs").single && !kinds("field_x_y").single);
}

#[test]
fn what_nobody_may_see_has_no_name() {
    let site = Making::new(&["layout_builder"])
        .fields(
            "user",
            &[
                ("pass", "password", json!({})),
                ("layout", "layout_section", json!({})),
                ("name", "string", json!({})),
            ],
        )
        .kept("user", "layout", &[("user__layout", &[("layout_section", json!({"serialize": true}))])])
        .site();
    assert_eq!(public_names(&site, "user--user"), ["display_name", "name"]);
    assert_eq!(field(&site, "user--user", "pass").kind, FieldKind::Password);
    assert!(field(&site, "user--user", "layout").columns()[0].serialized);
}

#[test]
fn fields_are_where_drupal_has_put_them() {
    let text = json!({"type": "text"});
    let mut alone = own_columns();
    alone.extend([
        ("link_uri", json!({})),
        ("link_options", json!({"serialize": true})),
        ("other", json!({})),
    ]);
    let long = "term_with_a_name_that_is_much_longer_than_usual";
    let site = with_terms(&[])
        .fields(
            "taxonomy_term",
            &[
                ("name", "string", json!({"revisionable": true, "translatable": true})),
                ("description", "text_long", json!({"revisionable": true})),
                (
                    "parent",
                    "entity_reference",
                    json!({"cardinality": -1, "settings": {"target_type": "taxonomy_term"}}),
                ),
                ("link", "link", json!({})),
            ],
        )
        .kept(
            "taxonomy_term",
            "name",
            &[("term_data", &[("name", text.clone())]), ("term_data_revision", &[("name", text.clone())])],
        )
        .kept(
            "taxonomy_term",
            "description",
            &[
                ("term", &[("description__value", text.clone()), ("description__format", text.clone())]),
                (
                    "term_revision",
                    &[("description__value", text.clone()), ("description__format", text.clone())],
                ),
            ],
        )
        .kept(
            "taxonomy_term",
            "link",
            &[("taxonomy_term_r__5e9f2ab0c1", &alone), ("taxonomy_term__5e9f2ab0c1", &alone)],
        )
        .kept("taxonomy_term", "parent", &[("taxonomy_term__parent", &[("parent_target_id", json!({}))])])
        .content(long, &json!({"provider": "taxonomy"}))
        .fields(long, &[("deep", "string", json!({"cardinality": 2}))])
        .kept(
            long,
            "deep",
            &[
                (&format!("{}__0123456789", &long[..34]), &[("deep_value", json!({}))]),
                (&format!("{}_r__0123456789", &long[..34]), &[("deep_value", json!({}))]),
            ],
        )
        .site();
    let storage = |name: &str| &field(&site, "taxonomy_term--tags", name).storage;
    assert_eq!(storage("name"), &shared(&["data", "revision data"], &[("value", "name")]));
    let description = [("format", "description__format"), ("value", "description__value")];
    assert_eq!(storage("description"), &shared(&["base", "revision"], &description));
    let FieldStorage::Dedicated { table, revision_table, columns } = storage("link") else {
        panic!("no table")
    };
    assert_eq!(
        (table.as_str(), revision_table.as_deref()),
        ("taxonomy_term__5e9f2ab0c1", Some("taxonomy_term_r__5e9f2ab0c1"))
    );
    let columns: Vec<_> =
        columns.iter().map(|found| (&*found.property, &*found.name, found.serialized)).collect();
    assert_eq!(columns, [("options", "link_options", true), ("uri", "link_uri", false)]);
    let FieldStorage::Dedicated { table, revision_table, .. } = storage("parent") else { panic!("no table") };
    assert_eq!((table.as_str(), revision_table), ("taxonomy_term__parent", &None));
    let FieldStorage::Dedicated { table, revision_table, .. } =
        &field(&site, &format!("{long}--{long}"), "deep").storage
    else {
        panic!("no table")
    };
    assert_eq!((table.len(), revision_table.as_ref().map(String::len)), (46, Some(48)));
}

#[test]
fn keys_are_where_they_usually_are_if_nothing_is_written_down() {
    let flags = json!({"revisionable": true, "translatable": true});
    let Reading { site, notices, .. } = with_terms(&[])
        .fields(
            "taxonomy_term",
            &[
                ("tid", "integer", json!({})),
                ("uuid", "uuid", json!({})),
                ("vid", "entity_reference", json!({"settings": {"target_type": "taxonomy_vocabulary"}})),
                ("langcode", "language", flags.clone()),
                ("revision_user", "entity_reference", flags.clone()),
                ("status", "boolean", flags.clone()),
                ("weight", "integer", json!({})),
                ("description", "text_long", flags),
            ],
        )
        .fields("user", &[("uid", "integer", json!({})), ("name", "string", json!({}))])
        .reading();
    assert_eq!(notices.len(), 1);
    let told = "field `description` of `taxonomy_term` is left out: where it is kept is not known";
    assert_eq!(notices[0].to_string(), told);
    let storage = |name: &str| &field(&site, "taxonomy_term--tags", name).storage;
    assert_eq!(storage("tid"), &shared(&["base", "data", "revision", "revision data"], &[("value", "tid")]));
    assert_eq!(storage("uuid"), &shared(&["base"], &[("value", "uuid")]));
    assert_eq!(storage("vid"), &shared(&["base", "data"], &[("target_id", "vid")]));
    assert_eq!(
        storage("langcode"),
        &shared(&["base", "data", "revision", "revision data"], &[("value", "langcode")])
    );
    assert_eq!(storage("revision_user"), &shared(&["revision"], &[("target_id", "revision_user")]));
    assert_eq!(storage("status"), &shared(&["data", "revision data"], &[("value", "status")]));
    assert_eq!(storage("weight"), &shared(&["data"], &[("value", "weight")]));
    assert_eq!(field(&site, "user--user", "name").storage, shared(&["data"], &[("value", "name")]));
}

#[test]
fn fields_that_cannot_be_found_cost_themselves_alone() {
    let mut making = with_terms(&[])
        .config("field.field.taxonomy_term.tags.field_gone", &json!({}))
        .config("field.storage.taxonomy_term.field_odd", &json!({"type": "odd", "cardinality": 1}))
        .config("field.field.taxonomy_term.tags.field_odd", &json!({}))
        .config("field.storage.taxonomy_term.field_own", &json!({"type": "odd", "custom_storage": true}))
        .config("field.field.taxonomy_term.tags.field_own", &json!({}));
    let some =
        json!({"price": {"__class": "Drupal\\entity\\BundleFieldDefinition", "type": "decimal"}, "none": 1});
    making.key_value.push(entry(INSTALLED, "taxonomy_term.field_storage_definitions", &some));
    let Reading { site, notices, .. } = making.reading();
    let told: Vec<_> = notices.iter().map(ToString::to_string).collect();
    let told: Vec<_> = told.iter().map(|notice| notice.split(" of ").next().unwrap_or_default()).collect();
    assert_eq!(told, ["field `none`", "field `price`", "field `field_gone`", "field `field_odd`"]);
    assert_eq!(public_names(&site, "taxonomy_term--tags"), ["field_own"]);
}

#[test]
fn bundles_have_a_say() {
    let flags = json!({"translatable": true, "revisionable": true});
    let site = with_terms(&[])
        .fields("taxonomy_term", &[("name", "string", flags.clone()), ("status", "boolean", flags)])
        .config("core.base_field_override.taxonomy_term.tags.name", &json!({"translatable": false}))
        .config(
            "field.storage.taxonomy_term.field_a",
            &json!({"type": "string", "translatable": true, "cardinality": 1}),
        )
        .config("field.field.taxonomy_term.tags.field_a", &json!({"translatable": true}))
        .config("field.field.taxonomy_term.kinds.field_a", &json!({"translatable": false}))
        .site();
    let translatable =
        |bundle: &str, name: &str| field(&site, &format!("taxonomy_term--{bundle}"), name).translatable;
    assert!(!translatable("tags", "name") && translatable("kinds", "name") && translatable("tags", "status"));
    assert!(translatable("tags", "field_a") && !translatable("kinds", "field_a"));
    assert!(field(&site, "taxonomy_term--tags", "field_a").revisionable);
}

#[test]
fn references_lead_to_their_bundles() {
    let to = |target: &str| json!({"settings": {"target_type": target}});
    let storage =
        json!({"type": "entity_reference", "cardinality": -1, "settings": {"target_type": "taxonomy_term"}});
    let held =
        |bundles: serde_json::Value| json!({"settings": {"handler_settings": {"target_bundles": bundles}}});
    let site = with_terms(&[])
        .fields(
            "user",
            &[
                ("any", "entity_reference", to("taxonomy_term")),
                ("picture", "image", json!({})),
                ("secret", "entity_reference", to("secret")),
                ("gone", "entity_reference", to("gone")),
            ],
        )
        .kept(
            "user",
            "picture",
            &[("user__picture", &[("picture_target_id", json!({})), ("picture_alt", json!({}))])],
        )
        .fields("taxonomy_term", &[("parent", "entity_reference", to("taxonomy_term"))])
        .config("field.storage.user.field_some", &storage)
        .config("field.field.user.user.field_some", &held(json!(["tags", "gone", "kinds"])))
        .config("field.storage.user.field_all", &storage)
        .config("field.field.user.user.field_all", &held(json!(null)))
        .kept("user", "field_some", &[("user__field_some", &[("field_some_target_id", json!({}))])])
        .kept("user", "field_all", &[("user__field_all", &[("field_all_target_id", json!({}))])])
        .site();
    let of_user = |name: &str| targets(&site, field(&site, "user--user", name));
    let all = ["taxonomy_term--kinds", "taxonomy_term--tags"];
    assert_eq!(of_user("any"), all);
    assert_eq!(of_user("field_all"), all);
    assert_eq!(of_user("field_some"), ["taxonomy_term--tags", "taxonomy_term--kinds"]);
    for name in ["picture", "secret", "gone"] {
        let target = field(&site, "user--user", name).target.as_ref().expect("a relationship");
        assert!(target.entity_type.is_none() && target.types.is_empty(), "{name}");
    }
    // The parents of a term are in its own vocabulary.
    assert_eq!(targets(&site, field(&site, "taxonomy_term--tags", "parent")), ["taxonomy_term--tags"]);
}

#[test]
fn comments_lead_to_what_their_type_says() {
    let site = with_terms(&["comment"])
        .content("comment", &json!({"bundle_entity_type": "comment_type"}))
        .configuration("comment_type", &json!({"provider": "comment", "config_prefix": "type"}))
        .config("comment.type.review", &json!({"target_entity_type_id": "taxonomy_term"}))
        .fields("comment", &[("entity_id", "entity_reference", json!({"settings": {"target_type": "user"}}))])
        .site();
    let types = targets(&site, field(&site, "comment--review", "entity_id"));
    assert_eq!(types, ["taxonomy_term--kinds", "taxonomy_term--tags"]);
}
