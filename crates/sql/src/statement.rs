//! The typed statement tree: what a read asks of a database, in no engine's words.
//!
//! A tree holds names from the schema and positions of parameters, never values: one tree serves every request of its
//! shape. Dialects turn it into text (`render`); adapters run the text.

use std::sync::Arc;

use crate::schema::TableName;

/// Names a table within a statement: `t0`, `t1`, …
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Alias(pub u16);

/// Position of a parameter in the values given with the query, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Parameter(pub u16);

/// A column, as far as a statement has to know it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ColumnName {
    /// Name in the database.
    pub name: String,
    /// See [`crate::schema::Column::comparison_type`].
    pub comparison_type: Arc<str>,
    /// What is special about its values.
    pub values: Values,
}

/// How values of a column come out of the database, and stand in a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Values {
    /// As they are.
    #[default]
    Plain,
    /// They come out in the engine's own text form, there being no other.
    TextForm,
    /// They are bytes, which not every list can hold.
    Bytes,
}

/// A column of a table in the statement.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ColumnRef {
    /// Which table.
    pub table: Alias,
    /// Which of its columns.
    pub column: ColumnName,
}

/// A table as a statement reads it: all of its rows, or what a restriction leaves of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Table {
    /// The table.
    pub name: TableName,
    /// What is seen of it. The database then has a table that holds no more, as far as the statement can tell.
    pub restriction: Option<Arc<Restriction>>,
}

/// What is seen of a table.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Restriction {
    /// The name that the table has in the conditions.
    pub alias: Alias,
    /// Which of its rows.
    pub condition: Condition,
    /// Columns besides its own.
    pub masks: Vec<Mask>,
}

/// A column that holds what another holds, but only in rows that satisfy a condition; NULL in the others.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Mask {
    /// The name it has, which is no other column's.
    pub name: String,
    /// The other column's name.
    pub column: String,
    /// How its values are compared, where the engine would forget.
    pub collation: Option<Arc<str>>,
    /// In which rows.
    pub condition: Condition,
}

impl From<TableName> for Table {
    fn from(name: TableName) -> Self {
        Table { name, restriction: None }
    }
}

/// A SELECT.
#[derive(Debug, Clone, PartialEq)]
pub struct Select {
    /// What comes out, in order.
    pub columns: Vec<Output>,
    /// The first table.
    pub from: (Table, Alias),
    /// Further tables, each joined to an earlier one.
    pub joins: Vec<Join>,
    /// Restricts the rows to those of given keys.
    pub keys: Option<Keys>,
    /// Which rows.
    pub condition: Condition,
    /// Makes one row of those that are alike; only without keys.
    pub group: Option<Group>,
    /// In which order.
    pub order: Vec<OrderTerm>,
    /// At most how many rows, all keys together.
    pub limit: Option<Limit>,
    /// How many rows to skip first.
    pub offset: Option<Parameter>,
}

/// Rows that are alike, as one row.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// The columns in which they are: all that come out are among them.
    pub by: Vec<ColumnRef>,
    /// Which columns of the order stand for the largest of the group's values. Others that are not among `by` stand for
    /// the smallest.
    pub largest: Vec<ColumnRef>,
}

/// How many rows at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// As many as a parameter says.
    Given(Parameter),
    /// That many, in the statement's text: PostgreSQL plans a statement once for all if it knows the number.
    Fixed(u64),
}

/// An output column.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// A column's value.
    Column(ColumnRef),
    /// The largest value of a column in a group.
    Largest(ColumnRef),
    /// The number of rows, counted up to the limit and no further; stands alone.
    Count,
    /// Which of the given keys the row belongs to, counted from 0, or with [`Keys::by_value`] the key itself; only with
    /// [`Select::keys`].
    Key,
}

/// A joined table.
#[derive(Debug, Clone, PartialEq)]
pub struct Join {
    /// Whether rows without a partner stay, with NULLs.
    pub outer: bool,
    /// The table.
    pub table: Table,
    /// Its name in this statement.
    pub alias: Alias,
    /// Pairs that must be equal: a column of an earlier table, a column of this one.
    pub on: Vec<(ColumnRef, String)>,
}

/// "Only rows whose `columns` are one of the given keys", the keys being one parameter: [`crate::Value::List`] for
/// one column, [`crate::Value::Rows`] for several. A key given twice gives its rows twice.
#[derive(Debug, Clone, PartialEq)]
pub struct Keys {
    /// The columns, all of one table.
    pub columns: Vec<ColumnRef>,
    /// The keys.
    pub parameter: Parameter,
    /// The join table that holds the keys, if the rows' own table does not: then `columns` are those it refers to.
    pub through: Option<Through>,
    /// At most that many rows for each key, the first in the statement's order.
    /// Rows of one key then come in that order, one key after another in any order.
    pub limit_each: Option<LimitEach>,
    /// Whether the keys are those of one column of integers, in ascending order, each given once, so that the column
    /// itself tells which of them it is. Only where [`crate::render::Dialect::tells_keys_by_value`], and without
    /// [`Keys::limit_each`].
    pub by_value: bool,
}

