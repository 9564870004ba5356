//! What one caller is served.

use std::ops::Deref;
use std::sync::Arc;

use docent_catalog::model::Catalog;
use docent_jsonapi::error::ErrorObject;
use docent_sql::{Query, Value};

use crate::access::{Principal, WriteRules};
use crate::error;
use crate::plan::Plans;
use crate::prepare::PreparedRequests;
use crate::settings::Settings;

/// What a caller is served: a request takes one and keeps it to its end.
#[derive(Debug)]
pub(crate) struct Serving {
    pub(crate) shared: Shared,
    pub(crate) settings: Arc<Settings>,
    pub(crate) revision: u64,
    /// The caller's values, which come first in every statement.
    pub(crate) caller: Arc<[Value]>,
    /// Whether the caller may be more than they have said.
    pub(crate) asks_for_credentials: bool,
    /// What each transaction begins with, where it takes a role of the database.
    pub(crate) preface: Option<Query>,
}

/// What callers share who see and may do the same.
#[derive(Debug, Clone)]
pub(crate) struct Shared {
    /// What they see.
    pub(crate) catalog: Arc<Catalog>,
    /// What they may write; everything, if there are no rules.
    pub(crate) rules: Option<Arc<WriteRules>>,
    pub(crate) plans: Arc<Plans>,
    pub(crate) prepared: Arc<PreparedRequests>,
}

impl Shared {
    /// Keeps that many plans and prepared requests.
    pub(crate) fn new(catalog: Arc<Catalog>, rules: Option<Arc<WriteRules>>, kept: usize) -> Self {
        Shared {
            catalog,
            rules,
            plans: Arc::new(Plans::new(kept)),
            prepared: Arc::new(PreparedRequests::new(kept)),
        }
    }
}

impl Serving {
    pub(crate) fn new(
        shared: Shared,
        settings: &Arc<Settings>,
        revision: u64,
        principal: &Principal,
    ) -> Self {
        let asks_for_credentials = settings.authenticates && *principal == Principal::Anonymous;
        Serving {
            shared,
            settings: Arc::clone(settings),
            revision,
            caller: Arc::new([]),
            asks_for_credentials,
            preface: None,
        }
    }

    /// The error for what the caller may not do: who has not said who they are is asked to.
    pub(crate) fn refusal(&self, detail: impl Into<String>) -> ErrorObject {
        let kind = if self.asks_for_credentials { &error::UNAUTHORIZED } else { &error::FORBIDDEN };
        ErrorObject::new(kind, detail)
    }
}

impl Deref for Serving {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.shared
    }
}
