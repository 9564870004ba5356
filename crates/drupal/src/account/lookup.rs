//! Where accounts are found: by name, or by a session.

use std::sync::Arc;

use docent_sql::Value;
use docent_sql::schema::TableName;
use docent_sql::statement::{
    Alias, ColumnName, ColumnRef, Comparison, Condition, Join, Limit, OrderTerm, Output, Parameter, Select,
    Values,
};

use super::Account;
use crate::conversation::{Conversation, Table};
use crate::site::Site;

/// Sessions that nobody has used for so many seconds are over: Drupal, left at its defaults, deletes them.
const SESSION_SECONDS_MAX: i64 = 200_000;
/// Rows that are read: one for each role of an account.
const ROWS_MAX: u64 = 1000;

const DATA: Alias = Alias(0);
const BASE: Alias = Alias(1);
const ROLES: Alias = Alias(2);
const SETS: Alias = Alias(3);
const SESSIONS: Alias = Alias(4);

/// An account that can be logged in to, and the hash of its password.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) account: Account,
    pub(super) stored_password: String,
}

/// The account of that name. Names are compared as the database's collation says.
pub(super) async fn by_name(to: &Conversation, site: &Arc<Site>, name: String) -> Option<Found> {
    let is_named = equals(DATA, "name", Parameter(0));
    let select = accounts(site, is_named, None);
    found(site, &to.ask_one(&select, vec![Value::Text(name)]).await)
}

/// The account that a session belongs to, `now` being in seconds since 1970.
pub(super) async fn by_session(to: &Conversation, site: &Arc<Site>, id: String, now: i64) -> Option<Found> {
    let is_meant = equals(SESSIONS, "sid", Parameter(0));
    let is_alive = Condition::Compare {
        column: column(SESSIONS, "timestamp"),
        comparison: Comparison::GreaterOrEqual,
        value: Parameter(1),
        timestamp: false,
    };
    let select = accounts(site, Condition::All(vec![is_meant, is_alive]), Some(SESSIONS));
    let parameters = vec![Value::Text(id), Value::Integer(now.saturating_sub(SESSION_SECONDS_MAX))];
    found(site, &to.ask_one(&select, parameters).await)
}

/// Asks for what is read of the table of sessions, which fails if that cannot be read.
pub(super) async fn try_sessions(to: &Conversation) {
    let columns = ["uid", "sid", "timestamp"].map(|name| Output::Column(column(SESSIONS, name)));
    let select = Select {
        columns: columns.into(),
        from: (table("sessions").into(), SESSIONS),
        joins: Vec::new(),
        keys: None,
        condition: Condition::always(),
        group: None,
        order: Vec::new(),
        limit: Some(Limit::Fixed(1)),
        offset: None,
    };
    to.ask_one(&select, Vec::new()).await;
}

/// A row for each role of the accounts that are meant: number, UUID, password, status, whether the row is of the
/// account's own language, role, whether the role has been taken away, the preferred language, and the
/// set of shortcuts.
fn accounts(site: &Site, is_meant: Condition, start: Option<Alias>) -> Select {
    let inner = |name: &str, alias, on: (ColumnRef, &str)| join(false, name, alias, on);
    let outer = |name: &str, alias, on: (ColumnRef, &str)| join(true, name, alias, on);
    let (from, mut joins) = match start {
        Some(alias) => {
            let own = inner("users_field_data", DATA, (column(alias, "uid"), "uid"));
            (("sessions", alias), vec![own])
        }
        None => (("users_field_data", DATA), Vec::new()),
    };
    joins.push(inner("users", BASE, (column(DATA, "uid"), "uid")));
    joins.push(outer("user__roles", ROLES, (column(DATA, "uid"), "entity_id")));
    let mut columns = vec![
        column(DATA, "uid"),
        column(BASE, "uuid"),
        column(DATA, "pass"),
        column(DATA, "status"),
        column(DATA, "default_langcode"),
        column(ROLES, "roles_target_id"),
        column(ROLES, "deleted"),
        column(DATA, "preferred_langcode"),
    ];
    if site.has_module("shortcut") {
        joins.push(outer("shortcut_set_users", SETS, (column(DATA, "uid"), "uid")));
        columns.push(column(SETS, "set_name"));
    }
    Select {
        columns: columns.into_iter().map(Output::Column).collect(),
        from: (table(from.0).into(), from.1),
        joins,
        keys: None,
        condition: is_meant,
        group: None,
        order: vec![OrderTerm { column: column(DATA, "uid"), descending: false, nullable: false }],
        limit: Some(Limit::Fixed(ROWS_MAX)),
        offset: None,
    }
}

/// The account of the first rows, unless it is blocked.
fn found(site: &Arc<Site>, rows: &Table) -> Option<Found> {
    let own =
        (0..rows.len()).filter(|row| rows.integer(*row, 4) == Some(1) && rows.integer(*row, 3) == Some(1));
    let mut own = own.peekable();
    let first = *own.peek()?;
    let id = rows.integer(first, 0).filter(|id| *id > 0)?;
    let mut roles = vec!["authenticated".to_owned()];
    let all = own.filter(|row| rows.integer(*row, 0) == Some(id) && rows.integer(*row, 6) == Some(0));
    roles.extend(all.filter_map(|row| rows.text(row, 5)).map(str::to_owned));
    let uuid = rows.text(first, 1).unwrap_or_default().to_owned();
    let mut account = Account::new(Arc::clone(site), id, uuid, roles);
    rows.text(first, 7).unwrap_or_default().clone_into(&mut account.preferred_langcode);
    if site.has_module("shortcut") {
        account.shortcut_set = rows.text(first, 8).map(str::to_owned);
    }
    Some(Found { account, stored_password: rows.text(first, 2).unwrap_or_default().to_owned() })
}

fn join(outer: bool, name: &str, alias: Alias, (near, far): (ColumnRef, &str)) -> Join {
    Join { outer, table: table(name).into(), alias, on: vec![(near, far.to_owned())] }
}

fn table(name: &str) -> TableName {
    TableName { schema: None, name: name.to_owned() }
}

fn column(table: Alias, name: &str) -> ColumnRef {
    let column = ColumnName { name: name.to_owned(), comparison_type: Arc::default(), values: Values::Plain };
    ColumnRef { table, column }
}

fn equals(table: Alias, name: &str, value: Parameter) -> Condition {
    let column = column(table, name);
    Condition::Compare { column, comparison: Comparison::Equal, value, timestamp: false }
}
