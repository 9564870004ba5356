//! Primary data: a page of a collection, a resource, or what a relationship of one leads to.

use std::sync::Arc;

use docent_sql::Value;
use docent_sql::statement::{Alias, Select};

use super::{Found, Gathering, Place, Wanted};
use crate::access::{self, Decision};
use crate::error::Refusal;
use crate::load::newest_revisions;
use crate::php::Php;
use crate::request::version::Version;
use crate::site::{EntityTypeIndex, FieldIndex, ResourceTypeIndex, Site};
use crate::statement::{Statement, column};

/// What the primary data is.
#[derive(Debug)]
pub enum Primary {
    /// Nothing: the entry point.
    Nothing,
    /// A page of a collection of content.
    Collection {
        /// Of which type.
        resource_type: ResourceTypeIndex,
        /// Finds numbers and default revisions, one more than there is room for.
        select: Box<Select>,
        /// Its parameters.
        parameters: Vec<Value>,
        /// How many there is room for.
        limit: usize,
        /// Whether the newest revisions are shown.
        working_copies: bool,
    },
    /// A page of a collection of configuration, found already.
    ConfigCollection {
        /// Of which type.
        resource_type: ResourceTypeIndex,
        /// The whole names.
        names: Vec<String>,
        /// Whether there is a next page.
        has_more: bool,
    },
    /// A resource.
    Individual(Target),
    /// What a relationship of a resource leads to.
    Related(Target, FieldIndex),
    /// A relationship of a resource.
    Relationship(Target, FieldIndex),
}

/// A resource that a URL names.
#[derive(Debug, Clone)]
pub struct Target {
    /// Its type.
    pub resource_type: ResourceTypeIndex,
    /// Its UUID.
    pub uuid: String,
    /// The version asked for. What is wrong with it is said where there is such a resource.
    pub version: Result<Version, Refusal>,
    /// What is said if it is not there.
    pub not_found: Refusal,
    /// What is said if it has no such version.
    pub version_not_found: Refusal,
}

impl Primary {
    /// Whether it follows a relationship of that name.
    pub(super) fn leads_through(&self, site: &Site, name: &str) -> bool {
        match self {
            Primary::Related(target, field) | Primary::Relationship(target, field) => {
                site[target.resource_type][*field].name == name
            }
            _ => false,
        }
    }
}

