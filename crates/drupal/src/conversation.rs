//! Reading from the database in several waves within one snapshot, written as one piece of code.
//!
//! An adapter runs a [`Program`], which says step by step what to ask next. Here the program is an async function that
//! awaits the answers: it is polled between the waves, by nobody else, and waits for nothing but them.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use docent_sql::render::{Dialect, render};
use docent_sql::statement::Select;
use docent_sql::{Cell, Cost, Database, Error, Program, Query, Row, Value};

/// Bytes that the answers to one request may take, all waves together.
const ANSWER_BYTES_MAX: usize = 64 << 20;

/// Why a conversation came to no end.
#[derive(Debug, thiserror::Error)]
pub enum Interrupted {
    /// The database did not answer.
    #[error(transparent)]
    Database(#[from] Error),
    /// There was more to read than one request may.
    #[error("a single request would have read more than {} MiB", ANSWER_BYTES_MAX >> 20)]
    TooMuch,
}

/// What was asked for, row by row.
#[derive(Debug, Default)]
pub struct Table {
    width: usize,
    cells: Vec<Kept>,
    bytes: Vec<u8>,
}

#[derive(Debug, Clone, Copy)]
enum Kept {
    Null,
    Integer(i64),
    Real(f64),
    Text { start: usize, end: usize },
    Blob { start: usize, end: usize },
}

impl Table {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.cells.len().checked_div(self.width).unwrap_or_default()
    }

    /// Number of columns; 0 if there are no rows.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The cell of a row and column, both from 0.
    pub fn cell(&self, row: usize, column: usize) -> Cell<'_> {
        match self.cells[row * self.width + column] {
            Kept::Null => Cell::Null,
            Kept::Integer(number) => Cell::Integer(number),
            Kept::Real(number) => Cell::Real(number),
            Kept::Text { start, end } => Cell::Text(&self.bytes[start..end]),
            Kept::Blob { start, end } => Cell::Blob(&self.bytes[start..end]),
        }
    }

    /// The whole number in a cell; also one that is written as a text.
    pub fn integer(&self, row: usize, column: usize) -> Option<i64> {
        match self.cell(row, column) {
            Cell::Integer(number) => Some(number),
            Cell::Text(text) => std::str::from_utf8(text).ok()?.parse().ok(),
            _ => None,
        }
    }

    /// The text in a cell, if it is UTF-8.
    pub fn text(&self, row: usize, column: usize) -> Option<&str> {
        match self.cell(row, column) {
            Cell::Text(text) | Cell::Blob(text) => std::str::from_utf8(text).ok(),
            _ => None,
        }
    }

    /// The bytes in a cell; none unless it is text or bytes.
    pub fn bytes(&self, row: usize, column: usize) -> &[u8] {
        match self.cell(row, column) {
            Cell::Text(bytes) | Cell::Blob(bytes) => bytes,
            _ => &[],
        }
    }

    /// Takes a row, and says how much room it took.
    fn push(&mut self, row: &Row<'_>) -> usize {
        self.width = row.len();
        let before = self.bytes.len();
        for cell in row {
            let kept = match *cell {
                Cell::Null => Kept::Null,
                Cell::Integer(number) => Kept::Integer(number),
                Cell::Real(number) => Kept::Real(number),
                Cell::Text(bytes) => {
                    let (start, end) = self.keep(bytes);
                    Kept::Text { start, end }
                }
                Cell::Blob(bytes) => {
                    let (start, end) = self.keep(bytes);
                    Kept::Blob { start, end }
                }
            };
            self.cells.push(kept);
        }
        self.bytes.len() - before + std::mem::size_of_val(&self.cells[..row.len()])
    }

    fn keep(&mut self, bytes: &[u8]) -> (usize, usize) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        (start, self.bytes.len())
    }
}

/// The side that asks.
#[derive(Debug, Clone)]
pub struct Conversation {
    exchange: Arc<Mutex<Exchange>>,
    dialect: Dialect,
}

