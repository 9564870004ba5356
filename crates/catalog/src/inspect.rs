//! The catalog as a list, for people (`Display`) and programs (`Serialize`).

use std::fmt;

use docent_sql::schema::ColumnType;
use serde::Serialize;

use crate::model::ValueSource;
use crate::model::{
    Arity, Attribute, Catalog, LeftOut, Link, Relationship, ResourceType, Rows, StoredColumn,
};

/// What is served and what is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The types, ordered by name.
    pub types: Vec<TypeReport>,
    /// What is left out, and why.
    pub left_out: Vec<LeftOut>,
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
    /// Its attributes.
    pub attributes: Vec<AttributeReport>,
    /// Its relationships.
    pub relationships: Vec<RelationshipReport>,
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
    Report { types, left_out: catalog.left_out.clone() }
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
        cannot_add: relationship.cannot_add.clone(),
        description: relationship.description.clone(),
    }
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

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for one in &self.types {
            writeln!(f, "{one}")?;
        }
        if self.left_out.is_empty() {
            return writeln!(f, "Nothing is left out.");
        }
        writeln!(f, "Left out:")?;
        self.left_out.iter().try_for_each(|LeftOut { what, reason }| writeln!(f, "  {what}: {reason}"))
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
        if let Some(reason) = &self.cannot_create {
            writeln!(f, "  none can be created: {reason}")?;
        }
        let attributes = self.attributes.iter().map(|one| one.name.chars().count());
        let relationships = self.relationships.iter().map(|one| one.name.chars().count());
        let width = attributes.chain(relationships).max().unwrap_or_default();
        for one in &self.attributes {
            let null = if one.nullable { " or null" } else { "" };
            let read_only = if one.read_only && !self.read_only { ", read-only" } else { "" };
            writeln!(f, "  {:width$}  {}{null}{read_only}", one.name, one.value_type)?;
            describe(f, "      ", one.description.as_deref())?;
        }
        for one in &self.relationships {
            let arity = match one.arity {
                Arity::ToOne => "to-one",
                Arity::ToMany => "to-many",
            };
            writeln!(f, "  {:width$}  {arity} {}, by {}", one.name, one.target, one.linked_by)?;
            if let Some(reason) = &one.cannot_add {
                writeln!(f, "      none can be added: {reason}")?;
            }
            describe(f, "      ", one.description.as_deref())?;
        }
        Ok(())
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
