//! The commands, one module each.

mod check;
mod credentials;
mod demo;
mod describe;
mod reload;
mod serve;
mod serve_site;
mod site;

use std::io;
use std::path::Path;
use std::process::ExitCode;

use docent_catalog::{Catalog, Problem, build};
use docent_engine::{Engine, unfit};
use docent_server::auth::Authenticator;
use docent_server::{ListenError, StartError};
use docent_sql::postgres;

use crate::accounts;
use crate::cli::{Command, DatabaseArg};
use crate::config::{ConfigError, Overrides, Settled, Source};
use crate::database::{DatabaseError, Location};
use crate::output;

/// Exit code of a command line that cannot be followed, as the parser's own.
const USAGE: u8 = 2;

/// Why a command failed. Each is a whole message.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error(
        "which database? Name it, as in `docent {0} shop.db`, or set `url` under `[database]` in docent.toml"
    )]
    NoDatabase(&'static str),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error("the configuration does not fit the database:\n{0}")]
    Misfit(String),
    #[error(transparent)]
    Listen(#[from] ListenError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("cannot build the demo database: {0}")]
    Demo(String),
    #[error("{0}")]
    Credentials(String),
    #[error("{0}")]
    Role(String),
    #[error("this is a Drupal site's database, but {0}")]
    Site(String),
    #[error("{0} does not look like a Drupal site's; without `--as drupal` it is served as any other")]
    NoSite(String),
    #[error("this is a Drupal site's database: {0}")]
    NotOfSite(&'static str),
    #[error("{what}: {error}")]
    System { what: &'static str, error: io::Error },
}

impl Failure {
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            // Flags and variables; in the file they would be mistakes with a place.
            Self::NoDatabase(_) | Self::Config(ConfigError::Setting(_)) => ExitCode::from(USAGE),
            _ => ExitCode::FAILURE,
        }
    }

    fn system(what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |error| Self::System { what, error }
    }

    /// All problems of a configuration, one below the other.
    fn misfit(settled: &Settled, problems: &[Problem]) -> Self {
        let messages: Vec<_> = problems.iter().map(|problem| settled.describe(problem)).collect();
        Self::Misfit(messages.join("\n"))
    }
}

/// Runs a command to its end.
pub(crate) fn run(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Serve { database, config, server, kind, vouching } => {
            let overrides = server.overrides(config).of_site(kind.serve_as, vouching);
            serve::run(database, &overrides)
        }
        Command::Demo { config, server } => demo::run(&server.overrides(config).for_a_copy()),
        Command::Inspect { database, config, role, serve_as, vouching, json } => {
            let overrides = config.overrides().of_site(serve_as, vouching);
            describe::inspect(database, &overrides, role.as_deref(), json)
        }
        Command::Check { database, config, kind, vouching } => {
            check::run(database, &config.overrides().of_site(kind.serve_as, vouching))
        }
        Command::HashPassword => credentials::hash_password(),
        Command::NewKey { user, roles } => credentials::make_key(&user, &roles),
        Command::SqlTrigger => {
            output::say(postgres::trigger_sql().trim_end());
            Ok(ExitCode::SUCCESS)
        }
        Command::Openapi { database, config, urls, kind } => {
            let overrides = Overrides { serve_as: kind.serve_as, ..urls.overrides(config) };
            describe::openapi(database, &overrides)
        }
    }
}

/// The database of the command line, else that of the configuration.
fn location(arg: DatabaseArg, settled: &Settled, command: &'static str) -> Result<Location, Failure> {
    match (arg.database, &settled.database) {
        (Some(named), _) => Ok(Location::parse(&named, Path::new(""))?),
        (None, Some(configured)) => {
            let folder = settled.source.as_ref().map_or(Path::new(""), Source::folder);
            Ok(Location::parse(configured, folder)?)
        }
        (None, None) => Err(Failure::NoDatabase(command)),
    }
}

/// What the configuration makes of the database, without serving it.
fn survey(location: &Location, settled: &Settled) -> Result<(Catalog, Vec<Problem>), Failure> {
    runtime()?.block_on(survey_within(location, settled))
}

/// The same, within a runtime.
async fn survey_within(location: &Location, settled: &Settled) -> Result<(Catalog, Vec<Problem>), Failure> {
    let database = location.open_to_read(&settled.connections).await?;
    let schema = database.introspect().await.map_err(|error| location.unusable(error))?;
    let mut outcome = build(&schema, &settled.engine.overlay);
    if let Some(table) = settled.auth.accounts_table() {
        outcome.problems.extend(table.check(&schema).err().map(|problem| settled.auth.misfit(&problem)));
    }
    outcome.problems.extend(unfit(&outcome.catalog, &settled.engine.policy));
    outcome.problems.sort_by_key(|problem| problem.span.as_ref().map(|span| (span.start, span.end)));
    Ok((outcome.catalog, outcome.problems))
}

/// Who is known. Fails as a whole: half of the ways to log in would be surprising.
async fn authenticator(
    engine: &Engine,
    location: &Location,
    settled: &Settled,
) -> Result<Option<Authenticator>, Failure> {
    let accounts = match settled.auth.accounts_table() {
        Some(table) => {
            let reader = engine.accounts(&table).await.map_err(|error| location.unusable(error))?;
            let reader =
                reader.map_err(|problem| Failure::misfit(settled, &[settled.auth.misfit(&problem)]))?;
            Some(accounts::in_database(reader))
        }
        None => None,
    };
    Ok(settled.authenticator(accounts)?)
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(Failure::system("cannot start"))
}
