//! What the catalog tells writes: who chooses ids, what values must keep to, what cannot be written.

use docent_catalog::model::{Catalog, ClientIds, Link, Member, ResourceType, ValueSource};
use docent_catalog::{Overlay, build};
use docent_sql::schema::{Check, ColumnType, Literal, ReferentialAction, Rule, Schema};

use crate::support::{overlay, schema};

fn catalog(schema: &Schema, configuration: &str) -> Catalog {
    let outcome = build(schema, &overlay(configuration));
    assert_eq!(outcome.problems, []);
    outcome.catalog
}

fn named<'a>(catalog: &'a Catalog, name: &str) -> &'a ResourceType {
    catalog.get(catalog.by_name(name).unwrap())
}

fn typed(table: &str, column: &str, column_type: &ColumnType) -> Schema {
    let mut schema = schema(table);
    for one in schema.tables[0].columns.iter_mut().filter(|one| one.name == column) {
        one.column_type = column_type.clone();
    }
    schema
}

#[test]
fn the_database_or_the_client_chooses_ids() {
    use ClientIds::{Allow, Forbid, Require};
    let text = ColumnType::Text;
    let cases = [
        ("t: id*, a", "", ColumnType::Integer, Forbid),
        ("t: code*, a", "", text.clone(), Require),
        ("t: code*, a", "", ColumnType::Uuid, Require),
        // `INT PRIMARY KEY` is not the rowid: SQLite stores NULL unless told otherwise.
        ("t: code*?, a", "", ColumnType::Integer, Require),
        ("t: code*=, a", "", text.clone(), Allow),
        ("t: code*=, a", "", ColumnType::Uuid, Allow),
        ("t: code*=, a", "", ColumnType::Integer, Forbid),
        ("t: code*, line*, a", "", text.clone(), Allow),
        ("t: id*, code*, a", "", text.clone(), Forbid),
        ("t: code* -> u\nu: id*", "", ColumnType::Integer, Allow),
        // Where the relationship is not served, only the id is left to give.
        ("t: code* -> u\nu: id*", "[types.t.relationships.code]\nhide = true", ColumnType::Integer, Require),
        ("t: code*, line*, a", "[types.t.fields.code]\nread_only = true", text.clone(), Forbid),
        ("t: code*, a", "[types.t]\nclient_ids = 'allow'", text.clone(), Allow),
        ("t: code*, view", "[types.t]\nkey = ['code']", text, Forbid),
    ];
    for (tables, configuration, column_type, expected) in cases {
        let catalog = catalog(&typed(tables, "code", &column_type), configuration);
        assert_eq!(named(&catalog, "t").client_ids, expected, "{tables} {column_type:?} {configuration}");
    }
}

#[test]
fn what_cannot_be_created_says_why() {
    let cases = [
        ("t: id*, a, b?, password=, token?", "", None),
        ("t: id*, password", "", Some("`password` has no default, may not be NULL and is not served")),
        (
            "t: id*, a",
            "[types.t.fields.a]\nhide = true",
            Some("`a` has no default, may not be NULL and is not served"),
        ),
        (
            "t: id*, a",
            "[types.t.fields.a]\nread_only = true",
            Some("`a` has no default, may not be NULL and is read-only"),
        ),
        (
            "t: code*, a",
            "[types.t]\nclient_ids = 'forbid'",
            Some("`code` has no default, may not be NULL and is not left to clients (`client_ids`)"),
        ),
        ("t: code*, line*", "[types.t]\nclient_ids = 'forbid'", None),
        ("t: id*, u_id -> u\nu: id*", "", None),
        (
            "t: id*, u_id -> u\nu: id*",
            "[types.u]\nhide = true",
            Some("`u_id` has no default, may not be NULL and is not served"),
        ),
        ("t: id*, u_id? -> u\nu: id*", "[types.u]\nhide = true", None),
        ("t: id*, a, password, view", "[types.t]\nkey = ['id']", None),
    ];
    for (tables, configuration, expected) in cases {
        let catalog = catalog(&schema(tables), configuration);
        let expected = expected.map(|reason| format!("its column {reason}"));
        assert_eq!(named(&catalog, "t").cannot_create, expected, "{tables} {configuration}");
    }
}