/// What passes between the two sides.
#[derive(Debug, Default)]
struct Exchange {
    asked: Vec<Query>,
    answers: Option<Vec<Table>>,
}

impl Conversation {
    /// A statement in the words of this database.
    pub fn query(&self, select: &Select, parameters: Vec<Value>) -> Query {
        Query { statement: Arc::new(render(self.dialect, select)), parameters: parameters.into() }
    }

    /// Asks for several things at once, none of which depends on another's answer. The answers are in their order.
    pub async fn ask(&self, queries: Vec<Query>) -> Vec<Table> {
        if queries.is_empty() {
            return Vec::new();
        }
        self.lock().asked = queries;
        std::future::poll_fn(|_| match self.lock().answers.take() {
            Some(tables) => Poll::Ready(tables),
            None => Poll::Pending,
        })
        .await
    }

    /// Asks for one thing.
    pub async fn ask_one(&self, select: &Select, parameters: Vec<Value>) -> Table {
        let mut tables = self.ask(vec![self.query(select, parameters)]).await;
        tables.pop().unwrap_or_default()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Exchange> {
        self.exchange.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type Speech<A> = Pin<Box<dyn Future<Output = A> + Send>>;

/// The side that an adapter runs.
struct Talk<A> {
    begin: Box<dyn Fn(Conversation) -> Speech<A> + Send>,
    conversation: Conversation,
    speech: Speech<A>,
    answers: Vec<Table>,
    bytes: usize,
    end: Option<A>,
}

impl<A: Send + 'static> Program for Talk<A> {
    fn next(&mut self, wave: &mut Vec<Query>) {
        if self.end.is_some() || self.bytes > ANSWER_BYTES_MAX {
            return;
        }
        if !self.answers.is_empty() {
            self.conversation.lock().answers = Some(std::mem::take(&mut self.answers));
        }
        match self.speech.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(end) => self.end = Some(end),
            Poll::Pending => {
                wave.append(&mut self.conversation.lock().asked);
                self.answers.resize_with(wave.len(), Table::default);
            }
        }
    }

    fn row(&mut self, query: usize, row: &Row<'_>) {
        if self.bytes <= ANSWER_BYTES_MAX {
            self.bytes += self.answers[query].push(row);
        }
    }

    fn restart(&mut self) {
        *self.conversation.lock() = Exchange::default();
        self.speech = (self.begin)(self.conversation.clone());
        self.answers.clear();
        self.bytes = 0;
        self.end = None;
    }

    fn needs_snapshot(&self) -> bool {
        true
    }
}

/// What a conversation came to, and the statements it took.
#[derive(Debug)]
pub struct Ended<A> {
    /// What it came to.
    pub answer: Result<A, Interrupted>,
    /// Statements run.
    pub statements: u32,
}

/// Holds a conversation with the database. `begin` may be called more than once: an adapter that has to start over
/// starts with a new one.
pub async fn converse<A, F>(
    database: &Database,
    cost: Cost,
    deadline: Instant,
    begin: impl Fn(Conversation) -> F + Send + 'static,
) -> Ended<A>
where
    A: Send + 'static,
    F: Future<Output = A> + Send + 'static,
{
    let exchange = Arc::new(Mutex::new(Exchange::default()));
    let conversation = Conversation { exchange, dialect: database.dialect() };
    let begin: Box<dyn Fn(Conversation) -> Speech<A> + Send> = Box::new(move |to| Box::pin(begin(to)));
    let speech = begin(conversation.clone());
    let talk = Talk { begin, conversation, speech, answers: Vec::new(), bytes: 0, end: None };
    let (talk, outcome) = database.read(talk, cost, deadline, None).await;
    let answer = match outcome.result {
        Ok(()) => talk.and_then(|talk| talk.end).ok_or(Interrupted::TooMuch),
        Err(error) => Err(error.into()),
    };
    Ended { answer, statements: outcome.statements }
}