/// See [`Keys::through`].
#[derive(Debug, Clone, PartialEq)]
pub struct Through {
    /// The join table.
    pub table: Table,
    /// Its columns that hold the keys.
    pub near: Vec<ColumnName>,
    /// Its columns that refer to the rows, in the order of [`Keys::columns`].
    pub far: Vec<ColumnName>,
    /// Whether each that is not NULL is known to find its row.
    pub holds: bool,
}

/// A bound on the rows of each key.
#[derive(Debug, Clone, PartialEq)]
pub struct LimitEach {
    /// How many.
    pub limit: Parameter,
    /// Columns that, together with those of the key, identify a row of the statement's first table. Behind a join table
    /// those of [`Keys::columns`].
    pub identity: Vec<String>,
    /// Whether `identity` identifies a row without the key's columns.
    pub stands_alone: bool,
}

/// A sort term. NULL comes first ascending and last descending, on every engine.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OrderTerm {
    /// By which column.
    pub column: ColumnRef,
    /// From high to low.
    pub descending: bool,
    /// Whether it may be NULL, also for want of a partner in a join.
    pub nullable: bool,
}

/// A comparison of a column with one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// Equal.
    Equal,
    /// Different; NULL is not.
    NotEqual,
    /// Greater.
    Greater,
    /// Greater or equal.
    GreaterOrEqual,
    /// Less.
    Less,
    /// Less or equal.
    LessOrEqual,
}

/// Where in a text another is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextMatch {
    /// Anywhere.
    Contains,
    /// At its start.
    Starts,
    /// At its end.
    Ends,
}

/// A condition on a row. Two-valued: what SQL calls unknown counts as false.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Condition {
    /// Every one holds; true when empty.
    All(Vec<Condition>),
    /// At least one holds; false when empty.
    Any(Vec<Condition>),
    /// The exact complement.
    Not(Box<Condition>),
    /// Column against a value.
    Compare {
        /// The column.
        column: ColumnRef,
        /// How.
        comparison: Comparison,
        /// With what.
        value: Parameter,
        /// Whether the value is a [`crate::Value::Timestamp`], compared with every textual form in use.
        timestamp: bool,
    },
    /// Column among the values of a list.
    InList {
        /// The column.
        column: ColumnRef,
        /// A [`crate::Value::List`].
        list: Parameter,
        /// Holds for values outside of the list instead; never for NULL.
        negated: bool,
    },
    /// Columns, together, among the keys of a list.
    InKeys {
        /// The columns, all of one table; at least one.
        columns: Vec<ColumnRef>,
        /// The keys: a [`crate::Value::List`] for one column, [`crate::Value::Rows`] for several.
        keys: Parameter,
        /// Holds for keys outside of the list instead; never for one that is partly NULL.
        negated: bool,
    },
    /// Text against a text, case ignored. The value is lower case already.
    Text {
        /// The column; only values stored as text can match.
        column: ColumnRef,
        /// Where.
        kind: TextMatch,
        /// For what.
        value: Parameter,
    },
    /// Text against a text as the column's own collation compares them. PostgreSQL's tell upper from lower case: there
    /// case is ignored nevertheless. For columns of text.
    Alike {
        /// The column.
        column: ColumnRef,
        /// Where the value is looked for; without it the whole text is compared.
        part: Option<TextMatch>,
        /// For what.
        value: Parameter,
    },
    /// Column is NULL.
    IsNull(ColumnRef),
    /// Column is not NULL.
    IsNotNull(ColumnRef),
    /// Some row of another table has equal columns and satisfies a condition.
    Related(Box<Related>),
}

/// See [`Condition::Related`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Related {
    /// Columns of a table outside.
    pub near: Vec<ColumnRef>,
    /// The other table.
    pub table: Table,
    /// Its name in the statement.
    pub alias: Alias,
    /// Its columns that equal `near`, in the same order.
    pub far: Vec<String>,
    /// What its row must satisfy.
    pub condition: Condition,
}

impl Condition {
    /// The condition that always holds.
    pub fn always() -> Self {
        Condition::All(Vec::new())
    }

    /// Whether it holds for every row by its form alone.
    pub fn is_always(&self) -> bool {
        matches!(self, Condition::All(parts) if parts.iter().all(Condition::is_always))
    }

    /// At least one of the conditions, each asked once.
    pub fn any_of<'a>(conditions: impl IntoIterator<Item = &'a Condition>) -> Self {
        let mut different: Vec<Condition> = Vec::new();
        for condition in conditions {
            if condition.is_always() {
                return Condition::always();
            }
            if !different.contains(condition) {
                different.push(condition.clone());
            }
        }
        if different.len() == 1 { different.remove(0) } else { Condition::Any(different) }
    }

    /// Both conditions.
    #[must_use]
    pub fn and(self, other: Condition) -> Self {
        match (self, other) {
            (one, other) if one.is_always() => other,
            (one, other) if other.is_always() => one,
            (Condition::All(mut parts), other) => {
                parts.push(other);
                Condition::All(parts)
            }
            (one, other) => Condition::All(vec![one, other]),
        }
    }
}
