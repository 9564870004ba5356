//! What is served to each caller: made when it is first needed, and kept.

use std::ops::Deref;
use std::sync::Arc;
use std::time::{Duration, Instant};

use docent_catalog::Problem;
use docent_catalog::model::Catalog;
use docent_sql::postgres::become_role;
use docent_sql::statement::Condition;
use docent_sql::{Privileges, Query, Value};
use quick_cache::UnitWeighter;
use quick_cache::sync::{Cache, DefaultLifecycle};

use super::caller::{Standing, WriteRules, standing};
use super::grants::{Grant, grants};
use super::policy::Policy;
use super::principal::Principal;
use super::privileges::{self, meet};
use crate::serving::{Serving, Shared};
use crate::settings::Settings;

/// Callers kept at most by one thread; the least used go first.
const CALLERS_KEPT: usize = 4_000;
/// Catalogs kept at most. There are as many as ways in which permissions come together.
const CATALOGS_KEPT: usize = 200;
/// Plans and prepared requests kept at most by one thread where everyone sees the same.
const PLANS_KEPT: usize = 400;
/// The same for each catalog of callers.
const PLANS_KEPT_OF_EACH: usize = 100;
/// Roles of the database whose privileges are kept at most by one thread.
const ROLES_KEPT: usize = 1_000;
/// How long they are taken for what they were.
const PRIVILEGES_TIME: Duration = Duration::from_secs(10);

/// What makes callers see and may the same.
type Alike = (Vec<(usize, Condition)>, Option<Arc<Privileges>>);

/// A role of the database that is taken, and its privileges.
type Taken<'a> = Option<(&'a str, &'a Arc<Privileges>)>;

type Kept<K, V> = Cache<K, V, UnitWeighter, foldhash::fast::RandomState>;

/// What callers see and may write: nothing of it is ever changed.
type Seen = (Arc<Catalog>, Option<Arc<WriteRules>>);

/// What is the same for all callers and all threads.
#[derive(Debug)]
pub(crate) struct Common {
    /// The whole catalog, of which nobody sees more.
    pub(crate) whole: Arc<Catalog>,
    pub(crate) settings: Arc<Settings>,
    pub(crate) revision: u64,
    grants: Vec<Grant>,
    has_rules: bool,
    /// What those see who see alike.
    catalogs: Kept<Alike, Seen>,
}

/// What is served, to whom, as one thread keeps it.
#[derive(Debug)]
pub(crate) struct Views {
    common: Arc<Common>,
    /// What callers without credentials are served; all are, if there are no rules.
    anonymous: Arc<Serving>,
    callers: Kept<Principal, (Option<Arc<Privileges>>, Arc<Serving>)>,
    /// Of roles of the database, and when they were read.
    privileges: Kept<String, (Instant, Arc<Privileges>)>,
    /// Those who see alike share what is kept for them.
    alike: Kept<Alike, Shared>,
}

impl Views {
    /// Serves a catalog under a policy. Permissions that do not fit the catalog give nothing, and are returned.
    pub(crate) fn new(
        catalog: Catalog,
        settings: Settings,
        policy: &Policy,
        revision: u64,
    ) -> (Self, Vec<Problem>) {
        let (whole, settings) = (Arc::new(catalog), Arc::new(settings));
        let (grants, problems) = grants(&whole, policy);
        let has_rules = !policy.is_empty();
        let common = Common { whole, settings, revision, grants, has_rules, catalogs: kept(CATALOGS_KEPT) };
        (Self::over(Arc::new(common)), problems)
    }

    /// The same for another thread, with nothing kept yet.
    pub(crate) fn another(&self) -> Self {
        Self::over(Arc::clone(&self.common))
    }

    fn over(common: Arc<Common>) -> Self {
        let everything = Shared::new(Arc::clone(&common.whole), None, PLANS_KEPT);
        let anonymous = Serving::new(everything, &common.settings, common.revision, &Principal::Anonymous);
        let mut views = Views {
            common,
            anonymous: Arc::new(anonymous),
            callers: kept(CALLERS_KEPT),
            privileges: kept(ROLES_KEPT),
            alike: kept(CATALOGS_KEPT),
        };
        if views.has_rules {
            views.anonymous = views.make(&Principal::Anonymous, None);
        }
        views
    }

