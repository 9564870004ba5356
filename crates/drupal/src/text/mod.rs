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

/// What filters need to know besides the text.
#[derive(Debug)]
pub struct Context<'a> {
    /// The language of the text.
    pub langcode: &'a str,
}

impl Format {
    /// A filter that is not known here.
    pub fn unsupported(&self) -> Option<&str> {
        None
    }

    /// What the filters make of a text.
    pub fn process(&self, text: &str, _context: &Context<'_>) -> Option<String> {
        Some(text.to_owned())
    }
}
