//! The seven requests, and what is asked of them.

use crate::bodies;
use crate::data::{ARTICLES, Random};
use crate::http::{ATOMIC, JSON_API, Request};

/// Query string of W2.
pub(crate) const PAGE: &str = "page%5Blimit%5D=20";
/// Query string of W3.
pub(crate) const COMPOUND: &str = "page%5Blimit%5D=20&include=author%2Ccomments.author%2Ctags";
/// Query string of W5.
pub(crate) const SPARSE: &str = "page%5Blimit%5D=20&fields%5Barticles%5D=title%2Cauthor";

/// One of the requests measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Workload {
    /// One article, another one each time.
    W1,
    /// A page of twenty articles.
    W2,
    /// The same with authors, comments, their authors and tags.
    W3,
    /// The page with title and author alone.
    W5,
    /// A new article with its author and two tags.
    W6,
    /// A new title for an article, another one each time.
    W7,
    /// Ten operations in one request: an article, and nine comments on it.
    W8,
}

impl Workload {
    /// All, in the order they are measured.
    pub(crate) const ALL: [Self; 7] = [Self::W1, Self::W2, Self::W3, Self::W5, Self::W6, Self::W7, Self::W8];

    /// The short name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::W1 => "W1",
            Self::W2 => "W2",
            Self::W3 => "W3",
            Self::W5 => "W5",
            Self::W6 => "W6",
            Self::W7 => "W7",
            Self::W8 => "W8",
        }
    }

    /// What is asked for, in words.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::W1 => "one article",
            Self::W2 => "20 articles",
            Self::W3 => "20 articles, author, comments.author, tags",
            Self::W5 => "20 articles, title and author alone",
            Self::W6 => "create an article with author and 2 tags",
            Self::W7 => "change the title of an article",
            Self::W8 => "10 operations: add an article and 9 comments on it",
        }
    }

    /// Requests per second of Docent over those of the floor that are aimed at.
    pub(crate) fn target_ratio(self) -> f64 {
        match self {
            Self::W1 | Self::W6 | Self::W7 | Self::W8 => 0.85,
            Self::W2 => 0.92,
            Self::W3 => 0.95,
            Self::W5 => 0.90,
        }
    }

    /// Whether it changes the database.
    pub(crate) fn writes(self) -> bool {
        matches!(self, Self::W6 | Self::W7 | Self::W8)
    }

    /// The status of its answer.
    pub(crate) fn status(self) -> u16 {
        if self == Self::W6 { 201 } else { 200 }
    }

    /// The next request.
    pub(crate) fn request(self, random: &mut Random) -> Request {
        match self {
            Self::W1 => Request::get(format!("/articles/{}", random.id(ARTICLES))),
            Self::W2 => Request::get(format!("/articles?{PAGE}")),
            Self::W3 => Request::get(format!("/articles?{COMPOUND}")),
            Self::W5 => Request::get(format!("/articles?{SPARSE}")),
            Self::W6 => Request::send("POST", "/articles", JSON_API, bodies::tagged_article(random)),
            Self::W7 => {
                let id = random.id(ARTICLES);
                let body = bodies::new_title(id, random);
                Request::send("PATCH", format!("/articles/{id}"), JSON_API, body)
            }
            Self::W8 => Request::send("POST", "/operations", ATOMIC, bodies::operations(random)),
        }
    }
}
