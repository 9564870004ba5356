//! Attempts to reach by an id of one's own choice what one may not see or write.

use serde_json::json;

use crate::harness::JSON_API;
use crate::harness::databases::Database;
use crate::harness::http::Response;
use crate::harness::server::{Options, Server};

const ROOMS: &str = "
CREATE TABLE rooms (id INTEGER PRIMARY KEY, hired BOOLEAN NOT NULL);
CREATE TABLE bookings (
    room_id INTEGER NOT NULL REFERENCES rooms (id), day INTEGER NOT NULL, note TEXT, PRIMARY KEY (room_id, day)
);
INSERT INTO rooms VALUES (1, 0), (2, 1);
";

const POLICY: &str = "
[types.bookings]
client_ids = 'allow'
[[roles.anonymous.allow]]
types = ['rooms']
actions = ['read']
where = { hired = false }
[[roles.anonymous.allow]]
types = ['bookings']
actions = ['read', 'create']
";

fn book(policy: &str, id: &str) -> (Response, i64) {
    let database = Database::from_script(ROOMS);
    let options = Options { args: vec!["--writable".to_owned()], ..Options::config(policy) };
    let server = Server::start(&database.location(), &options);
    let document = json!({"data": {"type": "bookings", "id": id, "attributes": {"note": "x"}}}).to_string();
    let headers = [("Accept", JSON_API), ("Content-Type", JSON_API)];
    let response = server.client().send("POST", "/api/bookings", &headers, Some(document.as_bytes()));
    (response, database.open().number("SELECT count(*) FROM bookings"))
}

/// A foreign key in an id leads to what one sees, or to nothing: and both are told alike.
#[test]
fn an_id_leads_to_nothing_hidden() {
    let (response, rows) = book(POLICY, "1~7");
    assert_eq!((response.status, rows), (201, 1), "{}", response.text());
    let errors = |(response, rows): (Response, i64)| {
        assert_eq!((response.status, rows), (404, 0), "{}", response.text());
        let mut errors = response.json()["errors"].clone();
        errors[0]["id"] = json!("");
        errors.to_string()
    };
    let hidden = errors(book(POLICY, "2~7")).replace('2', "3");
    assert_eq!(hidden, errors(book(POLICY, "3~7")));
}

/// Who may not write a part of an id may not choose the id.
#[test]
fn a_closed_field_is_not_written_by_way_of_the_id() {
    for closed in ["hide = ['room']", "read_only = ['day']", "set = { day = 1 }"] {
        let (response, rows) = book(&format!("{POLICY}{closed}\n"), "1~7");
        assert_eq!((response.status, rows), (403, 0), "{closed}: {}", response.text());
    }
}
