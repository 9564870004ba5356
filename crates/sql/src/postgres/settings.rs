//! How a PostgreSQL server is reached and used.

use std::time::Duration;

/// How a PostgreSQL server is reached and used.
#[derive(Clone)]
pub struct Settings {
    /// `postgres://user:password@host:port/database?sslmode=…`, with the parameters that `libpq` knows:
    /// `sslmode` `disable`, `prefer`, `require`, `verify-ca` or `verify-full`, and `sslrootcert`, a file of
    /// certificates or `system`.
    pub url: String,
    /// What the server's list of sessions calls this program, unless the URL says it.
    pub application_name: String,
    /// Connections that a transaction or a heavy read has to itself. Each thread that reads has one more, for its
    /// cheap reads.
    pub connections_max: usize,
    /// Reads and writes that may wait for one of these connections; further ones are refused as busy.
    pub queue_length_max: usize,
    /// How long opening a connection may take.
    pub connect_timeout: Duration,
    /// How long a cheap read may take on the connection it shares with others before it moves to one of its own.
    pub cheap_time: Duration,
    /// The schemas whose tables are described; all that can be read, if not given.
    pub schemas: Option<Vec<String>>,
    /// Whether statements stay prepared in the session, and the session is set up. Without it nothing is expected of a
    /// session beyond a transaction, so that a pooler such as `PgBouncer` may give each transaction another one.
    pub prepared: bool,
    /// Whether it may be written.
    pub writable: bool,
    /// How often the schema is looked at for changes. A change that the server announces is noticed at once.
    pub watch_interval: Duration,
    /// Servers that follow this one, as URLs: reads go to them.
    pub replicas: Vec<String>,
}

impl Settings {
    /// The settings that suit most servers.
    pub fn new(url: String) -> Self {
        Settings {
            url,
            application_name: "docent".to_owned(),
            connections_max: 8,
            queue_length_max: 256,
            connect_timeout: Duration::from_secs(5),
            cheap_time: Duration::from_millis(100),
            schemas: None,
            prepared: true,
            writable: false,
            watch_interval: Duration::from_secs(10),
            replicas: Vec::new(),
        }
    }
}

impl std::fmt::Debug for Settings {
    /// Without the URLs: they hold passwords.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings")
            .field("application_name", &self.application_name)
            .field("connections_max", &self.connections_max)
            .field("prepared", &self.prepared)
            .field("writable", &self.writable)
            .finish_non_exhaustive()
    }
}
