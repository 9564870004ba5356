//! Collations that files made by other programs name, and SQLite does not bring: without them their columns can be
//! neither compared nor sorted, nor their indexes used.

use std::cmp::Ordering;

use rusqlite::{Connection, Result};

/// Registers `NOCASE_UTF8`, which Drupal declares for its columns: all of Unicode in lower case, by its bytes.
pub(super) fn register(connection: &Connection) -> Result<()> {
    connection.create_collation("NOCASE_UTF8", in_lower_case)
}

/// Code points stand in the order of their bytes.
fn in_lower_case(left: &str, right: &str) -> Ordering {
    if left.is_ascii() && right.is_ascii() {
        let (left, right) = (left.bytes(), right.bytes());
        return left.map(|it| it.to_ascii_lowercase()).cmp(right.map(|it| it.to_ascii_lowercase()));
    }
    left.chars().flat_map(char::to_lowercase).cmp(right.chars().flat_map(char::to_lowercase))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_compared_in_lower_case() {
        let check = |left: &str, right: &str, expected| {
            assert_eq!(in_lower_case(left, right), expected, "{left} {right}");
            assert_eq!(in_lower_case(right, left), expected.reverse(), "{right} {left}");
        };
        check("Élan", "éLAN", Ordering::Equal);
        check("elan", "élan", Ordering::Less);
        check("Zebra", "apple", Ordering::Greater);
        // `_` stands between upper and lower case.
        check("A_", "AB", Ordering::Less);
        check("", "a", Ordering::Less);
        check("a", "Ab", Ordering::Less);
        check("zz", "É", Ordering::Less);
        check("\u{ffff}", "\u{10000}", Ordering::Less);
    }
}
