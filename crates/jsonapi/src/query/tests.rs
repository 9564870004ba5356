use proptest::prelude::*;

use super::*;
use crate::error::Source;

fn parsed(raw: &str) -> Query {
    parse(raw, &QueryLimits::default()).unwrap_or_else(|errors| panic!("{raw}: {errors:?}"))
}

/// `code parameter` of each error.
fn errors(raw: &str) -> Vec<String> {
    let Err(errors) = parse(raw, &QueryLimits::default()) else { return Vec::new() };
    let describe = |error: &ErrorObject| match &error.source {
        Some(Source::Parameter(name)) => format!("{} {name}", error.kind.code),
        other => panic!("{other:?}"),
    };
    errors.iter().map(describe).collect()
}

#[track_caller]
fn check_errors(raw: &str, expected: &[&str]) {
    assert_eq!(errors(raw), expected, "for {raw}");
}

#[track_caller]
fn check_include(raw: &str, expected: &[&str]) {
    let include = parsed(raw).include.unwrap();
    let paths: Vec<_> = include.iter().map(|path| path.segments.join("/")).collect();
    assert_eq!(paths, expected, "for {raw}");
}

#[track_caller]
fn check_sort(raw: &str, expected: &[&str]) {
    let sort = parsed(raw).sort.unwrap();
    let sign = |field: &SortField| if field.descending { "-" } else { "+" };
    let fields: Vec<_> =
        sort.iter().map(|field| format!("{}{}", sign(field), field.path.join("/"))).collect();
    assert_eq!(fields, expected, "for {raw}");
}

#[track_caller]
fn check_style(raw: &str, expected: &PageStyle) {
    assert_eq!(parsed(raw).page.style, *expected, "for {raw}");
}

fn detail(raw: &str) -> String {
    parse(raw, &QueryLimits::default()).unwrap_err().remove(0).detail
}

#[test]
fn nothing_is_asked_for_by_nothing() {
    assert_eq!(parsed(""), Query::default());
    assert_eq!(parsed("&&"), Query::default());
}

#[test]
fn query_01_urlencoded() {
    assert_eq!(parsed("fields[a]=x+y%2Bz").fields[0].names, ["x y+z"]);
    check_include("include=%C3%A9", &["é"]);
}

#[test]
fn query_03_04_brackets_may_be_encoded() {
    assert_eq!(parsed("fields[albums]=title"), parsed("fields%5Balbums%5D=title"));
    assert_eq!(parsed("page[size]=3"), parsed("page%5Bsize%5d=3"));
}

#[test]
fn query_05_reserved_names_are_refused() {
    check_errors("foo=1", &["unknown-parameter foo"]);
    check_errors("limit=5&q=x", &["unknown-parameter limit", "unknown-parameter q"]);
    assert!(detail("sorts=a").contains("Did you mean `sort`?"));
}

#[test]
fn query_06_names_that_break_the_convention_are_refused() {
    for name in ["filter[_]", "page[size]x", "my.param", "_x", "-x", "", "fields[a%2Bb]"] {
        let decoded = name.replace("%2B", "+");
        check_errors(&format!("{name}=1"), &[&format!("invalid-parameter-name {decoded}")]);
    }
    check_errors("atomic:x=1&fooBar=1", &["unknown-parameter atomic:x", "unknown-parameter fooBar"]);
}

#[test]
fn query_10_other_forms_of_the_families_are_unknown() {
    for name in [
        "include[x]",
        "include[]",
        "sort[x]",
        "page",
        "filter",
        "fields",
        "fields[]",
        "fields[a][b]",
        "fields[a.b]",
    ] {
        check_errors(&format!("{name}=a"), &[&format!("unknown-parameter {name}")]);
    }
}

#[test]
fn query_11_errors_name_the_parameter_decoded() {
    check_errors("page%5Bnope%5D=1", &["unknown-parameter page[nope]"]);
    assert!(detail("page[ofset]=1").contains("`page[offset]`"));
}

