//! What takes too long is ended: by the deadline, or because nobody waits for it any more.

use std::time::{Duration, Instant};

use super::slow::{self, SlowServer};
use super::{ENDLESS, SLOW_PATH, eventually};

/// A tenth of the ticks a busy thread uses in that time.
const IDLE_TICKS_MAX: u64 = 5;
const WATCHED: Duration = Duration::from_millis(500);

/// Waits until the program does nothing.
#[track_caller]
fn becomes_idle(server: &SlowServer) {
    eventually("the statement is cancelled", Duration::from_secs(5), || {
        let before = server.program.processor_ticks();
        std::thread::sleep(WATCHED);
        server.program.processor_ticks() - before <= IDLE_TICKS_MAX
    });
}

#[test]
fn http_17_a_statement_that_takes_too_long_is_ended() {
    let mut server = SlowServer::start(ENDLESS, "[database]\nstatement_timeout = \"1s\"");
    let mut client = server.program.client();
    let start = Instant::now();
    let response = client.get(SLOW_PATH);
    let error = &response.json()["errors"][0];
    assert_eq!((response.status, &error["code"]), (503, &"statement-timeout".into()), "{}", response.text());
    assert!(response.header("retry-after").is_some_and(|value| value.parse::<u32>().is_ok()));
    assert!(error["detail"].as_str().is_some_and(|it| !it.to_ascii_lowercase().contains("select")));
    let elapsed = start.elapsed();
    assert!((Duration::from_millis(900)..Duration::from_secs(4)).contains(&elapsed), "{elapsed:?}");
    assert_eq!(client.get("/quick").status, 200);
    becomes_idle(&server);
}

#[test]
fn a_client_that_leaves_cancels_its_statement() {
    let mut server = SlowServer::start(ENDLESS, "[database]\nstatement_timeout = \"60s\"");
    let open = slow::ask(server.program.address());
    server.program.is_busy();
    drop(open);
    becomes_idle(&server);
    assert_eq!(server.program.client().get("/quick").status, 200);
}

#[test]
fn slow_statements_do_not_block_quick_ones() {
    let mut server = SlowServer::start(ENDLESS, "");
    let address = server.program.address();
    let open: Vec<_> = (0..8).map(|_| slow::ask(address)).collect();
    server.program.is_busy();
    let mut client = server.program.client();
    for _ in 0..20 {
        let start = Instant::now();
        assert_eq!(client.get("/quick/1").status, 200);
        assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    }
    assert_eq!(client.get("/health/live").status, 200);
    drop(open);
    becomes_idle(&server);
}
