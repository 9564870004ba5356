//! Attempts to write more than a permission lets one write.

use serde_json::{Value, json};

use crate::access::newsroom::fixture::{Who, change, link, linkage, new, newsroom, one, operations};

/// What a permission hides, sets or lets nobody write cannot be slipped in with the rest.
#[test]
fn fields_cannot_be_slipped_in() {
    let mut newsroom = newsroom("");
    for (request, document) in [
        ("POST /articles", new("articles", json!({"title": "x", "author": one("people", 2)}))),
        ("POST /articles", new("articles", json!({"title": "x", "published": true}))),
        // Even the value that would be set is not for the caller to give.
        ("POST /articles", new("articles", json!({"title": "x", "author": one("people", 1)}))),
        ("POST /articles", new("articles", json!({"title": "x", "editor": one("people", 3)}))),
        ("POST /articles", new("articles", json!({"title": "x", "notes": "x"}))),
        ("PATCH /articles/2", change("articles", 2, json!({"title": "x", "notes": "x"}))),
        ("PATCH /articles/2", change("articles", 2, json!({"title": "x", "editor": Value::Null}))),
        ("PATCH /comments/1", change("comments", 1, json!({"body": "x", "hidden": false}))),
        ("PATCH /comments/1", change("comments", 1, json!({"body": "x", "article": one("articles", 1)}))),
        (
            "POST /comments",
            new("comments", json!({"body": "x", "article": one("articles", 1), "author": one("people", 1)})),
        ),
    ] {
        newsroom.refuse(Who::Ann, request, &document, &[403, 422]);
    }
    // A hidden field is as unknown as one that is not there.
    for field in ["email", "qwxyz"] {
        let document = change("people", 2, json!({field: "x"}));
        newsroom.refuse(Who::Ed, "PATCH /people/2", &document, &[403, 422]);
    }
}

/// The error says which field it is about.
#[test]
fn a_refusal_points_at_the_field() {
    let mut newsroom = newsroom("");
    for (request, document, pointer) in [
        (
            "PATCH /articles/2",
            change("articles", 2, json!({"title": "x", "notes": "x"})),
            "/data/attributes/notes",
        ),
        (
            "PATCH /comments/1",
            change("comments", 1, json!({"body": "x", "article": one("articles", 3)})),
            "/data/relationships/article",
        ),
    ] {
        let answer = newsroom.refuse(Who::Ann, request, &document, &[403]);
        let errors = answer["errors"].as_array().unwrap();
        let pointers: Vec<&str> =
            errors.iter().map(|it| it["source"]["pointer"].as_str().unwrap_or_default()).collect();
        assert!(pointers.iter().any(|it| it.starts_with(pointer)), "{answer:#}");
    }
}

/// Nobody leaves their own condition by changing what it is about, in one step or several.
#[test]
fn a_rule_cannot_be_escaped_by_changing_its_row() {
    let mut newsroom = newsroom("");
    let steal =
        json!({"op": "update", "data": change("articles", 3, json!({"author": one("people", 1)}))["data"]});
    let give =
        json!({"op": "update", "data": change("articles", 2, json!({"author": one("people", 2)}))["data"]});
    let give_link = json!({"op": "update", "ref": {"type": "articles", "id": "2", "relationship": "author"}, "data": one("people", 2)});
    let publish = json!({"op": "update", "data": change("articles", 2, json!({"published": true}))["data"]});
    let title = json!({"op": "update", "data": change("articles", 2, json!({"title": "x"}))["data"]});
    for document in
        [json!([steal]), json!([give]), json!([give_link]), json!([title, publish]), json!([publish, title])]
    {
        newsroom.refuse(Who::Ann, "POST /operations", &operations(document), &[403]);
    }
    for (request, document) in [
        ("PATCH /articles/3", change("articles", 3, json!({"author": one("people", 1)}))),
        ("PATCH /articles/3", change("articles", 3, json!({"author": one("people", 1), "published": false}))),
        ("PATCH /articles/1", change("articles", 1, json!({"published": false}))),
        ("PATCH /articles/2/relationships/author", link("people", 2)),
        ("POST /people/1/relationships/author_articles", linkage("articles", [3])),
    ] {
        newsroom.refuse(Who::Ann, request, &document, &[403]);
    }
    // A resource that would not be visible afterwards.
    newsroom.refuse(
        Who::Ann,
        "PATCH /subscriptions/1~1",
        &change("subscriptions", "1~1", json!({"person": one("people", 2)})),
        &[403],
    );
}

