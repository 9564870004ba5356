//! The program started in any way: any command, any arguments, as another user; its output kept in files.
//!
//! `harness::server` starts servers the usual way; this is for tests about the ways there are.

use std::fs::File;
use std::net::SocketAddr;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::eventually;
use crate::harness::http::Client;

/// How long the program may take to start, or to end when there is nothing to wait for.
pub(crate) const START_TIMEOUT: Duration = Duration::from_secs(30);

/// A user without rights, for tests that are run by one with all of them.
const NOBODY: u32 = 65534;

/// A running process of the program; killed when dropped.
#[derive(Debug)]
pub(crate) struct Program {
    child: Child,
    output: TempDir,
}

/// What a process that ended has left.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// How to start the program.
#[derive(Debug)]
pub(crate) struct Start(Command);

impl Start {
    /// With these arguments, and nothing of the test's own `DOCENT_…` environment.
    pub(crate) fn new(args: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_docent"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("DOCENT_")) {
            command.env_remove(name);
        }
        command.args(args);
        Self(command)
    }

    /// `serve` on a free port, at the root, with these further arguments.
    pub(crate) fn serve(database: &Path, args: &[&str]) -> Self {
        let database = database.to_str().unwrap();
        let mut start = Self::new(&["serve", database, "--listen", "127.0.0.1:0", "--base-path", "/"]);
        start.0.args(args);
        start
    }

    /// In this directory.
    pub(crate) fn within(mut self, directory: &Path) -> Self {
        self.0.current_dir(directory);
        self
    }

    /// With this environment variable.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.0.env(name, value);
        self
    }

    /// As a user that file permissions bind.
    pub(crate) fn without_privileges(mut self) -> Self {
        if is_root() {
            self.0.uid(NOBODY).gid(NOBODY);
        }
        self
    }

    /// Starts it.
    pub(crate) fn spawn(mut self) -> Program {
        let output = tempfile::tempdir().unwrap();
        let file = |name: &str| Stdio::from(File::create(output.path().join(name)).unwrap());
        self.0.stdin(Stdio::null()).stdout(file("stdout")).stderr(file("stderr"));
        Program { child: self.0.spawn().unwrap(), output }
    }

    /// Starts it and waits until it ends.
    #[track_caller]
    pub(crate) fn run(self) -> Ended {
        let mut program = self.spawn();
        let Some(status) = program.wait(START_TIMEOUT) else { panic!("still running: {program:?}") };
        Ended { status, stdout: program.stdout(), stderr: program.stderr() }
    }
}

impl Program {
    /// The URL it says it listens at, once it does.
    #[track_caller]
    pub(crate) fn url(&mut self) -> String {
        let deadline = Instant::now() + START_TIMEOUT;
        loop {
            let stdout = self.stdout();
            let complete = stdout.rsplit_once('\n').map_or("", |(lines, _)| lines);
            if let Some(url) = complete.lines().find_map(|line| line.strip_prefix("Docent listens on ")) {
                return url.trim().trim_end_matches('/').to_owned();
            }
            if let Some(status) = self.child.try_wait().unwrap() {
                panic!("ended with {status} instead of listening: {stdout}{}", self.stderr());
            }
            assert!(Instant::now() < deadline, "does not listen: {stdout}{}", self.stderr());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Where it listens.
    #[track_caller]
    pub(crate) fn address(&mut self) -> SocketAddr {
        self.url().strip_prefix("http://").unwrap().split('/').next().unwrap().parse().unwrap()
    }

    /// A client with a connection of its own.
    #[track_caller]
    pub(crate) fn client(&mut self) -> Client {
        Client::new(self.address())
    }

    /// Sends a signal by name.
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()).status();
        assert!(sent.unwrap().success());
    }

    /// Waits for the process to end; nothing if it still runs after that time.
    pub(crate) fn wait(&mut self, timeout: Duration) -> Option<ExitStatus> {
        let deadline = Instant::now() + timeout;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return Some(status);
            }
            if Instant::now() >= deadline {
                return None;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// What it wrote to standard output so far.
    pub(crate) fn stdout(&self) -> String {
        std::fs::read_to_string(self.output.path().join("stdout")).unwrap()
    }

    /// What it wrote to standard error so far.
    pub(crate) fn stderr(&self) -> String {
        std::fs::read_to_string(self.output.path().join("stderr")).unwrap()
    }

    /// Processor time it has used so far, in hundredths of a second.
    pub(crate) fn processor_ticks(&self) -> u64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        // The name, which may have spaces, stands in parentheses; user and system time are the 14th and 15th field.
        let fields: Vec<_> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
        fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
    }

    /// The most memory it ever had, in KiB.
    pub(crate) fn memory_peak_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// Waits until it is at work: until it has used a tenth of a second of processor time from now on.
    #[track_caller]
    pub(crate) fn is_busy(&self) {
        let before = self.processor_ticks();
        eventually("the program is at work", Duration::from_secs(10), || {
            self.processor_ticks() >= before + 10
        });
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether file permissions do not bind this process.
fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|metadata| {
        use std::os::unix::fs::MetadataExt as _;
        metadata.uid() == 0
    })
}
