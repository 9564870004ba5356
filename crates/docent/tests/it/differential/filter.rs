//! Filter expressions: what they mean, evaluated row by row.

use std::cmp::Ordering;

use super::cells::{
    Cell, Collation, Kind, from_base64, is_date, is_date_or_time, is_time, stored_time, with_space,
};
use super::model::{Member, Model};
use crate::harness::engine::Engine;

/// A filter, whatever grammar it is written in.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expression {
    All(Vec<Expression>),
    Any(Vec<Expression>),
    Not(Box<Expression>),
    Condition(Condition),
}

/// One condition: some resource at the end of `path` has such a `member`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Condition {
    /// Indexes of relationships.
    pub(crate) path: Vec<usize>,
    pub(crate) member: Member,
    pub(crate) operator: Operator,
    /// As the client writes them, before any escaping.
    pub(crate) operands: Vec<String>,
}

/// The operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Eq,
    Ne,
    Gt,
    Gte,
    Lt,
    Lte,
    In,
    Nin,
    Between,
    Nbetween,
    Contains,
    Starts,
    Ends,
    Null,
}

impl Operator {
    /// All of them.
    pub(crate) const ALL: [Self; 14] = [
        Self::Eq,
        Self::Ne,
        Self::Gt,
        Self::Gte,
        Self::Lt,
        Self::Lte,
        Self::In,
        Self::Nin,
        Self::Between,
        Self::Nbetween,
        Self::Contains,
        Self::Starts,
        Self::Ends,
        Self::Null,
    ];

    /// The name in the native grammar.
    pub(crate) fn native(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Gt => "gt",
            Self::Gte => "gte",
            Self::Lt => "lt",
            Self::Lte => "lte",
            Self::In => "in",
            Self::Nin => "nin",
            Self::Between => "between",
            Self::Nbetween => "nbetween",
            Self::Contains => "contains",
            Self::Starts => "starts",
            Self::Ends => "ends",
            Self::Null => "null",
        }
    }

    /// Whether the operands are a list.
    pub(crate) fn takes_list(self) -> bool {
        matches!(self, Self::In | Self::Nin | Self::Between | Self::Nbetween)
    }

    /// The operators that members of this kind support; `None` stands for relationships and composite ids.
    pub(crate) fn supported(kind: Option<Kind>) -> &'static [Self] {
        match kind {
            None | Some(Kind::Boolean | Kind::Binary) => {
                &[Self::Eq, Self::Ne, Self::In, Self::Nin, Self::Null]
            }
            Some(Kind::Json) => &[Self::Null],
            Some(Kind::Text | Kind::Uuid | Kind::Any) => &Self::ALL,
            Some(Kind::Integer | Kind::Float | Kind::Decimal | Kind::Date | Kind::Time | Kind::Timestamp) => {
                &[
                    Self::Eq,
                    Self::Ne,
                    Self::Gt,
                    Self::Gte,
                    Self::Lt,
                    Self::Lte,
                    Self::In,
                    Self::Nin,
                    Self::Between,
                    Self::Nbetween,
                    Self::Null,
                ]
            }
        }
    }
}

/// The stored form of an operand for a column of this kind; `None` if it is a value of the wrong type.
pub(crate) fn operand(kind: Kind, text: &str) -> Option<Cell> {
    let integer = || text.parse().ok().filter(|_| !text.starts_with('+')).map(Cell::Integer);
    let number =
        || integer().or_else(|| text.parse::<f64>().ok().filter(|it| it.is_finite()).map(Cell::Real));
    match kind {
        Kind::Boolean => match text {
            "true" | "1" => Some(Cell::Integer(1)),
            "false" | "0" => Some(Cell::Integer(0)),
            _ => None,
        },
        Kind::Integer => integer(),
        Kind::Float | Kind::Decimal => number(),
        Kind::Date => is_date(text).then(|| Cell::text(text)).or_else(number),
        Kind::Timestamp => is_date_or_time(text).then(|| Cell::text(&stored_timestamp(text))),
        Kind::Any => number().or_else(|| Some(Cell::text(text))),
        Kind::Time => is_time(text).then(|| Cell::text(&stored_time(text))),
        Kind::Text | Kind::Uuid => Some(Cell::text(text)),
        Kind::Binary => from_base64(text).map(Cell::Blob),
        Kind::Json => None,
    }
}

/// A time, or the beginning of a day, as it is stored.
fn stored_timestamp(text: &str) -> String {
    let text = with_space(text);
    match text.split_once(' ') {
        Some((date, time)) => format!("{date} {}", stored_time(time)),
        None if Engine::under_test().is_strict() => format!("{text} 00:00:00"),
        None => text,
    }
}

