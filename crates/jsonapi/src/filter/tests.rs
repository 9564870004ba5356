use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;
use crate::error::Source;
use crate::query::parse;

/// The tree as text: `all(a eq [1], any(…), not(…))`.
fn show(filter: &Filter) -> String {
    let list = |members: &[Filter]| members.iter().map(show).collect::<Vec<_>>().join(", ");
    match filter {
        Filter::All(members) => format!("all({})", list(members)),
        Filter::Any(members) => format!("any({})", list(members)),
        Filter::Not(inner) => format!("not({})", show(inner)),
        Filter::Condition(condition) => {
            let Condition { path, operator, values, .. } = condition;
            format!("{} {} [{}]", path.join("/"), operator.drupal(), values.join("|"))
        }
    }
}

#[track_caller]
fn check(raw: &str, expected: &str) {
    let query = parse(raw, &QueryLimits::default()).unwrap_or_else(|errors| panic!("{raw}: {errors:?}"));
    assert_eq!(show(&query.filter.unwrap()), expected, "for {raw}");
}

/// Code and parameter of the only error.
#[track_caller]
fn check_error(raw: &str, expected: &str) -> String {
    let errors = parse(raw, &QueryLimits::default()).unwrap_err();
    assert_eq!(errors.len(), 1, "{raw}: {errors:?}");
    let Some(Source::Parameter(parameter)) = &errors[0].source else { panic!("{errors:?}") };
    assert_eq!(format!("{} {parameter}", errors[0].kind.code), expected, "for {raw}");
    errors[0].detail.clone()
}

fn only_condition(raw: &str) -> Condition {
    let filter = parse(raw, &QueryLimits::default()).unwrap().filter.unwrap();
    filter.conditions()[0].clone()
}

#[test]
fn native_equality_takes_the_value_literally() {
    check("filter[title]=a,b", "title = [a,b]");
    check("filter[title]=", "title = []");
    check("filter[title][eq]=a\\,b", "title = [a\\,b]");
    check("filter[author.name]=x", "author/name = [x]");
}

#[test]
fn native_operators() {
    check("filter[a][ne]=1", "a <> [1]");
    check("filter[a][gt]=1", "a > [1]");
    check("filter[a][gte]=1", "a >= [1]");
    check("filter[a][lt]=1", "a < [1]");
    check("filter[a][lte]=1", "a <= [1]");
    check("filter[a][in]=1,2", "a IN [1|2]");
    check("filter[a][in]=1", "a IN [1]");
    check("filter[a][nin]=x\\,y,z", "a NOT IN [x,y|z]");
    check("filter[a][between]=1,9", "a BETWEEN [1|9]");
    check("filter[a][nbetween]=1,9", "a NOT BETWEEN [1|9]");
    check("filter[a][contains]=%25,", "a CONTAINS [%,]");
    check("filter[a][starts]=x", "a STARTS_WITH [x]");
    check("filter[a][ends]=x", "a ENDS_WITH [x]");
    check("filter[a][null]=true", "a IS NULL []");
    check("filter[a][null]=false", "a IS NOT NULL []");
}

#[test]
fn native_conditions_are_combined_by_and() {
    check("filter[a][gte]=1&filter[a][lt]=9&filter[b]=x", "all(a >= [1], a < [9], b = [x])");
}

#[test]
fn native_groups() {
    check("filter[or][0][a]=1&filter[or][1][b.c][gt]=2", "any(a = [1], b/c > [2])");
    check("filter[or][0][a]=1&filter[or][1][b]=2&filter[or][0][c]=3", "any(all(a = [1], c = [3]), b = [2])");
    check("filter[and][0][a]=1&filter[and][1][b]=2", "all(a = [1], b = [2])");
    check("filter[not][t][contains]=x", "not(t CONTAINS [x])");
    check("filter[not][a]=1&filter[not][b]=2", "not(all(a = [1], b = [2]))");
    check("filter[or][7][a]=1", "a = [1]");
}

