//! Guesses at what is hidden: by filters, orders, pages, tags, error texts.

use serde_json::{Value, json};

use crate::access::newsroom::fixture::{Newsroom, Who, change, link, linkage, new, newsroom, operations};
use crate::harness::links::href;

/// Header fields that belong to one answer alone.
const OWN: [&str; 3] = ["date", "x-request-id", "content-length"];

/// An answer without what belongs to it alone, and with `name` where it repeats what was asked for.
#[track_caller]
fn answer(newsroom: &mut Newsroom, who: Who, request: &str, document: &Value, name: &str) -> String {
    let response = newsroom.send(who, request, document);
    let mut headers: Vec<String> = response
        .headers
        .iter()
        .filter(|(name, _)| !OWN.contains(&name.to_ascii_lowercase().as_str()))
        .map(|(name, value)| format!("{}: {value}", name.to_ascii_lowercase()))
        .collect();
    headers.sort();
    let id = response.header("x-request-id").unwrap_or("no id").to_owned();
    let text = format!("{}\n{}\n{}", response.status, response.text(), headers.join("\n"));
    text.replace(&id, "the request id").replace(name, "NAME")
}

/// What is hidden and what is not there are answered alike.
#[track_caller]
fn alike(newsroom: &mut Newsroom, who: Who, requests: [(&str, &str); 2]) {
    let [hidden, absent] =
        requests.map(|(request, name)| without_tag(&answer(newsroom, who, request, &Value::Null, name)));
    assert_eq!(hidden, absent, "{who:?}: {requests:?}");
}

#[test]
fn a_hidden_resource_is_one_that_is_not_there() {
    let mut newsroom = newsroom("");
    for who in [Who::Anonymous, Who::Reader, Who::Ann] {
        for (before, after) in [
            ("GET /articles/", ""),
            ("HEAD /articles/", ""),
            ("OPTIONS /articles/", ""),
            ("GET /articles/", "?include=comments.author"),
            ("GET /articles/", "/author"),
            ("GET /articles/", "/comments?page[count]=true"),
            ("GET /articles/", "/relationships/author"),
            ("GET /articles/", "/relationships/tags"),
            ("GET /articles/", "/nothing"),
            ("GET /articles?filter[id]=", "&fields[articles]="),
            ("GET /people?filter[author_articles]=", ""),
            ("DELETE /articles/", ""),
        ] {
            let requests =
                ["4", "9"].map(|id| (format!("{before}{id}{after}"), Value::Null, format!("articles/{id}")));
            let [hidden, absent] = requests.map(|(request, document, name)| {
                let answer = answer(&mut newsroom, who, &request, &document, &name);
                let id = &name["articles/".len()..];
                // Links and details repeat the id in other places, too.
                answer.replace(&format!("={id}"), "=ID").replace(&format!("\\\"{id}\\\""), "ID")
            });
            let hidden = without_tag(&hidden);
            assert_eq!(hidden, without_tag(&absent), "{who:?}: {before}…{after}");
        }
        for id in ["4", "9"] {
            let document = change("articles", id, json!({"title": "x"}));
            let response = newsroom.send(who, &format!("PATCH /articles/{id}"), &document);
            // Who may change no article at all need not be told more.
            let expected = match who {
                Who::Anonymous => 401,
                Who::Reader => 403,
                _ => 404,
            };
            assert_eq!(response.status, expected, "{who:?} {id}: {}", response.text());
        }
    }
}

