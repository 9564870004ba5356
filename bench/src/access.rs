//! What a rule costs: W2 and W3 under a condition on the articles, beside the same condition given as a filter.

use std::path::Path;

use serde_json::json;

use crate::Failure;
use crate::measure::{Figures, Plan, median, ratios};
use crate::report;
use crate::server::Server;
use crate::workload::{COMPOUND, PAGE};

/// Requests per second under the rule over those with the filter that are aimed at: a tenth more time.
const RATIO_TARGET: f64 = 0.91;

const RULES: &str = r#"
[[roles.anonymous.allow]]
types = ["articles"]
actions = ["read"]
where = { published = true }
[[roles.anonymous.allow]]
types = ["people", "comments", "tags"]
actions = ["read"]
"#;

/// Measures two servers on one database, with the rule and without it, and prints the ratios.
pub(crate) fn run(docent: &Path, blog: &Path, plan: Plan, as_json: bool) -> Result<(), Failure> {
    let ruled = Server::docent_with(docent, blog, "ruled", RULES)?;
    let open = Server::docent_with(docent, blog, "open", "")?;
    let mut results = Vec::new();
    for (name, query) in [("W2", PAGE), ("W3", COMPOUND)] {
        let (url, filtered) =
            (format!("/articles?{query}"), format!("/articles?{query}&filter%5Bpublished%5D=true"));
        let (mut rule, mut filter, mut warm) = (Figures::default(), Figures::default(), Figures::default());
        let short = Plan { duration: plan.duration / 6, ..plan };
        warm.measure_url(&ruled, &url, short)?;
        warm.measure_url(&open, &filtered, short)?;
        for round in 0..plan.rounds {
            eprint!("\rround {} of {}, {name}  ", round + 1, plan.rounds);
            if round % 2 == 0 {
                rule.measure_url(&ruled, &url, plan)?;
                filter.measure_url(&open, &filtered, plan)?;
            } else {
                filter.measure_url(&open, &filtered, plan)?;
                rule.measure_url(&ruled, &url, plan)?;
            }
        }
        results.push((name, rule, filter));
    }
    eprintln!("\r{:40}\r", "");
    if as_json {
        let results = results.iter().map(|(name, rule, filter)| {
            let ratios = ratios(&rule.rates, &filter.rates);
            json!({
                "workload": name,
                "rule": report::figures_json(rule),
                "filter": report::figures_json(filter),
                "rate_ratio": median(&ratios),
                "rate_ratio_target": RATIO_TARGET,
                "verdict": report::verdict(&ratios, RATIO_TARGET).to_lowercase(),
            })
        });
        println!("{:#}", json!({ "workloads": results.collect::<Vec<_>>() }));
        return Ok(());
    }
    for (name, rule, filter) in &results {
        println!("\n{name}  published articles alone");
        report::heading();
        report::row("rule", rule);
        report::row("filter", filter);
        let (rates, cpu) = (ratios(&rule.rates, &filter.rates), ratios(&rule.cpu_micros, &filter.cpu_micros));
        println!(
            "  rule / filter {:.2}, target {RATIO_TARGET:.2}: {}   rounds {}   CPU {:.2}",
            median(&rates),
            report::verdict(&rates, RATIO_TARGET),
            report::list(&rates),
            median(&cpu),
        );
    }
    Ok(())
}
