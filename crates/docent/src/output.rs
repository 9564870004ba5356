//! What the program says. A reader that is gone is no reason to fail: a closed pipe ends the words, not the work.

use std::fmt::Display;
use std::io::{self, Write as _};

/// Writes a line to standard output.
pub(crate) fn say(line: impl Display) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// Writes a message to standard error.
pub(crate) fn complain(message: impl Display) {
    let _ = writeln!(io::stderr().lock(), "docent: {message}");
}
