//! A small site with what paths lead through: content that refers to content, to files and to configuration.

use std::sync::Arc;

use crate::access::fixture;
use crate::account::Account;
use crate::php::Php;
use crate::site::{
    Column, EntityKeys, Field, FieldKind, FieldStorage, Language, ReferenceTarget, ResourceType,
    ResourceTypeIndex, Site, Tables,
};

/// Types of content: id, id key, revision key, bundle key, owner key, bundles.
const CONTENT: [(&str, [&str; 4], &[&str]); 6] = [
    ("comment", ["cid", "", "comment_type", "uid"], &["note"]),
    ("file", ["fid", "", "", "uid"], &["file"]),
    ("node", ["nid", "vid", "type", "uid"], &["article", "page"]),
    ("shortcut", ["id", "", "shortcut_set", ""], &["default"]),
    ("taxonomy_term", ["tid", "revision_id", "vid", ""], &["tags"]),
    ("user", ["uid", "", "", ""], &["user"]),
];

/// A site whose roles have these permissions.
pub(super) fn site(anonymous: &[&str], authenticated: &[&str]) -> Arc<Site> {
    let mut site = fixture::site(&[], anonymous, authenticated);
    site.languages.by_prefix = true;
    site.languages.all = [("en", "en"), ("es", "es"), ("de", "")]
        .map(|(code, prefix)| Language { code: code.to_owned(), prefix: prefix.to_owned() })
        .into();
    site.resource_types.clear();
    site.by_name.clear();
    for (id, keys, bundles) in CONTENT {
        describe(&mut site, id, keys);
        for bundle in bundles {
            add(&mut site, id, bundle);
        }
    }
    let node_type = site.entity_type("node_type").unwrap();
    let node_type = &mut site.entity_types[usize::from(node_type.0)];
    node_type.label = "Content type".to_owned();
    node_type.keys = EntityKeys { id: "type".to_owned(), uuid: "uuid".to_owned(), ..EntityKeys::default() };
    node_type.config_prefix = Some("node.type.".to_owned());
    node_type.config_export =
        ["name", "type", "id", "help", "status", "third_party"].map(str::to_owned).into();
    add(&mut site, "node_type", "node_type");
    for (place, (_, _, bundles)) in CONTENT.iter().enumerate() {
        let before: usize = CONTENT[..place].iter().map(|(_, _, bundles)| bundles.len()).sum();
        for index in before..before + bundles.len() {
            let fields = fields(&site, &site.resource_types[index]);
            site.resource_types[index].fields = fields;
        }
    }
    Arc::new(site)
}

fn describe(site: &mut Site, id: &str, [key, revision, bundle, owner]: [&str; 4]) {
    let index = site.entity_type(id).unwrap();
    let entity_type = &mut site.entity_types[usize::from(index.0)];
    let is_plain = id == "file";
    let table = |suffix: &str| Some(format!("{id}{suffix}"));
    entity_type.tables = Some(Tables {
        base: if id == "file" { "file_managed".to_owned() } else { id.to_owned() },
        data: table("_field_data").filter(|_| !is_plain),
        revision: table("_revision").filter(|_| !revision.is_empty()),
        revision_data: table("_field_revision").filter(|_| !revision.is_empty()),
    });
    entity_type.admin_permission = (id != "node").then(|| format!("administer {id}"));
    entity_type.keys = EntityKeys {
        id: key.to_owned(),
        revision: revision.to_owned(),
        bundle: bundle.to_owned(),
        owner: owner.to_owned(),
        uuid: "uuid".to_owned(),
        langcode: "langcode".to_owned(),
        published: if matches!(id, "file" | "user" | "shortcut") { "" } else { "status" }.to_owned(),
        ..EntityKeys::default()
    };
}

fn add(site: &mut Site, id: &str, bundle: &str) {
    let name = format!("{id}--{bundle}");
    let index = ResourceTypeIndex(u16::try_from(site.resource_types.len()).unwrap());
    site.by_name.insert(name.clone(), index);
    site.resource_types.push(ResourceType {
        name,
        entity_type: site.entity_type(id).unwrap(),
        bundle: bundle.to_owned(),
        label: bundle.to_owned(),
        fields: Vec::new(),
        new_revision: false,
        workflow: None,
    });
}