#[test]
fn native_groups_nest() {
    check(
        "filter[or][0][and][0][a]=1&filter[or][0][and][1][a]=2&filter[or][1][b]=3",
        "any(all(a = [1], a = [2]), b = [3])",
    );
    check("filter[not][or][0][a]=1&filter[not][or][1][b]=2", "not(any(a = [1], b = [2]))");
    check("filter[or][0][not][a]=1&filter[or][1][not][b]=1", "any(not(a = [1]), not(b = [1]))");
    check("filter[not][not][a]=1", "not(not(a = [1]))");
}

#[test]
fn native_words_may_be_names_of_fields() {
    check("filter[or]=1", "or = [1]");
    check("filter[not]=1", "not = [1]");
    check("filter[or][gt]=1", "or > [1]");
    check("filter[not][or]=1", "not(or = [1])");
    check("filter[not][condition]=1", "not(condition = [1])");
    check("filter[not][condition][gt]=1", "not(condition > [1])");
    check("filter[not][value]=1", "not(value = [1])");
    check("filter[or][0][value][in]=1", "value IN [1]");
}

#[test]
fn native_mistakes() {
    let detail = check_error("filter[a][gtee]=1", "unknown-filter-operator filter[a][gtee]");
    assert!(detail.contains("Did you mean `gte`?"), "{detail}");
    let detail = check_error("filter[author][name]=1", "unknown-filter-operator filter[author][name]");
    assert!(detail.contains("filter[author.name]"), "{detail}");
    check_error("filter[a][EQ]=1", "unknown-filter-operator filter[a][EQ]");
    check_error("filter[a][]=1", "unknown-filter-operator filter[a][]");
    check_error("filter[]=1", "unknown-parameter filter[]");
    check_error("filter[a][eq][x]=1", "unknown-parameter filter[a][eq][x]");
    check_error("filter[a][between]=1", "invalid-filter-value filter[a][between]");
    check_error("filter[a][nbetween]=1,2,3", "invalid-filter-value filter[a][nbetween]");
    check_error("filter[a][null]=1", "invalid-filter-value filter[a][null]");
    check_error("filter[or][0]=1", "invalid-filter filter[or][0]");
    check_error("filter[or][a]=1", "invalid-filter filter[or][a]");
    check_error("filter[or][a][b]=1", "invalid-filter filter[or][a][b]");
    check_error("filter[not][]=1", "unknown-parameter filter[not][]");
}

#[test]
fn drupal_short_form() {
    check("filter[title][value]=y", "title = [y]");
    check("filter[title][operator]=CONTAINS&filter[title][value]=y", "title CONTAINS [y]");
    check("filter[k][path]=title&filter[k][value]=y", "title = [y]");
    check("filter[t][operator]=IS+NULL", "t IS NULL []");
    check("filter[t][value]=1&filter[t][memberOf]=@root", "t = [1]");
    check("filter[author.name][value]=1", "author/name = [1]");
    check("filter[uid.entity:user.name]=x", "uid/entity:user/name = [x]");
    check_error("filter[uid.other:user.name]=x", "invalid-parameter-name filter[uid.other:user.name]");
    check_error("filter[entity:]=x", "invalid-parameter-name filter[entity:]");
}

#[test]
fn drupal_long_form() {
    let condition = |operator: &str, values: &str| {
        format!("filter[k][condition][path]=a.b&filter[k][condition][operator]={operator}{values}")
    };
    let value = "&filter[k][condition][value]=1";
    let list = "&filter[k][condition][value][]=1&filter[k][condition][value][]=2";
    for (encoded, word) in
        [("%3D", "="), ("%3C%3E", "<>"), (">", ">"), (">%3D", ">="), ("<", "<"), ("<%3D", "<=")]
    {
        check(&condition(encoded, value), &format!("a/b {word} [1]"));
    }
    for word in ["STARTS_WITH", "CONTAINS", "ENDS_WITH", "IN", "NOT IN"] {
        check(&condition(word, value), &format!("a/b {word} [1]"));
    }
    for word in ["IN", "NOT IN", "BETWEEN", "NOT BETWEEN"] {
        check(&condition(word, list), &format!("a/b {word} [1|2]"));
    }
    for word in ["IS NULL", "IS NOT NULL"] {
        check(&condition(word, ""), &format!("a/b {word} []"));
    }
    check("filter[k][condition][path]=a&filter[k][condition][value]=x,y", "a = [x,y]");
    check(
        "filter[k][condition][path]=uid.entity:user.name&filter[k][condition][value]=x",
        "uid/entity:user/name = [x]",
    );
}