#[test]
fn query_12_repeated_parameters_are_refused_once() {
    check_errors("sort=title&sort=year&sort=a", &["repeated-parameter sort"]);
    check_errors(
        "page[limit]=1&x=1&page%5Blimit%5D=1",
        &["repeated-parameter page[limit]", "unknown-parameter x"],
    );
    check_errors("a=1&a=2", &["repeated-parameter a", "unknown-parameter a"]);
}

#[test]
fn query_13_links_have_no_raw_brackets() {
    assert_eq!(self_query("fields[a]=b,c&sort=-x"), "fields%5Ba%5D=b%2Cc&sort=-x");
    assert_eq!(self_query("filter[t]=a+b%20c&x"), "filter%5Bt%5D=a+b+c&x=");
    assert_eq!(self_query(""), "");
}

#[test]
fn page_07_pagination_links_keep_other_parameters() {
    let raw = "page[number]=2&sort=a&page[size]=5&include=b&page[b][limit]=2&page[count]=true&page[after]=k&page[before]=l";
    assert_eq!(
        replace_page(raw, &[("number", "3"), ("size", "5")]),
        "sort=a&include=b&page%5Bb%5D%5Blimit%5D=2&page%5Bcount%5D=true&page%5Bnumber%5D=3&page%5Bsize%5D=5"
    );
    assert_eq!(replace_page("", &[("after", "a=b")]), "page%5Bafter%5D=a%3Db");
    assert_eq!(replace_page("page[offset]=1", &[]), "");
}

#[test]
fn inc_06_paths() {
    check_include("include=artist,tracks.writer", &["artist", "tracks/writer"]);
    check_include("include=a,a.b,a", &["a", "a/b"]);
}

#[test]
fn inc_07_an_empty_value_includes_nothing() {
    assert_eq!(parsed("include=").include, Some(Vec::new()));
    assert_eq!(parsed("include").include, Some(Vec::new()));
}

#[test]
fn inc_15_faulty_items() {
    for value in ["a,,b", "a,", ",", ".", "a.", "a,+b", "@foo", "a b ", "-a"] {
        let found = errors(&format!("include={value}"));
        assert!(
            !found.is_empty() && found.iter().all(|error| error == "invalid-include include"),
            "{value}: {found:?}"
        );
    }
}

#[test]
fn include_limits_hold() {
    let path = |depth: usize| vec!["a"; depth].join(".");
    check_include(&format!("include={}", path(6)), &["a/a/a/a/a/a"]);
    check_errors(&format!("include={}", path(7)), &["include-too-deep include"]);
    let paths = |count: usize| (0..count).map(|index| format!("a{index}")).collect::<Vec<_>>().join(",");
    assert_eq!(parsed(&format!("include={}", paths(32))).include.unwrap().len(), 32);
    check_errors(&format!("include={},x..y", paths(33)), &["too-many-include-paths include"]);
}

#[test]
fn fields_02_lists() {
    let query = parsed("fields[albums]=title,year&fields[a--b]=c");
    assert_eq!(query.fields[0].type_name, "albums");
    assert_eq!(query.fields[0].names, ["title", "year"]);
    assert_eq!(query.fields[0].parameter, "fields[albums]");
    assert_eq!(query.fields[1].type_name, "a--b");
}

#[test]
fn fields_03_an_empty_value_is_an_empty_list() {
    assert!(parsed("fields[albums]=").fields[0].names.is_empty());
}

#[test]
fn sort_03_04_direction_and_order() {
    check_sort("sort=-year,title,author.name", &["-year", "+title", "+author/name"]);
    check_sort("sort=a,-a,b", &["+a", "+b"]);
}

