//! Documents of every kind of read.

use serde_json::json;

use crate::blog::{blog, serve};

#[tokio::test]
async fn an_individual_has_every_form_of_value_and_link() {
    let blog = blog().await;
    let document = blog.document("/articles/1").await;
    let expected = json!({
        "jsonapi": {"version": "1.1"},
        "links": {"self": "http://h.test/articles/1", "describedby": "http://h.test/schemas/articles"},
        "data": {
            "type": "articles",
            "id": "1",
            "attributes": {
                "title": "One", "body": "First", "published": true, "created_at": "2025-01-01T10:00:00", "price": "0.99",
            },
            "relationships": {
                "author": {
                    "links": {
                        "self": "http://h.test/articles/1/relationships/author",
                        "related": "http://h.test/articles/1/author",
                    },
                    "data": {"type": "people", "id": "1"},
                },
                "editor": {
                    "links": {
                        "self": "http://h.test/articles/1/relationships/editor",
                        "related": "http://h.test/articles/1/editor",
                    },
                    "data": null,
                },
                "comments": {
                    "links": {
                        "self": "http://h.test/articles/1/relationships/comments",
                        "related": "http://h.test/articles/1/comments",
                    },
                },
                "tags": {
                    "links": {
                        "self": "http://h.test/articles/1/relationships/tags",
                        "related": "http://h.test/articles/1/tags",
                    },
                },
            },
            "links": {"self": "http://h.test/articles/1"},
        },
    });
    assert_eq!(document, expected);
}

#[tokio::test]
async fn cmp_04_included_to_many_shows_linkage_and_a_link_to_the_rest() {
    let blog = blog().await;
    let query =
        "/articles?include=comments.author,tags&page[comments][limit]=2&fields[comments]=body&sort=-id";
    let document = blog.document(query).await;
    let ids: Vec<_> = document["data"].as_array().unwrap().iter().map(|article| &article["id"]).collect();
    assert_eq!(ids, ["3", "2", "1"]);
    let comments = &document["data"][1]["relationships"]["comments"];
    assert_eq!(comments["data"], json!([{"type": "comments", "id": "1"}, {"type": "comments", "id": "3"}]));
    let next = "http://h.test/articles/2/relationships/comments?page%5Blimit%5D=2&page%5Boffset%5D=2";
    assert_eq!(comments["links"]["next"], next);
    assert_eq!(document["data"][0]["relationships"]["comments"]["data"], json!([]));
    let tags = &document["data"][0]["relationships"]["tags"]["data"];
    assert_eq!(*tags, json!([{"type": "tags", "id": "a/b"}, {"type": "tags", "id": "rust"}]));
    let included: Vec<_> = document["included"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| format!("{}/{}", one["type"], one["id"]))
        .collect();
    let mut unique = included.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), included.len());
    // Four comments, their authors, three tags.
    assert_eq!(included.len(), 4 + 3 + 3);
}

#[tokio::test]
async fn inc_14_cycles_name_each_resource_once() {
    let blog = blog().await;
    let document =
        blog.document("/articles/1?include=author.author_articles.comments,comments.article").await;
    let articles = document["included"].as_array().unwrap().iter().filter(|one| one["type"] == "articles");
    let ids: Vec<_> = articles.map(|article| &article["id"]).collect();
    assert_eq!(ids, ["2"]);
    // The first article was reached again by way of its author: its comments are linked from `data`.
    assert_eq!(document["data"]["relationships"]["comments"]["data"].as_array().unwrap().len(), 30);
}

