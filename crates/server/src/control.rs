//! The handle that changes and stops a running server.

use std::sync::Arc;

use tokio::sync::watch;

use crate::settings::Settings;

/// How far a server is on its way out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// It accepts connections.
    Running,
    /// It accepts no more, and finishes what is open.
    Draining,
    /// It drops what is still open.
    Stopped,
}

/// Changes and stops a running server, from any thread.
#[derive(Debug, Clone)]
pub struct Control {
    settings: watch::Sender<Arc<Settings>>,
    phase: watch::Sender<Phase>,
}

impl Control {
    pub(crate) fn new(settings: Settings) -> Self {
        Self { settings: watch::Sender::new(Arc::new(settings)), phase: watch::Sender::new(Phase::Running) }
    }

    /// Replaces the settings. Requests that arrive from now on see them.
    pub fn change_settings(&self, settings: Settings) {
        self.settings.send_replace(Arc::new(settings));
    }

    /// Stops accepting connections and lets open requests finish, for as long as the settings grant them.
    pub fn drain(&self) {
        self.advance(Phase::Draining);
    }

    /// Ends at once, whatever is open.
    pub fn stop(&self) {
        self.advance(Phase::Stopped);
    }

    fn advance(&self, phase: Phase) {
        self.phase.send_if_modified(|current| {
            let later = phase > *current;
            *current = phase.max(*current);
            later
        });
    }

    pub(crate) fn watch_settings(&self) -> watch::Receiver<Arc<Settings>> {
        self.settings.subscribe()
    }

    pub(crate) fn watch_phase(&self) -> watch::Receiver<Phase> {
        self.phase.subscribe()
    }
}
