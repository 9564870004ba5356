//! Where accounts are found: by name, or by a session.

use std::sync::Arc;

use docent_sql::Value;
use docent_sql::statement::{Alias, Comparison};

use super::Account;
use crate::conversation::{Conversation, Table};
use crate::site::Site;
use crate::statement::{Statement, column};

/// Sessions that nobody has used for so many seconds are over: Drupal, left at its defaults, deletes them.
const SESSION_SECONDS_MAX: i64 = 200_000;
/// Rows that are read: one for each role of an account.
const ROWS_MAX: u64 = 1000;
/// The first table of a statement.
const FIRST: Alias = Alias(0);

/// An account that can be logged in to, and the hash of its password.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) account: Account,
    pub(super) stored_password: String,
}

/// The account of that name. Names are compared as the database's collation says.
pub(super) async fn by_name(to: &Conversation, site: &Arc<Site>, name: String) -> Option<Found> {
    let mut statement = Statement::from("users_field_data");
    let is_named = statement.equals(column(FIRST, "name"), Value::Text(name));
    statement.only(is_named);
    account(to, site, statement, FIRST).await
}

/// The account that a session belongs to, `now` being in seconds since 1970.
pub(super) async fn by_session(to: &Conversation, site: &Arc<Site>, id: String, now: i64) -> Option<Found> {
    let mut statement = Statement::from("sessions");
    let is_meant = statement.equals(column(FIRST, "sid"), Value::Text(id));
    statement.only(is_meant);
    let oldest = Value::Integer(now.saturating_sub(SESSION_SECONDS_MAX));
    let is_alive = statement.compare(column(FIRST, "timestamp"), Comparison::GreaterOrEqual, oldest);
    statement.only(is_alive);
    let data = statement.join(false, "users_field_data", &[(column(FIRST, "uid"), "uid")]);
    account(to, site, statement, data).await
}

/// Asks for what is read of the table of sessions, which fails if that cannot be read.
pub(super) async fn try_sessions(to: &Conversation) {
    let mut statement = Statement::from("sessions");
    for name in ["uid", "sid", "timestamp"] {
        statement.output(column(FIRST, name));
    }
    statement.limit(1);
    let (select, parameters) = statement.finish();
    to.ask_one(&select, parameters).await;
}

/// The account that a statement finds in the table `data`. There is a row for each of its roles: number, UUID,
/// password, status, whether the row is of the account's own language, role, whether the role has been taken away, the
/// preferred language, and the set of shortcuts.
async fn account(
    to: &Conversation,
    site: &Arc<Site>,
    mut statement: Statement,
    data: Alias,
) -> Option<Found> {
    let uid = column(data, "uid");
    let base = statement.join(false, "users", &[(uid.clone(), "uid")]);
    let roles = statement.join(true, "user__roles", &[(uid.clone(), "entity_id")]);
    let columns = [
        (data, "uid"),
        (base, "uuid"),
        (data, "pass"),
        (data, "status"),
        (data, "default_langcode"),
        (roles, "roles_target_id"),
        (roles, "deleted"),
        (data, "preferred_langcode"),
    ];
    for (table, name) in columns {
        statement.output(column(table, name));
    }
    if site.has_module("shortcut") {
        let sets = statement.join(true, "shortcut_set_users", &[(uid.clone(), "uid")]);
        statement.output(column(sets, "set_name"));
    }
    statement.ascending(uid);
    statement.limit(ROWS_MAX);
    let (select, parameters) = statement.finish();
    found(site, &to.ask_one(&select, parameters).await)
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
