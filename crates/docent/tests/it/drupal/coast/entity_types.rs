//! Entity types: what Drupal notes of them, and the tables it makes for them.

use super::fields::{AddedField, BaseField, label};
use super::php::{Php, list, map, map_of};

/// An entity type of content.
#[derive(Debug)]
pub(super) struct ContentType {
    pub(super) id: &'static str,
    label: &'static str,
    class: &'static str,
    provider: &'static str,
    access: &'static str,
    /// Pairs of key and field.
    keys: &'static str,
    admin_permission: Option<&'static str>,
    bundle_entity_type: Option<&'static str>,
    canonical: Option<&'static str>,
    internal: bool,
    pub(super) base: &'static str,
    pub(super) data: Option<&'static str>,
    pub(super) revision: Option<&'static str>,
    pub(super) revision_data: Option<&'static str>,
    fields: &'static str,
}

/// Fields that tell of a revision itself.
const REVISION_METADATA: [(&str, &str); 6] = [
    ("revision_uid", "revision_user"),
    ("revision_timestamp", "revision_created"),
    ("revision_log", "revision_log_message"),
    ("revision_user", "revision_user"),
    ("revision_created", "revision_created"),
    ("revision_default", "revision_default"),
];

pub(super) const CONTENT: [ContentType; 7] = [
    ContentType {
        id: "node",
        label: "Content",
        class: "Drupal\\node\\Entity\\Node",
        provider: "node",
        access: "Drupal\\node\\NodeAccessControlHandler",
        keys: "id=nid revision=vid bundle=type label=title langcode=langcode uuid=uuid status=status published=status \
               uid=uid owner=uid",
        admin_permission: None,
        bundle_entity_type: Some("node_type"),
        canonical: Some("/node/{node}"),
        internal: false,
        base: "node",
        data: Some("node_field_data"),
        revision: Some("node_revision"),
        revision_data: Some("node_field_revision"),
        fields: "nid integer
            uuid uuid
            vid integer
            langcode language revisionable translatable
            type entity_reference:node_type
            revision_timestamp created revisionable
            revision_uid entity_reference:user revisionable
            revision_log string_long revisionable
            status boolean revisionable translatable
            uid entity_reference:user revisionable translatable
            title string revisionable translatable
            created created revisionable translatable
            changed changed revisionable translatable
            promote boolean revisionable translatable
            sticky boolean revisionable translatable
            default_langcode boolean revisionable translatable
            revision_default boolean revisionable
            revision_translation_affected boolean revisionable translatable",
    },
    ContentType {
        id: "taxonomy_term",
        label: "Taxonomy term",
        class: "Drupal\\taxonomy\\Entity\\Term",
        provider: "taxonomy",
        access: "Drupal\\taxonomy\\TermAccessControlHandler",
        keys: "id=tid revision=revision_id bundle=vid label=name langcode=langcode uuid=uuid published=status",
        admin_permission: None,
        bundle_entity_type: Some("taxonomy_vocabulary"),
        canonical: Some("/taxonomy/term/{taxonomy_term}"),
        internal: false,
        base: "taxonomy_term_data",
        data: Some("taxonomy_term_field_data"),
        revision: Some("taxonomy_term_revision"),
        revision_data: Some("taxonomy_term_field_revision"),
        fields: "tid integer
            uuid uuid
            revision_id integer
            langcode language revisionable translatable
            vid entity_reference:taxonomy_vocabulary
            revision_created created revisionable
            revision_user entity_reference:user revisionable
            status boolean revisionable translatable
            name string revisionable translatable
            description text_long revisionable translatable
            weight integer
            parent entity_reference:taxonomy_term revisionable many
            changed changed revisionable translatable
            default_langcode boolean revisionable translatable
            revision_default boolean revisionable
            revision_translation_affected boolean revisionable translatable",
    },
    ContentType {
        id: "user",
        label: "User",
        class: "Drupal\\user\\Entity\\User",
        provider: "user",
        access: "Drupal\\user\\UserAccessControlHandler",
        keys: "id=uid langcode=langcode uuid=uuid",
        admin_permission: Some("administer users"),
        bundle_entity_type: None,
        canonical: Some("/user/{user}"),
        internal: false,
        base: "users",
        data: Some("users_field_data"),
        revision: None,
        revision_data: None,
        fields: "uid integer
            uuid uuid
            langcode language translatable
            preferred_langcode language
            preferred_admin_langcode language
            name string
            pass password
            mail email
            timezone string length=32
            status boolean
            created created
            changed changed translatable
            access timestamp
            login timestamp
            init email
            roles entity_reference:user_role many
            default_langcode boolean revisionable translatable",
    },
    ContentType {
        id: "comment",
        label: "Comment",
        class: "Drupal\\comment\\Entity\\Comment",
        provider: "comment",
        access: "Drupal\\comment\\CommentAccessControlHandler",
        keys: "id=cid bundle=comment_type label=subject langcode=langcode uuid=uuid published=status owner=uid",
        admin_permission: Some("administer comments"),
        bundle_entity_type: Some("comment_type"),
        canonical: Some("/comment/{comment}"),
        internal: false,
        base: "comment",
        data: Some("comment_field_data"),
        revision: None,
        revision_data: None,
        fields: "cid integer
            uuid uuid
            langcode language translatable
            comment_type entity_reference:comment_type
            status boolean revisionable translatable
            uid entity_reference:user translatable
            pid entity_reference:comment
            entity_id entity_reference:node
            subject string translatable length=64
            name string translatable length=60
            mail email translatable
            homepage uri translatable
            hostname string translatable length=128
            created created translatable
            changed changed translatable
            thread string
            entity_type string length=32
            field_name string length=32
            default_langcode boolean revisionable translatable",
    },
    ContentType {
        id: "file",
        label: "File",
        class: "Drupal\\file\\Entity\\File",
        provider: "file",
        access: "Drupal\\file\\FileAccessControlHandler",
        keys: "id=fid label=filename langcode=langcode uuid=uuid owner=uid",
        admin_permission: None,
        bundle_entity_type: None,
        canonical: None,
        internal: false,
        base: "file_managed",
        data: None,
        revision: None,
        revision_data: None,
        fields: "fid integer
            uuid uuid
            langcode language
            uid entity_reference:user
            filename string
            uri file_uri
            filemime string
            filesize integer
            status boolean
            created created
            changed changed",
    },
    ContentType {
        id: "path_alias",
        label: "URL alias",
        class: "Drupal\\path_alias\\Entity\\PathAlias",
        provider: "path_alias",
        access: "Drupal\\Core\\Entity\\EntityAccessControlHandler",
        keys: "id=id revision=revision_id langcode=langcode uuid=uuid published=status",
        admin_permission: Some("administer url aliases"),
        bundle_entity_type: None,
        canonical: None,
        internal: false,
        base: "path_alias",
        data: None,
        revision: Some("path_alias_revision"),
        revision_data: None,
        fields: "id integer
            uuid uuid
            revision_id integer
            langcode language revisionable
            path string revisionable
            alias string revisionable
            status boolean revisionable
            revision_default boolean revisionable",
    },
    ContentType {
        id: "content_moderation_state",
        label: "Content moderation state",
        class: "Drupal\\content_moderation\\Entity\\ContentModerationState",
        provider: "content_moderation",
        access: "Drupal\\content_moderation\\ContentModerationStateAccessControlHandler",
        keys: "id=id revision=revision_id uuid=uuid uid=uid owner=uid langcode=langcode",
        admin_permission: None,
        bundle_entity_type: None,
        canonical: None,
        internal: true,
        base: "content_moderation_state",
        data: Some("content_moderation_state_field_data"),
        revision: Some("content_moderation_state_revision"),
        revision_data: Some("content_moderation_state_field_revision"),
        fields: "id integer
            uuid uuid
            revision_id integer
            langcode language revisionable translatable
            uid entity_reference:user revisionable translatable
            workflow entity_reference:workflow revisionable
            moderation_state string revisionable translatable
            content_entity_type_id string revisionable length=32
            content_entity_id integer revisionable
            content_entity_revision_id integer revisionable
            default_langcode boolean revisionable translatable
            revision_default boolean revisionable
            revision_translation_affected boolean revisionable translatable",
    },
];

