//! A small site, and entities as tests want them.

use std::collections::BTreeMap;

use hashbrown::{HashMap, HashSet};
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::{AccessResult, Subject};
use crate::account::Account;
use crate::php::{Key, Php};
use crate::site::{
    EntityKeys, EntityType, Field, FieldKind, FieldStorage, Languages, ResourceType, ResourceTypeIndex, Role,
    Site, Tables, Workflow,
};

/// Entity types, each with its access handler, its bundle, and the fields for what is published, the owner, and the
/// revision log.
const CONTENT: [(&str, &str, &str, [&str; 3]); 10] = [
    (
        "block_content",
        "Drupal\\block_content\\BlockContentAccessControlHandler",
        "basic",
        ["status", "", "revision_log"],
    ),
    ("comment", "Drupal\\comment\\CommentAccessControlHandler", "comment", ["status", "uid", ""]),
    ("file", "Drupal\\file\\FileAccessControlHandler", "file", ["", "uid", ""]),
    ("media", "Drupal\\media\\MediaAccessControlHandler", "image", ["status", "uid", "revision_log_message"]),
    (
        "menu_link_content",
        "Drupal\\menu_link_content\\MenuLinkContentAccessControlHandler",
        "menu_link_content",
        ["enabled", "", "revision_log_message"],
    ),
    ("node", "Drupal\\node\\NodeAccessControlHandler", "article", ["status", "uid", "revision_log"]),
    ("path_alias", "Drupal\\Core\\Entity\\EntityAccessControlHandler", "path_alias", ["status", "", ""]),
    ("shortcut", "Drupal\\shortcut\\ShortcutAccessControlHandler", "default", ["", "", ""]),
    (
        "taxonomy_term",
        "Drupal\\taxonomy\\TermAccessControlHandler",
        "tags",
        ["status", "", "revision_log_message"],
    ),
    ("user", "Drupal\\user\\UserAccessControlHandler", "user", ["", "", ""]),
];

/// Types of configuration, each with its access handler and its admin permission.
const CONFIGURATION: [(&str, &str, &str); 8] = [
    ("block", "Drupal\\block\\BlockAccessControlHandler", "administer blocks"),
    (
        "entity_view_display",
        "\\Drupal\\Core\\Entity\\Entity\\Access\\EntityViewDisplayAccessControlHandler",
        "",
    ),
    ("entity_view_mode", "Drupal\\Core\\Entity\\EntityAccessControlHandler", ""),
    ("field_config", "Drupal\\field\\FieldConfigAccessControlHandler", ""),
    ("menu", "Drupal\\system\\MenuAccessControlHandler", "administer menu"),
    ("node_type", "Drupal\\node\\NodeTypeAccessControlHandler", "administer content types"),
    ("search_page", "Drupal\\search\\SearchPageAccessControlHandler", "administer search"),
    ("taxonomy_vocabulary", "Drupal\\taxonomy\\VocabularyAccessControlHandler", "administer taxonomy"),
];

/// A site with these modules, whose roles are `anonymous` and `authenticated`, each with its permissions.
pub(crate) fn site(modules: &[&str], anonymous: &[&str], authenticated: &[&str]) -> Site {
    let content = CONTENT.iter().map(|(id, handler, _, keys)| content(id, handler, *keys));
    let configuration = CONFIGURATION.iter().map(|(id, handler, admin)| configuration(id, handler, admin));
    let mut entity_types: Vec<EntityType> = content.chain(configuration).collect();
    entity_types.sort_by(|one, other| one.id.cmp(&other.id));
    let role = |permissions: &[&str]| Role {
        is_admin: false,
        permissions: permissions.iter().map(|&permission| permission.to_owned()).collect(),
    };
    let roles = [("anonymous", role(anonymous)), ("authenticated", role(authenticated))];
    let mut site = Site {
        name: "A \"small\" site".to_owned(),
        core_major: 10,
        languages: Languages {
            default: "en".to_owned(),
            all: Vec::new(),
            by_prefix: false,
            preferred_first: false,
        },
        time_zone: TimeZone::UTC,
        modules: modules.iter().map(|&module| module.to_owned()).collect::<HashSet<_>>(),
        read_only: true,
        page_age_seconds: 0,
        public_files: "/sites/default/files/".to_owned(),
        roles: roles.into_iter().map(|(id, role)| (id.to_owned(), role)).collect(),
        formats: HashMap::new(),
        workflows: BTreeMap::from([("editorial".to_owned(), workflow())]),
        entity_types,
        resource_types: Vec::new(),
        by_name: HashMap::new(),
        config: BTreeMap::from([("workflows.workflow.editorial".to_owned(), transitions())]),
        config_overrides: HashMap::new(),
    };
    for (id, _, bundle, _) in CONTENT {
        let index = ResourceTypeIndex(u16::try_from(site.resource_types.len()).unwrap());
        let name = format!("{id}--{bundle}");
        site.by_name.insert(name.clone(), index);
        site.resource_types.push(ResourceType {
            name,
            entity_type: site.entity_type(id).unwrap(),
            bundle: bundle.to_owned(),
            label: bundle.to_owned(),
            fields: vec![comments()],
            new_revision: true,
            workflow: (id == "node" && site.has_module("content_moderation")).then(|| "editorial".to_owned()),
        });
    }
    site
}

