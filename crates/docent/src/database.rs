//! Which database is meant, and how it is opened.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use docent_sql::{Database, Error, mysql, postgres, sqlite};

/// A database, as the command line or the configuration names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Location {
    Sqlite(PathBuf),
    /// A URL, which may hold a password.
    Postgres(String),
    /// A URL, which may hold a password.
    MySql(String),
}

/// How connections to the database are made, beyond its place. What an engine has no use for it ignores.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Connections {
    /// At most that many, for long reads and for writes.
    pub(crate) max: Option<NonZeroUsize>,
    /// Whether statements may stay prepared between transactions.
    pub(crate) prepared: Option<bool>,
    /// The schemas served, if not all.
    pub(crate) schemas: Option<Vec<String>>,
    /// Servers to read from, as URLs.
    pub(crate) replicas: Vec<String>,
    /// The longest that a request may take.
    pub(crate) statement_timeout: Duration,
}

/// Why a database cannot be served. Each is a whole message.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DatabaseError {
    #[error(
        "`{0}` names no database; give a SQLite file such as `shop.db`, or a URL such as \
         `postgres://user@host/shop` or `mysql://user@host/shop`"
    )]
    Unknown(String),
    #[error("there is no file {}; give the path of a SQLite database", .0.display())]
    Missing(PathBuf),
    #[error("cannot open {place}: {reason}")]
    Unusable { place: String, reason: String },
    #[error("cannot open {place} to write: {reason}; without `writable` it can be served read-only")]
    Unwritable { place: String, reason: String },
}

impl Location {
    /// Reads `shop.db`, `sqlite:shop.db` or a URL. Relative paths start from `folder`.
    pub(crate) fn parse(text: &str, folder: &Path) -> Result<Self, DatabaseError> {
        if let Some((scheme, _)) = text.split_once("://")
            && scheme != "sqlite"
        {
            return match scheme {
                "postgres" | "postgresql" => Ok(Self::Postgres(text.to_owned())),
                "mysql" | "mariadb" => Ok(Self::MySql(text.to_owned())),
                _ => Err(DatabaseError::Unknown(without_password(text))),
            };
        }
        let path = text.strip_prefix("sqlite:").unwrap_or(text);
        let path = path.strip_prefix("//").unwrap_or(path);
        if path.is_empty() {
            return Err(DatabaseError::Unknown(text.to_owned()));
        }
        Ok(Self::Sqlite(folder.join(path)))
    }

    /// Opens the database to serve it.
    pub(crate) async fn open(
        &self,
        connections: &Connections,
        writable: bool,
    ) -> Result<Database, DatabaseError> {
        let opened = match self {
            Self::Sqlite(path) => {
                let settings = sqlite::Settings { writable, ..file_settings(path, connections)? };
                sqlite::Adapter::open(settings).map(Database::Sqlite)
            }
            Self::Postgres(url) => open_postgres(url, connections, writable),
            Self::MySql(url) => open_mysql(url, connections, writable).await,
        };
        opened.map_err(|error| match self.unusable(error) {
            DatabaseError::Unusable { place, reason } if writable && self.is_readable(connections) => {
                DatabaseError::Unwritable { place, reason }
            }
            other => other,
        })
    }

    /// Opens the database to read it alone, and changes nothing about it.
    pub(crate) async fn open_to_read(&self, connections: &Connections) -> Result<Database, DatabaseError> {
        let opened = match self {
            Self::Sqlite(path) => open_file_to_read(path, connections)?,
            Self::Postgres(url) => open_postgres(url, connections, false),
            Self::MySql(url) => open_mysql(url, connections, false).await,
        };
        opened.map_err(|error| self.unusable(error))
    }

    /// Whether it is a file that can be opened as long as nothing is written.
    fn is_readable(&self, connections: &Connections) -> bool {
        matches!(self, Self::Sqlite(path) if matches!(open_file_to_read(path, connections), Ok(Ok(_))))
    }

    /// The message for a database that fails.
    pub(crate) fn unusable(&self, error: Error) -> DatabaseError {
        let reason = match error {
            Error::Unavailable(reason) | Error::Denied(reason) | Error::Failed(reason) => reason,
            other => other.to_string(),
        };
        let place = match self {
            Self::Sqlite(path) => path.display().to_string(),
            Self::Postgres(_) | Self::MySql(_) => self.as_argument(),
        };
        DatabaseError::Unusable { place, reason }
    }

