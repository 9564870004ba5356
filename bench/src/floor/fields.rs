//! A row, whichever driver it came from: what the writers of resource objects read of it, by position.

/// The values of a row. Text stays where the driver has it.
pub(super) trait Fields {
    type Error;

    /// A whole number.
    fn integer(&self, column: usize) -> Result<i64, Self::Error>;

    /// A whole number or NULL.
    fn optional_integer(&self, column: usize) -> Result<Option<i64>, Self::Error>;

    /// A truth value.
    fn boolean(&self, column: usize) -> Result<bool, Self::Error>;

    /// Text.
    fn text(&self, column: usize) -> Result<&[u8], Self::Error>;

    /// Appends a timestamp as a JSON string with `T` in the middle.
    fn write_timestamp(&self, column: usize, out: &mut Vec<u8>) -> Result<(), Self::Error>;
}

impl Fields for rusqlite::Row<'_> {
    type Error = rusqlite::Error;

    fn integer(&self, column: usize) -> rusqlite::Result<i64> {
        self.get(column)
    }

    fn optional_integer(&self, column: usize) -> rusqlite::Result<Option<i64>> {
        self.get(column)
    }

    fn boolean(&self, column: usize) -> rusqlite::Result<bool> {
        self.get(column)
    }

    fn text(&self, column: usize) -> rusqlite::Result<&[u8]> {
        Ok(self.get_ref(column)?.as_bytes()?)
    }

    /// SQLite has them as text with a space.
    fn write_timestamp(&self, column: usize, out: &mut Vec<u8>) -> rusqlite::Result<()> {
        out.push(b'"');
        let start = out.len();
        out.extend_from_slice(self.text(column)?);
        if let Some(separator) = out.get_mut(start + 10) {
            *separator = b'T';
        }
        out.push(b'"');
        Ok(())
    }
}
