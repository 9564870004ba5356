//! A newsroom: its database, its policy, its people.

use std::collections::BTreeMap;

use rusqlite::types::Value as Stored;
use serde_json::{Value, json};

use crate::access::callers::{Caller, introduce};
use crate::harness::databases::Database;
use crate::harness::http::{Client, Response};
use crate::harness::server::{Options, Server};
use crate::harness::{JSON_API, assert_valid_document};

/// What links begin with.
pub(in crate::access) const ORIGIN: &str = "http://newsroom.test";

const ATOMIC: &str = "application/vnd.api+json;ext=\"https://jsonapi.org/ext/atomic\"";

const SCHEMA: &str = "
PRAGMA foreign_keys = off;
CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT);
CREATE TABLE articles (
  id INTEGER PRIMARY KEY, title TEXT NOT NULL, published BOOLEAN NOT NULL DEFAULT 0, notes TEXT,
  author_id INTEGER NOT NULL REFERENCES people(id), editor_id INTEGER REFERENCES people(id)
);
CREATE TABLE comments (
  id INTEGER PRIMARY KEY, body TEXT NOT NULL, hidden BOOLEAN NOT NULL DEFAULT 0,
  article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE, author_id INTEGER REFERENCES people(id)
);
CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE article_tags (
  article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
  tag_id INTEGER NOT NULL REFERENCES tags(id) ON DELETE CASCADE, PRIMARY KEY (article_id, tag_id)
);
CREATE TABLE portraits (id INTEGER PRIMARY KEY, caption TEXT, person_id INTEGER UNIQUE REFERENCES people(id));
CREATE TABLE subscriptions (
  person_id INTEGER NOT NULL REFERENCES people(id), tag_id INTEGER NOT NULL REFERENCES tags(id) ON DELETE CASCADE,
  level INTEGER NOT NULL DEFAULT 1, PRIMARY KEY (person_id, tag_id)
);
";

const ROWS: &str = "
INSERT INTO people VALUES (1, 'Ann', 'ann@e.test'), (2, 'Bob', 'bob@e.test'), (3, 'Ed', 'ed@e.test'), (4, 'Adm', 'adm@e.test'),
  (5, 'Rea', 'rea@e.test');
INSERT INTO articles VALUES (1, 'Out', TRUE, 'secret one', 1, 3), (2, 'Draft', FALSE, 'secret two', 1, NULL),
  (3, 'News', TRUE, 'secret three', 2, 3), (4, 'Scoop', FALSE, 'secret four', 2, 3);
INSERT INTO comments VALUES (1, 'mine', FALSE, 1, 1), (2, 'his', FALSE, 1, 2), (3, 'rude', TRUE, 1, 2), (4, 'early', FALSE, 2, 1),
  (5, 'scoop', FALSE, 4, 2), (6, 'nobody', FALSE, 3, NULL);
INSERT INTO tags VALUES (1, 'red'), (2, 'blue'), (3, 'new');
INSERT INTO article_tags VALUES (1, 1), (2, 1), (3, 2), (4, 2);
INSERT INTO portraits VALUES (1, 'Ann, smiling', 1), (2, 'nobody', NULL);
INSERT INTO subscriptions VALUES (1, 1, 2), (1, 2, 1), (2, 1, 3), (3, 3, 1);
";

const TABLES: [&str; 7] =
    ["people", "articles", "comments", "tags", "article_tags", "portraits", "subscriptions"];

const POLICY: &str = r#"
[[roles.anonymous.allow]]
types = ["articles"]
actions = ["read"]
where = { published = true }
hide = ["editor", "notes"]

[[roles.anonymous.allow]]
types = ["people"]
actions = ["read"]
hide = ["email", "editor_articles"]

[[roles.anonymous.allow]]
types = ["comments"]
actions = ["read"]
where = { hidden = false, "article.published" = true }

[[roles.anonymous.allow]]
types = ["tags", "portraits"]
actions = ["read"]

[[roles.authenticated.allow]]
types = ["comments"]
actions = ["create"]
where = { "article.published" = true }
set = { author = "$user.id" }
read_only = ["hidden"]

[[roles.authenticated.allow]]
types = ["comments"]
actions = ["update", "delete"]
where = { author = "$user.id" }
read_only = ["hidden", "author", "article"]

