//! Inverses, many-to-many relationships and how they are linked.

use docent_catalog::model::{Arity, Field, Link, StoredColumn};
use docent_catalog::{Overlay, build};

use crate::support::{check, schema};

#[test]
fn inverses_are_named_as_the_child() {
    check(
        "articles: id*
         comments: id*, article_id -> articles",
        "articles [id] | comments>>comments
         comments [id] | article>articles",
    );
}

#[test]
fn several_foreign_keys_name_their_inverses() {
    check(
        "people: id*
         articles: id*, author_id -> people, editor_id? -> people",
        "articles [id] | author>people editor>people
         people [id] | author_articles>>articles editor_articles>>articles",
    );
}

#[test]
fn an_inverse_gives_way_to_fields_of_its_own() {
    check(
        "store: id*, manager_staff_id -> staff
         staff: id*, store_id -> store",
        "staff [id] | store>store manager_staff_store>>store
         store [id] | manager_staff>staff staff>>staff",
    );
    check(
        "articles: id*, comments
         comments: id*, article_id -> articles",
        "articles [id] comments | article_comments>>comments
         comments [id] | article>articles",
    );
}

#[test]
fn trees_have_parents_and_children() {
    check(
        "Employee: EmployeeId*, ReportsTo? -> Employee(EmployeeId)",
        "Employee [EmployeeId] | ReportsTo>Employee Employee>>Employee",
    );
}

#[test]
fn unique_foreign_keys_have_to_one_inverses() {
    check(
        "users: id*
         profiles: id*, user_id! -> users
         badges: user_id* -> users, color
         grants: id*, user_id -> users, role, unique user_id role",
        "badges [user_id] color | user>users
         grants [id] role | user>users
         profiles [id] | user>users
         users [id] | badges>badges grants>>grants profiles>profiles",
    );
}

#[test]
fn inverses_of_other_schemas_have_their_types_name() {
    check(
        "people: id*
         sales.orders: id*, customer_id -> people
         sales.lines: id*, order_id -> sales.orders",
        "people [id] | sales--orders>>sales--orders
         sales--lines /sales/lines [id] | order>sales--orders
         sales--orders /sales/orders [id] | customer>people sales--lines>>sales--lines",
    );
}

#[test]
fn join_tables_are_relationships() {
    check(
        "articles: id*
         tags: id*
         article_tags: article_id* -> articles, tag_id* -> tags",
        "articles [id] | tags>>tags
         tags [id] | articles>>articles",
    );
    // A unique key over NOT NULL columns is a key, and keys may have several columns.
    check(
        "a: x*, y*
         b: id*
         ab: ax, ay, b_id, unique ax ay b_id, fk ax ay -> a(x y), fk b_id -> b(id)",
        "a [x y] x y | b>>b
         b [id] | a>>a",
    );
}

#[test]
fn what_is_more_or_less_than_a_join_table_is_a_type() {
    // A further column.
    check(
        "actor: id*
         film: id*
         film_actor: actor_id* -> actor, film_id* -> film, last_update",
        "actor [id] | film_actor>>film_actor
         film [id] | film_actor>>film_actor
         film_actor [actor_id film_id] last_update | actor>actor film>film",
    );
    // A key that is not both.
    check(
        "a: id*
         b: id*
         ab: a_id* -> a, b_id -> b",
        "a [id] | ab>ab
         ab [a_id] | a>a b>b
         b [id] | ab>>ab",
    );
    // A third foreign key, over a column it has anyway.
    check(
        "a: id*
         b: id*
         ab: a_id* -> a, b_id* -> b, fk a_id b_id -> pairs(a b)
         pairs: a*, b*",
        "a [id] | ab>>ab
         ab [a_id b_id] | a>a pairs>pairs b>b
         b [id] | ab>>ab
         pairs [a b] a b | ab>ab",
    );
}

