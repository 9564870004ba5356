//! Conditions of permissions: the grammar of the configuration, and what it becomes for one caller.

use docent_catalog::model::{Catalog, Field, TypeId};
use docent_jsonapi::filter::{self, Filter, Operator};

use super::principal::Principal;
use crate::id;

/// A condition on the resources of a type.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Where {
    /// All of them hold.
    All(Vec<Where>),
    /// At least one holds.
    Any(Vec<Where>),
    /// It does not hold.
    Not(Box<Where>),
    /// A field compared with values.
    Test { path: Vec<String>, operator: Operator, operands: Vec<Operand> },
}

/// What a field is compared with, or set to.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Operand {
    /// A value, as JSON.
    Literal(serde_json::Value),
    /// What is known of the caller, by its path: `$user.team.id`.
    Claim(Vec<String>),
}

/// Values in one list at most: they become parameters.
pub(super) const LIST_MAX: usize = 1_000;

impl Where {
    /// Reads a member of a table of conditions, as what stands behind `where` is one.
    pub(super) fn read(name: &str, value: &toml::Value) -> Result<Self, String> {
        match name {
            "and" => group(name, value).map(Where::All),
            "or" => group(name, value).map(Where::Any),
            "not" => match value {
                toml::Value::Table(inner) => Ok(Where::Not(Box::new(Where::read_table(inner)?))),
                _ => Err("`not` takes a table of conditions".to_owned()),
            },
            _ => of_field(&name.split('.').map(str::to_owned).collect::<Vec<_>>(), value),
        }
    }

    fn read_table(table: &toml::Table) -> Result<Self, String> {
        let members = table.iter().map(|(name, value)| Where::read(name, value));
        Ok(Where::all(members.collect::<Result<_, _>>()?))
    }

    /// All of these.
    pub(super) fn all(mut members: Vec<Where>) -> Self {
        if members.len() == 1 { members.remove(0) } else { Where::All(members) }
    }

    /// Whether it is about the caller.
    pub(super) fn has_claims(&self) -> bool {
        match self {
            Where::All(parts) | Where::Any(parts) => parts.iter().any(Where::has_claims),
            Where::Not(part) => part.has_claims(),
            Where::Test { operands, .. } => operands.iter().any(|one| matches!(one, Operand::Claim(_))),
        }
    }

    /// Its comparisons of fields, however they are put together.
    pub(super) fn tests(&self) -> Vec<&Where> {
        match self {
            Where::All(parts) | Where::Any(parts) => parts.iter().flat_map(Where::tests).collect(),
            Where::Not(part) => part.tests(),
            Where::Test { .. } => vec![self],
        }
    }

    /// The same with some value in the place of each claim: whether paths and operators fit does not depend on it.
    pub(super) fn without_claims(&self) -> Self {
        let all = |parts: &[Where]| parts.iter().map(Where::without_claims).collect();
        match self {
            Where::All(parts) => Where::All(all(parts)),
            Where::Any(parts) => Where::Any(all(parts)),
            Where::Not(part) => Where::Not(Box::new(part.without_claims())),
            Where::Test { path, operator, operands } => {
                let operands = operands.iter().map(|operand| match operand {
                    Operand::Literal(_) => operand.clone(),
                    Operand::Claim(_) => Operand::Literal(0.into()),
                });
                Where::Test { path: path.clone(), operator: *operator, operands: operands.collect() }
            }
        }
    }

    /// The filter it is for a caller; `None` if it asks for a claim that the caller does not have.
    pub(super) fn filter(&self, catalog: &Catalog, owner: TypeId, principal: &Principal) -> Option<Filter> {
        let all = |parts: &[Where]| -> Option<Vec<Filter>> {
            parts.iter().map(|part| part.filter(catalog, owner, principal)).collect()
        };
        Some(match self {
            Where::All(parts) => Filter::All(all(parts)?),
            Where::Any(parts) => Filter::Any(all(parts)?),
            Where::Not(part) => Filter::Not(Box::new(part.filter(catalog, owner, principal)?)),
            Where::Test { path, operator, operands } => {
                let mut values = Vec::new();
                for operand in operands {
                    values.extend(operand.texts(principal)?);
                }
                let takes_list = matches!(operator, Operator::In | Operator::NotIn);
                if values.len() > LIST_MAX || (values.len() != operands.len() && !takes_list) {
                    return None;
                }
                let end = end_of(catalog, owner, path);
                let claims = operands.iter().any(|operand| matches!(operand, Operand::Claim(_)));
                if let Some(target) = end.ids_of().filter(|_| claims)
                    && !values.iter().all(|id| id::exact_key(&catalog.get(target).key, id).is_some())
                {
                    // Another spelling of an id is somebody else's.
                    return None;
                }
                // A relationship takes a list of ids, which these are not.
                let operator = match (operator, end) {
                    (Operator::Equal, End::Relationship(_)) => Operator::In,
                    (Operator::NotEqual, End::Relationship(_)) => Operator::NotIn,
                    (operator, _) => *operator,
                };
                let parameter = path.join(".");
                Filter::Condition(filter::Condition { path: path.clone(), operator, values, parameter })
            }
        })
    }
}

