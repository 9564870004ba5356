//! What is served to each caller: made when it is first needed, and kept.

use std::sync::Arc;

use docent_catalog::Problem;
use docent_catalog::model::Catalog;
use docent_sql::statement::Condition;
use quick_cache::UnitWeighter;
use quick_cache::sync::{Cache, DefaultLifecycle};

use super::caller::standing;
use super::grants::{Grant, grants};
use super::policy::Policy;
use super::principal::Principal;
use crate::engine::{Serving, Shared};
use crate::settings::Settings;

/// Callers kept at most; the least used go first.
const CALLERS_KEPT: usize = 10_000;
/// Catalogs kept at most. There are as many as ways in which permissions come together.
const CATALOGS_KEPT: usize = 200;

type Kept<K, V> = Cache<K, V, UnitWeighter, foldhash::fast::RandomState>;

/// What is served, to whom.
#[derive(Debug)]
pub(crate) struct Views {
    /// The whole catalog, of which nobody sees more.
    pub(crate) whole: Arc<Catalog>,
    pub(crate) settings: Arc<Settings>,
    pub(crate) revision: u64,
    grants: Vec<Grant>,
    /// What callers without credentials are served; all are, if there are no rules.
    anonymous: Arc<Serving>,
    has_rules: bool,
    callers: Kept<Principal, Arc<Serving>>,
    /// Those who see alike share what is kept for them.
    alike: Kept<Vec<(usize, Condition)>, Shared>,
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
        let everything = Shared::new(Arc::clone(&whole), None);
        let mut views = Views {
            anonymous: Arc::new(Serving::new(
                everything,
                &settings,
                revision,
                &Principal::Anonymous,
                Vec::new(),
            )),
            whole,
            settings,
            revision,
            grants,
            has_rules: !policy.is_empty(),
            callers: kept(CALLERS_KEPT),
            alike: kept(CATALOGS_KEPT),
        };
        if views.has_rules {
            views.anonymous = views.make(&Principal::Anonymous);
        }
        (views, problems)
    }

    /// What is served to a caller.
    pub(crate) fn of(&self, principal: &Principal) -> Arc<Serving> {
        if !self.has_rules || *principal == Principal::Anonymous {
            return Arc::clone(&self.anonymous);
        }
        if let Some(known) = self.callers.get(principal) {
            return known;
        }
        let made = self.make(principal);
        self.callers.insert(principal.clone(), Arc::clone(&made));
        made
    }

    fn make(&self, principal: &Principal) -> Arc<Serving> {
        let standing = standing(&self.whole, &self.grants, principal);
        let shared = self.alike.get(&standing.applied).unwrap_or_else(|| {
            let seen = standing.views(&self.whole, &self.grants);
            let count = u16::try_from(standing.values.len()).unwrap_or(u16::MAX);
            let rules = standing.rules(&self.whole, &self.grants, &seen);
            let shared = Shared::new(Arc::new(self.whole.seen_through(&seen, count)), Some(rules));
            self.alike.insert(standing.applied.clone(), shared.clone());
            shared
        });
        Arc::new(Serving::new(shared, &self.settings, self.revision, principal, standing.values))
    }
}

fn kept<K: std::hash::Hash + Eq, V: Clone>(most: usize) -> Kept<K, V> {
    let hasher = foldhash::fast::RandomState::default();
    Cache::with(most, most as u64, UnitWeighter, hasher, DefaultLifecycle::default())
}
