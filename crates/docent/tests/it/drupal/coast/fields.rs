//! Fields: their types, the columns of each type, and how Drupal notes them in its database.

use super::php::{Php, list, map, map_of};

/// A column of a field type.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    /// The property that it holds.
    pub(super) property: &'static str,
    kind: &'static str,
    length: i64,
    /// Said of texts for which case matters, or does not.
    binary: Option<bool>,
    unsigned: bool,
    serialize: bool,
}

const fn column(property: &'static str, kind: &'static str, length: i64) -> Column {
    Column { property, kind, length, binary: None, unsigned: false, serialize: false }
}

/// The columns of a field type. `target` is the type of the entities that it refers to.
pub(super) fn columns(kind: &str, target: &str, length: i64) -> Vec<Column> {
    let folded = |kind, length| Column { binary: Some(false), ..column("value", kind, length) };
    let id = Column { unsigned: true, ..column("target_id", "int", 0) };
    match kind {
        "integer" | "boolean" | "created" | "changed" | "timestamp" => vec![column("value", "int", 0)],
        "uuid" => vec![folded("varchar_ascii", 128)],
        "language" => vec![column("value", "varchar_ascii", 12)],
        "string" | "uri" | "password" => vec![folded("varchar", length)],
        "file_uri" => vec![Column { binary: Some(true), ..column("value", "varchar", 255) }],
        "email" => vec![column("value", "varchar", 254)],
        "list_string" => vec![column("value", "varchar", 255)],
        "string_long" => vec![column("value", "text", 0)],
        "decimal" => vec![column("value", "numeric", 0)],
        "float" => vec![column("value", "float", 0)],
        "datetime" => vec![column("value", "varchar", 20)],
        "daterange" => vec![column("value", "varchar", 20), column("end_value", "varchar", 20)],
        "text_long" => vec![column("value", "text", 0), column("format", "varchar_ascii", 255)],
        "text_with_summary" => {
            vec![
                column("value", "text", 0),
                column("summary", "text", 0),
                column("format", "varchar_ascii", 255),
            ]
        }
        "link" => vec![
            column("uri", "varchar", 2048),
            column("title", "varchar", 255),
            Column { serialize: true, ..column("options", "blob", 0) },
        ],
        "image" => vec![
            id,
            column("alt", "varchar", 512),
            column("title", "varchar", 1024),
            column("width", "int", 0),
            column("height", "int", 0),
        ],
        "comment" => vec![column("status", "int", 0)],
        "entity_reference" if super::entity_types::is_content(target) => vec![id],
        "entity_reference" => vec![column("target_id", "varchar_ascii", 255)],
        other => unreachable!("no such field type: {other}"),
    }
}

impl Column {
    /// Its type in SQLite, as Drupal declares it.
    pub(super) fn sql(&self, name: &str) -> String {
        match (self.kind, self.binary) {
            ("varchar" | "varchar_ascii", Some(false)) => {
                format!("VARCHAR({}) COLLATE NOCASE_UTF8", self.length)
            }
            ("varchar" | "varchar_ascii", _) => format!("VARCHAR({})", self.length),
            ("int", _) if self.unsigned => format!("INTEGER CHECK (\"{name}\" >= 0)"),
            ("int", _) => "INTEGER".to_owned(),
            ("numeric" | "float", _) => "FLOAT".to_owned(),
            ("text", _) => "TEXT".to_owned(),
            _ => "BLOB".to_owned(),
        }
    }

    /// As the schema API describes it.
    pub(super) fn spec(&self) -> Php {
        let mut spec = vec![("type".to_owned(), self.kind.into())];
        let mut add = |name: &str, value: Php| spec.push((name.to_owned(), value));
        if self.length > 0 {
            add("length", self.length.into());
        }
        if let Some(binary) = self.binary {
            add("binary", binary.into());
        }
        if self.unsigned {
            add("unsigned", true.into());
        }
        if self.kind == "text" || self.kind == "blob" {
            add("size", "big".into());
        }
        if self.serialize {
            add("serialize", true.into());
        }
        map_of(spec)
    }
}

/// A field of all entities of a type.
#[derive(Debug, Clone, Copy)]
pub(super) struct BaseField {
    pub(super) name: &'static str,
    pub(super) kind: &'static str,
    target: &'static str,
    length: i64,
    provider: Option<&'static str>,
    pub(super) revisionable: bool,
    pub(super) translatable: bool,
    pub(super) many: bool,
}

impl BaseField {
    /// Reads `name type:target flags…`; flags are `revisionable`, `translatable`, `many`, `length=…` and `by=…`.
    pub(super) fn new(line: &'static str) -> Self {
        let mut words = line.split_whitespace();
        let mut word = || words.next().unwrap();
        let (name, kind) = (word(), word());
        let (kind, target) = kind.split_once(':').unwrap_or((kind, ""));
        let flags: Vec<&'static str> = words.collect();
        let value = |name: &str| flags.iter().find_map(|flag| flag.strip_prefix(name));
        Self {
            name,
            kind,
            target,
            length: value("length=").map_or(255, |length| length.parse().unwrap()),
            provider: value("by="),
            revisionable: flags.contains(&"revisionable"),
            translatable: flags.contains(&"translatable"),
            many: flags.contains(&"many"),
        }
    }

    pub(super) fn columns(&self) -> Vec<Column> {
        columns(self.kind, self.target, self.length)
    }

    /// The name of a column outside of a table of its own.
    pub(super) fn column_name(&self, column: &Column) -> String {
        if self.columns().len() == 1 {
            self.name.to_owned()
        } else {
            format!("{}__{}", self.name, column.property)
        }
    }

