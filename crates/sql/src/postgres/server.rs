//! One server: its connections, and reads on it.

use std::sync::Arc;
use std::time::Instant;

use tokio::runtime::Handle;

use super::connection::Connector;
use super::lanes::Lanes;
use super::pool::Pool;
use super::reader::Attempt;
use super::settings::Settings;
use crate::database::{Cost, ReadOutcome};
use crate::program::Program;

#[derive(Debug)]
pub(super) struct Server {
    pub(super) connector: Arc<Connector>,
    pub(super) lanes: Lanes,
    pub(super) pool: Arc<Pool>,
    prepared: bool,
}

impl Server {
    pub(super) fn new(connector: Arc<Connector>, settings: &Settings, handle: Handle) -> Self {
        let (count, queue) = (settings.connections_max, settings.queue_length_max);
        Server {
            lanes: Lanes::new(Arc::clone(&connector)),
            pool: Arc::new(Pool::new(Arc::clone(&connector), count, queue, handle)),
            connector,
            prepared: settings.prepared,
        }
    }

    /// Runs a program where it belongs by its cost, or by what it turns out to be.
    pub(super) async fn read<P: Program>(
        &self,
        program: &mut P,
        cost: Cost,
        deadline: Instant,
    ) -> ReadOutcome {
        let mut outcome = ReadOutcome { result: Ok(()), statements: 0, was_heavy: false, place: None };
        // Without sessions of ours nothing would end a statement that others wait behind.
        if cost == Cost::Cheap && self.prepared && !program.needs_snapshot() {
            match self.read_shared(program, deadline, &mut outcome.statements).await {
                Attempt::Ended(result) => {
                    outcome.result = result;
                    return outcome;
                }
                Attempt::NotCheap => {
                    outcome.was_heavy = true;
                    program.restart();
                }
                Attempt::Nowhere => {}
            }
        }
        if cost == Cost::Heavy || outcome.was_heavy {
            match self.pool.heavy.take(deadline).await {
                Ok(place) => outcome.place = Some(place),
                Err(error) => {
                    outcome.result = Err(error);
                    return outcome;
                }
            }
        }
        let takes_turns = self.prepared && outcome.place.is_none() && self.connector.is_local();
        let turn = if takes_turns { self.lanes.turn(deadline).await } else { None };
        // Large, and most reads do without.
        outcome.result = Box::pin(self.read_alone(program, deadline, &mut outcome.statements)).await;
        drop(turn);
        outcome
    }
}
