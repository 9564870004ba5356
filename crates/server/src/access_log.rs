//! One line per request, written by a thread of its own.
//!
//! A line begins as those about events of the program do, with `timestamp` and `level`: whoever reads the log can treat
//! all lines alike.
//!
//! Each worker appends finished lines to a buffer of its own; the writer takes all buffers at once, some milliseconds
//! after the first line. So a busy server makes few large writes, workers do not wait for each other, and a slow reader
//! of the log never slows a request: when a buffer is full, lines are dropped and counted. Lines of different workers
//! can stand some milliseconds out of order.

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering, fence};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime};

use docent_engine::Timings;
use docent_jsonapi::json;
use thread_local::ThreadLocal;

use crate::settings::LogFormat;
use crate::timestamp;

/// Lines of a worker that wait for the writer hold at most this much memory.
const PENDING_BYTES_MAX: usize = 512 * 1024;
/// How long the writer lets lines gather.
const GATHER: Duration = Duration::from_millis(10);
/// The level of every line.
const LEVEL: &str = "INFO";

/// Where lines about requests go. Clones share one writer.
#[derive(Debug, Clone)]
pub struct AccessLog {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    /// Of each worker.
    pending: ThreadLocal<Mutex<Pending>>,
    /// Whether the writer knows that there are lines.
    knows: AtomicBool,
    closed: Mutex<bool>,
    changed: Condvar,
    writer: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug, Default)]
struct Pending {
    lines: Vec<u8>,
    dropped: u64,
}

/// What is known of a request when it is over.
pub(crate) struct Entry<'a> {
    pub(crate) request_id: &'a str,
    pub(crate) method: &'a str,
    /// Path and query.
    pub(crate) target: &'a str,
    /// Who sent it, if that is known.
    pub(crate) user: Option<&'a str>,
    pub(crate) status: u16,
    pub(crate) body_bytes: usize,
    pub(crate) duration: Duration,
    pub(crate) timings: Timings,
    /// What went wrong inside.
    pub(crate) internal: Option<&'a str>,
}

impl AccessLog {
    /// Starts a writer onto `sink`.
    pub fn start(sink: impl Write + Send + 'static) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let log = Self { shared: Arc::clone(&shared) };
        let writer =
            thread::Builder::new().name("access-log".to_owned()).spawn(move || write_lines(&shared, sink))?;
        *locked(&log.shared.writer) = Some(writer);
        Ok(log)
    }

    /// Appends a line, or counts it as dropped if the writer is too far behind.
    pub(crate) fn append(&self, line: &[u8]) {
        let Shared { pending, knows, closed, changed, .. } = &*self.shared;
        let mut pending = locked(pending.get_or_default());
        if pending.lines.len() + line.len() > PENDING_BYTES_MAX {
            pending.dropped += 1;
            return;
        }
        pending.lines.extend_from_slice(line);
        drop(pending);
        // Against the writer's: it finds a buffer that is new, or this finds that it does not know.
        fence(Ordering::SeqCst);
        if !knows.load(Ordering::Acquire) {
            // Under the lock, so that the writer is not between looking and waiting.
            let _closed = locked(closed);
            knows.store(true, Ordering::Release);
            changed.notify_one();
        }
    }

    /// Writes what is pending and ends the writer. Lines appended later are lost.
    pub fn close(&self) {
        *locked(&self.shared.closed) = true;
        self.shared.changed.notify_one();
        if let Some(writer) = locked(&self.shared.writer).take() {
            // A writer that panicked has nothing left to write.
            let _ = writer.join();
        }
    }
}

/// A panic while a lock is held leaves whole lines behind, never halves.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn write_lines(shared: &Shared, mut sink: impl Write) {
    let mut lines = Vec::new();
    loop {
        let waited = shared
            .changed
            .wait_while(locked(&shared.closed), |closed| !*closed && !shared.knows.load(Ordering::Acquire));
        let closed = *waited.unwrap_or_else(PoisonError::into_inner);
        if !closed {
            thread::sleep(GATHER);
        }
        // Before lines are taken: whoever appends one after that says so again.
        shared.knows.store(false, Ordering::Release);
        fence(Ordering::SeqCst);
        let mut dropped = 0;
        for pending in &shared.pending {
            {
                let mut pending = locked(pending);
                std::mem::swap(&mut lines, &mut pending.lines);
                dropped += std::mem::take(&mut pending.dropped);
            }
            // Nobody is left to tell when the log itself cannot be written.
            let _ = sink.write_all(&lines);
            lines.clear();
        }
        let _ = sink.flush();
        if dropped > 0 {
            tracing::warn!(dropped, "the access log is too slow: lines were dropped");
        }
        if closed {
            return;
        }
    }
}