#[test]
fn drupal_lists_are_ordered_by_index() {
    let operator = "filter[a][operator]=BETWEEN";
    check(&format!("{operator}&filter[a][value][1]=9&filter[a][value][0]=1"), "a BETWEEN [1|9]");
    check(&format!("{operator}&filter[a][value][0]=1&filter[a][value][]=9"), "a BETWEEN [1|9]");
    check("filter[a][operator]=IN&filter[a][value][]=x,y", "a IN [x,y]");
}

#[test]
fn drupal_groups() {
    let member = |key: &str, group: &str| {
        format!(
            "&filter[{key}][condition][path]={key}&filter[{key}][condition][value]=1&filter[{key}][condition][memberOf]={group}"
        )
    };
    let or = "filter[g][group][conjunction]=OR";
    check(&format!("{or}{}{}", member("a", "g"), member("b", "g")), "any(a = [1], b = [1])");
    check(&format!("{or}{}{}", member("a", "@root"), member("b", "g")), "all(b = [1], a = [1])");
    check(
        &format!(
            "{or}&filter[h][group][conjunction]=AND&filter[h][group][memberOf]=g{}{}{}",
            member("a", "h"),
            member("b", "h"),
            member("c", "g")
        ),
        "any(all(a = [1], b = [1]), c = [1])",
    );
    check("filter[or][group][conjunction]=OR&filter[a][value]=1&filter[a][memberOf]=or", "a = [1]");
    check("filter[not][group][conjunction]=OR&filter[a][value]=1&filter[a][memberOf]=not", "a = [1]");
    // The group may come after its members.
    check(
        &format!("filter[a][value]=1&filter[a][memberOf]=g{}&{or}", member("b", "g")),
        "any(a = [1], b = [1])",
    );
}

#[test]
fn both_grammars_combine() {
    check(
        "filter[a][value]=1&filter[b]=2&filter[or][0][c]=3&filter[or][1][d]=4",
        "all(b = [2], any(c = [3], d = [4]), a = [1])",
    );
}

#[test]
fn drupal_mistakes_in_conditions() {
    let detail = check_error(
        "filter[a][condition][path]=t&filter[a][condition][operator]=contains&filter[a][condition][value]=x",
        "unknown-filter-operator filter[a][condition][operator]",
    );
    assert!(detail.contains("Did you mean `CONTAINS`?"), "{detail}");
    check_error("filter[a][operator]=LIKE&filter[a][value]=x", "unknown-filter-operator filter[a][operator]");
    check_error("filter[a][condition][value]=x", "invalid-filter filter[a][condition][value]");
    check_error("filter[a][condition][path]=x", "invalid-filter-value filter[a][condition][path]");
    check_error(
        "filter[a][condition][path]=&filter[a][condition][value]=1",
        "invalid-filter filter[a][condition][path]",
    );
    check_error("filter[a][path]=x..y&filter[a][value]=1", "invalid-filter filter[a][path]");
    check_error("filter[a][memberOf]=@root", "invalid-filter-value filter[a][memberOf]");
    check_error("filter[a][operator]=IS NULL&filter[a][value]=1", "invalid-filter-value filter[a][value]");
    check_error("filter[a][operator]=BETWEEN&filter[a][value]=1", "invalid-filter-value filter[a][value]");
    check_error("filter[a][value][]=1&filter[a][value][]=2", "invalid-filter-value filter[a][value][]");
    check_error("filter[a][value][]=1&filter[a][value]=2", "invalid-filter-value filter[a][value]");
    check_error("filter[a][value][x]=1&filter[a][value]=1", "invalid-filter filter[a][value][x]");
    let detail = check_error(
        "filter[a][condition][foo]=1&filter[a][condition][path]=t&filter[a][condition][value]=1",
        "invalid-filter filter[a][condition][foo]",
    );
    assert!(detail.contains("[path]"), "{detail}");
    check_error(
        "filter[a][value]=1&filter[a][condition][path]=b",
        "invalid-filter filter[a][condition][path]",
    );
    check_error("filter[][value]=1", "invalid-filter filter[][value]");
}

