//! tmp
use crate::error::Refusal;
use crate::request::page::Page;
use crate::request::parameters::Parameters;
use crate::site::{ResourceTypeIndex, Site};
#[allow(missing_docs)]
pub struct ConfigQuery(ResourceTypeIndex);
#[allow(missing_docs)]
impl ConfigQuery {
    pub fn read(
        _site: &Site,
        resource_type: ResourceTypeIndex,
        _parameters: &Parameters,
    ) -> Result<Self, Refusal> {
        Ok(Self(resource_type))
    }
    pub fn run(&self, site: &Site, page: &Page) -> (Vec<String>, bool) {
        let all: Vec<String> = site
            .config_entities(site[self.0].entity_type)
            .map(|(n, _)| n.to_owned())
            .skip(page.offset as usize)
            .take(page.limit as usize + 1)
            .collect();
        let more = all.len() > page.limit as usize;
        (all.into_iter().take(page.limit as usize).collect(), more)
    }
}
