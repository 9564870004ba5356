//! A compound document while its rows come: twenty articles with their authors, comments, comments' authors and tags.
//!
//! Included resources are written as their rows come. An article ends with linkage that only later rows know, so
//! articles wait in a buffer of their own, about a fifth of the document.

use super::fields::Fields;
use super::json::string;
use super::resources::{PAGE_ROWS, PageLinks, separate, write_article, write_comment, write_person};
use super::shape::Shapes;

/// Scratch space of one document, reused by others.
#[derive(Default)]
pub(super) struct Gathering {
    /// The articles up to their comments, one after another.
    articles: Vec<u8>,
    /// Per article its id and where it ends in `articles`.
    article_ends: Vec<(i64, usize)>,
    /// Whether there is another page.
    more: bool,
    comment_linkage: Linkage,
    tag_linkage: Linkage,
    people_met: Met,
    tags_met: Met,
    /// The document.
    out: Vec<u8>,
    /// Where the included resources start in it.
    start: usize,
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

impl Gathering {
    /// Begins a document.
    pub(super) fn begin(&mut self) {
        self.articles.clear();
        self.article_ends.clear();
        self.more = false;
        for linkage in [&mut self.comment_linkage, &mut self.tag_linkage] {
            linkage.bytes.clear();
            linkage.ends.clear();
        }
        self.people_met.clear();
        self.tags_met.clear();
        self.out = Vec::with_capacity(192 << 10);
        self.out.extend_from_slice(br#"{"jsonapi":{"version":"1.1"},"included":["#);
        self.start = self.out.len();
    }

    /// An article of the page, or the one behind it.
    pub(super) fn add_article<F: Fields>(&mut self, row: &F, shapes: &Shapes) -> Result<(), F::Error> {
        if self.article_ends.len() == PAGE_ROWS {
            self.more = true;
            return Ok(());
        }
        let id = row.integer(0)?;
        write_article(&mut self.articles, row, id, shapes)?;
        self.article_ends.push((id, self.articles.len()));
        self.people_met.add(row.integer(5)?);
        Ok(())
    }

    fn separate(&mut self) {
        let first = self.out.len() == self.start;
        separate(&mut self.out, first);
    }

    /// The ids of the articles.
    pub(super) fn articles(&self) -> impl Iterator<Item = i64> {
        self.article_ends.iter().map(|(id, _)| *id)
    }

    /// A comment, from a row as [`write_comment`] wants it. Those of an article come together, in its order.
    pub(super) fn add_comment<F: Fields>(&mut self, row: &F, shapes: &Shapes) -> Result<(), F::Error> {
        let mut digits = itoa::Buffer::new();
        let id = digits.format(row.integer(1)?);
        self.separate();
        write_comment(&mut self.out, row, id, shapes)?;
        self.comment_linkage.add(row.integer(0)?, br#"{"type":"comments","id":""#, id);
        self.people_met.add(row.integer(4)?);
        Ok(())
    }

    /// A tag, from a row of its article's id, its own id and `name`. Those of an article come together, in its order.
    pub(super) fn add_tag<F: Fields>(&mut self, row: &F, shapes: &Shapes) -> Result<(), F::Error> {
        let tag = row.integer(1)?;
        let mut digits = itoa::Buffer::new();
        let id = digits.format(tag);
        self.tag_linkage.add(row.integer(0)?, br#"{"type":"tags","id":""#, id);
        if self.tags_met.add(tag) {
            self.separate();
            shapes.tag.name.write(&mut self.out, id);
            string(&mut self.out, row.text(2)?);
            shapes.tag.rest.write(&mut self.out, id);
        }
        Ok(())
    }

    /// The ids of the authors of all articles and comments.
    pub(super) fn people(&self) -> &[i64] {
        &self.people_met.ids
    }

    /// One of them.
    pub(super) fn add_person<F: Fields>(&mut self, row: &F, shapes: &Shapes) -> Result<(), F::Error> {
        self.separate();
        write_person(&mut self.out, row, shapes)
    }

    /// The document, when everything has come.
    pub(super) fn end(&mut self, shapes: &Shapes, links: &PageLinks) -> Vec<u8> {
        let mut out = std::mem::take(&mut self.out);
        out.extend_from_slice(br#"],"data":["#);
        self.write_articles(&mut out, shapes);
        out.push(b']');
        links.compound.write(&mut out, self.more);
        out.push(b'}');
        out
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