/// Entity types of configuration, a line each: id, label, class, provider, access handler, keys, permission, the type
/// whose bundles they are, prefix, exported keys.
const CONFIGURATION: &str = "\
node_type | Content type | Drupal\\node\\Entity\\NodeType | node | Drupal\\node\\NodeTypeAccessControlHandler | \
    id=type label=name | administer content types | node | type | \
    name type description help new_revision preview_mode display_submitted
taxonomy_vocabulary | Taxonomy vocabulary | Drupal\\taxonomy\\Entity\\Vocabulary | taxonomy | \
    Drupal\\taxonomy\\VocabularyAccessControlHandler | id=vid label=name weight=weight | administer taxonomy | \
    taxonomy_term | vocabulary | name vid description weight new_revision
comment_type | Comment type | Drupal\\comment\\Entity\\CommentType | comment | \
    Drupal\\Core\\Entity\\EntityAccessControlHandler | id=id label=label | administer comment types | comment | type | \
    id label target_entity_type_id description
user_role | Role | Drupal\\user\\Entity\\Role | user | Drupal\\user\\RoleAccessControlHandler | \
    id=id label=label weight=weight | administer permissions | | role | id label weight is_admin permissions
configurable_language | Language | Drupal\\language\\Entity\\ConfigurableLanguage | language | \
    Drupal\\language\\LanguageAccessControlHandler | id=id label=label weight=weight | administer languages | | \
    entity | id label direction weight locked
