//! Who asks. How somebody proves who they are is the edge's concern.

use std::sync::Arc;

use serde_json::{Map, Value};

/// Who asks.
#[derive(Debug, Clone, Default)]
pub enum Principal {
    /// Nobody in particular: no credentials were presented.
    #[default]
    Anonymous,
    /// Somebody.
    User(Arc<User>),
}

/// A caller whose credentials were good.
#[derive(Debug, Clone, PartialEq)]
pub struct User {
    /// Who they are.
    pub id: String,
    /// What they are, beyond `anonymous` and `authenticated`.
    pub roles: Vec<String>,
    /// What else is known of them.
    pub claims: Map<String, Value>,
}
