//! RES-15 and the types of columns: which values are taken, what becomes of them, and which are refused.

use serde_json::{Value, json};

use super::writing::{data, update, writable};
use crate::harness::engine::{Engine, only_on};

/// Attribute, value sent, value served.
fn accepted() -> Vec<(&'static str, Value, Value)> {
    let same = |name, value: Value| (name, value.clone(), value);
    let mut values = vec![
        (
            "code",
            json!("0B0E7F0A-0000-4000-8000-00000000000A"),
            json!("0b0e7f0a-0000-4000-8000-00000000000a"),
        ),
        ("price", json!("7.50"), json!("7.5")),
        ("price", json!("100"), json!("100")),
        ("price", json!("-0.01"), json!("-0.01")),
        ("ratio", json!(2), json!(2.0)),
        ("instant", json!("2025-01-31T12:00:00+02:00"), json!("2025-01-31T10:00:00Z")),
    ];
    values.extend([
        same("flag", json!(true)),
        same("flag", json!(false)),
        same("whole", json!(0)),
        same("whole", json!(i64::MAX)),
        same("whole", json!(i64::MIN)),
        same("ratio", json!(0.1)),
        same("ratio", json!(-1e300)),
        same("label", json!("")),
        same("label", json!("日本語日本")),
        same("label", json!("a\"\\\n")),
        same("day", json!("2024-02-29")),
        same("day", json!("0001-01-01")),
        same("clock", json!("23:59:59")),
        same("clock", json!("10:30:00.25")),
        same("moment", json!("2025-01-31T10:00:00")),
        same("moment", json!("2025-01-31T10:00:00.125")),
        same("instant", json!("2025-01-31T10:00:00Z")),
        same("code", json!("0b0e7f0a-0000-4000-8000-00000000000a")),
        same("bytes", json!("AP8=")),
        same("bytes", json!("")),
        same("extra", json!({"b": [1, null], "a": {}})),
        same("extra", json!("text")),
        same("anything", json!("text")),
        same("anything", json!("5")),
    ]);
    if Engine::under_test().is_strict() {
        values.push(("clock", json!("10:30"), json!("10:30:00")));
    } else {
        // SQLite holds no column to a number of digits, and stores texts as they are.
        values.extend([
            same("price", json!("12345678901.25")),
            same("clock", json!("10:30")),
            same("anything", json!(5)),
            same("anything", json!(1.5)),
        ]);
    }
    values
}

/// What each attribute refuses.
fn refused() -> Vec<(&'static str, Value)> {
    let mut values = Vec::new();
    let mut refuse = |name: &'static str, wrong: Value| {
        values.extend(wrong.as_array().unwrap().iter().map(|wrong| (name, wrong.clone())));
    };
    refuse("flag", json!([0, 1, "true", "", {}, []]));
    refuse("whole", json!([1.5, "1", true, 1e30, {}, [1]]));
    refuse("ratio", json!(["1.5", "NaN", false, {}]));
    refuse(
        "price",
        json!([7.5, 7, "7,5", "", "abc", "1e3", "NaN", " 1", "1.", ".5", "+1", "0.1234567890123456"]),
    );
    refuse("label", json!([1, true, {}, ["a"], "123456", "日本語日本語"]));
    refuse(
        "day",
        json!(["2025-02-29", "2025-1-1", "20250131", "2025-01-31T10:00:00", "2025-13-01", 20_250_131, ""]),
    );
    refuse("clock", json!(["24:00", "10:60", "10", "10:30:60.5x", "1:30", 10]));
    refuse(
        "moment",
        json!(["2025-01-31", "2025-01-31T10:00:00Z", "2025-02-30T10:00:00", "2025-01-31T25:00:00", 0, "now"]),
    );
    refuse("instant", json!(["2025-01-31T10:00:00", "2025-01-31", "2025-02-30T10:00:00Z", 0, ""]));
    refuse("code", json!(["0b0e7f0a", "0b0e7f0a-0000-4000-8000-00000000000g", "", 1]));
    refuse("bytes", json!(["AP8", "A", "**", 1, [], "AP8=\n"]));
    refuse("anything", json!([true, {}, [1]]));
    if Engine::under_test().is_strict() {
        refuse("price", json!(["12345678901.25"]));
        // There, a column of no type is one for texts.
        refuse("anything", json!([5, 1.5]));
    }
    values
}

