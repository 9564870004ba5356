//! What the site's makers set up: modules, languages, roles, types, fields, formats, a workflow.

use super::Maker;
use super::content::uuid;
use super::fields::AddedField;
use super::php::{Php, list, map, map_of};

const fn text_field(name: &'static str, kind: &'static str, bundles: &'static [&'static str]) -> AddedField {
    AddedField {
        entity_type: "node",
        name,
        kind,
        target: "",
        many: false,
        translatable: true,
        bundles,
        target_bundles: &[],
    }
}

/// The fields that were added to bundles.
pub(super) const FIELDS: [AddedField; 14] = [
    text_field("body", "text_with_summary", &["story"]),
    AddedField {
        target: "taxonomy_term",
        many: true,
        translatable: false,
        target_bundles: &["topics"],
        ..text_field("field_topics", "entity_reference", &["story"])
    },
    AddedField {
        target: "node",
        translatable: false,
        target_bundles: &["place"],
        ..text_field("field_place", "entity_reference", &["story"])
    },
    AddedField { target: "file", translatable: false, ..text_field("field_picture", "image", &["story"]) },
    text_field("field_rating", "decimal", &["story"]),
    text_field("field_seen", "datetime", &["story"]),
    AddedField { many: true, ..text_field("field_links", "link", &["story"]) },
    text_field("field_mood", "list_string", &["story"]),
    text_field("field_remarks", "comment", &["story"]),
    text_field("field_depth", "integer", &["place"]),
    text_field("field_height", "float", &["place"]),
    text_field("field_open", "daterange", &["place"]),
    AddedField { many: true, ..text_field("field_names", "string", &["place"]) },
    AddedField { entity_type: "comment", ..text_field("comment_body", "text_long", &["remark"]) },
];

const MODULES: [&str; 23] = [
    "basic_auth",
    "comment",
    "content_moderation",
    "datetime",
    "datetime_range",
    "dynamic_page_cache",
    "field",
    "file",
    "filter",
    "image",
    "jsonapi",
    "language",
    "link",
    "node",
    "options",
    "page_cache",
    "path",
    "path_alias",
    "serialization",
    "system",
    "taxonomy",
    "text",
    "workflows",
];

/// Numbers configuration that has a UUID.
struct Writer<'a> {
    maker: &'a Maker,
    count: i64,
}

impl Writer<'_> {
    /// Writes an entity: what all have, then its own.
    fn entity(&mut self, entity_type: &str, name: &str, own: Vec<(String, Php)>) {
        self.count += 1;
        let uuid = uuid(0xc, self.count);
        let mut data = vec![
            ("uuid".to_owned(), uuid.as_str().into()),
            ("langcode".to_owned(), "en".into()),
            ("status".to_owned(), true.into()),
            ("dependencies".to_owned(), map([])),
        ];
        data.extend(own);
        self.maker.configuration("", name, &map_of(data));
        let keys = format!("config.entity.key_store.{entity_type}");
        self.maker.key_value(&keys, &format!("uuid:{uuid}"), &list([name]));
    }
}

