mod captions;
mod correct;
mod links;
mod paragraphs;
mod properties;
mod recordings;
mod restrict;

use super::{Captions, Context, Dimensions, File, Files, Format, Reference};
use crate::php::{Key, Php};

fn text(text: &str) -> Php {
    Php::Text(text.into())
}

fn array<const N: usize>(items: [(&str, Php); N]) -> Php {
    Php::Array(items.into_iter().map(|(key, value)| (Key::Text(key.into()), value)).collect())
}

/// A format of filters with settings, in that order.
fn format(filters: &[(&str, Php)]) -> Format {
    let filters = filters.iter().zip(0..).map(|((id, settings), weight)| {
        let filter = array([
            ("status", Php::Bool(true)),
            ("weight", Php::Integer(weight)),
            ("settings", settings.clone()),
        ]);
        (Key::Text((*id).into()), filter)
    });
    Format::of(&array([("status", Php::Bool(true)), ("filters", Php::Array(filters.collect()))]))
}

/// A format of filters without settings, in that order.
fn plain(filters: &[&str]) -> Format {
    let filters: Vec<_> = filters.iter().map(|id| (*id, array([]))).collect();
    format(&filters)
}

fn restricted(allowed: &str) -> Format {
    format(&[("filter_html", array([("allowed_html", text(allowed))]))])
}

/// A site with one image of 4 × 3 pixels, one that is not an image, and one whose size is not known.
struct Site;

impl Files for Site {
    fn by_uuid(&self, uuid: &str) -> Reference {
        let dimensions = match uuid {
            "image" => Dimensions::Known { width: 4, height: 3 },
            "text" => Dimensions::None,
            "large" => Dimensions::Unknown,
            "elsewhere" => return Reference::Unknown,
            _ => return Reference::Missing,
        };
        Reference::File(File { url: format!("/files/{uuid}.png"), dimensions })
    }

    fn is_image(&self, path: &str) -> Option<bool> {
        match path {
            "files/an image.png" => Some(true),
            "files/none.txt" => Some(false),
            _ => None,
        }
    }
}

fn context(captions: Option<Captions>) -> Context<'static> {
    Context {
        origin: "http://example.com",
        base_path: "/",
        captions,
        image_removed: Context::IMAGE_REMOVED,
        image_removed_reason: "Only our own.",
        files: &Site,
    }
}

/// Compares what a format makes of texts with what it should make of them.
#[track_caller]
fn compare(format: &Format, cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        let processed = format.process(text, &context(Some(Captions::Plain)));
        assert_eq!(processed.as_deref(), Ok(*expected), "of {text:?}");
    }
}