[[roles.authenticated.allow]]
types = ["subscriptions"]
actions = ["*"]
where = { person = "$user.id" }

[[roles.author.allow]]
types = ["articles"]
actions = ["read"]
where = { author = "$user.id" }

[[roles.author.allow]]
types = ["articles"]
actions = ["create"]
where = { author = "$user.id", published = false }
set = { author = "$user.id", published = false }
read_only = ["notes", "editor"]

[[roles.author.allow]]
types = ["articles"]
actions = ["update", "delete"]
where = { author = "$user.id", published = false }
read_only = ["notes", "editor"]

[[roles.author.allow]]
types = ["people"]
actions = ["read", "update"]
where = { id = "$user.id" }

[[roles.editor.allow]]
types = ["articles"]
actions = ["read", "update"]

[[roles.editor.allow]]
types = ["comments"]
actions = ["read", "update", "delete"]

[[roles.editor.allow]]
types = ["tags"]
actions = ["create", "update"]

[[roles.editor.allow]]
types = ["portraits"]
actions = ["create", "update", "delete"]

[[roles.editor.allow]]
types = ["people"]
actions = ["read", "update"]
hide = ["email"]
read_only = ["name", "author_articles"]

[[roles.admin.allow]]
types = ["*"]
actions = ["*"]
"#;

/// Who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::access) enum Who {
    Anonymous,
    /// Has credentials and no role.
    Reader,
    /// An author.
    Ann,
    /// An editor.
    Ed,
    Admin,
}

impl Who {
    /// All of them, in the order of the columns of the tables of what they may do.
    pub(in crate::access) const ALL: [Self; 5] =
        [Self::Anonymous, Self::Reader, Self::Ann, Self::Ed, Self::Admin];

    fn caller(self) -> Option<Caller> {
        match self {
            Self::Anonymous => None,
            Self::Reader => Some(Caller::new(4, "5", &[])),
            Self::Ann => Some(Caller::new(0, "1", &["author"])),
            Self::Ed => Some(Caller::new(2, "3", &["editor"])),
            Self::Admin => Some(Caller::new(3, "4", &["admin"])),
        }
    }
}

/// All rows of all tables.
pub(in crate::access) type Rows = BTreeMap<&'static str, Vec<Vec<Stored>>>;

/// A served newsroom of the test's own.
pub(in crate::access) struct Newsroom {
    database: Database,
    server: Server,
    client: Client,
}

/// The newsroom, writable, with this policy besides its own.
#[track_caller]
pub(in crate::access) fn newsroom(more: &str) -> Newsroom {
    serve(&format!("{POLICY}{more}"), &Who::ALL.iter().filter_map(|who| who.caller()).collect::<Vec<_>>())
}

/// The newsroom under another policy, with other people.
#[track_caller]
pub(in crate::access) fn serve(policy: &str, callers: &[Caller]) -> Newsroom {
    let database = Database::from_script(&format!("{SCHEMA}{ROWS}"));
    let mut options = Options::args(&["--writable", "--public-url", ORIGIN]);
    options.config = Some(policy.to_owned());
    introduce(callers, &mut options);
    let server = Server::start(&database.location(), &options);
    Newsroom { client: server.client(), database, server }
}

impl Newsroom {
    /// Sends a request, a method and a target below the entry point, with a document if there is one.
    #[track_caller]
    pub(in crate::access) fn send(&mut self, who: Who, request: &str, document: &Value) -> Response {
        let header = who.caller().map(|caller| caller.header());
        self.send_with(&header.into_iter().collect::<Vec<_>>(), request, document)
    }

    /// The same with these header fields.
    #[track_caller]
    pub(in crate::access) fn send_with(
        &mut self,
        headers: &[(&str, &str)],
        request: &str,
        document: &Value,
    ) -> Response {
        let (method, target) = request.split_once(' ').unwrap();
        let media_type = if target == "/operations" { ATOMIC } else { JSON_API };
        let url = if target.starts_with(ORIGIN) {
            target.strip_prefix(ORIGIN).unwrap().to_owned()
        } else {
            format!("{}{}", self.server.base_path(), target)
        };
        let mut all = vec![("Accept", media_type)];
        all.extend(headers);
        let body = (!document.is_null()).then(|| document.to_string());
        all.extend(body.as_ref().map(|_| ("Content-Type", media_type)));
        let response = self.client.send(method, &url, &all, body.as_deref().map(str::as_bytes));
        // The entry point has a link for each type.
        let is_document = !["", "/openapi.json"].contains(&target) && !target.starts_with("/schemas/");
        if !response.body.is_empty() && media_type == JSON_API && is_document {
            assert_valid_document(&response.json());
        }
        response
    }

