//! Where in the tables a path leads.

use super::path::{FieldPath, Step};
use crate::error::Refusal;
use crate::site::{
    EntityTypeIndex, Field, FieldKind, FieldStorage, ReferenceTarget, ResourceTypeIndex, Site,
};

/// The column for the entity in a table that is a field's own.
const ENTITY: &str = "entity_id";

/// A column, and the tables on the way to it. Each is found by the id of the entity that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The references that are followed.
    pub hops: Vec<Hop>,
    /// The table that has the column.
    pub table: Part,
    /// The column.
    pub column: String,
    /// What its values are.
    pub kind: ValueKind,
    /// Whether it is the second item, or a later one, of a field that has one at most.
    pub is_never: bool,
}

/// A reference that is followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// Where it is kept.
    pub table: Part,
    /// The column that holds the id of what is referred to.
    pub column: String,
}

/// A table with rows of an entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// The column that holds the entity's id.
    pub id: String,
    /// The column that holds the language of a row, if there may be several languages.
    pub langcode: Option<String>,
    /// Which item of a field; any if not said.
    pub delta: Option<u32>,
}

/// What the values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    /// Numbers.
    Number,
    /// Texts.
    Text,
    /// Texts of which Drupal says that case does not count.
    CaselessText,
    /// Texts in a column that may know no letters beyond ASCII.
    Ascii,
}

impl Part {
    /// Whether it has rows of one field alone.
    pub fn is_of_field(&self) -> bool {
        self.id == ENTITY
    }
}

impl Place {
    /// Where a path leads.
    pub fn of(site: &Site, path: &FieldPath) -> Result<Self, Refusal> {
        if let Some(config) = path.config {
            let label = &site[config].label;
            return Err(Refusal::bad_request(format!(
                "Filtering on config entities is not supported by Drupal's entity API. You tried to filter on \
                 a {label} config entity."
            )));
        }
        let nowhere = || nowhere(&path.given);
        let (last, before) = path.steps.split_last().ok_or_else(nowhere)?;
        let hops =
            before.iter().map(|step| Hop::of(site, step).ok_or_else(nowhere)).collect::<Result<_, _>>()?;
        let field = &site[last.resource_type][last.field];
        let property = match path.properties.as_slice() {
            [] => None,
            [property] => Some(property.as_str()),
            _ => return Err(nowhere()),
        };
        let (table, column, kind) = locate(site, last, property).ok_or_else(|| {
            let name = property.unwrap_or(&field.public_name);
            Refusal::bad_request(format!(
                "Invalid nested filtering. `{name}`, given in the path `{}`, is not kept in the database in a \
                 way that can be filtered or sorted by.",
                path.given
            ))
        })?;
        let is_beyond = |step: &Step| {
            let is_shared =
                matches!(site[step.resource_type][step.field].storage, FieldStorage::Shared { .. });
            is_shared && step.delta.is_some_and(|delta| delta > 0)
        };
        let is_never = path.steps.iter().any(is_beyond);
        Ok(Self { hops, table, column, kind, is_never })
    }

    /// The place of one of an entity type's own fields, behind references.
    pub fn of_own_field(site: &Site, entity_type: EntityTypeIndex, hops: &[Hop], name: &str) -> Option<Self> {
        let (resource_type, field) =
            site.resource_types.iter().enumerate().find_map(|(place, resource_type)| {
                let index = ResourceTypeIndex(u16::try_from(place).ok()?);
                let field = (resource_type.entity_type == entity_type)
                    .then(|| resource_type.internal_field(name))??;
                Some((index, field))
            })?;
        let (table, column, kind) = locate(site, &Step { resource_type, field, delta: None }, None)?;
        Some(Self { hops: hops.to_vec(), table, column, kind, is_never: false })
    }
}

impl Hop {
    /// A reference that is followed.
    pub fn of(site: &Site, step: &Step) -> Option<Self> {
        let (table, column, _) = locate(site, step, None)?;
        Some(Self { table, column })
    }
}

fn nowhere(given: &str) -> Refusal {
    Refusal::bad_request(format!("Invalid nested filtering. The path `{given}` leads nowhere."))
}

/// The table and the column of a property, or of a field's main one.
fn locate(site: &Site, step: &Step, property: Option<&str>) -> Option<(Part, String, ValueKind)> {
    let resource_type = &site[step.resource_type];
    let entity_type = &site[resource_type.entity_type];
    let tables = entity_type.tables.as_ref().filter(|_| entity_type.is_kept())?;
    let field = &resource_type[step.field];
    let main = if field.is_relationship() { "target_id" } else { "value" };
    let columns = field.columns();
    let column = match property {
        Some(property) => columns.iter().find(|column| column.property == property)?,
        None => columns.iter().find(|column| column.property == main).or(columns.first())?,
    };
    let part = match &field.storage {
        FieldStorage::Shared { in_base, in_data, in_revision, .. } => {
            let data = tables.data.as_ref().filter(|_| *in_data);
            let is_in_base = *in_base || (*in_data && tables.data.is_none());
            // Who made a revision, and when, is asked of all revisions.
            let revisions = tables.revision.as_ref().filter(|_| *in_revision);
            let name = data.or(is_in_base.then_some(&tables.base)).or(revisions)?;
            let langcode = data.map(|_| entity_type.keys.langcode.clone()).filter(|name| !name.is_empty());
            Part { name: name.clone(), id: entity_type.keys.id.clone(), langcode, delta: None }
        }
        FieldStorage::Dedicated { table, .. } => Part {
            name: table.clone(),
            id: ENTITY.to_owned(),
            langcode: Some("langcode".to_owned()),
            delta: step.delta,
        },
        FieldStorage::Computed => return None,
    };
    Some((part, column.name.clone(), kind_of(site, field, &column.property)))
}

fn kind_of(site: &Site, field: &Field, property: &str) -> ValueKind {
    match field.kind {
        FieldKind::Boolean
        | FieldKind::Integer
        | FieldKind::Decimal
        | FieldKind::Float
        | FieldKind::Timestamp
        | FieldKind::Comment => ValueKind::Number,
        FieldKind::Reference | FieldKind::Image | FieldKind::File | FieldKind::Other
            if property == "target_id" =>
        {
            match field.target.as_ref() {
                Some(target) if has_numbers(site, target) => ValueKind::Number,
                Some(_) => ValueKind::Ascii,
                None => ValueKind::Text,
            }
        }
        FieldKind::Image if matches!(property, "width" | "height") => ValueKind::Number,
        FieldKind::File if property == "display" => ValueKind::Number,
        FieldKind::FormattedText { .. } if property == "format" => ValueKind::Ascii,
        FieldKind::Text | FieldKind::FileUri => match field.type_name.as_str() {
            "uuid" | "language" => ValueKind::Ascii,
            "string" | "string_long" | "uri" | "file_uri" => ValueKind::CaselessText,
            _ => ValueKind::Text,
        },
        _ => ValueKind::Text,
    }
}

/// Whether what is referred to is content whose ids are numbers.
fn has_numbers(site: &Site, target: &ReferenceTarget) -> bool {
    let Some(entity_type) = target.entity_type.filter(|index| site[*index].tables.is_some()) else {
        return false;
    };
    let id = &site[entity_type].keys.id;
    let of_type = |resource_type: &&crate::site::ResourceType| resource_type.entity_type == entity_type;
    let field =
        site.resource_types.iter().find(of_type).and_then(|resource_type| {
            resource_type.internal_field(id).map(|field| resource_type[field].kind)
        });
    field.is_none_or(|kind| kind == FieldKind::Integer)
}