#[test]
fn join_tables_of_the_same_types_are_named_as_themselves() {
    check(
        "articles: id*
         tags: id*
         article_tags: article_id* -> articles, tag_id* -> tags
         hidden_tags: article_id* -> articles, tag_id* -> tags",
        "articles [id] | article_tags>>tags hidden_tags>>tags
         tags [id] | article_tags>>articles hidden_tags>>articles",
    );
    check(
        "articles: id*
         tags: id*, article_id -> articles
         article_tags: article_id* -> articles, tag_id* -> tags",
        "articles [id] | article_tags>>tags tags>>tags
         tags [id] | article>articles articles>>articles",
    );
}

#[test]
fn join_tables_of_a_type_with_itself_are_named_as_their_foreign_keys() {
    let tables = "people: id*
                  follows: follower_id* -> people, followed_id* -> people";
    check(tables, "people [id] | followed>>people follower>>people");
    let catalog = build(&schema(tables), &Overlay::default()).catalog;
    let people = &catalog.types[0];
    let Some(Field::Relationship(position)) = people.field("followed") else { panic!() };
    let Link::JoinTable { join_near, join_far, .. } = &people.relationships[position].link else { panic!() };
    assert_eq!((names(join_near), names(join_far)), (vec!["follower_id"], vec!["followed_id"]));
}

#[test]
fn a_join_of_join_tables_is_a_type() {
    check(
        "a: id*
         b: id*
         ab: a_id* -> a, b_id* -> b
         abc: a_id*, b_id*, c_id* -> a, fk a_id b_id -> ab(a_id b_id)",
        "a [id] | abc>>abc b>>b
         abc [a_id b_id c_id] a_id b_id | c>a
         b [id] | a>>a",
    );
}

#[test]
fn dead_ends_stay_attributes() {
    check(
        "t: id*, a_id -> nowhere, b_id -> u(no), c_id -> u(name), d_id -> v
         u: id*, name
         v: id, view",
        "t [id] a_id b_id c_id d_id
         u [id] name",
    );
}

#[test]
fn references_are_found_whatever_their_case() {
    check(
        "t: id*, u_id -> U(ID), v_id -> v()
         u: id*
         v: code*",
        "t [id] | u>u v>v
         u [id] | t>>t
         v [code] | t>>t",
    );
}

#[test]
fn links_tell_their_columns() {
    let catalog = build(
        &schema(
            "orders: region*, number*, code!
             lines: id*, n, r, fk n r -> orders(number region)
             notes: id*, order_code -> orders(code)
             tags: id*
             order_tags: tag* -> tags, r*, n*, fk r n -> orders(region number)",
        ),
        &Overlay::default(),
    )
    .catalog;
    let link = |of: &str, name: &str| {
        let one = catalog.get(catalog.by_name(of).unwrap());
        let Some(Field::Relationship(position)) = one.field(name) else { panic!("{of}.{name}") };
        let relationship = &one.relationships[position];
        (relationship.arity, relationship.link.clone())
    };
    // In the order of the target's key, whatever the order of the foreign key.
    let (Arity::ToOne, Link::ForeignKey { near, far, far_is_key: true, .. }) = link("lines", "orders") else {
        panic!()
    };
    assert_eq!((names(&near), names(&far)), (vec!["r", "n"], vec!["region", "number"]));
    let (Arity::ToMany, Link::Inverse { near, far }) = link("orders", "lines") else { panic!() };
    assert_eq!((names(&near), names(&far)), (vec!["region", "number"], vec!["r", "n"]));
    // A unique column that is not the key.
    let (_, Link::ForeignKey { near, far, far_is_key: false, .. }) = link("notes", "order_code") else {
        panic!()
    };
    assert_eq!((names(&near), names(&far)), (vec!["order_code"], vec!["code"]));
    let (Arity::ToMany, Link::JoinTable { table, near, join_near, join_far, far, meta, .. }) =
        link("tags", "orders")
    else {
        panic!()
    };
    assert_eq!(table.name.name, "order_tags");
    assert_eq!((names(&near), names(&join_near)), (vec!["id"], vec!["tag"]));
    assert_eq!((names(&join_far), names(&far)), (vec!["r", "n"], vec!["region", "number"]));
    assert!(meta.is_empty());
}

fn names(columns: &[StoredColumn]) -> Vec<&str> {
    columns.iter().map(|column| column.name.as_str()).collect()
}
