//! What text formats make of texts, remembered: the same text is served again and again.

use std::borrow::Cow;
use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::gather::ShownFiles;
use crate::site::Site;
use crate::text::{Captions, Context, Format};

/// Bytes that are remembered.
const BYTES_MAX: u64 = 16 << 20;
/// How many texts are expected to be remembered.
const TEXTS: usize = 4096;

/// Texts as their formats have left them.
#[derive(Debug)]
pub struct Texts {
    known: Cache<Key, Option<Arc<str>>, Weight>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    text: String,
    format: String,
    /// Images of other sites may be taken out.
    origin: String,
}

#[derive(Debug, Clone)]
struct Weight;

impl Weighter<Key, Option<Arc<str>>> for Weight {
    fn weight(&self, key: &Key, processed: &Option<Arc<str>>) -> u64 {
        (key.text.len() + processed.as_ref().map_or(0, |text| text.len()) + 128) as u64
    }
}

impl Default for Texts {
    fn default() -> Self {
        Self { known: Cache::with_weighter(TEXTS, BYTES_MAX, Weight) }
    }
}

impl Texts {
    /// What a format makes of a text. None: it cannot be told without Drupal.
    pub(super) fn processed(
        &self,
        site: &Site,
        text: &str,
        format: Option<&str>,
        origin: &str,
        files: &ShownFiles,
    ) -> Option<Arc<str>> {
        let format = format.unwrap_or(site.fallback_format());
        // Files change without the text.
        let shows_files =
            |format: &Format| !format.files_in(text).is_empty() || !format.images_in(text, origin).is_empty();
        if site.formats.get(format).is_some_and(shows_files) {
            return process(site, text, format, origin, files).map(Arc::from);
        }
        let key = Key { text: text.to_owned(), format: format.to_owned(), origin: origin.to_owned() };
        if let Some(known) = self.known.get(&key) {
            return known;
        }
        let processed = process(site, text, format, origin, files).map(Arc::from);
        self.known.insert(key, processed.clone());
        processed
    }
}

fn process(
    site: &Site,
    text: &str,
    format: &str,
    origin: &str,
    files: &ShownFiles,
) -> Option<Cow<'static, str>> {
    let Some(known) = site.formats.get(format) else {
        tracing::warn!(format, "a text names a format that the site does not have");
        return Some(Cow::Borrowed(""));
    };
    let context = Context {
        origin,
        base_path: "/",
        captions: Captions::of_theme(site.theme()),
        image_removed: Context::IMAGE_REMOVED,
        image_removed_reason: Context::IMAGE_REMOVED_REASON,
        files,
    };
    let processed = known.process(text, &context).inspect_err(|filter| {
        tracing::warn!(
            format,
            filter,
            "a text is served without `processed`: what this filter makes of it cannot be told"
        );
    });
    processed.ok().map(Cow::Owned)
}
