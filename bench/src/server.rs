//! The servers under test: child processes on loopback, and what the kernel knows of them.

use std::ffi::OsStr;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, io, thread};

use crate::Failure;
use crate::data::Copy;
use crate::http::Client;

/// How long a server may take from its start to its first answer.
const START_TIME_MAX: Duration = Duration::from_secs(30);
/// What `/proc/PID/stat` counts in: `USER_HZ`, 100 on every architecture Linux runs Rust on.
const TICK: Duration = Duration::from_millis(10);

/// A running server; ended when dropped.
pub(crate) struct Server {
    pub name: &'static str,
    pub address: SocketAddr,
    child: Child,
    /// The database that it may write; removed after the server has ended.
    copy: Option<Copy>,
    /// The process whose children are the database's, if it runs beside the server.
    database: Option<u32>,
}

/// The two sides of a comparison. Without Docent the floor is measured alone.
pub(crate) struct Pair {
    pub docent: Option<Server>,
    pub floor: Server,
}

impl Pair {
    /// Both on the same database, which they only read.
    pub(crate) fn reading(docent: Option<&Path>, blog: &Path) -> Result<Self, Failure> {
        let docent = docent.map(|binary| Server::docent(binary, blog, "/articles/1")).transpose()?;
        Ok(Self { docent, floor: Server::floor(blog)? })
    }

    /// Each on a copy of the database, which it may write.
    pub(crate) fn writing(docent: Option<&Path>, blog: &Path) -> Result<Self, Failure> {
        let docent = docent.map(|binary| Server::writable_docent(binary, blog, "")).transpose()?;
        Ok(Self { docent, floor: Server::writable_floor(blog)? })
    }

    /// Both on a PostgreSQL database, which they only read. `directory` is where they run, `database` the process that
    /// serves it.
    pub(crate) fn on_postgres(
        docent: Option<&Path>,
        url: &str,
        directory: &Path,
        database: u32,
    ) -> Result<Self, Failure> {
        let start = |name, command: Command, address| {
            let mut server = Server::start(name, command, address, "/articles/1", None)?;
            server.database = Some(database);
            Ok::<_, Failure>(server)
        };
        let docent = docent.map(|binary| {
            let address = free_address()?;
            start("docent", docent_command(binary, url.as_ref(), Some(directory), address), address)
        });
        let address = free_address()?;
        let floor = start("floor", floor_command(url.as_ref(), address)?, address)?;
        Ok(Self { docent: docent.transpose()?, floor })
    }
}

impl Server {
    /// Starts Docent with its default configuration, at the root. Its log is written, but nowhere.
    pub(crate) fn docent(binary: &Path, database: &Path, ready: &str) -> Result<Self, Failure> {
        let address = free_address()?;
        Self::start(
            "docent",
            docent_command(binary, database.as_ref(), database.parent(), address),
            address,
            ready,
            None,
        )
    }

    /// Starts Docent on a copy of the blog. `configuration` is what its file says.
    pub(crate) fn docent_with(
        binary: &Path,
        blog: &Path,
        copy: &str,
        configuration: &str,
    ) -> Result<Self, Failure> {
        let (address, copy) = (free_address()?, Copy::of(blog, copy)?);
        let mut command = docent_command(binary, copy.file.as_ref(), copy.file.parent(), address);
        let file = copy.file.with_file_name("docent.toml");
        fs::write(&file, configuration)?;
        command.arg("--config").arg(file);
        Self::start("docent", command, address, "/articles?page%5Blimit%5D=1", Some(copy))
    }

    /// Starts Docent, open for writes, on a copy of the blog. `configuration` is what its file says.
    pub(crate) fn writable_docent(binary: &Path, blog: &Path, configuration: &str) -> Result<Self, Failure> {
        let (address, copy) = (free_address()?, Copy::of(blog, "docent")?);
        let mut command = docent_command(binary, copy.file.as_ref(), copy.file.parent(), address);
        let file = copy.file.with_file_name("docent.toml");
        fs::write(&file, configuration)?;
        command.arg("--writable").arg("--config").arg(file);
        Self::start("docent", command, address, "/articles/1", Some(copy))
    }

    /// Starts Docent on a Drupal site's database, and keeps its log.
    pub(crate) fn of_site(binary: &Path, database: &str, ready: &str, log: &Path) -> Result<Self, Failure> {
        let address = free_address()?;
        let mut command = docent_at(binary, database.as_ref(), None, address);
        let log = fs::File::create(log)?;
        command.stdout(log.try_clone()?).stderr(log);
        Self::start_logged("docent", command, address, ready, None)
    }

    /// Starts the floor: this program again.
    pub(crate) fn floor(database: &Path) -> Result<Self, Failure> {
        let address = free_address()?;
        Self::start("floor", floor_command(database.as_ref(), address)?, address, "/articles/1", None)
    }

    /// Starts the floor, open for writes, on a copy of the blog.
    pub(crate) fn writable_floor(blog: &Path) -> Result<Self, Failure> {
        let (address, copy) = (free_address()?, Copy::of(blog, "floor")?);
        let mut command = floor_command(copy.file.as_ref(), address)?;
        command.arg("--writable");
        Self::start("floor", command, address, "/articles/1", Some(copy))
    }

    /// The database that it writes.
    pub(crate) fn written(&self) -> Option<&Path> {
        self.copy.as_ref().map(|copy| copy.file.as_path())
    }

    fn start(
        name: &'static str,
        mut command: Command,
        address: SocketAddr,
        ready: &str,
        copy: Option<Copy>,
    ) -> Result<Self, Failure> {
        command.stdout(Stdio::null()).stderr(Stdio::null());
        Self::start_logged(name, command, address, ready, copy)
    }