/// Two hundred books of 5 kB and more, one of them of 700 kB, with three notes each.
const LIBRARY: &str = "
    CREATE TABLE authors (id INTEGER PRIMARY KEY);
    CREATE TABLE books (
        id INTEGER PRIMARY KEY, text TEXT NOT NULL, author_id INTEGER NOT NULL REFERENCES authors(id));
    CREATE INDEX books_author ON books(author_id);
    CREATE TABLE notes (id INTEGER PRIMARY KEY, book_id INTEGER NOT NULL REFERENCES books(id));
    CREATE INDEX notes_book ON notes(book_id);
    CREATE TABLE n AS WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 599) SELECT i FROM n;
    INSERT INTO authors SELECT i FROM n WHERE i < 10;
    INSERT INTO books
        SELECT i, printf('%d%.*c', i, iif(i = 77, 700000, 5000 + i), 'x'), i % 10 FROM n WHERE i < 200;
    INSERT INTO notes SELECT i, i % 200 FROM n;
    DROP TABLE n;
";

#[tokio::test]
async fn cmp_02_cmp_04_large_documents_are_made_of_pieces_that_fit() {
    let library = serve(LIBRARY).await;
    let identifiers = |name: &str, ids: &mut dyn Iterator<Item = usize>| {
        json!(ids.map(|id| json!({"type": name, "id": id.to_string()})).collect::<Vec<_>>())
    };
    // Books whose linkage is filled in later, and books that are written once and for all.
    for (path, books_have_notes) in
        [("/authors?include=books.notes", true), ("/notes?include=book&page[limit]=200", false)]
    {
        let response = library.get(path).await;
        assert!(response.body.parts().count() >= 4, "{path}");
        assert!(response.body.parts().all(|part| part.len() < 1_500_000), "{path}");
        let document: serde_json::Value = serde_json::from_slice(&response.body.concat()).unwrap();
        for author in document["data"].as_array().unwrap().iter().filter(|one| one["type"] == "authors") {
            let id: usize = author["id"].as_str().unwrap().parse().unwrap();
            let books = identifiers("books", &mut (id..200).step_by(10));
            assert_eq!(author["relationships"]["books"]["data"], books);
        }
        let mut included = [vec![false; 200], vec![false; 600]];
        for object in document["included"].as_array().unwrap() {
            let id: usize = object["id"].as_str().unwrap().parse().unwrap();
            let is_note = object["type"] == "notes";
            assert!(!std::mem::replace(&mut included[usize::from(is_note)][id], true), "{object}");
            if is_note {
                let book = json!({"type": "books", "id": (id % 200).to_string()});
                assert_eq!(object["relationships"]["book"]["data"], book);
                continue;
            }
            let length = if id == 77 { 700_000 } else { 5_000 + id };
            assert_eq!(object["attributes"]["text"], format!("{id}{}", "x".repeat(length)));
            let notes = books_have_notes.then(|| identifiers("notes", &mut (id..600).step_by(200)));
            assert_eq!(object["relationships"]["notes"].get("data"), notes.as_ref(), "{path}");
        }
        let [books, notes] = included;
        assert!(books.into_iter().all(|is_included| is_included), "{path}");
        assert!(notes.into_iter().all(|is_included| is_included == books_have_notes), "{path}");
    }
}

#[tokio::test]
async fn related_and_relationship_urls() {
    let blog = blog().await;
    assert_eq!(blog.document("/articles/1/author").await["data"]["id"], "1");
    assert_eq!(blog.document("/articles/1/editor").await["data"], json!(null));
    assert_eq!(
        blog.document("/articles/2/relationships/editor").await["data"],
        json!({"type": "people", "id": "2"})
    );
    assert_eq!(blog.document("/articles/1/relationships/editor").await["data"], json!(null));
    let tags = blog.document("/articles/1/relationships/tags").await;
    assert_eq!(tags["data"], json!([{"type": "tags", "id": "rust"}, {"type": "tags", "id": "sql"}]));
    assert_eq!(tags["links"]["related"], "http://h.test/articles/1/tags");
    let related = blog.document("/people/1/author_articles?filter[title]=Two&include=tags").await;
    assert_eq!(related["data"][0]["id"], "2");
    assert_eq!(related["included"], json!([]));
    let with_included =
        blog.document("/articles/1/relationships/comments?include=comments.author&page[limit]=3").await;
    assert_eq!(with_included["data"].as_array().unwrap().len(), 3);
    assert_eq!(with_included["included"].as_array().unwrap().len(), 6);
    for missing in [
        "/articles/9",
        "/articles/9/author",
        "/articles/9/comments",
        "/articles/9/relationships/tags",
        "/articles/01",
    ] {
        assert_eq!(blog.get(missing).await.status, 404, "{missing}");
    }
}

