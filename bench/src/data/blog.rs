//! The blog that the workloads read and write: people, articles, comments and tags.

use rusqlite::{Connection, Result, params};

use super::random::{Random, prose, timestamp};

/// Rows of `people`, with the ids 1 to this.
pub(super) const PEOPLE: u64 = 1_000;
/// Rows of `articles`, with the ids 1 to this.
pub(crate) const ARTICLES: u64 = 10_000;
const COMMENTS: u64 = 50_000;
/// Rows of `tags`, with the ids 1 to this.
pub(super) const TAGS: u64 = 200;
const TAGS_PER_ARTICLE: usize = 3;
/// The least length of an article's title.
pub(super) const TITLE_BYTES: usize = 36;
/// The least length of an article's body.
pub(super) const BODY_BYTES: usize = 600;
/// The least length of a comment.
pub(super) const COMMENT_BYTES: usize = 90;

const SCHEMA: &str = "
CREATE TABLE people (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE TABLE articles (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    published BOOLEAN NOT NULL,
    created_at TIMESTAMP NOT NULL,
    author_id INTEGER NOT NULL REFERENCES people (id),
    editor_id INTEGER REFERENCES people (id)
);
CREATE TABLE comments (
    id INTEGER PRIMARY KEY,
    body TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    article_id INTEGER NOT NULL REFERENCES articles (id),
    author_id INTEGER NOT NULL REFERENCES people (id)
);
CREATE TABLE tags (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);
CREATE TABLE article_tags (
    article_id INTEGER NOT NULL REFERENCES articles (id),
    tag_id INTEGER NOT NULL REFERENCES tags (id),
    PRIMARY KEY (article_id, tag_id)
) WITHOUT ROWID;
";

/// Created after the rows: faster, and the pages are filled in order.
pub(super) const INDEXES: &str = "
CREATE INDEX articles_author ON articles (author_id);
CREATE INDEX articles_editor ON articles (editor_id);
CREATE INDEX articles_created ON articles (created_at, id);
CREATE INDEX comments_article ON comments (article_id);
CREATE INDEX comments_author ON comments (author_id);
CREATE INDEX comments_created ON comments (created_at, id);
CREATE INDEX article_tags_tag ON article_tags (tag_id, article_id);
";

/// Fills an empty database.
pub(crate) fn fill(connection: &Connection) -> Result<()> {
    connection.execute_batch(SCHEMA)?;
    people(connection)?;
    articles(connection)?;
    comments(connection)?;
    tags(connection)?;
    connection.execute_batch(INDEXES)
}

fn people(connection: &Connection) -> Result<()> {
    let mut random = Random::new(1);
    let mut insert = connection.prepare("INSERT INTO people VALUES (?1, ?2, ?3, ?4)")?;
    for id in 1..=PEOPLE {
        let name = prose(&mut random, 14, false);
        let email = format!("person{id}@example.com");
        insert.execute(params![id.cast_signed(), name, email, timestamp(&mut random)])?;
    }
    Ok(())
}

fn articles(connection: &Connection) -> Result<()> {
    let mut random = Random::new(2);
    let mut insert = connection.prepare("INSERT INTO articles VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?;
    for id in 1..=ARTICLES {
        let title = prose(&mut random, TITLE_BYTES, false);
        let body = prose(&mut random, BODY_BYTES, true);
        let editor = random.chance(60).then(|| random.id(PEOPLE));
        insert.execute(params![
            id.cast_signed(),
            title,
            body,
            random.chance(90),
            timestamp(&mut random),
            random.id(PEOPLE),
            editor
        ])?;
    }
    Ok(())
}

fn comments(connection: &Connection) -> Result<()> {
    let mut random = Random::new(3);
    let mut insert = connection.prepare("INSERT INTO comments VALUES (?1, ?2, ?3, ?4, ?5)")?;
    for id in 1..=COMMENTS {
        let body = prose(&mut random, COMMENT_BYTES, true);
        insert.execute(params![
            id.cast_signed(),
            body,
            timestamp(&mut random),
            random.id(ARTICLES),
            random.id(PEOPLE)
        ])?;
    }
    Ok(())
}

fn tags(connection: &Connection) -> Result<()> {
    let mut random = Random::new(4);
    let mut insert = connection.prepare("INSERT INTO tags VALUES (?1, ?2)")?;
    for id in 1..=TAGS {
        insert.execute(params![id.cast_signed(), format!("{} {id}", prose(&mut random, 6, false))])?;
    }
    let mut link = connection.prepare("INSERT INTO article_tags VALUES (?1, ?2)")?;
    let mut chosen = Vec::with_capacity(TAGS_PER_ARTICLE);
    for article in 1..=ARTICLES {
        chosen.clear();
        while chosen.len() < TAGS_PER_ARTICLE {
            let tag = random.id(TAGS);
            if !chosen.contains(&tag) {
                chosen.push(tag);
            }
        }
        for tag in &chosen {
            link.execute(params![article.cast_signed(), tag])?;
        }
    }
    Ok(())
}
