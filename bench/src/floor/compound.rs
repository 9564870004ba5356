//! The compound document: twenty articles with their authors, comments, comments' authors and tags.
//!
//! Four statements in one transaction: the page; its comments; its tags through the join table; all people met.
//! Included resources are written as their rows come. An article ends with linkage that only the later statements
//! know, so articles wait in a buffer of their own, about a fifth of the document.

use std::rc::Rc;

use rusqlite::types::Value;
use rusqlite::{Connection, Result, Statement};

use super::documents::{Documents, PAGE_ROWS, bytes, separate, write_article, write_comment};
use super::json::{string, timestamp};
use super::shape::Shapes;

/// Statements and scratch space, reused by every request of a thread.
pub(crate) struct Compound {
    begin: Statement<'static>,
    commit: Statement<'static>,
    comments: Statement<'static>,
    tags: Statement<'static>,
    people: Statement<'static>,
    /// The articles up to their comments, one after another.
    articles: Vec<u8>,
    /// Per article its id and where it ends in `articles`.
    article_ends: Vec<(i64, usize)>,
    comment_linkage: Linkage,
    tag_linkage: Linkage,
    people_met: Met,
    tags_met: Met,
}

/// Resource identifier objects, grouped by article in the order of the page.
#[derive(Default)]
struct Linkage {
    bytes: Vec<u8>,
    /// Per article that has any, its id and where its identifiers end in `bytes`.
    ends: Vec<(i64, usize)>,
}