impl Expression {
    /// For each row of that type whether it satisfies the expression.
    pub(crate) fn holding(&self, model: &Model, of: usize) -> Vec<bool> {
        let rows = 0..model.types[of].rows.len();
        let each =
            |parts: &[Self]| -> Vec<Vec<bool>> { parts.iter().map(|it| it.holding(model, of)).collect() };
        match self {
            Self::All(parts) => {
                let parts = each(parts);
                rows.map(|row| parts.iter().all(|part| part[row])).collect()
            }
            Self::Any(parts) => {
                let parts = each(parts);
                rows.map(|row| parts.iter().any(|part| part[row])).collect()
            }
            Self::Not(part) => part.holding(model, of).into_iter().map(|holds| !holds).collect(),
            Self::Condition(condition) => condition.holding(model, of, &condition.path),
        }
    }
}

impl Condition {
    /// For each row of that type whether some resource at the end of the path satisfies the condition.
    fn holding(&self, model: &Model, of: usize, path: &[usize]) -> Vec<bool> {
        let Some((step, rest)) = path.split_first() else {
            return (0..model.types[of].rows.len()).map(|row| self.holds_here(model, of, row)).collect();
        };
        let relationship = &model.types[of].relationships[*step];
        let at_target = self.holding(model, relationship.target, rest);
        relationship.links.iter().map(|linked| linked.iter().any(|row| at_target[*row])).collect()
    }

    fn holds_here(&self, model: &Model, of: usize, row: usize) -> bool {
        let owner = &model.types[of];
        let wanted = |id: &str| self.operands.iter().any(|operand| operand == id);
        let is_null = self.operator == Operator::Null && self.operands == ["true"];
        if let Member::Relationship(index) = self.member {
            let relationship = &owner.relationships[index];
            let mut ids = relationship.links[row]
                .iter()
                .map(|linked| &model.types[relationship.target].rows[*linked].id);
            return match self.operator {
                Operator::Eq | Operator::In => ids.any(|id| wanted(id)),
                Operator::Ne | Operator::Nin => ids.any(|id| !wanted(id)),
                Operator::Null => ids.next().is_none() == is_null,
                _ => unreachable!("{self:?}"),
            };
        }
        let Some(column) = owner.column_of(self.member) else {
            return match self.operator {
                Operator::Eq | Operator::In => wanted(&owner.rows[row].id),
                Operator::Ne | Operator::Nin => !wanted(&owner.rows[row].id),
                Operator::Null => !is_null,
                _ => unreachable!("{self:?}"),
            };
        };
        let cell = &owner.rows[row].cells[column];
        if self.operator == Operator::Null {
            return cell.is_null() == is_null;
        }
        !cell.is_null() && self.compares(cell, owner.columns[column].kind, owner.columns[column].collation)
    }

    fn compares(&self, cell: &Cell, kind: Kind, collation: Collation) -> bool {
        if matches!(self.operator, Operator::Contains | Operator::Starts | Operator::Ends) {
            let Cell::Text(text) = cell else { return false };
            let (text, part) = (fold(&String::from_utf8_lossy(text)), fold(&self.operands[0]));
            return match self.operator {
                Operator::Contains => text.contains(&part),
                Operator::Starts => text.starts_with(&part),
                _ => text.ends_with(&part),
            };
        }
        // Either separator between date and time is the same moment.
        let cell = match cell {
            Cell::Text(text) if kind == Kind::Timestamp => {
                &Cell::text(&with_space(&String::from_utf8_lossy(text)))
            }
            other => other,
        };
        let operands: Vec<Cell> = self.operands.iter().map(|text| operand(kind, text).unwrap()).collect();
        let orders: Vec<Ordering> = operands.iter().map(|other| cell.compare(other, collation)).collect();
        match self.operator {
            Operator::Eq | Operator::In => orders.contains(&Ordering::Equal),
            Operator::Ne | Operator::Nin => !orders.contains(&Ordering::Equal),
            Operator::Gt => orders[0].is_gt(),
            Operator::Gte => orders[0].is_ge(),
            Operator::Lt => orders[0].is_lt(),
            Operator::Lte => orders[0].is_le(),
            Operator::Between => orders[0].is_ge() && orders[1].is_le(),
            Operator::Nbetween => !(orders[0].is_ge() && orders[1].is_le()),
            Operator::Contains | Operator::Starts | Operator::Ends | Operator::Null => {
                unreachable!("decided above")
            }
        }
    }
}

fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}
