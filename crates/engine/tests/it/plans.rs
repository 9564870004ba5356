//! The statements of a request, reviewed as text.

use crate::blog::{blog, ruled_blog};

async fn check(path_and_query: &str, expected: &[&str]) {
    let (path, query) = path_and_query.split_once('?').unwrap_or((path_and_query, ""));
    let plan = blog().await.engine.explain(path, query).unwrap();
    assert_eq!(plan.lines().collect::<Vec<_>>(), expected, "{path_and_query}");
}

#[tokio::test]
async fn an_individual_is_a_look_up_by_key() {
    check(
        "/articles/1?fields[articles]=title,author",
        &[r#"SELECT t0."id", t0."title", t0."author_id" FROM "articles" AS t0 WHERE t0."id" = ?1"#],
    )
    .await;
}

#[tokio::test]
async fn sparse_fields_read_only_their_columns() {
    check(
        "/articles?fields[articles]=title&page[limit]=20&page[offset]=40",
        &[r#"SELECT t0."id", t0."title" FROM "articles" AS t0 ORDER BY t0."id" LIMIT ?1 OFFSET ?2"#],
    )
    .await;
}

/// Authors of articles and of comments are found together.
#[tokio::test]
async fn each_include_path_is_one_statement_and_another_behind_an_attempt() {
    check(
        "/articles?include=author,comments.author,tags&fields[articles]=&fields[people]=&fields[comments]=&fields[tags]=",
        &[
            r#"SELECT t0."id", t0."author_id" FROM "articles" AS t0 ORDER BY t0."id" LIMIT ?1"#,
            r#"SELECT t0."id", t0."author_id", t0."article_id" FROM rarray(?1) AS p CROSS JOIN "comments" AS t0 WHERE t0."article_id" = +p.value LIMIT 1000"#,
            r#"SELECT t0."id", t0."author_id", p.rowid - 1 FROM rarray(?1) AS p CROSS JOIN "comments" AS t0 WHERE t0."id" IN (SELECT t1000."id" FROM "comments" AS t1000 WHERE t1000."article_id" = +p.value ORDER BY t1000."id" LIMIT ?2)"#,
            r#"SELECT t0."id", p.rowid - 1 FROM rarray(?1) AS p CROSS JOIN "tags" AS t0 WHERE t0."id" IN (SELECT j."tag_id" FROM "article_tags" AS j CROSS JOIN "tags" AS t1000 ON t1000."id" = j."tag_id" WHERE j."article_id" = +p.value ORDER BY j."tag_id" LIMIT ?2)"#,
            r#"SELECT t0."id" FROM rarray(?1) AS p CROSS JOIN "people" AS t0 WHERE t0."id" = +p.value"#,
        ],
    )
    .await;
}

/// Those that lead on are not those that are only wanted: articles of the latter were not asked for.
#[tokio::test]
async fn cmp_06_paths_are_joined_where_they_lead_nowhere() {
    let blog = blog().await;
    let reads_of_people = |include: &str| {
        let plan = blog.engine.explain("/articles", &format!("include={include}")).unwrap();
        plan.lines().filter(|line| line.contains(r#"CROSS JOIN "people""#)).count()
    };
    assert_eq!(reads_of_people("author,editor,comments.author"), 1);
    assert_eq!(reads_of_people("author.author_articles,editor,comments.author"), 2);

    let one = blog.document("/articles?include=author,comments.author,editor").await;
    let ids = |document: &serde_json::Value| -> Vec<(String, String)> {
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        let included = document["included"].as_array().unwrap();
        included.iter().map(|resource| (text(&resource["type"]), text(&resource["id"]))).collect()
    };
    let mut together = ids(&one);
    let mut apart = Vec::new();
    for include in ["author", "comments.author", "editor"] {
        apart.extend(ids(&blog.document(&format!("/articles?include={include}")).await));
    }
    together.sort();
    apart.sort();
    apart.dedup();
    assert_eq!(together, apart);
}

#[tokio::test]
async fn filters_over_relationships_are_semi_joins() {
    check(
        "/people?filter[author_articles.tags]=rust&filter[not][name][contains]=x&fields[people]=",
        &[
            r#"SELECT t0."id" FROM "people" AS t0 WHERE (t0."id" IN (SELECT t101."author_id" FROM "articles" AS t101 WHERE t101."id" IN (SELECT t102."article_id" FROM "article_tags" AS t102 WHERE t102."tag_id" IN (SELECT +p.value FROM rarray(?1) AS p))) AND (docent_contains(t0."name", ?2)) IS NOT TRUE) ORDER BY t0."id" LIMIT ?3"#,
        ],
    )
    .await;
}

/// Pages start from a rule's condition, if an index serves it. Rows that are found by their keys do not: they are asked.
#[tokio::test]
async fn rules_stand_where_tables_do() {
    let roles = r#"
        [[anonymous.allow]]
        types = ["articles"]
        actions = ["read"]
        where = { "author.name" = "Ada" }
        [[anonymous.allow]]
        types = ["people", "comments"]
        actions = ["read"]
    "#;
    let blog = ruled_blog(roles).await;
    let query = "include=author_articles&fields[people]=author_articles&fields[articles]=title";
    let plan = blog.engine.explain("/people", query).unwrap();
    let rule = |mark: &str| {
        format!(
            r#"(SELECT t0.* FROM "articles" AS t0 WHERE {mark}t0."author_id" IN (SELECT t101."id" FROM "people" AS t101 WHERE t101."name" = ?1))"#
        )
    };
    let asked = rule("+");
    let included = format!(
        r#"SELECT t0."id", t0."title", p.rowid - 1 FROM rarray(?2) AS p CROSS JOIN {asked} AS t0 WHERE t0."id" IN (SELECT t1000."id" FROM {asked} AS t1000 WHERE t1000."author_id" = +p.value ORDER BY t1000."id" LIMIT ?3)"#
    );
    let attempt = format!(
        r#"SELECT t0."id", t0."title", t0."author_id" FROM rarray(?2) AS p CROSS JOIN {asked} AS t0 WHERE t0."author_id" = +p.value LIMIT 1000"#
    );
    assert_eq!(plan.lines().skip(1).collect::<Vec<_>>(), [attempt, included]);
    let plan = blog.engine.explain("/articles", "fields[articles]=title").unwrap();
    let page = format!(r#"SELECT t0."id", t0."title" FROM {} AS t0 ORDER BY t0."id" LIMIT ?2"#, rule(""));
    assert_eq!(plan.lines().collect::<Vec<_>>(), [page]);
}

#[tokio::test]
async fn a_page_after_a_cursor_starts_there() {
    let blog = blog().await;
    let document = blog.document("/articles?page[size]=1&sort=-created_at&fields[articles]=").await;
    let next = document["links"]["next"].as_str().unwrap();
    let query = next.split_once('?').unwrap().1;
    let plan = blog.engine.explain("/articles", query).unwrap();
    let expected = r#"SELECT t0."id", t0."created_at" FROM "articles" AS t0 WHERE (t0."created_at" <= ?1 AND (t0."created_at" < ?1 OR (t0."created_at" = ?1 AND t0."id" > ?2))) ORDER BY t0."created_at" DESC, t0."id" LIMIT ?3"#;
    assert_eq!(plan.trim_end(), expected);
}
