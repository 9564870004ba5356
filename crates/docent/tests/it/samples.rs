//! The sample databases are served unchanged: every link leads somewhere, every document is valid, and the names are
//! those the naming rules promise.

mod originals;

use std::collections::{BTreeSet, VecDeque};

use serde_json::Value;

use crate::harness::databases::Database;
use crate::harness::document_faults;
use crate::harness::engine::Engine;
use crate::harness::http::{Client, Response};
use crate::harness::links::{Link, encode, href};
use crate::harness::server::{Options, Server};

/// Documents fetched from one database at most.
const VISITED_MAX: usize = 900;

/// Links of the same shape (same path but for the id) followed at most.
const SAME_SHAPE_MAX: usize = 8;

#[test]
fn chinook_can_be_crawled() {
    let database = Database::chinook();
    let server = Server::start(&database.location(), &Options::default());
    assert!(crawl(&server) > 100);
}

#[test]
fn northwind_can_be_crawled() {
    let database = Database::northwind();
    let server = Server::start(&database.location(), &Options::default());
    assert!(crawl(&server) > 100);
}

#[test]
fn sakila_can_be_crawled() {
    let database = Database::sakila();
    let server = Server::start(&database.location(), &Options::default());
    assert!(crawl(&server) >= 15);
}

#[test]
fn nasty_can_be_crawled() {
    let database = Database::nasty();
    let server = Server::start(&database.location(), &Options::default());
    assert!(crawl(&server) > 100);
}

#[test]
fn every_type_with_all_its_relationships_included_is_valid() {
    for database in [Database::chinook(), Database::northwind(), Database::sakila(), Database::nasty()] {
        let server = Server::start(&database.location(), &Options::default());
        let mut client = server.client();
        for url in type_links(&client.get(&format!("{}/", server.base_path())).json()) {
            let (attributes, relationships) = fields(&mut client, &url);
            for name in &relationships {
                get_valid(&mut client, &format!("{url}?include={}&page%5Blimit%5D=5", encode(name)));
            }
            for name in &attributes {
                let filter = format!("{url}?filter%5B{}%5D%5Bnull%5D=true&page%5Blimit%5D=5", encode(name));
                get_valid(&mut client, &filter);
            }
        }
    }
}

#[test]
fn chinook_has_the_promised_names() {
    let database = Database::chinook();
    let server = Server::start(&database.location(), &Options::default());
    let types = type_names(&server);
    let expected = [
        "Album",
        "Artist",
        "Customer",
        "Employee",
        "Genre",
        "Invoice",
        "InvoiceLine",
        "MediaType",
        "Playlist",
        "Track",
    ];
    assert_eq!(types, BTreeSet::from(expected.map(str::to_owned)));
    let mut get = getter(&server);
    let employee = get("/Employee/2");
    assert_eq!(relationship_names(&employee), ["Customer", "Employee", "ReportsTo"]);
    assert_eq!(employee["data"]["relationships"]["ReportsTo"]["data"]["id"], "1");
    assert_eq!(employee["data"]["attributes"]["HireDate"], "2002-05-01T00:00:00");
    assert!(employee["data"]["attributes"].get("EmployeeId").is_none());
    let album = get("/Album/1");
    assert_eq!(relationship_names(&album), ["Artist", "Track"]);
    assert!(album["data"]["attributes"].get("ArtistId").is_none());
    let track = get("/Track/1");
    assert_eq!(relationship_names(&track), ["Album", "Genre", "InvoiceLine", "MediaType", "Playlist"]);
    assert_eq!(track["data"]["attributes"]["UnitPrice"], "0.99");
    assert_eq!(get("/Playlist/18/Track")["data"][0]["id"], "597");
    assert_eq!(
        get("/Customer/1?fields[Customer]=SupportRep")["data"]["relationships"]["SupportRep"]["data"]["id"],
        "3"
    );
}

