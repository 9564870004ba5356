//! `docent serve`: from the command line to a running server, and what signals do to it.

use std::pin::pin;
use std::process::ExitCode;
use std::sync::Arc;

use docent_catalog::Problem;
use docent_engine::Engine;
use docent_server::{Control, Listener, Server, ServerConfig};

use super::{Failure, authenticator, location, reload, runtime, serve_site, site};
use crate::cli::DatabaseArg;
use crate::config::{Overrides, Settled};
use crate::database::Location;
use crate::logging;
use crate::output;
use crate::signals::{Request, Signals};

/// Serves a database until a signal ends it.
pub(super) fn run(database: DatabaseArg, overrides: &Overrides) -> Result<ExitCode, Failure> {
    let settled = Settled::load(overrides)?;
    let location = location(database, &settled, "serve")?;
    serve(Task { overrides, settled, location, name: None, to_try: &[] })
}

/// What is to be served, and what is said about it.
pub(super) struct Task<'a> {
    /// Kept for reading the configuration again.
    pub(super) overrides: &'a Overrides,
    pub(super) settled: Settled,
    pub(super) location: Location,
    /// What to call the database, if not by its place.
    pub(super) name: Option<&'a str>,
    /// Paths and queries below the base that are worth opening.
    pub(super) to_try: &'a [&'a str],
}

/// What a running server consists of.
pub(super) struct Running {
    pub(super) engine: Arc<Engine>,
    pub(super) control: Control,
    pub(super) location: Location,
    pub(super) settled: Settled,
    /// Whether the database was opened to be written.
    pub(super) opened_writable: bool,
}

pub(super) fn serve(mut task: Task<'_>) -> Result<ExitCode, Failure> {
    let access_log =
        logging::start(task.settled.server.log).map_err(Failure::system("cannot start the log"))?;
    // Before the database is touched: what is wrong with files is known at once.
    task.settled.authenticator(None)?;
    let runtime = runtime()?;
    if runtime.block_on(site::recognised(&task.settled, &task.location))?.is_some() {
        return serve_site::serve(task, &runtime, access_log);
    }
    let opened_writable = task.settled.is_writable();
    let (engine, problems) = runtime.block_on(start(&task))?;
    if !problems.is_empty() {
        // A column whose `hide` is misspelt must not be served meanwhile.
        return Err(Failure::misfit(&task.settled, &problems));
    }
    let engine = Arc::new(engine);
    let auth = runtime.block_on(authenticator(&engine, &task.location, &task.settled))?;
    task.settled.server.auth = auth;
    let listener = Listener::bind(&task.settled.listen)?;
    let url = format!("http://{}{}", listener.address(), task.settled.server.base_path);
    let signals = {
        let _entered = runtime.enter();
        Signals::listen().map_err(Failure::system("cannot listen to signals"))?
    };
    let config = ServerConfig { workers: None, access_log, settings: task.settled.server.clone() };
    let server = Server::start(listener, config, Arc::clone(&engine))?;
    announce(&task, &engine, &url);
    let Task { overrides, settled, location, .. } = task;
    let running = Running { engine, control: server.control(), location, settled, opened_writable };
    Ok(runtime.block_on(attend(server, running, overrides, signals)))
}

/// Opens the database and reads its schema.
async fn start(task: &Task<'_>) -> Result<(Engine, Vec<Problem>), Failure> {
    let Task { settled, location, .. } = task;
    let database = location.open(&settled.connections, settled.is_writable()).await?;
    let started = Engine::start(database, settled.engine.clone()).await;
    started.map_err(|error| location.unusable(error).into())
}

/// Says where what is served. Programs read the first line.
fn announce(task: &Task<'_>, engine: &Engine, url: &str) {
    output::say(format_args!("Docent listens on {url}"));
    let name = task.name.map_or_else(|| task.location.in_words(), str::to_owned);
    let (types, left_out) = engine.with_catalog(|catalog| (catalog.types.len(), catalog.left_out.len()));
    let types = if types == 1 { "1 type".to_owned() } else { format!("{types} types") };
    let access = if task.settled.is_writable() { "writable" } else { "read-only" };
    output::say(format_args!("{name}: {types}, {access}"));
    if left_out > 0 {
        let argument = task.location.as_argument();
        output::say(format_args!(
            "Left out: {left_out}; `docent inspect {argument}` names each with its reason"
        ));
    }
    if !task.to_try.is_empty() {
        output::say("Worth opening:");
    }
    for path in task.to_try {
        output::say(format_args!("  {url}{path}"));
    }
}

/// Does what signals ask for, and keeps up with the schema, until the server has ended.
async fn attend(
    server: Server,
    mut running: Running,
    overrides: &Overrides,
    mut signals: Signals,
) -> ExitCode {
    let engine = Arc::clone(&running.engine);
    let mut following = pin!(engine.follow_schema());
    let mut follows = true;
    let mut ended = tokio::task::spawn_blocking(|| server.wait());
    let mut draining = false;
    loop {
        tokio::select! {
            _ = &mut ended => return ExitCode::SUCCESS,
            () = &mut following, if follows => follows = false,
            request = signals.next() => match request {
                Request::Reload => reload::reload(&mut running, overrides).await,
                Request::End if draining => {
                    tracing::warn!("ending at once");
                    running.control.stop();
                }
                Request::End => {
                    draining = true;
                    tracing::info!("finishing open requests; a second signal ends at once");
                    running.control.drain();
                }
            },
        }
    }
}