filter_format | Text format | Drupal\\filter\\Entity\\FilterFormat | filter | \
    Drupal\\filter\\FilterFormatAccessControlHandler | id=format label=name weight=weight status=status | \
    administer filters | | format | name format weight roles filters
workflow | Workflow | Drupal\\workflows\\Entity\\Workflow | workflows | \
    Drupal\\workflows\\WorkflowAccessControlHandler | id=id label=label | administer workflows | | workflow | \
    id label type type_settings
field_storage_config | Field storage | Drupal\\field\\Entity\\FieldStorageConfig | field | \
    Drupal\\field\\FieldStorageConfigAccessControlHandler | id=id label=id | | | storage | \
    id field_name entity_type type settings module locked cardinality translatable indexes persist_with_no_fields \
    custom_storage
field_config | Field | Drupal\\field\\Entity\\FieldConfig | field | Drupal\\field\\FieldConfigAccessControlHandler | \
    id=id label=label | | | field | \
    id field_name entity_type bundle label description required translatable default_value default_value_callback \
    settings field_type";

/// The entity types of configuration by id, with their definitions.
pub(super) fn configuration() -> Vec<(&'static str, Php)> {
    CONFIGURATION.lines().map(configuration_definition).collect()
}

/// Whether it is a type of content, whose entities have numbers.
pub(super) fn is_content(id: &str) -> bool {
    CONTENT.iter().any(|it| it.id == id)
}

/// A type of content by its id.
pub(super) fn content(id: &str) -> &'static ContentType {
    CONTENT.iter().find(|it| it.id == id).unwrap()
}

/// The definition of an entity type of configuration.
fn configuration_definition(line: &'static str) -> (&'static str, Php) {
    let mut cells = line.split('|').map(str::trim);
    let mut cell = || cells.next().unwrap();
    let [id, title, class, provider, access, keys, permission, bundle_of, prefix, export]: [&'static str;
        10] = std::array::from_fn(|_| cell());
    let some = |text: &'static str| (!text.is_empty()).then_some(text);
    let definition = Php::Object(
        "Drupal\\Core\\Config\\Entity\\ConfigEntityType",
        vec![
            ("id", id.into()),
            ("class", class.into()),
            ("provider", provider.into()),
            ("entity_keys", entity_keys(&format!("{keys} langcode=langcode uuid=uuid"))),
            ("handlers", map([("access", access.into())])),
            ("admin_permission", some(permission).into()),
            ("links", map([])),
            ("bundle_entity_type", Php::Null),
            ("bundle_of", some(bundle_of).into()),
            ("base_table", Php::Null),
            ("internal", false.into()),
            ("translatable", false.into()),
            ("label", label(title)),
            ("config_prefix", prefix.into()),
            ("lookup_keys", list(["uuid"])),
            ("config_export", list(export.split_whitespace())),
        ],
    );
    (id, definition)
}

fn entity_keys(pairs: &str) -> Php {
    let mut keys: Vec<(String, Php)> = Vec::new();
    for pair in pairs.split_whitespace() {
        let (key, field) = pair.split_once('=').unwrap();
        keys.push((key.to_owned(), field.into()));
    }
    for absent in ["revision", "bundle"] {
        if !keys.iter().any(|(key, _)| key == absent) {
            keys.push((absent.to_owned(), "".into()));
        }
    }
    keys.push(("default_langcode".to_owned(), "default_langcode".into()));
    keys.push(("revision_translation_affected".to_owned(), "revision_translation_affected".into()));
    map_of(keys)
}

