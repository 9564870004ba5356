//! Paths below the base path: which resource of the API a request is about.

use docent_catalog::model::{Arity, Catalog, Field, TypeId};
use docent_jsonapi::error::{ErrorObject, suggest};
use docent_jsonapi::link;
use smallvec::SmallVec;

use crate::error;

/// Parts of a path; few have more than that many.
type Parts<T> = SmallVec<[T; 5]>;

/// What a path names.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// `{base}`
    EntryPoint,
    /// `{base}/openapi.json`
    OpenApi,
    /// `{base}/schemas/{type}`
    Schema(TypeId),
    /// `{base}/operations`
    Operations,
    /// `{base}/{type}` and everything below.
    Resources(Target),
}

/// The resources a request is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// `{type}`
    Collection(TypeId),
    /// `{type}/{id}`
    Individual(TypeId, String),
    /// `{type}/{id}/{relationship}`
    Related(TypeId, String, usize),
    /// `{type}/{id}/relationships/{relationship}`
    Relationship(TypeId, String, usize),
}

impl Target {
    /// The type that the path begins with.
    pub(crate) fn owner(&self) -> TypeId {
        let (Target::Collection(owner)
        | Target::Individual(owner, _)
        | Target::Related(owner, ..)
        | Target::Relationship(owner, ..)) = self;
        *owner
    }

    /// Whether the primary data is one resource or none, rather than a list.
    pub(crate) fn is_single(&self, catalog: &Catalog) -> bool {
        match self {
            Target::Collection(_) => false,
            Target::Individual(..) => true,
            Target::Related(parent, _, relationship) | Target::Relationship(parent, _, relationship) => {
                catalog.get(*parent).relationships[*relationship].arity == Arity::ToOne
            }
        }
    }
}

/// Reads a path as received, percent-encoded, without query.
pub(crate) fn route<'a>(catalog: &Catalog, path: &'a str) -> Result<Route, ErrorObject> {
    let below = path.strip_prefix('/').unwrap_or(path);
    if below.is_empty() {
        return Ok(Route::EntryPoint);
    }
    let decode = |segment: &'a str| link::decode_segment(segment).filter(|text| !text.is_empty());
    let segments: Option<Parts<_>> = below.split('/').map(decode).collect();
    let Some(segments) = segments else { return Err(not_found(catalog, path)) };
    let segments: Parts<&str> = segments.iter().map(AsRef::as_ref).collect();
    match segments.as_slice() {
        ["openapi.json"] => return Ok(Route::OpenApi),
        // A type of that name keeps its URL.
        ["operations"] if catalog.by_path("/operations").is_none() => return Ok(Route::Operations),
        ["schemas", name] => {
            return catalog.by_name(name).map(Route::Schema).ok_or_else(|| not_found(catalog, path));
        }
        _ => {}
    }
    let (id, rest) = find_type(catalog, &segments).ok_or_else(|| not_found(catalog, segments[0]))?;
    target(catalog, id, rest).map(Route::Resources)
}

/// The type that a path begins with, whatever follows.
pub(crate) fn type_named(catalog: &Catalog, path: &str) -> Option<TypeId> {
    let decode = |segment| link::decode_segment(segment).filter(|text| !text.is_empty());
    let segments = path.trim_matches('/').split('/').map(decode).collect::<Option<Parts<_>>>()?;
    let segments: Parts<&str> = segments.iter().map(AsRef::as_ref).collect();
    match segments.as_slice() {
        ["schemas", name] => catalog.by_name(name),
        segments => find_type(catalog, segments).map(|(id, _)| id),
    }
}

/// A type outside of the default schema has a path of two segments.
fn find_type<'a, 'b>(catalog: &Catalog, segments: &'a [&'b str]) -> Option<(TypeId, &'a [&'b str])> {
    let (first, rest) = segments.split_first()?;
    let mut path = String::with_capacity(64);
    path.extend(["/", first]);
    let length = path.len();
    if let [second, rest @ ..] = rest {
        path.extend(["/", second]);
        if let Some(id) = catalog.by_path(&path) {
            return Some((id, rest));
        }
    }
    catalog.by_path(&path[..length]).map(|id| (id, rest))
}

fn target(catalog: &Catalog, id: TypeId, rest: &[&str]) -> Result<Target, ErrorObject> {
    let resource = |text: &str| if text == "\0" { String::new() } else { text.to_owned() };
    match rest {
        [] => Ok(Target::Collection(id)),
        [one] => Ok(Target::Individual(id, resource(one))),
        [one, name] => Ok(Target::Related(id, resource(one), relationship(catalog, id, name)?)),
        [one, "relationships", name] => {
            Ok(Target::Relationship(id, resource(one), relationship(catalog, id, name)?))
        }
        _ => Err(ErrorObject::new(&error::NOT_FOUND, "Nothing has a path this long.".to_owned())),
    }
}

/// The position of a relationship.
pub(crate) fn relationship(catalog: &Catalog, id: TypeId, name: &str) -> Result<usize, ErrorObject> {
    let owner = catalog.get(id);
    if let Some(Field::Relationship(index)) = owner.field(name) {
        return Ok(index);
    }
    let known = owner.relationships.iter().map(|relationship| relationship.name.as_str());
    let detail = format!("{} has no relationship \"{name}\".{}", owner.name, did_you_mean(name, known));
    Err(ErrorObject::new(&error::RELATIONSHIP_NOT_FOUND, detail))
}

/// No type has this name.
pub(crate) fn unknown_type(catalog: &Catalog, name: &str) -> ErrorObject {
    not_found(catalog, name)
}

fn not_found(catalog: &Catalog, name: &str) -> ErrorObject {
    let known = catalog.types.iter().map(|served| served.name.as_str());
    let detail = format!("There is no resource type \"{name}\".{}", did_you_mean(name, known));
    ErrorObject::new(&error::NOT_FOUND, detail)
}

/// ` Did you mean "title"?`, or nothing.
pub(crate) fn did_you_mean<'a>(given: &str, known: impl Iterator<Item = &'a str>) -> String {
    suggest(given, known).map(|name| format!(" Did you mean \"{name}\"?")).unwrap_or_default()
}
