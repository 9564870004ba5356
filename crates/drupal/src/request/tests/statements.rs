//! Filters, sorts and guards as statements.

use docent_sql::Value;
use docent_sql::render::{Dialect, render};

use crate::request::fixture::{account, site};
use crate::request::parameters::Parameters;
use crate::request::query::CollectionQuery;

/// What anyone may who is asked about here, unless it is about that.
const ALL: [&str; 1] = ["bypass node access"];

fn read(permissions: &[&str], id: i64, of: &str, query: &str) -> Result<(String, Vec<Value>), String> {
    let site = site(permissions, permissions);
    let account = account(&site, id);
    let query = CollectionQuery::read(&site, &account, site.by_name[of], &Parameters::read(query));
    let query = query.map_err(|refusal| refusal.detail)?;
    Ok((render(Dialect::Sqlite, &query.select).sql.replace('"', ""), query.parameters))
}

/// What follows the bundle's condition.
fn asked(permissions: &[&str], id: i64, of: &str, query: &str) -> String {
    let (sql, _) = read(permissions, id, of, query).unwrap();
    let (_, after) = sql.split_once(" WHERE ").unwrap();
    let (condition, _) = after.split_once(" LIMIT ").unwrap();
    let condition = condition.split(" ORDER BY ").next().unwrap();
    condition.split_once("t0.type = ?1 AND ").map_or(condition, |(_, after)| after).to_owned()
}

fn condition(query: &str) -> String {
    asked(&ALL, 0, "node--article", query)
}

#[test]
fn a_collection_is_a_page_of_a_bundle() {
    let (sql, parameters) = read(&[], 0, "node--article", "page[limit]=2&page[offset]=4").unwrap();
    let expected =
        "SELECT t0.nid, t0.vid FROM node AS t0 WHERE t0.type = ?1 ORDER BY t0.vid, t0.nid LIMIT ?2 OFFSET ?3";
    assert_eq!(sql, expected);
    assert_eq!(parameters, [Value::Text("article".to_owned()), Value::Integer(3), Value::Integer(4)]);
    let (sql, _) = read(&[], 0, "file--file", "").unwrap();
    assert_eq!(sql, "SELECT t0.fid FROM file_managed AS t0 ORDER BY t0.fid LIMIT ?1");
}

#[test]
fn conditions_of_an_and_group_share_rows() {
    let cases = [
        ("filter[id]=x", "t0.uuid = ?2 AND 1 = 1)"),
        (
            "filter[title]=x",
            "t0.nid IN (SELECT t1.nid FROM node_field_data AS t1 WHERE t1.title = ?2) AND 1 = 1)",
        ),
        (
            "filter[title]=x&filter[status]=1",
            "t0.nid IN (SELECT t1.nid FROM node_field_data AS t1 WHERE (t1.title = ?2 AND t1.status = ?3)) AND 1 = 1)",
        ),
        (
            "filter[field_tags.1.name]=x&filter[field_tags.name]=y&filter[field_tags.id]=z",
            "(t0.nid IN (SELECT t1.entity_id FROM node__field_tags AS t1 WHERE (t1.delta = ?2 AND \
             t1.field_tags_target_id IN (SELECT t2.tid FROM taxonomy_term_field_data AS t2 WHERE t2.name = ?3))) \
             AND t0.nid IN (SELECT t3.entity_id FROM node__field_tags AS t3 WHERE (t3.field_tags_target_id IN \
             (SELECT t4.tid FROM taxonomy_term_field_data AS t4 WHERE t4.name = ?4) AND t3.field_tags_target_id IN \
             (SELECT t5.tid FROM taxonomy_term AS t5 WHERE t5.uuid = ?5))))",
        ),
        (
            "filter[g][group][conjunction]=OR&filter[a][condition][path]=title&filter[a][condition][value]=x&\
             filter[a][condition][memberOf]=g&filter[b][condition][path]=status&filter[b][condition][value]=0&\
             filter[b][condition][memberOf]=g",
            "(t0.nid IN (SELECT t1.nid FROM node_field_data AS t1 WHERE t1.title = ?2) OR \
             t0.nid IN (SELECT t2.nid FROM node_field_data AS t2 WHERE t2.status = ?3)) AND 1 = 1)",
        ),
        ("filter[title.1]=x", "1 = 0 AND "),
        (
            "filter[g][group][conjunction]=OR&filter[title.1][condition][path]=title.1&\
             filter[title.1][condition][memberOf]=g&filter[b][condition][path]=status&\
             filter[b][condition][memberOf]=g",
            "1 = 0 AND ",
        ),
    ];
    for (query, expected) in cases {
        let found = condition(query);
        assert!(found.starts_with(expected), "{query}\n{found}\n{expected}");
    }
}

