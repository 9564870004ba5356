//! Callers, and how they show who they are: with an API key. Nothing else here knows of credentials.

use serde_json::{Map, Value, json};

use super::leak::toml;
use crate::harness::server::Options;

/// Somebody.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    key: &'static str,
    hash: &'static str,
    id: String,
    roles: Vec<String>,
    claims: Map<String, Value>,
}

/// Keys and their hashes.
const KEYS: [(&str, &str); 5] = [
    ("key-of-ann", "ca64daa8b294dc4835d29ca02a6a47427ebc6a225ea3ac2e15f8417fb6601db2"),
    ("key-of-bob", "808a1d81b5de08d72083995df738947d519d230a20c236003268f0f4b65ee475"),
    ("key-of-ed", "90a8955d3dae6d498ac896a9064bbb5aff6967bf97fffd4c60dc46c33ae241e4"),
    ("key-of-adm", "8678703373761382da2ae4f24a676de09cae27bb6052bbbee0a93e5ea032f75e"),
    ("key-of-reader", "36b25be79ab228d4616570f70a8298442d5a6b0b8a018d5324989f475ac43887"),
];

impl Caller {
    /// The caller with the key of that number.
    pub(super) fn new(number: usize, id: &str, roles: &[&str]) -> Self {
        let (key, hash) = KEYS[number];
        let roles = roles.iter().map(ToString::to_string).collect();
        Self { key, hash, id: id.to_owned(), roles, claims: Map::new() }
    }

    /// The same with claims.
    pub(super) fn with(mut self, claims: &Value) -> Self {
        self.claims.clone_from(claims.as_object().unwrap());
        self
    }

    /// The header field that shows who it is.
    pub(super) fn header(&self) -> (&'static str, &'static str) {
        ("X-Api-Key", self.key)
    }
}

/// Lets a server know callers.
pub(super) fn introduce(callers: &[Caller], options: &mut Options) {
    if callers.is_empty() {
        return;
    }
    let config = options.config.get_or_insert_default();
    config.push_str("\n[auth.api_keys]\nfile = \"keys.toml\"\n");
    let file = callers.iter().map(|caller| {
        let members = [
            ("hash", json!(caller.hash)),
            ("user", json!(caller.id)),
            ("roles", json!(caller.roles)),
            ("claims", Value::Object(caller.claims.clone())),
        ];
        let members = members.map(|(name, value)| format!("{name} = {}\n", toml(&value)));
        format!("[[keys]]\n{}", members.concat())
    });
    options.files.push(("keys.toml".to_owned(), file.collect()));
}
