//! A PostgreSQL cluster of its own: made in a temporary directory, stopped and removed afterwards.
//!
//! It listens on a Unix socket only, in a directory that nobody else may enter, and keeps what it is told: fsync is on.

use std::os::unix::fs::{DirBuilderExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, io, process, thread};

use crate::Failure;

/// How long the cluster may take to start and to stop.
const START_TIME_MAX: Duration = Duration::from_secs(30);
const STOP_TIME_MAX: Duration = Duration::from_secs(10);
const PREFIX: &str = "docent-bench-postgres-";
const SETTINGS: [&str; 6] = [
    "listen_addresses=",
    "shared_buffers=512MB",
    "fsync=on",
    "max_connections=50",
    "timezone=UTC",
    "log_min_messages=fatal",
];

/// A running cluster.
pub(crate) struct Cluster {
    /// Holds the data and the socket.
    directory: PathBuf,
    programs: PathBuf,
    postmaster: Child,
}

/// Whom the cluster runs as: PostgreSQL refuses to run as root.
#[derive(Clone, Copy)]
struct User {
    id: u32,
    group: u32,
}

impl Cluster {
    /// Makes a cluster and starts it.
    pub(crate) fn start() -> Result<Self, Failure> {
        let programs = programs()?;
        clean()?;
        let user = unprivileged()?;
        let directory = env::temp_dir().join(format!("{PREFIX}{}", process::id()));
        fs::DirBuilder::new().mode(0o700).create(&directory)?;
        let made = Self::make(&programs, &directory, user);
        if made.is_err() {
            fs::remove_dir_all(&directory).ok();
        }
        let postmaster = made?;
        let mut cluster = Self { directory, programs, postmaster };
        cluster.wait()?;
        Ok(cluster)
    }

    fn make(programs: &Path, directory: &Path, user: Option<User>) -> Result<Child, Failure> {
        if let Some(User { id, group }) = user {
            chown(directory, Some(id), Some(group))?;
        }
        let data = directory.join("data");
        let mut initdb = command(&programs.join("initdb"), directory, user);
        initdb.arg("--pgdata").arg(&data).args(["--username=docent", "--auth=trust", "--encoding=UTF8"]);
        run(initdb.args(["--locale=C.UTF-8", "--no-sync"]))?;
        let mut server = command(&programs.join("postgres"), directory, user);
        server.arg("-D").arg(&data).arg("-k").arg(directory);
        for setting in SETTINGS {
            server.args(["-c", setting]);
        }
        server.stdin(Stdio::null()).stdout(Stdio::null()).stderr(fs::File::create(directory.join("log"))?);
        Ok(server.spawn()?)
    }

    /// Until it answers.
    fn wait(&mut self) -> Result<(), Failure> {
        let started = Instant::now();
        let mut ready = Command::new(self.programs.join("pg_isready"));
        ready.arg("--quiet").arg("--host").arg(&self.directory).arg("--timeout=1");
        while !ready.status()?.success() {
            if self.postmaster.try_wait()?.is_some() || started.elapsed() > START_TIME_MAX {
                let log = fs::read_to_string(self.directory.join("log")).unwrap_or_default();
                return Err(format!("PostgreSQL does not start:\n{log}").into());
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// Where its one database of note is.
    pub(crate) fn url(&self) -> String {
        let host: String = self.socket_directory().to_string_lossy().replace('%', "%25").replace('/', "%2F");
        format!("postgres://docent@{host}/postgres")
    }

    /// Where its socket is.
    pub(crate) fn socket_directory(&self) -> &Path {
        &self.directory
    }

    /// The process whose children serve connections.
    pub(crate) fn process(&self) -> u32 {
        self.postmaster.id()
    }

    /// One of the programs that come with it.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.programs.join(name)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // SIGQUIT ends it at once, with all its children. Where that fails it is killed.
        let id = self.postmaster.id().to_string();
        Command::new("kill").args(["-QUIT", &id]).status().ok();
        let stopped = Instant::now();
        while matches!(self.postmaster.try_wait(), Ok(None)) {
            if stopped.elapsed() > STOP_TIME_MAX {
                self.postmaster.kill().ok();
                self.postmaster.wait().ok();
            }
            thread::sleep(Duration::from_millis(20));
        }
        fs::remove_dir_all(&self.directory).ok();
    }
}

/// Where the programs of the newest PostgreSQL are: Debian keeps them out of the search path.
fn programs() -> Result<PathBuf, Failure> {
    let installed = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = installed
        .filter_map(|entry| {
            Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path().join("bin")))
        })
        .filter(|(_, programs)| programs.join("initdb").exists())
        .max();
    let searched = env::var_os("PATH").unwrap_or_default();
    let found = newest.map(|(_, programs)| programs);
    found.or_else(|| env::split_paths(&searched).find(|programs| programs.join("initdb").exists())).ok_or_else(
        || {
            "initdb is missing: this measures a PostgreSQL of its own. On Debian: apt-get install postgresql; \
             elsewhere, add the directory of initdb to PATH"
                .into()
        },
    )
}

/// Nobody in particular, if this runs as root.
fn unprivileged() -> Result<Option<User>, Failure> {
    // The owner of a process's directory is whom it runs as.
    if std::os::unix::fs::MetadataExt::uid(&fs::metadata("/proc/self")?) != 0 {
        return Ok(None);
    }
    let users = fs::read_to_string("/etc/passwd")?;
    let find = |wanted: &str| {
        users.lines().find_map(|line| {
            let mut fields = line.split(':');
            let is_wanted = fields.next() == Some(wanted);
            let (id, group) = (fields.nth(1)?.parse().ok()?, fields.next()?.parse().ok()?);
            is_wanted.then_some(User { id, group })
        })
    };
    let found = find("postgres").or_else(|| find("nobody"));
    found.map(Some).ok_or_else(|| "PostgreSQL does not run as root, and there is no user postgres".into())
}

fn command(program: &Path, directory: &Path, user: Option<User>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(directory);
    if let Some(User { id, group }) = user {
        command.uid(id).gid(group);
    }
    command
}

/// Runs a program to its end.
pub(crate) fn run(command: &mut Command) -> Result<String, Failure> {
    let Output { status, stdout, stderr } =
        command.output().map_err(|error| format!("cannot start {command:?}: {error}"))?;
    if status.success() {
        return Ok(String::from_utf8_lossy(&stdout).into_owned());
    }
    Err(format!("{command:?} ended with {status}:\n{}", String::from_utf8_lossy(&stderr)).into())
}

/// Removes what interrupted runs have left.
fn clean() -> io::Result<()> {
    for entry in fs::read_dir(env::temp_dir())? {
        let entry = entry?;
        let name = entry.file_name();
        let owner = name.to_str().and_then(|name| name.strip_prefix(PREFIX));
        if owner.is_some_and(|owner| !Path::new("/proc").join(owner).exists()) {
            fs::remove_dir_all(entry.path()).ok();
        }
    }
    Ok(())
}
