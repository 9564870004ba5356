//! Everything that a document consists of, found in one snapshot: primary data, what is included, what is left out
//! because it may not be seen.

mod decided;
mod files;
mod hosts;
mod included;
mod primary;
mod wanted;

use hashbrown::{HashMap, HashSet};
use std::sync::Arc;

use crate::access::{AccessResult, Decision};
use crate::account::Account;
use crate::conversation::Conversation;
use crate::document::Links;
use crate::error::Refusal;
use crate::load::{Ask, Batch, Entity, Identities, load};
use crate::request::fieldset::Fieldsets;
use crate::site::{EntityTypeIndex, FieldIndex, ResourceTypeIndex, Site};

pub use files::ShownFiles;
pub use primary::{Primary, Target};

/// Who asks, of which site, in which language.
#[derive(Debug, Clone)]
pub struct Scope {
    /// The site.
    pub site: Arc<Site>,
    /// Who asks.
    pub account: Account,
    /// The language of content.
    pub langcode: String,
    /// The language of the interface, in which configuration is shown.
    pub interface: String,
    /// How URLs begin: scheme and authority.
    pub origin: String,
    /// The prefix of the language in links, with a slash before it; empty if it has none.
    pub prefix: String,
    /// The path asked for, without a prefix of its language: blocks are shown at some and not at others.
    pub path: String,
}

impl Scope {
    /// The URLs of this scope begin so.
    pub fn links(&self) -> Links<'_> {
        Links { origin: &self.origin, prefix: &self.prefix }
    }
}

/// What to find.
#[derive(Debug)]
pub struct Plan {
    /// Who asks, of what.
    pub scope: Scope,
    /// The primary data.
    pub primary: Primary,
    /// What is said of parameters that have wrong names. Where a URL names a resource that is not there, or one whose
    /// relationship is closed, that is said first.
    pub names: Result<(), Refusal>,
    /// What else: the parameter `include`. Nothing is said of a wrong one to those who may not see the resource.
    pub include: Result<Option<String>, Refusal>,
    /// Which fields. What is wrong with them is said last.
    pub fieldsets: Result<Fieldsets, Refusal>,
}

impl Plan {
    /// Whether a field of a type is asked for.
    pub fn wants(&self, type_name: &str, field: &str) -> bool {
        self.fieldsets.as_ref().is_ok_and(|fieldsets| fieldsets.wants(type_name, field))
    }
}

/// An entity that was found, and what may be seen of it.
#[derive(Debug, Clone)]
pub struct Found {
    /// Where it is.
    pub place: Place,
    /// What may be seen of it.
    pub decision: Decision,
    /// Content of which everything may be seen: the fields that are shown.
    pub fields: Vec<FieldIndex>,
}

/// A resource, or a relationship of one, that may not be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Omission {
    /// Its type.
    pub resource_type: ResourceTypeIndex,
    /// Its UUID.
    pub uuid: String,
    /// The relationship, unless it is the resource itself.
    pub relationship: Option<String>,
    /// Why, in whole sentences.
    pub detail: String,
}

/// Where an entity is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Place {
    /// Content: among the entities of a batch.
    Content {
        /// Which batch.
        batch: usize,
        /// Which of its entities.
        entity: usize,
    },
    /// Configuration: its resource type and its whole name.
    Config(ResourceTypeIndex, String),
}

/// What was found.
#[derive(Debug, Default)]
pub struct Gathered {
    /// All entities of content.
    pub batches: Vec<Batch>,
    /// What references lead to.
    pub identities: Identities,
    /// The primary data; for a relationship the resource that has it.
    pub primary: Vec<Found>,
    /// What is included, without what may not be seen at all.
    pub included: Vec<Found>,
    /// What may not be seen.
    pub omitted: Vec<Omission>,
    /// Whether there is a next page.
    pub has_more: bool,
    /// The files that texts show.
    pub files: ShownFiles,
}

