//! The four requests, and what is asked of them.

use crate::data::ARTICLES;
use crate::data::Random;

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
}

impl Workload {
    /// All, in the order they are measured.
    pub(crate) const ALL: [Self; 4] = [Self::W1, Self::W2, Self::W3, Self::W5];

    /// The short name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::W1 => "W1",
            Self::W2 => "W2",
            Self::W3 => "W3",
            Self::W5 => "W5",
        }
    }

    /// What is asked for, in words.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::W1 => "one article",
            Self::W2 => "20 articles",
            Self::W3 => "20 articles, author, comments.author, tags",
            Self::W5 => "20 articles, title and author alone",
        }
    }

    /// Requests per second of Docent over those of the floor that are aimed at.
    pub(crate) fn target_ratio(self) -> f64 {
        match self {
            Self::W1 => 0.85,
            Self::W2 => 0.92,
            Self::W3 => 0.95,
            Self::W5 => 0.90,
        }
    }

    /// Path and query of the next request.
    pub(crate) fn target(self, random: &mut Random) -> String {
        match self {
            Self::W1 => format!("/articles/{}", random.id(ARTICLES)),
            Self::W2 => format!("/articles?{PAGE}"),
            Self::W3 => format!("/articles?{COMPOUND}"),
            Self::W5 => format!("/articles?{SPARSE}"),
        }
    }
}
