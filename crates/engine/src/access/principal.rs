//! Who asks. How somebody proves who they are is the edge's concern.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::policy::{ANONYMOUS, AUTHENTICATED};

/// Who asks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub enum Principal {
    /// Nobody in particular: no credentials were presented.
    #[default]
    Anonymous,
    /// Somebody.
    User(Arc<User>),
}

/// A caller whose credentials were good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Who they are.
    pub id: String,
    /// What they are, beyond `anonymous` and `authenticated`.
    pub roles: Vec<String>,
    /// What else is known of them.
    pub claims: Map<String, Value>,
}

impl Hash for User {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Claims tell users apart that are equal so far; few are.
        (&self.id, &self.roles).hash(state);
    }
}

impl Principal {
    /// Somebody of whom nothing is known but a role.
    pub(super) fn with_role(role: &str) -> Self {
        if role == ANONYMOUS {
            return Principal::Anonymous;
        }
        let (id, roles) = (String::new(), vec![role.to_owned()]);
        Principal::User(Arc::new(User { id, roles, claims: Map::new() }))
    }

    /// Whether the principal has a role.
    pub fn has_role(&self, role: &str) -> bool {
        match self {
            Principal::Anonymous => role == ANONYMOUS,
            Principal::User(user) => {
                role == ANONYMOUS || role == AUTHENTICATED || user.roles.iter().any(|own| own == role)
            }
        }
    }

    /// Everything known of the caller as JSON, for the database's own rules: the claims, with who they are as `sub`
    /// and the role taken as `role`.
    pub(super) fn told(&self, role: &str) -> String {
        let mut claims = Map::new();
        if let Principal::User(user) = self {
            claims.clone_from(&user.claims);
            claims.entry("sub").or_insert_with(|| user.id.clone().into());
        }
        claims.insert("role".to_owned(), role.into());
        Value::Object(claims).to_string()
    }

    /// What is known of the caller under a path; `id` is who they are, `roles` their own roles.
    pub(crate) fn claim(&self, path: &[String]) -> Option<Value> {
        let Principal::User(user) = self else { return None };
        match path {
            [only] if only == "id" => return Some(Value::String(user.id.clone())),
            [only] if only == "roles" => return Some(user.roles.clone().into()),
            _ => {}
        }
        let (first, rest) = path.split_first()?;
        rest.iter().try_fold(user.claims.get(first)?, |value, name| value.get(name)).cloned()
    }
}
