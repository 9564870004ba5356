//! The catalog as a list, for people (`Display`) and programs (`Serialize`).

use std::fmt;

use docent_sql::schema::ColumnType;
use serde::Serialize;

use crate::model::ValueSource;
use crate::model::{
    Arity, Attribute, Catalog, LeftOut, Link, Relationship, ResourceType, Rows, StoredColumn,
};

/// What is served, type by type, and what is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report<T = TypeReport> {
    /// The role that sees it; nothing for everything that is served.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The types, ordered by name.
    pub types: Vec<T>,
    /// What is left out for everyone, and why; not told of what a role sees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_out: Option<Vec<LeftOut>>,
}

/// One type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TypeReport {
    /// Its name.
    pub name: String,
    /// Path of its collection below the base.
    pub path: String,
    /// The table or view it comes from.
    pub table: String,
    /// Comment of the table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The columns that make the `id`.
    pub key: Vec<String>,
    /// Whether its rows cannot be written at all.
    pub read_only: bool,
    /// Why none can be created, if so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cannot_create: Option<String>,
    /// What the role may do with its resources.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access: Option<AccessReport>,
    /// Its attributes.
    pub attributes: Vec<AttributeReport>,
    /// Its relationships.
    pub relationships: Vec<RelationshipReport>,
}

/// What a role may do with the resources of a type that it sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct AccessReport {
    /// Whether it sees some of them only.
    pub some_rows: bool,
    /// Whether it may create some.
    pub create: bool,
    /// Whether it may change some.
    pub update: bool,
    /// Whether it may delete some.
    pub delete: bool,
}

/// One attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AttributeReport {
    /// Its name.
    pub name: String,
    /// The column it comes from.
    pub column: String,
    /// What its values are: `text`, `integer`, `enum (draft, final)`, `array of text`, …
    #[serde(rename = "type")]
    pub value_type: String,
    /// Whether it may be `null`.
    pub nullable: bool,
    /// Whether it cannot be written.
    pub read_only: bool,
    /// Whether some of the resources that are seen do not show it.
    #[serde(skip_serializing_if = "is_false")]
    pub in_some_rows: bool,
    /// Comment of the column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// One relationship.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RelationshipReport {
    /// Its name.
    pub name: String,
    /// To-one or to-many.
    pub arity: Arity,
    /// The type it leads to.
    pub target: String,
    /// The columns that link both sides, those of other tables with the table's name.
    pub linked_by: String,
    /// Whether it cannot be written.
    pub read_only: bool,
    /// Whether some of the resources that are seen do not show it.
    #[serde(skip_serializing_if = "is_false")]
    pub in_some_rows: bool,
    /// Why no member can be added, if so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cannot_add: Option<String>,
    /// Comment of the foreign key's column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// Lists a catalog.
pub fn report(catalog: &Catalog) -> Report {
    let types = catalog.iter().map(|(_, one)| type_report(catalog, one)).collect();
    Report { role: None, types, left_out: Some(catalog.left_out.clone()) }
}

/// Lists the catalog that a role sees.
pub fn report_of_role(catalog: &Catalog, role: &str) -> Report {
    let types = catalog
        .iter()
        .map(|(_, one)| TypeReport { access: Some(access_report(one)), ..type_report(catalog, one) });
    Report { role: Some(role.to_owned()), types: types.collect(), left_out: None }
}

fn access_report(one: &ResourceType) -> AccessReport {
    AccessReport {
        some_rows: one.hides_rows,
        create: one.can_create(),
        update: one.can_update(),
        delete: one.can_delete(),
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "what serialization asks for")]
fn is_false(flag: &bool) -> bool {
    !flag
}

fn type_report(catalog: &Catalog, one: &ResourceType) -> TypeReport {
    TypeReport {
        name: one.name.clone(),
        path: one.path.clone(),
        table: table_of(one),
        description: one.description.clone(),
        key: one.key.iter().map(|column| column.name.clone()).collect(),
        read_only: one.read_only,
        cannot_create: one.cannot_create.clone(),
        access: None,
        attributes: one.attributes.iter().map(attribute_report).collect(),
        relationships: one.relationships.iter().map(|one| relationship_report(catalog, one)).collect(),
    }
}

fn table_of(one: &ResourceType) -> String {
    let Rows::Table(table) = &one.rows;
    table.name.to_string()
}

fn attribute_report(attribute: &Attribute) -> AttributeReport {
    let ValueSource::Column(column) = &attribute.value;
    AttributeReport {
        name: attribute.name.clone(),
        column: column.name.clone(),
        value_type: words(&column.column_type),
        nullable: column.nullable,
        read_only: attribute.read_only,
        in_some_rows: column.seen_as.is_some(),
        description: attribute.description.clone(),
    }
}

fn relationship_report(catalog: &Catalog, relationship: &Relationship) -> RelationshipReport {
    let target = catalog.get(relationship.target);
    let linked_by = match &relationship.link {
        Link::ForeignKey { near, .. } => names(near),
        Link::Inverse { far, .. } => format!("{}.{}", table_of(target), in_brackets(far)),
        Link::JoinTable { table, join_near, join_far, .. } => {
            format!("{}({} → {})", table.name, names(join_near), names(join_far))
        }
    };
    RelationshipReport {
        name: relationship.name.clone(),
        arity: relationship.arity,
        target: target.name.clone(),
        linked_by,
        read_only: relationship.read_only,
        in_some_rows: in_some_rows(&relationship.link),
        cannot_add: relationship.cannot_add.clone(),
        description: relationship.description.clone(),
    }
}

