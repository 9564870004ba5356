//! What a path leads to, and what may be done there.

use percent_encoding::percent_decode_str;

use crate::error::Refusal;
use crate::site::{Field, FieldIndex, ResourceTypeIndex, Site};

/// Where everything begins.
const BASE: &str = "jsonapi";

/// What a path leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route<'s> {
    /// The language in which content is served.
    pub langcode: &'s str,
    /// The prefix that links carry: the language's, whether or not the request has it. Empty if it has none.
    pub prefix: &'s str,
    /// What is there.
    pub kind: Kind,
}

/// What is at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Links to all collections.
    Entry,
    /// All resources of a type.
    Collection(ResourceTypeIndex),
    /// A resource.
    Individual {
        /// Its type, as far as the path tells; it may be of another bundle.
        resource_type: ResourceTypeIndex,
        /// Its id, which may be anything.
        id: String,
    },
    /// The resources that a relationship leads to.
    Related {
        /// The type of the resource that has it.
        resource_type: ResourceTypeIndex,
        /// That resource's id.
        id: String,
        /// The relationship.
        field: FieldIndex,
    },
    /// A relationship.
    Relationship {
        /// The type of the resource that has it.
        resource_type: ResourceTypeIndex,
        /// That resource's id.
        id: String,
        /// The relationship.
        field: FieldIndex,
    },
    /// Where files are sent for a resource that is there; nothing can be read.
    Upload {
        /// The resource's type.
        resource_type: ResourceTypeIndex,
    },
    /// The path has two slashes at its beginning, which Drupal leads away from.
    Redirect(String),
    /// Nothing: an ordinary page says so, not a document.
    NotFound,
}

impl<'s> Route<'s> {
    /// Finds out what a path leads to, still encoded as in the request line and without its query string.
    pub fn of(site: &'s Site, path: &str) -> Self {
        let decoded = percent_decode_str(path).decode_utf8_lossy();
        let trimmed = decoded.strip_prefix('/').unwrap_or(&decoded);
        let mut segments: Vec<&str> = trimmed.strip_suffix('/').unwrap_or(trimmed).split('/').collect();
        let (langcode, prefix, is_prefixed) = language(site, segments.first().copied().unwrap_or_default());
        if is_prefixed {
            segments.remove(0);
        }
        let kind = if path.starts_with("//") {
            Kind::Redirect(format!("/{}", path.trim_start_matches('/')))
        } else {
            kind(site, &segments)
        };
        Self { langcode, prefix, kind }
    }
}

/// The language of a path, its prefix, and whether the path begins with that.
fn language<'s>(site: &'s Site, first: &str) -> (&'s str, &'s str, bool) {
    let languages = &site.languages;
    if languages.by_prefix {
        let prefixed = languages.all.iter().find(|language| !first.is_empty() && language.prefix == first);
        if let Some(language) = prefixed {
            return (&language.code, &language.prefix, true);
        }
    }
    let default = languages.all.iter().find(|language| language.code == languages.default);
    let prefix = default.filter(|_| languages.by_prefix).map_or("", |language| &language.prefix);
    (&languages.default, prefix, false)
}

fn kind(site: &Site, segments: &[&str]) -> Kind {
    let Some((base, rest)) = segments.split_first() else { return Kind::NotFound };
    if !base.eq_ignore_ascii_case(BASE) {
        return Kind::NotFound;
    }
    let [entity_type, bundle, rest @ ..] = rest else {
        return if rest.is_empty() { Kind::Entry } else { Kind::NotFound };
    };
    let Some(index) = resource_type(site, entity_type, bundle) else { return Kind::NotFound };
    within(site, index, rest).unwrap_or(Kind::NotFound)
}

fn resource_type(site: &Site, entity_type: &str, bundle: &str) -> Option<ResourceTypeIndex> {
    let name = format!("{entity_type}--{bundle}");
    let found = site.by_name.get(&name).or_else(|| site.by_name.get(&name.to_ascii_lowercase())).copied();
    found.filter(|index| !site[site[*index].entity_type].internal)
}

fn within(site: &Site, resource_type: ResourceTypeIndex, rest: &[&str]) -> Option<Kind> {
    if rest.iter().any(|segment| segment.is_empty()) {
        return None;
    }
    let relationship = |name: &str| {
        let fields = &site[resource_type].fields;
        let place = fields.iter().position(|field| {
            field.is_relationship() && field.public_name.eq_ignore_ascii_case(name) && !name.is_empty()
        })?;
        Some(FieldIndex(u16::try_from(place).ok()?))
    };
    let is_kept = site[site[resource_type].entity_type].is_kept();
    match *rest {
        [] => Some(Kind::Collection(resource_type)),
        _ if !is_kept => None,
        [id] => Some(Kind::Individual { resource_type, id: id.to_owned() }),
        [id, name] => match relationship(name).filter(|field| leads_anywhere(&site[resource_type][*field])) {
            Some(field) => Some(Kind::Related { resource_type, id: id.to_owned(), field }),
            None => has_files(site, resource_type).then_some(Kind::Upload { resource_type }),
        },
        [id, word, name] if word.eq_ignore_ascii_case("relationships") => {
            let field = relationship(name)?;
            Some(Kind::Relationship { resource_type, id: id.to_owned(), field })
        }
        _ => None,
    }
}