#[test]
fn the_number_of_sort_fields_is_limited() {
    let fields = |count: usize| (0..count).map(|index| format!("a{index}")).collect::<Vec<_>>().join(",");
    let raw = format!("sort={},-a0,a1", fields(MAX_SORT_FIELDS));
    assert_eq!(parsed(&raw).sort.unwrap().len(), MAX_SORT_FIELDS);
    for count in [MAX_SORT_FIELDS + 1, 100_000] {
        check_errors(&format!("sort={}", fields(count)), &["too-many-sort-fields sort"]);
    }
    assert!(detail(&format!("sort={}", fields(33))).contains("more than 32"));
}

#[test]
fn sort_09_faulty_items() {
    for value in ["", "a,,b", "--x", "+year", "-", "a,+b", "a..b", ",", "a."] {
        let found = errors(&format!("sort={value}"));
        assert!(
            !found.is_empty() && found.iter().all(|error| error == "invalid-sort sort"),
            "{value}: {found:?}"
        );
    }
}

#[test]
fn styles() {
    check_style("sort=a", &PageStyle::None);
    check_style("page[count]=true", &PageStyle::None);
    check_style("page[limit]=10", &PageStyle::Offset { limit: Some(10), offset: 0 });
    check_style("page[offset]=7", &PageStyle::Offset { limit: None, offset: 7 });
    check_style("page[offset]=0&page[limit]=1", &PageStyle::Offset { limit: Some(1), offset: 0 });
    check_style("page[number]=2", &PageStyle::Number { number: 2, size: None });
    check_style("page[size]=5&page[number]=2", &PageStyle::Number { number: 2, size: Some(5) });
    let cursor = |size, after: Option<&str>, before: Option<&str>| PageStyle::Cursor {
        size,
        after: after.map(str::to_owned),
        before: before.map(str::to_owned),
    };
    check_style("page[size]=5", &cursor(Some(5), None, None));
    check_style("page[after]=a", &cursor(None, Some("a"), None));
    check_style("page[before]=b&page[size]=1&page[after]=a", &cursor(Some(1), Some("a"), Some("b")));
}

#[test]
fn styles_do_not_mix() {
    check_errors("page[limit]=1&page[number]=1", &["mixed-page-styles page[number]"]);
    check_errors("page[size]=1&page[limit]=1", &["mixed-page-styles page[limit]"]);
    check_errors("page[number]=1&page[size]=1&page[after]=a", &["mixed-page-styles page[after]"]);
    check_errors("page[after]=a&page[number]=1", &["mixed-page-styles page[number]"]);
    check_errors("page[offset]=1&page[before]=a", &["mixed-page-styles page[before]"]);
}

#[test]
fn page_09_unknown_members_are_refused() {
    check_errors("page[nope]=1", &["unknown-parameter page[nope]"]);
    check_errors("include=a&page[a][size]=1", &["unknown-parameter page[a][size]"]);
    check_errors(
        "page[]=1&page[][limit]=1",
        &["unknown-parameter page[]", "unknown-parameter page[][limit]"],
    );
    check_errors("page[a][b][limit]=1", &["unknown-parameter page[a][b][limit]"]);
}

#[test]
fn page_10_bad_values_are_refused() {
    for value in ["0", "-1", "1.5", "abc", "", "+5", "%205", "99999999999999999999", "٣"] {
        for member in ["limit", "number", "size"] {
            check_errors(&format!("page[{member}]={value}"), &[&format!("invalid-page page[{member}]")]);
        }
    }
    check_errors("page[offset]=-1", &["invalid-page page[offset]"]);
    check_errors("page[count]=1", &["invalid-page page[count]"]);
    assert_eq!(parsed("page[count]=false").page.count, Some(false));
}

#[test]
fn cur_20_sizes_are_read_in_base_ten() {
    check_style("page[size]=007", &PageStyle::Cursor { size: Some(7), after: None, before: None });
}

#[test]
fn cur_30_an_empty_cursor_is_refused() {
    check_errors("page[after]=", &["invalid-cursor page[after]"]);
}

