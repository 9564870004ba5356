//! Rows to be written: as long as those that the blog has already, and just as fixed by their seed.

use super::blog::{BODY_BYTES, COMMENT_BYTES, PEOPLE, TAGS, TITLE_BYTES};
use super::random::{Random, prose, timestamp};

/// An article that is not in the database yet.
pub(crate) struct Article {
    pub title: String,
    pub body: String,
    pub published: bool,
    /// As SQLite stores it.
    pub created_at: String,
    pub author: i64,
}

/// A comment that is not in the database yet.
pub(crate) struct Comment {
    pub body: String,
    /// As SQLite stores it.
    pub created_at: String,
    pub author: i64,
}

impl Article {
    /// The next one.
    pub(crate) fn random(random: &mut Random) -> Self {
        Self {
            title: title(random),
            body: prose(random, BODY_BYTES, true),
            published: random.chance(90),
            created_at: timestamp(random),
            author: random.id(PEOPLE),
        }
    }
}

impl Comment {
    /// The next one.
    pub(crate) fn random(random: &mut Random) -> Self {
        Self {
            body: prose(random, COMMENT_BYTES, true),
            created_at: timestamp(random),
            author: random.id(PEOPLE),
        }
    }
}

/// A title for an article.
pub(crate) fn title(random: &mut Random) -> String {
    prose(random, TITLE_BYTES, false)
}

/// Two tags, never the same.
pub(crate) fn two_tags(random: &mut Random) -> [i64; 2] {
    let first = random.id(TAGS);
    // Any of the others, counted on from the first.
    let second = (first + random.id(TAGS - 1) - 1) % TAGS.cast_signed() + 1;
    [first, second]
}

#[cfg(test)]
mod tests {
    use super::{Random, TAGS, two_tags};

    #[test]
    fn tags_differ_and_exist() {
        let mut random = Random::new(0);
        for _ in 0..10_000 {
            let [first, second] = two_tags(&mut random);
            assert_ne!(first, second);
            assert!((1..=TAGS.cast_signed()).contains(&first) && (1..=TAGS.cast_signed()).contains(&second));
        }
    }
}
