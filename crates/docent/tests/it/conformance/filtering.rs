//! FILT: filters on collections.

use super::lists::Lists;

/// Filters of both grammars with the things that satisfy them.
const FILTERS: &[(&str, &[&str])] = &[
    ("filter[kind]=a", &["1", "7", "9"]),
    ("filter[name]=bell", &["5"]),
    ("filter[name][ne]=bell", &["1", "7", "8", "9"]),
    ("filter[id][gt]=7", &["8", "9"]),
    ("filter[weight][gte]=2", &["1", "7", "9"]),
    ("filter[weight][lt]=2", &["5"]),
    ("filter[weight][lte]=2", &["5", "7", "9"]),
    ("filter[id][in]=1,9,100", &["1", "9"]),
    ("filter[id][nin]=1,9", &["5", "7", "8"]),
    ("filter[weight][between]=1,2", &["5", "7", "9"]),
    ("filter[weight][nbetween]=1,2", &["1"]),
    ("filter[name][contains]=H", &["7"]),
    ("filter[name][starts]=B", &["5"]),
    ("filter[name][ends]=K", &["9"]),
    ("filter[weight][null]=true", &["8"]),
    ("filter[weight][null]=false", &["1", "5", "7", "9"]),
    ("filter[or][0][name]=bell&filter[or][1][weight]=3", &["1", "5"]),
    ("filter[not][kind]=a", &["5", "8"]),
    ("filter[made][gte]=2024-01-01", &["1", "7"]),
    ("filter[seen]=2025-01-31T10:00:00", &["1"]),
    ("filter[name][operator]=CONTAINS&filter[name][value]=n", &["1", "7"]),
    ("filter[x][condition][path]=weight&filter[x][condition][operator]=IS NULL", &["8"]),
    (
        "filter[g][group][conjunction]=OR&filter[a][condition][path]=name&filter[a][condition][value]=bell\
         &filter[a][condition][memberOf]=g&filter[b][condition][path]=weight&filter[b][condition][value]=3\
         &filter[b][condition][memberOf]=g",
        &["1", "5"],
    ),
];

#[test]
fn filt_01_the_filter_family_filters() {
    let mut lists = Lists::shared();
    for (query, expected) in FILTERS {
        let query = query.replace(' ', "+");
        assert_eq!(lists.ids(&format!("/things?{query}")), *expected, "{query}");
    }
}

#[test]
fn filt_02_what_is_not_supported_is_refused() {
    let mut lists = Lists::shared();
    for (name, value) in [
        ("filter[nope]", "1"),
        ("filter[nope][eq]", "1"),
        ("filter[name][nope]", "1"),
        ("filter[entries.nope]", "1"),
        ("filter[nope.name]", "1"),
        ("filter[name.entries]", "1"),
        ("filter[tagged]", "1"),
        ("filter[thing_id]", "1"),
        ("filter", "1"),
        ("filter[or][0][nope]", "1"),
        ("filter[not][nope]", "1"),
        ("filter[entries][gt]", "1"),
        ("filter[weight][contains]", "1"),
        ("filter[weight]", "heavy"),
        ("filter[weight][between]", "1"),
        ("filter[weight][null]", "perhaps"),
        ("filter[made]", "yesterday"),
        ("filter[x][condition][path]", "nope"),
    ] {
        let response = lists.get(&format!("/things?{name}={value}"));
        assert_eq!(response.status, 400, "{name}: {}", response.text());
        let parameters = response.error_parameters();
        let family = name.split(']').next().unwrap();
        assert!(
            !parameters.is_empty() && parameters.iter().all(|it| it.starts_with(family)),
            "{name}: {parameters:?}"
        );
    }
    let error = lists.refused("/things?filter[nam]=bell", "filter[nam]");
    assert!(
        error["detail"].as_str().unwrap().contains("`name`") || error["detail"].to_string().contains("name")
    );
    for single in ["/things/1", "/entries/1/thing", "/entries/1/relationships/thing"] {
        lists.refused(&format!("{single}?filter[name]=bell"), "filter[name]");
    }
}

#[test]
fn filt_03_relationships_are_filtered_by_ids_and_filters_combine() {
    let mut lists = Lists::shared();
    assert_eq!(lists.ids("/entries?filter[thing]=7"), ["121", "122", "123", "124", "125"]);
    assert_eq!(lists.ids("/entries?filter[thing]=7,5&filter[id][gt]=118&filter[tie]=0"), ["120", "123"]);
    assert_eq!(lists.ids("/things?filter[tags]=t01,t02&filter[kind]=a"), ["1", "7"]);
    assert_eq!(lists.ids("/things?filter[tags]=t02"), ["7"]);
    assert_eq!(lists.ids("/things?filter[entries][null]=true"), ["1", "8"]);
    assert_eq!(lists.ids("/charts?filter[id]=1~2"), ["1~2"]);
}

#[test]
fn filt_04_paths_cross_relationships() {
    let mut lists = Lists::shared();
    assert_eq!(lists.ids("/entries?filter[thing.name]=chain"), ["121", "122", "123", "124", "125"]);
    assert_eq!(lists.ids("/things?filter[entries.label]=Entry 122".replace(' ', "%20").as_str()), ["7"]);
    assert_eq!(lists.ids("/tags?filter[things.entries.id]=121&page[limit]=1"), ["t01"]);
    assert_eq!(lists.ids("/things?filter[tags.id]=t01"), ["1", "7"]);
}

#[test]
fn filt_05_no_match_is_a_success() {
    let mut lists = Lists::shared();
    for path in [
        "/things?filter[name]=nobody",
        "/things?filter[id]=4",
        "/entries?filter[thing]=4",
        "/things/1/entries?filter[tie]=1",
        "/things/1/relationships/tags?filter[label]=nobody",
        "/things?filter[entries.label]=nobody&include=entries",
    ] {
        let document = lists.document(path);
        assert_eq!(document["data"], serde_json::json!([]), "{path}");
    }
}
