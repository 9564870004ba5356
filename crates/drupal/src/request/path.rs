//! Paths of filters and sorts: from public names to fields, with Drupal's words for those that lead nowhere.

use crate::access::{AccessResult, filter_detail};
use crate::error::Refusal;
use crate::site::{EntityTypeIndex, Field, FieldIndex, FieldKind, ResourceType, ResourceTypeIndex, Site};

/// How many names a path may have.
const PARTS_MAX: usize = 24;

/// Access of whoever asks to a field of a type, by Drupal's name of it, of no resource in particular.
pub type FieldAccess<'a> = dyn Fn(ResourceTypeIndex, &str) -> AccessResult + 'a;

/// A path to a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldPath {
    /// As the client gave it.
    pub given: String,
    /// The fields on the way; all but the last are references that are followed.
    pub steps: Vec<Step>,
    /// Properties of the last field.
    pub properties: Vec<String>,
    /// The configuration that the last field refers to, if the path leads into that: no statement can follow.
    pub config: Option<EntityTypeIndex>,
}

/// A field on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// A type that has the field; the others of its entity type keep it in the same place.
    pub resource_type: ResourceTypeIndex,
    /// The field.
    pub field: FieldIndex,
    /// Which of its items; any if not said.
    pub delta: Option<u32>,
}

/// Resolves a path from content of a type. `operator` is that of the filter it stands in.
pub fn resolve(
    site: &Site,
    resource_type: ResourceTypeIndex,
    given: &str,
    operator: Option<&str>,
    access: &FieldAccess<'_>,
) -> Result<FieldPath, Refusal> {
    let mut parts = split(given)?;
    let mut types = vec![resource_type];
    let mut path =
        FieldPath { given: given.to_owned(), steps: Vec::new(), properties: Vec::new(), config: None };
    let mut trail: Vec<String> = Vec::new();
    while let Some((part, rest)) = parts.split_first().map(|(part, rest)| (part.clone(), rest.to_vec())) {
        parts = rest;
        let name = internal_name(site, &types, &part).ok_or_else(|| no_such_field(&part, given))?;
        if let Some(config) = types.first().map(|first| site[*first].entity_type)
            && site[config].tables.is_none()
        {
            path.config = Some(config);
            return Ok(path);
        }
        let candidates = candidates(site, &types, &name);
        let Some((resource_type, field)) = candidates.first().copied() else {
            return Err(no_such_field(&part, given));
        };
        trail.push(name);
        check_access(site, &candidates, &trail, access)?;
        let fields: Vec<&Field> = candidates.iter().map(|(of, field)| &site[*of][*field]).collect();
        let properties = Properties::of(&fields);
        let mut step = Step { resource_type, field, delta: None };
        if parts.is_empty() {
            properties.check_complete(&part, given, operator)?;
            path.steps.push(step);
            return Ok(path);
        }
        if let Some(delta) = delta(&parts[0]) {
            step.delta = Some(delta);
            trail.push(parts.remove(0));
        }
        path.steps.push(step);
        if parts.is_empty() {
            return Ok(path);
        }
        if properties.is_reference && parts[0] != "id" {
            if parts[0] == "meta" {
                parts.remove(0);
            } else {
                properties.check_meta(&parts[0], given)?;
            }
        }
        let next = parts.first().cloned().unwrap_or_default();
        if !properties.is_reference || properties.names.contains(&next) && next != "id" {
            properties.check_property(&next, given)?;
            path.properties = parts.iter().map(|part| part.replace("drupal_internal__", "")).collect();
            return Ok(path);
        }
        if is_entity(&next) {
            let named = next.split_once(':').map(|(_, entity_type)| entity_type);
            if named.is_some_and(|named| !leads_to(site, &fields, named)) {
                return Err(no_such_field(&next, given));
            }
            trail.push(parts.remove(0));
        } else {
            trail.push(guessed(site, &fields));
        }
        types = targets(&fields);
    }
    Err(Refusal::bad_request(format!(
        "Invalid nested filtering. The path `{given}` ends where the name of a field is missing."
    )))
}

