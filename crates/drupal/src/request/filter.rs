//! Which resources of a collection are asked for.

use super::parameters::{Given, Parameters};
use super::test::Test;
use crate::error::Refusal;

/// The group that everything belongs to that names no other.
const ROOT: &str = "@root";
/// How many conditions there may be.
const CONDITIONS_MAX: usize = 50;
/// How many groups may lie within each other.
const DEPTH_MAX: usize = 16;

/// Conditions that must hold together. `P` is what a path is: where it leads depends on what is filtered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group<P> {
    /// Whether one that holds is enough.
    pub any: bool,
    /// The conditions, and groups within.
    pub members: Vec<Member<P>>,
}

/// A part of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Member<P> {
    /// A condition.
    Condition {
        /// What is looked at.
        path: P,
        /// What it must be.
        test: Test,
    },
    /// A group.
    Group(Group<P>),
}

impl<P> Group<P> {
    /// The same group with other paths.
    pub fn try_map<Q>(&self, map: &impl Fn(&P) -> Result<Q, Refusal>) -> Result<Group<Q>, Refusal> {
        let members = self.members.iter().map(|member| {
            Ok(match member {
                Member::Condition { path, test } => {
                    Member::Condition { path: map(path)?, test: test.clone() }
                }
                Member::Group(group) => Member::Group(group.try_map(map)?),
            })
        });
        Ok(Group { any: self.any, members: members.collect::<Result<_, Refusal>>()? })
    }

    /// All paths, also those of groups within.
    pub fn paths<'g>(&'g self, paths: &mut Vec<&'g P>) {
        for member in &self.members {
            match member {
                Member::Condition { path, .. } => paths.push(path),
                Member::Group(group) => group.paths(paths),
            }
        }
    }
}

/// A condition or a group, as one name in the query string says it.
struct Item<'q> {
    name: &'q str,
    member_of: &'q str,
    group: Option<&'q Given>,
    path: Option<&'q str>,
    operator: &'q str,
    value: Option<&'q Given>,
}

/// Reads `filter`. `resolve` is given each path with its operator.
pub fn read<P: Clone>(
    parameters: &Parameters,
    resolve: impl Fn(&str, &str) -> Result<P, Refusal>,
) -> Result<Option<Group<P>>, Refusal> {
    let Some(items) = parameters.many("filter")? else { return Ok(None) };
    let items: Vec<Item<'_>> =
        items.iter().map(|(name, given)| Item::of(name, given)).collect::<Result<_, _>>()?;
    if items.len() > CONDITIONS_MAX {
        let detail = format!("No more than {CONDITIONS_MAX} conditions can be filtered by.");
        return Err(Refusal::bad_request(detail));
    }
    let resolved = items.iter().map(|item| item.path.map(|path| resolve(path, item.operator)).transpose());
    let paths: Vec<Option<P>> = resolved.collect::<Result<_, _>>()?;
    group(ROOT, false, &items, &paths, 0).map(Some)
}

impl<'q> Item<'q> {
    fn of(name: &'q str, given: &'q Given) -> Result<Self, Refusal> {
        if name == ROOT {
            return Err(Refusal::bad_request(format!("'{ROOT}' is a reserved filter id.")));
        }
        let item = Self { name, member_of: ROOT, group: None, path: None, operator: "=", value: None };
        let Given::Many(_) = given else {
            return Ok(Self { path: Some(name), value: Some(given), ..item });
        };
        let text = |given: Option<&'q Given>| {
            let refusal =
                || Refusal::bad_request(format!("The parts of the filter `{name}` need to be texts."));
            given.map(|given| given.text().ok_or_else(refusal)).transpose()
        };
        let (condition, group) = (given.get("condition"), given.get("group"));
        let member = condition.and_then(|condition| condition.get("memberOf"));
        let member = member.or_else(|| group?.get("memberOf"));
        let item = Self { member_of: text(member)?.unwrap_or(ROOT), ..item };
        // What is given without `condition` in between belongs to no group, whatever it says.
        let is_short = given.get("value").is_some();
        let condition = if is_short { Some(given) } else { condition };
        if matches!(condition, Some(Given::One(_))) {
            let detail = "You must provide a valid filter condition. Check that you have set the required keys \
                          for your filter.";
            return Err(Refusal::bad_request(detail));
        }
        let part = |name: &str| condition.and_then(|condition| condition.get(name));
        Ok(Self {
            group: group.filter(|_| !is_short),
            path: text(part("path"))?.or(is_short.then_some(name)),
            operator: text(part("operator"))?.unwrap_or("="),
            value: part("value"),
            ..item
        })
    }
}

/// The group of a name, with everything that names it.
fn group<P: Clone>(
    name: &str,
    any: bool,
    items: &[Item<'_>],
    paths: &[Option<P>],
    depth: usize,
) -> Result<Group<P>, Refusal> {
    if depth > DEPTH_MAX {
        let detail = format!("No more than {DEPTH_MAX} filter groups can lie within each other.");
        return Err(Refusal::bad_request(detail));
    }
    let mut members = Vec::new();
    for (item, path) in items.iter().zip(paths).filter(|(item, _)| item.member_of == name) {
        if let Some(given) = item.group {
            let any = match given.get("conjunction").and_then(Given::text) {
                Some("AND") => false,
                Some("OR") => true,
                _ => return Err(Refusal::bad_request("Allowed conjunctions: AND, OR.")),
            };
            members.push(Member::Group(group(item.name, any, items, paths, depth + 1)?));
            continue;
        }
        let Some(path) = path.clone() else {
            return Err(Refusal::bad_request(
                "You must provide a valid filter condition. Check that you have set the required keys for your \
                 filter.",
            ));
        };
        members.push(Member::Condition { path, test: Test::read(item.operator, item.value)? });
    }
    if members.is_empty() {
        let detail = if name == ROOT {
            "No filter applies: each is a member of a group that there is not.".to_owned()
        } else {
            format!("The filter group `{name}` has no members.")
        };
        return Err(Refusal::bad_request(detail));
    }
    Ok(Group { any, members })
}