impl ContentType {
    /// The field that is a key of its entities.
    pub(super) fn key(&self, name: &str) -> Option<&'static str> {
        self.keys.split_whitespace().find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
    }

    pub(super) fn fields(&self) -> Vec<BaseField> {
        self.fields.lines().map(BaseField::new).collect()
    }

    pub(super) fn definition(&self) -> Php {
        let has = |field: &str| self.fields().iter().any(|it| it.name == field);
        let metadata = REVISION_METADATA.iter().filter(|(field, _)| has(field));
        let metadata = metadata.map(|&(field, key)| (key.to_owned(), field.into()));
        let canonical = self.canonical.iter().map(|&path| ("canonical".to_owned(), path.into()));
        Php::Object(
            "Drupal\\Core\\Entity\\ContentEntityType",
            vec![
                ("id", self.id.into()),
                ("class", self.class.into()),
                ("provider", self.provider.into()),
                ("entity_keys", entity_keys(self.keys)),
                ("handlers", map([("access", self.access.into())])),
                ("admin_permission", self.admin_permission.into()),
                ("links", map_of(canonical)),
                ("bundle_entity_type", self.bundle_entity_type.into()),
                ("bundle_of", Php::Null),
                ("base_table", self.base.into()),
                ("revision_data_table", self.revision_data.into()),
                ("revision_table", self.revision.into()),
                ("data_table", self.data.into()),
                ("internal", self.internal.into()),
                ("translatable", self.data.is_some().into()),
                ("label", label(self.label)),
                ("revision_metadata_keys", map_of(metadata)),
            ],
        )
    }

    /// The definitions of all its fields.
    pub(super) fn field_definitions(&self, added: &[AddedField]) -> Php {
        let own = self.fields();
        let own = own.iter().map(|it| (it.name.to_owned(), it.definition(self.id, self.provider)));
        let added = added.iter().filter(|it| it.entity_type == self.id);
        map_of(own.chain(added.map(|it| (it.name.to_owned(), it.definition()))))
    }

    /// The shared tables that a field has its columns in; none if it has tables of its own.
    pub(super) fn tables_of(&self, field: &BaseField) -> Vec<&'static str> {
        let is = |key: &str| self.key(key) == Some(field.name);
        let all = [Some(self.base), self.data, self.revision, self.revision_data];
        let tables: Vec<Option<&'static str>> = if field.many {
            Vec::new()
        } else if is("id") || is("revision") || is("langcode") {
            all.into()
        } else if is("bundle") {
            vec![Some(self.base), self.data]
        } else if is("uuid") {
            vec![Some(self.base)]
        } else if REVISION_METADATA.iter().any(|(name, _)| *name == field.name) {
            vec![self.revision]
        } else if field.revisionable {
            vec![Some(self.data.unwrap_or(self.base)), self.revision_data.or(self.revision)]
        } else {
            vec![Some(self.data.unwrap_or(self.base))]
        };
        tables.into_iter().flatten().collect()
    }

    /// The shared tables with their columns and definitions.
    pub(super) fn tables(&self) -> Vec<(&'static str, Vec<(String, String)>)> {
        let (id, revision) = (self.key("id").unwrap(), self.key("revision").unwrap_or_default());
        let all = [Some(self.base), self.data, self.revision, self.revision_data];
        let table = |table: &'static str| {
            let own_key = if table == self.base {
                id
            } else if Some(table) == self.revision {
                revision
            } else {
                ""
            };
            let mut columns = Vec::new();
            for field in self.fields().iter().filter(|field| self.tables_of(field).contains(&table)) {
                for column in field.columns() {
                    let name = field.column_name(&column);
                    let sql = if name == own_key {
                        "INTEGER PRIMARY KEY AUTOINCREMENT".to_owned()
                    } else if [id, "langcode", "uuid"].contains(&&*name) {
                        format!("{} NOT NULL", column.sql(&name))
                    } else {
                        column.sql(&name)
                    };
                    columns.push((name, sql));
                }
            }
            (table, columns)
        };
        all.into_iter().flatten().map(table).collect()
    }
}
