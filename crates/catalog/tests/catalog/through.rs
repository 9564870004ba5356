//! Many-to-many relationships over tables with further columns.

use docent_catalog::build;
use docent_catalog::model::{Field, Link};

use crate::support::{check_configured, check_left_out, check_problems, overlay, schema};

const FILMS: &str = "actor: id*, name
                     film: id*, title
                     film_actor: actor_id* -> actor, film_id* -> film, billing, secret_fee";

#[test]
fn through_makes_a_relationship_besides_the_type() {
    check_configured(
        FILMS,
        "[types.film.relationships.actors]\nthrough = 'film_actor'",
        "actor [id] name | film_actor>>film_actor
         film [id] title | actors>>actor film_actor>>film_actor
         film_actor [actor_id film_id] billing | actor>actor film>film",
    );
    check_configured(
        FILMS,
        "[types.film.relationships.actors]
         through = 'film_actor'
         name = 'cast'
         [types.actor.relationships.films]
         through = 'film_actor'
         [types.film_actor]
         hide = true",
        "actor [id] name | films>>film
         film [id] title | cast>>actor",
    );
}

fn meta(tables: &str, configuration: &str, of: &str, relationship: &str) -> Vec<String> {
    let outcome = build(&schema(tables), &overlay(configuration));
    assert_eq!(outcome.problems, []);
    let one = outcome.catalog.get(outcome.catalog.by_name(of).unwrap());
    let Some(Field::Relationship(position)) = one.field(relationship) else { panic!() };
    let Link::JoinTable { meta, .. } = &one.relationships[position].link else { panic!() };
    meta.iter().map(|(name, column)| format!("{name}={}", column.name)).collect()
}

#[test]
fn further_columns_go_into_the_meta_of_linkage() {
    let through = "[types.film.relationships.actors]\nthrough = 'film_actor'\n";
    assert_eq!(meta(FILMS, through, "film", "actors"), ["billing=billing"]);
    let renamed =
        format!("{through}[types.film_actor.fields]\nbilling.name = 'rank'\nsecret_fee.show = true");
    assert_eq!(meta(FILMS, &renamed, "film", "actors"), ["rank=billing", "secret_fee=secret_fee"]);
    let tables = "a: id*
                  b: id*
                  c: id*
                  ab: id*, a_id -> a, b_id -> b, c_id? -> c, page, a.x, unique a_id b_id";
    let through = "[types.a.relationships.b]\nthrough = 'ab'\n";
    assert_eq!(meta(tables, through, "a", "b"), ["id=id", "c_id=c_id", "ab_page=page", "a_x=a.x"]);
    let hidden = format!("{through}[types.c]\nhide = true");
    assert_eq!(meta(tables, &hidden, "a", "b"), ["id=id", "ab_page=page", "a_x=a.x"]);
}

#[test]
fn through_a_plain_join_table_renames() {
    let tables = "articles: id*
                  tags: id*
                  article_tags: article_id* -> articles, tag_id* -> tags";
    let expected = "articles [id] | labels>>tags
                    tags [id] | articles>>articles";
    check_configured(tables, "[types.articles.relationships.labels]\nthrough = 'article_tags'", expected);
    check_configured(
        tables,
        "[types.articles.relationships.tags]\nthrough = 'article_tags'",
        &expected.replace("labels", "tags"),
    );
    // With a key of its own it is a type, too.
    check_configured(
        tables,
        "[types.article_tags]\nkey = ['article_id', 'tag_id']\n[types.articles.relationships.tags]\nthrough = 'article_tags'",
        "article_tags [article_id tag_id] | article>articles tag>tags
         articles [id] | article_tags>>article_tags tags>>tags
         tags [id] | article_tags>>article_tags",
    );
}

#[test]
fn several_ways_are_told_apart_by_name() {
    let tables = "people: id*
                  follows: follower_id* -> people, followed_id* -> people, since
                  orders: id*
                  products: id*
                  shops: id*
                  items: order_id* -> orders, product_id* -> products, shop_id* -> shops, unique order_id product_id";
    check_configured(
        tables,
        "[types.people.relationships.followed]
         through = 'follows'
         name = 'idols'
         [types.orders.relationships.products]
         through = 'items'",
        "follows [follower_id followed_id] since | follower>people followed>people
         items [order_id product_id shop_id] | order>orders product>products shop>shops
         orders [id] | items>>items products>>products
         people [id] | followed_follows>>follows follower_follows>>follows idols>>people
         products [id] | items>>items
         shops [id] | items>>items",
    );
    check_problems(
        tables,
        "[types.people.relationships.friends]
         through = 'follows'
         [types.orders.relationships.things]
         through = 'items'
         [types.orders.relationships.shop]
         through = 'items'",
        "'follows': `follows` links `people` in several ways: call this relationship `followed` or `follower` (and give it another `name` if you wish)
         'items': `items` links `orders` in several ways: call this relationship `product` or `shop` (and give it another `name` if you wish)
         'items': nothing keeps `items` from linking the same two resources twice: it needs a unique key over `order_id`, `shop_id`",
    );
}

#[test]
fn tables_that_do_not_link_are_problems() {
    let outcome = check_problems(
        &format!("{FILMS}\nreviews: id*, film_id -> film, actor_id -> actor, text"),
        "[types.film.relationships]
         a.through = 'film_actors'
         b.through = 'actor'
         c.through = 'reviews'
         film_actor.through = 'film_actor'
         film_actor_2.through = 'film_actor'
         [types.actor.relationships]
         'x+y'.through = 'film_actor'",
        "'film_actors': the database has no table `film_actors`; did you mean `film_actor`?
         'actor': `actor` does not link `film` with another type
         'reviews': nothing keeps `reviews` from linking the same two resources twice: it needs a unique key over `film_id`, `actor_id`
         film_actor: `film_actor` is the name of another field of this type
         film_actor_2: this relationship is configured twice
         'x+y': `x+y` is no member name: letters, digits and, between them, `-`, `_` and spaces are allowed",
    );
    assert!(outcome.catalog.by_name("film").is_some());
}

#[test]
fn through_can_be_hidden() {
    check_left_out(
        FILMS,
        "[types.film.relationships.actors]\nthrough = 'film_actor'\nhide = true\n[types.film_actor]\nfields.secret_fee.show = true",
        "relationship film.actors: the configuration hides it",
    );
}
