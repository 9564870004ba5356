//! Drupal's filters, and when each of them has something to do.

use crate::php::Php;

use super::context::Context;
use super::restrict::{Restrictions, trim};
use super::{autop, caption, dom, entities, images, links};

/// A filter with its settings.
#[derive(Debug)]
pub(super) enum Filter {
    /// `filter_html`
    Restrict(Restrictions),
    /// `filter_html_escape`
    Escape,
    /// `filter_autop`
    Paragraphs,
    /// `filter_url`, with the longest text of a link.
    Links(usize),
    /// `filter_htmlcorrector`
    Correct,
    /// `filter_align`
    Align,
    /// `filter_caption`, with what may stand in a caption.
    Caption(Restrictions),
    /// `filter_html_image_secure`
    SecureImages,
    /// `filter_image_lazy_load`
    LazyImages,
    /// `editor_file_reference`
    FileReference,
    /// `media_embed`
    MediaEmbed,
    /// `filter_null`
    Nothing,
    /// A filter of another module.
    Unknown,
}

/// What a filter makes of a text: nothing new, or another text. The outer none: it cannot be told.
type Processed = Option<Option<String>>;

impl Filter {
    pub(super) fn new(id: &str, settings: Option<&Php>) -> Self {
        let setting = |name: &str| settings.and_then(|settings| settings.get(name));
        match id {
            "filter_html" => {
                let allowed = setting("allowed_html").and_then(Php::as_str).unwrap_or(ALLOWED);
                Filter::Restrict(Restrictions::new(
                    allowed,
                    setting("filter_html_nofollow").is_some_and(super::is_true),
                ))
            }
            "filter_html_escape" => Filter::Escape,
            "filter_autop" => Filter::Paragraphs,
            "filter_url" => Filter::Links(match setting("filter_url_length") {
                Some(Php::Integer(length)) => usize::try_from(*length).unwrap_or(0),
                Some(Php::Text(length)) => {
                    str::from_utf8(length).ok().and_then(|text| text.parse().ok()).unwrap_or(0)
                }
                _ => LINK_LENGTH,
            }),
            "filter_htmlcorrector" => Filter::Correct,
            "filter_align" => Filter::Align,
            "filter_caption" => Filter::Caption(caption::restrictions()),
            "filter_html_image_secure" => Filter::SecureImages,
            "filter_image_lazy_load" => Filter::LazyImages,
            "editor_file_reference" => Filter::FileReference,
            "media_embed" => Filter::MediaEmbed,
            "filter_null" => Filter::Nothing,
            _ => Filter::Unknown,
        }
    }

    pub(super) fn process(&self, text: &str, context: &Context<'_>) -> Processed {
        let normal = &*dom::normalise(text);
        match self {
            Filter::Restrict(restrictions) => restrictions.process(text).map(Some),
            Filter::Escape => {
                let mut escaped = entities::escape(text);
                trim(&mut escaped);
                Some(Some(escaped))
            }
            Filter::Paragraphs => Some(Some(autop::process(text))),
            Filter::Links(length) => Some(Some(links::process(text, *length))),
            Filter::Correct => dom::parse(normal).map(|dom| Some(dom::serialise(&dom, text.len()))),
            Filter::Align => when(contains(text, "data-align"), || images::align(normal)),
            Filter::Caption(restrictions) => when(contains(text, "data-caption"), || {
                caption::process(normal, restrictions, context.captions)
            }),
            Filter::SecureImages => images::secure(normal, context).map(Some),
            Filter::LazyImages => {
                let has_images = contains(text, "<img ") || contains(text, FILE_REFERENCE);
                when(has_images, || images::load_lazily(normal))
            }
            Filter::FileReference => {
                when(contains(text, FILE_REFERENCE), || images::reference_files(normal, context))
            }
            // What a medium looks like is for the site's theme to say.
            Filter::MediaEmbed => (!contains(text, "<drupal-media")).then_some(None),
            Filter::Nothing => Some(Some(String::new())),
            Filter::Unknown => None,
        }
    }
}

const ALLOWED: &str = "<a href hreflang> <em> <strong> <cite> <blockquote cite> <code> <ul type> \
                       <ol start type='1 A I'> <li> <dl> <dt> <dd> <h2 id='jump-*'> <h3 id> <h4 id> <h5 id> <h6 id>";

const LINK_LENGTH: usize = 72;

const FILE_REFERENCE: &str = "data-entity-type=\"file\"";

fn when(applies: bool, process: impl FnOnce() -> Option<String>) -> Processed {
    if applies { process().map(Some) } else { Some(None) }
}

/// Whether a text contains another, in small letters, capitals or not.
fn contains(text: &str, part: &str) -> bool {
    let (text, part) = (text.as_bytes(), part.as_bytes());
    memchr::memchr2_iter(part[0], part[0].to_ascii_uppercase(), text)
        .any(|at| text[at..].get(..part.len()).is_some_and(|found| found.eq_ignore_ascii_case(part)))
}

/// What looks like UUIDs of entities in a text.
pub(super) fn uuids(text: &str) -> impl Iterator<Item = &str> {
    const NAME: &str = "data-entity-uuid";
    text.match_indices(NAME).filter_map(|(at, _)| {
        let value = text[at + NAME.len()..].trim_start().strip_prefix('=')?.trim_start();
        let value = value.strip_prefix(['"', '\'']).unwrap_or(value);
        let end = value.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(value.len());
        (end > 0).then(|| &value[..end])
    })
}

/// What looks like the sources of images in a text.
pub(super) fn sources(text: &str) -> impl Iterator<Item = &str> {
    const NAME: &str = "src";
    text.match_indices(NAME).filter_map(|(at, _)| {
        let value = text[at + NAME.len()..].trim_start().strip_prefix('=')?.trim_start();
        let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''));
        let value = quote.map_or(value, |_| &value[1..]);
        let is_end = |c: char| quote.map_or(c.is_whitespace() || c == '>', |quote| c == quote);
        let end = value.find(is_end)?;
        (end > 0).then(|| &value[..end])
    })
}
