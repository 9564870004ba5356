//! What each of them writes: creations, updates, deletions, relationships of every kind, operations.

use serde_json::{Value, json};

use super::fixture::{Who, change, link, linkage, new, newsroom, one, operations};

/// A request, its document, and the statuses that everyone may get for it, in the order of `Who::ALL`.
type Cell = (&'static str, Value, [&'static str; 5]);

/// Sends each request as everyone. What is refused changes nothing, what is not changes something.
#[track_caller]
fn check(cells: &[Cell]) {
    let mut newsroom = newsroom("");
    let before = newsroom.rows();
    let mut wrong = Vec::new();
    for (request, document, expected) in cells {
        for (who, expected) in Who::ALL.into_iter().zip(expected) {
            let response = newsroom.send(who, request, document);
            let (status, changed) = (response.status, newsroom.rows() != before);
            let place = format!("{who:?}: {request} {document}");
            if !expected.split('|').any(|it| it == status.to_string()) {
                let short: String = response.text().chars().take(400).collect();
                wrong.push(format!("{place}\n  {status}, not {expected}: {short}"));
            } else if changed != (status < 300) {
                wrong.push(format!("{place}\n  {status}, but rows have changed: {changed}"));
            } else if matches!(status, 401 | 403) {
                let errors = response.json();
                let codes = errors["errors"].as_array().unwrap().iter().map(|it| it["code"].clone());
                let known = ["unauthorized", "forbidden", "relationship-required", "read-only-field"];
                let is_known = |code: Value| known.contains(&code.as_str().unwrap_or_default());
                if !codes.clone().all(is_known) {
                    wrong.push(format!("{place}\n  codes {:?}", codes.collect::<Vec<_>>()));
                }
                if (status == 401) != response.header("www-authenticate").is_some() {
                    wrong.push(format!("{place}\n  {status}, WWW-Authenticate {:?}", response.headers));
                }
            }
            if changed {
                newsroom.restore();
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn everyone_creates_what_the_policy_lets_them() {
    let article = |members: Value| new("articles", members);
    let comment = |members: Value| new("comments", members);
    check(&[
        ("POST /articles", article(json!({"title": "New"})), ["401", "403", "201", "403", "422"]),
        (
            "POST /articles",
            article(json!({"title": "New", "author": one("people", 1)})),
            ["401", "403", "403", "403", "201"],
        ),
        (
            "POST /articles",
            article(json!({"title": "New", "author": one("people", 2)})),
            ["401", "403", "403", "403", "201"],
        ),
        (
            "POST /articles",
            article(json!({"title": "New", "published": true})),
            ["401", "403", "403", "403", "422"],
        ),
        (
            "POST /articles",
            article(json!({"title": "New", "notes": "x"})),
            ["401", "403", "403", "403", "422"],
        ),
        (
            "POST /comments",
            comment(json!({"body": "x", "article": one("articles", 1)})),
            ["401", "201", "201", "201", "201"],
        ),
        (
            "POST /comments",
            comment(json!({"body": "x", "article": one("articles", 2)})),
            ["401|404", "404", "403", "403", "201|403"],
        ),
        (
            "POST /comments",
            comment(json!({"body": "x", "article": one("articles", 4)})),
            ["401|404", "404", "404", "403", "201|403"],
        ),
        (
            "POST /comments",
            comment(json!({"body": "x", "article": one("articles", 1), "author": one("people", 2)})),
            ["401", "403", "403", "403", "201"],
        ),
        (
            "POST /comments",
            comment(json!({"body": "x", "article": one("articles", 1), "hidden": true})),
            ["401", "403", "403", "403", "201"],
        ),
        ("POST /tags", new("tags", json!({"name": "x"})), ["401", "403", "403", "201", "201"]),
        ("POST /people", new("people", json!({"name": "x"})), ["401", "403", "403", "403", "201"]),
        ("POST /portraits", new("portraits", json!({"caption": "x"})), ["401", "403", "403", "201", "201"]),
        (
            "POST /subscriptions",
            new("subscriptions", json!({"person": one("people", 1), "tag": one("tags", 3)})),
            ["401", "403", "201", "403", "201"],
        ),
    ]);
}

#[test]
fn everyone_updates_what_the_policy_lets_them() {
    let article = |id: i64, members: Value| change("articles", id, members);
    let comment = |id: i64, members: Value| change("comments", id, members);
    let person = |id: i64, members: Value| change("people", id, members);
    check(&[
        // Published, of one's own.
        ("PATCH /articles/1", article(1, json!({"title": "x"})), ["401", "403", "403", "200", "200"]),
        ("PATCH /articles/1", article(1, json!({"notes": "x"})), ["401|422", "403|422", "403", "200", "200"]),
        // A draft of one's own.
        ("PATCH /articles/2", article(2, json!({"title": "x"})), ["401|404", "403|404", "200", "200", "200"]),
        (
            "PATCH /articles/2",
            article(2, json!({"published": true})),
            ["401|404", "403|404", "403", "200", "200"],
        ),
        (
            "PATCH /articles/2",
            article(2, json!({"notes": "x"})),
            ["401|404", "403|404|422", "403", "200", "200"],
        ),
        (
            "PATCH /articles/2",
            article(2, json!({"author": one("people", 2)})),
            ["401|404", "403|404", "403", "200", "200"],
        ),
        (
            "PATCH /articles/2",
            article(2, json!({"editor": one("people", 3)})),
            ["401|404|422", "403|404|422", "403", "200", "200"],
        ),
        // Of somebody else, published or not.
        ("PATCH /articles/3", article(3, json!({"title": "x"})), ["401", "403", "403", "200", "200"]),
        (
            "PATCH /articles/3",
            article(3, json!({"author": one("people", 1)})),
            ["401", "403", "403", "200", "200"],
        ),
        ("PATCH /articles/4", article(4, json!({"title": "x"})), ["401|404", "403|404", "404", "200", "200"]),
        ("PATCH /articles/9", article(9, json!({"title": "x"})), ["401|404", "403|404", "404", "404", "404"]),
        ("PATCH /comments/1", comment(1, json!({"body": "x"})), ["401", "403", "200", "200", "200"]),
        ("PATCH /comments/1", comment(1, json!({"hidden": true})), ["401", "403", "403", "200", "200"]),
        ("PATCH /comments/2", comment(2, json!({"body": "x"})), ["401", "403", "403", "200", "200"]),
        ("PATCH /comments/3", comment(3, json!({"body": "x"})), ["401|404", "403|404", "404", "200", "200"]),
        ("PATCH /people/1", person(1, json!({"name": "x"})), ["401", "403", "200", "403", "200"]),
        (
            "PATCH /people/1",
            person(1, json!({"email": "x"})),
            ["401|422", "403|422", "200", "403|422", "200"],
        ),
        ("PATCH /people/2", person(2, json!({"name": "x"})), ["401", "403", "403", "403", "200"]),
        (
            "PATCH /people/2",
            person(2, json!({"email": "x"})),
            ["401|422", "403|422", "403", "403|422", "200"],
        ),
        ("PATCH /tags/1", change("tags", 1, json!({"name": "x"})), ["401", "403", "403", "200", "200"]),
        (
            "PATCH /subscriptions/1~1",
            change("subscriptions", "1~1", json!({"level": 9})),
            ["401", "404", "200", "404", "200"],
        ),
    ]);
}

#[test]
fn everyone_deletes_what_the_policy_lets_them() {
    check(&[
        ("DELETE /articles/1", Value::Null, ["401", "403", "403", "403", "204"]),
        ("DELETE /articles/2", Value::Null, ["401|404", "403|404", "204", "403", "204"]),
        ("DELETE /articles/3", Value::Null, ["401", "403", "403", "403", "204"]),
        ("DELETE /articles/4", Value::Null, ["401|404", "403|404", "404", "403", "204"]),
        ("DELETE /articles/9", Value::Null, ["401|404", "403|404", "404", "403|404", "404"]),
        ("DELETE /comments/1", Value::Null, ["401", "403", "204", "204", "204"]),
        ("DELETE /comments/2", Value::Null, ["401", "403", "403", "204", "204"]),
        ("DELETE /comments/3", Value::Null, ["401|404", "403|404", "404", "204", "204"]),
        ("DELETE /tags/3", Value::Null, ["401", "403", "403", "403", "204"]),
        ("DELETE /portraits/1", Value::Null, ["401", "403", "403", "204", "204"]),
        ("DELETE /subscriptions/1~1", Value::Null, ["401", "404", "204", "404", "204"]),
    ]);
}

/// A foreign key of the row itself, one of the rows at the other end, and both where there is only one.
#[test]
fn everyone_links_what_the_policy_lets_them() {
    check(&[
        (
            "PATCH /articles/2/relationships/editor",
            link("people", 3),
            ["401|404", "403|404", "403", "204", "204"],
        ),
        (
            "PATCH /articles/1/relationships/editor",
            json!({"data": null}),
            ["401|404", "403|404", "403", "204", "204"],
        ),
        (
            "PATCH /articles/2/relationships/author",
            link("people", 2),
            ["401|404", "403|404", "403", "204", "204"],
        ),
        ("PATCH /comments/1/relationships/article", link("articles", 3), ["401", "403", "403", "204", "204"]),
        (
            "POST /articles/2/relationships/comments",
            linkage("comments", [1]),
            ["401|404", "403|404", "403", "204", "204"],
        ),
        (
            "POST /articles/3/relationships/comments",
            linkage("comments", [1]),
            ["401", "403", "403", "204", "204"],
        ),
        // Comments cannot be without their article.
        (
            "DELETE /articles/1/relationships/comments",
            linkage("comments", [1]),
            ["401", "403", "403", "403", "403"],
        ),
        (
            "POST /people/3/relationships/editor_articles",
            linkage("articles", [2]),
            ["401|404", "403|404", "403", "204", "204"],
        ),
        (
            "POST /people/1/relationships/editor_articles",
            linkage("articles", [2]),
            ["401|404", "403|404", "403", "204", "204"],
        ),
        (
            "DELETE /people/3/relationships/editor_articles",
            linkage("articles", [1]),
            ["401|404", "403|404", "403", "204", "204"],
        ),
        (
            "PATCH /people/3/relationships/editor_articles",
            linkage("articles", [1, 3]),
            ["401|404", "403|404", "403", "204", "204"],
        ),
        (
            "POST /people/2/relationships/author_articles",
            linkage("articles", [2]),
            ["401|404", "403|404", "403", "403", "204"],
        ),
        (
            "POST /people/1/relationships/author_articles",
            linkage("articles", [4]),
            ["401|404", "403|404", "404", "403", "204"],
        ),
        (
            "POST /people/1/relationships/author_articles",
            linkage("articles", [3]),
            ["401", "403", "403", "403", "204"],
        ),
        ("PATCH /portraits/2/relationships/person", link("people", 2), ["401", "403", "403", "204", "204"]),
        (
            "PATCH /people/2/relationships/portraits",
            link("portraits", 2),
            ["401", "403", "403", "204", "204"],
        ),
        (
            "PATCH /people/1/relationships/portraits",
            json!({"data": null}),
            ["401", "403", "403", "204", "204"],
        ),
    ]);
}

/// Rows of a join table.
#[test]
fn everyone_links_many_to_many_as_the_policy_lets_them() {
    check(&[
        (
            "POST /articles/2/relationships/tags",
            linkage("tags", [3]),
            ["401|404", "403|404", "204", "204", "204"],
        ),
        (
            "DELETE /articles/2/relationships/tags",
            linkage("tags", [1]),
            ["401|404", "403|404", "204", "204", "204"],
        ),
        (
            "PATCH /articles/2/relationships/tags",
            linkage("tags", [2]),
            ["401|404", "403|404", "204", "204", "204"],
        ),
        ("POST /articles/1/relationships/tags", linkage("tags", [3]), ["401", "403", "403", "204", "204"]),
        ("POST /articles/3/relationships/tags", linkage("tags", [3]), ["401", "403", "403", "204", "204"]),
        (
            "POST /articles/4/relationships/tags",
            linkage("tags", [3]),
            ["401|404", "403|404", "404", "204", "204"],
        ),
        (
            "POST /tags/1/relationships/articles",
            linkage("articles", [3]),
            ["401", "403", "403", "204", "204"],
        ),
        (
            "POST /tags/3/relationships/articles",
            linkage("articles", [2]),
            ["401|404", "403|404", "403", "204", "204"],
        ),
        (
            "DELETE /tags/1/relationships/articles",
            linkage("articles", [1]),
            ["401", "403", "403", "204", "204"],
        ),
    ]);
}

#[test]
fn everyone_operates_as_the_policy_lets_them() {
    let comment = json!({"op": "add", "data": new("comments", json!({"body": "x", "article": one("articles", 1)}))["data"]});
    let title = json!({"op": "update", "data": change("articles", 2, json!({"title": "x"}))["data"]});
    let remove = json!({"op": "remove", "ref": one("articles", 3)});
    let tag = json!({"op": "add", "ref": {"type": "articles", "id": "2", "relationship": "tags"}, "data": [one("tags", 3)]});
    check(&[
        ("POST /operations", operations(json!([comment])), ["401", "200", "200", "200", "200"]),
        ("POST /operations", operations(json!([title])), ["401|404", "403|404", "200", "200", "200"]),
        ("POST /operations", operations(json!([remove])), ["401", "403", "403", "403", "200|204"]),
        (
            "POST /operations",
            operations(json!([tag])),
            ["401|404", "403|404", "200|204", "200|204", "200|204"],
        ),
        // All or nothing.
        ("POST /operations", operations(json!([comment, remove])), ["401", "403", "403", "403", "200"]),
        (
            "POST /operations",
            operations(json!([comment, title])),
            ["401|404", "403|404", "200", "200", "200"],
        ),
    ]);
}

/// What the caller may do somewhere is what `Allow` lists there.
#[test]
fn allow_lists_what_the_policy_lets_everyone_do() {
    let mut newsroom = newsroom("");
    for (target, expected) in [
        ("/articles", ["GET", "GET", "GET POST", "GET", "GET POST"]),
        ("/comments", ["GET", "GET POST", "GET POST", "GET POST", "GET POST"]),
        ("/tags", ["GET", "GET", "GET", "GET POST", "GET POST"]),
        ("/tags/1", ["GET", "GET", "GET", "GET PATCH", "DELETE GET PATCH"]),
        (
            "/comments/1",
            ["GET", "DELETE GET PATCH", "DELETE GET PATCH", "DELETE GET PATCH", "DELETE GET PATCH"],
        ),
    ] {
        for (who, expected) in Who::ALL.into_iter().zip(expected) {
            let response = newsroom.send(who, &format!("OPTIONS {target}"), &Value::Null);
            let allow = response.header("allow").unwrap_or_default().to_owned();
            let mut methods: Vec<&str> = allow.split(',').map(str::trim).collect();
            methods.retain(|it| !["HEAD", "OPTIONS"].contains(it));
            methods.sort_unstable();
            assert_eq!(methods.join(" "), expected, "{who:?}: OPTIONS {target}");
        }
    }
}
