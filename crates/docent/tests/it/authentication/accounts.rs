//! Accounts in a table of the served database.

use super::commands::hash_password;
use super::{BCRYPT, BCRYPT_PASSWORD, SHOP, Site};
use crate::harness::databases::Database;

const TABLE: &str = "[auth.basic]\ntable = \"logins\"\nlogin = \"email\"\npassword = \"password_hash\"\n\
                     roles = \"roles\"\nclaims = [\"team\"]\n";

fn database() -> Database {
    let argon2id = hash_password("correct horse");
    Database::from_script(&format!(
        "{SHOP}
         INSERT INTO logins VALUES
             (7, 'ann@shop.example', '{argon2id}', 'author, editor', 3),
             (8, 'bob@shop.example', '{BCRYPT}', '[\"admin\"]', NULL),
             (9, 'twice@shop.example', '{BCRYPT}', NULL, NULL),
             (10, 'twice@shop.example', '{BCRYPT}', NULL, NULL),
             (11, 'none@shop.example', NULL, NULL, NULL),
             (12, 'odd@shop.example', 'plain text', NULL, NULL);"
    ))
}

#[test]
fn accounts_are_found_by_login() {
    let site = Site::of(database(), TABLE, &[]);
    assert_eq!(site.with_password("ann@shop.example", "correct horse"), "200 7");
    assert_eq!(site.with_password("bob@shop.example", BCRYPT_PASSWORD), "200 8");
    for (login, password) in [
        ("ann@shop.example", BCRYPT_PASSWORD),
        ("nobody@shop.example", "x"),
        ("twice@shop.example", BCRYPT_PASSWORD),
        ("none@shop.example", ""),
        ("odd@shop.example", "plain text"),
        ("' OR 1=1 --", "x"),
        ("x' UNION SELECT 1, 'admin', 1, 1 --", "x"),
        ("%", "x"),
    ] {
        assert_eq!(site.with_password(login, password), "401 -", "{login}");
    }
    assert_eq!(site.get(&[]).status, 200, "the tables are still there");
}

#[test]
fn a_changed_password_counts_at_once() {
    let site = Site::of(database(), TABLE, &[]);
    assert_eq!(site.with_password("ann@shop.example", "correct horse"), "200 7");
    let mut connection = site.database.open();
    connection.execute(&format!("UPDATE logins SET password_hash = '{BCRYPT}' WHERE id = 7"));
    assert_eq!(site.with_password("ann@shop.example", "correct horse"), "401 -");
    assert_eq!(site.with_password("ann@shop.example", BCRYPT_PASSWORD), "200 7");
    connection.execute("DELETE FROM logins WHERE id = 7");
    assert_eq!(site.with_password("ann@shop.example", BCRYPT_PASSWORD), "401 -");
}

#[test]
fn another_column_can_say_who_somebody_is() {
    let site = Site::of(database(), &format!("{TABLE}id = \"email\"\n"), &[]);
    assert_eq!(site.with_password("bob@shop.example", BCRYPT_PASSWORD), "200 bob@shop.example");
}
