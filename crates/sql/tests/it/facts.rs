//! What introspection finds for checking values before they are written.

use docent_sql::schema::{Literal, ReferentialAction, Rule};

use crate::support::served;

#[tokio::test]
async fn lengths_checks_actions_and_strictness_are_found() {
    let served = served(
        "CREATE TABLE p(id INTEGER PRIMARY KEY, a INT, b INT, UNIQUE(a, b));
         CREATE TABLE t(
             id INTEGER PRIMARY KEY,
             code VARCHAR(8) NOT NULL COLLATE NOCASE CHECK (code IN ('a', 'b')),
             state TEXT CHECK (state IN ('draft', 'published')),
             rating INT CHECK (rating BETWEEN 1 AND 5),
             p INT REFERENCES p ON DELETE SET NULL,
             a INT, b INT,
             CONSTRAINT both CHECK (a < b),
             FOREIGN KEY (a, b) REFERENCES p(a, b) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
         );
         CREATE TABLE s(a INTEGER, b ANY) STRICT;
         CREATE VIEW v AS SELECT * FROM t;",
    );
    let schema = served.database.introspect().await.unwrap();
    let table = |name: &str| schema.tables.iter().find(|table| table.name.name == name).unwrap();
    let found = table("t");
    assert_eq!(found.columns[1].length_max, Some(8));
    assert_eq!(found.columns[2].length_max, None);
    let words = |words: [&str; 2]| words.map(|word| Literal::Text(word.to_owned())).to_vec();
    let checks: Vec<_> =
        found.checks.iter().map(|check| (&*check.name, &*check.columns, &*check.rules)).collect();
    let least = Rule::Least { bound: Literal::Integer(1), inclusive: true };
    let greatest = Rule::Greatest { bound: Literal::Integer(5), inclusive: true };
    assert_eq!(
        checks,
        [
            ("code IN ('a', 'b')", &[1][..], &[][..]),
            ("state IN ('draft', 'published')", &[2], &[(2, Rule::OneOf(words(["draft", "published"])))]),
            ("rating BETWEEN 1 AND 5", &[3], &[(3, least), (3, greatest)]),
            ("both", &[5, 6], &[]),
        ]
    );
    let keys: Vec<_> =
        found.foreign_keys.iter().map(|key| (&*key.columns, key.on_delete, key.deferred)).collect();
    assert_eq!(
        keys,
        [(&[4][..], ReferentialAction::SetNull, false), (&[5, 6], ReferentialAction::Cascade, true)]
    );
    assert!(table("s").strict && !found.strict && !table("v").strict);
    assert!(table("v").checks.is_empty());
}
