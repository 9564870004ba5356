//! Statements in the making, of which most of this crate's are made.

use docent_sql::Value;
use docent_sql::schema::TableName;
use docent_sql::statement::{
    Alias, ColumnName, ColumnRef, Comparison, Condition, Group, Join, Limit, OrderTerm, Output, Parameter,
    Select, Table, Values,
};

use crate::site::FieldKind;

/// The type of numbers in a list: of any number that a site may have.
const NUMBER: &str = "bigint";
/// The type of decimals.
const DECIMAL: &str = "numeric";

/// A statement in the making, with its parameters.
pub(crate) struct Statement {
    select: Select,
    parameters: Vec<Value>,
}

/// A column that holds a value of a field. Decimals come as the database writes them, with all their digits.
pub(crate) fn value_column(table: Alias, name: &str, kind: FieldKind) -> ColumnRef {
    if kind != FieldKind::Decimal {
        return column(table, name);
    }
    let mut column = typed_column(table, name, DECIMAL);
    column.column.values = Values::TextForm;
    column
}

/// A column of a table in a statement.
pub(crate) fn column(table: Alias, name: &str) -> ColumnRef {
    typed_column(table, name, "")
}

/// A column that is compared with values of that type.
pub(crate) fn typed_column(table: Alias, name: &str, comparison_type: &str) -> ColumnRef {
    let comparison_type = comparison_type.into();
    ColumnRef { table, column: ColumnName { name: name.to_owned(), comparison_type, values: Values::Plain } }
}

/// A table of the site.
pub(crate) fn table(name: &str) -> Table {
    TableName { schema: None, name: name.to_owned() }.into()
}

impl Statement {
    /// A statement that reads a table, which is its first.
    pub(crate) fn from(table: &str) -> Self {
        let select = Select {
            columns: Vec::new(),
            from: (self::table(table), Alias(0)),
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
            table: self::table(table),
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
        self.compare(column, Comparison::Equal, value)
    }

    /// The condition that a column's value compares so with another.
    pub(crate) fn compare(&mut self, column: ColumnRef, comparison: Comparison, value: Value) -> Condition {
        let value = self.value(value);
        Condition::Compare { column, comparison, value, timestamp: false }
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

    /// No more rows than that.
    pub(crate) fn limit(&mut self, rows: u64) {
        self.select.limit = Some(Limit::Fixed(rows));
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