#[test]
fn northwind_has_the_promised_names() {
    let database = Database::northwind();
    let server = Server::start(&database.location(), &Options::default());
    let types = type_names(&server);
    let left_out =
        ["CustomerCustomerDemo", "EmployeeTerritories", "Invoices", "Orders Qry", "sqlite_sequence"];
    assert!(left_out.iter().all(|name| !types.contains(*name)), "{types:?}");
    assert_eq!(types.len(), 11, "{types:?}");
    let mut get = getter(&server);
    let detail = get("/Order%20Details/10248~11");
    assert_eq!(detail["data"]["type"], "Order Details");
    assert_eq!(detail["data"]["id"], "10248~11");
    assert_eq!(
        detail["data"]["attributes"],
        serde_json::json!({"UnitPrice": "14", "Quantity": 12, "Discount": 0.0})
    );
    assert_eq!(relationship_names(&detail), ["Order", "Product"]);
    assert_eq!(detail["data"]["relationships"]["Product"]["data"]["id"], "11");
    let employee = get("/Employees/1");
    assert_eq!(relationship_names(&employee), ["Employees", "Orders", "ReportsTo", "Territories"]);
    assert_eq!(
        relationship_names(&get("/Orders/10248")),
        ["Customer", "Employee", "Order Details", "ShipVia"]
    );
    // SQLite serves the text that is stored, others a time.
    let fraction = if Engine::under_test().is_strict() { "" } else { ".000" };
    let date = format!("1996-07-04T00:00:00{fraction}");
    assert_eq!(get("/Orders/10248")["data"]["attributes"]["OrderDate"], date);
    assert_eq!(relationship_names(&get("/Customers/ALFKI")), ["CustomerDemographics", "Orders"]);
}

#[test]
fn sakila_has_the_promised_names() {
    let database = Database::sakila();
    let server = Server::start(&database.location(), &Options::default());
    assert_eq!(type_names(&server).len(), 16);
    let mut client = server.client();
    let schema = |client: &mut Client, name: &str| {
        let response = client.get(&format!("{}/schemas/{name}", server.base_path()));
        assert_eq!(response.status, 200);
        response.text()
    };
    let language = schema(&mut client, "language");
    assert!(language.contains("language_film") && language.contains("original_language_film"), "{language}");
    let staff = schema(&mut client, "staff");
    assert!(staff.contains("manager_staff_store") && !staff.contains("\"password\""), "{staff}");
    let empty = client.get(&format!("{}/film?include=language,film_actor.actor", server.base_path())).json();
    assert_eq!((&empty["data"], &empty["included"]), (&serde_json::json!([]), &serde_json::json!([])));
}