/// Entities in their default revision, by type and number.
type Defaults = Vec<((EntityTypeIndex, i64), Place)>;

/// The finding, on its way.
struct Gathering<'a> {
    conversation: &'a Conversation,
    plan: &'a Plan,
    gathered: Gathered,
    /// Entities in their default revision, by type and number.
    known: HashMap<(EntityTypeIndex, i64), Place>,
    /// Those that decide over others, in the language they were written in first, whichever is shown.
    hosts: HashMap<(EntityTypeIndex, i64), Place>,
    /// The public names of all relationships that are included from anywhere.
    include_names: HashSet<String>,
    /// Access to what decides over an entity.
    host_access: HashMap<Place, AccessResult>,
    /// Access to the default revision, where another one is shown.
    default_access: HashMap<Place, AccessResult>,
}

/// Finds everything, or says why the request is refused.
pub async fn gather(conversation: &Conversation, plan: &Plan) -> Result<Gathered, Refusal> {
    let include_names = plan.include.as_ref().ok().and_then(Option::as_deref).unwrap_or_default();
    let include_names = include_names.split([',', '.']).map(|name| name.trim().to_owned()).collect();
    let mut gathering = Gathering {
        conversation,
        plan,
        gathered: Gathered::default(),
        known: HashMap::new(),
        hosts: HashMap::new(),
        include_names,
        host_access: HashMap::new(),
        default_access: HashMap::new(),
    };
    gathering.primary().await?;
    gathering.included().await?;
    plan.fieldsets.as_ref().map_err(Refusal::clone)?;
    gathering.choose_fields();
    gathering.identify_shown().await;
    gathering.files_in_texts().await;
    Ok(gathering.gathered)
}

/// Entities of one type to be read: each with its revision.
struct Wanted {
    entity_type: EntityTypeIndex,
    entities: Vec<(i64, Option<i64>)>,
    default_revisions: bool,
    /// Those that may be among them.
    resource_types: Vec<ResourceTypeIndex>,
}

