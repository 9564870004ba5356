//! Filters that change elements by their attributes, mostly images.

use super::context::{Context, Dimensions, Reference};
use super::dom::{self, Dom, NodeId};
use super::restrict::trim;

/// Gives elements a class for the alignment in their `data-align`.
pub(super) fn align(text: &str) -> Option<String> {
    changed(text, |dom| {
        for element in dom.elements(|dom, id| dom.attribute(id, "data-align").is_some()) {
            let alignment = dom.take_attribute(element, "data-align").unwrap_or_default();
            if matches!(&*alignment, "left" | "center" | "right") {
                add_class(dom, element, &format!("align-{alignment}"));
            }
        }
        Some(())
    })
}

fn add_class(dom: &mut Dom<'_>, element: NodeId, class: &str) {
    let classes = dom.attribute(element, "class").unwrap_or_default();
    let separator = if classes.is_empty() { "" } else { " " };
    dom.set_attribute(element, "class", format!("{classes}{separator}{class}"));
}

/// Tells browsers to load images late whose size is known.
pub(super) fn load_lazily(text: &str) -> Option<String> {
    changed(text, |dom| {
        let is_late = |dom: &Dom<'_>, id: NodeId| {
            is_image(dom, id)
                && dom.attribute(id, "loading") != Some("eager")
                && dom.attribute(id, "width").is_some()
                && dom.attribute(id, "height").is_some()
        };
        for image in dom.elements(is_late) {
            dom.set_attribute(image, "loading", "lazy".into());
        }
        Some(())
    })
}

/// Replaces images that are not files of this site.
pub(super) fn secure(text: &str, context: &Context<'_>) -> Option<String> {
    changed(text, |dom| {
        for image in dom.elements(is_image) {
            let source = relative(dom.attribute(image, "src").unwrap_or_default(), context.origin).to_owned();
            let is_ours = match source.strip_prefix(context.base_path) {
                Some(path) => {
                    context.files.is_image(&percent_encoding::percent_decode_str(path).decode_utf8_lossy())?
                }
                None => false,
            };
            dom.set_attribute(image, "src", source);
            if !is_ours {
                replace(dom, image, context);
            }
        }
        Some(())
    })
}

fn replace(dom: &mut Dom<'_>, image: NodeId, context: &Context<'_>) {
    let sign = format!("{}core/misc/icons/e32700/error.svg", context.base_path);
    dom.set_attribute(image, "src", sign);
    dom.set_attribute(image, "alt", context.image_removed.into());
    dom.set_attribute(image, "title", context.image_removed_reason.into());
    dom.set_attribute(image, "height", "16".into());
    dom.set_attribute(image, "width", "16".into());
    let mut classes = dom.attribute(image, "class").unwrap_or_default().to_owned();
    trim(&mut classes);
    dom.set_attribute(image, "class", classes);
    add_class(dom, image, "filter-image-invalid");
}

/// A URL without the site's origin.
fn relative<'u>(url: &'u str, origin: &str) -> &'u str {
    let without_scheme = |url: &'u str| url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
    let (scheme, host) = origin.split_once("://").unwrap_or(("http", origin));
    let host = host.strip_suffix(if scheme == "https" { ":443" } else { ":80" }).unwrap_or(host);
    let Some(path) = without_scheme(url).and_then(|url| url.strip_prefix(host)) else { return url };
    // A port that is not the site's makes it another site.
    match path.strip_prefix(':') {
        Some(port) if port.starts_with(|c: char| c.is_ascii_digit()) => url,
        _ => path,
    }
}

/// Gives elements that show files the URLs that the files have now, and images their sizes.
pub(super) fn reference_files(text: &str, context: &Context<'_>) -> Option<String> {
    changed(text, |dom| {
        let refers = |dom: &Dom<'_>, id: NodeId| {
            dom.attribute(id, "data-entity-type") == Some("file")
                && dom.attribute(id, "data-entity-uuid").is_some()
                && dom.attribute(id, "src").is_some()
        };
        for element in dom.elements(refers) {
            let uuid = dom.attribute(element, "data-entity-uuid").unwrap_or_default();
            let file = match context.files.by_uuid(uuid) {
                Reference::Unknown => return None,
                Reference::Missing => continue,
                Reference::File(file) => file,
            };
            dom.set_attribute(element, "src", file.url);
            let has = |dom: &Dom<'_>, name| dom.attribute(element, name).is_some();
            if !is_image(dom, element) || has(dom, "width") && has(dom, "height") {
                continue;
            }
            match file.dimensions {
                Dimensions::Unknown => return None,
                Dimensions::None => {}
                Dimensions::Known { width, height } => {
                    for (name, size) in [("width", width), ("height", height)] {
                        if !has(dom, name) {
                            dom.set_attribute(element, name, size.to_string());
                        }
                    }
                }
            }
        }
        Some(())
    })
}

fn is_image(dom: &Dom<'_>, id: NodeId) -> bool {
    dom.name(id) == Some("img")
}

/// The text after a change to its tree.
fn changed(text: &str, change: impl FnOnce(&mut Dom<'_>) -> Option<()>) -> Option<String> {
    let mut dom = dom::parse(text)?;
    change(&mut dom)?;
    Some(dom::serialise(&dom, text.len()))
}