impl Entry<'_> {
    /// Appends the line in that format.
    pub(crate) fn write(&self, out: &mut Vec<u8>, format: LogFormat) {
        match format {
            LogFormat::Text => self.write_text(out),
            LogFormat::Json => self.write_json(out),
        }
        out.push(b'\n');
    }

    fn write_text(&self, out: &mut Vec<u8>) {
        timestamp::write(out, SystemTime::now());
        for text in ["  ", LEVEL, " ", self.method, " ", self.target, " "] {
            out.extend_from_slice(text.as_bytes());
        }
        json::unsigned(out, self.status.into());
        for (name, value) in self.numbers() {
            out.push(b' ');
            out.extend_from_slice(name.as_bytes());
            out.push(b'=');
            json::unsigned(out, value);
        }
        out.extend_from_slice(b" request_id=");
        out.extend_from_slice(self.request_id.as_bytes());
        if let Some(user) = self.user {
            out.extend_from_slice(b" user=");
            quoted(out, user);
        }
        if let Some(internal) = self.internal {
            out.extend_from_slice(b" internal=");
            quoted(out, internal);
        }
    }

    fn write_json(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"timestamp\":\"");
        timestamp::write(out, SystemTime::now());
        out.push(b'"');
        let texts = [
            ("level", LEVEL),
            ("request_id", self.request_id),
            ("method", self.method),
            ("path", self.target),
        ];
        for (name, value) in texts {
            json_name(out, name);
            quoted(out, value);
        }
        json_name(out, "status");
        json::unsigned(out, self.status.into());
        for (name, value) in self.numbers() {
            json_name(out, name);
            json::unsigned(out, value);
        }
        if let Some(user) = self.user {
            json_name(out, "user");
            quoted(out, user);
        }
        if let Some(internal) = self.internal {
            json_name(out, "internal");
            quoted(out, internal);
        }
        out.push(b'}');
    }

    fn numbers(&self) -> [(&'static str, u64); 7] {
        let micros = |duration: Duration| u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        [
            ("bytes", self.body_bytes as u64),
            ("duration_us", micros(self.duration)),
            ("resolve_us", micros(self.timings.resolve)),
            ("plan_us", micros(self.timings.plan)),
            ("run_us", micros(self.timings.run)),
            ("assemble_us", micros(self.timings.assemble)),
            ("statements", self.timings.statements.into()),
        ]
    }
}

fn json_name(out: &mut Vec<u8>, name: &str) {
    out.extend_from_slice(b",\"");
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":");
}

/// A JSON string: on one line whatever it holds, and readable in a line of text too.
fn quoted(out: &mut Vec<u8>, text: &str) {
    json::string(out, text);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sink that tests can read.
    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            locked(&self.0).extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn line(format: LogFormat, internal: Option<&str>) -> String {
        let entry = Entry {
            request_id: "r1",
            method: "GET",
            target: "/api/articles?sort=title",
            user: internal.map(|_| "ann\n"),
            status: 200,
            body_bytes: 1432,
            duration: Duration::from_micros(187),
            timings: Timings { run: Duration::from_micros(12), statements: 1, ..Timings::default() },
            internal,
        };
        let mut out = Vec::new();
        entry.write(&mut out, format);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn text_lines() {
        let text = line(LogFormat::Text, Some("disk\nfull"));
        let (_, rest) = text.split_once(' ').unwrap();
        let expected = " INFO GET /api/articles?sort=title 200 bytes=1432 duration_us=187 resolve_us=0 plan_us=0 run_us=12 \
                        assemble_us=0 statements=1 request_id=r1 user=\"ann\\n\" internal=\"disk\\nfull\"\n";
        assert_eq!(rest, expected);
    }

    #[test]
    fn json_lines() {
        let text = line(LogFormat::Json, None);
        assert!(text.starts_with("{\"timestamp\":\"20"), "{text}");
        let expected = "\"level\":\"INFO\",\"request_id\":\"r1\",\"method\":\"GET\",\"path\":\"/api/articles?sort=title\",\"status\":200,\
                        \"bytes\":1432,\"duration_us\":187,\"resolve_us\":0,\"plan_us\":0,\"run_us\":12,\
                        \"assemble_us\":0,\"statements\":1}\n";
        assert!(text.ends_with(expected), "{text}");
    }

    #[test]
    fn closing_writes_what_is_pending() {
        let kept = Kept::default();
        let log = AccessLog::start(kept.clone()).unwrap();
        log.append(b"one\n");
        log.append(b"two\n");
        log.close();
        log.close();
        assert_eq!(*locked(&kept.0), b"one\ntwo\n");
    }

    #[test]
    fn a_full_buffer_drops_lines() {
        let log = AccessLog { shared: Arc::default() };
        let line = vec![b'x'; PENDING_BYTES_MAX / 2];
        for _ in 0..3 {
            log.append(&line);
        }
        let pending = locked(log.shared.pending.get_or_default());
        assert_eq!((pending.lines.len(), pending.dropped), (PENDING_BYTES_MAX, 1));
    }
}
