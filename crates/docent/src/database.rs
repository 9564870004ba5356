//! Which database is meant, and how it is opened.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use docent_sql::{Database, Error, sqlite};

/// A database, as the command line or the configuration names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Location {
    Sqlite(PathBuf),
}

/// Why a database cannot be served. Each is a whole message.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DatabaseError {
    #[error(
        "{engine} is not supported yet by this version; it serves SQLite files, such as `docent serve shop.db`"
    )]
    NotYet { engine: &'static str },
    #[error("`{0}` names no database; give the path of a SQLite file, such as `shop.db`")]
    Unknown(String),
    #[error("there is no file {}; give the path of a SQLite database", .0.display())]
    Missing(PathBuf),
    #[error("cannot open {}: {reason}", path.display())]
    Unusable { path: PathBuf, reason: String },
    #[error("cannot open {} to write: {reason}; without `writable` it can be served read-only", path.display())]
    Unwritable { path: PathBuf, reason: String },
}

impl Location {
    /// Reads `shop.db`, `sqlite:shop.db` or a URL. Relative paths start from `folder`.
    pub(crate) fn parse(text: &str, folder: &Path) -> Result<Self, DatabaseError> {
        if let Some((scheme, _)) = text.split_once("://")
            && scheme != "sqlite"
        {
            return Err(match scheme {
                "postgres" | "postgresql" => DatabaseError::NotYet { engine: "PostgreSQL" },
                "mysql" | "mariadb" => DatabaseError::NotYet { engine: "MySQL" },
                _ => DatabaseError::Unknown(text.to_owned()),
            });
        }
        let path = text.strip_prefix("sqlite:").unwrap_or(text);
        let path = path.strip_prefix("//").unwrap_or(path);
        if path.is_empty() {
            return Err(DatabaseError::Unknown(text.to_owned()));
        }
        Ok(Self::Sqlite(folder.join(path)))
    }

    /// Opens the database to serve it, with at most that many connections for long reads.
    pub(crate) fn open(
        &self,
        max_connections: Option<NonZeroUsize>,
        writable: bool,
    ) -> Result<Database, DatabaseError> {
        let mut settings = self.settings()?;
        settings.writable = writable;
        if let Some(count) = max_connections {
            settings.reader_threads = count.get();
        }
        sqlite::Adapter::open(settings).map(Database::Sqlite).map_err(|error| match self.unusable(error) {
            DatabaseError::Unusable { path, reason } if writable && self.open_to_look().is_ok() => {
                DatabaseError::Unwritable { path, reason }
            }
            other => other,
        })
    }

    /// Opens the database to look at its schema, and changes nothing about the file.
    pub(crate) fn open_to_look(&self) -> Result<Database, DatabaseError> {
        let mut settings = self.settings()?;
        settings.write_ahead_log = false;
        settings.reader_threads = 1;
        sqlite::Adapter::open(settings).map(Database::Sqlite).map_err(|error| self.unusable(error))
    }

    /// How the file is opened unless told otherwise. It must exist: opening one would make it.
    fn settings(&self) -> Result<sqlite::Settings, DatabaseError> {
        let Self::Sqlite(path) = self;
        if path.exists() {
            Ok(sqlite::Settings::new(path.clone()))
        } else {
            Err(DatabaseError::Missing(path.clone()))
        }
    }

    /// The message for a database that fails.
    pub(crate) fn unusable(&self, error: Error) -> DatabaseError {
        let Self::Sqlite(path) = self;
        let reason = match error {
            Error::Unavailable(reason) | Error::Failed(reason) => reason,
            other => other.to_string(),
        };
        DatabaseError::Unusable { path: path.clone(), reason }
    }

    /// For people: engine and place.
    pub(crate) fn in_words(&self) -> String {
        let Self::Sqlite(path) = self;
        format!("SQLite file {}", path.display())
    }

    /// As a command would name it.
    pub(crate) fn as_argument(&self) -> String {
        let Self::Sqlite(path) = self;
        path.display().to_string()
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
    fn other_databases_are_refused_clearly() {
        let message = |text| Location::parse(text, Path::new("")).unwrap_err().to_string();
        assert!(
            message("postgres://localhost/shop")
                .starts_with("PostgreSQL is not supported yet by this version")
        );
        assert!(message("postgresql://localhost/shop").starts_with("PostgreSQL"));
        assert!(message("mysql://localhost/shop").starts_with("MySQL is not supported yet by this version"));
        assert!(message("oracle://x").contains("names no database"));
        assert!(message("sqlite:").contains("names no database"));
    }
}
