//! The shape of a site.

use std::collections::BTreeMap;

use hashbrown::{HashMap, HashSet};

use jiff::tz::TimeZone;

use crate::php::Php;
use crate::text::Format;

/// Where an entity type stands in [`Site::entity_types`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntityTypeIndex(pub u16);

/// Where a resource type stands in [`Site::resource_types`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceTypeIndex(pub u16);

/// Where a field stands in [`ResourceType::fields`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldIndex(pub u16);

/// A site, as its database described it at one moment.
#[derive(Debug)]
pub struct Site {
    /// `system.site:name`: the realm that Basic authentication asks for.
    pub name: String,
    /// The major version of Drupal.
    pub core_major: u32,
    /// Its languages.
    pub languages: Languages,
    /// `system.date:timezone.default`: in which dates with a time are written.
    pub time_zone: TimeZone,
    /// The installed modules and the profile.
    pub modules: HashSet<String>,
    /// `jsonapi.settings:read_only`.
    pub read_only: bool,
    /// `system.performance:cache.page.max_age`, in seconds.
    pub page_age_seconds: u64,
    /// The path of public files below the site's root, with slashes at both ends: `/sites/default/files/`.
    pub public_files: String,
    /// Roles by id.
    pub roles: HashMap<String, Role>,
    /// Text formats by id, disabled ones included.
    pub formats: HashMap<String, Format>,
    /// Workflows of content moderation by id.
    pub workflows: BTreeMap<String, Workflow>,
    /// All entity types that are not left out, content and configuration, ordered by id.
    pub entity_types: Vec<EntityType>,
    /// All resource types, ordered by entity type and bundle.
    pub resource_types: Vec<ResourceType>,
    /// [`Site::resource_types`] by name: `node--article`.
    pub by_name: HashMap<String, ResourceTypeIndex>,
    /// Configuration by name, without overrides: `node.type.article`. Values are PHP arrays.
    pub config: BTreeMap<String, Php>,
    /// Translations of configuration: by language, then by name.
    pub config_overrides: HashMap<String, HashMap<String, Php>>,
}

/// The languages of a site.
#[derive(Debug)]
pub struct Languages {
    /// `system.site:default_langcode`.
    pub default: String,
    /// Those that are not locked, by weight and label.
    pub all: Vec<Language>,
    /// Whether the language is taken from a prefix of the path.
    pub by_prefix: bool,
    /// Whether accounts are shown the interface in the language that they prefer, whatever the path says.
    pub preferred_first: bool,
}

/// A language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Language {
    /// Its code.
    pub code: String,
    /// Its prefix in paths; empty if it has none.
    pub prefix: String,
}

/// What the holders of a role may do.
#[derive(Debug, Default)]
pub struct Role {
    /// Everything.
    pub is_admin: bool,
    /// Names of permissions.
    pub permissions: HashSet<String>,
}

/// A workflow of the type `content_moderation`.
#[derive(Debug)]
pub struct Workflow {
    /// States by id, each with whether its content is published.
    pub states: BTreeMap<String, bool>,
    /// The state of content that has none recorded.
    pub default_state: String,
    /// Entity type id → bundles it moderates.
    pub bundles: BTreeMap<String, Vec<String>>,
}

/// An entity type.
#[derive(Debug)]
pub struct EntityType {
    /// `node`.
    pub id: String,
    /// What people call it, in the site's source language: `Content`, `Role`.
    pub label: String,
    /// The module that provides it.
    pub provider: String,
    /// The PHP class that decides access: `Drupal\node\NodeAccessControlHandler`.
    pub access_handler: String,
    /// Its keys.
    pub keys: EntityKeys,
    /// The permission that allows everything with it.
    pub admin_permission: Option<String>,
    /// Whether it is never served.
    pub internal: bool,
    /// The entity type whose entities are its bundles: `node_type`.
    pub bundle_entity_type: Option<String>,
    /// The link template `canonical`: `/node/{node}`.
    pub canonical_path: Option<String>,
    /// Content: where it is kept. [`None`]: configuration.
    pub tables: Option<Tables>,
    /// Configuration: the beginning of the names of its entities, with a dot at the end: `node.type.`.
    pub config_prefix: Option<String>,
    /// Configuration: the keys that are exported; empty if all are.
    pub config_export: Vec<String>,
    /// Whether its entities have translations.
    pub translatable: bool,
}

