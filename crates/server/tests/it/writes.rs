//! Requests that write: what of them reaches the handler, and what of its answer reaches the client.

use std::sync::atomic::Ordering;

use crate::support::{Fixture, Reply, eventually, settings};

fn ask(server: &Fixture, method: &str, target: &str, headers: &str, body: &[u8]) -> Reply {
    let mut client = server.client();
    let length = body.len();
    client.send(format!(
        "{method} {target} HTTP/1.1\r\nhost: example.com\r\ncontent-length: {length}\r\n{headers}\r\n"
    ));
    client.send(body);
    if method == "HEAD" { client.head() } else { client.reply() }
}

/// Bytes that show when some are missing, repeated or out of order.
fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|index| b'a' + u8::try_from(index * 7 / 5 % 26).unwrap()).collect()
}

#[test]
fn the_handler_sees_the_body() {
    let server = Fixture::new(settings());
    for method in ["POST", "PATCH", "DELETE"] {
        for length in [0, 1, 20_000, 64 * 1024, 64 * 1024 + 1, 1024 * 1024] {
            let body = pattern(length);
            let reply = ask(&server, method, "/api/echo", "", &body);
            assert_eq!(reply.status, 200, "{method} {length}");
            assert!(reply.body == body, "{method} {length}: {} bytes", reply.body.len());
        }
    }
    for method in ["GET", "HEAD", "OPTIONS"] {
        assert!(ask(&server, method, "/api/echo", "", b"ignored").body.is_empty(), "{method}");
    }
}

#[test]
fn bodies_in_chunks() {
    let server = Fixture::new(settings());
    let body = pattern(150_000);
    let mut client = server.client();
    for size in [1_000, 40_000, 150_000] {
        client.send("PATCH /api/echo HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n");
        for chunk in body.chunks(size) {
            client.send(format!("{:x};ignored=yes\r\n", chunk.len()));
            client.send(chunk);
            client.send("\r\n");
        }
        client.send("0\r\nx-trailer: ignored\r\n\r\n");
        assert!(client.reply().body == body, "{size}");
    }
}

#[test]
fn bodies_that_come_byte_by_byte() {
    let server = Fixture::new(settings());
    let mut client = server.client();
    client.send("POST /api/echo HTTP/1.1\r\nhost: a\r\ncontent-length: 8\r\n\r\n");
    for byte in b"slowly! " {
        client.send([*byte]);
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert_eq!(client.reply().text(), "slowly! ");
}

#[test]
fn a_client_that_asks_first_is_told_to_go_on() {
    let server = Fixture::new(settings());
    for length in [5, 200_000] {
        let mut client = server.client();
        client.send(format!(
            "POST /api/echo HTTP/1.1\r\nhost: a\r\ncontent-length: {length}\r\nexpect: 100-continue\r\n\r\n"
        ));
        assert_eq!(client.head().status, 100);
        let body = pattern(length);
        client.send(&body);
        let reply = client.reply();
        assert_eq!(reply.status, 200);
        assert!(reply.body == body, "{length}");
    }
}

#[test]
fn a_body_is_not_taken_for_the_next_request() {
    let server = Fixture::new(settings());
    let mut client = server.client();
    let inner = "GET /api/smuggled HTTP/1.1\r\nhost: a\r\n\r\n";
    for path in ["/api/echo", "/elsewhere", "/health/live"] {
        client.send(format!(
            "POST {path} HTTP/1.1\r\nhost: a\r\ncontent-length: {}\r\n\r\n{inner}",
            inner.len()
        ));
        client.get("/api/next");
        assert!(!client.reply().text().contains("path=/smuggled"), "{path}");
        assert!(client.reply().text().contains("path=/next"), "{path}");
    }
}

#[test]
fn the_handler_sees_conditions_and_preferences() {
    let server = Fixture::new(settings());
    let headers = "if-match: \"a\"\r\nif-match: \"b\", \"c\"\r\nprefer: return=minimal\r\nprefer: wait=1\r\n\
                   idempotency-key: 8e03978e\r\n";
    let reply = ask(&server, "PATCH", "/api/write", headers, b"{}");
    let expected = r#"Patch body=2 match=Some("\"a\", \"b\", \"c\"") prefer=Some("return=minimal, wait=1") key=Some("8e03978e")"#;
    assert_eq!(reply.text(), expected);
    let reply = ask(&server, "GET", "/api/write", headers, b"");
    assert_eq!(reply.text(), "Get body=0 match=None prefer=None key=None");
}

#[test]
fn what_was_created_has_a_place_and_a_tag() {
    let server = Fixture::new(settings());
    let reply = ask(&server, "POST", "/api/created?10", "", b"{}");
    assert_eq!((reply.status, reply.text()), (201, "xxxxxxxxxx"));
    assert_eq!(reply.header("location"), Some("http://example.com/api/articles/1"));
    assert_eq!(reply.header("preference-applied"), None);
    let tag = reply.header("etag").unwrap();
    assert_eq!(server.get("/api/large?10").header("etag"), Some(tag), "what GET of the same bytes has");
}

#[test]
fn http_09_only_reads_are_answered_with_304() {
    let server = Fixture::new(settings());
    for method in ["POST", "PATCH", "DELETE"] {
        let reply = ask(&server, method, "/api/large?10", "if-none-match: *\r\n", b"{}");
        assert_eq!((reply.status, reply.body.len()), (200, 10), "{method}");
        assert!(reply.header("etag").is_some());
    }
}

#[test]
fn http_07_a_preference_for_little_is_followed() {
    let server = Fixture::new(settings());
    let reply = ask(&server, "POST", "/api/minimal", "prefer: return=minimal\r\n", b"{}");
    assert_eq!((reply.status, reply.header("preference-applied")), (204, Some("return=minimal")));
    assert_eq!(reply.header("location"), Some("http://example.com/api/articles/1"));
    for name in ["content-length", "content-type", "transfer-encoding", "etag"] {
        assert_eq!(reply.header(name), None, "{name}");
    }
}

#[test]
fn what_patch_takes_is_named() {
    let server = Fixture::new(settings());
    let accept_patch = |method, target| {
        let reply = ask(&server, method, target, "", b"");
        reply.header("accept-patch").map(str::to_owned)
    };
    let media_type = Some("application/vnd.api+json".to_owned());
    assert_eq!(accept_patch("OPTIONS", "/api/patchable"), media_type);
    assert_eq!(accept_patch("PATCH", "/api/patchable?415"), media_type);
    assert_eq!(accept_patch("PATCH", "/api/patchable?200"), None);
    assert_eq!(accept_patch("OPTIONS", "/api/other"), None);
}

#[test]
fn a_client_that_leaves_ends_its_write() {
    let server = Fixture::new(settings());
    let mut client = server.client();
    client.send("POST /api/slow?60000 HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{}");
    eventually("it runs", || server.handler.running.load(Ordering::SeqCst) == 1);
    drop(client);
    eventually("it ends", || server.handler.running.load(Ordering::SeqCst) == 0);
}

#[test]
fn a_client_that_leaves_within_its_body_writes_nothing() {
    let server = Fixture::new(settings());
    let mut client = server.client();
    client.send("POST /api/slow?60000 HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nhalf");
    drop(client);
    std::thread::sleep(std::time::Duration::from_millis(100));
    assert_eq!(server.handler.running.load(Ordering::SeqCst), 0);
}
