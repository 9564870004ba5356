//! Cursor pages: links are followed forth and back, and cursors of single items are used by themselves.

use serde_json::Value;

use super::answer::Rows;
use super::pages::{SIZE, SIZE_MAX, Window};
use super::request::{Page, Parameters, Request};
use super::run::{Asker, Failure, failure};
use crate::harness::links::{Link, href};

/// Pages followed in each direction at most.
const STEPS: usize = 12;

/// Which links a walk follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Next,
    Prev,
}

impl Asker<'_> {
    /// Continues from the first page of a cursor-paged collection.
    pub(super) fn walk(
        &mut self,
        request: &Request,
        parameters: &Parameters,
        rows: &Rows,
        first: &Value,
    ) -> Result<(), Failure> {
        let Rows::Many(all) = rows else { return Ok(()) };
        let size = page_size(&request.query.page);
        let (mut start, mut end) = (0, size.min(all.len()));
        let mut page = first.clone();
        for _ in 0..STEPS {
            if end == all.len() {
                break;
            }
            (start, end) = (end, (end + size).min(all.len()));
            page = self.follow(request, rows, &page, Direction::Next, (start, end))?;
        }
        for _ in 0..STEPS {
            if start == 0 {
                break;
            }
            (start, end) = (start.saturating_sub(size), start);
            page = self.follow(request, rows, &page, Direction::Prev, (start, end))?;
        }
        self.cursors(request, parameters, rows, &page, start)
    }

    fn follow(
        &mut self,
        request: &Request,
        rows: &Rows,
        page: &Value,
        direction: Direction,
        (start, end): (usize, usize),
    ) -> Result<Value, Failure> {
        let (name, parameter) = match direction {
            Direction::Next => ("next", "page[after]"),
            Direction::Prev => ("prev", "page[before]"),
        };
        let link = page["links"].get(name).and_then(href).unwrap_or_default().to_owned();
        let parameters = Link::parse(&link).query;
        let cursor = parameters.iter().find(|(other, _)| other == parameter).map(|(_, value)| value.clone());
        let Some(cursor) = cursor else {
            return Err(failure(&link, &format!("a {name} link without {parameter}")));
        };
        let mut request = request.clone();
        let size = Some(page_size(&request.query.page));
        request.query.page = match direction {
            Direction::Next => Page::Cursor { size, after: Some(cursor), before: None },
            Direction::Prev => Page::Cursor { size, after: None, before: Some(cursor) },
        };
        self.page(&request, &parameters, rows, (start, end))
    }

    /// Uses the cursors of two items of the page that starts at `start`: after, before, and the range between.
    fn cursors(
        &mut self,
        request: &Request,
        parameters: &Parameters,
        rows: &Rows,
        page: &Value,
        start: usize,
    ) -> Result<(), Failure> {
        let Rows::Many(all) = rows else { return Ok(()) };
        let cursors: Vec<String> = page["data"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|item| item["meta"]["page"]["cursor"].as_str().unwrap_or_default().to_owned())
            .collect();
        if cursors.is_empty() {
            return Ok(());
        }
        let (one, other) = (self.random().below(cursors.len()), self.random().below(cursors.len()));
        let (low, high) = (one.min(other), one.max(other));
        let size = 1 + self.random().below(8);
        let (after, before) = (Some(cursors[low].clone()), Some(cursors[high].clone()));
        let (low, high) = (start + low, start + high);
        let sized = self.random().percent(60).then_some(size);
        let (page, shown) = match self.random().below(4) {
            0 => (
                Page::Cursor { size: Some(size), after, before: None },
                (low + 1, (low + 1 + size).min(all.len())),
            ),
            1 => (Page::Cursor { size: Some(size), after: None, before }, (high.saturating_sub(size), high)),
            2 => {
                let most = sized.unwrap_or(SIZE_MAX);
                (Page::Cursor { size: sized, after, before }, (low + 1, high.clamp(low + 1, low + 1 + most)))
            }
            _ => return Ok(()),
        };
        let mut request = request.clone();
        request.query.page = page;
        let is_page = |name: &str| matches!(name, "page[size]" | "page[after]" | "page[before]");
        let mut parameters: Parameters =
            parameters.iter().filter(|(name, _)| !is_page(name)).cloned().collect();
        parameters.extend(request.parameters(self.model()).into_iter().filter(|(name, _)| is_page(name)));
        let truncated = matches!(request.query.page, Page::Cursor { after: Some(_), before: Some(_), .. })
            && shown.1 < high;
        let mut window = Window::between(&request.query, shown.0, shown.1, all.len());
        window.truncated = truncated;
        self.judge(&request, &parameters, rows, window).map(drop)
    }

    fn page(
        &mut self,
        request: &Request,
        parameters: &Parameters,
        rows: &Rows,
        (start, end): (usize, usize),
    ) -> Result<Value, Failure> {
        let total = if let Rows::Many(all) = rows { all.len() } else { 0 };
        let window = Window::between(&request.query, start, end, total);
        self.judge(request, parameters, rows, window)
    }
}

fn page_size(page: &Page) -> usize {
    match page {
        Page::Cursor { size, .. } => size.unwrap_or(SIZE),
        _ => SIZE,
    }
}