#[test]
fn cur_61_sizes_over_the_maximum() {
    check_style("page[limit]=500", &PageStyle::Offset { limit: Some(500), offset: 0 });
    for name in ["page[size]", "page[limit]", "page[a][limit]"] {
        let found = parse(&format!("include=a&{name}=501"), &QueryLimits::default()).unwrap_err();
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].kind.code, "max-size-exceeded");
        assert_eq!(found[0].source, Some(Source::Parameter(name.to_owned())));
        assert_eq!(found[0].max_size, Some(500));
        assert_eq!(found[0].type_link, Some(MAX_SIZE_EXCEEDED_TYPE));
        assert!(found[0].detail.contains("500"));
    }
}

#[test]
fn pages_of_included_relationships() {
    let page = parsed(
        "page[comments.replies][limit]=5&page[comments][limit]=3&include=comments.replies&page[size]=2",
    )
    .page;
    let limits: Vec<_> = page.included.iter().map(|page| (page.path.join("/"), page.limit)).collect();
    assert_eq!(limits, [("comments/replies".to_owned(), 5), ("comments".to_owned(), 3)]);
    assert_eq!(page.included[0].parameter, "page[comments.replies][limit]");
    check_errors("page[a][limit]=1", &["page-not-included page[a][limit]"]);
    check_errors("include=b&page[b.c][limit]=1", &["page-not-included page[b.c][limit]"]);
    check_errors("include=b&page[b][limit]=0", &["invalid-page page[b][limit]"]);
}

#[test]
fn all_problems_are_reported_together() {
    check_errors(
        "include=a,,b&sort=&page[limit]=x&foo=1&filter[a][nope]=1",
        &[
            "invalid-include include",
            "invalid-sort sort",
            "unknown-parameter foo",
            "invalid-page page[limit]",
            "unknown-filter-operator filter[a][nope]",
        ],
    );
}

#[test]
fn errors_are_limited() {
    let names: Vec<_> = (0..10_000).map(|index| format!("x{index}")).collect();
    assert_eq!(errors(&names.join("&")).len(), MAX_ERRORS);
}

fn likely_query() -> impl Strategy<Value = String> {
    let piece = "(include|fields|sort|page|filter|or|and|not|0|1|limit|offset|number|size|after|before|count|group|condition|path|operator|value|memberOf|conjunction|OR|AND|IN|gte|null|between|true|a|b\\.c|\\[|\\]|\\[|\\]|=|=|&|,|-|%5B|%5D|%2)";
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_text_is_judged(raw in any::<String>()) {
        let _ = parse(&raw, &QueryLimits::default());
    }

    #[test]
    fn any_likely_text_is_judged(raw in likely_query()) {
        let _ = parse(&raw, &QueryLimits::default());
    }

    #[test]
    fn self_queries_mean_what_the_client_asked(raw in any::<String>()) {
        let again = self_query(&raw);
        let pairs = |text: &str| form_urlencoded::parse(text.as_bytes()).into_owned().collect::<Vec<_>>();
        prop_assert_eq!(pairs(&again), pairs(&raw));
        prop_assert_eq!(self_query(&again), again.clone());
        prop_assert!(!again.contains(['[', ']', ' ', '"', '<']) && again.is_ascii());
    }

    #[test]
    fn replaced_pages_keep_the_rest(raw in likely_query()) {
        let replaced = replace_page(&raw, &[("offset", "5")]);
        let pairs = |text: &str| form_urlencoded::parse(text.as_bytes()).into_owned().collect::<Vec<_>>();
        let mut expected = pairs(&raw);
        expected.retain(|(name, _)| !["limit", "offset", "number", "size", "after", "before"].iter().any(|member| *name == format!("page[{member}]")));
        expected.push(("page[offset]".to_owned(), "5".to_owned()));
        prop_assert_eq!(pairs(&replaced), expected);
    }
}
