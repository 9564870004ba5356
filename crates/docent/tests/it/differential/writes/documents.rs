//! Documents about what a database holds: those that GET would give.

use serde_json::Value;

use super::super::answer::Oracle;
use super::super::load;
use super::super::model::Model;
use super::super::pages::Window;
use super::super::request::{Query, Request, Target};
use super::store::Store;

/// The model of a database.
pub(super) fn model(store: &Store) -> Model {
    load::model(&store.tables, &store.rows)
}

/// The document of a request without pages; `None` if there is nothing at that URL.
pub(super) fn document(model: &Model, of: usize, target: Target, query: Query) -> Option<Value> {
    let request = Request { of, target, query };
    let oracle = Oracle { model };
    let rows = oracle.rows(&request);
    let total = if let super::super::answer::Rows::Many(rows) = &rows { rows.len() } else { 0 };
    let window = Window::of(&request.query, total);
    let answer = oracle.answer(&request, &request.parameters(model), &rows, &window);
    (answer.status == 200).then_some(answer.document)
}

/// The resource object of a resource, if it exists.
pub(super) fn resource_object(store: &Store, of: usize, id: &str) -> Option<Value> {
    let target = Target::Individual { id: id.to_owned() };
    document(&model(store), of, target, Query::default()).map(|document| document["data"].clone())
}