/// Resolves a path into configuration of a type: its keys, with dots between them.
pub fn resolve_config(site: &Site, resource_type: ResourceTypeIndex, given: &str) -> Result<String, Refusal> {
    let parts = split(given)?;
    let first =
        internal_name(site, &[resource_type], &parts[0]).ok_or_else(|| no_such_field(&parts[0], given))?;
    let rest = parts[1..].iter().map(|part| part.replace("drupal_internal__", ""));
    Ok(std::iter::once(first).chain(rest).collect::<Vec<_>>().join("."))
}

fn split(given: &str) -> Result<Vec<String>, Refusal> {
    if matches!(given, "" | "0") {
        return Err(Refusal::bad_request("No field name was provided for the filter."));
    }
    let parts: Vec<String> = given.split('.').map(str::to_owned).collect();
    if parts.len() > PARTS_MAX {
        return Err(Refusal::bad_request(format!("A path can have no more than {PARTS_MAX} names.")));
    }
    Ok(parts)
}

fn no_such_field(part: &str, given: &str) -> Refusal {
    Refusal::bad_request(format!(
        "Invalid nested filtering. The field `{part}`, given in the path `{given}`, does not exist."
    ))
}

/// Drupal's name of what a client calls a field of any of these types.
fn internal_name(site: &Site, types: &[ResourceTypeIndex], part: &str) -> Option<String> {
    types.iter().find_map(|index| {
        let resource_type = &site[*index];
        let entity_type = &site[resource_type.entity_type];
        if part == "id" {
            return Some(entity_type.keys.uuid.clone());
        }
        if entity_type.tables.is_none() {
            let exported = entity_type.config_export.iter().map(String::as_str);
            let mut names = exported.chain([entity_type.keys.id.as_str(), "id", "type"]);
            let name = names.find(|name| entity_type.public_name(name).as_deref() == Some(part));
            let name = name.unwrap_or(part);
            let is_known = match entity_type.config_export.as_slice() {
                [] => !matches!(name, "_core" | "uuid"),
                known => known.iter().any(|known| known == name),
            };
            return (is_known && !matches!(name, "_core" | "uuid")).then(|| name.to_owned());
        }
        enabled_field(resource_type, part).map(|field| resource_type[field].name.clone())
    })
}

fn enabled_field(resource_type: &ResourceType, part: &str) -> Option<FieldIndex> {
    let is_enabled = |index: &FieldIndex| {
        let field = &resource_type[*index];
        !field.public_name.is_empty() || field.kind == FieldKind::Password
    };
    resource_type.field(part).or_else(|| resource_type.internal_field(part).filter(is_enabled))
}

type Candidate = (ResourceTypeIndex, FieldIndex);

fn candidates(site: &Site, types: &[ResourceTypeIndex], name: &str) -> Vec<Candidate> {
    let of_type = |index: &ResourceTypeIndex| Some((*index, site[*index].internal_field(name)?));
    types.iter().filter_map(of_type).collect()
}

fn check_access(
    site: &Site,
    candidates: &[Candidate],
    trail: &[String],
    access: &FieldAccess<'_>,
) -> Result<(), Refusal> {
    for (index, field) in candidates {
        let (resource_type, field) = (&site[*index], &site[*index][*field]);
        let entity_type = &site[resource_type.entity_type];
        let access = match field.kind {
            FieldKind::Password => AccessResult::FORBIDDEN,
            _ if field.name == entity_type.keys.uuid => AccessResult::Allowed,
            _ => access(*index, &field.name),
        };
        if !access.is_allowed() {
            let detail = filter_detail(&field.name, &trail.join("."), access.reason());
            return Err(Refusal::new(403, detail));
        }
    }
    Ok(())
}

fn delta(part: &str) -> Option<u32> {
    let is_number = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| part.parse().unwrap_or(u32::MAX))
}

/// Whether a part is the property that is followed, `entity` or `entity:user`.
fn is_entity(part: &str) -> bool {
    part.split(':').next() == Some("entity")
}

