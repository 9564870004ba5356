//! Each limit, at it and above it.

use std::time::Duration;

use docent_server::{Limits, Settings};

use crate::support::{Client, Fixture, eventually, settings};

fn limited(change: impl FnOnce(&mut Limits)) -> Fixture {
    let mut settings = settings();
    change(&mut settings.limits);
    Fixture::new(settings)
}

#[test]
fn url_length() {
    let server = limited(|limits| limits.url_bytes_max = 100);
    let target = format!("/api/{}?q", "a".repeat(93));
    assert_eq!(target.len(), 100);
    assert_eq!(server.get(&target).status, 200);
    let reply = server.get(&format!("{target}x"));
    reply.is_error(414, "url-too-long");
    assert!(reply.text().contains("100 bytes"));
}

#[test]
fn the_default_url_limit_is_ours_not_the_librarys() {
    let server = Fixture::new(settings());
    let base = "/api/?q=";
    assert_eq!(server.get(&format!("{base}{}", "x".repeat(8192 - base.len()))).status, 200);
    server.get(&format!("{base}{}", "x".repeat(8193 - base.len()))).is_error(414, "url-too-long");
}

#[test]
fn header_bytes() {
    let server = limited(|limits| limits.header_bytes_max = 1000);
    // `host: example.com` counts 4 + 11 + 4.
    let filler = 1000 - 19 - ("x-filler".len() + 4);
    for (length, status) in [(filler, 200), (filler + 1, 431)] {
        let mut client = server.client();
        client.send(format!(
            "GET /api HTTP/1.1\r\nhost: example.com\r\nx-filler: {}\r\n\r\n",
            "x".repeat(length)
        ));
        let reply = client.reply();
        assert_eq!(reply.status, status);
        if status == 431 {
            reply.is_error(431, "header-fields-too-large");
        }
    }
}

fn post(client: &mut Client, headers: &str, body: &[u8]) {
    client.send(format!("POST /api/articles HTTP/1.1\r\nhost: example.com\r\n{headers}\r\n"));
    client.send(body);
}

#[test]
fn body_length_announced() {
    let server = limited(|limits| limits.body_bytes_max = 1000);
    let mut client = server.client();
    for _ in 0..2 {
        post(&mut client, "content-length: 1000\r\n", &[b'x'; 1000]);
        assert_eq!(client.reply().status, 200);
    }
    // The answer arrives although the client sends everything first.
    post(&mut client, "content-length: 3000001\r\n", &vec![b'x'; 3_000_001]);
    let reply = client.reply();
    reply.is_error(413, "body-too-large");
    assert_eq!(reply.header("connection"), Some("close"));
    client.is_closed();
}

#[test]
fn body_length_as_it_comes() {
    let server = limited(|limits| limits.body_bytes_max = 1000);
    let mut client = server.client();
    let chunk = |length: usize| format!("{length:x}\r\n{}\r\n", "x".repeat(length));
    let good = format!("{}{}0\r\n\r\n", chunk(600), chunk(400));
    post(&mut client, "transfer-encoding: chunked\r\n", good.as_bytes());
    assert_eq!(client.reply().status, 200);
    let long = format!("{}{}0\r\n\r\n", chunk(600), chunk(401));
    post(&mut client, "transfer-encoding: chunked\r\n", long.as_bytes());
    client.reply().is_error(413, "body-too-large");
    client.is_closed();
}

#[test]
fn a_client_that_asks_first_sends_nothing() {
    let server = limited(|limits| limits.body_bytes_max = 1000);
    let mut client = server.client();
    post(&mut client, "content-length: 1001\r\nexpect: 100-continue\r\n", b"");
    client.reply().is_error(413, "body-too-large");
    let mut client = server.client();
    post(&mut client, "content-length: 3\r\nexpect: 100-continue\r\n", b"");
    assert_eq!(client.head().status, 100);
    client.send("abc");
    assert_eq!(client.reply().status, 200);
}

#[test]
fn a_body_has_its_time() {
    let server = limited(|limits| limits.request_time_max = Duration::from_millis(100));
    let mut client = server.client();
    post(&mut client, "content-length: 10\r\n", b"12345");
    client.reply().is_error(408, "request-timeout");
    client.is_closed();
}