/// A creation that is changed afterwards, in the same request, has to be good in the end as well.
#[test]
fn operations_do_not_hide_what_comes_of_them() {
    let mut newsroom = newsroom("");
    let mine = json!({"op": "add", "data": {"type": "articles", "lid": "a", "attributes": {"title": "x"}}});
    let comment = |article: Value| {
        json!({"op": "add", "data": {"type": "comments", "attributes": {"body": "x"},
        "relationships": {"article": {"data": article}}}})
    };
    let lid = json!({"type": "articles", "lid": "a"});
    for rest in [
        // To somebody else's.
        json!({"op": "update", "data": {"type": "articles", "lid": "a", "relationships": {"author": {"data": one("people", 2)}}}}),
        json!({"op": "update", "ref": {"type": "articles", "lid": "a", "relationship": "author"}, "data": one("people", 2)}),
        json!({"op": "update", "data": {"type": "articles", "lid": "a", "attributes": {"published": true}}}),
        json!({"op": "update", "ref": {"type": "articles", "lid": "a", "relationship": "editor"}, "data": one("people", 3)}),
        // A comment on a draft, even on one's own.
        comment(lid.clone()),
        // Comments of others to one's own article.
        json!({"op": "add", "ref": {"type": "articles", "lid": "a", "relationship": "comments"}, "data": [one("comments", 2)]}),
        json!({"op": "add", "ref": {"type": "people", "id": "2", "relationship": "author_articles"}, "data": [lid]}),
    ] {
        newsroom.refuse(Who::Ann, "POST /operations", &operations(json!([mine, rest])), &[403]);
    }
    // What may be done stays possible.
    let tag = json!({"op": "add", "ref": {"type": "articles", "lid": "a", "relationship": "tags"}, "data": [one("tags", 1)]});
    let response = newsroom.send(Who::Ann, "POST /operations", &operations(json!([mine, tag])));
    assert_eq!(response.status, 200, "{}", response.text());
}

/// What a write answers with is what its sender may see.
#[test]
fn answers_to_writes_hide_what_reads_hide() {
    let mut newsroom = newsroom("");
    let document = change("articles", 2, json!({"title": "x"}));
    let response =
        newsroom.send(Who::Ann, "PATCH /articles/2?include=comments,author.author_articles", &document);
    assert_eq!(response.status, 200, "{}", response.text());
    for hidden in ["early", "Scoop", "scoop", "secret three", "bob@e.test"] {
        assert!(!response.text().contains(hidden), "{}", response.text());
    }
    let comment = new("comments", json!({"body": "x", "article": one("articles", 1)}));
    let response = newsroom.send(Who::Reader, "POST /comments?include=article.comments,author", &comment);
    assert_eq!(response.status, 201, "{}", response.text());
    for hidden in ["rude", "secret", "@e.test", "\"editor\""] {
        assert!(!response.text().contains(hidden), "{}", response.text());
    }
    assert_eq!(response.json()["data"]["relationships"]["author"]["data"], one("people", 5));
    for include in ["article.editor", "author.subscriptions.nothing"] {
        newsroom.refuse(Who::Reader, &format!("POST /comments?include={include}"), &comment, &[400]);
    }
}

/// A key that makes a request safe to repeat is good for who sent it.
#[test]
fn nobody_is_given_the_answer_to_somebody_else() {
    let mut newsroom = newsroom("[server]\nidempotency_keys = \"24h\"\n");
    let comment = new("comments", json!({"body": "x", "article": one("articles", 1)}));
    let mut created = Vec::new();
    for (key, author) in [("key-of-ann", 1), ("key-of-reader", 5), ("key-of-ann", 1)] {
        let headers = [("X-Api-Key", key), ("Idempotency-Key", "the same")];
        let response = newsroom.send_with(&headers, "POST /comments", &comment);
        assert_eq!(response.status, 201, "{key}: {}", response.text());
        let document = response.json();
        assert_eq!(document["data"]["relationships"]["author"]["data"], one("people", author), "{key}");
        created.push(document["data"]["id"].clone());
    }
    assert_ne!(created[0], created[1]);
    assert_eq!(created[0], created[2]);
    let headers = [("Idempotency-Key", "the same")];
    let response = newsroom.send_with(&headers, "POST /comments", &comment);
    assert_eq!(response.status, 401, "{}", response.text());
}
