//! Children of many parents are read without a bound for each at first; whatever comes of that, documents are the same.

use serde_json::Value;

use crate::blog::{Blog, serve};

/// Two parents; `children` makes the rows of `leaves` and of `tree_tags`.
async fn trees(children: &str) -> Blog {
    let schema = "
        CREATE TABLE trees (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
        CREATE TABLE leaves (
            id INTEGER PRIMARY KEY, tree_id INTEGER NOT NULL REFERENCES trees, size INTEGER NOT NULL);
        CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
        CREATE TABLE tree_tags (
            tree_id INTEGER NOT NULL REFERENCES trees, tag_id INTEGER NOT NULL REFERENCES tags,
            PRIMARY KEY (tree_id, tag_id));
        INSERT INTO trees VALUES (1, 'oak'), (2, 'elm');
    ";
    serve(&format!("{schema}{children}")).await
}

/// Statements that answered, and the linkage of each tree.
async fn linkage(blog: &Blog, relationship: &str, limit: usize) -> (u32, Vec<Value>) {
    let url = format!("/trees?include={relationship}&page[{relationship}][limit]={limit}");
    let response = blog.get(&url).await;
    assert_eq!(response.status, 200, "{:?}", response.internal);
    let document: Value = serde_json::from_slice(&response.body.concat()).unwrap();
    let trees = document["data"].as_array().unwrap().iter();
    let shown = trees.map(|tree| tree["relationships"][relationship].clone()).collect::<Vec<_>>();
    let included = document["included"].as_array().unwrap();
    let listed: usize = shown.iter().map(|one| one["data"].as_array().unwrap().len()).sum();
    assert!(included.len() <= listed, "nothing is included that is not linked");
    (response.timings.statements, shown)
}

fn ids(relationship: &Value) -> Vec<&str> {
    relationship["data"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn few_children_take_one_statement() {
    let blog = trees("INSERT INTO leaves VALUES (3, 1, 9), (1, 1, 8), (2, 2, 7)").await;
    let (statements, shown) = linkage(&blog, "leaves", 1).await;
    assert_eq!(statements, 2);
    assert_eq!((ids(&shown[0]), ids(&shown[1])), (vec!["1"], vec!["2"]));
    assert!(shown[0]["links"]["next"].is_string() && shown[1]["links"]["next"].is_null());
}

#[tokio::test]
async fn too_many_children_are_read_again_with_a_bound_for_each() {
    let blog = trees(
        "WITH n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 1200)
         INSERT INTO leaves SELECT n, 1, 0 FROM n;
         INSERT INTO leaves VALUES (5000, 2, 0), (5001, 2, 0)",
    )
    .await;
    for expected in [4, 2] {
        let (statements, shown) = linkage(&blog, "leaves", 2).await;
        assert_eq!(statements, expected, "the next read does not try");
        assert_eq!((ids(&shown[0]), ids(&shown[1])), (vec!["1", "2"], vec!["5000", "5001"]));
        assert!(shown[0]["links"]["next"].is_string() && shown[1]["links"]["next"].is_null());
    }
}

#[tokio::test]
async fn cmp_04_an_index_that_brings_children_in_another_order_changes_nothing() {
    let blog = trees(
        "CREATE INDEX by_size ON leaves (tree_id, size);
         INSERT INTO leaves VALUES (1, 1, 9), (2, 1, 8), (3, 1, 7), (4, 2, 6)",
    )
    .await;
    let (statements, shown) = linkage(&blog, "leaves", 2).await;
    assert_eq!(statements, 4, "rows came in the order of the index");
    assert_eq!((ids(&shown[0]), ids(&shown[1])), (vec!["1", "2"], vec!["4"]));
}

#[tokio::test]
async fn members_behind_a_join_table_come_in_order() {
    let blog = trees(
        "INSERT INTO tags VALUES (1, 'a'), (2, 'b'), (3, 'c');
         INSERT INTO tree_tags VALUES (1, 3), (1, 1), (1, 2), (2, 1)",
    )
    .await;
    let (statements, shown) = linkage(&blog, "tags", 2).await;
    assert_eq!(statements, 2);
    assert_eq!((ids(&shown[0]), ids(&shown[1])), (vec!["1", "2"], vec!["1"]));
    assert!(shown[0]["links"]["next"].is_string());
}
