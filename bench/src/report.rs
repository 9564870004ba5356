//! The comparison, for people and for programs.

use std::time::Duration;

use serde_json::{Value, json};

use crate::measure::{Comparison, Figures, Plan, median};

/// The best round over the worst, above which something else on the machine decided the figures.
const ROUNDS_SPREAD_MAX: f64 = 1.3;

/// Prints one block per workload.
pub(crate) fn print(comparisons: &[Comparison], plan: Plan) {
    println!(
        "{} rounds of {:?} each at {} connections; medians over the rounds, latencies of all together",
        plan.rounds, plan.duration, plan.connections
    );
    for comparison in comparisons {
        let workload = comparison.workload;
        println!(
            "\n{}  {} ({:.1} kB)",
            workload.name(),
            workload.title(),
            kilobytes(comparison.floor.body_bytes)
        );
        heading();
        for (name, figures) in sides(comparison) {
            row(name, figures);
        }
        if !comparison.limits.is_empty() {
            println!("  {:8}{:>10.0}", "pgbench", median(&comparison.limits));
        }
        if comparison.docent.is_some() {
            let (ratios, target) = (comparison.rate_ratios(), comparison.target);
            println!(
                "  docent / floor {:.2}, target {target:.2}: {}   rounds {}   CPU {:.2}",
                median(&ratios),
                verdict(&ratios, target),
                list(&ratios),
                median(&comparison.cpu_ratios()),
            );
        }
    }
}

/// The heading of [`row`].
pub(crate) fn heading() {
    println!(
        "  {:8}{:>10}{:>10}{:>10}{:>12}{:>10}",
        "", "req/s", "p50 ms", "p99 ms", "CPU µs/req", "peak MiB"
    );
}

/// The figures of one server.
pub(crate) fn row(name: &str, figures: &Figures) {
    let database = match figures.database_cpu_micros.as_slice() {
        [] => String::new(),
        micros => format!("   backends {:.1} µs", median(micros)),
    };
    println!(
        "  {name:8}{:>10.0}{:>10.2}{:>10.2}{:>12.1}{:>10.1}{database}",
        median(&figures.rates),
        milliseconds(figures.latency.percentile(50)),
        milliseconds(figures.latency.percentile(99)),
        median(&figures.cpu_micros),
        mebibytes(figures.peak_memory_bytes),
    );
}

/// Whether the median reaches the target; nothing is said when the rounds contradict each other.
pub(crate) fn verdict(ratios: &[f64], target: f64) -> &'static str {
    let (least, most) = range(ratios);
    if most > least * ROUNDS_SPREAD_MAX {
        "UNSETTLED"
    } else if median(ratios) >= target {
        "met"
    } else {
        "MISSED"
    }
}

/// The least and the greatest.
pub(crate) fn range(values: &[f64]) -> (f64, f64) {
    values.iter().fold((f64::MAX, 0.0_f64), |(least, most), &value| (least.min(value), most.max(value)))
}

/// The same figures as one JSON document.
pub(crate) fn json(comparisons: &[Comparison], plan: Plan) -> Value {
    json!({
        "rounds": plan.rounds,
        "seconds": plan.duration.as_secs_f64(),
        "connections": plan.connections,
        "workloads": comparisons.iter().map(|comparison| {
            let mut sides: serde_json::Map<_, _> =
                sides(comparison).map(|(name, figures)| (name.to_owned(), figures_json(figures))).collect();
            sides.insert("name".into(), comparison.workload.name().into());
            sides.insert("title".into(), comparison.workload.title().into());
            if !comparison.limits.is_empty() {
                sides.insert("limit_per_second".into(), median(&comparison.limits).into());
                sides.insert("limit_per_second_by_round".into(), comparison.limits.clone().into());
            }
            if comparison.docent.is_some() {
                sides.insert("rate_ratio".into(), median(&comparison.rate_ratios()).into());
                sides.insert("rate_ratio_target".into(), comparison.target.into());
                let verdict = verdict(&comparison.rate_ratios(), comparison.target);
                sides.insert("verdict".into(), verdict.to_lowercase().into());
                sides.insert("rate_ratios".into(), comparison.rate_ratios().into());
                sides.insert("cpu_ratio".into(), median(&comparison.cpu_ratios()).into());
                sides.insert("cpu_ratios".into(), comparison.cpu_ratios().into());
            }
            Value::Object(sides)
        }).collect::<Vec<_>>(),
    })
}

/// The figures of one server, for programs.
pub(crate) fn figures_json(figures: &Figures) -> Value {
    json!({
        "requests_per_second": median(&figures.rates),
        "requests_per_second_by_round": figures.rates,
        "p50_ms": milliseconds(figures.latency.percentile(50)),
        "p99_ms": milliseconds(figures.latency.percentile(99)),
        "cpu_us_per_request": median(&figures.cpu_micros),
        "cpu_us_per_request_by_round": figures.cpu_micros,
        "database_cpu_us_per_request": figures.database_cpu_micros.first().map(|_| median(&figures.database_cpu_micros)),
        "peak_memory_bytes": figures.peak_memory_bytes,
        "body_bytes": figures.body_bytes,
    })
}

fn sides(comparison: &Comparison) -> impl Iterator<Item = (&'static str, &Figures)> {
    comparison
        .docent
        .as_ref()
        .map(|figures| ("docent", figures))
        .into_iter()
        .chain([("floor", &comparison.floor)])
}

/// With two digits each.
pub(crate) fn list(values: &[f64]) -> String {
    values.iter().map(|value| format!("{value:.2}")).collect::<Vec<_>>().join(" ")
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

#[allow(clippy::cast_precision_loss, reason = "sizes are far below 2^52")]
fn kilobytes(bytes: usize) -> f64 {
    bytes as f64 / 1e3
}

/// The unit that limits of memory are given in.
#[allow(clippy::cast_precision_loss, reason = "sizes are far below 2^52")]
pub(crate) fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

#[cfg(test)]
mod tests {
    use super::verdict;

    #[test]
    fn verdicts() {
        assert_eq!(verdict(&[0.94, 0.96, 0.93], 0.92), "met");
        assert_eq!(verdict(&[0.90, 0.91, 0.93], 0.92), "MISSED");
        assert_eq!(verdict(&[0.60, 1.20, 1.10], 0.92), "UNSETTLED");
    }
}