fn group(name: &str, value: &toml::Value) -> Result<Vec<Where>, String> {
    let wrong = || format!("`{name}` takes an array of tables of conditions");
    let toml::Value::Array(members) = value else { return Err(wrong()) };
    if members.is_empty() {
        return Err(wrong());
    }
    members
        .iter()
        .map(|member| match member {
            toml::Value::Table(inner) => Where::read_table(inner),
            _ => Err(wrong()),
        })
        .collect()
}

/// `path = value`, `path = [values]`, `path = { operator = value }`, or a longer path: `author = { name = "x" }`.
fn of_field(path: &[String], value: &toml::Value) -> Result<Where, String> {
    let test = |operator, operands| Where::Test { path: path.to_vec(), operator, operands };
    match value {
        toml::Value::Array(_) => Ok(test(Operator::In, operands(value)?)),
        toml::Value::Table(inner) => {
            let member = |(name, value): (&String, &toml::Value)| match Operator::from_word(name) {
                Some(Operator::Null | Operator::NotNull) => match value {
                    toml::Value::Boolean(true) => Ok(test(Operator::Null, Vec::new())),
                    toml::Value::Boolean(false) => Ok(test(Operator::NotNull, Vec::new())),
                    _ => Err("`null` takes `true` or `false`".to_owned()),
                },
                Some(operator) => {
                    let operands = operands(value)?;
                    let takes = match operator {
                        Operator::In | Operator::NotIn => None,
                        Operator::Between | Operator::NotBetween => Some(2),
                        _ => Some(1),
                    };
                    if takes.is_some_and(|takes| takes != operands.len()) {
                        let takes = takes.unwrap_or_default();
                        return Err(format!("`{name}` takes {takes} value(s), not {}", operands.len()));
                    }
                    Ok(test(operator, operands))
                }
                None => {
                    let further = name.split('.').map(str::to_owned);
                    of_field(&path.iter().cloned().chain(further).collect::<Vec<_>>(), value)
                }
            };
            Ok(Where::all(inner.iter().map(member).collect::<Result<_, _>>()?))
        }
        _ => Ok(test(Operator::Equal, vec![Operand::read(value)?])),
    }
}

fn operands(value: &toml::Value) -> Result<Vec<Operand>, String> {
    match value {
        toml::Value::Array(values) => values.iter().map(Operand::read).collect(),
        value => Operand::read(value).map(|one| vec![one]),
    }
}

impl Operand {
    /// A literal, or a claim: `$user.id`. A literal that begins with `$` is written with two of them.
    pub(super) fn read(value: &toml::Value) -> Result<Self, String> {
        Ok(match value {
            toml::Value::String(text) => match text.strip_prefix('$') {
                None => Operand::Literal(text.as_str().into()),
                Some(rest) if rest.starts_with('$') => Operand::Literal(rest.into()),
                Some(rest) => match rest.strip_prefix("user.").filter(|path| !path.is_empty()) {
                    Some(path) => Operand::Claim(path.split('.').map(str::to_owned).collect()),
                    None => {
                        return Err(format!(
                            "`{text}` is nothing known; write `$user.id` or another claim, or `$${rest}` for the text"
                        ));
                    }
                },
            },
            toml::Value::Integer(number) => Operand::Literal((*number).into()),
            toml::Value::Float(number) if number.is_finite() => Operand::Literal((*number).into()),
            toml::Value::Boolean(truth) => Operand::Literal((*truth).into()),
            toml::Value::Datetime(moment) => Operand::Literal(moment.to_string().into()),
            _ => return Err("a value is a text, a number, true, false or a date".to_owned()),
        })
    }

    /// The value for a caller; `None` if they do not have the claim.
    pub(super) fn value(&self, principal: &Principal) -> Option<serde_json::Value> {
        match self {
            Operand::Literal(value) => Some(value.clone()),
            Operand::Claim(path) => principal.claim(path).filter(|value| !value.is_null()),
        }
    }

    /// The values as a filter has them: of a list each.
    fn texts(&self, principal: &Principal) -> Option<Vec<String>> {
        match self.value(principal)? {
            serde_json::Value::Array(values) => values.iter().map(text).collect(),
            value => text(&value).map(|one| vec![one]),
        }
    }
}

fn text(value: &serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Number(number) => Some(number.to_string()),
        serde_json::Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

/// What a path ends in.
#[derive(Clone, Copy)]
enum End {
    /// A relationship to a type.
    Relationship(TypeId),
    /// The id of a type.
    Id(TypeId),
    /// Anything else.
    Other,
}

impl End {
    /// The type whose ids it is compared with.
    fn ids_of(self) -> Option<TypeId> {
        match self {
            End::Relationship(target) | End::Id(target) => Some(target),
            End::Other => None,
        }
    }
}

fn end_of(catalog: &Catalog, owner: TypeId, path: &[String]) -> End {
    let mut current = owner;
    for (at, name) in path.iter().enumerate() {
        let is_last = at + 1 == path.len();
        match catalog.get(current).field(name) {
            Some(Field::Relationship(index)) => {
                current = catalog.get(current).relationships[index].target;
                if is_last {
                    return End::Relationship(current);
                }
            }
            None if is_last && name == "id" => return End::Id(current),
            _ => return End::Other,
        }
    }
    End::Other
}