    /// Starts a server whose output has its place already.
    fn start_logged(
        name: &'static str,
        mut command: Command,
        address: SocketAddr,
        ready: &str,
        copy: Option<Copy>,
    ) -> Result<Self, Failure> {
        command.stdin(Stdio::null());
        let child = command.spawn().map_err(|error| format!("cannot start {command:?}: {error}"))?;
        let mut server = Self { name, address, child, copy, database: None };
        let started = Instant::now();
        loop {
            match Client::connect(address).and_then(|mut client| client.document(ready).map(|_| ())) {
                Ok(()) => return Ok(server),
                Err(error) if started.elapsed() > START_TIME_MAX => {
                    return Err(format!("{command:?} does not answer: {error}").into());
                }
                Err(_) => thread::sleep(Duration::from_millis(20)),
            }
            if let Some(status) = server.child.try_wait()? {
                return Err(format!("{command:?} ended with {status}; run it by hand to see why").into());
            }
        }
    }

    /// User and system time used so far, of all its threads.
    pub(crate) fn cpu_time(&self) -> io::Result<Duration> {
        cpu_time(&self.child.id().to_string())
    }

    /// The same of the database's processes, where it runs beside the server. Whatever they do counts: nobody else is
    /// to use it meanwhile.
    pub(crate) fn database_cpu_time(&self) -> io::Result<Option<Duration>> {
        self.database.map(family_cpu_time).transpose()
    }

    /// The most memory resident since [`Self::reset_peak_memory`], pages of a mapped database included.
    pub(crate) fn peak_memory_bytes(&self) -> io::Result<u64> {
        self.status("VmHWM:")
    }

    /// Memory resident now that is the process's own.
    pub(crate) fn private_memory_bytes(&self) -> io::Result<u64> {
        self.status("RssAnon:")
    }

    /// Starts a new peak. Where the kernel does not allow it, the peak is that of the process's whole life.
    pub(crate) fn reset_peak_memory(&self) {
        fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5").ok();
    }

    fn status(&self, field: &str) -> io::Result<u64> {
        let status = self.proc("status")?;
        let kibibytes =
            status.lines().find_map(|line| line.strip_prefix(field)?.split_whitespace().next()?.parse().ok());
        kibibytes.map(|kibibytes: u64| kibibytes << 10).ok_or_else(|| io::Error::other(format!("no {field}")))
    }

    fn proc(&self, file: &str) -> io::Result<String> {
        fs::read_to_string(format!("/proc/{}/{file}", self.child.id()))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only if it has already ended.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// User and system time that a process has used so far, of all its threads; `self` is this one.
pub(crate) fn cpu_time(process: &str) -> io::Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    Ok(TICK * stat_fields(&stat).skip(11).take(2).sum::<u32>())
}

/// The same of a process, its children, and those of them that have ended.
fn family_cpu_time(parent: u32) -> io::Result<Duration> {
    let own = fs::read_to_string(format!("/proc/{parent}/stat"))?;
    let mut ticks: u32 = stat_fields(&own).skip(11).take(4).sum();
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let is_process = name.to_str().is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_digit()));
        if !is_process {
            continue;
        }
        // It may have ended since.
        let Ok(stat) = fs::read_to_string(Path::new("/proc").join(name).join("stat")) else { continue };
        if stat_fields(&stat).nth(1) == Some(parent) {
            ticks += stat_fields(&stat).skip(11).take(2).sum::<u32>();
        }
    }
    Ok(TICK * ticks)
}

/// The numbers of `/proc/PID/stat`, from the third field on; what is no such number counts as zero. The second field is
/// the program's name in parentheses and may hold anything. The parent is the 4th, utime the 14th field.
fn stat_fields(stat: &str) -> impl Iterator<Item = u32> {
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_ascii_whitespace();
    fields.map(|field| field.parse().unwrap_or_default())
}

/// Docent at the root, where the floor's URLs start. All else is the default, wherever this runs: no variables, no
/// configuration file lying about.
fn docent_command(binary: &Path, database: &OsStr, directory: Option<&Path>, address: SocketAddr) -> Command {
    let mut command = docent_at(binary, database, directory, address);
    command.args(["--base-path", "/"]);
    command
}

/// Docent where it serves by itself.
fn docent_at(binary: &Path, database: &OsStr, directory: Option<&Path>, address: SocketAddr) -> Command {
    let mut command = Command::new(binary);
    command.arg("serve").arg(database).arg("--listen").arg(address.to_string());
    for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("DOCENT_")) {
        command.env_remove(name);
    }
    if let Some(directory) = directory {
        command.current_dir(directory);
    }
    command
}

fn floor_command(database: &OsStr, address: SocketAddr) -> io::Result<Command> {
    let mut command = Command::new(env::current_exe()?);
    command.arg("floor").arg(database).arg("--listen").arg(address.to_string());
    Ok(command)
}

/// A port nobody uses now. Another program may take it before the server does; the start fails then.
fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

/// The `docent` binary of this program's own profile. Under `cargo run`, or when it is missing, cargo builds it
/// first, so that what is measured is what the sources say.
pub(crate) fn docent_binary() -> Result<PathBuf, Failure> {
    let this = env::current_exe()?;
    let binary = this.with_file_name(format!("docent{}", env::consts::EXE_SUFFIX));
    let by_cargo = env::var_os("CARGO");
    if by_cargo.is_none() && binary.exists() {
        return Ok(binary);
    }
    let profile = match this.parent().and_then(Path::file_name).and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(name) => name,
    };
    eprintln!("building docent ({profile})");
    let status = Command::new(by_cargo.unwrap_or_else(|| "cargo".into()))
        .args(["build", "--quiet", "--package", "docent", "--profile", profile])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()?;
    if status.success() { Ok(binary) } else { Err("docent did not build".into()) }
}