    /// For people: engine and place.
    pub(crate) fn in_words(&self) -> String {
        match self {
            Self::Sqlite(path) => format!("SQLite file {}", path.display()),
            Self::Postgres(_) => format!("PostgreSQL database {}", self.as_argument()),
            Self::MySql(_) => format!("MySQL database {}", self.as_argument()),
        }
    }

    /// As a command would name it, without a password.
    pub(crate) fn as_argument(&self) -> String {
        match self {
            Self::Sqlite(path) => path.display().to_string(),
            Self::Postgres(url) | Self::MySql(url) => without_password(url),
        }
    }
}

/// How a file is opened unless told otherwise. It must exist: opening one would make it.
fn file_settings(path: &Path, connections: &Connections) -> Result<sqlite::Settings, DatabaseError> {
    if !path.exists() {
        return Err(DatabaseError::Missing(path.to_owned()));
    }
    let mut settings = sqlite::Settings::new(path.to_owned());
    settings.reader_threads = connections.max.map_or(settings.reader_threads, NonZeroUsize::get);
    Ok(settings)
}

fn open_file_to_read(
    path: &Path,
    connections: &Connections,
) -> Result<Result<Database, Error>, DatabaseError> {
    let settings = sqlite::Settings {
        write_ahead_log: false,
        // Without the log, whoever writes keeps readers waiting.
        lock_wait: connections.statement_timeout,
        ..file_settings(path, connections)?
    };
    Ok(sqlite::Adapter::open(settings).map(Database::Sqlite))
}

fn open_postgres(url: &str, connections: &Connections, writable: bool) -> Result<Database, Error> {
    let mut settings = postgres::Settings::new(url.to_owned());
    settings.writable = writable;
    settings.prepared = connections.prepared.unwrap_or(settings.prepared);
    settings.schemas.clone_from(&connections.schemas);
    settings.replicas.clone_from(&connections.replicas);
    settings.connections_max = connections.max.map_or(settings.connections_max, NonZeroUsize::get);
    postgres::Adapter::open(settings).map(Database::Postgres)
}

async fn open_mysql(url: &str, connections: &Connections, writable: bool) -> Result<Database, Error> {
    let mut settings = mysql::Settings::new(url.to_owned());
    settings.writable = writable;
    settings.statement_timeout = connections.statement_timeout;
    settings.connections_max = connections.max.map_or(settings.connections_max, NonZeroUsize::get);
    mysql::Adapter::open(settings).await.map(Database::MySql)
}

/// A URL without the password in it.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    // A parameter may be a password as well.
    let path = path.split('?').next().unwrap_or_default();
    match authority.rsplit_once('@') {
        Some((who, host)) => {
            let user = who.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}@{host}{path}")
        }
        None => format!("{scheme}://{authority}{path}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sqlite_files() {
        for (text, path) in [
            ("shop.db", "d/shop.db"),
            ("sqlite:shop.db", "d/shop.db"),
            ("sqlite://shop.db", "d/shop.db"),
            ("sqlite:///a/shop.db", "/a/shop.db"),
            ("/a/shop.db", "/a/shop.db"),
            ("a:b.db", "d/a:b.db"),
        ] {
            assert_eq!(
                Location::parse(text, Path::new("d")).unwrap(),
                Location::Sqlite(path.into()),
                "{text}"
            );
        }
    }

    #[test]
    fn urls() {
        let parsed = |text: &str| Location::parse(text, Path::new("d")).unwrap();
        for text in ["postgres://localhost/shop", "postgresql://localhost/shop"] {
            assert_eq!(parsed(text), Location::Postgres(text.to_owned()));
        }
        for text in ["mysql://localhost/shop", "mariadb://localhost/shop"] {
            assert_eq!(parsed(text), Location::MySql(text.to_owned()));
        }
        let message = |text| Location::parse(text, Path::new("")).unwrap_err().to_string();
        assert!(message("oracle://x:y@z").contains("`oracle://x@z` names no database"));
        assert!(message("sqlite:").contains("names no database"));
    }

    #[test]
    fn passwords_are_not_shown() {
        for (url, shown) in [
            ("postgres://ann:se@cret@db:5433/shop?sslmode=require", "postgres://ann@db:5433/shop"),
            ("postgres://db/shop?user=ann&password=secret", "postgres://db/shop"),
            ("mysql://ann@db", "mysql://ann@db"),
            ("mysql://ann:secret@db?x=/y", "mysql://ann@db"),
        ] {
            let location = Location::parse(url, Path::new("")).unwrap();
            assert_eq!(location.as_argument(), shown);
            assert!(location.in_words().ends_with(shown));
        }
    }
}
