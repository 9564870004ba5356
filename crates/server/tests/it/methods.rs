//! Methods, and how they are overridden.

use crate::support::{Fixture, Reply, settings};

fn ask(method: &str, target: &str, headers: &str) -> Reply {
    let server = Fixture::new(settings());
    let mut client = server.client();
    client.send(format!("{method} {target} HTTP/1.1\r\nhost: a\r\n{headers}\r\n"));
    client.reply()
}

#[test]
fn http_06_unknown_methods() {
    ask("FOO", "/api", "").is_error(501, "method-not-implemented");
    ask("get", "/api", "").is_error(501, "method-not-implemented");
    ask("CONNECT", "a:80", "").is_error(501, "method-not-implemented");
}

#[test]
fn http_02_known_methods_are_the_handlers_to_refuse() {
    for method in ["PUT", "TRACE"] {
        let reply = ask(method, "/api/articles", "");
        assert_eq!((reply.status, reply.header("allow")), (405, Some("GET, HEAD, OPTIONS")));
    }
}

#[test]
fn http_04_http_07_options_has_no_content() {
    for target in ["/api/articles", "*", "/health/live", "/health/ready"] {
        let reply = ask("OPTIONS", target, "");
        assert_eq!((reply.status, reply.header("allow")), (204, Some("GET, HEAD, OPTIONS")), "{target}");
        assert_eq!((reply.header("content-length"), reply.header("content-type")), (None, None));
    }
    ask("GET", "*", "").is_error(405, "method-not-allowed");
}

#[test]
fn post_can_stand_for_others() {
    for (sent, method) in [("PATCH", "Patch"), ("DELETE", "Delete"), ("POST", "Post")] {
        let reply = ask("POST", "/api/a", &format!("x-http-method-override: {sent}\r\n"));
        assert!(reply.text().starts_with(method), "{}", reply.text());
    }
    for wrong in ["GET", "patch", ""] {
        let reply = ask("POST", "/api/a", &format!("x-http-method-override: {wrong}\r\n"));
        reply.is_error(400, "bad-method-override");
        assert!(reply.text().contains(r#""source":{"header":"X-HTTP-Method-Override"}"#));
    }
    assert!(ask("GET", "/api/a", "x-http-method-override: DELETE\r\n").text().starts_with("Get"));
}

#[test]
fn the_other_method_has_the_body() {
    let server = Fixture::new(settings());
    for (sent, method) in [("PATCH", "Patch"), ("DELETE", "Delete")] {
        let mut client = server.client();
        let headers = format!("x-http-method-override: {sent}\r\ncontent-length: 5\r\nif-match: \"a\"\r\n");
        client.send(format!("POST /api/write HTTP/1.1\r\nhost: a\r\n{headers}\r\nhello"));
        let expected = format!("{method} body=5 match=Some(\"\\\"a\\\"\") prefer=None key=None");
        assert_eq!(client.reply().text(), expected);
    }
}

#[test]
fn health() {
    let server = Fixture::new(settings());
    for target in ["/health/live", "/health/ready", "/health/ready/"] {
        let reply = server.get(target);
        assert_eq!(reply.status, 200);
        assert_eq!(reply.header("content-type"), Some("application/vnd.api+json"));
        assert_eq!(reply.text(), r#"{"jsonapi":{"version":"1.1"},"meta":{"status":"ok"}}"#);
    }
    server.handler.not_ready.store(1, std::sync::atomic::Ordering::SeqCst);
    let reply = server.get("/health/ready");
    assert_eq!((reply.status, reply.header("retry-after")), (503, Some("1")));
    assert!(reply.text().contains("unavailable") && !reply.text().contains("database"));
    assert_eq!(server.get("/health/live").status, 200);
    ask("DELETE", "/health/live", "").is_error(405, "method-not-allowed");
}
