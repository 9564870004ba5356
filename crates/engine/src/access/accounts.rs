//! Accounts that are kept in a table of the served database: one statement reads one of them by its login.
//!
//! Passwords stay hashed here; whether one fits is for the edge to find out. The table is looked at as it is in the
//! schema: that the catalog hides its columns, or all of it, makes no difference.

use std::sync::Arc;
use std::time::Instant;

use docent_catalog::model::StoredColumn;
use docent_sql::render::{Statement, render};
use docent_sql::schema::{ColumnType, Schema, Table};
use docent_sql::statement::{Alias, ColumnRef, Comparison, Condition, Limit, Output, Parameter, Select};
use docent_sql::{Cell, Cost, Database, Error, Program, Query, Row, Value};
use serde_json::Map;

use crate::id::{self, Form};

/// The only table of the statement.
const ACCOUNTS: Alias = Alias(0);
/// One more than there may be of a login.
const ROWS_MAX: i64 = 2;

/// Which table holds accounts, and what its columns mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountsTable {
    /// The table, as the schema names it.
    pub table: String,
    /// The column that users log in with.
    pub login: String,
    /// The column with their hashed password.
    pub password: String,
    /// The column with their roles: one, several with commas between them, or a JSON array.
    pub roles: Option<String>,
    /// The column that tells who they are; the table's key unless given.
    pub id: Option<String>,
    /// Columns whose values are known of them besides.
    pub claims: Vec<String>,
}

/// What does not fit the database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct AccountsProblem {
    /// Which member of [`AccountsTable`].
    pub key: &'static str,
    /// What is wrong with it.
    pub message: String,
}

/// An account as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredAccount {
    /// Who it is: the `id` that a resource of the table would have, unless another column says so.
    pub id: String,
    /// The hashed password.
    pub password: String,
    /// The roles.
    pub roles: Vec<String>,
    /// What else is known.
    pub claims: Map<String, serde_json::Value>,
}

/// Reads accounts.
#[derive(Debug, Clone)]
pub struct AccountReader {
    database: Arc<Database>,
    statement: Arc<Statement>,
    shape: Arc<Shape>,
}

/// What the cells of a row are: password, roles, those of the id, those of the claims.
#[derive(Debug)]
struct Shape {
    has_roles: bool,
    id: Vec<Form>,
    claims: Vec<String>,
}

impl AccountsTable {
    /// Says what does not fit the schema.
    pub fn check(&self, schema: &Schema) -> Result<(), AccountsProblem> {
        self.select(schema).map(drop)
    }

    fn select(&self, schema: &Schema) -> Result<(Select, Shape), AccountsProblem> {
        let table = schema.tables.iter().find(|table| table.name.to_string() == self.table);
        let table = table.ok_or_else(|| AccountsProblem {
            key: "table",
            message: format!("the database has no table or view `{}`", self.table),
        })?;
        let of_column = |key, name: &str| column(table, key, name);
        let login = of_column("login", &self.login)?;
        if !matches!(login.column_type, ColumnType::Text | ColumnType::Any | ColumnType::Other) {
            return Err(AccountsProblem { key: "login", message: format!("`{}` holds no text", self.login) });
        }
        let password = of_column("password", &self.password)?;
        let roles = of_column("roles", self.roles.as_deref().unwrap_or(&self.password))?;
        let id = match &self.id {
            Some(name) => vec![of_column("id", name)?],
            None => key(table)?,
        };
        let claims =
            self.claims.iter().map(|name| of_column("claims", name)).collect::<Result<Vec<_>, _>>()?;
        let forms = id.iter().map(Form::of).collect();
        let outputs = [password, roles].into_iter().chain(id).chain(claims);
        let select = Select {
            columns: outputs.map(|column| Output::Column(reference(&column))).collect(),
            from: (table.name.clone().into(), ACCOUNTS),
            joins: Vec::new(),
            keys: None,
            condition: Condition::Compare {
                column: reference(&login),
                comparison: Comparison::Equal,
                value: Parameter(0),
                timestamp: false,
            },
            group: None,
            order: Vec::new(),
            limit: Some(Limit::Given(Parameter(1))),
            offset: None,
        };
        Ok((select, Shape { has_roles: self.roles.is_some(), id: forms, claims: self.claims.clone() }))
    }
}