fn in_some_rows(link: &Link) -> bool {
    let columns: &[&[StoredColumn]] = match link {
        Link::ForeignKey { near, .. } => &[near],
        Link::Inverse { near, far } => &[near, far],
        Link::JoinTable { near, join_near, join_far, .. } => &[near, join_near, join_far],
    };
    columns.iter().copied().flatten().any(|column| column.seen_as.is_some())
}

fn names(columns: &[StoredColumn]) -> String {
    columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ")
}

fn in_brackets(columns: &[StoredColumn]) -> String {
    if columns.len() == 1 { names(columns) } else { format!("({})", names(columns)) }
}

/// The kind of value in words.
fn words(column_type: &ColumnType) -> String {
    let word = match column_type {
        ColumnType::Boolean => "boolean",
        ColumnType::Integer => "integer",
        ColumnType::Float => "float",
        ColumnType::Decimal => "decimal",
        ColumnType::Text => "text",
        ColumnType::Date => "date",
        ColumnType::Time => "time",
        ColumnType::Timestamp => "timestamp",
        ColumnType::TimestampTz => "timestamp with zone",
        ColumnType::Uuid => "uuid",
        ColumnType::Json => "json",
        ColumnType::Binary => "binary",
        ColumnType::Interval => "interval",
        ColumnType::Enum(values) => return format!("enum ({})", values.join(", ")),
        ColumnType::Array(items) => return format!("array of {}", words(items)),
        ColumnType::Any => "anything",
        ColumnType::Other => "other",
    };
    word.to_owned()
}

impl<T: fmt::Display> fmt::Display for Report<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(role) = &self.role {
            writeln!(f, "What {role} may do:\n")?;
        }
        for one in &self.types {
            writeln!(f, "{one}")?;
        }
        match self.left_out.as_deref() {
            None if self.types.is_empty() => writeln!(f, "Nothing."),
            None => Ok(()),
            Some([]) => writeln!(f, "Nothing is left out."),
            Some(left_out) => {
                writeln!(f, "Left out:")?;
                left_out.iter().try_for_each(|LeftOut { what, reason }| writeln!(f, "  {what}: {reason}"))
            }
        }
    }
}

impl fmt::Display for AccessReport {
    /// In the words of the configuration.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.some_rows { "read (some rows)" } else { "read" })?;
        let writing = [(self.create, "create"), (self.update, "update"), (self.delete, "delete")];
        writing.iter().filter(|(may, _)| *may).try_for_each(|(_, action)| write!(f, ", {action}"))
    }
}

impl fmt::Display for TypeReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let view = if self.read_only { ", read-only" } else { "" };
        writeln!(
            f,
            "{}  at {}, table {}, key {}{view}",
            self.name,
            self.path,
            self.table,
            self.key.join(", ")
        )?;
        describe(f, "  ", self.description.as_deref())?;
        if let Some(access) = &self.access {
            writeln!(f, "  allowed: {access}")?;
        }
        if let Some(reason) = &self.cannot_create {
            writeln!(f, "  none can be created: {reason}")?;
        }
        let attributes = self.attributes.iter().map(|one| one.name.chars().count());
        let relationships = self.relationships.iter().map(|one| one.name.chars().count());
        let width = attributes.chain(relationships).max().unwrap_or_default();
        for one in &self.attributes {
            let null = if one.nullable { " or null" } else { "" };
            let limits = self.limits(one.read_only, one.in_some_rows);
            writeln!(f, "  {:width$}  {}{null}{limits}", one.name, one.value_type)?;
            describe(f, "      ", one.description.as_deref())?;
        }
        for one in &self.relationships {
            let arity = match one.arity {
                Arity::ToOne => "to-one",
                Arity::ToMany => "to-many",
            };
            let limits = self.limits(one.read_only, one.in_some_rows);
            writeln!(f, "  {:width$}  {arity} {}, by {}{limits}", one.name, one.target, one.linked_by)?;
            if let Some(reason) = &one.cannot_add {
                writeln!(f, "      none can be added: {reason}")?;
            }
            describe(f, "      ", one.description.as_deref())?;
        }
        Ok(())
    }
}

impl TypeReport {
    /// What is said of a field, unless it goes for all of them.
    fn limits(&self, read_only: bool, in_some_rows: bool) -> String {
        let is_written = !self.read_only && self.access.is_none_or(|access| access.create || access.update);
        let read_only = if read_only && is_written { ", read-only" } else { "" };
        let in_some_rows = if in_some_rows { ", in some rows" } else { "" };
        format!("{read_only}{in_some_rows}")
    }
}

/// A comment of the database, each of its lines indented; control characters could confuse a terminal.
fn describe(f: &mut fmt::Formatter<'_>, indent: &str, description: Option<&str>) -> fmt::Result {
    for line in description.unwrap_or_default().lines() {
        let line: String = line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        writeln!(f, "{indent}{}", line.trim())?;
    }
    Ok(())
}
