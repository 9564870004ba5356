//! Plans kept by shape.

use std::sync::Arc;

use docent_catalog::model::Catalog;
use docent_sql::render::Dialect;
use quick_cache::sync::Cache;

use super::Plan;
use crate::resolve::Shape;

/// A bounded cache of plans; the least used go first.
#[derive(Debug)]
pub(crate) struct Plans(Cache<Shape, Arc<Plan>, quick_cache::UnitWeighter, foldhash::fast::RandomState>);

impl Plans {
    /// Keeps that many at most.
    pub(crate) fn new(kept: usize) -> Self {
        let hasher = foldhash::fast::RandomState::default();
        let lifecycle = quick_cache::sync::DefaultLifecycle::default();
        Plans(Cache::with(kept, kept as u64, quick_cache::UnitWeighter, hasher, lifecycle))
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
