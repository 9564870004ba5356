//! What a failure of the server or the driver means for the caller.

use mysql_async::{Error as Failure, ServerError};

use crate::error::Error;

/// What a failure means; `statements` were begun before it.
pub(super) fn classify(failure: &Failure, statements: u32) -> Error {
    let Failure::Server(error) = failure else {
        return match failure {
            Failure::Io(_) => Error::Unavailable(failure.to_string()),
            Failure::Driver(mysql_async::DriverError::ConnectionClosed) => {
                Error::Unavailable(failure.to_string())
            }
            _ => Error::Failed(failure.to_string()),
        };
    };
    let text = error.to_string();
    match error.code {
        // Interrupted; the time a statement may take is over, on MariaDB and on MySQL.
        1317 | 1969 | 3024 => Error::Deadline { statements },
        // Table, column or view gone.
        1051 | 1054 | 1146 | 1356 => Error::SchemaChanged(text),
        // The right to a table or column is missing.
        1142 | 1143 => Error::Denied(text),
        // Values that are none of a type, where it is more than a warning.
        1292 | 1366 | 1411 | 1525 => Error::Value(text),
        // Connections, those of a user, what a user may do in an hour.
        1040 | 1203 | 1226 => Error::Busy(text),
        code if is_retryable_code(code) => Error::Busy(text),
        // Database or access to it gone, shutting down, killed, disk full, server made read-only.
        1021 | 1044 | 1045 | 1049 | 1053 | 1114 | 1290 | 1836 | 1927 | 3032 | 3169 | 4031 => {
            Error::Unavailable(text)
        }
        _ => Error::Failed(text),
    }
}

/// Whether the connection is of no use after it.
pub(super) fn is_of_the_connection(failure: &Failure) -> bool {
    match failure {
        Failure::Server(ServerError { code, .. }) => matches!(code, 1053 | 1153 | 1927 | 3169 | 4031),
        _ => true,
    }
}

/// Whether the transaction was undone, or has to be, for nothing it did: the same may succeed a moment later.
pub(super) fn is_retryable(failure: &Failure) -> bool {
    matches!(failure, Failure::Server(ServerError { code, .. }) if is_retryable_code(*code))
}

/// A row changed meanwhile, a lock waited for too long, a deadlock, a deadlock found in a cluster.
fn is_retryable_code(code: u16) -> bool {
    matches!(code, 1020 | 1205 | 1213 | 3101)
}