/// Ids met so far, a bit each: the ids are row ids and small.
#[derive(Default)]
struct Met {
    bits: Vec<u64>,
    ids: Vec<i64>,
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
            articles: Vec::new(),
            article_ends: Vec::new(),
            comment_linkage: Linkage::default(),
            tag_linkage: Linkage::default(),
            people_met: Met::default(),
            tags_met: Met::default(),
        })
    }

    /// The included resources; fills the linkage on the way.
    fn included(&mut self, out: &mut Vec<u8>, shapes: &Shapes) -> Result<()> {
        let articles =
            Rc::new(self.article_ends.iter().map(|(id, _)| Value::Integer(*id)).collect::<Vec<_>>());
        let start = out.len();
        self.write_comments(out, &articles, shapes, start)?;
        self.write_tags(out, &articles, shapes, start)?;
        self.write_people(out, shapes, start)
    }

    fn write_comments(
        &mut self,
        out: &mut Vec<u8>,
        articles: &Keys,
        shapes: &Shapes,
        start: usize,
    ) -> Result<()> {
        let mut rows = self.comments.query([articles])?;
        while let Some(row) = rows.next()? {
            let (article, id, author) = (row.get(0)?, row.get(1)?, row.get(4)?);
            let mut digits = itoa::Buffer::new();
            let id = digits.format::<i64>(id);
            separate(out, out.len() == start);
            write_comment(out, row, id, shapes)?;
            self.comment_linkage.add(article, br#"{"type":"comments","id":""#, id);
            self.people_met.add(author);
        }
        Ok(())
    }

    fn write_tags(
        &mut self,
        out: &mut Vec<u8>,
        articles: &Keys,
        shapes: &Shapes,
        start: usize,
    ) -> Result<()> {
        let mut rows = self.tags.query([articles])?;
        while let Some(row) = rows.next()? {
            let tag = row.get(1)?;
            let mut digits = itoa::Buffer::new();
            let id = digits.format::<i64>(tag);
            self.tag_linkage.add(row.get(0)?, br#"{"type":"tags","id":""#, id);
            if self.tags_met.add(tag) {
                separate(out, out.len() == start);
                shapes.tag.name.write(out, id);
                string(out, bytes(row, 2)?);
                shapes.tag.rest.write(out, id);
            }
        }
        Ok(())
    }

    fn write_people(&mut self, out: &mut Vec<u8>, shapes: &Shapes, start: usize) -> Result<()> {
        let people = Rc::new(self.people_met.ids.iter().copied().map(Value::Integer).collect::<Vec<_>>());
        let mut rows = self.people.query([people])?;
        while let Some(row) = rows.next()? {
            let mut digits = itoa::Buffer::new();
            let id = digits.format::<i64>(row.get(0)?);
            separate(out, out.len() == start);
            shapes.person.name.write(out, id);
            string(out, bytes(row, 1)?);
            out.extend_from_slice(br#","email":"#);
            string(out, bytes(row, 2)?);
            out.extend_from_slice(br#","created_at":"#);
            timestamp(out, bytes(row, 3)?);
            shapes.person.rest.write(out, id);
        }
        Ok(())
    }

    /// The articles, completed with their linkage.
    fn write_articles(&self, out: &mut Vec<u8>, shapes: &Shapes) {
        let (mut start, mut comments, mut tags) = (0, Group::default(), Group::default());
        for &(article, end) in &self.article_ends {
            let mut digits = itoa::Buffer::new();
            let id = digits.format(article);
            separate(out, start == 0);
            out.extend_from_slice(&self.articles[start..end]);
            shapes.article.comments.write(out, id);
            out.extend_from_slice(comments.of(article, &self.comment_linkage));
            shapes.article.tags.write(out, id);
            out.extend_from_slice(tags.of(article, &self.tag_linkage));
            shapes.article.rest_included.write(out, id);
            start = end;
        }
    }

    fn clear(&mut self) {
        self.articles.clear();
        self.article_ends.clear();
        for linkage in [&mut self.comment_linkage, &mut self.tag_linkage] {
            linkage.bytes.clear();
            linkage.ends.clear();
        }
        self.people_met.clear();
        self.tags_met.clear();
    }
}

type Keys = Rc<Vec<Value>>;

impl Documents {
    /// W3: a page of articles with author, comments, their authors, and tags.
    pub(crate) fn compound(&mut self) -> Result<Vec<u8>> {
        self.compound.clear();
        self.compound.begin.execute([])?;
        let written = self.compound_in_transaction();
        self.compound.commit.execute([])?;
        written
    }

    fn compound_in_transaction(&mut self) -> Result<Vec<u8>> {
        let compound = &mut self.compound;
        let mut rows = self.page.query([])?;
        while compound.article_ends.len() < PAGE_ROWS {
            let Some(row) = rows.next()? else { break };
            let id = row.get(0)?;
            write_article(&mut compound.articles, row, id, &self.shapes)?;
            compound.article_ends.push((id, compound.articles.len()));
            compound.people_met.add(row.get(5)?);
        }
        let more = rows.next()?.is_some();
        drop(rows);

        let mut out = Vec::with_capacity(192 << 10);
        out.extend_from_slice(br#"{"jsonapi":{"version":"1.1"},"included":["#);
        compound.included(&mut out, &self.shapes)?;
        out.extend_from_slice(br#"],"data":["#);
        compound.write_articles(&mut out, &self.shapes);
        out.push(b']');
        self.links.compound.write(&mut out, more);
        out.push(b'}');
        Ok(out)
    }
}

impl Linkage {
    /// `open` is the identifier up to its id.
    fn add(&mut self, article: i64, open: &[u8], id: &str) {
        match self.ends.last() {
            Some((last, _)) if *last == article => self.bytes.push(b','),
            _ => self.ends.push((article, 0)),
        }
        self.bytes.extend_from_slice(open);
        self.bytes.extend_from_slice(id.as_bytes());
        self.bytes.extend_from_slice(br#""}"#);
        if let Some((_, end)) = self.ends.last_mut() {
            *end = self.bytes.len();
        }
    }
}

/// A walk through a [`Linkage`] beside the page, both in the same order.
#[derive(Default)]
struct Group {
    next: usize,
    start: usize,
}

impl Group {
    /// The identifiers of that article; empty if it has none.
    fn of<'a>(&mut self, article: i64, linkage: &'a Linkage) -> &'a [u8] {
        match linkage.ends.get(self.next) {
            Some(&(owner, end)) if owner == article => {
                let identifiers = &linkage.bytes[self.start..end];
                (self.next, self.start) = (self.next + 1, end);
                identifiers
            }
            _ => &[],
        }
    }
}

impl Met {
    /// Whether the id is new.
    fn add(&mut self, id: i64) -> bool {
        let index = usize::try_from(id).unwrap_or_default();
        let (word, bit) = (index / 64, 1 << (index % 64));
        if word >= self.bits.len() {
            self.bits.resize(word + 1, 0);
        }
        let new = self.bits[word] & bit == 0;
        if new {
            self.bits[word] |= bit;
            self.ids.push(id);
        }
        new
    }

    fn clear(&mut self) {
        self.bits.fill(0);
        self.ids.clear();
    }
}
