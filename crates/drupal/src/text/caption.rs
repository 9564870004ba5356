//! The filter that puts elements with a caption into figures.

use super::context::Captions;
use super::dom::{self, Dom};
use super::entities;
use super::restrict::Restrictions;

/// What may stand in a caption.
pub(super) fn restrictions() -> Restrictions {
    Restrictions::new("<a href hreflang target rel> <em> <strong> <cite> <code> <br>", false)
}

/// The text with figures. None if it cannot be told how the site's theme prints them.
pub(super) fn process(text: &str, restrictions: &Restrictions, captions: Option<Captions>) -> Option<String> {
    let mut dom = dom::parse(text)?;
    for element in dom.elements(|dom, id| dom.attribute(id, "data-caption").is_some()) {
        let raw = dom.take_attribute(element, "data-caption").unwrap_or_default();
        let caption = restrictions.process(&dom::normalise(&raw))?;
        // A single blank is a caption that somebody is about to write.
        if caption.is_empty() && raw != " " {
            continue;
        }
        let tag = dom.name(element).unwrap_or_default().to_owned();
        let classes = dom.take_attribute(element, "class").unwrap_or_default();
        // A linked element goes into the figure with its link.
        let link = dom.parent(element).filter(|parent| dom.name(*parent) == Some("a"));
        let captioned = link.unwrap_or(element);
        dom.parent(captioned)?;
        let figure = figure(&dom, captioned, &tag, &classes, &caption, captions?);
        let figure = dom::normalise(&figure);
        dom.replace(captioned, &dom::parse(&figure)?);
    }
    Some(dom::serialise(&dom, text.len() + 128))
}

fn figure(
    dom: &Dom<'_>,
    captioned: dom::NodeId,
    tag: &str,
    classes: &str,
    caption: &str,
    captions: Captions,
) -> String {
    let mut figure = String::from("<figure role=\"group\"");
    let classes = entities::escape(classes);
    let before = if classes.is_empty() { "" } else { " " };
    match captions {
        Captions::Classed => figure.extend([" class=\"caption caption-", tag, before, &classes, "\""]),
        Captions::Plain if classes.is_empty() => {}
        Captions::Plain => figure.extend([" class=\"", &classes, "\""]),
    }
    figure.push_str(">\n");
    dom::canonical(dom, captioned, &mut figure);
    figure.extend(["\n<figcaption>", caption, "</figcaption>\n</figure>\n"]);
    figure
}
