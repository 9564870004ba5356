//! The comparison: rounds in which each server in turn bears the same load, workload by workload.
//!
//! Rates swing with whatever else the machine does, so a ratio is taken within a round, from two runs next to each
//! other, and the median over the rounds is what counts. Who goes first alternates.

use std::io;
use std::time::Duration;

use crate::Failure;
use crate::data::Random;
use crate::driver::{self, Load};
use crate::histogram::Histogram;
use crate::http::Request;
use crate::server::{Pair, Server};
use crate::workload::Workload;

/// Each server bears each workload this long before anything is measured: caches fill, plans are made.
const WARM_UP: Duration = Duration::from_millis(500);

/// How often and how long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    pub rounds: usize,
    pub duration: Duration,
    pub connections: usize,
}

/// One server under one workload, all rounds.
#[derive(Default)]
pub(crate) struct Figures {
    /// Requests per second, by round.
    pub rates: Vec<f64>,
    /// CPU time per request in microseconds, by round.
    pub cpu_micros: Vec<f64>,
    /// CPU time per request of the database's own processes, by round. Empty where the database is in the server.
    pub database_cpu_micros: Vec<f64>,
    /// Latencies of all rounds.
    pub latency: Histogram,
    /// Most memory resident in any round.
    pub peak_memory_bytes: u64,
    /// Size of the document, the largest if there are several.
    pub body_bytes: usize,
}

/// Both servers under one workload. Without Docent the floor is measured alone.
pub(crate) struct Comparison {
    pub workload: Workload,
    /// Requests per second of Docent over those of the floor that are aimed at.
    pub target: f64,
    pub docent: Option<Figures>,
    pub floor: Figures,
    /// Requests per second of the database by itself, by round, where that is known.
    pub limits: Vec<f64>,
}

/// The sequence of requests before anything is measured; those of the rounds have their numbers.
const WARM_UP_SEED: u32 = u32::MAX;

/// Measures the workloads, each with its target and its servers. `limit` tells what the database gives by itself.
pub(crate) fn compare(
    subjects: &[(Workload, f64, &Pair)],
    plan: Plan,
    limit: impl Fn(Workload) -> Result<Option<f64>, Failure>,
) -> Result<Vec<Comparison>, Failure> {
    let mut comparisons: Vec<_> = subjects.iter().map(Comparison::new).collect();
    for (workload, _, Pair { docent, floor }) in subjects {
        for server in docent.iter().chain([floor]) {
            warm_up(server, *workload, plan)?;
        }
    }
    for round in 0..plan.rounds {
        for (comparison, (workload, _, pair)) in comparisons.iter_mut().zip(subjects) {
            eprint!("\rround {} of {}, {}  ", round + 1, plan.rounds, workload.name());
            let Pair { docent, floor } = pair;
            let mut sides = Vec::from([(floor, &mut comparison.floor)]);
            sides.extend(docent.as_ref().zip(comparison.docent.as_mut()));
            if round % 2 == 0 {
                sides.reverse();
            }
            for (server, figures) in sides {
                figures.measure(server, *workload, plan, seed(round))?;
            }
            comparison.limits.extend(limit(*workload)?);
        }
    }
    eprintln!("\r{:40}\r", "");
    Ok(comparisons)
}

/// The sequence of requests of a round.
pub(crate) fn seed(round: usize) -> u32 {
    u32::try_from(round).unwrap_or_default()
}

/// A load that nobody measures.
pub(crate) fn warm_up(server: &Server, workload: Workload, plan: Plan) -> io::Result<()> {
    run(server, workload, Plan { duration: WARM_UP, ..plan }, WARM_UP_SEED).map(|_| ())
}

fn run(server: &Server, workload: Workload, plan: Plan, seed: u32) -> io::Result<driver::Answers> {
    ask(server, workload.status(), plan, seed, move |random| workload.request(random))
}

fn ask(
    server: &Server,
    status: u16,
    plan: Plan,
    seed: u32,
    next: impl Fn(&mut Random) -> Request + Send + Sync + 'static,
) -> io::Result<driver::Answers> {
    let load = Load {
        address: server.address,
        connections: plan.connections,
        duration: plan.duration,
        status,
        seed,
        busy_allowed: false,
    };
    driver::run(load, next).map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", server.name)))
}

impl Figures {
    /// Has the server bear the workload once more.
    pub(crate) fn measure(
        &mut self,
        server: &Server,
        workload: Workload,
        plan: Plan,
        seed: u32,
    ) -> io::Result<()> {
        self.watch(server, || run(server, workload, plan, seed))
    }

    /// Has the server answer one URL over and over.
    pub(crate) fn measure_url(&mut self, server: &Server, url: &str, plan: Plan) -> io::Result<()> {
        let url = url.to_owned();
        self.watch(server, || ask(server, 200, plan, 0, move |_| Request::get(url.clone())))
    }

    #[allow(clippy::cast_precision_loss, reason = "counts of requests are far below 2^52")]
    fn watch(
        &mut self,
        server: &Server,
        load: impl FnOnce() -> io::Result<driver::Answers>,
    ) -> io::Result<()> {
        server.reset_peak_memory();
        let before = (server.cpu_time()?, server.database_cpu_time()?);
        let answers = load()?;
        let after = (server.cpu_time()?, server.database_cpu_time()?);
        let requests = answers.latency.count().max(1) as f64;
        self.rates.push(requests / answers.elapsed.as_secs_f64());
        let micros = |cpu: Duration| cpu.as_secs_f64() * 1e6 / requests;
        self.cpu_micros.push(micros(after.0.saturating_sub(before.0)));
        let database = after.1.zip(before.1).map(|(after, before)| after.saturating_sub(before));
        self.database_cpu_micros.extend(database.map(micros));
        self.latency.add(&answers.latency);
        self.peak_memory_bytes = self.peak_memory_bytes.max(server.peak_memory_bytes()?);
        self.body_bytes = self.body_bytes.max(answers.body_bytes_max);
        Ok(())
    }
}

impl Comparison {
    fn new((workload, target, pair): &(Workload, f64, &Pair)) -> Self {
        Self {
            workload: *workload,
            target: *target,
            docent: pair.docent.as_ref().map(|_| Figures::default()),
            floor: Figures::default(),
            limits: Vec::new(),
        }
    }

    /// Docent's requests per second over the floor's, by round.
    pub(crate) fn rate_ratios(&self) -> Vec<f64> {
        self.docent.as_ref().map_or(Vec::new(), |docent| ratios(&docent.rates, &self.floor.rates))
    }

    /// Docent's CPU time per request over the floor's, by round.
    pub(crate) fn cpu_ratios(&self) -> Vec<f64> {
        self.docent.as_ref().map_or(Vec::new(), |docent| ratios(&docent.cpu_micros, &self.floor.cpu_micros))
    }
}

/// One over the other, round by round.
pub(crate) fn ratios(ours: &[f64], theirs: &[f64]) -> Vec<f64> {
    ours.iter().zip(theirs).map(|(ours, theirs)| ours / theirs).collect()
}

/// The middle value; zero without values.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (low, high) = (sorted.len().saturating_sub(1) / 2, sorted.len() / 2);
    match (sorted.get(low), sorted.get(high)) {
        (Some(low), Some(high)) => f64::midpoint(*low, *high),
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    #[allow(clippy::float_cmp, reason = "exact in binary")]
    fn medians() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0]), 2.5);
        assert_eq!(median(&[]), 0.0);
    }
}
