//! Text formats: what Drupal's text filters make of a text that an author wrote.
//!
//! A [`Format`] is a row of filters, read from a site's configuration once. [`Format::process`] sends a text through
//! them. The results are meant to be what Drupal would have printed, to the byte; where that cannot be known from the
//! text and its [`Context`], there is no result.

mod autop;
mod caption;
mod context;
mod dom;
mod entities;
mod filter;
mod images;
mod links;
mod restrict;
mod xss;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use crate::php::{Key, Php};
pub use context::{Captions, Context, Dimensions, File, Files, Reference};
use filter::Filter;

/// A text format: the filters that a text goes through, in order.
#[derive(Debug, Default)]
pub struct Format {
    /// Whether it may be used.
    pub enabled: bool,
    /// In order, each with its id.
    filters: Vec<(String, Filter)>,
}

impl Format {
    /// Reads the configuration `filter.format.*`.
    pub fn of(config: &Php) -> Self {
        let mut filters: Vec<_> = match config.get("filters") {
            Some(Php::Array(filters)) => {
                filters.iter().filter_map(|(id, filter)| Entry::of(id, filter)).collect()
            }
            _ => Vec::new(),
        };
        filters.sort_by_key(Entry::place);
        let filter = |entry: &Entry<'_>| (entry.id.to_string(), Filter::new(&entry.id, entry.settings));
        let filters = filters.iter().map(filter).collect();
        Format { enabled: config.get("status").is_some_and(is_true), filters }
    }

    fn has(&self, is_meant: impl Fn(&Filter) -> bool) -> bool {
        self.filters.iter().any(|(_, filter)| is_meant(filter))
    }

    /// The UUIDs of files that [`Context::files`] may be asked for.
    pub fn files_in<'t>(&self, text: &'t str) -> Vec<&'t str> {
        if self.has(|filter| matches!(filter, Filter::FileReference)) {
            filter::uuids(text).collect()
        } else {
            Vec::new()
        }
    }

    /// The paths below the site's root of images that [`Context::files`] may be asked for, decoded.
    pub fn images_in(&self, text: &str, origin: &str) -> Vec<String> {
        if !self.has(|filter| matches!(filter, Filter::SecureImages)) {
            return Vec::new();
        }
        let sources = filter::sources(text).map(|source| images::relative(source, origin));
        let paths = sources.filter_map(|source| source.strip_prefix('/'));
        paths
            .map(|path| percent_encoding::percent_decode_str(path).decode_utf8_lossy().into_owned())
            .collect()
    }

    /// What the filters make of a text, or the id of the one of which that cannot be told. A format that is disabled
    /// shows nothing.
    pub fn process(&self, text: &str, context: &Context<'_>) -> Result<String, &str> {
        if text.is_empty() || !self.enabled {
            return Ok(String::new());
        }
        let mut text = if text.contains('\r') {
            Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
        } else {
            Cow::Borrowed(text)
        };
        for (id, filter) in &self.filters {
            if let Some(processed) = filter.process(&text, context).ok_or(&**id)? {
                text = Cow::Owned(processed);
            }
        }
        Ok(text.into_owned())
    }
}

/// A filter as it is configured.
struct Entry<'c> {
    id: Cow<'c, str>,
    weight: i64,
    provider: &'c str,
    settings: Option<&'c Php>,
}

impl<'c> Entry<'c> {
    /// Nothing if it is not enabled.
    fn of(id: &'c Key, config: &'c Php) -> Option<Self> {
        let id = match id {
            Key::Text(id) => String::from_utf8_lossy(id),
            Key::Integer(id) => Cow::Owned(id.to_string()),
        };
        if !config.get("status").is_some_and(is_true) {
            return None;
        }
        let weight = match config.get("weight") {
            Some(Php::Integer(weight)) => *weight,
            Some(Php::Text(weight)) => str::from_utf8(weight).ok()?.parse().unwrap_or(0),
            _ => 0,
        };
        let provider = config.get("provider").and_then(Php::as_str).unwrap_or_default();
        Some(Entry { id, weight, provider, settings: config.get("settings") })
    }

    fn place(&self) -> (i64, String, String) {
        (self.weight, self.provider.to_ascii_lowercase(), self.id.to_ascii_lowercase())
    }
}

fn is_true(value: &Php) -> bool {
    match value {
        Php::Bool(is_true) => *is_true,
        Php::Integer(number) => *number != 0,
        Php::Text(text) => !matches!(&**text, b"" | b"0"),
        _ => false,
    }
}
