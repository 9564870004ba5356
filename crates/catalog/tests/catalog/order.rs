//! The order of tables and of constraints makes no difference.

use docent_catalog::{Overlay, build, inspect};
use docent_sql::schema::Schema;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::support::schema;

/// Every rule that tells names apart, at once.
const TABLES: &str = "people: id*, articles, uuid!
                      articles: id*, author_id -> people, author_uuid -> people(uuid), a.b, a$b, c_id, fk c_id -> x(id), fk c_id -> y(id)
                      comments: id*, article_id -> articles, parent_id? -> comments, people
                      tags: id*, article_id -> articles
                      article_tags: article_id* -> articles, tag_id* -> tags
                      hidden_tags: article_id* -> articles, tag_id* -> tags
                      follows: follower_id* -> people, followed_id* -> people
                      b$c: id*, u -> people
                      b_c: id*, u -> people
                      b(c: id*, u -> people
                      sales.orders: id*, customer -> people, fk customer -> sales(id)
                      sales: id*
                      x: id*
                      y: id*, x_id -> x, z_id -> nowhere
                      logs: line
                      pairs: a!, b!, unique a b";

fn shuffled(mut schema: Schema, by: &[Index]) -> Schema {
    let mut by = by.iter().cycle();
    let mut swap = |length: usize| -> Vec<(usize, usize)> {
        (0..length).map(|at| (at, by.next().map_or(at, |index| index.index(length)))).collect()
    };
    for (a, b) in swap(schema.tables.len()) {
        schema.tables.swap(a, b);
    }
    for table in &mut schema.tables {
        for (a, b) in swap(table.unique_keys.len()) {
            table.unique_keys.swap(a, b);
        }
    }
    schema
}

fn report(schema: &Schema) -> String {
    let outcome = build(schema, &Overlay::default());
    inspect::report(&outcome.catalog).to_string()
}

proptest! {
    #[test]
    fn shuffling_changes_nothing(by in prop::collection::vec(any::<Index>(), 32)) {
        let schema = schema(TABLES);
        prop_assert_eq!(report(&shuffled(schema.clone(), &by)), report(&schema));
    }
}

#[test]
fn the_order_of_foreign_keys_changes_no_name() {
    let forwards = schema(TABLES);
    let mut backwards = forwards.clone();
    for table in &mut backwards.tables {
        table.foreign_keys.reverse();
    }
    let names = |schema: &Schema| -> Vec<Vec<String>> {
        let catalog = build(schema, &Overlay::default()).catalog;
        let sorted = |one: &docent_catalog::model::ResourceType| {
            let mut names: Vec<String> = one.field_names().map(str::to_owned).collect();
            names.sort();
            names
        };
        catalog.types.iter().map(sorted).collect()
    };
    assert_eq!(names(&forwards), names(&backwards));
}