/// Which of an entity's fields play which part. Empty names: none does.
#[derive(Debug, Default, Clone)]
pub struct EntityKeys {
    /// `nid`.
    pub id: String,
    /// `vid`.
    pub revision: String,
    /// `type`.
    pub bundle: String,
    /// `title`.
    pub label: String,
    /// `langcode`.
    pub langcode: String,
    /// `uuid`.
    pub uuid: String,
    /// `status`.
    pub published: String,
    /// `uid`.
    pub owner: String,
    /// Revision metadata: `revision_uid`.
    pub revision_user: String,
    /// Revision metadata: `revision_timestamp`.
    pub revision_created: String,
    /// Revision metadata: `revision_log`.
    pub revision_log: String,
}

/// The tables of a content entity type.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tables {
    /// One row for each entity: `node`.
    pub base: String,
    /// One row for each translation of the default revision: `node_field_data`. None if the base table has it all.
    pub data: Option<String>,
    /// One row for each revision: `node_revision`.
    pub revision: Option<String>,
    /// One row for each translation of each revision: `node_field_revision`.
    pub revision_data: Option<String>,
}

/// A type of resources: the entities of one type and bundle.
#[derive(Debug)]
pub struct ResourceType {
    /// `node--article`.
    pub name: String,
    /// Its entity type.
    pub entity_type: EntityTypeIndex,
    /// `article`; the entity type's id where there are no bundles.
    pub bundle: String,
    /// What people call the bundle.
    pub label: String,
    /// Its fields in Drupal's order. Those that are never served (`uuid`, `pass`, `layout_builder__layout`) are here as
    /// well, as paths and access rules ask for them, with an empty public name. Empty for configuration.
    pub fields: Vec<Field>,
    /// Whether a new revision is made of each change: the bundle's `new_revision`.
    pub new_revision: bool,
    /// The workflow that moderates it, in [`Site::workflows`].
    pub workflow: Option<String>,
}

/// A field of a resource type.
#[derive(Debug)]
pub struct Field {
    /// As Drupal names it: `nid`, `field_tags`.
    pub name: String,
    /// As JSON:API names it: `drupal_internal__nid`, `node_type`. Empty: it is never served.
    pub public_name: String,
    /// Its field type.
    pub kind: FieldKind,
    /// Drupal's name of the field type: `text_with_summary`.
    pub type_name: String,
    /// Whether it holds one item at most; else it is served as an array.
    pub single: bool,
    /// Where its items are kept.
    pub storage: FieldStorage,
    /// Whether each translation has values of its own. Those of others are in the default translation.
    pub translatable: bool,
    /// Whether each revision has values of its own.
    pub revisionable: bool,
    /// Whether it is one of the entity type's own fields, not one that someone added to a bundle.
    pub is_base: bool,
    /// What it refers to, if it is a relationship.
    pub target: Option<ReferenceTarget>,
}

/// How the items of a field are served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// A text: `string`, `string_long`, `email`, `telephone`, `list_string`, `uuid`, `language`, and any type with one
    /// textual property that has no meaning here.
    Text,
    /// `boolean`.
    Boolean,
    /// `integer`, `list_integer`.
    Integer,
    /// `decimal`.
    Decimal,
    /// `float`, `list_float`.
    Float,
    /// `timestamp`, `created`, `changed`.
    Timestamp,
    /// `datetime` of dates with a time.
    DateTime,
    /// `datetime` of dates alone.
    Date,
    /// `daterange`; whether of dates with a time.
    DateRange {
        /// With a time.
        time: bool,
    },
    /// `text`, `text_long`; with a summary: `text_with_summary`.
    FormattedText {
        /// Whether there is a summary.
        summary: bool,
    },
    /// `link`.
    Link,
    /// `entity_reference`.
    Reference,
    /// `image`.
    Image,
    /// `file`.
    File,
    /// `comment`.
    Comment,
    /// The address of a file.
    FileUri,
    /// `path`, computed.
    Path,
    /// `moderation_state`, computed.
    ModerationState,
    /// The name of an account, computed.
    DisplayName,
    /// `password`: never served.
    Password,
    /// `map`: a PHP-serialised structure.
    Map,
    /// Any other type: an object of its columns, or the only column's value.
    Other,
}

