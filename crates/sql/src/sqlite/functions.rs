//! SQL functions the statements rely on.

use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Result};

/// Registers `docent_contains`, `docent_starts` and `docent_ends`: text against a lower-case text, case ignored.
pub(super) fn register(connection: &Connection) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    let register = |name: &str, matches: fn(&str, &str) -> bool| {
        connection.create_scalar_function(name, 2, flags, move |context| Ok(test(context, matches)))
    };
    register("docent_contains", |text, part| text.contains(part))?;
    register("docent_starts", |text, part| text.starts_with(part))?;
    register("docent_ends", |text, part| text.ends_with(part))
}

/// Only values stored as text can match.
fn test(context: &Context<'_>, matches: fn(&str, &str) -> bool) -> bool {
    let (ValueRef::Text(text), ValueRef::Text(part)) = (context.get_raw(0), context.get_raw(1)) else {
        return false;
    };
    let Ok(part) = std::str::from_utf8(part) else { return false };
    let mut folded = String::with_capacity(text.len());
    match std::str::from_utf8(text) {
        Ok(text) => fold(text, &mut folded),
        Err(_) => fold(&String::from_utf8_lossy(text), &mut folded),
    }
    matches(&folded, part)
}

fn fold(text: &str, folded: &mut String) {
    if text.is_ascii() {
        folded.push_str(text);
        folded.make_ascii_lowercase();
    } else {
        folded.extend(text.chars().flat_map(char::to_lowercase));
    }
}