fn target_ids<'s>(site: &'s Site, fields: &[&'s Field]) -> impl Iterator<Item = &'s str> {
    let targets = fields.iter().filter_map(|field| field.target.as_ref()?.entity_type);
    targets.map(|index| site[index].id.as_str())
}

fn leads_to(site: &Site, fields: &[&Field], entity_type: &str) -> bool {
    target_ids(site, fields).any(|id| id == entity_type)
}

fn guessed(site: &Site, fields: &[&Field]) -> String {
    format!("entity:{}", target_ids(site, fields).next().unwrap_or_default())
}

fn targets(fields: &[&Field]) -> Vec<ResourceTypeIndex> {
    let mut types: Vec<ResourceTypeIndex> = Vec::new();
    for target in fields.iter().filter_map(|field| field.target.as_ref()).flat_map(|target| &target.types) {
        if !types.contains(target) {
            types.push(*target);
        }
    }
    types
}

/// The properties of a field that a client may name.
struct Properties {
    names: Vec<String>,
    is_reference: bool,
}

impl Properties {
    fn of(fields: &[&Field]) -> Self {
        let mut names: Vec<String> = Vec::new();
        for name in fields.iter().flat_map(|field| of_field(field)) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        Self { names, is_reference: fields.iter().any(|field| field.is_relationship()) }
    }

    fn check_complete(&self, part: &str, given: &str, operator: Option<&str>) -> Result<(), Refusal> {
        let asks_for_any = self.is_reference && matches!(operator, Some("IS NULL" | "IS NOT NULL"));
        if !self.is_reference && self.names.len() < 2 || asks_for_any {
            return Ok(());
        }
        let in_meta = |name: &String| {
            if self.is_reference && name != "id" { format!("meta.{name}") } else { name.clone() }
        };
        let possible: Vec<String> = self.names.iter().map(in_meta).collect();
        Err(Refusal::bad_request(format!(
            "Invalid nested filtering. The field `{part}`, given in the path `{given}` is incomplete, it must \
             end with one of the following specifiers: `{}`.",
            possible.join("`, `")
        )))
    }

    fn check_meta(&self, part: &str, given: &str) -> Result<(), Refusal> {
        if !self.names.iter().any(|name| name == part) {
            return Ok(());
        }
        Err(Refusal::bad_request(format!(
            "Invalid nested filtering. The property `{part}`, given in the path `{given}` belongs to the meta \
             object of a relationship and must be preceded by `meta`."
        )))
    }

    fn check_property(&self, part: &str, given: &str) -> Result<(), Refusal> {
        let does_not_exist = format!(
            "Invalid nested filtering. The property `{part}`, given in the path `{given}`, does not exist."
        );
        if self.names.len() == 1 && !self.is_reference {
            let shorter = given.get(..given.len().saturating_sub(part.len() + 1)).unwrap_or(given);
            return Err(Refusal::bad_request(format!(
                "{does_not_exist} Filter by `{shorter}`, not `{given}` (the JSON:API module elides property \
                 names from single-property fields)."
            )));
        }
        if self.names.iter().any(|name| name == part) {
            return Ok(());
        }
        let names = self.names.join("`, `");
        Err(Refusal::bad_request(format!(
            "{does_not_exist} Must be one of the following property names: `{names}`."
        )))
    }
}

fn of_field(field: &Field) -> Vec<String> {
    let known: &[&str] = match field.kind {
        FieldKind::FormattedText { summary: true } => &["value", "format", "processed", "summary"],
        FieldKind::FormattedText { summary: false } => &["value", "format", "processed"],
        FieldKind::Comment => &[
            "status",
            "cid",
            "last_comment_timestamp",
            "last_comment_name",
            "last_comment_uid",
            "comment_count",
        ],
        FieldKind::FileUri => &["value", "url"],
        FieldKind::Path => &["alias", "pid", "langcode"],
        FieldKind::ModerationState | FieldKind::DisplayName => &["value"],
        _ => &[],
    };
    if !known.is_empty() {
        return known.iter().map(|name| (*name).to_owned()).collect();
    }
    let properties = field.columns().iter().map(|column| &column.property);
    if !field.is_relationship() {
        return properties.cloned().collect();
    }
    let of_target = ["id", "drupal_internal__target_id"].map(str::to_owned);
    of_target.into_iter().chain(properties.filter(|name| *name != "target_id").cloned()).collect()
}