#[test]
fn http_14_content_of_a_get_is_ignored() {
    let server = Fixture::new(settings());
    let mut client = server.client();
    client.send("GET /api/a HTTP/1.1\r\nhost: a\r\ncontent-length: 200000\r\n\r\n");
    client.send(vec![b'x'; 200_000]);
    client.get("/api/b");
    assert!(client.reply().text().contains("path=/a"));
    assert!(client.reply().text().contains("path=/b"));
}

#[test]
fn connections() {
    let server = limited(|limits| limits.connections_max = 2);
    let mut first = server.client();
    let mut second = server.client();
    for client in [&mut first, &mut second] {
        client.get("/api");
        assert_eq!(client.reply().status, 200);
    }
    let mut third = server.client();
    third.get("/api");
    let reply = third.reply();
    reply.is_error(503, "busy");
    assert_eq!(reply.header("retry-after"), Some("1"));
    third.is_closed();
    drop(first);
    eventually("a place is free again", || server.get("/api").status == 200);
}

#[test]
fn concurrent_requests() {
    let server = limited(|limits| limits.requests_max = 2);
    let mut clients = [server.client(), server.client()];
    for client in &mut clients {
        client.get("/api/slow?400");
    }
    eventually("both run", || server.handler.running.load(std::sync::atomic::Ordering::SeqCst) == 2);
    let reply = server.get("/api");
    reply.is_error(503, "busy");
    assert_eq!(reply.header("retry-after"), Some("1"));
    assert_eq!(server.get("/health/live").status, 200);
    for client in &mut clients {
        assert_eq!(client.reply().status, 200);
    }
    assert_eq!(server.get("/api").status, 200);
}

#[test]
fn a_handler_that_misses_its_deadline_is_dropped() {
    let server = limited(|limits| limits.request_time_max = Duration::from_millis(50));
    server.get("/api/slow?60000").is_error(503, "busy");
    assert_eq!(server.handler.running.load(std::sync::atomic::Ordering::SeqCst), 0);
}

#[test]
fn memory_of_responses() {
    const MIB: usize = 1024 * 1024;
    let server = limited(|limits| {
        limits.response_memory_bytes_max = 50 * MIB;
        limits.request_time_max = Duration::from_millis(300);
    });
    // More than the buffers of both systems hold, and not read.
    let mut slow = server.client();
    slow.get(&format!("/api/large?{}", 40 * MIB));
    let slow_head = slow.head();
    let refused = server.get(&format!("/api/large?{}", 20 * MIB));
    refused.is_error(503, "busy");
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(server.get(&format!("/api/large?{}", 64 * 1024)).status, 200, "small ones need no place");
    assert_eq!(slow_head.header("content-length"), Some(&*(40 * MIB).to_string()));
    drop(slow);
    eventually("the place is free", || server.get(&format!("/api/large?{}", 20 * MIB)).status == 200);
}

#[test]
fn memory_of_request_bodies() {
    let server = limited(|limits| {
        limits.request_memory_bytes_max = 300 * 1024;
        limits.request_time_max = Duration::from_millis(300);
    });
    let large = vec![b'x'; 200 * 1024];
    let length = format!("content-length: {}\r\n", large.len());
    // Has its place until it is answered.
    let mut first = server.client();
    first.send(format!("POST /api/slow?1000 HTTP/1.1\r\nhost: a\r\n{length}\r\n"));
    first.send(&large);
    eventually("it runs", || server.handler.running.load(std::sync::atomic::Ordering::SeqCst) == 1);
    let mut second = server.client();
    post(&mut second, &format!("{length}expect: 100-continue\r\n"), b"");
    let refused = second.reply();
    refused.is_error(503, "busy");
    assert_eq!(refused.header("retry-after"), Some("1"));
    second.is_closed();
    assert_eq!(first.reply().text(), "slow");
    post(&mut first, &length, &large);
    assert_eq!(first.reply().status, 200, "the place is free");
}

#[test]
fn small_request_bodies_need_no_place() {
    let server = limited(|limits| limits.request_memory_bytes_max = 1024);
    let mut open = server.client();
    post(&mut open, "content-length: 100000\r\n", b"x");
    for length in [1, 64 * 1024] {
        let mut client = server.client();
        post(&mut client, &format!("content-length: {length}\r\n"), &vec![b'x'; length]);
        assert_eq!(client.reply().status, 200);
    }
}

