//! What random requests leave open, because more than one answer is right, but not any.

use serde_json::Value;

use super::mixed;
use crate::harness::assert_valid_document;
use crate::harness::links::{Link, encode, href};
use crate::harness::server::{Options, Server};

/// CMP-03, CMP-06: whichever bound holds for a resource that several paths reach, each included resource is linked.
#[test]
fn linkage_is_full_when_bounds_of_several_paths_overlap() {
    let database = mixed::database();
    let server = Server::start(&database.location(), &Options::default());
    let mut client = server.client();
    for query in [
        "people?include=people,people.people,boss.people&page[people][limit]=1&page[people.people][limit]=3",
        "people?include=people.people.people&page[people][limit]=2&page[people.people][limit]=1&page[limit]=100",
        "articles?include=comments.author.comments,author.comments&page[comments][limit]=1&page[author.comments][limit]=2",
        "articles?include=tag+list.articles.tag+list&page[tag+list][limit]=1&page[tag+list.articles][limit]=2",
        "waiters?include=waiters.deputy.waiters,deputy.waiters",
        "comments?include=comments.comments.comments,reply_to.comments&page[comments][limit]=1&page[size]=100",
    ] {
        let response = client.get(&format!("{}/{query}", server.base_path()));
        assert_eq!(response.status, 200, "{query}: {}", response.text());
        assert_valid_document(&response.json());
    }
}

/// Parameters have no order, so a cursor is good for its list however the URL is written.
#[test]
fn a_cursor_does_not_depend_on_the_order_of_parameters() {
    let database = mixed::database();
    let server = Server::start(&database.location(), &Options::default());
    let mut client = server.client();
    let query = "filter[age][gte]=30&filter[name][ne]=Ann&sort=age,-name&page[size]=3";
    let first = client.get(&format!("{}/people?{query}", server.base_path())).json();
    let next = href(&first["links"]["next"]).unwrap();
    let expected = client.get(next).json();
    let link = Link::parse(next);
    let reversed: Vec<String> =
        link.query.iter().rev().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    let response = client.get(&format!("{}/people?{}", server.base_path(), reversed.join("&")));
    assert_eq!(response.status, 200, "{}", response.text());
    assert_eq!(response.json()["data"], expected["data"]);
}

/// CUR-16: a cursor keeps dividing the list when the item it fell on is gone.
#[test]
fn a_cursor_outlives_its_item() {
    let database = mixed::database();
    let server = Server::start(&database.location(), &Options::default());
    let mut client = server.client();
    let ids = |document: &Value| -> Vec<String> {
        document["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let first = client.get(&format!("{}/nobodies?page[size]=2", server.base_path()));
    assert_eq!(ids(&first.json()), Vec::<String>::new());
    for id in 1..=5 {
        database.open().execute(&format!("INSERT INTO nobodies (id, word) VALUES ({id}, 'x')"));
    }
    let first = client.get(&format!("{}/nobodies?page[size]=2&sort=-id", server.base_path())).json();
    assert_eq!(ids(&first), ["5", "4"]);
    database.open().execute("DELETE FROM nobodies WHERE id = 4");
    let second = client.get(href(&first["links"]["next"]).unwrap()).json();
    assert_eq!(ids(&second), ["3", "2"]);
    database.open().execute("INSERT INTO nobodies (id, word) VALUES (4, 'again'), (9, 'new')");
    let back = client.get(href(&second["links"]["prev"]).unwrap()).json();
    assert_eq!(ids(&back), ["5", "4"]);
}
