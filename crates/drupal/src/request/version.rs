//! Which revision is asked for.

use super::number::leading;
use super::parameters::{Given, Parameters};
use crate::error::Refusal;
use crate::site::{ResourceTypeIndex, Site};

/// A revision of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// The default one, there being nothing said or `rel:latest-version`.
    Default,
    /// The newest one: `rel:working-copy`.
    WorkingCopy,
    /// That with a number: `id:12`.
    Id(i64),
}

impl Version {
    /// Reads `resourceVersion` of a request that reads.
    pub fn read(
        parameters: &Parameters,
        site: &Site,
        resource_type: ResourceTypeIndex,
        of_collection: bool,
    ) -> Result<Self, Refusal> {
        let Some(given) = parameters.get("resourceVersion") else { return Ok(Version::Default) };
        let tables = site[site[resource_type].entity_type].tables.as_ref();
        if tables.is_none_or(|tables| tables.revision.is_none()) {
            let detail = "Resource versioning is not yet supported for this resource type.";
            return Err(Refusal::new(501, detail));
        }
        let text = match given {
            Given::One(text) => text.as_str(),
            Given::Many(_) => parameters.text("resourceVersion").map(Option::unwrap_or_default)?,
        };
        let Some((name, argument)) = text.split_once(':').filter(|(name, _)| is_well_formed(name, text))
        else {
            let detail = format!("A resource version identifier was provided in an invalid format: `{text}`");
            return Err(Refusal::bad_request(detail));
        };
        let version = match (name, argument) {
            ("rel", "latest-version") => Some(Version::Default),
            ("rel", "working-copy") => Some(Version::WorkingCopy),
            _ if of_collection => {
                return Err(Refusal::bad_request(
                    "Collection resources only support the following resource version identifiers: \
                     rel:latest-version, rel:working-copy",
                ));
            }
            ("id", number) => {
                let found = leading(number);
                found.number.filter(|_| found.is_all).map(|_| Version::Id(found.whole.unwrap_or(-1)))
            }
            _ => None,
        };
        let version = version.ok_or_else(|| {
            Refusal::bad_request(format!("An invalid resource version identifier, `{text}`, was provided."))
        })?;
        if of_collection && version == Version::WorkingCopy && parameters.get("filter").is_some() {
            let detail = "JSON:API does not support filtering on revisions other than the latest version \
                          because a secure Drupal core API does not yet exist to do so.";
            return Err(Refusal::new(501, detail));
        }
        Ok(version)
    }

    /// The refusal where there is no such revision.
    pub fn not_found(parameters: &Parameters) -> Refusal {
        let text = parameters.get("resourceVersion").and_then(Given::text).unwrap_or_default();
        let detail = format!("The requested version, identified by `{text}`, could not be found.");
        Refusal::new(404, detail)
    }
}

/// `name:argument`, or with more arguments.
fn is_well_formed(name: &str, text: &str) -> bool {
    let is_letter = |character: char| character.is_ascii_lowercase();
    let is_argument = |part: &str| {
        !part.is_empty()
            && part.chars().all(|character| character.is_ascii_alphanumeric() || character == '-')
    };
    name.len() >= 2
        && name.starts_with(is_letter)
        && name.ends_with(is_letter)
        && name.chars().all(|character| is_letter(character) || character == '_')
        && text.split(':').skip(1).all(is_argument)
}
