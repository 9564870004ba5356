//! What a failure of the server or of a connection means for the caller.

use std::error::Error as StdError;

use tokio_postgres::error::{DbError, Severity, SqlState};

use crate::error::Error;

/// Why something came to no end.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The server or the connection failed.
    Driver(tokio_postgres::Error),
    /// The deadline passed.
    Late,
    /// Anything else.
    Other(Error),
}

impl From<tokio_postgres::Error> for Trouble {
    fn from(error: tokio_postgres::Error) -> Self {
        Trouble::Driver(error)
    }
}

impl Trouble {
    /// What the server says, if it says anything.
    pub(super) fn said(&self) -> Option<&DbError> {
        match self {
            Trouble::Driver(error) => error.as_db_error(),
            Trouble::Late | Trouble::Other(_) => None,
        }
    }

    fn has_code(&self, codes: &[SqlState]) -> bool {
        self.said().is_some_and(|said| codes.contains(said.code()))
    }

    /// Whether the connection is of no use any more.
    pub(super) fn is_lost(&self) -> bool {
        match self {
            Trouble::Driver(error) => is_lost(error),
            Trouble::Late => true,
            Trouble::Other(_) => false,
        }
    }

    /// Whether the connection was gone, through no fault of the statement and nobody's wish.
    pub(super) fn is_interrupted(&self) -> bool {
        matches!(self, Trouble::Driver(error) if is_lost(error))
    }

    /// Whether a prepared statement does not fit the schema any more, or is not there: preparing it anew helps.
    pub(super) fn is_stale(&self) -> bool {
        self.has_code(&[SqlState::INVALID_SQL_STATEMENT_NAME])
            || self.has_code(&[SqlState::FEATURE_NOT_SUPPORTED])
                && self.said().and_then(DbError::routine) == Some("RevalidateCachedQuery")
    }

    /// Whether the statement was ended because it took too long.
    pub(super) fn is_timeout(&self) -> bool {
        matches!(self, Trouble::Late) || self.has_code(&[SqlState::QUERY_CANCELED])
    }

    /// Whether the transaction lost against another one, and would succeed if it began anew.
    pub(super) fn is_conflict(&self) -> bool {
        self.has_code(&[SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED])
    }

    /// What the caller is told.
    pub(super) fn into_error(self, statements: u32) -> Error {
        if self.is_timeout() {
            return Error::Deadline { statements };
        }
        match self {
            Trouble::Driver(error) => classify(&error),
            Trouble::Late => Error::Deadline { statements },
            Trouble::Other(error) => error,
        }
    }
}

/// Whether nothing can be sent over the connection any more.
fn is_lost(error: &tokio_postgres::Error) -> bool {
    match error.as_db_error() {
        Some(said) => {
            matches!(said.parsed_severity(), Some(Severity::Fatal | Severity::Panic))
                || is_shutdown(said.code())
        }
        None => {
            error.is_closed() || StdError::source(error).is_some_and(<dyn StdError>::is::<std::io::Error>)
        }
    }
}

fn is_shutdown(code: &SqlState) -> bool {
    code.code().starts_with("08") || code.code().starts_with("57P")
}

/// What a failure of the driver means.
pub(super) fn classify(error: &tokio_postgres::Error) -> Error {
    let text = told(error);
    let Some(said) = error.as_db_error() else {
        return if is_lost(error) { Error::Unavailable(text) } else { Error::Failed(text) };
    };
    match *said.code() {
        SqlState::QUERY_CANCELED => Error::Deadline { statements: 0 },
        SqlState::TOO_MANY_CONNECTIONS
        | SqlState::LOCK_NOT_AVAILABLE
        | SqlState::T_R_SERIALIZATION_FAILURE
        | SqlState::T_R_DEADLOCK_DETECTED => Error::Busy(text),
        SqlState::UNDEFINED_TABLE
        | SqlState::UNDEFINED_COLUMN
        | SqlState::UNDEFINED_OBJECT
        | SqlState::UNDEFINED_FUNCTION
        | SqlState::INVALID_SCHEMA_NAME
        | SqlState::INVALID_SQL_STATEMENT_NAME => Error::SchemaChanged(text),
        SqlState::INSUFFICIENT_PRIVILEGE => Error::Denied(text),
        SqlState::INVALID_TEXT_REPRESENTATION
        | SqlState::INVALID_DATETIME_FORMAT
        | SqlState::DATETIME_FIELD_OVERFLOW
        | SqlState::INVALID_TIME_ZONE_DISPLACEMENT_VALUE
        | SqlState::INTERVAL_FIELD_OVERFLOW
        | SqlState::NUMERIC_VALUE_OUT_OF_RANGE
        | SqlState::CHARACTER_NOT_IN_REPERTOIRE
        | SqlState::UNTRANSLATABLE_CHARACTER => Error::Value(text),
        // A server that follows another one has taken the place of the one before.
        SqlState::READ_ONLY_SQL_TRANSACTION => Error::Unavailable(text),
        SqlState::FEATURE_NOT_SUPPORTED if said.routine() == Some("RevalidateCachedQuery") => {
            Error::SchemaChanged(text)
        }
        _ if is_lost(error) => Error::Unavailable(text),
        _ => Error::Failed(text),
    }
}

/// An error with its cause, for the log.
pub(super) fn told(error: &tokio_postgres::Error) -> String {
    match (error.as_db_error(), StdError::source(error)) {
        (Some(said), _) => {
            let (severity, message, code) = (said.severity(), said.message(), said.code().code());
            format!("{severity}: {message} ({code})")
        }
        (None, Some(cause)) => format!("{error}: {cause}"),
        (None, None) => error.to_string(),
    }
}
