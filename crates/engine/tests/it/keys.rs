//! Keys that SQLite lets be anything: one identity, one resource, one URL.

use serde_json::{Value, json};

use crate::blog::{Blog, serve};

fn ids(document: &Value) -> Vec<&str> {
    document["data"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect()
}

async fn check_links(blog: &Blog, document: &Value) {
    for one in document["data"].as_array().unwrap() {
        let link = one["links"]["self"].as_str().unwrap().strip_prefix("http://h.test").unwrap();
        assert_eq!(blog.document(link).await["data"]["attributes"], one["attributes"], "{link}");
    }
}

#[tokio::test]
async fn values_of_several_kinds_in_one_key_are_told_apart() {
    let blog = serve(
        "CREATE TABLE loose (key PRIMARY KEY NOT NULL, value);
         INSERT INTO loose VALUES (1, 'integer'), ('1', 'text'), (x'31', 'blob'), ('MQ==', 'base64'), (0.5, 'real');
         CREATE TABLE bytes (key BLOB PRIMARY KEY NOT NULL, value);
         INSERT INTO bytes VALUES (x'31', 'blob'), ('MQ==', 'text');",
    )
    .await;
    let loose = blog.document("/loose").await;
    assert_eq!(ids(&loose), ["0.5", "1", "'1'", "MQ==", "x'31'"]);
    check_links(&blog, &loose).await;
    let bytes = blog.document("/bytes").await;
    assert_eq!(ids(&bytes), ["'MQ=='", "MQ=="]);
    check_links(&blog, &bytes).await;
}

#[tokio::test]
async fn a_foreign_key_under_another_collation_is_no_relationship() {
    let blog = serve(
        "CREATE TABLE colours (name TEXT COLLATE NOCASE PRIMARY KEY NOT NULL, hex TEXT);
         INSERT INTO colours VALUES ('Red', 'f00');
         CREATE TABLE cars (id INTEGER PRIMARY KEY, colour TEXT REFERENCES colours(name));
         INSERT INTO cars VALUES (1, 'red');
         CREATE TABLE boats (id INTEGER PRIMARY KEY, colour TEXT COLLATE NOCASE REFERENCES colours(name));
         CREATE INDEX boats_colour ON boats(colour);
         INSERT INTO boats VALUES (1, 'red');",
    )
    .await;
    assert_eq!(blog.document("/cars/1").await["data"]["attributes"], json!({"colour": "red"}));
    // Compared in the same way on both sides, it is one, and linkage has the id of the resource.
    let boat = blog.document("/boats/1?include=colour").await;
    assert_eq!(boat["data"]["relationships"]["colour"]["data"], json!({"type": "colours", "id": "Red"}));
    assert_eq!(boat["included"][0]["id"], "Red");
    assert_eq!(ids(&blog.document("/colours/Red/boats").await), ["1"]);
    assert_eq!(blog.get("/colours/red").await.status, 404);
}

#[tokio::test]
async fn a_foreign_key_of_another_affinity_links_as_the_database_joins() {
    let blog = serve(
        "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT);
         INSERT INTO people VALUES (1, 'Ada');
         CREATE TABLE cars (id INTEGER PRIMARY KEY, owner_id TEXT REFERENCES people(id));
         INSERT INTO cars VALUES (1, '1');",
    )
    .await;
    let linked = json!([{"type": "cars", "id": "1"}]);
    assert_eq!(
        blog.document("/people/1?include=cars").await["data"]["relationships"]["cars"]["data"],
        linked
    );
    assert_eq!(blog.document("/people/1/relationships/cars").await["data"], linked);
    assert_eq!(blog.document("/cars/1?include=owner").await["included"][0]["id"], "1");
    assert_eq!(ids(&blog.document("/people?filter[cars]=1").await), ["1"]);
    assert_eq!(ids(&blog.document("/cars?filter[owner]=1").await), ["1"]);
}

#[tokio::test]
async fn inc_09_the_order_of_include_paths_makes_no_difference() {
    let blog = crate::blog::blog().await;
    let one = blog.document("/articles?include=tags,comments").await;
    let other = blog.document("/articles?include=comments,tags").await;
    assert_eq!(one["data"], other["data"]);
}

#[tokio::test]
async fn bytes_in_composite_keys_are_found_by_include() {
    let blog = serve(
        "CREATE TABLE pairs (l, r NUMERIC, value, PRIMARY KEY (l, r));
         INSERT INTO pairs VALUES (x'31', 1, 'bytes'), ('', '', 'empty'), (x'', x'', 'empty bytes');
         CREATE TABLE links (id INTEGER PRIMARY KEY, l, r NUMERIC, FOREIGN KEY (l, r) REFERENCES pairs(l, r));
         INSERT INTO links VALUES (1, x'31', 1), (2, x'', x'');
         CREATE TABLE broken (key TEXT PRIMARY KEY NOT NULL);
         INSERT INTO broken VALUES (CAST(x'ff' AS TEXT)), (CAST(x'fe' AS TEXT));",
    )
    .await;
    for (path, expected) in [("/links/1?include=pairs", "bytes"), ("/links/2?include=pairs", "empty bytes")] {
        let document = blog.document(path).await;
        assert_eq!(document["included"][0]["attributes"]["value"], expected, "{path}");
        assert_eq!(document["included"][0]["id"], document["data"]["relationships"]["pairs"]["data"]["id"]);
    }
    let broken = blog.document("/broken").await;
    assert_eq!(ids(&broken), ["t'FE'", "t'FF'"]);
    check_links(&blog, &broken).await;
}
