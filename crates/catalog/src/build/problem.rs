//! What is wrong with the configuration, collected: one problem never hides another.

use std::ops::Range;

use docent_jsonapi::error::suggest;
use toml::Spanned;

/// An entry of the configuration that does not fit the database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Problem {
    /// What is wrong and what would be right.
    pub message: String,
    /// Where it stands in the file, in bytes, if it came from one.
    pub span: Option<Range<usize>>,
}

/// The problems found so far.
#[derive(Debug, Default)]
pub(super) struct Problems(Vec<Problem>);

impl Problems {
    /// Adds a problem with an entry.
    pub(super) fn add<T>(&mut self, entry: &Spanned<T>, message: String) {
        let span = entry.span();
        // An overlay made by a program has no places: all its spans are empty.
        let span = (!span.is_empty()).then_some(span);
        self.0.push(Problem { message, span });
    }

    /// All of them, in the order of the file.
    pub(super) fn into_sorted(mut self) -> Vec<Problem> {
        let place = |problem: &Problem| problem.span.as_ref().map(|span| (span.start, span.end));
        self.0.sort_by(|a, b| (place(a), &a.message).cmp(&(place(b), &b.message)));
        self.0.dedup();
        self.0
    }
}

/// `; did you mean …?` when one of the names is near to the wanted one, else nothing.
pub fn did_you_mean<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    match suggest(wanted, names.into_iter()) {
        Some(name) => format!("; did you mean `{name}`?"),
        None => String::new(),
    }
}
