//! Reading configuration and schema again while requests are served.

use super::serve::Running;
use super::{Failure, authenticator, survey_within};
use crate::config::{Overrides, Settled};

/// Applies what the configuration and the schema say now. Whatever is wrong with them, what is served stays as it is.
pub(super) async fn reload(running: &mut Running, overrides: &Overrides) {
    match applied(running, overrides).await {
        Ok(settled) => {
            let writable = settled.is_writable();
            running.settled = settled;
            tracing::info!(writable, "configuration and schema were read again");
        }
        Err(failure) => tracing::error!("the configuration was not changed: {failure}"),
    }
}

async fn applied(running: &Running, overrides: &Overrides) -> Result<Settled, Failure> {
    let mut settled = Settled::load(overrides)?;
    // Looked at aside first: a configuration that does not fit must not be served even for a moment.
    let (_, problems) = survey_within(&running.location, &settled).await?;
    if !problems.is_empty() {
        return Err(Failure::misfit(&settled, &problems));
    }
    settled.server.auth = authenticator(&running.engine, &running.location, &settled).await?;
    warn_of_restart(&running.settled, &settled, running.opened_writable);
    // Writing can be taken away at any time, but given only to a database that was opened for it.
    settled.engine.settings.writable &= running.opened_writable;
    let reconfigured = running.engine.reconfigure(settled.engine.clone()).await;
    reconfigured.map_err(|error| running.location.unusable(error))?;
    running.control.change_settings(settled.server.clone());
    Ok(settled)
}

/// Names what has changed but cannot change while the server runs.
pub(super) fn warn_of_restart(old: &Settled, new: &Settled, opened_writable: bool) {
    let (old_limits, new_limits) = (&old.server.limits, &new.server.limits);
    let changes = [
        ("listen", old.listen != new.listen),
        ("url", old.database != new.database),
        ("as", old.site.serve_as != new.site.serve_as),
        ("database", old.connections != new.connections),
        ("log", old.server.log != new.server.log),
        ("connections", old_limits.connections_max != new_limits.connections_max),
        ("writable", new.is_writable() && !opened_writable),
        ("request_memory", old_limits.request_memory_bytes_max != new_limits.request_memory_bytes_max),
        ("response_memory", old_limits.response_memory_bytes_max != new_limits.response_memory_bytes_max),
    ];
    for (setting, _) in changes.iter().filter(|(_, changed)| *changed) {
        tracing::warn!(setting, "this setting has changed; it takes effect after a restart");
    }
}
