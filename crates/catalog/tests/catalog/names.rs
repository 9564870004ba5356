//! Names of types, attributes and to-one relationships.

use crate::support::check;

#[test]
fn types_are_named_as_their_tables() {
    check("Albums: id*, Title", "Albums [id] Title");
    check("Order Details: id*", "Order Details /Order%20Details [id]");
    check("größe: id*", "größe /gr%C3%B6%C3%9Fe [id]");
}

#[test]
fn types_outside_the_default_schema_have_two_segments() {
    check("sales.orders: id*", "sales--orders /sales/orders [id]");
    check(
        "orders: id*
         sales.orders: id*
         hr.orders: id*",
        "hr--orders /hr/orders [id]
         orders [id]
         sales--orders /sales/orders [id]",
    );
}

#[test]
fn a_schema_named_as_a_type_has_one_segment() {
    // `/sales/orders` is the resource `orders` of the type `sales`.
    check(
        "sales: id*
         sales.orders: id*
         hr.orders: id*",
        "hr--orders /hr/orders [id]
         sales [id]
         sales--orders [id]",
    );
}

#[test]
fn reserved_paths_are_not_shadowed() {
    check(
        "operations: id*
         schemas: id*
         metrics: id*
         schemas.orders: id*",
        "metrics /metrics_ [id]
         operations /operations_ [id]
         schemas /schemas_ [id]
         schemas--orders [id]",
    );
}

#[test]
fn type_names_that_clash_when_made_legal_are_numbered() {
    check(
        "b$c: id*
         b_c: id*
         b(c: id*
         a--b: id*
         a.b: id*",
        "a--b [id]
         a--b_2 [id]
         b_c [id]
         b_c_2 [id]
         b_c_3 [id]",
    );
    check("%: id*", "x [id]");
}

#[test]
fn attributes_are_named_as_their_columns() {
    check(
        "t: id*, created_at, First Name, größe, links, meta",
        "t [id] created_at First Name größe links meta",
    );
}

#[test]
fn characters_that_member_names_forbid_become_underscores() {
    check("t: id*, a.b, _c, d$, %", "t [id] a_b c d x");
    // Who bears a name as it is keeps it, wherever it stands.
    check("t: id*, a.b, a$b, a_b", "t [id] a_b_2 a_b_3 a_b");
}

#[test]
fn type_and_id_are_no_attributes() {
    check("events: key*, type, id", "events [key] events_type events_id");
    check("events: id*, type, Type, ID, $type", "events [id] events_type Type ID events_type_2");
    check("hr.staff: id*, type", "hr--staff /hr/staff [id] staff_type");
    check("events: id*, events_type, type", "events [id] events_type events_type_2");
}

#[test]
fn key_of_one_column_is_no_attribute_and_parts_of_others_are() {
    check("t: AlbumId*, Title", "t [AlbumId] Title");
    check("t: line*, type*, id*, note", "t [line type id] line t_type t_id note");
}

#[test]
fn foreign_keys_lose_their_ending() {
    check(
        "t: id*, a_id -> u, bId -> u, cID -> u, d_uuid -> u, e_key -> u, f_fk -> u, g -> u, H_ID -> u
         u: id*",
        "t [id] | a>u b>u c>u d>u e>u f>u g>u H>u
         u [id] | H_t>>t a_t>>t b_t>>t c_t>>t d_t>>t e_t>>t f_t>>t g_t>>t",
    );
}

#[test]
fn an_ending_that_is_all_stays() {
    check(
        "t: key*, _id -> u
         u: id*",
        "t [key] | u>u
         u [id] | t>>t",
    );
    check(
        "t: key*, ID -> u, _fk -> u
         u: id*",
        "t [key] | ID>u fk>u
         u [id] | ID_t>>t fk_t>>t",
    );
}

#[test]
fn a_foreign_key_gives_way_to_an_attribute() {
    check(
        "articles: id*, author?, author_id -> people
         people: id*",
        "articles [id] author | author_id>people
         people [id] | articles>>articles",
    );
}

#[test]
fn foreign_keys_that_want_one_name_take_their_full_names() {
    check(
        "articles: id*, author_id -> people, author_uuid -> people(uuid)
         people: id*, uuid!",
        "articles [id] | author_id>people author_uuid>people
         people [id] uuid | author_id_articles>>articles author_uuid_articles>>articles",
    );
    check(
        "articles: id*, author -> people, author_id -> people
         people: id*",
        "articles [id] | author>people author_id>people
         people [id] | author_articles>>articles author_id_articles>>articles",
    );
}

#[test]
fn two_foreign_keys_over_one_column_are_named_as_their_targets() {
    check(
        "notes: id*, owner_id, fk owner_id -> people(id), fk owner_id -> groups(id)
         people: id*
         groups: id*",
        "groups [id] | notes>>notes
         notes [id] | groups>groups people>people
         people [id] | notes>>notes",
    );
}

#[test]
fn foreign_keys_never_take_type_or_id() {
    check(
        "cars: id*, type_id -> types
         types: id*",
        "cars [id] | type_id>types
         types [id] | cars>>cars",
    );
    check(
        "cars: key*, type -> kinds, id -> kinds
         kinds: id*",
        "cars [key] | cars_type>kinds cars_id>kinds
         kinds [id] | cars_id_cars>>cars cars_type_cars>>cars",
    );
    check(
        "profiles: id* -> users
         users: id*",
        "profiles [id] | users>users
         users [id] | profiles>profiles",
    );
}

#[test]
fn composite_foreign_keys_are_named_as_their_target() {
    check(
        "lines: id*, region, number, fk region number -> orders(region number)
         orders: region*, number*",
        "lines [id] | orders>orders
         orders [region number] region number | lines>>lines",
    );
    check(
        "lines: id*, a, b, c, d, fk a b -> orders(x y) as first_order, fk c d -> orders(x y) as last_order
         orders: x*, y*",
        "lines [id] | first_order>orders last_order>orders
         orders [x y] x y | first_order_lines>>lines last_order_lines>>lines",
    );
    check(
        "lines: id*, orders, a, b, fk a b -> orders(x y)
         orders: x*, y*",
        "lines [id] orders | a_b>orders
         orders [x y] x y | lines>>lines",
    );
}

#[test]
fn the_same_foreign_key_twice_is_one() {
    check(
        "a: id*, b_id, fk b_id -> b(id) as two, fk b_id -> b(id) as one
         b: id*",
        "a [id] | b>b
         b [id] | a>>a",
    );
}
