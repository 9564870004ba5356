//! The comparison on PostgreSQL: W1 to W3 on a cluster of its own, with pgbench as the limit.

mod cluster;
mod limit;

use std::path::Path;

use self::cluster::Cluster;
use self::limit::Limit;
use crate::Failure;
use crate::measure::{self, Comparison, Plan};
use crate::server::Pair;
use crate::verify;
use crate::workload::Workload;

/// The workloads, and requests per second of Docent over those of the floor that are aimed at.
const TARGETS: [(Workload, f64); 3] = [(Workload::W1, 0.90), (Workload::W2, 0.92), (Workload::W3, 0.95)];

/// A blog on a cluster, and the servers on it.
pub(crate) struct Blog {
    // The servers are stopped before what they are connected to.
    pair: Pair,
    limit: Limit,
    cluster: Cluster,
}

impl Blog {
    /// Starts a cluster with a copy of the blog, and both servers.
    pub(crate) fn start(docent: Option<&Path>, blog: &Path) -> Result<Self, Failure> {
        eprintln!("starting PostgreSQL");
        let cluster = Cluster::start()?;
        crate::data::fill_postgres(&cluster.url(), blog)?;
        let pair = Pair::on_postgres(docent, &cluster.url(), cluster.socket_directory(), cluster.process())?;
        Ok(Self { pair, limit: Limit::new(&cluster)?, cluster })
    }

    /// Both must give the same answers.
    pub(crate) fn verify(&self) -> Result<(), Failure> {
        verify::answers(&TARGETS.map(|(workload, _)| (workload, &self.pair)))
    }

    /// Measures both, and what the database gives by itself.
    pub(crate) fn compare(&self, plan: Plan) -> Result<Vec<Comparison>, Failure> {
        let subjects = TARGETS.map(|(workload, target)| (workload, target, &self.pair));
        measure::compare(&subjects, plan, |workload| self.limit.measure(&self.cluster, workload, plan))
    }
}