/// Whether what a relationship leads to is served.
fn leads_anywhere(field: &Field) -> bool {
    field.target.as_ref().is_some_and(|target| !target.types.is_empty())
}

/// Whether a type has a relationship with files, so that files can be sent for it.
fn has_files(site: &Site, resource_type: ResourceTypeIndex) -> bool {
    let leads_to_files = |field: &Field| {
        let types = field.target.iter().flat_map(|target| &target.types);
        !field.public_name.is_empty()
            && types.map(|target| &site[site[*target].entity_type].id).any(|id| id == "file")
    };
    site[resource_type].fields.iter().any(leads_to_files)
}

impl Kind {
    /// The methods allowed here, in Drupal's order and as it answers to `OPTIONS`. None where there is nothing.
    pub fn methods(&self, site: &Site) -> Vec<&'static str> {
        let is_content = |index: &ResourceTypeIndex| site[site[*index].entity_type].tables.is_some();
        match self {
            Kind::Entry => vec!["GET"],
            Kind::Collection(index) if !site[site[*index].entity_type].is_kept() => vec!["POST"],
            Kind::Collection(index) if is_content(index) => vec!["GET", "POST"],
            Kind::Individual { resource_type: index, .. } if is_content(index) => {
                let upload = has_files(site, *index).then_some("POST");
                upload.into_iter().chain(["GET", "DELETE", "PATCH"]).collect()
            }
            Kind::Related { resource_type: index, .. } if is_content(index) => {
                let upload = has_files(site, *index).then_some("POST");
                ["GET"].into_iter().chain(upload).collect()
            }
            Kind::Relationship { resource_type: index, .. } if is_content(index) => {
                vec!["DELETE", "GET", "PATCH", "POST"]
            }
            Kind::Collection(_)
            | Kind::Individual { .. }
            | Kind::Related { .. }
            | Kind::Relationship { .. } => {
                vec!["GET"]
            }
            Kind::Upload { .. } => vec!["POST"],
            Kind::Redirect(_) | Kind::NotFound => Vec::new(),
        }
    }

    /// The value of `Allow` where another method is refused.
    pub fn allow(&self, site: &Site) -> String {
        let methods = self.methods(site).into_iter();
        let methods =
            methods.flat_map(|method| if method == "GET" { vec!["GET", "HEAD"] } else { vec![method] });
        methods.collect::<Vec<_>>().join(", ")
    }

    /// The refusal of a method, and the value of `Allow`. `url` is the request's, without its query string.
    pub fn refuse_method(&self, site: &Site, method: &str, url: &str) -> (Refusal, String) {
        let allow = self.allow(site);
        let detail = format!("No route found for \"{method} {url}\": Method Not Allowed (Allow: {allow})");
        (Refusal::new(405, detail), allow)
    }

    /// The refusal where there is no resource with the id in the path.
    pub fn missing_entity(&self, site: &Site, method: &str) -> Refusal {
        let method = method.to_ascii_lowercase();
        let (resource_type, path, route) = match self {
            Kind::Individual { resource_type, .. } => {
                let route = match method.as_str() {
                    "patch" | "delete" => format!("individual.{method}"),
                    "post" => "file_upload.new_resource".to_owned(),
                    _ => "individual".to_owned(),
                };
                (*resource_type, String::new(), route)
            }
            Kind::Related { resource_type, field, .. } => {
                let name = &site[*resource_type][*field].public_name;
                (*resource_type, format!("/{name}"), format!("{name}.related"))
            }
            Kind::Relationship { resource_type, field, .. } => {
                let name = &site[*resource_type][*field].public_name;
                let verb = if method == "head" { "get" } else { &method };
                (*resource_type, format!("/relationships/{name}"), format!("{name}.relationship.{verb}"))
            }
            _ => return Refusal::new(404, ""),
        };
        let resource_type = &site[resource_type];
        let entity_type = &site[resource_type.entity_type].id;
        let (bundle, name) = (&resource_type.bundle, &resource_type.name);
        Refusal::new(
            404,
            format!(
                "The \"entity\" parameter was not converted for the path \
                 \"/{BASE}/{entity_type}/{bundle}/{{entity}}{path}\" (route name: \"jsonapi.{name}.{route}\")"
            ),
        )
    }
}
