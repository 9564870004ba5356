//! Requests that take a role of the database: its privileges and row-level security decide.

use serde_json::{Value, json};

use super::callers::{Caller, introduce};
use crate::harness::JSON_API;
use crate::harness::databases::Database;
use crate::harness::engine::{Engine, only_on};
use crate::harness::http::{Client, Response};
use crate::harness::server::{Options, Server};

const NOTES: &str = "
CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL, phone TEXT);
CREATE TABLE notes (
    id INTEGER PRIMARY KEY, owner_id INTEGER NOT NULL REFERENCES people (id), title TEXT NOT NULL,
    is_public BOOLEAN NOT NULL DEFAULT 0
);
CREATE TABLE links (id INTEGER PRIMARY KEY, note_id INTEGER REFERENCES notes (id));
INSERT INTO people VALUES (1, 'Ann', '11'), (2, 'Bob', '22');
INSERT INTO notes VALUES (1, 1, 'of Ann, public', 1), (2, 1, 'of Ann', 0), (3, 2, 'of Bob', 0);
INSERT INTO links VALUES (1, 1), (2, 3);
";

struct Notes {
    client: Client,
    ann: Caller,
    bob: Caller,
    stranger: Caller,
    _server: Server,
    database: Database,
}

/// Roles belong to the whole server, so each test has its own.
fn notes(name: &str) -> Option<Notes> {
    if !only_on(&[Engine::Postgres], "no other engine has roles that a transaction can take") {
        return None;
    }
    let database = Database::from_script(NOTES);
    let role = |what: &str| format!("docent_{name}_{what}_{}", std::process::id());
    let (reader, writer) = (role("reader"), role("writer"));
    let mut owner = database.open();
    for sql in [
        format!("CREATE ROLE {reader} NOLOGIN"),
        format!("CREATE ROLE {writer} NOLOGIN"),
        format!("GRANT SELECT ON notes, links TO {reader}, {writer}"),
        format!("GRANT SELECT (id, name) ON people TO {reader}, {writer}"),
        format!("GRANT INSERT (id, owner_id, title), UPDATE (title, owner_id), DELETE ON notes TO {writer}"),
        format!("GRANT INSERT, UPDATE ON links TO {writer}"),
        "ALTER TABLE notes ENABLE ROW LEVEL SECURITY".to_owned(),
        "CREATE POLICY anyone ON notes FOR SELECT USING (is_public)".to_owned(),
        format!(
            "CREATE POLICY own ON notes TO {writer}
             USING (owner_id::text = current_setting('request.jwt.claims', true)::json ->> 'sub')"
        ),
    ] {
        owner.execute(&sql);
    }
    let claims = json!({"role": writer});
    let (ann, bob) = (Caller::new(0, "1", &[]).with(&claims), Caller::new(1, "2", &[]).with(&claims));
    let stranger = Caller::new(2, "3", &[]).with(&json!({"role": "docent_no_such_role"}));
    let config = format!("[database]\ndb_role = true\ndb_role_anonymous = \"{reader}\"\n");
    let mut options = Options { args: vec!["--writable".to_owned()], ..Options::config(&config) };
    introduce(&[ann.clone(), bob.clone(), stranger.clone()], &mut options);
    let server = Server::start(&database.location(), &options);
    Some(Notes { client: server.client(), ann, bob, stranger, _server: server, database })
}

impl Notes {
    fn send(
        &mut self,
        who: Option<&Caller>,
        method: &str,
        target: &str,
        document: Option<&Value>,
    ) -> Response {
        let mut headers = vec![("Accept", JSON_API), ("Content-Type", JSON_API)];
        headers.extend(who.map(Caller::header));
        let body = document.map(Value::to_string);
        self.client.send(method, &format!("/api{target}"), &headers, body.as_deref().map(str::as_bytes))
    }

    fn ids(&mut self, who: Option<&Caller>, target: &str) -> Vec<String> {
        let response = self.send(who, "GET", target, None);
        assert_eq!(response.status, 200, "{target}: {}", response.text());
        let document = response.json();
        let data = document["data"].as_array().unwrap();
        data.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
    }
}

impl Drop for Notes {
    fn drop(&mut self) {
        let roles = self.database.open().query(
            "SELECT rolname::text FROM pg_roles WHERE rolname LIKE 'docent\\_%\\_' || 'reader' || '\\_%'
             OR rolname LIKE 'docent\\_%\\_writer\\_%'",
        );
        let own = std::process::id().to_string();
        let mut owner = self.database.open();
        for role in roles.iter().map(|row| row[0].text()).filter(|role| role.ends_with(&own)) {
            let _ = owner.try_execute(&format!("DROP OWNED BY {role}"));
            let _ = owner.try_execute(&format!("DROP ROLE {role}"));
        }
    }
}