#[test]
fn nothing_is_also_what_has_no_row() {
    let query = "filter[a][condition][path]=field_tags.name&filter[a][condition][operator]=IS%20NULL";
    let missing = "((t0.nid IN (SELECT t3.entity_id FROM node__field_tags AS t3)) IS NOT TRUE OR t0.nid IN (SELECT \
                   t1.entity_id FROM node__field_tags AS t1 WHERE ((t1.field_tags_target_id IN (SELECT t";
    assert!(condition(query).replace("t4", "t3").starts_with(missing), "{}", condition(query));
    let query = format!("{query}&filter[field_tags.name]=x");
    let row = condition(&query);
    assert!(row.starts_with("t0.nid IN (SELECT t1.entity_id FROM node__field_tags AS t1 WHERE ((("), "{row}");
    assert!(row.contains("WHERE t2.name IS NULL)) AND t1.field_tags_target_id IN (SELECT t4.tid "), "{row}");
}

/// The values of a condition that takes several.
fn listed(values: impl Iterator<Item = String>) -> String {
    let values: Vec<String> = values.map(|value| format!("&filter[a][condition][value][]={value}")).collect();
    values.concat()
}

/// Path, operator and values of a filter, and the condition and parameters that it becomes.
type Compared = (&'static str, &'static str, &'static [&'static str], &'static str, Vec<Value>);

#[test]
fn values_are_compared_as_columns_hold_them() {
    let found = |path: &str, operator: &str, values: &[&str]| {
        let values: String = match values {
            [value] => format!("&filter[a][condition][value]={value}"),
            values => listed(values.iter().map(ToString::to_string)),
        };
        let query =
            format!("filter[a][condition][path]={path}&filter[a][condition][operator]={operator}{values}");
        let (sql, parameters) = read(&ALL, 0, "node--article", &query).unwrap();
        let (_, after) = sql.split_once("t1 WHERE ").unwrap();
        let (condition, _) = after.split_once(") AND 1 = 1").unwrap();
        (condition.to_owned(), parameters[1..parameters.len() - 1].to_vec())
    };
    let text = |text: &str| Value::Text(text.to_owned());
    let cases: [Compared; 13] = [
        ("nid", "=", &["12abc"], "t1.nid = ?2", vec![Value::Integer(12)]),
        ("nid", "<", &["abc"], "t1.nid < ?2", vec![Value::Integer(0)]),
        ("created", ">=", &["1.5"], "t1.created >= ?2", vec![Value::Real(1.5)]),
        ("title", "=", &["x"], "t1.title = ?2", vec![text("x")]),
        ("title", "<>", &["x"], "(t1.title IS NOT NULL AND (t1.title = ?2) IS NOT TRUE)", vec![text("x")]),
        ("title", "IN", &["x"], "t1.title = ?2", vec![text("x")]),
        ("nid", "NOT IN", &["1", "2"], "(t1.nid <> ?2 AND t1.nid <> ?3)", [1, 2].map(Value::Integer).into()),
        ("nid", "BETWEEN", &["1", "2"], "(t1.nid >= ?2 AND t1.nid <= ?3)", [1, 2].map(Value::Integer).into()),
        (
            "nid",
            "NOT BETWEEN",
            &["1", "2"],
            "(t1.nid < ?2 OR t1.nid > ?3)",
            [1, 2].map(Value::Integer).into(),
        ),
        ("langcode", "=", &["é"], "1 = 0", vec![]),
        ("langcode", "<>", &["é"], "t1.langcode IS NOT NULL", vec![]),
        (
            "title",
            "STARTS_WITH",
            &["x"],
            "t1.title LIKE replace(replace(replace(?2, '|', '||'), '%', '|%'), '_', '|_') || '%' ESCAPE '|'",
            vec![text("x")],
        ),
        (
            "body.value",
            "ENDS_WITH",
            &["x"],
            "t1.body_value LIKE '%' || replace(replace(replace(?2, '|', '||'), '%', '|%'), '_', '|_') ESCAPE '|'",
            vec![text("x")],
        ),
    ];
    for (path, operator, values, condition, parameters) in cases {
        assert_eq!(found(path, operator, values), (condition.to_owned(), parameters), "{path} {operator}");
    }
}