fn workflow() -> Workflow {
    Workflow {
        states: BTreeMap::from([("draft".to_owned(), false), ("published".to_owned(), true)]),
        default_state: "draft".to_owned(),
        bundles: BTreeMap::new(),
    }
}

fn transitions() -> Php {
    let publish = map([("from", list(["draft", "published"]))]);
    map([("type_settings", map([("transitions", map([("publish", publish)]))]))])
}

/// An array with texts for keys.
pub(crate) fn map<const N: usize>(members: [(&str, Php); N]) -> Php {
    let key = |key: &str| Key::Text(key.as_bytes().to_vec());
    Php::Array(members.into_iter().map(|(name, value)| (key(name), value)).collect())
}

/// An array of texts.
pub(crate) fn list<const N: usize>(members: [&str; N]) -> Php {
    let items = members.into_iter().zip(0..);
    Php::Array(items.map(|(member, place)| (Key::Integer(place), text(member))).collect())
}

pub(crate) fn text(text: &str) -> Php {
    Php::Text(text.as_bytes().to_vec())
}

fn content(id: &str, handler: &str, [published, owner, log]: [&str; 3]) -> EntityType {
    let keys = EntityKeys {
        published: published.to_owned(),
        owner: owner.to_owned(),
        revision_log: log.to_owned(),
        ..EntityKeys::default()
    };
    let tables = Tables { base: id.to_owned(), data: None, revision: None, revision_data: None };
    let admin = (id == "path_alias").then(|| "administer url aliases".to_owned());
    EntityType { tables: Some(tables), keys, admin_permission: admin, ..configuration(id, handler, "") }
}

fn configuration(id: &str, handler: &str, admin: &str) -> EntityType {
    EntityType {
        id: id.to_owned(),
        label: id.to_owned(),
        provider: "test".to_owned(),
        access_handler: handler.to_owned(),
        keys: EntityKeys::default(),
        admin_permission: Some(admin.to_owned()).filter(|admin| !admin.is_empty()),
        internal: false,
        bundle_entity_type: None,
        canonical_path: Some(format!("/{id}")).filter(|_| id != "path_alias"),
        tables: None,
        config_prefix: None,
        config_export: Vec::new(),
        translatable: false,
    }
}

fn comments() -> Field {
    Field {
        name: "field_comments".to_owned(),
        public_name: "field_comments".to_owned(),
        kind: FieldKind::Comment,
        type_name: "comment".to_owned(),
        single: true,
        storage: FieldStorage::Computed,
        translatable: false,
        revisionable: false,
        is_base: false,
        target: None,
    }
}

/// The account of that number in a site; 0 for nobody.
pub(crate) fn account(site: Site, id: i64) -> (Arc<Site>, Account) {
    let site = Arc::new(site);
    let account = match id {
        0 => Account::anonymous(Arc::clone(&site)),
        _ => Account::new(Arc::clone(&site), id, "uuid".to_owned(), vec!["authenticated".to_owned()]),
    };
    (site, account)
}

/// An entity.
#[derive(Clone)]
pub(crate) struct Entity {
    pub(crate) resource_type: ResourceTypeIndex,
    pub(crate) id: i64,
    pub(crate) numbers: Vec<(&'static str, i64)>,
    pub(crate) texts: Vec<(&'static str, &'static str)>,
    pub(crate) is_default: bool,
    pub(crate) is_latest: bool,
    pub(crate) host: Option<AccessResult>,
    pub(crate) default: Option<AccessResult>,
}

impl Entity {
    pub(crate) fn new(site: &Site, name: &str, id: i64, numbers: &[(&'static str, i64)]) -> Self {
        Self {
            resource_type: site.by_name[name],
            id,
            numbers: numbers.to_vec(),
            texts: Vec::new(),
            is_default: true,
            is_latest: true,
            host: None,
            default: None,
        }
    }
}

impl Subject for Entity {
    fn resource_type(&self) -> ResourceTypeIndex {
        self.resource_type
    }

    fn id(&self) -> i64 {
        self.id
    }

    fn number(&self, field: &str) -> Option<i64> {
        self.numbers.iter().find(|(name, _)| *name == field).map(|(_, number)| *number)
    }

    fn text(&self, field: &str) -> Option<&str> {
        self.texts.iter().find(|(name, _)| *name == field).map(|(_, text)| *text)
    }

    fn is_default_revision(&self) -> bool {
        self.is_default
    }

    fn is_latest_revision(&self) -> bool {
        self.is_latest
    }

    fn host(&self) -> Option<AccessResult> {
        self.host.clone()
    }

    fn default_revision(&self) -> Option<AccessResult> {
        self.default.clone()
    }
}
