//! How a read runs: one statement by itself, several in one snapshot.

use std::sync::Arc;
use std::time::Instant;

use super::pool::{Lease, Pool};
use super::session::{Session, Trouble};
use crate::error::Error;
use crate::program::{Program, Query};

const BEGIN: &str = "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY";

/// Runs a program, counting its statements. A connection that was lost while nobody used it is no failure: the program
/// runs again over a new one.
pub(super) async fn run<P: Program>(
    pool: &Arc<Pool>,
    program: &mut P,
    deadline: Instant,
    statements: &mut u32,
) -> Result<(), Error> {
    let in_snapshot = program.needs_snapshot();
    loop {
        let mut lease = pool.lease(deadline).await?;
        *statements = 0;
        let Err(trouble) = run_once(&mut lease, program, in_snapshot, statements).await else {
            end(lease, in_snapshot);
            return Ok(());
        };
        if !trouble.is_of_the_connection() {
            end(lease, in_snapshot);
            return Err(trouble.into_error(*statements));
        }
        lease.give_up();
        pool.lost(&lease);
        if !lease.is_used {
            return Err(trouble.into_error(*statements));
        }
        program.restart();
    }
}

async fn run_once<P: Program>(
    lease: &mut Lease,
    program: &mut P,
    in_snapshot: bool,
    statements: &mut u32,
) -> Result<(), Trouble> {
    let session = lease.session()?;
    if in_snapshot {
        session.command(BEGIN).await?;
    }
    let mut wave: Vec<Query> = Vec::new();
    loop {
        wave.clear();
        program.next(&mut wave);
        if wave.is_empty() {
            return Ok(());
        }
        for (index, query) in wave.iter().enumerate() {
            *statements += 1;
            session.run(query, |row| program.row(index, row)).await?;
        }
    }
}

/// Gives a session back. Nobody waits for the end of a snapshot.
fn end(mut lease: Lease, in_snapshot: bool) {
    if !in_snapshot {
        return lease.finished();
    }
    tokio::spawn(async move {
        let ended = match lease.session() {
            Ok(session) => Session::command(session, "COMMIT").await,
            Err(trouble) => Err(trouble),
        };
        match ended {
            Ok(()) => lease.finished(),
            Err(_) => lease.give_up(),
        }
    });
}