#[test]
fn nasty_has_the_promised_names() {
    let database = Database::nasty();
    let server = Server::start(&database.location(), &Options::default());
    let types = type_names(&server);
    let left_out = [
        "keyless",
        "maybe_unique",
        "keyless_child",
        "node_mail",
        "node_links",
        "node_names",
        "broken_view",
        "search",
        "search_data",
        "search_config",
    ];
    assert!(left_out.iter().all(|name| !types.contains(*name)), "{types:?}");
    for name in
        ["select", "Größe Ω", "two  spaces", "no_rowid", "keyed_by_unique", "node_text_keys", "empty_one"]
    {
        assert!(types.contains(name), "{name}: {types:?}");
    }
    let mut get = getter(&server);
    let reserved = get("/reserved/1");
    let names: Vec<_> = reserved["data"]["attributes"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(
        names,
        ["attributes", "lid", "links", "meta", "relationships", "reserved_id", "reserved_type"]
    );
    assert_eq!(get("/accounts/1")["data"]["attributes"], serde_json::json!({"login": "ann"}));
    assert_eq!(get("/loans/1?include=editions")["included"][0]["id"], "a%7E1~1");
    assert_eq!(get("/editions/a%257E1~2")["data"]["attributes"]["title"], "second");
    assert_eq!(get("/editions/50%2525~1")["data"]["attributes"]["title"], "half");
    assert_eq!(get("/nodes/1/relationships/loans_borrower").get("data"), None);
    assert_eq!(relationship_names(&get("/orphans/1")), Vec::<String>::new());
    assert_eq!(get("/orphans/1")["data"]["attributes"]["gone_id"], 7);
    assert_eq!(get("/letters/1/recipient")["data"]["id"], "1");
    assert_eq!(get("/nodes/1/passports")["data"]["id"], "1");
    for (id, note) in
        [("a%2Fb", "slash"), ("50%25", "percent"), ("a~b", "tilde"), ("%2541", "escape"), ("null", "word")]
    {
        assert_eq!(get(&format!("/text_keys/{id}"))["data"]["attributes"]["note"], note);
    }
    assert_eq!(get("/big_keys/9007199254740993")["data"]["attributes"]["note"], "beyond a double");
    assert_eq!(get("/blob_keys/%2F%2F79")["data"]["attributes"]["note"], "three");
}

/// GETs a path below the base and returns the document.
fn getter(server: &Server) -> impl FnMut(&str) -> Value {
    let mut client = server.client();
    let base = server.base_path().to_owned();
    move |path| client.get(&format!("{base}{path}")).json()
}

/// GETs a URL whose answer must be a valid document with status 200.
#[track_caller]
fn get_valid(client: &mut Client, url: &str) -> Value {
    let response = client.get(url);
    assert_eq!(response.status, 200, "{url}: {}", response.text());
    let document = response.json();
    let faults = document_faults(&document);
    assert!(faults.is_empty(), "{url}:\n  {}", faults.join("\n  "));
    document
}

fn type_links(entry_point: &Value) -> Vec<String> {
    let links = entry_point["links"].as_object().unwrap().iter();
    let of_types = links.filter(|(name, _)| !matches!(name.as_str(), "self" | "describedby"));
    of_types.filter_map(|(_, link)| href(link)).map(str::to_owned).collect()
}

fn type_names(server: &Server) -> BTreeSet<String> {
    let entry_point = server.client().get(&format!("{}/", server.base_path())).json();
    type_links(&entry_point).iter().map(|url| Link::parse(url).segments.pop().unwrap()).collect()
}

fn relationship_names(document: &Value) -> Vec<String> {
    document["data"]["relationships"].as_object().map(|it| it.keys().cloned().collect()).unwrap_or_default()
}

/// Names of attributes and relationships that resources of a collection have.
fn fields(client: &mut Client, url: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let document = get_valid(client, &format!("{url}?page%5Blimit%5D=5"));
    let names = |member: &str| -> BTreeSet<String> {
        let resources = document["data"].as_array().unwrap().iter();
        resources.filter_map(|it| it[member].as_object()).flat_map(|it| it.keys().cloned()).collect()
    };
    (names("attributes"), names("relationships"))
}

/// Follows every link from the entry point, breadth first, within bounds; returns how many documents were fetched.
fn crawl(server: &Server) -> usize {
    let mut client = server.client();
    let mut waiting = VecDeque::from([server.url().to_owned()]);
    let mut known: BTreeSet<String> = waiting.iter().cloned().collect();
    let mut shapes = std::collections::BTreeMap::new();
    let mut visited = 0;
    while let Some(url) = waiting.pop_front() {
        if visited == VISITED_MAX {
            break;
        }
        let response = client.get(&url);
        assert_eq!(response.status, 200, "{url}: {}", response.text());
        visited += 1;
        let is_document =
            response.header("content-type").is_some_and(|it| it.starts_with(crate::harness::JSON_API));
        if is_document {
            for link in links_of(&url, server.url(), &response) {
                let count = shapes.entry(shape(&link[server.url().len()..])).or_insert(0);
                if *count < SAME_SHAPE_MAX && known.insert(link.clone()) {
                    *count += 1;
                    waiting.push_back(link);
                }
            }
        }
    }
    visited
}

/// Path (below the base) without the id, and the names of the parameters.
fn shape(path: &str) -> (Vec<String>, Vec<String>) {
    let link = Link::parse(path);
    let mut segments = link.segments;
    if segments.len() > 1 {
        segments.remove(1);
    }
    (segments, link.query.into_iter().map(|(name, _)| name).collect())
}

/// All links of a valid document.
fn links_of(url: &str, base: &str, response: &Response) -> Vec<String> {
    let mut document = response.json();
    let mut links = Vec::new();
    collect(&document, &mut links);
    assert!(links.iter().all(|link| link.starts_with(base)), "{url}: a link leads elsewhere: {links:?}");
    if url == base {
        // The entry point's links have a member per type, which no other document may have.
        let members = document["links"].as_object_mut().unwrap();
        members.retain(|name, _| name == "self" || name == "describedby");
    }
    let faults = document_faults(&document);
    assert!(faults.is_empty(), "{url}:\n  {}\n{document:#}", faults.join("\n  "));
    links
}

fn collect(value: &Value, links: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members.iter().filter(|(name, _)| *name != "attributes") {
                if name == "links" {
                    links.extend(
                        member
                            .as_object()
                            .into_iter()
                            .flatten()
                            .filter_map(|(_, link)| href(link))
                            .map(str::to_owned),
                    );
                } else {
                    collect(member, links);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, links)),
        _ => {}
    }
}
