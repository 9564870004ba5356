//! What each of them reads.

use super::fixture::{Who, newsroom};

/// Targets, and what everyone sees there: ids, or a status.
const READS: &[(&str, [&str; 5])] = &[
    // target: anonymous, a reader, Ann (author), Ed (editor), the administrator
    ("/articles", ["1 3", "1 3", "1 2 3", "1 2 3 4", "1 2 3 4"]),
    ("/articles/1", ["1", "1", "1", "1", "1"]),
    ("/articles/2", ["404", "404", "2", "2", "2"]),
    ("/articles/4", ["404", "404", "404", "4", "4"]),
    ("/articles/9", ["404", "404", "404", "404", "404"]),
    ("/comments", ["1 2 6", "1 2 6", "1 2 6", "1 2 3 4 5 6", "1 2 3 4 5 6"]),
    ("/comments/3", ["404", "404", "404", "3", "3"]),
    ("/people", ["1 2 3 4 5", "1 2 3 4 5", "1 2 3 4 5", "1 2 3 4 5", "1 2 3 4 5"]),
    ("/tags", ["1 2 3", "1 2 3", "1 2 3", "1 2 3", "1 2 3"]),
    ("/portraits", ["1 2", "1 2", "1 2", "1 2", "1 2"]),
    ("/subscriptions", ["401", "", "1~1 1~2", "3~3", "1~1 1~2 2~1 3~3"]),
    ("/subscriptions/1~1", ["401", "404", "1~1", "404", "1~1"]),
    // A type that is not there and one that may not be read.
    ("/nothings", ["404", "404", "404", "404", "404"]),
    // Related resources and linkage, by every kind of relationship.
    ("/articles/1/comments", ["1 2", "1 2", "1 2", "1 2 3", "1 2 3"]),
    ("/articles/1/relationships/comments", ["1 2", "1 2", "1 2", "1 2 3", "1 2 3"]),
    ("/articles/2/comments", ["404", "404", "", "4", "4"]),
    ("/articles/1/author", ["1", "1", "1", "1", "1"]),
    ("/articles/1/editor", ["404", "404", "3", "3", "3"]),
    ("/articles/1/relationships/editor", ["404", "404", "3", "3", "3"]),
    ("/articles/3/editor", ["404", "404", "", "3", "3"]),
    ("/articles/3/relationships/editor", ["404", "404", "", "3", "3"]),
    ("/comments/5/article", ["404", "404", "404", "4", "4"]),
    ("/people/1/author_articles", ["1", "1", "1 2", "1 2", "1 2"]),
    ("/people/2/relationships/author_articles", ["3", "3", "3", "3 4", "3 4"]),
    ("/people/3/editor_articles", ["404", "404", "", "1 3 4", "1 3 4"]),
    ("/people/1/subscriptions", ["404", "", "1~1 1~2", "", "1~1 1~2"]),
    ("/people/1/portraits", ["1", "1", "1", "1", "1"]),
    ("/tags/1/articles", ["1", "1", "1 2", "1 2", "1 2"]),
    ("/tags/2/relationships/articles", ["3", "3", "3", "3 4", "3 4"]),
    ("/articles/4/tags", ["404", "404", "404", "2", "2"]),
    // Filters and sorting.
    ("/articles?filter[notes][contains]=secret", ["400", "400", "1 2", "1 2 3 4", "1 2 3 4"]),
    ("/articles?filter[notes][null]=true", ["400", "400", "3", "", ""]),
    ("/articles?sort=-notes", ["400", "400", "2 1 3", "2 3 1 4", "2 3 1 4"]),
    ("/articles?filter[editor]=3", ["400", "400", "1", "1 3 4", "1 3 4"]),
    ("/articles?filter[editor.name]=Ed", ["400", "400", "1", "1 3 4", "1 3 4"]),
    ("/articles?sort=editor.name", ["400", "400", "2 3 1", "2 1 3 4", "2 1 3 4"]),
    ("/people?filter[email][ends]=e.test", ["400", "400", "1", "400", "1 2 3 4 5"]),
    (
        "/people?filter[not][author_articles.title]=Scoop",
        ["1 2 3 4 5", "1 2 3 4 5", "1 2 3 4 5", "1 3 4 5", "1 3 4 5"],
    ),
    ("/people?filter[author_articles.published]=false", ["", "", "1", "1 2", "1 2"]),
    ("/articles?filter[comments.hidden]=true", ["", "", "", "1", "1"]),
    ("/articles?filter[comments.author]=2", ["1", "1", "1", "1 4", "1 4"]),
    ("/articles?filter[author.comments.body]=early", ["", "", "", "1 2", "1 2"]),
    ("/people?filter[subscriptions.level][gte]=1", ["400", "", "1", "3", "1 2 3"]),
    ("/people?filter[subscriptions][null]=false", ["400", "", "1", "3", "1 2 3"]),
    ("/tags?filter[articles.title]=Draft", ["", "", "1", "1", "1"]),
    ("/tags?filter[articles][null]=true", ["3", "3", "3", "3", "3"]),
    // Inclusion of what is no field, or a field of some rows.
    ("/articles?include=editor", ["400", "400", "1 2 3", "1 2 3 4", "1 2 3 4"]),
    ("/people?include=subscriptions.tag", ["400", "1 2 3 4 5", "1 2 3 4 5", "1 2 3 4 5", "1 2 3 4 5"]),
    ("/tags/1?include=articles.comments.author", ["1", "1", "1", "1", "1"]),
];

