//! What PostgreSQL gives without HTTP and documents: pgbench with the floor's own statements, prepared.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::cluster::{Cluster, run};
use crate::Failure;
use crate::data::ARTICLES;
use crate::floor::postgres::{article_sql, page_sql};
use crate::measure::Plan;
use crate::workload::Workload;

/// The statements of the workloads that are one statement each.
pub(super) struct Limit {
    scripts: Vec<(Workload, PathBuf)>,
}

impl Limit {
    /// Writes the scripts beside the cluster's data.
    pub(super) fn new(cluster: &Cluster) -> Result<Self, Failure> {
        let article = format!("\\set id random(1, {ARTICLES})\n{};\n", article_sql(":id"));
        let mut scripts = Vec::new();
        for (workload, text) in [(Workload::W1, article), (Workload::W2, page_sql() + ";\n")] {
            let file = cluster.socket_directory().join(format!("{}.sql", workload.name()));
            fs::write(&file, text)?;
            scripts.push((workload, file));
        }
        Ok(Self { scripts })
    }

    /// Transactions per second; none if the workload is more than one statement.
    pub(super) fn measure(
        &self,
        cluster: &Cluster,
        workload: Workload,
        plan: Plan,
    ) -> Result<Option<f64>, Failure> {
        let Some((_, script)) = self.scripts.iter().find(|(of, _)| *of == workload) else { return Ok(None) };
        // It counts in whole seconds.
        let seconds = plan.duration.as_secs_f64().ceil().max(1.0).to_string();
        let mut pgbench = Command::new(cluster.program("pgbench"));
        pgbench.arg("--host").arg(cluster.socket_directory()).args(["--username=docent", "--no-vacuum"]);
        pgbench.args(["--protocol=prepared", "--jobs=1", "--time", &seconds]);
        pgbench.args(["--client", &plan.connections.to_string()]).arg("--file").arg(script).arg("postgres");
        let printed = run(&mut pgbench)?;
        let rate = printed.lines().find_map(|line| {
            line.strip_prefix("tps = ").and_then(|rest| rest.split(' ').next()?.parse().ok())
        });
        rate.map(Some).ok_or_else(|| format!("pgbench printed no rate:\n{printed}").into())
    }
}