/// A tag depends on the URL that the document repeats; where documents are equal but for that, nothing else may show.
fn without_tag(answer: &str) -> String {
    answer.lines().filter(|line| !line.starts_with("etag: ")).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_hidden_resource_has_no_version() {
    let mut newsroom = newsroom("");
    let tag = newsroom.get(Who::Ed, "/articles/4").header("etag").unwrap().to_owned();
    for (header, method, document) in [
        ("If-Match", "PATCH", change("articles", 4, json!({"title": "x"}))),
        ("If-Match", "DELETE", Value::Null),
        ("If-None-Match", "GET", Value::Null),
    ] {
        for tag in [tag.as_str(), "*", "\"other\""] {
            let key = ("X-Api-Key", "key-of-ann");
            let response =
                newsroom.send_with(&[key, (header, tag)], &format!("{method} /articles/4"), &document);
            assert_eq!(response.status, 404, "{method} {header}: {tag}: {}", response.text());
        }
    }
}

#[test]
fn tags_do_not_tell_of_hidden_rows() {
    let mut newsroom = newsroom("");
    let targets = [
        "/articles",
        "/articles?include=comments,tags",
        "/people/1?include=author_articles",
        "/tags/3/articles",
    ];
    let tags = |newsroom: &mut Newsroom| {
        targets.map(|target| newsroom.get(Who::Anonymous, target).header("etag").unwrap().to_owned())
    };
    let before = tags(&mut newsroom);
    newsroom.execute(
        "INSERT INTO articles VALUES (7, 'More', FALSE, 'secret', 1, 2);
         INSERT INTO comments VALUES (9, 'hidden', TRUE, 1, 1);
         INSERT INTO article_tags VALUES (7, 3);
         UPDATE articles SET notes = 'changed', editor_id = 2 WHERE id = 1;
         UPDATE people SET email = 'changed'",
    );
    assert_eq!(tags(&mut newsroom), before);
}

#[test]
fn hidden_fields_are_unknown_whatever_is_asked_of_them() {
    let mut newsroom = newsroom("");
    for template in [
        "GET /articles?filter[X]=secret one",
        "GET /articles?filter[X][contains]=s",
        "GET /articles?filter[X][null]=true",
        "GET /articles?filter[not][X][starts]=s",
        "GET /articles?filter[or][0][X]=1&filter[or][1][title]=Out",
        "GET /articles?filter[k][condition][path]=X&filter[k][condition][value]=1",
        "GET /articles?filter[author.author_articles.X]=1",
        "GET /people?filter[author_articles.X]=1",
        "GET /articles?sort=X",
        "GET /articles?sort=-X,title",
        "GET /comments?sort=article.X",
        "GET /articles?include=X",
        "GET /people?include=author_articles.X",
        "GET /articles?page[X][limit]=1&include=X",
        "GET /articles/1/X",
        "GET /articles/1/relationships/X",
        "GET /articles/1?fields[articles]=X",
    ] {
        // A name that is as far from all others, so that no error can propose something for one alone.
        for (hidden, unknown) in [("notes", "qwxyz"), ("editor", "qwxyzv")] {
            let requests = [hidden, unknown]
                .map(|name| template.replace('X', name).replace(' ', "%20").replacen("%20", " ", 1));
            alike(&mut newsroom, Who::Anonymous, [(&requests[0], hidden), (&requests[1], unknown)]);
        }
    }
}

/// Who misspells the name of something hidden is not told how it is spelt.
#[test]
fn nobody_is_told_how_hidden_names_are_spelt() {
    let mut newsroom = newsroom("");
    for (target, name) in [
        ("/articles?filter[notess]=1", "notes"),
        ("/articles?sort=edtor.name", "editor"),
        ("/articles?include=editr", "editor"),
        ("/people?include=subscription", "subscriptions"),
        ("/people?filter[emai]=1", "email"),
        ("/subscription", "subscriptions"),
        ("/articles/1/edito", "editor"),
    ] {
        let response = newsroom.get(Who::Anonymous, target);
        assert!(response.status >= 400, "{target}");
        let text = response.text().replace(target, "");
        assert!(!text.contains(&format!("`{name}`")), "{target}: {text}");
    }
}

/// Descriptions of the API have what the caller sees, and no more.
#[test]
fn descriptions_have_no_hidden_names() {
    let mut newsroom = newsroom("");
    for (who, hidden) in [
        (Who::Anonymous, &["notes", "email", "editor", "subscriptions"][..]),
        (Who::Reader, &["notes", "email", "editor"]),
        (Who::Ed, &["email"]),
        (Who::Admin, &[]),
    ] {
        let texts: Vec<String> = ["/openapi.json", "", "/schemas/articles", "/schemas/people"]
            .map(|target| newsroom.get(who, target).text())
            .into();
        for name in ["notes", "email", "editor", "subscriptions", "title"] {
            let found = texts.iter().any(|text| text.contains(&format!("\"{name}\"")));
            assert_eq!(found, !hidden.contains(&name), "{who:?}: {name}");
        }
    }
    assert_eq!(newsroom.get(Who::Anonymous, "/schemas/subscriptions").status, 401);
    assert_eq!(newsroom.get(Who::Reader, "/schemas/subscriptions").status, 200);
}

/// A cursor made with more rights shows no more to who has fewer.
#[test]
fn a_cursor_of_somebody_else_shows_nothing() {
    let mut newsroom = newsroom("");
    for target in [
        "/articles?page[size]=1",
        "/articles?sort=-title&page[size]=1",
        "/comments?sort=-article.title&page[size]=1",
    ] {
        let mut url = Some(target.to_owned());
        while let Some(target) = url {
            let document = newsroom.get(Who::Ed, &target).json();
            url = href(&document["links"]["next"]).map(str::to_owned);
            let Some(next) = &url else { break };
            for who in [Who::Anonymous, Who::Reader, Who::Ann] {
                let response = newsroom.get(who, next);
                assert!([200, 400].contains(&response.status), "{who:?} {next}: {}", response.text());
                let text = response.text();
                for hidden in ["Scoop", "rude", "scoop", "secret four", "\"4\""] {
                    assert!(!text.contains(hidden) || next.contains(hidden), "{who:?} {next}: {text}");
                }
            }
        }
    }
    // One made by a sort that only the maker may use.
    let document = newsroom.get(Who::Ed, "/articles?sort=notes&page[size]=1").json();
    let next = href(&document["links"]["next"]).unwrap().to_owned();
    assert_eq!(newsroom.get(Who::Anonymous, &next).status, 400);
    let plain = next.replace("sort=notes&", "").replace("&sort=notes", "");
    assert_eq!(newsroom.get(Who::Anonymous, &plain).status, 400, "{plain}");
}

/// An identifier of a hidden resource in a document is as good as any that leads to nothing.
#[test]
fn hidden_identifiers_lead_to_nothing() {
    let mut newsroom = newsroom("");
    let comment = |id: i64| {
        new("comments", json!({"body": "x", "article": {"type": "articles", "id": id.to_string()}}))
    };
    let operation = |id: i64| operations(json!([{"op": "add", "data": comment(id)["data"]}]));
    for (request, documents) in [
        ("POST /comments", [comment(4), comment(9)]),
        ("POST /operations", [operation(4), operation(9)]),
        ("PATCH /subscriptions/1~1/relationships/tag", [link("tags", 8), link("tags", 9)]),
        (
            "POST /people/1/relationships/author_articles",
            [linkage("articles", [4]), linkage("articles", [9])],
        ),
        (
            "PATCH /people/1/relationships/author_articles",
            [linkage("articles", [4]), linkage("articles", [9])],
        ),
        ("POST /tags/1/relationships/articles", [linkage("articles", [4]), linkage("articles", [9])]),
        (
            "DELETE /people/2/relationships/author_articles",
            [linkage("articles", [4]), linkage("articles", [9])],
        ),
    ] {
        let [hidden, absent] = documents.map(|document| {
            let answer = answer(&mut newsroom, Who::Ann, request, &document, "no name");
            answer
                .replace("\\\"4\\\"", "\\\"9\\\"")
                .replace("\\\"8\\\"", "\\\"9\\\"")
                .replace("articles/4", "articles/9")
        });
        assert_eq!(hidden, absent, "{request}");
    }
}
