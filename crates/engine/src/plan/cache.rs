//! Plans kept by shape.

use std::sync::Arc;

use docent_catalog::model::Catalog;
use docent_sql::render::Dialect;
use quick_cache::sync::Cache;

use super::Plan;
use crate::resolve::Shape;

/// Plans kept at most; the least used go first.
const PLANS_KEPT: usize = 1_000;

/// A bounded cache of plans.
#[derive(Debug)]
pub(crate) struct Plans(Cache<Shape, Arc<Plan>, quick_cache::UnitWeighter, foldhash::fast::RandomState>);

impl Plans {
    pub(crate) fn new() -> Self {
        let hasher = foldhash::fast::RandomState::default();
        let lifecycle = quick_cache::sync::DefaultLifecycle::default();
        let weight = PLANS_KEPT as u64;
        Plans(Cache::with(PLANS_KEPT, weight, quick_cache::UnitWeighter, hasher, lifecycle))
    }

    /// The plan of a shape, compiled if it is not kept.
    pub(crate) fn get(
        &self,
        catalog: &Catalog,
        shape: Shape,
        dialect: Dialect,
        link_objects: bool,
    ) -> Arc<Plan> {
        if let Some(plan) = self.0.get(&shape) {
            return plan;
        }
        let plan = Arc::new(Plan::new(catalog, &shape, dialect, link_objects));
        tracing::trace!(%plan, "compiled");
        self.0.insert(shape, Arc::clone(&plan));
        plan
    }
}
