//! Which related resources are asked for as well.

use hashbrown::HashMap;

use crate::error::Refusal;
use crate::site::{Field, ResourceType, ResourceTypeIndex, Site};

/// How many paths may be asked for, and how many relationships one may lead through.
const PATHS_MAX: usize = 100;
const DEPTH_MAX: usize = 16;

/// Relationships to follow, each with those to follow from there. At each level one is followed from every resource
/// that has it, whatever the resource's type.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct IncludeTree(pub Vec<Included>);

/// A relationship to follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Included {
    /// Drupal's name of the field.
    pub field: String,
    /// What to follow from what it leads to.
    pub then: IncludeTree,
}

impl IncludeTree {
    /// Resolves `include` against the types of the primary data. Where there is no data no path is wrong.
    pub fn read(site: &Site, types: &[ResourceTypeIndex], include: Option<&str>) -> Result<Self, Refusal> {
        let mut tree = Self::default();
        let Some(include) = include.filter(|include| !matches!(*include, "" | "0")) else { return Ok(tree) };
        let paths: Vec<Vec<&str>> =
            include.split(',').map(|path| path.trim().split('.').map(str::trim).collect()).collect();
        if paths.len() > PATHS_MAX || paths.iter().any(|path| path.len() > DEPTH_MAX) {
            return Err(Refusal::bad_request(format!(
                "No more than {PATHS_MAX} paths of {DEPTH_MAX} relationships can be included."
            )));
        }
        for (place, resource_type) in types.iter().enumerate() {
            if types[..place].contains(resource_type) {
                continue;
            }
            for path in &paths {
                let mut checked = HashMap::new();
                if let Some(problem) = check(site, *resource_type, path, &mut checked) {
                    let is_deep = relationship(&site[*resource_type], path[0]).is_some();
                    return Err(Refusal::bad_request(if is_deep {
                        format!("`{}` is not a valid include path. {problem}", path.join("."))
                    } else {
                        problem
                    }));
                }
                tree.add(site, &[*resource_type], path, &checked);
            }
        }
        Ok(tree)
    }

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a path from resources of some types, as far as it is right for them.
    fn add(&mut self, site: &Site, types: &[ResourceTypeIndex], path: &[&str], checked: &Checked) {
        let Some((name, rest)) = path.split_first() else { return };
        let mut next: Vec<(&str, Vec<ResourceTypeIndex>)> = Vec::new();
        for resource_type in types {
            let is_wrong = matches!(checked.get(&(*resource_type, path.len())), Some(Some(_)));
            let Some((field, targets)) = relationship(&site[*resource_type], name).filter(|_| !is_wrong)
            else {
                continue;
            };
            let place = next.iter().position(|(known, _)| *known == field.name).unwrap_or_else(|| {
                next.push((&field.name, Vec::new()));
                next.len() - 1
            });
            let all = &mut next[place].1;
            for target in targets {
                if !all.contains(target) {
                    all.push(*target);
                }
            }
        }
        for (field, targets) in next {
            let place = self.0.iter().position(|known| known.field == field).unwrap_or_else(|| {
                self.0.push(Included { field: field.to_owned(), then: Self::default() });
                self.0.len() - 1
            });
            self.0[place].then.add(site, &targets, rest, checked);
        }
    }
}

/// What has been found wrong with the end of a path, by type and by how many relationships it has.
type Checked = HashMap<(ResourceTypeIndex, usize), Option<String>>;

/// What is wrong with a path from resources of a type. It is right if it is so for one of the types on the way.
fn check(
    site: &Site,
    resource_type: ResourceTypeIndex,
    path: &[&str],
    checked: &mut Checked,
) -> Option<String> {
    let (name, rest) = path.split_first()?;
    if let Some(known) = checked.get(&(resource_type, path.len())) {
        return known.clone();
    }
    let problem = match relationship(&site[resource_type], name) {
        _ if matches!(*name, "" | "0") => Some("Empty include path.".to_owned()),
        None => Some(not_a_relationship(&site[resource_type], name)),
        Some((_, targets)) => {
            let problems = targets.iter().map(|target| check(site, *target, rest, checked));
            let mut different: Vec<String> = Vec::new();
            // All are wrong if the first that is right is nowhere.
            let all: Option<Vec<String>> = problems.collect();
            for problem in all.into_iter().flatten() {
                if !different.contains(&problem) {
                    different.push(problem);
                }
            }
            (!different.is_empty()).then(|| different.join(" "))
        }
    };
    checked.insert((resource_type, path.len()), problem.clone());
    problem
}

/// A relationship by its public name, and where it may lead.
fn relationship<'s>(
    resource_type: &'s ResourceType,
    name: &str,
) -> Option<(&'s Field, &'s [ResourceTypeIndex])> {
    let field = relationships(resource_type).find(|field| field.public_name == name)?;
    let types = field.target.as_ref().map_or(&[][..], |target| &target.types);
    (!types.is_empty()).then_some((field, types))
}

fn relationships(resource_type: &ResourceType) -> impl Iterator<Item = &Field> {
    resource_type.fields.iter().filter(|field| field.is_relationship() && !field.public_name.is_empty())
}

fn not_a_relationship(resource_type: &ResourceType, name: &str) -> String {
    let possible: Vec<&str> = relationships(resource_type).map(|field| field.public_name.as_str()).collect();
    let text = format!("`{name}` is not a valid relationship field name.");
    if possible.is_empty() { text } else { format!("{text} Possible values: {}.", possible.join(", ")) }
}