    /// The definition as `entity.definitions.installed` has it.
    pub(super) fn definition(&self, entity_type: &str, provider: &str) -> Php {
        let label = label(self.name);
        let mut definition = vec![("label".to_owned(), label)];
        let mut add = |name: &str, value: Php| definition.push((name.to_owned(), value));
        if self.revisionable {
            add("revisionable", true.into());
        }
        if self.translatable {
            add("translatable", true.into());
        }
        if self.many {
            add("cardinality", (-1).into());
        }
        add("provider", self.provider.unwrap_or(provider).into());
        add("field_name", self.name.into());
        add("entity_type", entity_type.into());
        add("bundle", Php::Null);
        let settings = match self.kind {
            "entity_reference" => map([
                ("target_type", self.target.into()),
                ("handler", "default".into()),
                ("handler_settings", map([])),
            ]),
            "string" | "uri" => map([("max_length", self.length.into())]),
            _ => map([]),
        };
        let item = map([("type", format!("field_item:{}", self.kind).into()), ("settings", settings)]);
        let item = Php::Object(
            "Drupal\\Core\\Field\\TypedData\\FieldItemDataDefinition",
            vec![("definition", item), ("fieldDefinition", Php::Around(1))],
        );
        let specs = self.columns().into_iter().map(|column| (column.property.to_owned(), column.spec()));
        let schema = map([
            ("columns", map_of(specs)),
            ("unique keys", map([])),
            ("indexes", map([])),
            ("foreign keys", map([])),
        ]);
        Php::Object(
            "Drupal\\Core\\Field\\BaseFieldDefinition",
            vec![
                ("definition", map_of(definition)),
                ("itemDefinition", item),
                ("type", self.kind.into()),
                ("schema", schema),
                ("indexes", map([])),
            ],
        )
    }
}

/// A field that someone added to bundles.
#[derive(Debug, Clone, Copy)]
pub(super) struct AddedField {
    pub(super) entity_type: &'static str,
    pub(super) name: &'static str,
    pub(super) kind: &'static str,
    /// What it refers to; empty if to nothing.
    pub(super) target: &'static str,
    pub(super) many: bool,
    pub(super) translatable: bool,
    pub(super) bundles: &'static [&'static str],
    /// The bundles that it may refer to.
    pub(super) target_bundles: &'static [&'static str],
}

impl AddedField {
    pub(super) fn columns(&self) -> Vec<Column> {
        columns(self.kind, self.target, 255)
    }

    fn settings(&self) -> Php {
        match self.kind {
            "entity_reference" => map([("target_type", self.target.into())]),
            "image" => map([("target_type", "file".into()), ("uri_scheme", "public".into())]),
            "decimal" => map([("precision", 10.into()), ("scale", 2.into())]),
            "datetime" => map([("datetime_type", "datetime".into())]),
            "daterange" => map([("datetime_type", "date".into())]),
            "comment" => map([("comment_type", "remark".into())]),
            _ => map([]),
        }
    }

    fn cardinality(&self) -> i64 {
        if self.many { -1 } else { 1 }
    }

    /// The members of its storage, as configuration and as the installed definition have them.
    fn storage(&self) -> Vec<(&'static str, Php)> {
        vec![
            ("id", format!("{}.{}", self.entity_type, self.name).into()),
            ("field_name", self.name.into()),
            ("entity_type", self.entity_type.into()),
            ("type", self.kind.into()),
            ("settings", self.settings()),
            ("module", "core".into()),
            ("locked", false.into()),
            ("cardinality", self.cardinality().into()),
            ("translatable", true.into()),
            ("indexes", map([])),
            ("persist_with_no_fields", false.into()),
            ("custom_storage", false.into()),
        ]
    }

    pub(super) fn definition(&self) -> Php {
        let mut members = vec![("entityTypeId", "field_storage_config".into()), ("langcode", "en".into())];
        members.extend(self.storage());
        members.push(("deleted", false.into()));
        Php::Object("Drupal\\field\\Entity\\FieldStorageConfig", members)
    }

    /// `field.storage.*`, without what all configuration has.
    pub(super) fn storage_configuration(&self) -> Vec<(String, Php)> {
        self.storage().into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// `field.field.*` of a bundle, without what all configuration has.
    pub(super) fn configuration(&self, bundle: &str) -> Vec<(String, Php)> {
        let settings = if self.target.is_empty() {
            map([])
        } else {
            let bundles = self.target_bundles.iter().map(|&name| (name.to_owned(), name.into()));
            let handler = map([("target_bundles", map_of(bundles))]);
            map([("handler", format!("default:{}", self.target).into()), ("handler_settings", handler)])
        };
        [
            ("id", format!("{}.{bundle}.{}", self.entity_type, self.name).into()),
            ("field_name", self.name.into()),
            ("entity_type", self.entity_type.into()),
            ("bundle", bundle.into()),
            ("label", self.name.replace('_', " ").into()),
            ("description", "".into()),
            ("required", false.into()),
            ("translatable", self.translatable.into()),
            ("default_value", list::<Php>([])),
            ("default_value_callback", "".into()),
            ("settings", settings),
            ("field_type", self.kind.into()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }
}

/// A text that is translated when it is shown.
pub(super) fn label(text: &str) -> Php {
    Php::Object(
        "Drupal\\Core\\StringTranslation\\TranslatableMarkup",
        vec![("string", text.into()), ("arguments", map([])), ("options", map([]))],
    )
}