impl Gathering<'_> {
    /// Finds the primary data.
    pub(super) async fn primary(&mut self) -> Result<(), Refusal> {
        match &self.plan.primary {
            Primary::Nothing => Ok(()),
            Primary::Collection { resource_type, select, parameters, limit, working_copies } => {
                let found = self.conversation.ask_one(select, parameters.clone()).await;
                let mut entities: Vec<(i64, Option<i64>)> = (0..found.len())
                    .filter_map(|row| Some((found.integer(row, 0)?, optional(&found, row))))
                    .collect();
                self.gathered.has_more = entities.len() > *limit;
                entities.truncate(*limit);
                self.collection(*resource_type, entities, *working_copies).await;
                Ok(())
            }
            Primary::ConfigCollection { resource_type, names, has_more } => {
                self.gathered.has_more = *has_more;
                let places: Vec<Place> =
                    names.iter().map(|name| Place::Config(*resource_type, name.clone())).collect();
                self.ask_contents(&places).await;
                for place in places {
                    let found = self.decided(place);
                    self.sort_in(found);
                }
                Ok(())
            }
            Primary::Individual(target) => {
                let found = self.individual(target).await?;
                self.plan.names.clone()?;
                if let Decision::Denied { reason } = &found.decision {
                    let scope = &self.plan.scope;
                    let resource_type = self.resource_type(&found.place);
                    let via =
                        scope.links().resource(&scope.site, resource_type, &self.uuid(&found.place), None);
                    return Err(access::refuse_resource(reason, via));
                }
                self.gathered.primary.push(found);
                Ok(())
            }
            Primary::Relationship(target, field) => {
                let (found, _) = self.holder(target, *field).await?;
                self.gathered.primary.push(found);
                Ok(())
            }
            Primary::Related(target, field) => {
                let (holder, field) = self.holder(target, *field).await?;
                let places = self.targets(&[&[(holder.place, field)]]).await;
                for place in places.into_iter().flatten() {
                    let found = self.decided(place);
                    self.sort_in(found);
                }
                Ok(())
            }
        }
    }

    async fn collection(
        &mut self,
        resource_type: ResourceTypeIndex,
        mut entities: Vec<(i64, Option<i64>)>,
        working_copies: bool,
    ) {
        let entity_type = self.site()[resource_type].entity_type;
        if working_copies {
            let ids: Vec<i64> = entities.iter().map(|(id, _)| *id).collect();
            let newest = newest_revisions(self.conversation, self.site(), entity_type, &ids).await;
            for (id, revision) in &mut entities {
                *revision = newest.get(id).copied().or(*revision);
            }
        }
        let wanted = Wanted {
            entity_type,
            entities,
            default_revisions: !working_copies,
            resource_types: vec![resource_type],
        };
        for place in self.read_and_ask_hosts(vec![wanted]).await.into_iter().flatten() {
            let found = self.decided(place);
            self.sort_in(found);
        }
    }

    /// Puts what was found where it belongs.
    fn sort_in(&mut self, found: Found) {
        match found.decision {
            Decision::Denied { ref reason } => {
                let omission = self.omission(&found.place, reason);
                self.gathered.omitted.push(omission);
            }
            _ => self.gathered.primary.push(found),
        }
    }

    /// The resource that a URL names, in the version that it names.
    async fn individual(&mut self, target: &Target) -> Result<Found, Refusal> {
        let site = Arc::clone(self.site());
        let entity_type = site[target.resource_type].entity_type;
        if site[entity_type].tables.is_none() {
            let mut all = site.config_entities(entity_type);
            let has_uuid =
                |config: &Php| config.get("uuid").and_then(Php::as_str) == Some(target.uuid.as_str());
            let name = all.find(|(_, config)| has_uuid(config)).map(|(name, _)| name.to_owned());
            let name = name.ok_or_else(|| target.not_found.clone())?;
            target.version.clone()?;
            let place = Place::Config(target.resource_type, name);
            self.ask_contents(std::slice::from_ref(&place)).await;
            return Ok(self.decided(place));
        }
        let Named { id, default, resource_type } = self.find(entity_type, target).await?;
        let revision = self.revision(entity_type, target, id, default).await?;
        let wanted = Wanted {
            entity_type,
            entities: vec![(id, revision)],
            default_revisions: revision == default,
            resource_types: vec![resource_type],
        };
        let places = self.read_and_ask_hosts(vec![wanted]).await;
        let place = places.into_iter().flatten().next();
        let place = place.ok_or_else(|| target.not_found.clone())?;
        if revision != default {
            let mut wanted = Wanted::of(entity_type);
            wanted.add(id, default, resource_type);
            let places = self.read_untranslated(vec![wanted]).await;
            self.ask_hosts(places.iter().flatten().cloned().collect()).await;
            let default = places.into_iter().flatten().next();
            if let Some(access) = default.map(|default| self.view_access(&default)) {
                self.default_access.insert(place.clone(), access);
            }
        }
        Ok(self.decided(place))
    }

    /// The resource that a URL names. Drupal takes no notice of the bundle in the path.
    async fn find(&self, entity_type: EntityTypeIndex, target: &Target) -> Result<Named, Refusal> {
        let site = self.site();
        let definition = &site[entity_type];
        let keys = &definition.keys;
        let base = definition.tables.as_ref().map(|tables| tables.base.as_str()).unwrap_or_default();
        let mut statement = Statement::from(base);
        let table = Alias(0);
        for key in [&keys.id, &keys.revision, &keys.bundle] {
            statement.output(column(table, if key.is_empty() { &keys.id } else { key }));
        }
        let named = statement.equals(column(table, &keys.uuid), Value::Text(target.uuid.clone()));
        statement.only(named);
        let (select, parameters) = statement.finish();
        let found = self.conversation.ask_one(&select, parameters).await;
        let named = || {
            let bundle = if keys.bundle.is_empty() { definition.id.as_str() } else { found.text(0, 2)? };
            Some(Named {
                id: found.integer(0, 0)?,
                default: if keys.revision.is_empty() { None } else { found.integer(0, 1) },
                resource_type: site.resource_type(entity_type, bundle)?,
            })
        };
        let is_found = !found.is_empty();
        is_found.then(named).flatten().ok_or_else(|| target.not_found.clone())
    }

    /// The revision that a URL asks for.
    async fn revision(
        &self,
        entity_type: EntityTypeIndex,
        target: &Target,
        id: i64,
        default: Option<i64>,
    ) -> Result<Option<i64>, Refusal> {
        let site = self.site();
        match target.version.clone()? {
            Version::Default => Ok(default),
            Version::WorkingCopy => {
                let newest = newest_revisions(self.conversation, site, entity_type, &[id]).await;
                Ok(newest.get(&id).copied().or(default))
            }
            Version::Id(revision) => {
                let definition = &site[entity_type];
                let table = definition.tables.as_ref().and_then(|tables| tables.revision.as_deref());
                let mut statement = Statement::from(table.unwrap_or_default());
                let table = Alias(0);
                statement.output(column(table, &definition.keys.revision));
                for (key, value) in [(&definition.keys.id, id), (&definition.keys.revision, revision)] {
                    let condition = statement.equals(column(table, key), Value::Integer(value));
                    statement.only(condition);
                }
                let (select, parameters) = statement.finish();
                if self.conversation.ask_one(&select, parameters).await.is_empty() {
                    return Err(target.version_not_found.clone());
                }
                Ok(Some(revision))
            }
        }
    }

    /// The resource whose relationship a URL names. Whoever may not see it, or may not see the relationship, is told so.
    ///
    /// It may be of another bundle than the path says, where the relationship has another place, or none.
    async fn holder(&mut self, target: &Target, field: FieldIndex) -> Result<(Found, FieldIndex), Refusal> {
        let found = self.individual(target).await?;
        let site = self.site();
        let name = &site[target.resource_type][field].name;
        let field = site[self.resource_type(&found.place)].internal_field(name);
        let field = field.ok_or_else(|| access::refuse_relationship(String::new()))?;
        self.view_relationship(&found.place, field).map_err(access::refuse_relationship)?;
        self.plan.names.clone()?;
        Ok((found, field))
    }
}

/// An entity that a URL names.
struct Named {
    id: i64,
    default: Option<i64>,
    resource_type: ResourceTypeIndex,
}

/// The second column of a row, where there is one.
fn optional(table: &crate::conversation::Table, row: usize) -> Option<i64> {
    if table.width() > 1 { table.integer(row, 1) } else { None }
}