/// An entity's own keys.
fn own<const N: usize>(items: [(&str, Php); N]) -> Vec<(String, Php)> {
    items.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

pub(super) fn write(maker: &Maker) {
    settings(maker);
    let mut writer = Writer { maker, count: 0 };
    types(&mut writer);
    roles(&mut writer);
    formats(&mut writer);
    for (position, (id, label, locked)) in
        [("en", "English", false), ("de", "German", false), ("und", "Not specified", true)]
            .into_iter()
            .enumerate()
    {
        let weight = i64::try_from(position).unwrap();
        let language = own([
            ("id", id.into()),
            ("label", label.into()),
            ("direction", "ltr".into()),
            ("weight", weight.into()),
            ("locked", locked.into()),
        ]);
        writer.entity("configurable_language", &format!("language.entity.{id}"), language);
    }
    let german = map([("name", "Ort".into())]);
    maker.configuration("language.de", "node.type.place", &german);
    workflow(&mut writer);
    for field in &FIELDS {
        let (of, name) = (field.entity_type, field.name);
        writer.entity(
            "field_storage_config",
            &format!("field.storage.{of}.{name}"),
            field.storage_configuration(),
        );
        for bundle in field.bundles {
            writer.entity(
                "field_config",
                &format!("field.field.{of}.{bundle}.{name}"),
                field.configuration(bundle),
            );
        }
    }
}

fn settings(maker: &Maker) {
    let modules = MODULES.iter().chain(&["sqlite", "user"]).map(|&name| (name.to_owned(), 0.into()));
    let extension = map([
        ("module", map_of(modules)),
        ("theme", map([("stark", 0.into())])),
        ("profile", "minimal".into()),
    ]);
    maker.configuration("", "core.extension", &extension);
    let site = map([
        ("langcode", "en".into()),
        ("uuid", uuid(0xc, 0).into()),
        ("name", "Coast".into()),
        ("mail", "office@coast.example".into()),
        ("default_langcode", "en".into()),
    ]);
    maker.configuration("", "system.site", &site);
    let zone = map([("default", "Europe/Berlin".into())]);
    maker.configuration("", "system.date", &map([("first_day", 1.into()), ("timezone", zone)]));
    let page = map([("page", map([("max_age", 0.into())]))]);
    maker.configuration("", "system.performance", &map([("cache", page)]));
    maker.configuration("", "system.file", &map([("default_scheme", "public".into())]));
    maker.configuration("", "jsonapi.settings", &map([("read_only", true.into())]));
    maker.configuration("", "user.settings", &map([("anonymous", "Passer-by".into())]));
    let prefixes = map([("en", "".into()), ("de", "de".into())]);
    let url = map([("source", "path_prefix".into()), ("prefixes", prefixes)]);
    maker.configuration(
        "",
        "language.negotiation",
        &map([("url", url), ("selected_langcode", "site_default".into())]),
    );
    let by_url = || map([("enabled", map([("language-url", 0.into())]))]);
    let negotiation =
        map([("language_content", by_url()), ("language_url", by_url()), ("language_interface", by_url())]);
    let types = map([
        ("all", list(["language_interface", "language_content", "language_url"])),
        ("configurable", list(["language_interface", "language_content"])),
        ("negotiation", negotiation),
    ]);
    maker.configuration("", "language.types", &types);
    for module in MODULES.iter().chain(&["user"]) {
        maker.key_value("system.schema", module, &10_400.into());
    }
}

fn types(writer: &mut Writer<'_>) {
    for (id, name, new_revision) in [("story", "Story", true), ("place", "Place", false)] {
        let kind = own([
            ("name", name.into()),
            ("type", id.into()),
            ("description", "".into()),
            ("help", Php::Null),
            ("new_revision", new_revision.into()),
            ("preview_mode", 1.into()),
            ("display_submitted", true.into()),
        ]);
        writer.entity("node_type", &format!("node.type.{id}"), kind);
    }
    let topics = own([
        ("name", "Topics".into()),
        ("vid", "topics".into()),
        ("description", "What stories are about".into()),
        ("weight", 0.into()),
        ("new_revision", false.into()),
    ]);
    writer.entity("taxonomy_vocabulary", "taxonomy.vocabulary.topics", topics);
    let remark = own([
        ("id", "remark".into()),
        ("label", "Remark".into()),
        ("target_entity_type_id", "node".into()),
        ("description", "".into()),
    ]);
    writer.entity("comment_type", "comment.type.remark", remark);
}

fn roles(writer: &mut Writer<'_>) {
    let everybody = ["access content", "access comments", "use text format simple"];
    let roles: [(&str, &str, &[&str]); 4] = [
        ("anonymous", "Anonymous user", &everybody),
        ("authenticated", "Authenticated user", &everybody),
        ("writer", "Writer", &["view own unpublished content", "view latest version", "view all revisions"]),
        ("administrator", "Administrator", &[]),
    ];
    for (weight, (id, label, permissions)) in (0..).zip(roles) {
        let role = own([
            ("id", id.into()),
            ("label", label.into()),
            ("weight", Php::Int(weight)),
            ("is_admin", (id == "administrator").into()),
            ("permissions", list(permissions.iter().copied())),
        ]);
        writer.entity("user_role", &format!("user.role.{id}"), role);
    }
}

fn formats(writer: &mut Writer<'_>) {
    let filter = |id: &str, weight: i64, settings: Php| {
        let filter = map([
            ("id", id.into()),
            ("provider", "filter".into()),
            ("status", true.into()),
            ("weight", weight.into()),
            ("settings", settings),
        ]);
        (id.to_owned(), filter)
    };
    let allowed = map([
        ("allowed_html", "<em> <strong> <a href>".into()),
        ("filter_html_help", false.into()),
        ("filter_html_nofollow", false.into()),
    ]);
    let filters = map_of([filter("filter_html", -10, allowed), filter("filter_autop", 0, map([]))]);
    let simple = own([
        ("name", "Simple".into()),
        ("format", "simple".into()),
        ("weight", 0.into()),
        ("filters", filters),
    ]);
    writer.entity("filter_format", "filter.format.simple", simple);
}

fn workflow(writer: &mut Writer<'_>) {
    let state = |label: &str, is_published: bool, is_default: bool| {
        map([
            ("label", label.into()),
            ("weight", 0.into()),
            ("published", is_published.into()),
            ("default_revision", is_default.into()),
        ])
    };
    let states =
        map([("draft", state("Draft", false, false)), ("published", state("Published", true, true))]);
    let settings = map([
        ("states", states),
        ("transitions", map([])),
        ("entity_types", map([("node", list(["story"]))])),
        ("default_moderation_state", "draft".into()),
    ]);
    let desk = own([
        ("id", "desk".into()),
        ("label", "Desk".into()),
        ("type", "content_moderation".into()),
        ("type_settings", settings),
    ]);
    writer.entity("workflow", "workflows.workflow.desk", desk);
}