#[test]
fn drupal_mistakes_in_groups() {
    let typo = "filter[team][group][conjunction]=OR&filter[b][value]=1&filter[b][memberOf]=team&filter[a][value]=1&filter[a][memberOf]=tema";
    let detail = check_error(typo, "invalid-filter-group filter[a][memberOf]");
    assert!(detail.contains("Did you mean `team`?"), "{detail}");
    let member = "&filter[a][value]=1&filter[a][memberOf]=g";
    check_error(
        "filter[g][value]=1&filter[a][value]=1&filter[a][memberOf]=g",
        "invalid-filter-group filter[a][memberOf]",
    );
    check_error(
        &format!("filter[g][group][conjunction]=XOR{member}"),
        "invalid-filter-group filter[g][group][conjunction]",
    );
    check_error(
        &format!("filter[g][group][memberOf]=@root{member}"),
        "invalid-filter-group filter[g][group][memberOf]",
    );
    check_error("filter[g][group][conjunction]=OR", "invalid-filter-group filter[g][group][conjunction]");
    check_error(
        &format!("filter[g][group][conjunction]=OR&filter[g][condition][path]=a{member}"),
        "invalid-filter filter[g][condition][path]",
    );
    check_error(
        &format!("filter[g][group][conjunction]=OR&filter[g][group][memberOf]=g{member}"),
        "invalid-filter-group filter[g][group][memberOf]",
    );
    check_error(
        &format!(
            "filter[g][group][conjunction]=OR&filter[g][group][memberOf]=h&filter[h][group][conjunction]=OR&filter[h][group][memberOf]=g{member}"
        ),
        "invalid-filter-group filter[g][group][memberOf]",
    );
    check_error(
        &format!("filter[g][group][conjunctoin]=OR&filter[g][group][conjunction]=OR{member}"),
        "invalid-filter filter[g][group][conjunctoin]",
    );
}

#[test]
fn errors_can_name_each_parameter_of_a_condition() {
    let native = only_condition("filter[not][operator][gt]=1");
    assert_eq!(native.path_parameter(), "filter[not][operator][gt]");
    assert_eq!(native.operator_parameter(), "filter[not][operator][gt]");
    let short = only_condition("filter[a][operator]=IN&filter[a][value][]=1");
    assert_eq!(short.parameter, "filter[a][value][]");
    assert_eq!(short.path_parameter(), "filter[a][value][]");
    assert_eq!(short.operator_parameter(), "filter[a][operator]");
    let renamed = only_condition("filter[k][path]=a&filter[k][value]=1");
    assert_eq!(renamed.path_parameter(), "filter[k][path]");
    assert_eq!(renamed.operator_parameter(), "filter[k][value]");
    let long = only_condition("filter[k][condition][path]=a&filter[k][condition][operator]=IS NULL");
    assert_eq!(long.parameter, "filter[k][condition][operator]");
    assert_eq!(long.path_parameter(), "filter[k][condition][path]");
    assert_eq!(long.operator_parameter(), "filter[k][condition][operator]");
}

#[test]
fn operators_and_their_words_agree() {
    for word in Operator::drupal_words() {
        assert_eq!(Operator::from_drupal(word).unwrap().drupal(), word);
    }
    for word in Operator::native_words() {
        assert_eq!(Operator::from_word(word).unwrap().native(), word);
    }
    assert_eq!(Operator::native_words().count(), 14);
}

