//! Text formats: what Drupal's text filters make of a text that an author wrote.

use crate::php::Php;

/// A text format: the filters that a text goes through, in order.
#[derive(Debug, Default)]
pub struct Format {
    /// Whether it may be used.
    pub enabled: bool,
}

impl Format {
    /// Reads the configuration `filter.format.*`.
    pub fn of(_config: &Php) -> Self {
        Self::default()
    }
}
