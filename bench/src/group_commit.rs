//! What committing many writes at once gains: W6 by one client, who waits for the disk each time, and by many.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::Failure;
use crate::measure::{Figures, Plan, median, ratios, seed, warm_up};
use crate::report::{self, figures_json};
use crate::server::{Pair, Server};
use crate::workload::Workload;

/// Requests per second of many clients over those of one that are aimed at.
const RATIO_TARGET: f64 = 7.0;

/// One server, alone and under many.
struct Gain {
    name: &'static str,
    alone: Figures,
    many: Figures,
}

/// Measures both servers, each on a copy of the blog, and prints the ratios.
pub(crate) fn run(
    docent: &Path,
    blog: &Path,
    clients: usize,
    rounds: usize,
    duration: Duration,
    as_json: bool,
) -> Result<(), Failure> {
    let Pair { docent, floor } = Pair::writing(Some(docent), blog)?;
    let servers: Vec<Server> = docent.into_iter().chain([floor]).collect();
    let mut gains: Vec<_> = servers.iter().map(Gain::new).collect();
    let plan = |connections| Plan { rounds, duration, connections };
    for server in &servers {
        warm_up(server, Workload::W6, plan(clients))?;
    }
    for round in 0..rounds {
        for (server, gain) in servers.iter().zip(&mut gains) {
            eprint!("\rround {} of {rounds}, {}  ", round + 1, server.name);
            gain.alone.measure(server, Workload::W6, plan(1), seed(round))?;
            gain.many.measure(server, Workload::W6, plan(clients), seed(round))?;
        }
    }
    eprintln!("\r{:40}\r", "");
    if as_json {
        println!("{:#}", to_json(&gains, clients));
        return Ok(());
    }
    println!("W6  {}, durable each time; {rounds} rounds of {duration:?} each", Workload::W6.title());
    for gain in &gains {
        gain.print(clients);
    }
    Ok(())
}

impl Gain {
    fn new(server: &Server) -> Self {
        Self { name: server.name, alone: Figures::default(), many: Figures::default() }
    }

    fn ratios(&self) -> Vec<f64> {
        ratios(&self.many.rates, &self.alone.rates)
    }

    fn print(&self, clients: usize) {
        println!("\n{}", self.name);
        report::heading();
        report::row("1", &self.alone);
        report::row(&clients.to_string(), &self.many);
        let ratios = self.ratios();
        println!(
            "  {clients} clients / 1 client {:.2}, target {RATIO_TARGET:.2}: {}   rounds {}",
            median(&ratios),
            report::verdict(&ratios, RATIO_TARGET),
            report::list(&ratios),
        );
    }
}

fn to_json(gains: &[Gain], clients: usize) -> Value {
    let gain = |gain: &Gain| {
        let ratios = gain.ratios();
        json!({
            "server": gain.name,
            "one_client": figures_json(&gain.alone),
            "many_clients": figures_json(&gain.many),
            "rate_ratio": median(&ratios),
            "rate_ratios": ratios,
            "rate_ratio_target": RATIO_TARGET,
            "verdict": report::verdict(&ratios, RATIO_TARGET).to_lowercase(),
        })
    };
    json!({ "clients": clients, "servers": gains.iter().map(gain).collect::<Vec<_>>() })
}