#[test]
fn long_lists_are_not_deep() {
    let values = listed((0..900).map(|number| format!("x{number}")));
    let query = format!("filter[a][condition][path]=title&filter[a][condition][operator]=IN{values}");
    let (sql, parameters) = read(&ALL, 0, "node--article", &query).unwrap();
    assert_eq!(parameters.len(), 902);
    let longest = sql.split(['(', ')']).map(|part| part.matches(" OR ").count()).max();
    assert!(longest < Some(64), "{longest:?}");
}

#[test]
fn wrong_filters_are_refused() {
    let must = "You must provide a valid filter condition. Check that you have set the required keys for your filter.";
    let cases = [
        ("filter=x", "Unexpected value for parameter \"filter\": expecting \"array\", got \"string\"."),
        ("filter[@root]=x", "'@root' is a reserved filter id."),
        ("filter[a][condition][value]=x", must),
        ("filter[title][foo]=x", must),
        ("filter[a][condition]=x", must),
        (
            "filter[title][operator]=LIKE&filter[title][value]=x",
            "The 'LIKE' operator is not allowed in a filter parameter.",
        ),
        (
            "filter[title][operator]=in&filter[title][value]=x",
            "The 'in' operator is not allowed in a filter parameter.",
        ),
        (
            "filter[title][operator]=IS%20NULL&filter[title][value]=x",
            "Filters using the 'IS NULL' operator should not provide a value.",
        ),
        ("filter[title][value][]=x", "Filters using the '=' operator need one value, not a list."),
        (
            "filter[title][operator]=BETWEEN&filter[title][value]=x",
            "Filters using the 'BETWEEN' operator need two values.",
        ),
        (
            "filter[a][condition][path]=title&filter[a][condition][operator]=IN",
            "Filters using the 'IN' operator need at least one value.",
        ),
        ("filter[title][value][a][b]=x", "The values of a filter need to be texts, not lists of others."),
        ("filter[title]=%00", "The values of a filter cannot have a NUL in them."),
        ("filter[a][condition][path][]=title", "The parts of the filter `a` need to be texts."),
        ("filter[g][group][conjunction]=XOR", "Allowed conjunctions: AND, OR."),
        ("filter[g][group][conjunction]=AND", "The filter group `g` has no members."),
        (
            "filter[g][group][conjunction]=OR&filter[title][value]=x&filter[title][memberOf]=g",
            "The filter group `g` has no members.",
        ),
        (
            "filter[a][group][conjunction]=OR&filter[a][group][memberOf]=b&filter[b][group][conjunction]=OR&\
             filter[b][group][memberOf]=a",
            "No filter applies: each is a member of a group that there is not.",
        ),
        (
            "sort=title&filter[nope]=x",
            "Invalid nested filtering. The field `nope`, given in the path `nope`, does not exist.",
        ),
        (
            "sort=uid",
            "Invalid nested filtering. The field `uid`, given in the path `uid` is incomplete, it must end with one \
             of the following specifiers: `id`, `meta.drupal_internal__target_id`.",
        ),
        ("page[limit]=0&sort=nope", "The page size needs to be a positive integer."),
    ];
    for (query, expected) in cases {
        assert_eq!(read(&ALL, 0, "node--article", query).unwrap_err(), expected, "{query}");
    }
    let many = vec!["filter[N][condition][path]=title"; 51].join("&");
    let many = (0..51).fold(many, |many, number| many.replacen('N', &number.to_string(), 1));
    assert_eq!(
        read(&ALL, 0, "node--article", &many).unwrap_err(),
        "No more than 50 conditions can be filtered by."
    );
    // What is in a group that there is not says nothing, as long as something else does.
    let query = "filter[status]=1&filter[a][condition][path]=title&filter[a][condition][memberOf]=nope";
    assert!(!condition(query).contains("title"));
}