fn key(table: &Table) -> Result<Vec<StoredColumn>, AccountsProblem> {
    let missing = || AccountsProblem {
        key: "table",
        message: format!("`{}` has no key; name the column that tells who a user is with `id`", table.name),
    };
    if table.primary_key.is_empty() {
        return Err(missing());
    }
    table.primary_key.iter().map(|at| column(table, "table", &table.columns[*at].name)).collect()
}

fn column(table: &Table, key: &'static str, name: &str) -> Result<StoredColumn, AccountsProblem> {
    let found = table.columns.iter().find(|column| column.name == name);
    let found = found.ok_or_else(|| AccountsProblem {
        key,
        message: format!("`{}` has no column `{name}`", table.name),
    })?;
    let comparison_type = found.comparison_type.as_str().into();
    Ok(StoredColumn { comparison_type, ..StoredColumn::new(name, found.column_type.clone()) })
}

fn reference(column: &StoredColumn) -> ColumnRef {
    ColumnRef { table: ACCOUNTS, column: column.column_name() }
}

impl AccountReader {
    pub(crate) fn new(
        database: &Arc<Database>,
        schema: &Schema,
        table: &AccountsTable,
    ) -> Result<Self, AccountsProblem> {
        let (select, shape) = table.select(schema)?;
        let statement = Arc::new(render(database.dialect(), &select));
        Ok(AccountReader { database: Arc::clone(database), statement, shape: Arc::new(shape) })
    }

    /// The account of that login; none as well if there are several, as there is no telling which is meant.
    pub async fn find(&self, login: &str, deadline: Instant) -> Result<Option<StoredAccount>, Error> {
        let query = Query {
            statement: Arc::clone(&self.statement),
            parameters: vec![Value::Text(login.to_owned()), Value::Integer(ROWS_MAX)].into(),
        };
        let reading = Reading {
            query: Some(query.clone()),
            again: query,
            shape: Arc::clone(&self.shape),
            found: Vec::new(),
        };
        let (reading, outcome) = self.database.read(reading, Cost::Cheap, deadline, None).await;
        outcome.result?;
        let mut found = reading.map(|reading| reading.found).unwrap_or_default();
        Ok(if found.len() == 1 { found.pop().flatten() } else { None })
    }
}

/// The read of one account.
#[derive(Debug)]
struct Reading {
    query: Option<Query>,
    /// For a second attempt.
    again: Query,
    shape: Arc<Shape>,
    /// An account for each row that holds one.
    found: Vec<Option<StoredAccount>>,
}

impl Program for Reading {
    fn next(&mut self, wave: &mut Vec<Query>) {
        wave.extend(self.query.take());
    }

    fn row(&mut self, _: usize, row: &Row<'_>) {
        self.found.push(self.shape.account(row));
    }

    fn restart(&mut self) {
        self.query = Some(self.again.clone());
        self.found.clear();
    }

    fn needs_snapshot(&self) -> bool {
        false
    }
}

impl Shape {
    fn account(&self, row: &Row<'_>) -> Option<StoredAccount> {
        let (password, rest) = row.split_first()?;
        let (roles, rest) = rest.split_first()?;
        let (id, claims) = rest.split_at_checked(self.id.len())?;
        let mut written = String::new();
        id::write(&mut written, id.iter().copied().zip(self.id.iter().copied()))?;
        Some(StoredAccount {
            id: written,
            password: text(*password)?.to_owned(),
            roles: if self.has_roles { text(*roles).map(list).unwrap_or_default() } else { Vec::new() },
            claims: self.claims.iter().cloned().zip(claims.iter().map(|cell| claim(*cell))).collect(),
        })
    }
}

fn text(cell: Cell<'_>) -> Option<&str> {
    match cell {
        Cell::Text(bytes) | Cell::Blob(bytes) => std::str::from_utf8(bytes).ok(),
        Cell::Null | Cell::Integer(_) | Cell::Real(_) => None,
    }
}

/// Roles as they are stored.
fn list(text: &str) -> Vec<String> {
    if text.trim_start().starts_with('[') {
        return serde_json::from_str(text).unwrap_or_default();
    }
    text.split(',').map(str::trim).filter(|role| !role.is_empty()).map(str::to_owned).collect()
}

fn claim(cell: Cell<'_>) -> serde_json::Value {
    match cell {
        Cell::Integer(number) => number.into(),
        Cell::Real(number) => number.into(),
        Cell::Null | Cell::Text(_) | Cell::Blob(_) => text(cell).into(),
    }
}
