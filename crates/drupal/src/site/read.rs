//! Reading definitions from the database, all in one snapshot.

use std::time::Instant;

use docent_sql::schema::TableName;
use docent_sql::statement::{
    Alias, ColumnName, ColumnRef, Comparison, Condition, Limit, Output, Parameter, Select, Values,
};
use docent_sql::{Cost, Database, Value};

use super::definitions::{Definitions, Entry, INSTALLED, MODULE_SCHEMA, STORAGE_SCHEMA};
use crate::conversation::{Conversation, Interrupted, Table, converse};

impl Definitions {
    /// Reads what a site is defined by. Nothing is looked at that may be missing in a site without content.
    pub async fn read(database: &Database, deadline: Instant) -> Result<Self, Interrupted> {
        let read = converse(database, Cost::Heavy, deadline, |conversation| async move {
            let mut queries = vec![conversation.query(&rows("config", "data", false), Vec::new())];
            for collection in [INSTALLED, STORAGE_SCHEMA, MODULE_SCHEMA] {
                let collection = vec![Value::Text(collection.to_owned())];
                queries.push(conversation.query(&rows("key_value", "value", true), collection));
            }
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
fn rows(table: &str, value: &str, of_collection: bool) -> Select {
    let condition = if of_collection {
        Condition::Compare {
            column: column("collection"),
            comparison: Comparison::Equal,
            value: Parameter(0),
            timestamp: false,
        }
    } else {
        Condition::always()
    };
    select(table, &["collection", "name", value], condition)
}

/// Whether some row grants more, or less, than everything to everybody.
async fn has_node_grants(conversation: &Conversation) -> bool {
    let is = |name: &str, value: u16| Condition::Compare {
        column: column(name),
        comparison: Comparison::Equal,
        value: Parameter(value),
        timestamp: false,
    };
    let usual = Condition::All(vec![is("nid", 0), is("gid", 1), is("realm", 2)]);
    let mut select = select("node_access", &["nid"], Condition::Not(Box::new(usual)));
    select.limit = Some(Limit::Fixed(1));
    let values = vec![Value::Integer(0), Value::Integer(0), Value::Text("all".to_owned())];
    !conversation.ask_one(&select, values).await.is_empty()
}

fn select(table: &str, columns: &[&str], condition: Condition) -> Select {
    let name = TableName { schema: None, name: table.to_owned() };
    Select {
        columns: columns.iter().map(|name| Output::Column(column(name))).collect(),
        from: (name.into(), Alias(0)),
        joins: Vec::new(),
        keys: None,
        condition,
        group: None,
        order: Vec::new(),
        limit: None,
        offset: None,
    }
}

fn column(name: &str) -> ColumnRef {
    let column = ColumnName { name: name.to_owned(), comparison_type: "".into(), values: Values::Plain };
    ColumnRef { table: Alias(0), column }
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
