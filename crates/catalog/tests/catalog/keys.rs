//! Which columns make the `id`.

use docent_catalog::model::ClientIds;
use docent_catalog::{Overlay, build};

use crate::support::{check, check_configured, check_left_out, overlay, schema};

#[test]
fn primary_key_comes_first() {
    check("t: a!, b*, c", "t [b] a c");
    check("t: c, b*, a*", "t [b a] c b a");
}

#[test]
fn without_primary_key_the_smallest_then_first_unique_key_over_not_null_columns() {
    check("t: a, b, c!, unique a b", "t [c] a b");
    check("t: a, b, c, d, unique c d, unique a b, unique b a c", "t [a b] a b c d");
    check("t: a?!, b!", "t [b] a");
    check("t: a, b, unique b a", "t [b a] a b");
}

#[test]
fn a_nullable_primary_key_is_a_key() {
    check("t: code*?, name", "t [code] name");
}

#[test]
fn without_key_nothing_is_served_until_one_is_configured() {
    let tables = "logs: line?, at
                  logs_2024: line*, at, inherited
                  recent: id, title, view
                  docs_fts: title, rowid, virtual
                  docs_fts_data: id*, block, shadow";
    check(tables, "");
    check_left_out(
        tables,
        "",
        r#"table docs_fts: a virtual table has no key of its own: name its key with `key = ["…"]` under `[types.docs_fts]`
           table docs_fts_data: it is internal to a virtual table
           table logs: it has neither a primary key nor a unique key over NOT NULL columns: name its key with `key = ["…"]` under `[types.logs]`
           table logs_2024: its rows are served as those of the table it inherits from: name its key with `key = ["…"]` under `[types.logs_2024]`
           view recent: a view has no key of its own: name its key with `key = ["…"]` under `[types.recent]`"#,
    );
    check_configured(
        tables,
        "[types.logs]\nkey = ['line', 'at']\n[types.recent]\nkey = ['id']\n[types.docs_fts]\nkey = ['rowid']",
        "docs_fts [rowid] title
         logs [line at] line at
         recent [id] title",
    );
}

#[test]
fn rows_of_views_cannot_be_written() {
    let outcome = build(
        &schema("recent: id, title, view\narticles: id*, title"),
        &overlay("[types.recent]\nkey = ['id']\n[types.articles]\nfields.title.read_only = true"),
    );
    let [articles, recent] = outcome.catalog.types.as_slice() else { panic!() };
    assert!(recent.read_only && recent.attributes[0].read_only);
    assert!(!articles.read_only && articles.attributes[0].read_only);
}

#[test]
fn a_configured_key_replaces_the_own_one() {
    check_configured(
        "countries: id*, code!, name",
        "[types.countries]\nkey = ['code']",
        "countries [code] countries_id name",
    );
}

#[test]
fn secrets_are_no_keys() {
    // Another key will do.
    check("sessions: token*, number!, user", "sessions [number] user");
    let tables = "sessions: token*, user";
    check(tables, "");
    check_left_out(
        tables,
        "",
        r#"table sessions: every `id` would show its key column `token`, whose name looks like a secret: serve it with `fields.token.show = true` under `[types.sessions]`, or name its key with `key = ["…"]` under `[types.sessions]`"#,
    );
    check_configured(tables, "[types.sessions]\nfields.token.show = true", "sessions [token] user");
    check_configured(tables, "[types.sessions]\nkey = ['token']", "sessions [token] user");
}

#[test]
fn who_chooses_ids() {
    let tables = schema(
        "a: id*
         b: code*
         c: code* -> b(code)
         d: x*, y*",
    );
    let of = |configuration: &str| -> Vec<ClientIds> {
        build(&tables, &overlay(configuration)).catalog.types.iter().map(|one| one.client_ids).collect()
    };
    assert_eq!(of(""), [ClientIds::Forbid, ClientIds::Require, ClientIds::Allow, ClientIds::Allow]);
    assert_eq!(of("[types.a]\nclient_ids = 'allow'")[0], ClientIds::Allow);
}

#[test]
fn nothing_is_a_catalog_too() {
    let outcome = build(&schema(""), &Overlay::default());
    assert!(outcome.catalog.types.is_empty() && outcome.catalog.left_out.is_empty());
    assert!(outcome.catalog.by_name("x").is_none());
}
