//! Claims that are missing, of another form than expected, or written by somebody who knows SQL.

use serde_json::{Value, json};

use crate::access::callers::Caller;
use crate::access::newsroom::fixture::{ORIGIN, serve};

/// Fails unless a caller with these claims sees these articles under this condition.
#[track_caller]
fn check(condition: &str, cases: &[(Value, &str)]) {
    let policy = format!(
        "[[roles.claimant.allow]]\ntypes = ['articles']\nactions = ['read']\nwhere = {condition}\n\
         [[roles.anonymous.allow]]\ntypes = ['articles']\nactions = ['read']\nwhere = {{ id = 3 }}\n"
    );
    for (claims, expected) in cases {
        let id = claims["id"].as_str().unwrap_or("1").to_owned();
        let caller = Caller::new(0, &id, &["claimant"]).with(claims);
        let mut newsroom = serve(&policy, std::slice::from_ref(&caller));
        let response = newsroom.send_with(&[caller.header()], "GET /articles", &Value::Null);
        assert_eq!(response.status, 200, "{condition} {claims}: {}", response.text());
        let document = response.json();
        let ids: Vec<&str> =
            document["data"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect();
        // Everyone sees the third.
        let ids = ids.join(" ");
        assert!(expected.split('|').any(|it| it == ids), "{condition} {claims}: {ids}, not {expected}");
        assert_eq!(document["links"]["self"], format!("{ORIGIN}/api/articles"));
    }
}

#[test]
fn claims_are_values_and_never_sql() {
    let texts = [
        "' OR 1=1 --",
        "1 OR 1=1",
        "1; DROP TABLE articles",
        "%",
        "_",
        "\\",
        "Out' OR '1'='1",
        "\"id\"",
        "$user.id",
    ];
    let nothing = |text: &&str| (json!({ "x": text }), "3");
    let all: Vec<_> = texts.iter().map(nothing).collect();
    check(r#"{ title = "$user.x" }"#, &all);
    check(r#"{ title = { contains = "$user.x" } }"#, &all);
    check(r#"{ title = { in = "$user.x" } }"#, &all);
    check(r#"{ author = "$user.x" }"#, &all);
    check(r#"{ "author.name" = "$user.x" }"#, &all);
    check(r#"{ id = "$user.x" }"#, &all);
    let ids: Vec<_> = texts.iter().map(|text| (json!({ "id": text }), "3")).collect();
    check(r#"{ author = "$user.id" }"#, &ids);
    check(
        r#"{ title = { starts = "$user.x" } }"#,
        &[(json!({"x": "O"}), "1 3"), (json!({"x": "o' --"}), "3")],
    );
}

/// A condition on a claim that the caller does not have shows nothing, whatever the operator.
#[test]
fn a_missing_claim_never_holds() {
    for condition in [
        r#"{ title = "$user.x" }"#,
        r#"{ title = { ne = "$user.x" } }"#,
        r#"{ title = { nin = "$user.x" } }"#,
        r#"{ title = { nin = ["a", "$user.x"] } }"#,
        r#"{ not = { title = "$user.x" } }"#,
        r#"{ or = [{ title = "$user.x" }, { published = true }, { published = false }] }"#,
        r#"{ id = { nbetween = ["$user.x", 9] } }"#,
        r#"{ author = { ne = "$user.x" } }"#,
        r#"{ title = { starts = "$user.x" } }"#,
        r#"{ title = "$user.x.y" }"#,
    ] {
        check(condition, &[(json!({}), "3"), (json!({"X": "Out"}), "3")]);
    }
}

/// A claim of another form than the field never holds either.
#[test]
fn a_claim_of_another_form_never_holds() {
    for claim in [json!({"a": 1}), json!([[1]]), json!([{"a": 1}]), json!("no number")] {
        for condition in [
            r#"{ id = "$user.x" }"#,
            r#"{ id = { ne = "$user.x" } }"#,
            r#"{ not = { id = "$user.x" } }"#,
            r#"{ id = { nin = "$user.x" } }"#,
            r#"{ or = [{ id = "$user.x" }, { published = true }] }"#,
        ] {
            check(condition, &[(json!({ "x": claim }), "3")]);
        }
    }
    check(r#"{ published = { ne = "$user.x" } }"#, &[(json!({"x": "maybe"}), "3"), (json!({"x": 7}), "3")]);
    // Not one value.
    check(r#"{ id = { gt = "$user.x" } }"#, &[(json!({"x": [0]}), "3|1 2 3 4"), (json!({"x": []}), "3")]);
}

#[test]
fn claims_of_the_right_form_hold() {
    check(
        r#"{ author = "$user.id" }"#,
        &[(json!({"id": "1"}), "1 2 3"), (json!({"id": "2"}), "3 4"), (json!({"id": ""}), "3")],
    );
    check(
        r#"{ id = "$user.x" }"#,
        &[(json!({"x": 1}), "1 3"), (json!({"x": "1"}), "1 3"), (json!({"x": 1.5}), "3")],
    );
    check(
        r#"{ id = { in = "$user.x" } }"#,
        &[(json!({"x": [1, 4]}), "1 3 4"), (json!({"x": []}), "3"), (json!({"x": ["2"]}), "2 3")],
    );
    check(r#"{ published = "$user.x" }"#, &[(json!({"x": false}), "2 3 4"), (json!({"x": true}), "1 3")]);
    check(
        r#"{ "author.name" = "$user.team.lead" }"#,
        &[(json!({"team": {"lead": "Bob"}}), "3 4"), (json!({"team": "Bob"}), "3")],
    );
}

/// What begins with `$` in the configuration is a claim, unless it begins with two of them.
#[test]
fn a_dollar_is_written_twice() {
    let policy = r#"
[[roles.anonymous.allow]]
types = ["people"]
actions = ["read"]
where = { name = "$$user.id" }
"#;
    let mut newsroom = serve(policy, &[]);
    newsroom.execute("UPDATE people SET name = '$user.id' WHERE id = 2");
    newsroom.execute("UPDATE people SET name = '$$user.id' WHERE id = 3");
    let response = newsroom.send_with(&[], "GET /people", &Value::Null);
    let document = response.json();
    assert_eq!(document["data"].as_array().unwrap().len(), 1, "{document:#}");
    assert_eq!(document["data"][0]["id"], "2");
}
