//! The compound document from SQLite.
//!
//! Four statements in one transaction: the page; its comments; its tags through the join table; all people met.

use std::rc::Rc;

use rusqlite::types::Value;
use rusqlite::{Connection, Result, Row, Statement};

use super::documents::Documents;
use super::gathering::Gathering;
use super::shape::Shapes;

/// Statements and scratch space, reused by every request of a thread.
pub(crate) struct Compound {
    begin: Statement<'static>,
    commit: Statement<'static>,
    comments: Statement<'static>,
    tags: Statement<'static>,
    people: Statement<'static>,
    gathering: Gathering,
}

impl Compound {
    pub(super) fn prepare(connection: &'static Connection) -> Result<Self> {
        Ok(Self {
            begin: connection.prepare("BEGIN")?,
            commit: connection.prepare("COMMIT")?,
            // A nested loop over the array: rows come article by article, and within one by id, without a sort.
            comments: connection.prepare(
                "SELECT c.article_id, c.id, c.body, c.created_at, c.author_id
                 FROM rarray(?1) a CROSS JOIN comments c ON c.article_id = a.value",
            )?,
            tags: connection.prepare(
                "SELECT l.article_id, t.id, t.name FROM rarray(?1) a
                 CROSS JOIN article_tags l ON l.article_id = a.value CROSS JOIN tags t ON t.id = l.tag_id",
            )?,
            people: connection.prepare(
                "SELECT p.id, p.name, p.email, p.created_at
                 FROM rarray(?1) k CROSS JOIN people p ON p.id = k.value",
            )?,
            gathering: Gathering::default(),
        })
    }

    /// The included resources.
    fn read_included(&mut self, shapes: &Shapes) -> Result<()> {
        let gathering = &mut self.gathering;
        let articles = Rc::new(gathering.articles().map(Value::Integer).collect::<Vec<_>>());
        each(&mut self.comments, &articles, |row| gathering.add_comment(row, shapes))?;
        each(&mut self.tags, &articles, |row| gathering.add_tag(row, shapes))?;
        let people = Rc::new(gathering.people().iter().copied().map(Value::Integer).collect::<Vec<_>>());
        each(&mut self.people, &people, |row| gathering.add_person(row, shapes))
    }
}

/// Runs a statement for a list of keys.
fn each(
    statement: &mut Statement,
    keys: &Rc<Vec<Value>>,
    mut take: impl FnMut(&Row) -> Result<()>,
) -> Result<()> {
    let mut rows = statement.query([keys])?;
    while let Some(row) = rows.next()? {
        take(row)?;
    }
    Ok(())
}

impl Documents {
    /// W3: a page of articles with author, comments, their authors, and tags.
    pub(crate) fn compound(&mut self) -> Result<Vec<u8>> {
        self.compound.gathering.begin();
        self.compound.begin.execute([])?;
        let read = self.read_compound();
        self.compound.commit.execute([])?;
        read.map(|()| self.compound.gathering.end(&self.shapes, &self.links))
    }

    fn read_compound(&mut self) -> Result<()> {
        let mut rows = self.page.query([])?;
        while let Some(row) = rows.next()? {
            self.compound.gathering.add_article(row, &self.shapes)?;
        }
        drop(rows);
        self.compound.read_included(&self.shapes)
    }
}