#[tokio::test]
async fn cursor_pages_walk_both_ways() {
    let blog = blog().await;
    let mut path = "/comments?page[size]=7&sort=article.title,-body".to_owned();
    let mut seen = Vec::new();
    let mut previous = Vec::new();
    loop {
        let document = blog.document(&path).await;
        let ids: Vec<String> = document["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["id"].as_str().unwrap().to_owned())
            .collect();
        if let Some(back) = document["links"]["prev"].as_str() {
            let page = blog.document(back.strip_prefix("http://h.test").unwrap()).await;
            let back: Vec<_> = page["data"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["id"].as_str().unwrap().to_owned())
                .collect();
            assert_eq!(back, previous);
        }
        previous = ids.clone();
        seen.extend(ids);
        let Some(next) = document["links"]["next"].as_str() else { break };
        path = next.strip_prefix("http://h.test").unwrap().to_owned();
    }
    assert_eq!(seen.len(), 60);
    let all = blog.document("/comments?page[limit]=100&sort=article.title,-body").await;
    let all: Vec<_> =
        all["data"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(seen, all);
}

#[tokio::test]
async fn filters_cross_relationships() {
    let blog = blog().await;
    for (filter, expected) in [
        ("filter[author.name]=Ada", vec!["1", "2"]),
        ("filter[author]=2", vec!["3"]),
        ("filter[editor][null]=true", vec!["1"]),
        ("filter[tags]=sql,a/b", vec!["1", "3"]),
        ("filter[tags.label][contains]=RUS", vec!["1", "3"]),
        ("filter[comments.author.name]=zoë", vec![]),
        ("filter[comments.author.name][starts]=ZOË", vec!["1", "2"]),
        ("filter[not][author.name]=Ada", vec!["3"]),
        ("filter[created_at][gte]=2025-01-02T10:00:00", vec!["2", "3"]),
        ("filter[created_at]=2025-01-01T10:00:00", vec!["1"]),
        ("filter[created_at][lt]=2025-01-02 10:00:00", vec!["1"]),
        ("filter[price][gt]=0.99", vec!["2"]),
        ("filter[price]=0.99", vec!["1"]),
        ("filter[or][0][id]=1&filter[or][1][title]=Three", vec!["1", "3"]),
        ("filter[id][in]=1,3", vec!["1", "3"]),
        ("filter[id][gt]=1", vec!["2", "3"]),
    ] {
        let document = blog.document(&format!("/articles?{filter}")).await;
        let ids: Vec<_> =
            document["data"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
        assert_eq!(ids, expected, "{filter}");
    }
}

#[tokio::test]
async fn a_short_request_has_no_long_answer() {
    let blog = blog().await;
    let names: Vec<String> = (b'a'..=b'z').map(|letter| format!("z{}", char::from(letter))).collect();
    let query = format!("sort={}&include={}", names.join(","), names.join(","));
    let response = blog.get(&format!("/articles?{query}")).await;
    assert_eq!(response.status, 400);
    let document: serde_json::Value = serde_json::from_slice(&response.body.concat()).unwrap();
    assert_eq!(document["errors"].as_array().unwrap().len(), 50);
    let filters: Vec<String> =
        (0..40).map(|number| format!("filter[a{number}]=1&fields[b{number}]=c")).collect();
    let response = blog.get(&format!("/openapi.json?{}", filters.join("&"))).await;
    let document: serde_json::Value = serde_json::from_slice(&response.body.concat()).unwrap();
    assert_eq!(document["errors"].as_array().unwrap().len(), 50);
}