#[test]
fn sorts_take_one_value_of_each_entity() {
    let sorted = |query: &str| {
        read(&[], 0, "node--article", query).unwrap().0.split_once(" FROM ").unwrap().1.to_owned()
    };
    let group = "WHERE t0.type = ?1 GROUP BY t0.nid, t0.vid ORDER BY";
    let cases = [
        ("sort=-nid", "node AS t0 WHERE t0.type = ?1 ORDER BY t0.nid DESC LIMIT ?2".to_owned()),
        ("sort=id", "node AS t0 WHERE t0.type = ?1 ORDER BY t0.uuid, t0.vid, t0.nid LIMIT ?2".to_owned()),
        (
            "sort=title,-created",
            format!(
                "node AS t0 LEFT JOIN node_field_data AS t2 ON t2.nid = t0.nid {group} min(t2.title), \
                 max(t2.created) DESC, t0.vid, t0.nid LIMIT ?2"
            ),
        ),
        (
            "sort[a][path]=title&sort[a][direction]=sideways&sort[a][langcode]=es",
            format!(
                "node AS t0 LEFT JOIN (SELECT t1.* FROM node_field_data AS t1 WHERE t1.langcode = ?2) AS t2 ON \
                 t2.nid = t0.nid {group} max(t2.title), t0.vid, t0.nid LIMIT ?3"
            ),
        ),
        (
            "sort=field_tags.0.name",
            format!(
                "node AS t0 LEFT JOIN (SELECT t1.* FROM node__field_tags AS t1 WHERE t1.delta = ?2) AS t2 ON \
                 t2.entity_id = t0.nid LEFT JOIN taxonomy_term_field_data AS t4 ON t4.tid = \
                 t2.field_tags_target_id {group} min(t4.name), t0.vid, t0.nid LIMIT ?3"
            ),
        ),
    ];
    for (query, expected) in cases {
        assert_eq!(sorted(query), expected, "{query}");
    }
}

#[test]
fn filters_find_what_may_be_seen_alone() {
    let guard = |permissions: &[&str], id: i64, of: &str, filter: &str| asked(permissions, id, of, filter);
    let by_title = |permissions: &[&str], id| guard(permissions, id, "node--article", "filter[title]=x");
    assert!(by_title(&ALL, 0).ends_with(" AND 1 = 1)"));
    assert!(by_title(&[], 0).ends_with(" AND 1 = 0)"));
    let published = by_title(&["access content", "view own unpublished content"], 0);
    assert!(published.contains("node_field_data AS t2 WHERE t2.status = ?3"), "{published}");
    assert!(!published.contains("uid"), "{published}");
    assert!(by_title(&["access content", "view own unpublished content"], 7).contains("t3.uid = ?4"));
    let by_author = |permissions: &[&str], id| guard(permissions, id, "node--article", "filter[uid.name]=x");
    let nobody = by_author(&ALL, 0);
    assert!(nobody.contains("1 = 0"), "{nobody}");
    assert!(nobody.contains("t4.uid <> ?3"), "{nobody}");
    let someone = by_author(&["bypass node access", "access user profiles"], 7);
    assert!(someone.contains("user_field_data AS t4 WHERE t4.status = ?3"), "{someone}");
    assert!(someone.contains("user_field_data AS t6 WHERE t6.uid = ?4"), "{someone}");
    let public = guard(&["access content"], 0, "file--file", "filter[id]=x");
    assert!(public.contains("t0.uri LIKE replace("), "{public}");
    assert!(!public.contains("t0.uid"), "{public}");
    let own = guard(&["access content"], 7, "file--file", "filter[id]=x");
    assert!(own.contains("t0.uid = ?3"), "{own}");
    let commented = guard(&["access content", "access comments"], 0, "comment--note", "filter[id]=x");
    assert!(commented.contains("comment_type = ?"), "{commented}");
    assert!(commented.contains("node_field_data AS t3 WHERE t3.status = ?"), "{commented}");
    let set = ["access shortcuts", "customize shortcut links"];
    let shown = guard(&set, 7, "shortcut--default", "filter[id]=x");
    assert!(shown.contains("shortcut_set = ?3"), "{shown}");
    let any = guard(&["administer shortcuts"], 7, "shortcut--default", "filter[id]=x");
    assert!(!any.contains("shortcut_set = ?3"), "{any}");
}
