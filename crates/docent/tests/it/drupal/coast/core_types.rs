//! The entity types of Drupal's core that the site has.

use super::entity_types::ContentType;

/// Entity types of content.
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
pub(super) const CONFIGURATION: &str = "\
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