#[test]
fn the_number_of_conditions_is_limited() {
    let native = |count: usize| {
        (0..count).map(|index| format!("filter[or][{index}][a]=1")).collect::<Vec<_>>().join("&")
    };
    assert!(parse(&native(64), &QueryLimits::default()).is_ok());
    check_error(&native(65), "too-many-filter-conditions filter[or][64][a]");
    let drupal = |count: usize| {
        (0..count).map(|index| format!("filter[a{index}][value]=1")).collect::<Vec<_>>().join("&")
    };
    assert!(parse(&drupal(64), &QueryLimits::default()).is_ok());
    check_error(&drupal(65), "too-many-filter-conditions filter[a64][value]");
    check_error(&format!("{}&filter[b]=1", drupal(64)), "too-many-filter-conditions filter[b]");
}

#[test]
fn the_depth_of_groups_is_limited() {
    let native = |depth: usize| format!("filter{}[a]=1", "[not]".repeat(depth));
    assert!(parse(&native(MAX_DEPTH), &QueryLimits::default()).is_ok());
    let name = native(MAX_DEPTH + 1);
    check_error(&name, &format!("filter-too-deep {}", name.trim_end_matches("=1")));
    let drupal = |depth: usize| {
        let mut raw = format!("filter[a][value]=1&filter[a][memberOf]=g{}", depth - 1);
        for group in 0..depth {
            let parent = if group == 0 { "@root".to_owned() } else { format!("g{}", group - 1) };
            write!(
                raw,
                "&filter[g{group}][group][conjunction]=OR&filter[g{group}][group][memberOf]={parent}"
            )
            .unwrap();
        }
        raw
    };
    check(&drupal(MAX_DEPTH), "a = [1]");
    check_error(&drupal(MAX_DEPTH + 1), "filter-too-deep filter[a][memberOf]");
    check_error(&drupal(5000), "too-many-filter-conditions filter[g64][group][conjunction]");
    let generous = QueryLimits { filter_conditions: 100_000, ..QueryLimits::default() };
    assert_eq!(parse(&drupal(5000), &generous).unwrap_err()[0].kind.code, "filter-too-deep");
}

#[test]
fn lists() {
    let check = |text: &str, expected: &[&str]| assert_eq!(split_list(text), expected, "for {text}");
    check("a", &["a"]);
    check("a,b,", &["a", "b", ""]);
    check(r"a\,b", &["a,b"]);
    check(r"\\,\,", &[r"\", ","]);
    check(r"a\b\", &[r"a\b\"]);
}

fn depth(filter: &Filter) -> usize {
    match filter {
        Filter::All(members) | Filter::Any(members) => 1 + members.iter().map(depth).max().unwrap_or(0),
        Filter::Not(inner) => 1 + depth(inner),
        Filter::Condition(_) => 0,
    }
}

proptest! {
    #[test]
    fn limits_hold(names in proptest::collection::vec("(\\[(or|and)\\]\\[[0-3]\\]|\\[not\\]){0,18}\\[[a-c]\\]", 1..12)) {
        let raw: Vec<_> = names.iter().map(|name| format!("filter{name}=1")).collect();
        let limits = QueryLimits { filter_conditions: 8, ..QueryLimits::default() };
        if let Ok(query) = parse(&raw.join("&"), &limits) {
            let filter = query.filter.unwrap();
            prop_assert!(filter.conditions().len() <= 8);
            // Each group may hold one further group that combines its members.
            prop_assert!(depth(&filter) <= 2 * MAX_DEPTH + 1);
        }
    }

    #[test]
    fn lists_split_into_what_was_joined(items in proptest::collection::vec("[a,\\\\]{0,5}", 1..5)) {
        let escaped: Vec<_> = items.iter().map(|item| item.replace('\\', r"\\").replace(',', r"\,")).collect();
        prop_assert_eq!(split_list(&escaped.join(",")), items);
    }
}
