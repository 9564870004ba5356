//! What the statements of this folder are made of.

use docent_sql::Value;
use docent_sql::schema::TableName;
use docent_sql::statement::{
    Alias, ColumnName, ColumnRef, Comparison, Condition, Group, Join, OrderTerm, Output, Parameter, Select,
    Values,
};

use crate::site::FieldKind;

/// The type of numbers in a list: of any number that a site may have.
const NUMBER: &str = "bigint";
/// The type of decimals.
const DECIMAL: &str = "numeric";

/// A statement in the making, with its parameters.
pub(crate) struct Building {
    select: Select,
    parameters: Vec<Value>,
}

/// A column that holds a value of a field. Decimals come as the database writes them, with all their digits.
pub(crate) fn value_column(table: Alias, name: &str, kind: FieldKind) -> ColumnRef {
    let mut column = column(table, name);
    if kind == FieldKind::Decimal {
        column.column.values = Values::TextForm;
        column.column.comparison_type = DECIMAL.into();
    }
    column
}

/// A column of a table in a statement.
pub(crate) fn column(table: Alias, name: &str) -> ColumnRef {
    let column = ColumnName { name: name.to_owned(), comparison_type: "".into(), values: Values::Plain };
    ColumnRef { table, column }
}

fn table_name(name: &str) -> TableName {
    TableName { schema: None, name: name.to_owned() }
}

impl Building {
    /// A statement that reads a table, which is its first.
    pub(crate) fn from(table: &str) -> Self {
        let select = Select {
            columns: Vec::new(),
            from: (table_name(table).into(), Alias(0)),
            joins: Vec::new(),
            keys: None,
            condition: Condition::always(),
            group: None,
            order: Vec::new(),
            limit: None,
            offset: None,
        };
        Self { select, parameters: Vec::new() }
    }

    /// Another table, whose columns equal those of earlier ones.
    pub(crate) fn join(&mut self, outer: bool, table: &str, on: &[(ColumnRef, &str)]) -> Alias {
        let alias = Alias(u16::try_from(self.select.joins.len() + 1).unwrap_or(u16::MAX));
        self.select.joins.push(Join {
            outer,
            table: table_name(table).into(),
            alias,
            on: on.iter().map(|(left, right)| (left.clone(), (*right).to_owned())).collect(),
        });
        alias
    }

    /// Another column of the result.
    pub(crate) fn output(&mut self, column: ColumnRef) {
        self.select.columns.push(Output::Column(column));
    }

    /// Another column of the result: the largest value of a column among the rows that have another in common.
    pub(crate) fn largest(&mut self, column: ColumnRef, by: ColumnRef) {
        self.select.columns.push(Output::Largest(column));
        self.select.group = Some(Group { by: vec![by], largest: Vec::new() });
    }

    /// A value, to be named in conditions.
    pub(crate) fn value(&mut self, value: Value) -> Parameter {
        self.parameters.push(value);
        Parameter(u16::try_from(self.parameters.len() - 1).unwrap_or(u16::MAX))
    }

    /// The condition that a column has a value.
    pub(crate) fn equals(&mut self, column: ColumnRef, value: Value) -> Condition {
        let value = self.value(value);
        Condition::Compare { column, comparison: Comparison::Equal, value, timestamp: false }
    }

    /// The condition that a column has one of several numbers, all in one parameter.
    pub(crate) fn among(&mut self, mut column: ColumnRef, numbers: Vec<Value>) -> Condition {
        column.column.comparison_type = NUMBER.into();
        let list = self.value(Value::List(numbers));
        Condition::InList { column, list, negated: false }
    }

    /// The condition that a column has one of several texts. Each is a parameter, so that it is compared as the column
    /// is; there are few of them, and few different statements.
    pub(crate) fn among_texts(&mut self, column: &ColumnRef, texts: Vec<String>) -> Condition {
        let count = texts.len().next_power_of_two();
        let last = texts.last().cloned().unwrap_or_default();
        let padded = texts.into_iter().chain(std::iter::repeat(last)).take(count);
        Condition::Any(padded.map(|text| self.equals(column.clone(), Value::Text(text))).collect())
    }

    /// Only rows that satisfy this as well.
    pub(crate) fn only(&mut self, condition: Condition) {
        let before = std::mem::replace(&mut self.select.condition, Condition::always());
        self.select.condition = before.and(condition);
    }

    /// In the order of a column, after those named before.
    pub(crate) fn ascending(&mut self, column: ColumnRef) {
        self.select.order.push(OrderTerm { column, descending: false, nullable: false });
    }

    /// The statement and its parameters.
    pub(crate) fn finish(self) -> (Select, Vec<Value>) {
        (self.select, self.parameters)
    }
}

/// Numbers as parameters, each once.
pub(crate) fn numbers(numbers: impl Iterator<Item = i64>) -> Vec<Value> {
    let mut numbers: Vec<i64> = numbers.collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers.into_iter().map(Value::Integer).collect()
}
