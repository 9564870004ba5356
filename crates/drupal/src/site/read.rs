//! Reading definitions from the database, all in one snapshot.

use std::time::Instant;

use docent_sql::statement::{Alias, Condition, Select};
use docent_sql::{Cost, Database, Value};

use super::definitions::{Definitions, Entry, INSTALLED, MODULE_SCHEMA, STORAGE_SCHEMA};
use crate::conversation::{Conversation, Interrupted, Table, converse};
use crate::statement::{Statement, column};

impl Definitions {
    /// Reads what a site is defined by. Nothing is looked at that may be missing in a site without content.
    pub async fn read(database: &Database, deadline: Instant) -> Result<Self, Interrupted> {
        let read = converse(database, Cost::Heavy, deadline, |conversation| async move {
            let collections = [INSTALLED, STORAGE_SCHEMA, MODULE_SCHEMA];
            let key_value = collections.map(|collection| rows("key_value", "value", Some(collection)));
            let statements = std::iter::once(rows("config", "data", None)).chain(key_value);
            let queries = statements.map(|(select, values)| conversation.query(&select, values)).collect();
            let mut answers = conversation.ask(queries).await.into_iter();
            let config = entries(&answers.next().unwrap_or_default());
            let key_value: Vec<Entry> = answers.flat_map(|answer| entries(&answer)).collect();
            // The module that keeps content also keeps the table of grants.
            let has_nodes = key_value.iter().any(|entry| entry.name == "node.entity_type");
            let has_node_grants = has_nodes && has_node_grants(&conversation).await;
            Self::new(config, key_value, has_node_grants)
        });
        read.await.answer
    }
}

/// Rows of `config` or `key_value`: collection, name and value; of one collection, or all.
fn rows(table: &str, value: &str, of: Option<&str>) -> (Select, Vec<Value>) {
    let mut statement = Statement::from(table);
    for name in ["collection", "name", value] {
        statement.output(column(Alias(0), name));
    }
    if let Some(collection) = of {
        let is_of = statement.equals(column(Alias(0), "collection"), Value::Text(collection.to_owned()));
        statement.only(is_of);
    }
    statement.finish()
}

/// Whether some row grants more, or less, than everything to everybody.
async fn has_node_grants(conversation: &Conversation) -> bool {
    let mut statement = Statement::from("node_access");
    statement.output(column(Alias(0), "nid"));
    let usual =
        [("nid", Value::Integer(0)), ("gid", Value::Integer(0)), ("realm", Value::Text("all".into()))];
    let usual = usual.map(|(name, value)| statement.equals(column(Alias(0), name), value));
    statement.only(Condition::Not(Box::new(Condition::All(usual.into()))));
    statement.limit(1);
    let (select, values) = statement.finish();
    !conversation.ask_one(&select, values).await.is_empty()
}

/// The rows, those left out whose names are not UTF-8.
fn entries(answer: &Table) -> Vec<Entry> {
    let entry = |row| {
        Some(Entry {
            collection: answer.text(row, 0)?.to_owned(),
            name: answer.text(row, 1)?.to_owned(),
            value: answer.bytes(row, 2).to_vec(),
        })
    };
    (0..answer.len()).filter_map(entry).collect()
}
