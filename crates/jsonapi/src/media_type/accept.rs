//! `Accept`: the choice between documents and pages, and of the extensions and profiles to apply.

use super::syntax::{FULL_WEIGHT, MediaRange, elements};
use super::{Applied, MEDIA_TYPE, NOT_ACCEPTABLE, Negotiated, Offer, unusable};
use crate::error::ErrorObject;

/// Chooses the representation for an `Accept` header (NEG-16 to NEG-30). Several header lines are to be joined by
/// commas.
///
/// - No header, `*/*`, `application/*` and `application/json` take a document.
/// - Instances of the JSON:API media type with foreign parameters or unsupported extensions are skipped; if no other
///   instance is left, the request is refused, even if a wildcard is listed too.
/// - Among usable instances the highest quality value wins; among equals the one that applies most.
/// - A page is chosen if there is one and `text/html` ranks strictly above everything that takes a document.
///
/// ```
/// use docent_jsonapi::media_type::{Applied, CURSOR_PROFILE, Negotiated, Offer, negotiate};
///
/// let offer = Offer { profiles: &[CURSOR_PROFILE], html: true, ..Offer::default() };
/// let accept = format!("application/vnd.api+json;profile=\"{CURSOR_PROFILE} https://example.com/unknown\"");
/// let applied = Applied { profiles: vec![CURSOR_PROFILE], ..Applied::default() };
/// assert_eq!(negotiate(Some(&accept), &offer), Ok(Negotiated::Document(applied)));
/// assert_eq!(negotiate(Some("text/html,*/*;q=0.8"), &offer), Ok(Negotiated::Html));
/// assert_eq!(negotiate(Some("image/png"), &offer).unwrap_err().kind.status, 406);
/// ```
pub fn negotiate(accept: Option<&str>, offer: &Offer<'_>) -> Result<Negotiated, ErrorObject> {
    let Some(accept) = accept else { return Ok(Negotiated::Document(Applied::required_by(offer))) };
    match accept {
        "*/*" | "" => return Ok(Negotiated::Document(Applied::required_by(offer))),
        MEDIA_TYPE if offer.required.is_empty() => return Ok(Negotiated::Document(Applied::default())),
        _ => {}
    }
    let mut ranges = Ranges::default();
    for element in elements(accept) {
        ranges.add(&MediaRange::parse(element), offer);
    }
    ranges.choose(offer)
}

/// What the ranges of one header come to.
#[derive(Default)]
struct Ranges {
    /// The best usable instance of the JSON:API media type, with its weight.
    chosen: Option<(u16, Applied)>,
    /// Why the first unusable instance is unusable.
    unusable: Option<String>,
    /// Whether an instance is ruled out by `q=0`.
    ruled_out: bool,
    /// Weights of the ranges that also take a document: `application/json`, `application/*`, `*/*`.
    json: Option<u16>,
    any_application: Option<u16>,
    anything: Option<u16>,
    /// Weights of the ranges that take a page.
    html: Option<u16>,
    any_text: Option<u16>,
}

impl Ranges {
    fn add(&mut self, range: &MediaRange<'_>, offer: &Offer<'_>) {
        let weight = range.weight.unwrap_or(FULL_WEIGHT);
        if range.is_json_api() {
            return self.add_instance(range, weight, offer);
        }
        let place = if range.broken {
            return;
        } else if range.is("application/json") {
            &mut self.json
        } else if range.is("application/*") {
            &mut self.any_application
        } else if range.is("*/*") {
            &mut self.anything
        } else if range.is("text/html") {
            &mut self.html
        } else if range.is("text/*") {
            &mut self.any_text
        } else {
            return;
        };
        *place = Some(place.unwrap_or(0).max(weight));
    }

    fn add_instance(&mut self, range: &MediaRange<'_>, weight: u16, offer: &Offer<'_>) {
        if let Some(reason) = unusable(range, offer).or_else(|| lacks_required(range, offer)) {
            self.unusable.get_or_insert(reason);
        } else if weight == 0 {
            self.ruled_out = true;
        } else {
            let applied = Applied::from_range(range, offer);
            let better = self.chosen.as_ref().is_none_or(|(best, chosen)| {
                (weight, applications(&applied)) > (*best, applications(chosen))
            });
            if better {
                self.chosen = Some((weight, applied));
            }
        }
    }

    fn choose(self, offer: &Offer<'_>) -> Result<Negotiated, ErrorObject> {
        let others = self.any_application.or(self.anything).max(self.json).unwrap_or(0);
        let html = if offer.html { self.html.or(self.any_text).unwrap_or(0) } else { 0 };
        if let Some((weight, applied)) = self.chosen {
            let html_is_preferred = html > weight.max(others);
            return Ok(if html_is_preferred { Negotiated::Html } else { Negotiated::Document(applied) });
        }
        if let Some(reason) = self.unusable {
            return Err(refused(&reason, offer));
        }
        let document = if self.ruled_out { 0 } else { others };
        if html > document {
            Ok(Negotiated::Html)
        } else if document > 0 {
            Ok(Negotiated::Document(Applied::required_by(offer)))
        } else {
            Err(refused("Nothing listed in `Accept` can be sent.", offer))
        }
    }
}

fn applications(applied: &Applied) -> usize {
    applied.extensions.len() + applied.profiles.len()
}

fn lacks_required(range: &MediaRange<'_>, offer: &Offer<'_>) -> Option<String> {
    let asked = range.parameter("ext").unwrap_or("");
    let lacking = offer.required.iter().find(|uri| !super::list(asked).any(|given| given == **uri))?;
    Some(format!("Every document of this URL applies the extension `{lacking}`."))
}

fn refused(reason: &str, offer: &Offer<'_>) -> ErrorObject {
    let offered = Applied::required_by(offer).content_type();
    let page = if offer.html { " or `text/html`" } else { "" };
    ErrorObject::new(&NOT_ACCEPTABLE, format!("{reason} Accept `{offered}`{page}.")).with_header("Accept")
}
