//! Random policies: who may read what, in which rows, without which fields.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::links::{Place, twins};
use super::written::{Writer, key};
use crate::differential::filter::Expression;
use crate::differential::generate::Generator;
use crate::differential::model::{Link, Model};
use crate::differential::request::Grammar;

/// Conditions tried until one shows some rows and hides others.
const ATTEMPTS: usize = 6;

/// The role that the caller has beside `anonymous` and `authenticated`, if there are credentials.
pub(super) const ROLE: &str = "reader";

/// What one entry allows.
#[derive(Debug)]
pub(super) struct Permission {
    role: &'static str,
    actions: &'static [&'static str],
    /// The type it is about; nothing stands for all of them.
    pub(super) of: Option<usize>,
    /// Which rows; nothing stands for all of them.
    pub(super) condition: Option<Expression>,
    /// The condition as the configuration has it.
    written: Option<String>,
    pub(super) hide: BTreeSet<String>,
    /// Whether it lets the caller read.
    pub(super) applies: bool,
}

/// Everything the configuration allows, and to whom.
#[derive(Debug)]
pub(super) struct Policy {
    pub(super) permissions: Vec<Permission>,
    /// What is known of the caller; nothing if there are no credentials.
    pub(super) claims: Option<Map<String, Value>>,
}

impl Policy {
    /// A random policy for a caller with or without credentials.
    pub(super) fn random(generator: &mut Generator<'_>, has_credentials: bool) -> Self {
        let claims = has_credentials.then(Map::new);
        let mut policy = Self { permissions: Vec::new(), claims };
        if generator.random.percent(5) {
            policy.permissions.push(Permission::whole("anonymous", &["read"], None, true));
        }
        for of in 0..generator.model.types.len() {
            policy.add_type(generator, of);
        }
        policy.add_others(generator);
        generator.random.shuffle(&mut policy.permissions);
        policy.hide_twins(generator.model);
        policy
    }

    fn add_type(&mut self, generator: &mut Generator<'_>, of: usize) {
        let count = match generator.random.below(100) {
            0..12 => return,
            12..62 => 1,
            62..88 => 2,
            _ => 3,
        };
        for _ in 0..count {
            let role = *generator.random.pick(&["anonymous", "anonymous", "authenticated", ROLE]);
            let role = if self.claims.is_some() { role } else { "anonymous" };
            let actions: &[&str] = if generator.random.percent(20) { &["*"] } else { &["read"] };
            let mut permission = Permission::whole(role, actions, Some(of), true);
            if generator.random.percent(if count > 1 { 85 } else { 60 }) {
                permission.restrict(generator, &mut self.claims);
            }
            if generator.random.percent(50) {
                permission.hide = hidden(generator, of);
            }
            self.permissions.push(permission);
        }
    }

    /// Permissions that let this caller read nothing: of another role, for other actions, or about what is not known of
    /// the caller.
    fn add_others(&mut self, generator: &mut Generator<'_>) {
        let random = &mut generator.random;
        if random.percent(30) {
            self.permissions.push(Permission::whole("stranger", &["*"], None, false));
        }
        if random.percent(30) && self.claims.is_none() {
            self.permissions.push(Permission::whole("authenticated", &["read"], None, false));
        }
        if random.percent(30) {
            let actions = &["create", "update", "delete"];
            self.permissions.push(Permission::whole("anonymous", actions, None, false));
        }
        for _ in 0..random.below(3) {
            let of = random.below(generator.model.types.len());
            let conditions = [
                r#"{ id = "$user.missing" }"#,
                r#"{ not = { id = "$user.missing" } }"#,
                r#"{ or = [{ id = { null = false } }, { id = { ne = "$user.a.b" } }] }"#,
                r#"{ id = { nin = "$user.missing" } }"#,
                r#"{ id = ["$user.missing"] }"#,
            ];
            let mut permission = Permission::whole("anonymous", &["read"], Some(of), false);
            permission.written = Some((*random.pick(&conditions)).to_owned());
            self.permissions.push(permission);
        }
    }