    /// GET.
    #[track_caller]
    pub(in crate::access) fn get(&mut self, who: Who, target: &str) -> Response {
        self.send(who, &format!("GET {target}"), &Value::Null)
    }

    /// The ids of the primary data, separated by blanks; else the status.
    #[track_caller]
    pub(in crate::access) fn seen(&mut self, who: Who, target: &str) -> String {
        let response = self.get(who, target);
        if response.status != 200 {
            return response.status.to_string();
        }
        match response.json()["data"].take() {
            Value::Array(items) => items.iter().map(id).collect::<Vec<_>>().join(" "),
            Value::Null => String::new(),
            one => id(&one),
        }
    }

    /// All rows of all tables.
    #[track_caller]
    pub(in crate::access) fn rows(&self) -> Rows {
        let mut reader = self.database.reader();
        let rows = TABLES.map(|table| {
            let mut rows = reader.rows(table);
            rows.sort_by_cached_key(|row| format!("{row:?}"));
            (table, rows)
        });
        rows.into()
    }

    /// Makes the rows what they were in the beginning.
    #[track_caller]
    pub(in crate::access) fn restore(&self) {
        let mut connection = self.database.open();
        connection.ignore_foreign_keys();
        for table in TABLES {
            connection.execute(&format!("DELETE FROM {table}"));
        }
        connection.execute(ROWS);
    }

    /// Runs SQL on the database.
    #[track_caller]
    pub(in crate::access) fn execute(&self, sql: &str) {
        self.database.open().execute(sql);
    }

    /// Sends what must be refused with one of these statuses, and must change nothing.
    #[track_caller]
    pub(in crate::access) fn refuse(
        &mut self,
        who: Who,
        request: &str,
        document: &Value,
        statuses: &[u16],
    ) -> Value {
        let before = self.rows();
        let response = self.send(who, request, document);
        let said = format!("{who:?}: {request} {document}\n{} {}", response.status, response.text());
        assert!(statuses.contains(&response.status), "{said}");
        assert!(self.rows() == before, "{said}\nbut rows have changed");
        response.json()
    }
}

/// The id of a resource.
fn id(resource: &Value) -> String {
    resource["id"].as_str().unwrap_or("no id").to_owned()
}

/// An identifier.
pub(in crate::access) fn one(type_name: &str, id: impl ToString + Copy) -> Value {
    json!({ "type": type_name, "id": id.to_string() })
}

/// Data that is identifiers.
pub(in crate::access) fn linkage<const N: usize>(type_name: &str, ids: [i64; N]) -> Value {
    json!({ "data": Value::Array(ids.map(|id| one(type_name, id)).into()) })
}

/// Data that is one identifier.
pub(in crate::access) fn link(type_name: &str, id: i64) -> Value {
    json!({ "data": one(type_name, id) })
}

/// A document with a new resource. Members are attributes, those with an object relationships.
pub(in crate::access) fn new(type_name: &str, members: Value) -> Value {
    json!({ "data": resource(json!({ "type": type_name }), members) })
}

/// A document with changes of a resource.
pub(in crate::access) fn change(type_name: &str, id: impl ToString + Copy, members: Value) -> Value {
    json!({ "data": resource(one(type_name, id), members) })
}

fn resource(mut resource: Value, members: Value) -> Value {
    let Value::Object(members) = members else { panic!("no object") };
    for (name, member) in members {
        if member.is_object() || member.is_array() {
            resource["relationships"][name]["data"] = member;
        } else {
            resource["attributes"][name] = member;
        }
    }
    resource
}

/// A document with operations.
pub(in crate::access) fn operations(operations: Value) -> Value {
    Value::from_iter([("atomic:operations", operations)])
}
