//! What can go wrong in a database, as the callers need to tell it apart.

/// Why a database did not answer. Texts are for the log: they may name files, tables and SQL.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// Everything that may run is running, and the queue is full; or another process holds a lock.
    #[error("busy: {0}")]
    Busy(String),
    /// The deadline passed.
    #[error("the deadline passed after {statements} statements")]
    Deadline {
        /// Statements begun before it passed.
        statements: u32,
    },
    /// The caller went away.
    #[error("cancelled")]
    Cancelled,
    /// The database cannot be reached: file gone, server down.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// A name in the statement is not there any more: the schema has changed since it was read.
    #[error("the schema changed: {0}")]
    SchemaChanged(String),
    /// The database's user has no right to what the statement names.
    #[error("not permitted: {0}")]
    Denied(String),
    /// A value is none of the type that it is compared with.
    #[error("a value does not fit: {0}")]
    Value(String),
    /// The connection or the disk failed while a transaction was made durable: it may have been, or not.
    #[error("nobody knows whether a transaction was committed: {0}")]
    OutcomeUnknown(String),
    /// Anything else.
    #[error("{0}")]
    Failed(String),
}

impl Error {
    /// Whether the database could not be asked, or not in time: the same may succeed at another moment. Else it has
    /// answered, and will answer so until somebody changes something.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Busy(_)
            | Self::Deadline { .. }
            | Self::Cancelled
            | Self::Unavailable(_)
            | Self::OutcomeUnknown(_) => true,
            Self::SchemaChanged(_) | Self::Denied(_) | Self::Value(_) | Self::Failed(_) => false,
        }
    }
}
