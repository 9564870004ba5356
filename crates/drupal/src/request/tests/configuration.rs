//! Collections of configuration.

use crate::access::fixture::{list, map, text};
use crate::php::Php;
use crate::request::config_query::ConfigQuery;
use crate::request::fixture::{site, with_content_types};
use crate::request::parameters::Parameters;

fn found(query: &str) -> String {
    let tree = |weight| map([("inner", map([("weight", Php::Integer(weight)), ("tags", list(["X", "y"]))]))]);
    let types = [
        ("a", map([("name", text("Zebra")), ("status", Php::Bool(true)), ("third_party", tree(2))])),
        ("b", map([("name", text("apple")), ("status", Php::Bool(false)), ("third_party", tree(10))])),
        ("c", map([("name", text("Mango")), ("help", text("")), ("third_party", Php::Null)])),
        ("d", map([("name", text("mango")), ("help", text("10")), ("id", text("7"))])),
    ];
    let site = with_content_types(&site(&[], &[]), &types);
    match ConfigQuery::read(&site, site.by_name["node_type--node_type"], &Parameters::read(query)) {
        Err(refusal) => refusal.detail,
        Ok(query) => {
            let (names, has_more) = query.run(&site, "en");
            let names: Vec<&str> = names.iter().filter_map(|name| name.strip_prefix("node.type.")).collect();
            format!("{}{}", names.join(" "), if has_more { " …" } else { "" })
        }
    }
}

#[test]
fn configuration_is_found_by_its_keys() {
    let by = |operator: &str, path: &str, values: &str| {
        format!("filter[x][condition][path]={path}&filter[x][condition][operator]={operator}{values}")
    };
    let value = "&filter[x][condition][value]=";
    let listed = "&filter[x][condition][value][]=mango&filter[x][condition][value][]=APPLE";
    let cases = [
        (String::new(), "a b c d"),
        ("page[limit]=2".to_owned(), "a b …"),
        ("page[limit]=2&page[offset]=2".to_owned(), "c d"),
        ("filter[name]=MANGO".to_owned(), "c d"),
        ("filter[status]=1".to_owned(), "a"),
        ("filter[status]=0".to_owned(), "b"),
        ("filter[help]=10.0".to_owned(), "d"),
        ("filter[node_type_id]=7".to_owned(), "d"),
        ("filter[drupal_internal__type]=x".to_owned(), ""),
        (
            "filter[drupal_internal__name]=x".to_owned(),
            "Invalid nested filtering. The field `drupal_internal__name`, given in the path `drupal_internal__name`, \
             does not exist.",
        ),
        ("filter[third_party.inner.weight]=2".to_owned(), "a"),
        ("filter[third_party.*.tags.*]=x".to_owned(), "a b"),
        ("filter[third_party.inner.tags.1]=Y".to_owned(), "a b"),
        (by("IN", "name", listed), "b c d"),
        (by("NOT%20IN", "name", listed), "a"),
        (by("<>", "name", &format!("{value}mango")), "a b"),
        (by(">", "third_party.inner.weight", &format!("{value}9")), "b"),
        (by("CONTAINS", "name", &format!("{value}AN")), "c d"),
        (by("STARTS_WITH", "name", &format!("{value}Z")), "a"),
        (by("ENDS_WITH", "name", &format!("{value}O")), "c d"),
        (by("IS%20NULL", "third_party", ""), "c d"),
        (by("IS%20NOT%20NULL", "third_party", ""), "a b"),
        (
            format!(
                "filter[g][group][conjunction]=OR&{}&filter[x][condition][memberOf]=g&filter[y][condition][path]=name&\
                 filter[y][condition][value]=apple&filter[y][condition][memberOf]=g",
                by("=", "name", &format!("{value}zebra"))
            ),
            "a b",
        ),
        ("sort=name".to_owned(), "c a b d"),
        ("sort=-name".to_owned(), "d b a c"),
        ("sort=third_party.inner.weight".to_owned(), "c d a b"),
        (by("BETWEEN", "name", listed), "Invalid condition operator."),
        (
            "filter[nope]=1".to_owned(),
            "Invalid nested filtering. The field `nope`, given in the path `nope`, does not exist.",
        ),
        (
            "sort=_core".to_owned(),
            "Invalid nested filtering. The field `_core`, given in the path `_core`, does not exist.",
        ),
    ];
    for (query, expected) in cases {
        assert_eq!(found(&query), expected, "{query}");
    }
    assert_eq!(found("sort=drupal_internal__type"), "a b c d");
}
