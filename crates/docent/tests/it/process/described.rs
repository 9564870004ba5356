//! What a caller is told of the API: the OpenAPI document and the JSON Schemas have what they may see and do.

use serde_json::{Value, json};

use super::SHOP;
use crate::harness::databases::Database;
use crate::harness::http::Client;
use crate::harness::server::{Options, Server};

const POLICY: &str = r#"
[auth.api_keys]
file = "keys.toml"

[[roles.anonymous.allow]]
types = ["customers"]
actions = ["read"]
hide = ["orders"]

[[roles.clerk.allow]]
types = ["orders"]
actions = ["read", "create"]
where = { customer = "$user.id" }
set = { customer = "$user.id" }

[[roles.packer.allow]]
types = ["orders"]
actions = ["read", "update", "delete"]
hide = ["note"]
read_only = ["customer"]

[[roles.boss.allow]]
types = ["*"]
actions = ["*"]
"#;

const KEYS: &str = r#"
[[keys]]
hash = "ca64daa8b294dc4835d29ca02a6a47427ebc6a225ea3ac2e15f8417fb6601db2"
user = "1"
roles = ["clerk"]
[[keys]]
hash = "808a1d81b5de08d72083995df738947d519d230a20c236003268f0f4b65ee475"
user = "2"
roles = ["packer"]
[[keys]]
hash = "90a8955d3dae6d498ac896a9064bbb5aff6967bf97fffd4c60dc46c33ae241e4"
user = "3"
roles = ["boss"]
"#;

const CLERK: &[(&str, &str)] = &[("X-Api-Key", "key-of-ann")];
const PACKER: &[(&str, &str)] = &[("X-Api-Key", "key-of-bob")];
const BOSS: &[(&str, &str)] = &[("X-Api-Key", "key-of-ed")];

fn shop() -> (Database, Server, Client) {
    let database = Database::file(SHOP);
    let options = Options {
        config: Some(POLICY.to_owned()),
        files: vec![("keys.toml".to_owned(), KEYS.to_owned())],
        args: vec!["--writable".to_owned()],
        ..Options::default()
    };
    let server = Server::start(&database.location(), &options);
    let client = server.client();
    (database, server, client)
}

/// Paths with their methods, one a line.
fn methods(openapi: &Value) -> String {
    let mut lines = Vec::new();
    for (path, item) in openapi["paths"].as_object().unwrap() {
        let methods =
            ["get", "post", "patch", "delete"].into_iter().filter(|method| item.get(method).is_some());
        lines.push(format!("{path} {}\n", methods.collect::<Vec<_>>().join(" ")));
    }
    lines.sort();
    lines.concat()
}

/// Names of the fields of a schema of resources.
fn fields(schema: &Value) -> Vec<String> {
    let members = ["attributes", "relationships"].into_iter();
    let properties = members.filter_map(|member| schema["properties"][member]["properties"].as_object());
    properties.flat_map(|properties| properties.keys().cloned()).collect()
}

/// Names of the fields of a schema of request documents.
fn fields_of_request(schema: &Value) -> Vec<String> {
    fields(&schema["properties"]["data"])
}

#[test]
fn the_openapi_document_has_what_the_caller_may_do() {
    let (_database, _server, mut client) = shop();
    let mut described = |caller| client.send("GET", "/api/openapi.json", caller, None).json();

    let anonymous = described(&[]);
    assert_eq!(methods(&anonymous), "/ get\n/customers get\n/customers/{id} get\n");
    let schemas = &anonymous["components"]["schemas"];
    assert_eq!(fields(&schemas["customers"]), ["name"]);
    assert!(!anonymous.to_string().contains("orders"), "{anonymous:#}");

    let clerk = described(CLERK);
    assert_eq!(
        methods(&clerk),
        "/ get\n/customers get\n/customers/{id} get\n/operations post\n/orders get post\n/orders/{id} get\n\
         /orders/{id}/customer get\n/orders/{id}/relationships/customer get\n"
    );
    let schemas = &clerk["components"]["schemas"];
    assert_eq!(fields(&schemas["orders"]), ["note", "customer"]);
    assert_eq!(fields_of_request(&schemas["orders.create"]), ["note"]);
    assert!(schemas.get("orders.update").is_none(), "{schemas:#}");

    let packer = described(PACKER);
    assert_eq!(
        methods(&packer),
        "/ get\n/customers get\n/customers/{id} get\n/operations post\n/orders get\n/orders/{id} get patch delete\n\
         /orders/{id}/customer get\n/orders/{id}/relationships/customer get\n"
    );
    let schemas = &packer["components"]["schemas"];
    assert_eq!(fields(&schemas["orders"]), ["customer"]);
    assert_eq!(fields_of_request(&schemas["orders.update"]), [""; 0]);
    assert!(!packer.to_string().contains("\"note\""), "{packer:#}");

    let boss = described(BOSS);
    let relationships = "/customers/{id}/relationships/orders get post patch\n";
    assert!(methods(&boss).contains(relationships), "{}", methods(&boss));
    assert_eq!(fields(&boss["components"]["schemas"]["customers"]), ["name", "orders"]);
}

#[test]
fn schemas_have_what_the_caller_may_do() {
    let (_database, _server, mut client) = shop();
    let mut schema = |caller, name: &str| client.send("GET", &format!("/api/schemas/{name}"), caller, None);

    let customers = schema(&[], "customers").json();
    assert_eq!(fields(&customers["$defs"]["resource"]), ["name"]);
    assert!(customers["$defs"].get("create").is_none() && !customers.to_string().contains("orders"));
    for unknown in [schema(&[], "orders"), schema(&[], "nothing")] {
        assert!([401, 404].contains(&unknown.status), "{}", unknown.text());
        assert_eq!(unknown.json().get("$defs"), None);
    }

    let orders = schema(CLERK, "orders").json();
    assert_eq!(fields(&orders["$defs"]["resource"]), ["note", "customer"]);
    assert_eq!(fields_of_request(&orders["$defs"]["create"]), ["note"]);
    assert_eq!(orders["$defs"].get("update"), None);
    let orders = schema(PACKER, "orders").json();
    assert_eq!(fields(&orders["$defs"]["resource"]), ["customer"]);
    assert_eq!((orders["$defs"].get("create"), orders["$defs"].get("update").is_some()), (None, true));
}

#[test]
fn the_entry_point_leads_to_what_is_seen() {
    let (_database, _server, mut client) = shop();
    let links = client.get("/api").json()["links"].as_object().unwrap().clone();
    assert!(links.contains_key("customers") && !links.contains_key("orders"), "{links:?}");
    let links = client.send("GET", "/api", CLERK, None).json()["links"].take();
    assert_ne!(links["orders"], json!(null));
}