    /// What is served to a caller, who takes no role of the database.
    pub(crate) fn of(&self, principal: &Principal) -> Arc<Serving> {
        if !self.has_rules || *principal == Principal::Anonymous {
            return Arc::clone(&self.anonymous);
        }
        self.find_or_make(principal, None)
    }

    /// What is served to a caller who takes a role of the database.
    pub(crate) fn of_role(
        &self,
        principal: &Principal,
        role: &str,
        privileges: &Arc<Privileges>,
    ) -> Arc<Serving> {
        self.find_or_make(principal, Some((role, privileges)))
    }

    /// What a role of the database may do, as far as that has been found out of late.
    pub(crate) fn privileges(&self, role: &str) -> Option<Arc<Privileges>> {
        let (read, privileges) = self.privileges.get(role)?;
        (read.elapsed() < PRIVILEGES_TIME).then_some(privileges)
    }

    /// Keeps what a role of the database may do.
    pub(crate) fn keep(&self, role: &str, privileges: Privileges) -> Arc<Privileges> {
        // What is kept for callers holds as long as these are the same.
        let known = self.privileges.get(role).map(|(_, known)| known).filter(|known| **known == privileges);
        let privileges = known.unwrap_or_else(|| Arc::new(privileges));
        self.privileges.insert(role.to_owned(), (Instant::now(), Arc::clone(&privileges)));
        privileges
    }

    fn find_or_make(&self, principal: &Principal, role: Taken<'_>) -> Arc<Serving> {
        let same = |known: &Option<Arc<Privileges>>| match (known, role) {
            (Some(one), Some((_, other))) => Arc::ptr_eq(one, other),
            (one, other) => one.is_none() && other.is_none(),
        };
        if let Some((_, serving)) = self.callers.get(principal).filter(|(known, _)| same(known)) {
            return serving;
        }
        let made = self.make(principal, role);
        let privileges = role.map(|(_, privileges)| Arc::clone(privileges));
        self.callers.insert(principal.clone(), (privileges, Arc::clone(&made)));
        made
    }

    fn make(&self, principal: &Principal, role: Taken<'_>) -> Arc<Serving> {
        let standing = standing(&self.whole, &self.grants, principal);
        let privileges = role.map(|(_, privileges)| privileges);
        let alike = (standing.applied.clone(), privileges.cloned());
        let shared = self.alike.get(&alike).unwrap_or_else(|| {
            let (catalog, rules) = self.catalogs.get(&alike).unwrap_or_else(|| {
                let seen = self.seen(&standing, privileges);
                self.catalogs.insert(alike.clone(), seen.clone());
                seen
            });
            let shared = Shared::new(catalog, rules, PLANS_KEPT_OF_EACH);
            self.alike.insert(alike, shared.clone());
            shared
        });
        let preface = role.map(|(role, _)| Query {
            statement: Arc::new(become_role()),
            parameters: vec![Value::Text(role.to_owned()), Value::Text(principal.told(role))].into(),
        });
        let serving = Serving::new(shared, &self.settings, self.revision, principal);
        Arc::new(Serving { caller: standing.values.into(), preface, ..serving })
    }
}

impl Common {
    fn seen(&self, standing: &Standing, privileges: Option<&Arc<Privileges>>) -> Seen {
        let of_role = privileges.map(|privileges| privileges::views(&self.whole, privileges));
        let by_rules = self.has_rules.then(|| standing.views(&self.whole, &self.grants));
        let seen = match (by_rules, of_role) {
            (Some(one), Some(other)) => one.into_iter().zip(other).map(|(a, b)| meet(a, b)).collect(),
            (Some(one), None) | (None, Some(one)) => one,
            // Nobody asks: there is nothing to decide.
            (None, None) => Vec::new(),
        };
        let count = u16::try_from(standing.values.len()).unwrap_or(u16::MAX);
        let rules = self.has_rules.then(|| standing.rules(&self.whole, &self.grants, &seen));
        (Arc::new(self.whole.seen_through(&seen, count)), rules.map(Arc::new))
    }
}

impl Deref for Views {
    type Target = Common;

    fn deref(&self) -> &Common {
        &self.common
    }
}

fn kept<K: std::hash::Hash + Eq, V: Clone>(most: usize) -> Kept<K, V> {
    let hasher = foldhash::fast::RandomState::default();
    Cache::with(most, most as u64, UnitWeighter, hasher, DefaultLifecycle::default())
}
