//! Attempts to link, or unlink, rows that one may not see or change.

use rusqlite::types::Value as Stored;
use serde_json::{Value, json};

use crate::access::newsroom::fixture::{
    Newsroom, Who, change, link, linkage, new, newsroom, one, operations,
};

/// Lets authors change whatever they see.
const GENEROUS: &str = r#"
[[roles.author.allow]]
types = ["articles", "people", "tags", "portraits", "comments"]
actions = ["create", "update"]
"#;

/// Nobody links what they cannot see, from either side and by whatever request.
#[test]
fn what_is_hidden_cannot_be_linked() {
    let mut newsroom = newsroom(GENEROUS);
    let resource = |relationship: &str, data: Value| json!({"data": {"type": "people", "id": "1", "relationships": {relationship: {"data": data}}}});
    let comment =
        new("comments", json!({"body": "x", "article": one("articles", 4), "author": one("people", 1)}));
    for (request, document) in [
        ("PATCH /comments/1/relationships/article", link("articles", 4)),
        ("PATCH /comments/1", change("comments", 1, json!({"article": one("articles", 4)}))),
        ("POST /comments", comment.clone()),
        ("POST /people/1/relationships/author_articles", linkage("articles", [4])),
        ("PATCH /people/1/relationships/author_articles", linkage("articles", [1, 2, 4])),
        ("DELETE /people/2/relationships/author_articles", linkage("articles", [4])),
        ("PATCH /people/1", resource("author_articles", json!([one("articles", 1), one("articles", 4)]))),
        ("POST /tags/1/relationships/articles", linkage("articles", [4])),
        ("PATCH /tags/1/relationships/articles", linkage("articles", [1, 4])),
        ("POST /articles/4/relationships/tags", linkage("tags", [1])),
        ("DELETE /articles/4/relationships/tags", linkage("tags", [2])),
        ("PATCH /articles/4/relationships/author", link("people", 1)),
        ("POST /articles/1/relationships/comments", linkage("comments", [3])),
        ("PATCH /articles/1/relationships/comments", linkage("comments", [1, 2, 3])),
        ("POST /operations", operations(json!([{"op": "add", "data": comment["data"]}]))),
        (
            "POST /operations",
            operations(json!([
                {"op": "add", "data": {"type": "tags", "lid": "t", "attributes": {"name": "x"}}},
                {"op": "add", "ref": {"type": "tags", "lid": "t", "relationship": "articles"}, "data": [one("articles", 4)]},
            ])),
        ),
        (
            "POST /operations",
            operations(json!([
                {"op": "update", "ref": {"type": "comments", "id": "1", "relationship": "article"}, "data": one("articles", 4)},
            ])),
        ),
    ] {
        let before = newsroom.rows();
        let response = newsroom.send(Who::Ann, request, &document);
        // What is not there need not be taken away.
        let is_nothing = response.status == 204 && request.starts_with("DELETE");
        let said = format!("{request}: {} {}", response.status, response.text());
        assert!(response.status == 404 || is_nothing, "{said}");
        assert!(!said.contains("Scoop"), "{said}");
        assert!(newsroom.rows() == before, "{said}\nbut rows have changed");
    }
}

/// `DELETE` of what is not linked as far as the caller sees is nothing, also where it is linked.
#[test]
fn hidden_members_stay_when_the_others_are_replaced() {
    let mut newsroom = newsroom(GENEROUS);
    // Ann sees articles 1 and 2 of tag 1; article 4 has it too, which she does not see.
    newsroom.execute("INSERT INTO article_tags VALUES (4, 1)");
    for (request, document, expected) in [
        ("PATCH /tags/1/relationships/articles", linkage("articles", [3]), vec![3, 4]),
        (
            "PATCH /tags/1",
            json!({"data": {"type": "tags", "id": "1", "relationships": {"articles": {"data": []}}}}),
            vec![4],
        ),
    ] {
        let response = newsroom.send(Who::Ann, request, &document);
        assert!(response.status < 300, "{request}: {}", response.text());
        assert_eq!(articles_with_tag(&newsroom, 1), expected, "{request}");
    }
    // Of articles that Ed edits Ann sees none as such: 1 and 3 are published, but the field is not hers to see in 3.
    newsroom.restore();
    let response =
        newsroom.send(Who::Ann, "PATCH /people/3/relationships/editor_articles", &linkage("articles", []));
    assert!([204, 200, 403].contains(&response.status), "{}", response.text());
    let rows = newsroom.rows();
    let editor = |id: i64| {
        let row = rows["articles"].iter().find(|row| row[0] == Stored::Integer(id)).unwrap();
        row[5].clone()
    };
    assert_eq!(editor(4), Stored::Integer(3), "an article that Ann does not see");
}

fn articles_with_tag(newsroom: &Newsroom, tag: i64) -> Vec<i64> {
    let rows = newsroom.rows();
    let tagged = rows["article_tags"].iter().filter(|row| row[1] == Stored::Integer(tag));
    let mut articles: Vec<i64> = tagged
        .map(|row| match row[0] {
            Stored::Integer(id) => id,
            ref other => panic!("{other:?}"),
        })
        .collect();
    articles.sort_unstable();
    articles
}

