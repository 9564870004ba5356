//! The constant parts of every resource object, links included, ready to be copied. The values of a row go between
//! them, in the order of the fields here.

use super::json::Template;

/// `articles`.
pub(crate) struct ArticleShape {
    /// The document of one article up to its resource object; a brace ends it.
    pub document: Template,
    /// Up to the title.
    pub title: Template,
    /// Up to the author's id.
    pub author: Template,
    /// Up to the editor's linkage.
    pub editor: Template,
    /// The rest, comments and tags not being included.
    pub rest: Template,
    /// Instead of `rest`: up to the identifiers of the comments.
    pub comments: Template,
    /// Up to the identifiers of the tags.
    pub tags: Template,
    /// The rest after those.
    pub rest_included: Template,
    /// The rest after the author's id when only `title` and `author` are asked for.
    pub rest_sparse: Template,
}

/// `comments`.
pub(crate) struct CommentShape {
    /// Up to the body.
    pub body: Template,
    /// Up to the article's id.
    pub article: Template,
    /// Up to the author's id.
    pub author: Template,
    /// The rest.
    pub rest: Template,
}

/// `people` and `tags`: attributes, then links alone.
pub(crate) struct PlainShape {
    /// Up to the name.
    pub name: Template,
    /// The rest after the attributes.
    pub rest: Template,
}

/// The shapes of all types under one base URL.
pub(crate) struct Shapes {
    pub article: ArticleShape,
    pub comment: CommentShape,
    pub person: PlainShape,
    pub tag: PlainShape,
}

/// `"name":{"links":{…}`: a relationship, left open.
fn relationship(base: &str, kind: &str, name: &str) -> String {
    let resource = format!("{base}/{kind}/#");
    format!(
        r#""{name}":{{"links":{{"self":"{resource}/relationships/{name}","related":"{resource}/{name}"}}"#
    )
}

/// Up to the value of the first attribute.
fn start(kind: &str, attribute: &str) -> String {
    format!(r##"{{"type":"{kind}","id":"#","attributes":{{"{attribute}":"##)
}

/// From the end of `relationships` to the end of the resource object.
fn end(base: &str, kind: &str) -> String {
    format!(r#"}},"links":{{"self":"{base}/{kind}/#"}}}}"#)
}

impl Shapes {
    /// Builds all of them; once per thread.
    pub(crate) fn new(base: &str) -> Self {
        Self {
            article: article(base),
            comment: comment(base),
            person: plain(base, "people", &["author_articles", "editor_articles", "comments"]),
            tag: plain(base, "tags", &["articles"]),
        }
    }
}

fn article(base: &str) -> ArticleShape {
    let relationship = |name| relationship(base, "articles", name);
    let end = end(base, "articles");
    let (author, editor) = (relationship("author"), relationship("editor"));
    let (comments, tags) = (relationship("comments"), relationship("tags"));
    let links = format!(r#""self":"{base}/articles/#","describedby":"{base}/schemas/articles""#);
    ArticleShape {
        document: Template::new(&format!(r#"{{"jsonapi":{{"version":"1.1"}},"links":{{{links}}},"data":"#)),
        title: Template::new(&start("articles", "title")),
        author: Template::new(&format!(r#"}},"relationships":{{{author},"data":{{"type":"people","id":""#)),
        editor: Template::new(&format!(r#""}}}},{editor},"data":"#)),
        rest: Template::new(&format!("}},{comments}}},{tags}}}{end}")),
        comments: Template::new(&format!(r#"}},{comments},"data":["#)),
        tags: Template::new(&format!(r#"]}},{tags},"data":["#)),
        rest_included: Template::new(&format!("]}}{end}")),
        rest_sparse: Template::new(&format!(r#""}}}}{end}"#)),
    }
}

fn comment(base: &str) -> CommentShape {
    let (article, author) =
        (relationship(base, "comments", "article"), relationship(base, "comments", "author"));
    CommentShape {
        body: Template::new(&start("comments", "body")),
        article: Template::new(&format!(
            r#"}},"relationships":{{{article},"data":{{"type":"articles","id":""#
        )),
        author: Template::new(&format!(r#""}}}},{author},"data":{{"type":"people","id":""#)),
        rest: Template::new(&format!(r#""}}}}{}"#, end(base, "comments"))),
    }
}

fn plain(base: &str, kind: &str, relationships: &[&str]) -> PlainShape {
    let relationships: Vec<_> =
        relationships.iter().map(|name| relationship(base, kind, name) + "}").collect();
    PlainShape {
        name: Template::new(&start(kind, "name")),
        rest: Template::new(&format!(
            r#"}},"relationships":{{{}{}"#,
            relationships.join(","),
            end(base, kind)
        )),
    }
}
