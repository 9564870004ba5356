//! Who the handler sees, and what the edge adds to what it says of them.

use docent_engine::User;
use docent_server::Settings;
use docent_server::auth::{ApiKey, ApiKeys, Authenticator, KeyHash, PasswordHash, Passwords, Schemes};

use crate::support::{Fixture, Reply, settings};

const KEY: &str = "docent_a-key-for-tests";

fn user(id: &str) -> User {
    User { id: id.to_owned(), roles: vec!["author".to_owned()], claims: serde_json::Map::new() }
}

fn with_keys_and_passwords() -> Settings {
    let mut keys = ApiKeys::default();
    keys.add(ApiKey { hash: KeyHash::of(KEY), user: user("bot"), expires: None }).unwrap();
    let hash = PasswordHash::of("secret").unwrap();
    let passwords = Passwords::of_users([("ann".to_owned(), hash, user("ann"))]).unwrap();
    let schemes = Schemes { api_keys: Some(keys), passwords: Some(passwords), ..Schemes::default() };
    Settings { auth: Authenticator::new(schemes), ..settings() }
}

fn ask(server: &Fixture, target: &str, headers: &str) -> Reply {
    let mut client = server.client();
    client.send(format!("GET {target} HTTP/1.1\r\nhost: example.com\r\n{headers}\r\n"));
    client.reply()
}

#[test]
fn the_handler_sees_who_asks() {
    let server = Fixture::new(with_keys_and_passwords());
    let who = |headers: &str| ask(&server, "/api/who", headers).text().to_owned();
    assert_eq!(who(""), "Anonymous");
    assert!(who(&format!("x-api-key: {KEY}\r\n")).contains("id: \"bot\", roles: [\"author\"]"));
    assert!(who("authorization: Basic YW5uOnNlY3JldA==\r\n").contains("id: \"ann\""));
    assert_eq!(who("x-user: ann\r\nx-forwarded-user: ann\r\n"), "Anonymous");
}

#[test]
fn an_answer_that_asks_for_credentials_says_which() {
    let lines = |reply: &Reply| {
        let lines = reply.head.lines().filter_map(|line| line.strip_prefix("www-authenticate: "));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let server = Fixture::new(with_keys_and_passwords());
    let all = ["Bearer realm=\"docent\"", "Basic realm=\"docent\", charset=\"UTF-8\""];
    assert_eq!(lines(&ask(&server, "/api/status?401", "")), all);
    assert!(lines(&ask(&server, "/api/status?403", "")).is_empty());
    let open = Fixture::new(settings());
    assert_eq!(lines(&ask(&open, "/api/status?401", "")), all[..1]);
}

#[test]
fn strangers_are_refused_before_their_body_is_read() {
    let server = Fixture::new(with_keys_and_passwords());
    let mut client = server.client();
    client.send(
        "POST /api/echo HTTP/1.1\r\nhost: a\r\nauthorization: Basic YW5uOng=\r\n\
         expect: 100-continue\r\ncontent-length: 1000\r\n\r\n",
    );
    let reply = client.reply();
    assert_eq!((reply.status, reply.header("connection")), (401, Some("close")));
    assert!(reply.text().contains("invalid-credentials"), "{}", reply.text());
}

#[test]
fn bad_credentials_count_as_requests() {
    let mut settings = with_keys_and_passwords();
    settings.limits.requests_per_minute = std::num::NonZeroU32::new(3);
    let server = Fixture::new(settings);
    let status = |headers: &str| ask(&server, "/api/who", headers).status;
    for _ in 0..3 {
        assert_eq!(status("x-api-key: docent_unknown\r\n"), 401);
    }
    assert_eq!([status("x-api-key: docent_unknown\r\n"), status("")], [429, 429]);
    assert_eq!(status(&format!("x-api-key: {KEY}\r\n")), 200);
}

#[test]
fn health_is_for_everybody() {
    let server = Fixture::new(with_keys_and_passwords());
    assert_eq!(ask(&server, "/health/live", "x-api-key: docent_unknown\r\n").status, 200);
}