#[test]
fn row_level_security_decides_what_each_caller_sees() {
    let Some(mut notes) = notes("sees") else { return };
    let (ann, bob) = (notes.ann.clone(), notes.bob.clone());
    assert_eq!(notes.ids(None, "/notes"), ["1"]);
    assert_eq!(notes.ids(Some(&ann), "/notes"), ["1", "2"]);
    assert_eq!(notes.ids(Some(&bob), "/notes?page[count]=true"), ["1", "3"]);
    assert_eq!(notes.ids(Some(&ann), "/people/2/notes"), Vec::<String>::new());
    assert_eq!(notes.ids(Some(&ann), "/links?filter[note.title][contains]=Bob"), Vec::<String>::new());
    // Nothing of one caller is left for the next on the same connection.
    assert_eq!(notes.ids(None, "/notes"), ["1"]);
    assert_eq!(notes.send(Some(&ann), "GET", "/notes/3", None).status, 404);
    let links = notes.send(Some(&ann), "GET", "/links?include=note", None).json();
    assert_eq!(links["data"][0]["relationships"]["note"]["data"]["id"], "1");
    assert_eq!(links["data"][1]["relationships"]["note"]["data"], Value::Null);
}

#[test]
fn column_privileges_shrink_the_fields() {
    let Some(mut notes) = notes("columns") else { return };
    let people = notes.send(None, "GET", "/people/1", None);
    assert_eq!(people.json()["data"]["attributes"], json!({"name": "Ann"}), "{}", people.text());
    assert_eq!(notes.send(None, "GET", "/people?filter[phone]=11", None).status, 400);
    assert_eq!(notes.send(None, "GET", "/people?sort=phone", None).status, 400);
}

#[test]
fn the_database_refuses_what_the_role_may_not_write() {
    let Some(mut notes) = notes("writes") else { return };
    let ann = notes.ann.clone();
    let note = |owner: &str| {
        json!({"data": {"type": "notes", "attributes": {"title": "new"},
            "relationships": {"owner": {"data": {"type": "people", "id": owner}}}}})
    };
    let created = notes.send(Some(&ann), "POST", "/notes", Some(&note("1")));
    assert_eq!(created.status, 201, "{}", created.text());
    assert_eq!(notes.send(Some(&ann), "POST", "/notes", Some(&note("2"))).status, 403);
    assert_eq!(notes.send(None, "POST", "/notes", Some(&note("1"))).status, 401);
    let give_away = json!({"data": {"type": "people", "id": "2"}});
    assert_eq!(notes.send(Some(&ann), "PATCH", "/notes/2/relationships/owner", Some(&give_away)).status, 403);
    assert_eq!(notes.send(Some(&ann), "DELETE", "/notes/3", None).status, 404);
    // A row that one does not see cannot be linked.
    let link =
        json!({"data": {"type": "links", "relationships": {"note": {"data": {"type": "notes", "id": "3"}}}}});
    let linked = notes.send(Some(&ann), "POST", "/links", Some(&link));
    assert_eq!(linked.status, 404, "{}", linked.text());
    assert_eq!(notes.send(Some(&ann), "DELETE", "/notes/2", None).status, 204);
    assert_eq!(notes.database.open().number("SELECT count(*) FROM notes WHERE owner_id = 2"), 1);
}

#[test]
fn a_role_that_does_not_exist_sees_nothing() {
    let Some(mut notes) = notes("unknown") else { return };
    let stranger = notes.stranger.clone();
    assert_eq!(notes.send(Some(&stranger), "GET", "/notes", None).status, 403);
}

#[test]
fn a_role_that_docent_is_no_member_of_is_refused() {
    let Some(mut notes) = notes("member") else { return };
    let login = format!("docent_member_writer_login_{}", std::process::id());
    let mut owner = notes.database.open();
    owner.execute(&format!("CREATE ROLE {login} LOGIN NOINHERIT PASSWORD 'x'"));
    owner.execute(&format!("GRANT SELECT ON people, notes, links TO {login}"));
    let location = notes.database.location();
    let (_, server) = location.split_once('@').unwrap();
    let reader = format!("docent_member_reader_{}", std::process::id());
    let config = format!("[database]\ndb_role = true\ndb_role_anonymous = \"{reader}\"\n");
    let own = Server::start(&format!("postgres://{login}:x@{server}"), &Options::config(&config));
    notes.client = own.client();
    assert_eq!(notes.send(None, "GET", "/notes", None).status, 403);
    owner.execute(&format!("GRANT {reader} TO {login}"));
    assert_eq!(notes.ids(None, "/notes"), ["1"]);
}