impl Gathering<'_> {
    fn site(&self) -> &Arc<Site> {
        &self.plan.scope.site
    }

    fn entity(&self, batch: usize, entity: usize) -> (&Batch, &Entity) {
        let batch = &self.gathered.batches[batch];
        (batch, &batch.entities[entity])
    }

    /// Reads entities, and says where they are, in the order asked for.
    async fn read(&mut self, wanted: Vec<Wanted>) -> Vec<Vec<Place>> {
        let plan = self.plan;
        let languages = plan.scope.site.fallbacks(&plan.scope.langcode);
        let (places, defaults) = self.read_in(&languages, wanted).await;
        self.known.extend(defaults);
        places
    }

    /// Reads those that decide over others.
    async fn read_untranslated(&mut self, wanted: Vec<Wanted>) -> Vec<Vec<Place>> {
        let (places, defaults) = self.read_in(&[], wanted).await;
        self.hosts.extend(defaults);
        places
    }

    /// Reads entities in the first of these languages that they have, and says where they are, and which of them are
    /// in their default revision.
    async fn read_in(&mut self, languages: &[&str], wanted: Vec<Wanted>) -> (Vec<Vec<Place>>, Defaults) {
        let (mut places, mut defaults) = self.read_once(languages, &wanted).await;
        // A reference may lead to a bundle that it was not meant for, of which other fields are needed.
        let strays = wanted.iter().zip(&places).map(|(wanted, places)| self.strays(wanted, places));
        let (from, again): (Vec<usize>, Vec<Wanted>) =
            strays.enumerate().filter(|(_, strays)| !strays.entities.is_empty()).unzip();
        if !again.is_empty() {
            let (found, better) = self.read_once(languages, &again).await;
            defaults.extend(better);
            for (from, found) in from.into_iter().zip(found) {
                for better in found {
                    let id = self.number(&better);
                    let same = places[from].iter().position(|place| self.number(place) == id);
                    if let Some(same) = same {
                        places[from][same] = better;
                    }
                }
            }
        }
        (places, defaults)
    }

    /// Those of the entities found whose resource type nobody thought of.
    fn strays(&self, wanted: &Wanted, places: &[Place]) -> Wanted {
        let mut strays =
            Wanted { default_revisions: wanted.default_revisions, ..Wanted::of(wanted.entity_type) };
        for place in places {
            let Place::Content { batch, entity } = place else { continue };
            let (_, entity) = self.entity(*batch, *entity);
            if !wanted.resource_types.contains(&entity.resource_type) {
                strays.add(entity.id, entity.revision, entity.resource_type);
            }
        }
        strays
    }

    /// The number of an entity of content.
    fn number(&self, place: &Place) -> Option<i64> {
        match place {
            Place::Content { batch, entity } => Some(self.entity(*batch, *entity).1.id),
            Place::Config(..) => None,
        }
    }

    async fn read_once(&mut self, languages: &[&str], wanted: &[Wanted]) -> (Vec<Vec<Place>>, Defaults) {
        let ask = |wanted: &Wanted| Ask {
            fields: wanted.resource_types.iter().map(|of| (*of, self.fields_to_read(*of))).collect(),
            entity_type: wanted.entity_type,
            entities: wanted.entities.clone(),
            default_revisions: wanted.default_revisions,
        };
        let asks: Vec<Ask> = wanted.iter().map(ask).collect();
        let site = Arc::clone(self.site());
        let batches = load(self.conversation, &site, languages, &asks).await;
        let first = self.gathered.batches.len();
        let mut places = Vec::with_capacity(batches.len());
        let mut defaults = Defaults::new();
        for (offset, (batch, ask)) in batches.into_iter().zip(&asks).enumerate() {
            let at = |entity| Place::Content { batch: first + offset, entity };
            for (place, entity) in batch.entities.iter().enumerate() {
                self.gathered.identities.learn(ask.entity_type, entity);
                if ask.default_revisions {
                    defaults.push(((ask.entity_type, entity.id), at(place)));
                }
            }
            places.push((0..batch.entities.len()).map(at).collect());
            self.gathered.batches.push(batch);
        }
        (places, defaults)
    }

    /// Decides which fields are shown of all that was found.
    fn choose_fields(&mut self) {
        let mut primary = std::mem::take(&mut self.gathered.primary);
        let mut included = std::mem::take(&mut self.gathered.included);
        for found in primary.iter_mut().chain(&mut included) {
            if found.decision == Decision::Allowed {
                found.fields = self.shown_fields(&found.place);
            }
        }
        self.gathered.primary = primary;
        self.gathered.included = included;
    }

    /// Finds out what the relationships lead to that are shown, all at once.
    async fn identify_shown(&mut self) {
        let mut shown = Vec::new();
        for found in self.gathered.primary.iter().chain(&self.gathered.included) {
            let Place::Content { batch, entity } = found.place else { continue };
            let definition = &self.site()[self.entity(batch, entity).1.resource_type];
            let own = match &self.plan.primary {
                Primary::Relationship(target, field) => {
                    definition.internal_field(&self.site()[target.resource_type][*field].name)
                }
                _ => None,
            };
            let fields = found.fields.iter().copied().chain(own);
            let relationships = fields.filter(|field| definition[*field].is_relationship());
            shown.extend(relationships.map(|field| (batch, entity, field)));
        }
        self.identify(&shown).await;
    }

    /// Finds out what fields of entities lead to.
    async fn identify(&mut self, fields: &[(usize, usize, FieldIndex)]) {
        let mut identities = std::mem::take(&mut self.gathered.identities);
        let all = fields.iter().map(|(batch, entity, field)| {
            let (batch, entity) = self.entity(*batch, *entity);
            (batch, entity, *field)
        });
        identities.find(self.conversation, self.site(), all).await;
        self.gathered.identities = identities;
    }
}
