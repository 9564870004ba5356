//! Queries sent together and answered in turn: one round trip for a wave, and for the BEGIN before it.
//!
//! The driver sends a query when its future is first polled, and the answers come in that order. Each is read to its
//! end before the next one is waited for: the driver holds back what nobody takes.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;

use futures_util::TryStreamExt as _;
use tokio_postgres::RowStream;
use tokio_postgres::types::Type;

use super::connection::Connection;
use super::decode::{Decoders, Malformed, Scratch};
use super::failure::Trouble;
use super::parameter::Sent;
use super::statements::Prepared;
use crate::error::Error;
use crate::lock::lock;
use crate::program::Query;
use crate::value::{Row, Value};

/// Who takes what comes of a wave.
pub(super) trait Taker: Send {
    /// A row of the query at that position.
    fn row(&mut self, query: usize, row: &Row<'_>);

    /// The query at that position is done; it read or changed that many rows.
    fn done(&mut self, query: usize, rows: u64);
}

/// What went wrong, and with which query of the wave; none if with the wave as a whole.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) query: Option<usize>,
    pub(super) trouble: Trouble,
}

impl Failed {
    fn at(query: usize, trouble: impl Into<Trouble>) -> Self {
        Failed { query: Some(query), trouble: trouble.into() }
    }

    fn as_a_whole(trouble: impl Into<Trouble>) -> Self {
        Failed { query: None, trouble: trouble.into() }
    }
}

/// Something sent, the answer to which is not yet waited for.
pub(super) struct Pending<F: Future> {
    future: Pin<Box<F>>,
    early: Option<F::Output>,
}

impl<F: Future> Pending<F> {
    pub(super) async fn send(future: F) -> Self {
        let mut future = Box::pin(future);
        let early = poll_fn(|context| match future.as_mut().poll(context) {
            Poll::Ready(answer) => Poll::Ready(Some(answer)),
            Poll::Pending => Poll::Ready(None),
        });
        let early = early.await;
        Pending { future, early }
    }

    pub(super) async fn answer(self) -> F::Output {
        match self.early {
            Some(answer) => answer,
            None => self.future.await,
        }
    }
}

/// Runs a wave, behind a statement that begins the transaction if there is one.
pub(super) async fn run<T: Taker>(
    connection: &Connection,
    begin: Option<&str>,
    wave: &[Query],
    taker: &mut T,
) -> Result<(), Failed> {
    let mut begun = match begin {
        Some(sql) => Some(Pending::send(connection.client.batch_execute(sql)).await),
        None => None,
    };
    let mut known = look_up(connection, wave);
    if connection.prepared && known.iter().any(Option::is_none) {
        // Rare, and a large future.
        Box::pin(prepare(connection, wave, &mut known, begun.take())).await?;
    }
    if let ([query], [prepared], None) = (wave, known.as_slice(), &begun) {
        // Nothing has to be on its way while another answer is waited for.
        let rows =
            open(connection, query, prepared.as_deref()).await.map_err(|error| Failed::at(0, error))?;
        let decoders = prepared.as_ref().map(|prepared| &prepared.decoders);
        return take(rows, decoders, 0, taker).await.map_err(|trouble| Failed::at(0, trouble));
    }
    let mut sent = Vec::with_capacity(wave.len());
    for (query, prepared) in wave.iter().zip(&known) {
        sent.push(Pending::send(open(connection, query, prepared.as_deref())).await);
    }
    if let Some(begun) = begun {
        begun.answer().await.map_err(Failed::as_a_whole)?;
    }
    for (index, (rows, prepared)) in sent.into_iter().zip(&known).enumerate() {
        let rows = rows.answer().await.map_err(|error| Failed::at(index, error))?;
        let decoders = prepared.as_ref().map(|prepared| &prepared.decoders);
        take(rows, decoders, index, taker).await.map_err(|trouble| Failed::at(index, trouble))?;
    }
    Ok(())
}

/// What is prepared already of a wave.
fn look_up(connection: &Connection, wave: &[Query]) -> Vec<Option<Arc<Prepared>>> {
    let mut statements = lock(&connection.statements);
    wave.iter().map(|query| statements.get(&query.statement.sql)).collect()
}

/// Prepares what is not, in one round trip.
async fn prepare<F: Future<Output = Result<(), tokio_postgres::Error>>>(
    connection: &Connection,
    wave: &[Query],
    known: &mut [Option<Arc<Prepared>>],
    begun: Option<Pending<F>>,
) -> Result<(), Failed> {
    let mut sent = Vec::new();
    for (index, query) in wave.iter().enumerate() {
        let sql = &query.statement.sql;
        let is_repeated = wave[..index].iter().any(|earlier| earlier.statement.sql == *sql);
        if known[index].is_none() && !is_repeated {
            sent.push((index, Pending::send(connection.client.prepare(sql)).await));
        }
    }
    if let Some(begun) = begun {
        begun.answer().await.map_err(Failed::as_a_whole)?;
    }
    for (index, prepared) in sent {
        let prepared = prepared.answer().await.map_err(|error| Failed::at(index, error))?;
        let prepared = Arc::new(Prepared::new(prepared));
        let statement = &wave[index].statement;
        for (query, known) in wave.iter().zip(known.iter_mut()).skip(index) {
            if query.statement.sql == statement.sql {
                *known = Some(Arc::clone(&prepared));
            }
        }
        lock(&connection.statements).keep(Arc::clone(statement), prepared);
    }
    Ok(())
}

/// Sends a query and waits for the beginning of its answer.
async fn open(
    connection: &Connection,
    query: &Query,
    prepared: Option<&Prepared>,
) -> Result<RowStream, tokio_postgres::Error> {
    let given = query.statement.parameters.iter().map(|parameter| {
        // What was not given is NULL: it is equal to nothing.
        Sent(query.parameters.get(usize::from(parameter.0)).unwrap_or(&Value::Null))
    });
    if let Some(Prepared { statement, .. }) = prepared {
        return connection.client.query_raw(statement, given).await;
    }
    let given = given.map(|value| (value, Type::UNKNOWN));
    connection.client.query_typed_raw(&query.statement.sql, given).await
}

/// Hands over the rows of a query.
async fn take<T: Taker>(
    rows: RowStream,
    decoders: Option<&Decoders>,
    index: usize,
    taker: &mut T,
) -> Result<(), Trouble> {
    let mut rows = pin!(rows);
    let mut own = None;
    let mut scratch = Scratch::default();
    while let Some(row) = rows.try_next().await? {
        let decoders = match decoders {
            Some(decoders) => decoders,
            None => own.get_or_insert_with(|| Decoders::new(row.columns())),
        };
        let handed = decoders.with_cells(&row, &mut scratch, |cells| taker.row(index, cells));
        handed.map_err(|Malformed| {
            Trouble::Other(Error::Failed(
                "the server sent a row that is not of its columns' types".to_owned(),
            ))
        })?;
    }
    taker.done(index, rows.rows_affected().unwrap_or(0));
    Ok(())
}