#[test]
fn columns_have_their_limits() {
    let mut schema = schema("t: code*, a, b");
    let table = &mut schema.tables[0];
    table.columns[0].length_max = Some(5);
    table.columns[1].length_max = Some(9);
    table.columns[2].digits = Some((5, 2));
    let least = Rule::Least { bound: Literal::Integer(0), inclusive: true };
    let check = |name: &str, columns: &[usize], rules: &[(usize, Rule)]| Check {
        name: name.to_owned(),
        columns: columns.to_vec(),
        rules: rules.to_vec(),
    };
    table.checks = vec![
        check("a and b", &[1, 2], &[(1, Rule::LengthLeast(1)), (2, least.clone())]),
        check("a < b", &[1, 2], &[]),
        check("twice", &[0, 1], &[(1, Rule::LengthLeast(2))]),
        check("twice", &[1, 2], &[]),
    ];
    let catalog = build(&schema, &Overlay::default()).catalog;
    let one = named(&catalog, "t");
    let limits = |at: usize| &one.attributes[at].limits;
    assert_eq!(limits(0).length_max, Some(9));
    assert_eq!(limits(0).rules, [Rule::LengthLeast(1), Rule::LengthLeast(2)]);
    assert_eq!((limits(0).digits, limits(1).digits), (None, Some((5, 2))));
    assert_eq!((limits(1).length_max, &limits(1).rules[..]), (None, &[least][..]));
    assert_eq!(one.key_limits.iter().map(|limits| limits.length_max).collect::<Vec<_>>(), [Some(5)]);
    assert_eq!(one.columns_of_check("a < b"), ["a", "b"]);
    assert_eq!(one.columns_of_check("twice"), ["code", "a", "b"]);
    assert!(one.columns_of_check("none").is_empty());
}

#[test]
fn a_column_is_found_among_the_members() {
    let catalog = catalog(&schema("t: id*, u_id* -> u, line*, password, a\nu: id*"), "");
    let one = named(&catalog, "t");
    let members = |column: &str| one.members_of_column(column).collect::<Vec<_>>();
    assert_eq!(members("u_id"), [Member::Relationship(0), Member::Id]);
    assert_eq!(members("line"), [Member::Attribute(1), Member::Id]);
    assert_eq!(members("a"), [Member::Attribute(2)]);
    assert_eq!(members("password"), []);
    assert_eq!(one.member_of_column("line"), Some(Member::Attribute(1)));
    let other = named(&catalog, "u");
    assert_eq!(other.member_of_column("id"), Some(Member::Id));
    assert_eq!(other.member_of_column("u_id"), None, "a column of the other table");
}

#[test]
fn what_the_database_fills_in_is_known_of_every_column() {
    let mut tables = schema("t: id*, a=, b, c, u_id= -> u\nu: id*");
    tables.tables[0].columns[3].generated = true;
    let catalog = catalog(&tables, "");
    let one = named(&catalog, "t");
    assert!(one.key[0].has_default);
    let attributes = one.attributes.iter().map(|attribute| {
        let ValueSource::Column(column) = &attribute.value;
        assert_eq!(column.has_default, attribute.has_default);
        attribute.has_default
    });
    assert_eq!(attributes.collect::<Vec<_>>(), [true, false, true]);
    let Link::ForeignKey { near, .. } = &one.relationships[0].link else { panic!() };
    assert!(near[0].has_default);
}

#[test]
fn relationships_say_what_becomes_of_rows_and_what_cannot_be_added() {
    let mut tables = schema(
        "a: id*
         ab: a_id* -> a, b_id* -> b
         b: id*
         c: id*, a_id -> a, b_id -> b, unique a_id b_id, note
         d: id*, a_id -> a",
    );
    for (table, action) in
        [(1, ReferentialAction::Cascade), (3, ReferentialAction::Restrict), (4, ReferentialAction::SetNull)]
    {
        tables.tables[table].foreign_keys[0].on_delete = action;
    }
    // Declared once more: what keeps the row counts.
    let twice = tables.tables[4].foreign_keys[0].clone();
    tables.tables[4]
        .foreign_keys
        .push(docent_sql::schema::ForeignKey { on_delete: ReferentialAction::NoAction, ..twice });
    let configuration =
        "[types.a.relationships.noted]\nthrough = 'c'\n[types.d.fields.a_id]\nread_only = true";
    let catalog = catalog(&tables, configuration);
    let found: Vec<_> = named(&catalog, "a")
        .relationships
        .iter()
        .map(|one| (one.name.as_str(), one.on_delete, one.cannot_add.as_deref(), one.read_only))
        .collect();
    let note = "the column `note` of `c` has no default and may not be NULL";
    assert_eq!(
        found,
        [
            ("b", Some(ReferentialAction::Cascade), None, false),
            ("c", Some(ReferentialAction::Restrict), None, false),
            ("d", Some(ReferentialAction::NoAction), None, true),
            ("noted", Some(ReferentialAction::Restrict), Some(note), false),
        ]
    );
    assert_eq!(named(&catalog, "c").relationships[0].on_delete, None);
}