#[test]
fn a_body_without_a_length_takes_its_place_when_it_is_large() {
    let server = limited(|limits| {
        limits.request_memory_bytes_max = 1024;
        limits.request_time_max = Duration::from_millis(300);
    });
    let body = |length: usize| format!("{length:x}\r\n{}\r\n0\r\n\r\n", "x".repeat(length));
    let mut first = server.client();
    first.send("POST /api/slow?1000 HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n");
    first.send(body(100_000));
    eventually("it runs", || server.handler.running.load(std::sync::atomic::Ordering::SeqCst) == 1);
    for (length, status) in [(64 * 1024, 200), (64 * 1024 + 1, 503)] {
        let mut client = server.client();
        post(&mut client, "transfer-encoding: chunked\r\n", body(length).as_bytes());
        assert_eq!(client.reply().status, status, "{length}");
    }
    assert_eq!(first.reply().text(), "slow");
}

#[test]
fn a_body_that_nobody_asks_for_takes_no_place() {
    let server = limited(|limits| limits.request_memory_bytes_max = 1024);
    let mut open = server.client();
    post(&mut open, "content-length: 100000\r\n", b"x");
    let mut client = server.client();
    client.send("GET /api HTTP/1.1\r\nhost: a\r\ncontent-length: 200000\r\n\r\n");
    client.send(vec![b'x'; 200_000]);
    assert_eq!(client.reply().status, 200);
}

#[test]
fn what_is_done_is_not_asked_for_again() {
    const MIB: usize = 1024 * 1024;
    let server = limited(|limits| {
        limits.response_memory_bytes_max = 50 * MIB;
        limits.request_time_max = Duration::from_millis(300);
    });
    let mut slow = server.client();
    slow.get(&format!("/api/large?{}", 40 * MIB));
    slow.head();
    let mut client = server.client();
    client.send(format!("POST /api/created?{} HTTP/1.1\r\nhost: a\r\n\r\n", 20 * MIB));
    let reply = client.reply();
    assert_eq!((reply.status, reply.header("location")), (204, Some("http://a/api/articles/1")));
    assert_eq!((reply.header("etag"), reply.header("retry-after")), (None, None));
}

#[test]
fn a_client_that_does_not_read_is_left() {
    let server = limited(|limits| limits.send_stall_max = Duration::from_millis(200));
    let mut client = server.client();
    client.get(&format!("/api/large?{}", 60 * 1024 * 1024));
    client.head();
    std::thread::sleep(Duration::from_secs(1));
    eventually("its memory is free", || {
        server.get(&format!("/api/large?{}", 60 * 1024 * 1024)).status == 200
    });
}

#[test]
fn a_head_has_its_time() {
    let server = limited(|limits| limits.head_time_max = Duration::from_millis(300));
    let mut silent = server.client();
    let mut slow = server.client();
    let trickle = std::thread::spawn(move || {
        slow.send("GET /api HTTP/1.1\r\n");
        // Each byte is progress, but the head as a whole is too slow.
        for _ in 0..20 {
            std::thread::sleep(Duration::from_millis(50));
            if std::io::Write::write_all(&mut slow.socket, b"x").is_err() {
                break;
            }
        }
        slow
    });
    silent.is_closed();
    trickle.join().unwrap().is_closed();
}

#[test]
fn idle_connections_are_closed_later_than_slow_ones() {
    let server = limited(|limits| {
        limits.head_time_max = Duration::from_millis(100);
        limits.idle_time_max = Duration::from_millis(700);
    });
    let mut client = server.client();
    client.get("/api");
    assert_eq!(client.reply().status, 200);
    std::thread::sleep(Duration::from_millis(300));
    client.get("/api");
    assert_eq!(client.reply().status, 200);
    client.is_closed();
}

#[test]
fn limits_can_change_while_connections_are_open() {
    let server = Fixture::new(settings());
    let mut client = server.client();
    client.get("/api/a?xxxxxxxxxx");
    assert_eq!(client.reply().status, 200);
    let mut changed = Settings { base_path: "/v2".to_owned(), ..settings() };
    changed.limits.url_bytes_max = 10;
    server.control.change_settings(changed);
    client.get("/v2/a");
    assert!(client.reply().text().contains("base=http://example.com/v2"));
    client.get("/v2/a?xxxxxxxxxx");
    client.reply().is_error(414, "url-too-long");
}
