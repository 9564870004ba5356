//! One `docent serve` process: started on a free port, its output kept, ended when dropped.

use std::io::{BufRead as _, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use super::http::Client;
use crate::process::eventually;

/// How long a server may take to say that it listens.
const START_TIMEOUT: Duration = Duration::from_mins(1);

/// How long what is logged may be on its way.
const LOGGED_WITHIN: Duration = Duration::from_secs(10);

/// What the line on standard output begins with that tells the address.
const LISTENS: &str = "Docent listens on ";

/// How a server is started, beyond its database.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    /// Further command line arguments.
    pub(crate) args: Vec<String>,
    /// Environment variables (`DOCENT_…` of the test's own environment are not passed on).
    pub(crate) env: Vec<(String, String)>,
    /// Text of a configuration file; `--config` is given when it is set.
    pub(crate) config: Option<String>,
    /// Files beside it: name and content.
    pub(crate) files: Vec<(String, String)>,
}

#[allow(dead_code, reason = "a harness offers more than each test run uses")]
impl Options {
    /// With these arguments.
    pub(crate) fn args(args: &[&str]) -> Self {
        Self { args: args.iter().map(ToString::to_string).collect(), ..Self::default() }
    }

    /// With this configuration file.
    pub(crate) fn config(text: &str) -> Self {
        Self { config: Some(text.to_owned()), ..Self::default() }
    }
}

/// A process that ended before it listened.
#[derive(Debug)]
#[allow(dead_code, reason = "shown by Debug when a start fails unexpectedly")]
pub(crate) struct Exited {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A running server.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    address: SocketAddr,
    url: String,
    stdout: Output,
    stderr: Output,
    /// Holds the configuration file; removed with the server.
    config: Option<tempfile::TempDir>,
}

#[allow(dead_code, reason = "a harness offers more than each test run uses")]
impl Server {
    /// Starts a server of that database (a file or a URL) and waits until it listens; fails the test if it does not.
    #[track_caller]
    pub(crate) fn start(database: &str, options: &Options) -> Self {
        match Self::try_start(database, options) {
            Ok(server) => server,
            Err(exited) => panic!("the server did not start: {exited:#?}"),
        }
    }

    /// Starts a server; if it ends instead of listening, tells how.
    pub(crate) fn try_start(database: &str, options: &Options) -> Result<Self, Exited> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_docent"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("DOCENT_")) {
            command.env_remove(name);
        }
        command.arg("serve").arg(database).args(["--listen", "127.0.0.1:0"]);
        let config = options.config.as_ref().map(|text| {
            let directory = tempfile::tempdir().unwrap();
            std::fs::write(directory.path().join("docent.toml"), text).unwrap();
            for (name, text) in &options.files {
                std::fs::write(directory.path().join(name), text).unwrap();
            }
            command.arg("--config").arg(directory.path().join("docent.toml"));
            directory
        });
        command.args(&options.args).envs(options.env.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();

        let (lines, listening) = mpsc::channel();
        let stdout = Output::collect(child.stdout.take().unwrap(), Some(lines));
        let stderr = Output::collect(child.stderr.take().unwrap(), None);
        let deadline = Instant::now() + START_TIMEOUT;
        let url = loop {
            match listening.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) => {
                    if let Some(url) = line.trim().strip_prefix(LISTENS) {
                        break url.trim_end_matches('/').to_owned();
                    }
                }
                Err(mpsc::RecvTimeoutError::Disconnected) => {
                    let status = child.wait().unwrap();
                    std::thread::sleep(Duration::from_millis(50));
                    return Err(Exited { status, stdout: stdout.text(), stderr: stderr.text() });
                }
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    let _ = child.kill();
                    panic!("no `{LISTENS}` line in time; stderr: {}", stderr.text());
                }
            }
        };
        let authority = url.strip_prefix("http://").unwrap().split('/').next().unwrap();
        let address = authority.parse().unwrap();
        Ok(Self { child, address, url, stdout, stderr, config })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL of the entry point, without trailing slash: `http://127.0.0.1:4711/api`.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The path of the entry point, without trailing slash: empty or `/api`.
    pub(crate) fn base_path(&self) -> &str {
        self.url.strip_prefix("http://").unwrap().find('/').map_or("", |slash| &self.url[slash + 7..])
    }

    /// A client with a connection of its own.
    pub(crate) fn client(&self) -> Client {
        Client::new(self.address)
    }

    /// Sends a signal by name (`TERM`, `HUP`, …).
    pub(crate) fn signal(&self, name: &str) {
        let sent =
            Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()).status().unwrap();
        assert!(sent.success());
    }

    /// Lets it read another configuration, if it has one.
    #[track_caller]
    pub(crate) fn reload(&self, config: &str) {
        let directory = self.config.as_ref().unwrap();
        std::fs::write(directory.path().join("docent.toml"), config).unwrap();
        self.signal("HUP");
    }

    /// Waits for the process to end; `None` if it still runs after that time.
    pub(crate) fn wait(&mut self, timeout: Duration) -> Option<ExitStatus> {
        let deadline = Instant::now() + timeout;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return Some(status);
            }
            if Instant::now() >= deadline {
                return None;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Everything written to standard output so far.
    pub(crate) fn stdout(&self) -> String {
        self.stdout.text()
    }

    /// Everything written to standard error so far.
    pub(crate) fn stderr(&self) -> String {
        self.stderr.text()
    }

    /// Waits until something is written to standard error, which comes by another way than answers do.
    #[track_caller]
    pub(crate) fn logs(&self, text: &str) {
        eventually(text, LOGGED_WITHIN, || self.stderr().contains(text));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a process wrote to one of its streams, read by a thread so that the process never blocks on it.
#[derive(Debug, Clone, Default)]
struct Output(Arc<Mutex<String>>);

impl Output {
    fn collect(stream: impl Read + Send + 'static, lines: Option<mpsc::Sender<String>>) -> Self {
        let output = Self::default();
        let kept = output.clone();
        std::thread::spawn(move || {
            let mut stream = BufReader::new(stream);
            let mut line = Vec::new();
            while stream.read_until(b'\n', &mut line).is_ok_and(|bytes| bytes > 0) {
                let text = String::from_utf8_lossy(&line).into_owned();
                kept.0.lock().unwrap().push_str(&text);
                if let Some(lines) = &lines {
                    let _ = lines.send(text);
                }
                line.clear();
            }
        });
        output
    }

    fn text(&self) -> String {
        self.0.lock().unwrap().clone()
    }
}
