//! Conditions as the configuration has them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::differential::cells::Kind;
use crate::differential::filter::{Condition, Expression, Operator};
use crate::differential::model::{Member, Model};
use crate::differential::random::Random;

/// Claims made up for one caller at most.
const CLAIMS: usize = 40;

/// Writes conditions. Some of their values become claims of the caller, if there are any.
pub(super) struct Writer<'a> {
    pub(super) model: &'a Model,
    pub(super) random: &'a mut Random,
    pub(super) claims: Option<&'a mut Map<String, Value>>,
}

/// A table of conditions. It has each name only once: what would be a second one stands in `and`.
#[derive(Default)]
struct Group {
    fields: BTreeMap<String, BTreeMap<&'static str, String>>,
    /// `or` and `not`.
    whole: BTreeMap<&'static str, String>,
    and: Vec<String>,
}

impl Writer<'_> {
    /// The table that says all of this.
    pub(super) fn group(&mut self, of: usize, parts: &[Expression]) -> String {
        let mut group = Group::default();
        self.collect(of, parts, &mut group);
        let mut entries = Vec::new();
        for (name, operators) in &group.fields {
            entries.push(format!("{} = {}", key(name), self.operators(operators)));
        }
        entries.extend(group.whole.iter().map(|(name, value)| format!("{name} = {value}")));
        if !group.and.is_empty() {
            entries.push(format!("and = [{}]", group.and.join(", ")));
        }
        format!("{{ {} }}", entries.join(", "))
    }

    fn operators(&mut self, operators: &BTreeMap<&'static str, String>) -> String {
        match operators.iter().next() {
            Some((&"eq", value)) if operators.len() == 1 && self.random.percent(60) => value.clone(),
            Some((&"in", value))
                if operators.len() == 1 && value.starts_with('[') && self.random.percent(60) =>
            {
                value.clone()
            }
            _ => {
                let each: Vec<String> =
                    operators.iter().map(|(name, value)| format!("{name} = {value}")).collect();
                format!("{{ {} }}", each.join(", "))
            }
        }
    }

    fn collect(&mut self, of: usize, parts: &[Expression], group: &mut Group) {
        for part in parts {
            match part {
                Expression::All(parts) => self.collect(of, parts, group),
                Expression::Condition(condition) => {
                    let name = self.model.dotted(of, &condition.path, Some(condition.member));
                    let (operator, value) = self.condition(of, condition);
                    let operators = group.fields.entry(name.clone()).or_default();
                    if operators.contains_key(operator) {
                        group.and.push(format!("{{ {} = {{ {operator} = {value} }} }}", key(&name)));
                    } else {
                        operators.insert(operator, value);
                    }
                }
                Expression::Any(branches) => {
                    let each = branches.iter().map(|it| self.group(of, std::slice::from_ref(it)));
                    let value = format!("[{}]", each.collect::<Vec<_>>().join(", "));
                    group.add("or", value);
                }
                Expression::Not(part) => {
                    let value = self.group(of, std::slice::from_ref(part));
                    group.add("not", value);
                }
            }
        }
    }

    fn condition(&mut self, of: usize, condition: &Condition) -> (&'static str, String) {
        let end = &self.model.types[self.model.end(of, &condition.path)];
        let kind = match condition.member {
            // The id of the resource that it leads to.
            Member::Relationship(index) => {
                let target = &self.model.types[end.relationships[index].target];
                target.single_key().map(|column| target.columns[column].kind)
            }
            member => end.column_of(member).map(|column| end.columns[column].kind),
        };
        let operands: Vec<Value> = condition.operands.iter().map(|text| value(kind, text)).collect();
        match condition.operator {
            Operator::Null => ("null", condition.operands[0].clone()),
            // Of several ids any will do.
            Operator::Eq if operands.len() > 1 => ("in", self.list(operands)),
            Operator::Ne if operands.len() > 1 => ("nin", self.list(operands)),
            operator @ (Operator::In | Operator::Nin) => (operator.native(), self.list(operands)),
            operator @ (Operator::Between | Operator::Nbetween) => {
                (operator.native(), toml(&operands.into_iter().map(literal).collect()))
            }
            operator => (operator.native(), self.one(operands.into_iter().next().unwrap())),
        }
    }

    /// One value, in the configuration or in a claim.
    fn one(&mut self, value: Value) -> String {
        self.claim(&value).unwrap_or_else(|| toml(&literal(value)))
    }

    /// A list, in the configuration or in a claim; or a claim in a list.
    fn list(&mut self, values: Vec<Value>) -> String {
        if let Some(claim) = self.claim(&Value::Array(values.clone())) {
            return claim;
        }
        toml(&values.into_iter().map(literal).collect())
    }

    /// Sometimes makes the value a claim of the caller, and tells how the configuration speaks of it.
    fn claim(&mut self, value: &Value) -> Option<String> {
        let claims = self.claims.as_deref_mut()?;
        if claims.len() >= CLAIMS || !self.random.percent(35) {
            return None;
        }
        let name = format!("c{}", claims.len());
        if self.random.percent(30) {
            claims.insert(name.clone(), json!({ "deep": { "er": value } }));
            return Some(format!("\"$user.{name}.deep.er\""));
        }
        claims.insert(name.clone(), value.clone());
        Some(format!("\"$user.{name}\""))
    }
}

impl Group {
    fn add(&mut self, name: &'static str, value: String) {
        if self.whole.contains_key(name) {
            self.and.push(format!("{{ {name} = {value} }}"));
        } else {
            self.whole.insert(name, value);
        }
    }
}

/// The value of that text, in the form that people would write in the configuration.
fn value(kind: Option<Kind>, text: &str) -> Value {
    let number = |number: f64| if number.is_finite() { json!(number) } else { json!(text) };
    match kind {
        Some(Kind::Boolean) => json!(matches!(text, "true" | "1")),
        Some(Kind::Integer) => text.parse::<i64>().map_or(json!(text), |it| json!(it)),
        Some(Kind::Float | Kind::Decimal) => match (text.parse::<i64>(), text.parse::<f64>()) {
            (Ok(whole), _) => json!(whole),
            (_, Ok(real)) => number(real),
            _ => json!(text),
        },
        _ => json!(text),
    }
}

/// A value as a literal: what begins with `$` would else be about the caller.
fn literal(value: Value) -> Value {
    match value {
        Value::String(text) if text.starts_with('$') => Value::String(format!("${text}")),
        other => other,
    }
}

/// A value in TOML. Texts and numbers of JSON are such of TOML, too, but for one control character.
pub(crate) fn toml(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| format!("{} = {}", key(name), toml(value)));
            format!("{{ {} }}", members.collect::<Vec<_>>().join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(toml).collect::<Vec<_>>().join(", ")),
        other => other.to_string().replace('\u{7f}', "\\u007f"),
    }
}

/// A key in TOML.
pub(super) fn key(name: &str) -> String {
    let is_bare =
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    if is_bare { name.to_owned() } else { toml(&json!(name)) }
}
