//! Filters: paths and values resolved against the catalog, as a condition on the rows of a type.

use docent_catalog::model::{Attribute, Field, Link, Relationship, StoredColumn, TypeId, ValueSource};
use docent_jsonapi::error::ErrorObject;
use docent_jsonapi::filter::{self, Filter, INVALID_FILTER_VALUE, Operator, split_list};
use docent_sql::Value;
use docent_sql::schema::ColumnType;
use docent_sql::statement::{Alias, ColumnRef, Comparison, Condition, Related, TextMatch};

use super::{Resolver, value};
use crate::route::did_you_mean;
use crate::{error, id};

/// What a condition says of the values at the end of its path.
struct Test<'a> {
    condition: &'a filter::Condition,
}

impl Resolver<'_> {
    /// The condition on the rows of a type, which stand in the statement under `alias`.
    pub(super) fn filter(&mut self, owner: TypeId, alias: Alias, filter: &Filter) -> Condition {
        match filter {
            Filter::All(parts) => {
                Condition::All(parts.iter().map(|part| self.filter(owner, alias, part)).collect())
            }
            Filter::Any(parts) => {
                Condition::Any(parts.iter().map(|part| self.filter(owner, alias, part)).collect())
            }
            Filter::Not(part) => Condition::Not(Box::new(self.filter(owner, alias, part))),
            Filter::Condition(condition) => {
                let test = Test { condition };
                let depth = self.check_depth(condition.path.len().saturating_sub(1));
                match depth.and_then(|()| self.path(owner, alias, &condition.path, &test)) {
                    Ok(resolved) => resolved,
                    Err(problem) => {
                        let parameter =
                            if [&error::UNKNOWN_FILTER_PATH, &error::PATH_TOO_DEEP].contains(&problem.kind) {
                                condition.path_parameter()
                            } else if problem.kind == &error::UNSUPPORTED_FILTER_OPERATOR {
                                condition.operator_parameter()
                            } else {
                                condition.parameter.as_str().into()
                            };
                        let parameter = parameter.into_owned();
                        self.errors.push(problem.with_parameter(parameter));
                        Condition::always()
                    }
                }
            }
        }
    }

    fn path(
        &mut self,
        owner: TypeId,
        alias: Alias,
        path: &[String],
        test: &Test<'_>,
    ) -> Result<Condition, ErrorObject> {
        let catalog = self.catalog;
        let Some((name, rest)) = path.split_first() else {
            return Err(ErrorObject::new(&error::UNKNOWN_FILTER_PATH, "The path is empty."));
        };
        let resource_type = catalog.get(owner);
        match (resource_type.field(name), rest) {
            (Some(Field::Attribute(index)), []) => {
                self.attribute(alias, &resource_type.attributes[index], test)
            }
            (Some(Field::Relationship(index)), []) => {
                self.linked(alias, &resource_type.relationships[index], test)
            }
            (Some(Field::Relationship(index)), rest) => {
                let relationship = &resource_type.relationships[index];
                self.related(alias, relationship, |this, target| {
                    this.path(relationship.target, target, rest, test)
                })
            }
            (None, []) if name == "id" => self.id(alias, &resource_type.key, test),
            (Some(Field::Attribute(_)), _) => {
                let detail =
                    format!("\"{name}\" of {} is an attribute; a path ends there.", resource_type.name);
                Err(ErrorObject::new(&error::UNKNOWN_FILTER_PATH, detail))
            }
            (None, _) => {
                let known = resource_type.field_names().chain(["id"]);
                let hint = did_you_mean(name, known);
                let detail = format!("{} has no field \"{name}\".{hint}", resource_type.name);
                Err(ErrorObject::new(&error::UNKNOWN_FILTER_PATH, detail))
            }
        }
    }

    /// At least one related resource satisfies a condition.
    fn related(
        &mut self,
        alias: Alias,
        relationship: &Relationship,
        condition: impl FnOnce(&mut Self, Alias) -> Result<Condition, ErrorObject>,
    ) -> Result<Condition, ErrorObject> {
        let target = self.catalog.get(relationship.target);
        let target_alias = self.new_alias();
        let inner = condition(self, target_alias)?.and(super::has_identity(target, target_alias));
        let to_target = |near: Vec<ColumnRef>, far: &[StoredColumn]| {
            let far = super::names(far);
            let table = super::table_of(target).clone();
            Condition::Related(Box::new(Related { near, table, alias: target_alias, far, condition: inner }))
        };
        Ok(match &relationship.link {
            Link::ForeignKey { near, far, .. } | Link::Inverse { near, far } => {
                to_target(super::refs(alias, near), far)
            }
            Link::JoinTable { table, near, join_near, join_far, far, .. } => {
                let join = self.new_alias();
                let condition = to_target(super::refs(join, join_far), far);
                Condition::Related(Box::new(Related {
                    near: super::refs(alias, near),
                    table: table.clone(),
                    alias: join,
                    far: super::names(join_near),
                    condition,
                }))
            }
        })
    }

    /// A relationship's own name takes ids: with which resources it is linked.
    fn linked(
        &mut self,
        alias: Alias,
        relationship: &Relationship,
        test: &Test<'_>,
    ) -> Result<Condition, ErrorObject> {
        let target = self.catalog.get(relationship.target);
        let ids = |values: &[String]| match values {
            [list] => split_list(list),
            values => values.to_vec(),
        };
        let (values, negated) = match test.condition.operator {
            Operator::Null => return Ok(Condition::Not(Box::new(self.linked_at_all(alias, relationship)?))),
            Operator::NotNull => return self.linked_at_all(alias, relationship),
            Operator::Equal => (ids(&test.condition.values), false),
            Operator::NotEqual => (ids(&test.condition.values), true),
            Operator::In => (test.condition.values.clone(), false),
            Operator::NotIn => (test.condition.values.clone(), true),
            _ => {
                return Err(unsupported(test, "a relationship: it takes eq, ne, in, nin and null, with ids"));
            }
        };
        match &relationship.link {
            Link::ForeignKey { near, far_is_key: true, .. } => {
                let one_of = self.one_of(&super::refs(alias, near), &target.key, &values)?;
                let is_set = near
                    .iter()
                    .map(|column| Condition::IsNotNull(super::column_ref(alias, column)))
                    .collect();
                Ok(if negated {
                    Condition::All(is_set).and(Condition::Not(Box::new(one_of)))
                } else {
                    one_of
                })
            }
            // Rows of the join table hold the ids themselves.
            Link::JoinTable { table, near, join_near, join_far, far, .. }
                if super::hold_key(join_far, far, &target.key) && !target.hides_rows =>
            {
                let join = self.new_alias();
                let one_of = self.one_of(&super::refs(join, join_far), &target.key, &values)?;
                Ok(Condition::Related(Box::new(Related {
                    near: super::refs(alias, near),
                    table: table.clone(),
                    alias: join,
                    far: super::names(join_near),
                    condition: if negated { Condition::Not(Box::new(one_of)) } else { one_of },
                })))
            }
            _ => self.related(alias, relationship, |this, target_alias| {
                let one_of = this.one_of(&super::refs(target_alias, &target.key), &target.key, &values)?;
                Ok(if negated { Condition::Not(Box::new(one_of)) } else { one_of })
            }),
        }
    }

    fn linked_at_all(&mut self, alias: Alias, relationship: &Relationship) -> Result<Condition, ErrorObject> {
        match &relationship.link {
            Link::ForeignKey { near, far_is_key: true, .. } => Ok(Condition::All(
                near.iter().map(|column| Condition::IsNotNull(super::column_ref(alias, column))).collect(),
            )),
            _ => self.related(alias, relationship, |_, _| Ok(Condition::always())),
        }
    }

    /// The key in `columns` is one of the ids.
    fn one_of(
        &mut self,
        columns: &[ColumnRef],
        key: &[StoredColumn],
        ids: &[String],
    ) -> Result<Condition, ErrorObject> {
        let mut keys = Vec::with_capacity(ids.len());
        for id in ids {
            let of_id = id::key(key, id).filter(|_| has_form_of_key(key, id));
            keys.push(of_id.ok_or_else(|| {
                ErrorObject::new(&INVALID_FILTER_VALUE, format!("\"{id}\" cannot be an id of this type."))
            })?);
        }
        if let [column] = columns {
            let list = self.push(Value::List(keys.into_iter().flatten().collect()));
            return Ok(Condition::InList { column: column.clone(), list, negated: false });
        }
        let conditions = keys.into_iter().map(|parts| self.key_condition(columns, parts));
        Ok(Condition::Any(conditions.collect()))
    }

    fn id(&mut self, alias: Alias, key: &[StoredColumn], test: &Test<'_>) -> Result<Condition, ErrorObject> {
        let columns = super::refs(alias, key);
        let values = &test.condition.values;
        match (test.condition.operator, key) {
            (Operator::Equal | Operator::In, _) => self.one_of(&columns, key, values),
            (Operator::NotEqual | Operator::NotIn, _) => {
                Ok(Condition::Not(Box::new(self.one_of(&columns, key, values)?)))
            }
            (Operator::Null, _) => Ok(Condition::Any(Vec::new())),
            (Operator::NotNull, _) => Ok(Condition::always()),
            (_, [column]) => self.column(alias, column, test),
            _ => Err(unsupported(test, "the id of a composite key: it takes eq, ne, in, nin and null")),
        }
    }

    fn attribute(
        &mut self,
        alias: Alias,
        attribute: &Attribute,
        test: &Test<'_>,
    ) -> Result<Condition, ErrorObject> {
        let ValueSource::Column(column) = &attribute.value;
        self.column(alias, column, test)
    }

    fn column(
        &mut self,
        alias: Alias,
        stored: &StoredColumn,
        test: &Test<'_>,
    ) -> Result<Condition, ErrorObject> {
        let column = super::column_ref(alias, stored);
        let compare = |comparison| (comparison, 0);
        let (comparison, index) = match test.condition.operator {
            Operator::Null => return Ok(Condition::IsNull(column)),
            Operator::NotNull => return Ok(Condition::IsNotNull(column)),
            Operator::In => return self.in_list(column, stored, test, false),
            Operator::NotIn => return self.in_list(column, stored, test, true),
            Operator::Contains => return self.text(column, stored, test, TextMatch::Contains),
            Operator::StartsWith => return self.text(column, stored, test, TextMatch::Starts),
            Operator::EndsWith => return self.text(column, stored, test, TextMatch::Ends),
            Operator::Between => {
                let low = self.compare(&column, stored, test, Comparison::GreaterOrEqual, 0)?;
                let high = self.compare(&column, stored, test, Comparison::LessOrEqual, 1)?;
                return Ok(Condition::All(vec![low, high]));
            }
            Operator::NotBetween => {
                let low = self.compare(&column, stored, test, Comparison::Less, 0)?;
                let high = self.compare(&column, stored, test, Comparison::Greater, 1)?;
                return Ok(Condition::Any(vec![low, high]));
            }
            Operator::Equal => compare(Comparison::Equal),
            Operator::NotEqual => compare(Comparison::NotEqual),
            Operator::Greater => compare(Comparison::Greater),
            Operator::GreaterOrEqual => compare(Comparison::GreaterOrEqual),
            Operator::Less => compare(Comparison::Less),
            Operator::LessOrEqual => compare(Comparison::LessOrEqual),
        };
        self.compare(&column, stored, test, comparison, index)
    }

    fn compare(
        &mut self,
        column: &ColumnRef,
        stored: &StoredColumn,
        test: &Test<'_>,
        comparison: Comparison,
        index: usize,
    ) -> Result<Condition, ErrorObject> {
        let ordered = !matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        let has_no_order = matches!(stored.column_type, ColumnType::Boolean | ColumnType::Binary);
        if ordered && has_no_order {
            return Err(unsupported(test, "values that have no order"));
        }
        let value = parse(stored, test, &test.condition.values[index])?;
        let timestamp = matches!(value, Value::Timestamp(_));
        Ok(Condition::Compare { column: column.clone(), comparison, value: self.push(value), timestamp })
    }

    fn in_list(
        &mut self,
        column: ColumnRef,
        stored: &StoredColumn,
        test: &Test<'_>,
        negated: bool,
    ) -> Result<Condition, ErrorObject> {
        let values: Result<Vec<Value>, ErrorObject> =
            test.condition.values.iter().map(|text| parse(stored, test, text)).collect();
        let list = self.push(Value::List(values?));
        Ok(Condition::InList { column, list, negated })
    }

    fn text(
        &mut self,
        column: ColumnRef,
        stored: &StoredColumn,
        test: &Test<'_>,
        kind: TextMatch,
    ) -> Result<Condition, ErrorObject> {
        if !matches!(
            stored.column_type,
            ColumnType::Text | ColumnType::Uuid | ColumnType::Enum(_) | ColumnType::Any | ColumnType::Other
        ) {
            return Err(unsupported(test, "values that are not text"));
        }
        if stored.strict && test.condition.values[0].contains('\0') {
            return Err(ErrorObject::new(&INVALID_FILTER_VALUE, "No text contains the character U+0000."));
        }
        let folded = test.condition.values[0].chars().flat_map(char::to_lowercase).collect();
        Ok(Condition::Text { column, kind, value: self.push(Value::Text(folded)) })
    }
}

/// An id that no value of the key's type could have is the caller's mistake.
fn has_form_of_key(key: &[StoredColumn], id: &str) -> bool {
    match key {
        [column] if column.column_type == ColumnType::Integer => value::parse(column, id).is_some(),
        _ => true,
    }
}

fn parse(stored: &StoredColumn, test: &Test<'_>, text: &str) -> Result<Value, ErrorObject> {
    match stored.column_type {
        ColumnType::Json => return Err(unsupported(test, "JSON values; they take null only")),
        ColumnType::Array(_) => return Err(unsupported(test, "arrays; they take null only")),
        _ => {}
    }
    value::parse(stored, text).ok_or_else(|| {
        let detail = format!("\"{text}\" is not {}.", value::form(&stored.column_type));
        ErrorObject::new(&INVALID_FILTER_VALUE, detail)
    })
}

fn unsupported(test: &Test<'_>, what: &str) -> ErrorObject {
    let path = test.condition.path.join(".");
    let detail = format!("The operator does not work on \"{path}\": it cannot be used on {what}.");
    ErrorObject::new(&error::UNSUPPORTED_FILTER_OPERATOR, detail)
}