/// Where the items of a field are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldStorage {
    /// In columns of the tables of the entity type.
    Shared {
        /// The columns.
        columns: Vec<Column>,
        /// In the base table, whether or not elsewhere as well.
        in_base: bool,
        /// In the data table, or in the base table of a type without one.
        in_data: bool,
        /// In the revision table.
        in_revision: bool,
        /// In the table of translations of revisions.
        in_revision_data: bool,
    },
    /// In a table of its own: rows of `entity_id`, `revision_id`, `langcode`, `delta`, `deleted`, `bundle` and the
    /// columns.
    Dedicated {
        /// `node__field_tags`.
        table: String,
        /// `node_revision__field_tags`, where there are revisions.
        revision_table: Option<String>,
        /// The columns.
        columns: Vec<Column>,
    },
    /// Nowhere: it is computed.
    Computed,
}

/// A column of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The property of the item that it holds: `value`, `target_id`.
    pub property: String,
    /// Its name in the table: `field_tags_target_id`.
    pub name: String,
    /// Whether it holds a PHP-serialised structure.
    pub serialized: bool,
}

/// What a relationship refers to.
#[derive(Debug, Clone)]
pub struct ReferenceTarget {
    /// Entities of that type. [`None`]: a type that is never served, or that is not there.
    pub entity_type: Option<EntityTypeIndex>,
    /// The possible resource types, in Drupal's order.
    pub types: Vec<ResourceTypeIndex>,
}

impl Site {
    /// An entity type by its id.
    pub fn entity_type(&self, id: &str) -> Option<EntityTypeIndex> {
        let place = self.entity_types.binary_search_by(|found| found.id.as_str().cmp(id)).ok()?;
        Some(EntityTypeIndex(u16::try_from(place).ok()?))
    }

    /// The resource type of an entity type's bundle.
    pub fn resource_type(&self, entity_type: EntityTypeIndex, bundle: &str) -> Option<ResourceTypeIndex> {
        let is_meant = |of: &ResourceType| of.entity_type == entity_type && of.bundle == bundle;
        let place = self.resource_types.iter().position(is_meant)?;
        Some(ResourceTypeIndex(u16::try_from(place).ok()?))
    }

    /// Whether a module is installed.
    pub fn has_module(&self, name: &str) -> bool {
        self.modules.contains(name)
    }
}

impl std::ops::Index<EntityTypeIndex> for Site {
    type Output = EntityType;

    fn index(&self, index: EntityTypeIndex) -> &EntityType {
        &self.entity_types[usize::from(index.0)]
    }
}

impl std::ops::Index<ResourceTypeIndex> for Site {
    type Output = ResourceType;

    fn index(&self, index: ResourceTypeIndex) -> &ResourceType {
        &self.resource_types[usize::from(index.0)]
    }
}

impl ResourceType {
    /// A field by its public name.
    pub fn field(&self, public_name: &str) -> Option<FieldIndex> {
        if public_name.is_empty() {
            return None;
        }
        self.position(|field| field.public_name == public_name)
    }

    /// A field by Drupal's name.
    pub fn internal_field(&self, name: &str) -> Option<FieldIndex> {
        self.position(|field| field.name == name)
    }

    fn position(&self, is_meant: impl Fn(&Field) -> bool) -> Option<FieldIndex> {
        let place = self.fields.iter().position(is_meant)?;
        Some(FieldIndex(u16::try_from(place).ok()?))
    }
}

impl std::ops::Index<FieldIndex> for ResourceType {
    type Output = Field;

    fn index(&self, index: FieldIndex) -> &Field {
        &self.fields[usize::from(index.0)]
    }
}

impl Field {
    /// The columns that its items are kept in.
    pub fn columns(&self) -> &[Column] {
        match &self.storage {
            FieldStorage::Shared { columns, .. } | FieldStorage::Dedicated { columns, .. } => columns,
            FieldStorage::Computed => &[],
        }
    }

    /// Whether it is served as a relationship.
    pub fn is_relationship(&self) -> bool {
        self.target.is_some()
    }
}
