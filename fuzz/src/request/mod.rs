//! Whole requests, answered by the engine from a small and nasty database.
//!
//! Every answer is looked at by itself ([`answer`], [`document`]): status, form, what a compound document promises. Then
//! some of what it promises about other answers is put to the test: that its links lead where they say ([`follow`]), and
//! that other requests agree with it ([`variations`]). Which of these are done depends on the input only, so that a
//! finding stays one; all of them are done where `DOCENT_FUZZ_ALL` is set.

mod answer;
mod constants;
mod document;
mod follow;
mod generate;
mod mutate;
mod random;
mod service;
mod text;
mod variations;
mod words;

pub use mutate::mutate;

use self::service::{Asked, service};
use self::text::Draft;

/// Checks the answer to one request.
pub fn check(data: &[u8]) {
    let draft = Draft::read(data);
    let (path, query) = (draft.engine_path(), draft.query());
    let asked = Asked {
        method: draft.method(),
        path: &path,
        query: &query,
        accept: draft.accept.as_deref(),
        content_type: draft.content_type.as_deref(),
    };
    let response = service().answer(asked);
    if let Some(document) = answer::check(&asked, &response) {
        follow::check(&document, service::hash(data));
    }
}
