//! Requests that are no HTTP, or not the HTTP we need.

use docent_server::Settings;

use crate::support::{Fixture, settings};

#[track_caller]
fn check(bytes: &str, status: u16, code: &str) {
    let server = Fixture::new(settings());
    let mut client = server.client();
    client.send(bytes);
    let reply = client.reply();
    reply.is_error(status, code);
    assert!(reply.header("date").is_some());
}

#[test]
fn err_18_malformed_requests_get_documents() {
    for bytes in [
        "\x16\x03\x01 TLS\r\n\r\n",
        "GET\r\n\r\n",
        "GET /api HTTP/9.9\r\n\r\n",
        "GET /api HTTP/1.1\r\nno colon here\r\n\r\n",
        "GET /api HTTP/1.1\r\nhost: a\r\ncontent-length: abc\r\n\r\n",
        "GET /api HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
        "G@T /api HTTP/1.1\r\nhost: a\r\n\r\n",
        "GET /api\x7f HTTP/1.1\r\nhost: a\r\n\r\n",
    ] {
        check(bytes, 400, "malformed-request");
    }
}

#[test]
fn sizes_beyond_what_can_be_read_get_documents() {
    let many = "x-many: y\r\n".repeat(100);
    check(&format!("GET /api HTTP/1.1\r\nhost: a\r\n{many}\r\n"), 431, "header-fields-too-large");
    let long = "x".repeat(200_000);
    check(&format!("GET /api HTTP/1.1\r\nhost: a\r\nx-long: {long}\r\n\r\n"), 431, "header-fields-too-large");
}

#[test]
fn a_malformed_request_after_good_ones() {
    let server = Fixture::new(settings());
    let mut client = server.client();
    client.get("/api/a");
    assert_eq!(client.reply().status, 200);
    client.send("nonsense\r\n\r\n");
    let reply = client.reply();
    reply.is_error(400, "malformed-request");
    assert_eq!(reply.header("connection"), Some("close"));
    client.is_closed();
}

#[test]
fn malformed_bodies() {
    let server = Fixture::new(settings());
    let mut client = server.client();
    client.send("POST /api HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n");
    client.reply().is_error(400, "malformed-request");
    client.is_closed();
}

#[test]
fn hosts() {
    check("GET /api HTTP/1.1\r\n\r\n", 400, "bad-host");
    check("GET /api HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n", 400, "bad-host");
    check("GET /api HTTP/1.1\r\nhost: a/b\r\n\r\n", 400, "bad-host");
}

#[test]
fn urls_outside_the_base() {
    for target in ["//", "/apis", "/other/articles", "//api", "/health"] {
        let server = Fixture::new(settings());
        let reply = server.get(target);
        reply.is_error(404, "not-found");
        assert!(reply.text().contains("under `/api/`"));
    }
}

#[test]
fn the_root_leads_to_the_api() {
    let server = Fixture::new(settings());
    for method in ["GET", "HEAD"] {
        let mut client = server.client();
        client.send(format!("{method} / HTTP/1.1\r\nhost: shop.test\r\n\r\n"));
        let reply = client.reply();
        assert_eq!((reply.status, reply.header("location")), (307, Some("http://shop.test/api")));
        assert_eq!((reply.header("content-length"), reply.header("content-type")), (Some("0"), None));
    }
    let mut client = server.client();
    client.send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\n\r\nx");
    client.reply().is_error(404, "not-found");
    let root = Fixture::new(Settings { base_path: String::new(), ..settings() });
    assert_eq!(root.get("/").status, 200);
}
