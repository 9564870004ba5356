//! Connections: keep-alive, pipelining, leaving, draining.

use std::fmt::Write as _;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use docent_server::{Listener, Server, ServerConfig};

use crate::support::{Client, Fixture, Obedient, eventually, settings};

#[test]
fn requests_can_be_pipelined() {
    let server = Fixture::new(settings());
    let mut client = server.client();
    let mut bytes = String::new();
    for index in 0..40 {
        // Large bodies in between must not change the order.
        let target = if index % 7 == 3 { format!("large?{}", 300_000 + index) } else { format!("n{index}") };
        write!(bytes, "GET /api/{target} HTTP/1.1\r\nhost: a\r\n\r\n").unwrap();
    }
    client.send(bytes);
    for index in 0..40 {
        let reply = client.reply();
        if index % 7 == 3 {
            assert_eq!(reply.body.len(), 300_000 + index);
        } else {
            assert!(reply.text().contains(&format!("path=/n{index} ")), "{}", reply.text());
        }
    }
}

#[test]
fn http_1_0_closes_after_one() {
    let server = Fixture::new(settings());
    let mut client = server.client();
    client.send("GET /api HTTP/1.0\r\n\r\n");
    let reply = client.reply();
    assert_eq!(reply.status, 200);
    assert!(reply.text().contains(&format!("base=http://{}/api", server.address)));
    client.is_closed();
}

#[test]
fn a_client_that_leaves_cancels_its_request() {
    let server = Fixture::new(settings());
    let mut client = server.client();
    client.get("/api/slow?60000");
    eventually("it runs", || server.handler.running.load(Ordering::SeqCst) == 1);
    drop(client);
    eventually("it ends", || server.handler.running.load(Ordering::SeqCst) == 0);
}

#[test]
fn draining_finishes_what_is_open() {
    let mut server = Fixture::new(settings());
    let mut fresh = server.client();
    let mut idle = server.client();
    idle.get("/api");
    assert_eq!(idle.reply().status, 200);
    let mut busy = server.client();
    busy.get("/api/slow?500");
    eventually("it runs", || server.handler.running.load(Ordering::SeqCst) == 1);
    let started = Instant::now();
    server.control.drain();
    fresh.is_closed();
    idle.is_closed();
    assert!(started.elapsed() < Duration::from_millis(400), "nothing waits for the busy one");
    let reply = busy.reply();
    assert_eq!((reply.status, reply.text()), (200, "slow"));
    assert_eq!(reply.header("connection"), Some("close"));
    busy.is_closed();
    server.ended();
    assert!(TcpStream::connect(server.address).is_err());
}

#[test]
fn draining_finishes_a_response_that_is_read_slowly() {
    let mut server = Fixture::new(settings());
    let mut client = server.client();
    client.get("/api/large?20000000");
    client.head();
    server.control.drain();
    std::thread::sleep(Duration::from_millis(200));
    let mut rest = Vec::new();
    std::io::Read::read_to_end(&mut client.socket, &mut rest).unwrap();
    assert!(rest.len() > 19_000_000, "{}", rest.len());
    server.ended();
}

#[test]
fn draining_has_its_time() {
    let mut settings = settings();
    settings.limits.drain_time_max = Duration::from_millis(200);
    let mut server = Fixture::new(settings);
    let mut client = server.client();
    client.get("/api/slow?60000");
    eventually("it runs", || server.handler.running.load(Ordering::SeqCst) == 1);
    server.control.drain();
    server.ended();
    client.is_closed();
}

#[test]
fn stopping_waits_for_nothing() {
    let mut server = Fixture::new(settings());
    let mut client = server.client();
    client.get("/api/slow?60000");
    eventually("it runs", || server.handler.running.load(Ordering::SeqCst) == 1);
    server.control.drain();
    let started = Instant::now();
    server.control.stop();
    server.ended();
    assert!(started.elapsed() < Duration::from_secs(5));
    client.is_closed();
}

#[test]
fn connections_are_spread_over_workers() {
    let server = Fixture::new(settings());
    let mut clients: Vec<Client> = (0..6).map(|_| server.client()).collect();
    let mut of_worker = [0, 0];
    for client in &mut clients {
        client.get("/api");
        let reply = client.reply();
        let id = reply.header("x-request-id").unwrap().to_owned();
        of_worker[id.split('-').nth(1).unwrap().parse::<usize>().unwrap()] += 1;
    }
    assert_eq!(of_worker, [3, 3]);
}

#[test]
fn ipv6() {
    // Some machines have no IPv6 at all.
    let Ok(listener) = Listener::bind("[::1]:0") else { return };
    let address = listener.address();
    let handler = Arc::new(Obedient::default());
    let server = Server::start(listener, ServerConfig::default(), handler).unwrap();
    let mut client = Client::connect(address);
    client.send(format!("GET / HTTP/1.1\r\nhost: {address}\r\n\r\n"));
    assert!(client.reply().text().contains(&format!("base=http://{address} ")));
    server.control().stop();
    server.wait();
}