    /// Some links can only be hidden as a whole, as a database cannot hold one that only one side knows of: a
    /// relationship that no foreign key of its own rows makes is hidden everywhere if it is in some rows, and so is the
    /// other side of a join table.
    fn hide_twins(&mut self, model: &Model) {
        for [one, other] in twins(model) {
            let relationship = |(of, index): Place| &model.types[of].relationships[index];
            let rules = match relationship(one).link {
                Link::ForeignKey { .. } => vec![(other, other)],
                _ => vec![(one, other), (other, one)],
            };
            for (hidden, shown) in rules {
                let name = |place: Place| relationship(place).name.clone();
                let of_hidden = self.permissions.iter().filter(|it| it.is_about(hidden.0));
                let all = of_hidden.clone().count();
                let hiding = of_hidden.filter(|it| it.hide.contains(&name(hidden))).count();
                if hiding == 0 || hiding == all {
                    continue;
                }
                for permission in self.permissions.iter_mut().filter(|it| it.is_about(shown.0)) {
                    if permission.of.is_some() {
                        permission.hide.insert(name(shown));
                    } else {
                        // What is about all types does not name the fields of one.
                        permission.applies = false;
                        permission.role = "stranger";
                    }
                }
            }
        }
    }

    /// As the configuration has it.
    pub(super) fn text(&self, model: &Model) -> String {
        self.permissions.iter().fold(String::new(), |mut text, it| {
            it.write(&mut text, model);
            text
        })
    }
}

impl Permission {
    fn whole(role: &'static str, actions: &'static [&'static str], of: Option<usize>, applies: bool) -> Self {
        Self { role, actions, of, condition: None, written: None, hide: BTreeSet::new(), applies }
    }

    /// Whether it lets the caller read that type.
    pub(super) fn is_about(&self, of: usize) -> bool {
        self.applies && self.of.is_none_or(|it| it == of)
    }

    /// Adds a condition that shows some rows and hides others, if one is found.
    fn restrict(&mut self, generator: &mut Generator<'_>, claims: &mut Option<Map<String, Value>>) {
        let of = self.of.unwrap();
        for _ in 0..ATTEMPTS {
            let parts = generator.conjunction(of, Grammar::Native, 2);
            let mut known = claims.clone();
            let mut writer =
                Writer { model: generator.model, random: &mut generator.random, claims: known.as_mut() };
            let written = writer.group(of, &parts);
            let condition = Expression::All(parts);
            let holding = condition.holding(generator.model, of);
            let shown = holding.iter().filter(|it| **it).count();
            self.condition = Some(condition);
            self.written = Some(written);
            *claims = known;
            if shown * 20 > holding.len() && shown < holding.len() {
                return;
            }
        }
    }

    fn write(&self, text: &mut String, model: &Model) {
        let list = |items: &mut dyn Iterator<Item = &str>| {
            items.map(|it| Value::from(it).to_string()).collect::<Vec<_>>().join(", ")
        };
        let of = self.of.map_or("*", |of| model.types[of].name.as_str());
        writeln!(text, "[[roles.{}.allow]]", key(self.role)).unwrap();
        writeln!(text, "types = [{}]", list(&mut [of].into_iter())).unwrap();
        writeln!(text, "actions = [{}]", list(&mut self.actions.iter().copied())).unwrap();
        if let Some(written) = &self.written {
            writeln!(text, "where = {written}").unwrap();
        }
        if !self.hide.is_empty() {
            writeln!(text, "hide = [{}]", list(&mut self.hide.iter().map(String::as_str))).unwrap();
        }
        text.push('\n');
    }
}

/// Some of the fields of a type.
fn hidden(generator: &mut Generator<'_>, of: usize) -> BTreeSet<String> {
    let owner = &generator.model.types[of];
    let attributes = owner.attributes.iter().map(|it| &it.name);
    let names = attributes.chain(owner.relationships.iter().map(|it| &it.name));
    let chance = *generator.random.pick(&[10, 30, 60]);
    names.filter(|_| generator.random.percent(chance)).cloned().collect()
}
