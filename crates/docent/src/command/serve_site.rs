//! `docent serve` for a Drupal site's database.

use std::pin::pin;
use std::process::ExitCode;
use std::sync::Arc;

use docent_drupal::Service;
use docent_drupal::site::{Notice, Site};
use docent_engine::{Principal, Request, Response};
use docent_server::{AccessLog, Control, Handler, Listener, Server, ServerConfig};
use tokio::runtime::Runtime;

use super::serve::Task;
use super::{Failure, reload, site};
use crate::config::{Overrides, Settled};
use crate::output;
use crate::signals::{self, Signals};

/// Serves requests from a site.
struct Drupal(Service);

impl Handler for Drupal {
    async fn handle(&self, _: &Principal, request: Request<'_>) -> Response {
        self.0.handle(&request).await
    }

    fn ready(&self) -> Result<(), String> {
        self.0.ready()
    }

    fn takes_every_method(&self) -> bool {
        true
    }
}

/// What a running server consists of.
struct Running<'a> {
    handler: Arc<Drupal>,
    control: Control,
    settled: Settled,
    overrides: &'a Overrides,
}

/// Serves a site until a signal ends it.
pub(super) fn serve(
    task: Task<'_>,
    runtime: &Runtime,
    access_log: Option<AccessLog>,
) -> Result<ExitCode, Failure> {
    site::check_settings(&task.settled)?;
    let (service, site, notices) = runtime.block_on(start(&task))?;
    let listener = Listener::bind(&task.settled.listen)?;
    let url = format!("http://{}/jsonapi", listener.address());
    let signals = {
        let _entered = runtime.enter();
        Signals::listen().map_err(Failure::system("cannot listen to signals"))?
    };
    let config = ServerConfig { workers: None, access_log, settings: edge(&task.settled) };
    let handler = Arc::new(Drupal(service));
    let server = Server::start(listener, config, Arc::clone(&handler))?;
    output::say(format_args!("Docent listens on {url}"));
    output::say(format_args!(
        "{}: the Drupal {} site \u{201c}{}\u{201d}, {} types, read-only",
        task.location.in_words(),
        site.core_major,
        site.name,
        site.resource_types.len()
    ));
    drop(site);
    for notice in notices {
        output::say(format_args!("Note: {notice}"));
    }
    let Task { overrides, settled, .. } = task;
    let running = Running { handler, control: server.control(), settled, overrides };
    Ok(runtime.block_on(attend(server, running, signals)))
}

async fn start(task: &Task<'_>) -> Result<(Service, Arc<Site>, Vec<Notice>), Failure> {
    let Task { settled, location, .. } = task;
    let database = location.open_to_read(&settled.connections).await?;
    Ok(Service::start(database, settled.site.settings.clone()).await?)
}

/// The settings of the edge. Paths begin with the prefixes of languages, so that the site needs all of them.
fn edge(settled: &Settled) -> docent_server::Settings {
    docent_server::Settings { base_path: String::new(), ..settled.server.clone() }
}

/// Does what signals ask for, and keeps up with the site, until the server has ended.
async fn attend(server: Server, mut running: Running<'_>, mut signals: Signals) -> ExitCode {
    let handler = Arc::clone(&running.handler);
    let mut following = pin!(handler.0.follow());
    let mut ended = tokio::task::spawn_blocking(|| server.wait());
    let mut draining = false;
    loop {
        tokio::select! {
            _ = &mut ended => return ExitCode::SUCCESS,
            () = &mut following => {}
            request = signals.next() => match request {
                signals::Request::Reload => running.reload().await,
                signals::Request::End if draining => {
                    tracing::warn!("ending at once");
                    running.control.stop();
                }
                signals::Request::End => {
                    draining = true;
                    tracing::info!("finishing open requests; a second signal ends at once");
                    running.control.drain();
                }
            },
        }
    }
}

impl Running<'_> {
    /// Applies what the configuration and the site say now. A configuration that does not fit changes nothing.
    async fn reload(&mut self) {
        match self.applied().await {
            Ok(settled) => {
                self.settled = settled;
                tracing::info!("configuration and site were read again");
            }
            Err(failure) => tracing::error!("the configuration was not changed: {failure}"),
        }
    }

    async fn applied(&self) -> Result<Settled, Failure> {
        let settled = Settled::load(self.overrides)?;
        site::check_settings(&settled)?;
        self.handler.0.reconfigure(settled.site.settings.clone()).await?;
        reload::warn_of_restart(&self.settled, &settled, false);
        self.control.change_settings(edge(&settled));
        Ok(settled)
    }
}