#[test]
fn res_15_values_of_each_kind_are_kept() {
    let mut api = writable();
    for (name, sent, served) in accepted() {
        let document = update("specimens", "1", json!({"attributes": {name: sent}}));
        let updated = api.update("/specimens/1", &document);
        assert_eq!(updated["data"]["attributes"][name], served, "{name}: {sent}");
        let created = data(json!({"type": "specimens", "attributes": {name: sent}}));
        let created = api.create("/specimens", &created);
        assert_eq!(created["data"]["attributes"][name], served, "{name}: {sent}");
    }
    let names = [
        "flag", "whole", "ratio", "price", "label", "day", "clock", "moment", "instant", "code", "bytes",
        "extra", "anything",
    ];
    let nulls: Value = names.iter().map(|name| ((*name).to_owned(), Value::Null)).collect();
    let updated = api.update("/specimens/1", &update("specimens", "1", json!({"attributes": nulls})));
    assert_eq!(updated["data"]["attributes"], nulls);
}

#[test]
fn res_15_values_of_other_kinds_are_refused() {
    let mut api = writable();
    for (name, wrong) in refused() {
        let pointer = format!("/data/attributes/{name}");
        let document = update("specimens", "1", json!({"attributes": {name: wrong}}));
        api.refuse("PATCH /specimens/1", &document, (422, "invalid-value", &pointer));
        let document = data(json!({"type": "specimens", "attributes": {name: wrong}}));
        api.refuse("POST /specimens", &document, (422, "invalid-value", &pointer));
    }
}

#[test]
fn values_are_stored_as_the_engine_writes_them() {
    if !only_on(&[Engine::Sqlite], "no other engine stores a value in more than one form") {
        return;
    }
    let mut api = writable();
    let attributes = json!({"flag": true, "price": "0.99", "moment": "2025-01-31T10:00:00", "bytes": "aGkK", "day": "2025-01-31"});
    api.update("/specimens/1", &update("specimens", "1", json!({"attributes": attributes})));
    let sql = "SELECT flag, typeof(price), moment, CAST(bytes AS TEXT), typeof(bytes), day FROM specimens WHERE id = 1";
    let stored: (i64, String, String, String, String, String) = api
        .database()
        .sqlite()
        .query_row(sql, [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
        })
        .unwrap();
    let expected = (1, "real", "2025-01-31 10:00:00", "hi\n", "blob", "2025-01-31");
    let stored = (stored.0, &*stored.1, &*stored.2, &*stored.3, &*stored.4, &*stored.5);
    assert_eq!(stored, expected);
}

#[test]
fn numbers_in_json_are_kept_or_refused() {
    let mut api = writable();
    for extra in [
        "12345678901234567890",
        "0.12345678901234567890123",
        "[12345678901234567890, 1e400]",
        "{\"a\":0.12345678901234567890123}",
    ] {
        let body = format!(r#"{{"data":{{"type":"books","id":"1","attributes":{{"extra":{extra}}}}}}}"#);
        let headers = [("Accept", crate::harness::JSON_API), ("Content-Type", crate::harness::JSON_API)];
        let response = api.transmit("PATCH", "/books/1", &headers, Some(body.as_bytes()));
        let answer = response.text();
        assert!(
            response.status == 422 || answer.contains(&format!("\"extra\":{extra}")),
            "{extra}: {answer}"
        );
    }
}

#[test]
fn numbers_beyond_an_integer_are_not_rounded() {
    let mut api = writable();
    for digits in ["9223372036854775808", "-9223372036854775809", "1e2", "1.0", "100000000000000000000"] {
        let body = format!(r#"{{"data":{{"type":"specimens","attributes":{{"whole":{digits}}}}}}}"#);
        let before = api.rows();
        let headers = [("Accept", crate::harness::JSON_API), ("Content-Type", crate::harness::JSON_API)];
        let response = api.transmit("POST", "/specimens", &headers, Some(body.as_bytes()));
        let document = super::fixture::assert_error(&response, 422, digits);
        assert_eq!(document["errors"][0]["source"]["pointer"], "/data/attributes/whole", "{digits}");
        api.assert_unchanged(&before, digits);
    }
}
