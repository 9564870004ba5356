//! The log on standard error: events of the program, and lines about requests in the same format.
//!
//! Both formats say the same: time, level, message and fields. Which module an event comes from is nobody's concern but
//! ours, and changes with the code.

use std::io;
use std::panic;

use docent_server::{AccessLog, LogFormat};
use tracing_subscriber::EnvFilter;

/// What lines about requests are filtered as: `RUST_LOG=info,access=off` leaves them out.
const ACCESS_TARGET: &str = "access";

/// Starts the log. What is logged is `RUST_LOG`'s to say, everything from `info` on unless it does.
pub(crate) fn start(format: LogFormat) -> io::Result<Option<AccessLog>> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let events = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_target(false);
    // A subscriber that is there already stays; it can only be that of a test.
    let _ = match format {
        LogFormat::Text => events.with_ansi(false).try_init(),
        LogFormat::Json => events.json().flatten_event(true).try_init(),
    };
    panic::set_hook(Box::new(|panic| tracing::error!("{panic}")));
    if tracing::enabled!(target: ACCESS_TARGET, tracing::Level::INFO) {
        AccessLog::start(io::stderr()).map(Some)
    } else {
        Ok(None)
    }
}