#[test]
fn everyone_reads_what_the_policy_says() {
    let mut newsroom = newsroom("");
    let mut wrong = Vec::new();
    for (target, expected) in READS {
        for (who, expected) in Who::ALL.into_iter().zip(expected) {
            let seen = newsroom.seen(who, target);
            if seen != *expected {
                wrong.push(format!("{who:?}: GET {target}: {seen:?}, not {expected:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is counted is what is seen.
#[test]
fn everyone_counts_what_they_see() {
    let mut newsroom = newsroom("");
    let is_collection = |target: &str| target.split('?').next().unwrap().matches('/').count() == 1;
    for (target, expected) in READS.iter().filter(|(target, _)| is_collection(target)) {
        for (who, expected) in Who::ALL.into_iter().zip(expected) {
            if expected.len() == 3 && expected.parse::<u16>().is_ok() {
                continue;
            }
            let joined = if target.contains('?') { '&' } else { '?' };
            let document =
                newsroom.get(who, &format!("{target}{joined}page[count]=true&page[size]=1")).json();
            assert_eq!(document["meta"]["count"], expected.split_whitespace().count(), "{who:?} {target}");
        }
    }
}

/// Included resources are the visible ones, and the fields those of the caller.
#[test]
fn documents_have_what_the_policy_says() {
    let mut newsroom = newsroom("");
    for (who, included, members) in [
        (Who::Anonymous, "comments 1, comments 2", "author comments published tags title"),
        (Who::Reader, "comments 1, comments 2", "author comments published tags title"),
        (Who::Ann, "comments 1, comments 2, people 3", "author comments editor notes published tags title"),
        (
            Who::Ed,
            "comments 1, comments 2, comments 3, people 3",
            "author comments editor notes published tags title",
        ),
    ] {
        let include = if members.contains("editor") { "comments,editor" } else { "comments" };
        let document = newsroom.get(who, &format!("/articles/1?include={include}")).json();
        let mut found: Vec<String> = document["included"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| format!("{} {}", it["type"].as_str().unwrap(), it["id"].as_str().unwrap()))
            .collect();
        found.sort();
        assert_eq!(found.join(", "), included, "{who:?}: {document:#}");
        let data = &document["data"];
        let objects = [&data["attributes"], &data["relationships"]];
        let mut names: Vec<&String> = objects.iter().flat_map(|it| it.as_object().unwrap().keys()).collect();
        names.sort();
        let names: Vec<&str> = names.into_iter().map(String::as_str).collect();
        assert_eq!(names.join(" "), members, "{who:?}: {document:#}");
    }
}
