//! What a response carries: ids, tags, lengths, the page.

use std::io::Write;
use std::sync::{Arc, Mutex};

use docent_server::{AccessLog, LogFormat, Settings};

use crate::support::{Fixture, Reply, settings};

fn ask(server: &Fixture, method: &str, target: &str, headers: &str) -> Reply {
    let mut client = server.client();
    client.send(format!("{method} {target} HTTP/1.1\r\nhost: example.com\r\n{headers}\r\n"));
    if method == "HEAD" { client.head() } else { client.reply() }
}

#[test]
fn the_handler_sees_the_request() {
    let server = Fixture::new(settings());
    let headers = "accept: a/b\r\naccept: c/d;q=0.5\r\ncontent-type: x/y\r\n";
    let reply = ask(&server, "GET", "/api/articles/a%2Fb/?page%5Blimit%5D=1&x=", headers);
    let expected = "Get path=/articles/a%2Fb query=page%5Blimit%5D=1&x= base=http://example.com/api \
                    accept=Some(\"a/b, c/d;q=0.5\") type=Some(\"x/y\")";
    assert_eq!(reply.text(), expected);
    assert!(server.get("/api/").text().starts_with("Get path= query= "));
}

#[test]
fn absolute_targets_bring_their_host() {
    let server = Fixture::new(settings());
    let reply = ask(&server, "GET", "http://other.test:81/api/a", "");
    assert!(reply.text().contains("path=/a query= base=http://other.test:81/api "), "{}", reply.text());
}

#[test]
fn forwarded_headers_of_trusted_proxies() {
    let trusting = Settings { trusted_proxies: vec!["127.0.0.0/8".parse().unwrap()], ..settings() };
    let headers = "x-forwarded-host: shop.test\r\nx-forwarded-proto: https\r\nx-forwarded-prefix: /v1\r\n";
    let reply = ask(&Fixture::new(trusting), "GET", "/api", headers);
    assert!(reply.text().contains("base=https://shop.test/v1/api "), "{}", reply.text());
    let reply = ask(&Fixture::new(settings()), "GET", "/api", headers);
    assert!(reply.text().contains("base=http://example.com/api "), "{}", reply.text());
}

#[test]
fn http_01_head_is_get_without_content() {
    let server = Fixture::new(settings());
    for target in [
        "/api/large?1234",
        "/api/large?200000",
        "/api/busy",
        "/elsewhere",
        "/api/panic",
        "/api/html",
        "/health/live",
    ] {
        let get = ask(&server, "GET", target, "x-request-id: same\r\n");
        let mut client = server.client();
        client.send(format!("HEAD {target} HTTP/1.1\r\nhost: example.com\r\nx-request-id: same\r\n\r\n"));
        let head = client.head();
        let lines = |reply: &Reply| {
            let lines =
                reply.head.lines().filter(|line| !line.starts_with("date") && !line.contains("nonce"));
            let mut lines: Vec<_> = lines.map(str::to_owned).collect();
            lines.sort();
            lines
        };
        assert_eq!(lines(&get), lines(&head), "{target}");
        // Nothing follows: the next response begins at once.
        client.get("/api/next");
        assert!(client.reply().text().contains("path=/next"));
    }
}

#[test]
fn http_09_what_the_client_has_is_not_sent_again() {
    let server = Fixture::new(settings());
    let first = ask(&server, "GET", "/api/large?5000", "");
    let tag = first.header("etag").unwrap().to_owned();
    for (headers, status) in [
        (format!("if-none-match: {tag}\r\n"), 304),
        (format!("if-none-match: \"other\", W/{tag}\r\n"), 304),
        ("if-none-match: *\r\n".to_owned(), 304),
        ("if-none-match: \"other\"\r\n".to_owned(), 200),
    ] {
        for method in ["GET", "HEAD"] {
            let reply = ask(&server, method, "/api/large?5000", &headers);
            assert_eq!(reply.status, status, "{headers}");
            assert_eq!(reply.header("etag"), Some(&*tag));
            assert_eq!(reply.header("vary"), Some("Accept"));
            assert!(reply.header("date").is_some());
            if status == 304 {
                assert_eq!((reply.header("content-length"), reply.header("content-type")), (None, None));
            }
        }
    }
}

