//! How a MySQL or MariaDB server is reached and used.

use std::time::Duration;

/// How a MySQL or MariaDB server is reached and used.
#[derive(Clone)]
pub struct Settings {
    /// `mysql://user:password@host:port/database` or `mariadb://…`; with `?socket=PATH` over a socket of the same machine.
    /// `ssl-mode` is `disabled` (as without it), `required`, `verify-ca` or `verify-identity`, and `ssl-ca` a file of
    /// certificates to trust instead of the public ones.
    pub url: String,
    /// Connections that reads and writes share.
    pub connections_max: usize,
    /// Reads and writes that may wait for one of these connections; further ones are refused as busy.
    pub queue_length_max: usize,
    /// How long opening a connection may take.
    pub connect_timeout: Duration,
    /// How long the server lets a statement run, should nobody be there any more to end it earlier.
    pub statement_timeout: Duration,
    /// Whether it may be written.
    pub writable: bool,
    /// How often the schema is looked at for changes.
    pub watch_interval: Duration,
}

impl Settings {
    /// The settings that suit most servers.
    pub fn new(url: String) -> Self {
        Settings {
            url,
            connections_max: 16,
            queue_length_max: 256,
            connect_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_mins(1),
            writable: false,
            watch_interval: Duration::from_secs(10),
        }
    }
}

impl std::fmt::Debug for Settings {
    /// Without the URL: it holds a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings")
            .field("connections_max", &self.connections_max)
            .field("queue_length_max", &self.queue_length_max)
            .field("statement_timeout", &self.statement_timeout)
            .field("writable", &self.writable)
            .finish_non_exhaustive()
    }
}
