//! `docent serve` for a Drupal site's database.

use std::pin::pin;
use std::process::ExitCode;
use std::sync::Arc;

use docent_drupal::site::{Recognition, recognise};
use docent_drupal::{Service, Settings};
use docent_engine::{Principal, Request, Response};
use docent_server::{AccessLog, Control, Handler, Listener, Server, ServerConfig};
use docent_sql::Database;
use tokio::runtime::Runtime;

use super::Failure;
use super::serve::Task;
use crate::cli::ServeAs;
use crate::output;
use crate::signals::{self, Signals};

/// Serves requests from a site.
struct Drupal(Service);

impl Handler for Drupal {
    async fn handle(&self, _: &Principal, request: Request<'_>) -> Response {
        self.0.handle(&request).await
    }

    fn ready(&self) -> Result<(), String> {
        self.0.ready().map_err(|error| error.to_string())
    }

    fn takes_every_method(&self) -> bool {
        true
    }
}

/// Whether a database is served as a Drupal site's.
pub(super) async fn is_site(task: &Task<'_>) -> Result<bool, Failure> {
    let Task { settled, location, .. } = task;
    if settled.site.serve_as == Some(ServeAs::Sql) {
        return Ok(false);
    }
    let database = location.open_to_look(&settled.connections).await?;
    let schema = database.introspect().await.map_err(|error| location.unusable(error))?;
    match (recognise(&schema), settled.site.serve_as) {
        (Recognition::Refused(reason), _) => Err(Failure::Site(reason)),
        (Recognition::Site, _) => Ok(true),
        (Recognition::Other, None | Some(ServeAs::Sql)) => Ok(false),
        (Recognition::Other, Some(ServeAs::Drupal)) => Err(Failure::NoSite(location.in_words())),
    }
}

/// Serves a site until a signal ends it.
pub(super) fn serve(
    task: &mut Task<'_>,
    runtime: &Runtime,
    access_log: Option<AccessLog>,
) -> Result<ExitCode, Failure> {
    let unfit = task.settled.unfit_for_site();
    if !unfit.is_empty() {
        let settings: Vec<String> = unfit.iter().map(|name| format!("`{name}`")).collect();
        return Err(Failure::Site(format!(
            "{} cannot be set for it: a site is served read-only, at `/jsonapi`, to its own accounts",
            settings.join(", ")
        )));
    }
    let (service, notices) = runtime.block_on(start(task))?;
    // Paths begin with the prefixes of languages, so that the site needs all of them.
    task.settled.server.base_path = String::new();
    let listener = Listener::bind(&task.settled.listen)?;
    let url = format!("http://{}/jsonapi", listener.address());
    let signals = {
        let _entered = runtime.enter();
        Signals::listen().map_err(Failure::system("cannot listen to signals"))?
    };
    let config = ServerConfig { workers: None, access_log, settings: task.settled.server.clone() };
    let handler = Arc::new(Drupal(service));
    let server = Server::start(listener, config, Arc::clone(&handler))?;
    output::say(format_args!("Docent listens on {url}"));
    let site = handler.0.site();
    output::say(format_args!(
        "{}: the Drupal {} site \u{201c}{}\u{201d}, {} types, read-only",
        task.location.in_words(),
        site.core_major,
        site.name,
        site.resource_types.len()
    ));
    for notice in notices {
        output::say(format_args!("Note: {notice}"));
    }
    drop(site);
    let control = server.control();
    Ok(runtime.block_on(attend(server, &control, &handler, signals)))
}

async fn start(task: &Task<'_>) -> Result<(Service, Vec<docent_drupal::site::Notice>), Failure> {
    let Task { settled, location, .. } = task;
    let database: Database = location.open(&settled.connections, false).await?;
    let settings = Settings {
        options: settled.site.options.clone(),
        allow_unproven: settled.site.allow_unproven.clone(),
    };
    Service::start(database, settings).await.map_err(|error| Failure::Site(error.to_string()))
}

/// Does what signals ask for, and keeps up with the site, until the server has ended.
async fn attend(server: Server, control: &Control, handler: &Drupal, mut signals: Signals) -> ExitCode {
    let mut following = pin!(handler.0.follow());
    let mut ended = tokio::task::spawn_blocking(|| server.wait());
    let mut draining = false;
    loop {
        tokio::select! {
            _ = &mut ended => return ExitCode::SUCCESS,
            () = &mut following => {}
            request = signals.next() => match request {
                signals::Request::Reload => match handler.0.look().await {
                    Ok(()) => tracing::info!("the site was read again"),
                    Err(error) => tracing::error!("the site is served as it was: {error}"),
                },
                signals::Request::End if draining => {
                    tracing::warn!("ending at once");
                    control.stop();
                }
                signals::Request::End => {
                    draining = true;
                    tracing::info!("finishing open requests; a second signal ends at once");
                    control.drain();
                }
            },
        }
    }
}