/// Relationship URLs are no way around the permission of the rows that hold the link.
#[test]
fn foreign_rows_cannot_be_reached_over_relationships() {
    // Authors may change people, but no article that is published, and no comment of others.
    let mut newsroom = newsroom("[[roles.author.allow]]\ntypes = ['people', 'tags']\nactions = ['update']\n");
    for (request, document) in [
        ("POST /people/1/relationships/author_articles", linkage("articles", [3])),
        ("PATCH /people/1/relationships/author_articles", linkage("articles", [1, 2, 3])),
        ("DELETE /people/3/relationships/editor_articles", linkage("articles", [1])),
        ("PATCH /people/3/relationships/editor_articles", linkage("articles", [])),
        ("POST /people/1/relationships/comments", linkage("comments", [2])),
        ("DELETE /people/2/relationships/comments", linkage("comments", [2])),
        ("PATCH /people/2/relationships/comments", linkage("comments", [])),
        ("PATCH /people/2/relationships/portraits", link("portraits", 1)),
        ("PATCH /people/1/relationships/portraits", json!({"data": null})),
        (
            "PATCH /people/2",
            json!({"data": {"type": "people", "id": "2", "relationships": {"comments": {"data": []}}}}),
        ),
        (
            "POST /operations",
            operations(json!([
                {"op": "remove", "ref": {"type": "people", "id": "2", "relationship": "comments"}, "data": [one("comments", 2)]},
            ])),
        ),
    ] {
        let before = newsroom.rows();
        let response = newsroom.send(Who::Ann, request, &document);
        // Where no visible member is there to lose, replacing by nothing may be nothing to refuse.
        let is_nothing = response.status < 300 && request.contains("editor_articles");
        assert!(response.status == 403 || is_nothing, "{request}: {} {}", response.status, response.text());
        assert!(newsroom.rows() == before, "{request} has changed rows");
    }
}

/// Makes a relationship of a join table that is a type of its own.
const THROUGH: &str = "
[types.people.relationships.topics]
through = 'subscriptions'
[types.tags.relationships.readers]
through = 'subscriptions'
";

/// Rows of a join table that one does not see link nothing.
#[test]
fn join_tables_that_are_types_link_what_is_seen_of_them() {
    let mut newsroom = newsroom(THROUGH);
    for (who, target, expected) in [
        (Who::Admin, "/people/1/topics", "1 2"),
        (Who::Admin, "/people/2/topics", "1"),
        (Who::Ann, "/people/1/topics", "1 2"),
        (Who::Ann, "/people/2/topics", ""),
        (Who::Ann, "/people/2/relationships/topics", ""),
        (Who::Ann, "/tags/1/readers", "1"),
        (Who::Ann, "/people?filter[topics.name]=red", "1"),
        (Who::Ann, "/tags?filter[readers]=2", ""),
        (Who::Reader, "/people/1/topics", ""),
        (Who::Anonymous, "/people/1/topics", "404"),
        (Who::Anonymous, "/tags?filter[readers]=2", "400"),
    ] {
        assert_eq!(newsroom.seen(who, target), expected, "{who:?}: GET {target}");
    }
    let document = newsroom.get(Who::Ann, "/people?include=topics").json();
    for person in document["data"].as_array().unwrap() {
        let linked = person["relationships"]["topics"]["data"].as_array().unwrap().len();
        assert_eq!(linked, if person["id"] == "1" { 2 } else { 0 }, "{person:#}");
    }
}

/// They are written by who may write all of their rows.
#[test]
fn join_tables_that_are_types_have_rules_of_their_own() {
    let mut newsroom = newsroom(&format!("{GENEROUS}{THROUGH}"));
    for (method, person, tags) in [
        // Rows of somebody else, as far as Ann sees them and further.
        ("POST", 2, [3]),
        ("POST", 2, [1]),
        ("PATCH", 2, [3]),
        ("DELETE", 2, [1]),
        // Her own: she may write some rows of the table, not all.
        ("POST", 1, [3]),
        ("DELETE", 1, [1]),
        ("PATCH", 1, [3]),
    ] {
        let before = newsroom.rows();
        let request = format!("{method} /people/{person}/relationships/topics");
        let response = newsroom.send(Who::Ann, &request, &linkage("tags", tags));
        let said = format!("{request} {tags:?}: {} {}", response.status, response.text());
        // What she does not see need not be taken away.
        let is_nothing = method == "DELETE" && person == 2 && response.status == 204;
        assert!(response.status == 403 || is_nothing, "{said}");
        assert!(newsroom.rows() == before, "{said}\nbut rows have changed");
    }
    let request = "POST /people/1/relationships/topics";
    let response = newsroom.send(Who::Admin, request, &linkage("tags", [3]));
    assert!(response.status < 300, "{}", response.text());
}