fn fields(site: &Site, of: &ResourceType) -> Vec<Field> {
    let entity_type = &site[of.entity_type];
    let id = entity_type.id.as_str();
    let internal = |name: &str| format!("drupal_internal__{name}");
    let base = |field: Field| Field { storage: in_base(field.storage), ..field };
    let mut fields = vec![
        Field {
            public_name: internal(&entity_type.keys.id),
            ..plain(&entity_type.keys.id, FieldKind::Integer, "integer")
        },
        base(Field { public_name: String::new(), ..plain("uuid", FieldKind::Text, "uuid") }),
        plain("langcode", FieldKind::Text, "language"),
        plain("status", FieldKind::Boolean, "boolean"),
    ];
    let to = |name: &str, types: &[&str]| reference(site, id, name, types);
    let data = |field: Field| shared(field);
    match id {
        "node" => {
            fields
                .push(Field { public_name: internal("vid"), ..plain("vid", FieldKind::Integer, "integer") });
            let bundle = data(to("type", &["node_type--node_type"]));
            fields.push(Field { public_name: "node_type".to_owned(), ..bundle });
            fields.push(plain("title", FieldKind::Text, "string"));
            fields.push(data(to("uid", &["user--user"])));
            fields.push(plain("created", FieldKind::Timestamp, "created"));
            fields.push(nowhere("moderation_state", FieldKind::ModerationState));
            fields.push(text("body"));
            fields.push(to("field_mixed", &["node--article", "node--page"]));
            if of.bundle == "article" {
                fields.push(own(id, "field_numbers", FieldKind::Integer, "integer", &["value"]));
                fields.push(Field { kind: FieldKind::Image, ..to("field_image", &["file--file"]) });
                fields.push(to("field_tags", &["taxonomy_term--tags"]));
            }
        }
        "taxonomy_term" => {
            fields.push(plain("name", FieldKind::Text, "string"));
            fields.push(to("parent", &["taxonomy_term--tags"]));
        }
        "user" => {
            fields.push(plain("name", FieldKind::Text, "string"));
            fields.push(plain("mail", FieldKind::Text, "email"));
            let password = plain("pass", FieldKind::Password, "password");
            fields.push(Field { public_name: String::new(), ..password });
        }
        "file" => {
            fields.push(plain("uri", FieldKind::FileUri, "file_uri"));
            fields.push(data(to("uid", &["user--user"])));
        }
        "comment" => {
            fields.push(plain("comment_type", FieldKind::Text, "language"));
            fields.push(data(to("uid", &["user--user"])));
            fields.push(data(to("entity_id", &["node--article", "node--page"])));
        }
        "shortcut" => fields.push(plain("shortcut_set", FieldKind::Text, "language")),
        _ => {}
    }
    fields
}

fn plain(name: &str, kind: FieldKind, type_name: &str) -> Field {
    shared(own("", name, kind, type_name, &["value"]))
}

fn own(entity_type: &str, name: &str, kind: FieldKind, type_name: &str, properties: &[&str]) -> Field {
    let column = |property: &&str| Column {
        property: (*property).to_owned(),
        name: format!("{name}_{property}"),
        serialized: false,
    };
    Field {
        name: name.to_owned(),
        public_name: name.to_owned(),
        kind,
        type_name: type_name.to_owned(),
        single: false,
        storage: FieldStorage::Dedicated {
            table: format!("{entity_type}__{name}"),
            revision_table: None,
            columns: properties.iter().map(column).collect(),
        },
        translatable: true,
        revisionable: true,
        is_base: true,
        target: None,
    }
}

/// The same field in the data table, its only column having its name.
fn shared(mut field: Field) -> Field {
    let column = Column { name: field.name.clone(), ..field.columns()[0].clone() };
    field.storage = FieldStorage::Shared {
        columns: vec![column],
        in_base: false,
        in_data: true,
        in_revision: false,
        in_revision_data: true,
    };
    field
}

fn in_base(storage: FieldStorage) -> FieldStorage {
    match storage {
        FieldStorage::Shared { columns, in_revision, in_revision_data, .. } => {
            FieldStorage::Shared { columns, in_base: true, in_data: false, in_revision, in_revision_data }
        }
        other => other,
    }
}

fn nowhere(name: &str, kind: FieldKind) -> Field {
    Field { storage: FieldStorage::Computed, ..plain(name, kind, "string") }
}

fn text(name: &str) -> Field {
    let kind = FieldKind::FormattedText { summary: true };
    own("node", name, kind, "text_with_summary", &["value", "summary", "format"])
}

fn reference(site: &Site, entity_type: &str, name: &str, types: &[&str]) -> Field {
    let types: Vec<ResourceTypeIndex> = types.iter().map(|name| site.by_name[*name]).collect();
    let target = ReferenceTarget { entity_type: Some(site[types[0]].entity_type), types };
    let properties: &[&str] = if name == "field_image" { &["target_id", "alt"] } else { &["target_id"] };
    let field = own(entity_type, name, FieldKind::Reference, "entity_reference", properties);
    Field { target: Some(target), ..field }
}

/// Content types, each with its name, its help, and a number in a list within.
pub(super) fn with_content_types(site: &Arc<Site>, types: &[(&str, Php)]) -> Site {
    let mut site = Arc::try_unwrap(self::site(&[], &[])).unwrap_or_else(|_| panic!("{}", site.name));
    site.config = types.iter().map(|(id, value)| (format!("node.type.{id}"), value.clone())).collect();
    site
}

/// Someone with an account of that number, or without one.
pub(super) fn account(site: &Arc<Site>, id: i64) -> Account {
    if id == 0 {
        return Account::anonymous(Arc::clone(site));
    }
    Account::new(Arc::clone(site), id, String::new(), vec!["authenticated".to_owned()])
}
