//! Resource linkage: what a relationship's items name, with what is said of each link.

use hashbrown::HashMap;

use docent_sql::Cell;

use super::json;
use super::value::{number, scalar, text, truth};
use crate::load::{Batch, Entity, Identities, Item, TargetId};
use crate::site::{Field, FieldIndex, FieldKind, ReferenceTarget, ResourceTypeIndex, Site};

/// An item of a relationship, and where it leads.
pub(super) struct Linked<'a> {
    pub(super) item: Item<'a>,
    pub(super) to: To,
}

/// Where an item leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum To {
    /// To an entity.
    Entity(ResourceTypeIndex, String),
    /// To an entity that is gone.
    Missing,
    /// To the root of a tree, which is no entity.
    Virtual,
}

/// Where the items of a relationship lead, those left out that name nothing.
pub(super) fn linked<'a>(
    site: &Site,
    identities: &Identities,
    batch: &'a Batch,
    entity: &Entity,
    field: FieldIndex,
) -> Vec<Linked<'a>> {
    let definition = &site[entity.resource_type][field];
    let Some(target) = &definition.target else { return Vec::new() };
    let items = batch.items(entity, field);
    items
        .filter_map(|item| {
            let to = destination(site, identities, definition, target, item.main())?;
            Some(Linked { item, to })
        })
        .collect()
}

fn destination(
    site: &Site,
    identities: &Identities,
    field: &Field,
    target: &ReferenceTarget,
    cell: Cell<'_>,
) -> Option<To> {
    let Some(entity_type) = target.entity_type else {
        return (cell != Cell::Null).then_some(To::Missing);
    };
    let is_content = site[entity_type].tables.is_some();
    Some(match TargetId::of(cell, is_content)? {
        TargetId::Number(0) if field.name == "parent" && site[entity_type].id == "taxonomy_term" => {
            To::Virtual
        }
        TargetId::Number(id) => match identities.of(entity_type, id) {
            Some(found) => To::Entity(found.resource_type, found.uuid.clone()),
            None => To::Missing,
        },
        TargetId::Name(name) => match site.config_entity(entity_type, name) {
            Some((resource_type, uuid)) => To::Entity(resource_type, uuid.to_owned()),
            None => To::Missing,
        },
    })
}

/// Writes the linkage of a relationship.
pub(super) fn write(out: &mut Vec<u8>, site: &Site, field: &Field, linked: &[Linked<'_>]) {
    let arities = arities(linked);
    let write = |out: &mut Vec<u8>, (place, linked): (usize, &Linked<'_>)| {
        identifier(out, site, field, linked, arities.get(&place).copied());
    };
    if !field.single {
        json::list(out, linked.iter().enumerate(), write);
    } else if let Some(first) = linked.first() {
        write(out, (0, first));
    } else {
        json::null(out);
    }
}

/// For each item that leads where another does: the how manieth it is.
fn arities(linked: &[Linked<'_>]) -> HashMap<usize, usize> {
    if linked.len() < 2 {
        return HashMap::new();
    }
    let mut places: HashMap<(&ResourceTypeIndex, &str), Vec<usize>> = HashMap::new();
    for (place, linked) in linked.iter().enumerate() {
        if let To::Entity(resource_type, uuid) = &linked.to {
            places.entry((resource_type, uuid)).or_default().push(place);
        }
    }
    let repeated = places.into_values().filter(|places| places.len() > 1);
    repeated.flat_map(|places| places.into_iter().enumerate().map(|(arity, place)| (place, arity))).collect()
}

fn identifier(out: &mut Vec<u8>, site: &Site, field: &Field, linked: &Linked<'_>, arity: Option<usize>) {
    out.extend_from_slice(b"{\"type\":");
    match &linked.to {
        To::Entity(resource_type, uuid) => {
            json::text(out, &site[*resource_type].name);
            out.extend_from_slice(b",\"id\":");
            json::text(out, uuid);
            out.extend_from_slice(b",\"meta\":{");
            meta(out, field, linked.item, arity);
            out.extend_from_slice(b"}}");
        }
        To::Missing | To::Virtual => {
            let types = field.target.as_ref().map(|target| target.types.as_slice()).unwrap_or_default();
            let name = if let [only] = types { site[*only].name.as_str() } else { "unknown" };
            json::text(out, name);
            let (id, help) = if linked.to == To::Virtual {
                ("virtual", "https://www.drupal.org/docs/8/modules/json-api/core-concepts#virtual")
            } else {
                ("missing", "https://www.drupal.org/docs/8/modules/json-api/core-concepts#missing")
            };
            out.extend_from_slice(b",\"id\":");
            json::text(out, id);
            out.extend_from_slice(b",\"meta\":{\"links\":{\"help\":{\"href\":");
            json::text(out, help);
            out.extend_from_slice(b",\"meta\":{\"about\":");
            json::text(out, &format!("Usage and meaning of the '{id}' resource identifier."));
            out.extend_from_slice(b"}}}}}");
        }
    }
}

/// What is said of a link: the other properties of its item, and the target's own number or name.
fn meta(out: &mut Vec<u8>, field: &Field, item: Item<'_>, arity: Option<usize>) {
    if let Some(arity) = arity {
        out.extend_from_slice(b"\"arity\":");
        json::integer(out, i64::try_from(arity).unwrap_or(i64::MAX));
        out.push(b',');
    }
    for (column, cell) in item.columns().skip(1) {
        json::name(out, &column.property);
        match (field.kind, column.property.as_str()) {
            (_, _) if cell == Cell::Null => json::null(out),
            (FieldKind::File, "display") => json::boolean(out, truth(cell)),
            (FieldKind::Image, "width" | "height") => number(out, cell),
            _ => scalar(out, cell),
        }
        out.push(b',');
    }
    out.extend_from_slice(b"\"drupal_internal__target_id\":");
    match text(item.main()) {
        Some(name) => json::text(out, name),
        None => number(out, item.main()),
    }
}