#[test]
fn http_08_tags_differ_with_body_and_type() {
    let server = Fixture::new(settings());
    let tag = |target: &str| server.get(target).header("etag").map(str::to_owned);
    assert_eq!(tag("/api/large?10"), tag("/api/large?10"));
    assert_ne!(tag("/api/large?10"), tag("/api/large?11"));
    assert_ne!(tag("/api/profile?1"), tag("/api/profile?2"));
    assert_eq!(tag("/api/busy"), None);
    assert_eq!(tag("/health/live"), None);
}

#[test]
fn neg_28_every_response_varies_with_accept() {
    let server = Fixture::new(settings());
    for target in ["/api/a", "/api/panic", "/api/busy", "/nowhere", "/api/html", "/health/ready"] {
        assert_eq!(server.get(target).header("vary"), Some("Accept"), "{target}");
    }
}

#[test]
fn request_ids() {
    let server = Fixture::new(settings());
    let id =
        |headers: &str| ask(&server, "GET", "/api/panic", headers).header("x-request-id").unwrap().to_owned();
    assert_eq!(id("x-request-id: My.id_1-2\r\n"), "My.id_1-2");
    let long = "x".repeat(128);
    assert_eq!(id(&format!("x-request-id: {long}\r\n")), long);
    for unusable in ["a b", "a\"b", "", &format!("{long}x")] {
        assert_ne!(id(&format!("x-request-id: {unusable}\r\n")), unusable);
    }
    assert_ne!(id(""), id(""));
}

#[test]
fn panics_say_nothing_of_the_inside() {
    let server = Fixture::new(settings());
    let mut client = server.client();
    client.get("/api/panic");
    let reply = client.reply();
    reply.is_error(500, "internal-error");
    assert!(!reply.text().contains("secret"));
    client.get("/api/a");
    assert_eq!(client.reply().status, 200, "the connection goes on");
}

#[test]
fn retry_after_and_allow_of_the_handler() {
    let server = Fixture::new(settings());
    let reply = server.get("/api/busy");
    assert_eq!((reply.status, reply.header("retry-after")), (503, Some("7")));
    assert_eq!(reply.header("allow"), Some("GET, HEAD, OPTIONS"));
}

#[test]
fn the_explorer_page() {
    let server = Fixture::new(settings());
    let reply = server.get("/api/html");
    assert_eq!(reply.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(reply.header("etag"), None);
    let policy = reply.header("content-security-policy").unwrap();
    let (_, rest) = policy.split_once("script-src 'nonce-").unwrap();
    let (nonce, _) = rest.split_once('\'').unwrap();
    assert!(policy.starts_with("default-src 'none'; "));
    assert!(reply.text().contains(&format!("<script nonce=\"{nonce}\">")));
}

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn every_request_has_a_line_in_the_log() {
    let kept = Kept::default();
    let log = AccessLog::start(kept.clone()).unwrap();
    let mut server = Fixture::with_log(Settings { log: LogFormat::Json, ..settings() }, Some(log));
    ask(&server, "GET", "/api/a?b=c", "x-request-id: one\r\n");
    ask(&server, "GET", "/api/panic", "x-request-id: two\r\n");
    let mut client = server.client();
    client.send("nonsense\r\n\r\n");
    client.reply();
    let mut leaving = server.client();
    leaving.get("/api/slow?60000");
    crate::support::eventually("it runs", || {
        server.handler.running.load(std::sync::atomic::Ordering::SeqCst) == 1
    });
    drop(leaving);
    crate::support::eventually("it ends", || {
        server.handler.running.load(std::sync::atomic::Ordering::SeqCst) == 0
    });
    server.control.drain();
    server.ended();
    let lines = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
    let lines: Vec<_> = lines.lines().collect();
    assert_eq!(lines.len(), 4, "{lines:#?}");
    assert!(
        lines.iter().any(
            |line| line.contains(r#""request_id":"one","method":"GET","path":"/api/a?b=c","status":200"#)
        )
    );
    assert!(
        lines.iter().any(|line| line.contains("\"two\"") && line.contains("panic: secret of the inside"))
    );
    assert!(lines.iter().any(|line| line.contains(r#""method":"-","path":"-","status":400"#)));
    assert!(lines.iter().any(|line| line.contains(r#""path":"/api/slow?60000","status":499"#)));
}
