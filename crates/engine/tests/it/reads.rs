//! Documents of every kind of read.

use serde_json::json;

use crate::blog::blog;

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
