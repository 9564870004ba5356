//! Latencies, kept as counts: three digits are enough for a percentile, and recording one costs nothing.

use std::time::Duration;

/// Steps per doubling: values are kept to within 1.6 %.
const STEPS_LOG2: u32 = 6;

/// Counts of nanoseconds, in steps that grow with the value.
#[derive(Default, Clone)]
pub(crate) struct Histogram {
    counts: Vec<u64>,
    total: u64,
}

impl Histogram {
    /// Counts one value.
    pub(crate) fn record(&mut self, value: Duration) {
        let index = index(u64::try_from(value.as_nanos()).unwrap_or(u64::MAX));
        if index >= self.counts.len() {
            self.counts.resize(index + 1, 0);
        }
        self.counts[index] += 1;
        self.total += 1;
    }

    /// Adds all counts of another one.
    pub(crate) fn add(&mut self, other: &Self) {
        if other.counts.len() > self.counts.len() {
            self.counts.resize(other.counts.len(), 0);
        }
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more;
        }
        self.total += other.total;
    }

    /// Number of values.
    pub(crate) fn count(&self) -> u64 {
        self.total
    }

    /// The value that `percent` of all values do not exceed; zero without values.
    pub(crate) fn percentile(&self, percent: u64) -> Duration {
        let wanted = (self.total * percent).div_ceil(100);
        let mut seen = 0;
        let index = self.counts.iter().position(|count| {
            seen += count;
            seen >= wanted && seen > 0
        });
        Duration::from_nanos(index.map_or(0, value))
    }
}

/// Small values have a step of their own; above, the highest bit and the `STEPS_LOG2` bits after it decide.
fn index(nanos: u64) -> usize {
    let exponent = nanos.max(1).ilog2();
    let shift = exponent.saturating_sub(STEPS_LOG2);
    let steps = (u64::from(shift) << STEPS_LOG2) + (nanos >> shift);
    usize::try_from(steps).unwrap_or(usize::MAX)
}

/// The smallest value of a step.
fn value(index: usize) -> u64 {
    let index = index as u64;
    let shift = (index >> STEPS_LOG2).saturating_sub(1);
    (index - (shift << STEPS_LOG2)) << shift
}

#[cfg(test)]
mod tests {
    use super::{Histogram, index, value};
    use std::time::Duration;

    #[test]
    fn steps_are_monotonous_and_near() {
        let mut last = 0;
        for nanos in (0..2_000).chain((2_000..10_000_000).step_by(997)) {
            let at = index(nanos);
            assert!(at == last || at == last + 1 || nanos > 2_000);
            let near = value(at);
            assert!(near <= nanos && nanos - near <= nanos / 64 + 1, "{nanos} became {near}");
            last = at;
        }
    }

    #[test]
    fn percentiles() {
        let mut all = Histogram::default();
        for micros in 1..=100 {
            all.record(Duration::from_micros(micros));
        }
        let median = all.percentile(50);
        assert!(median > Duration::from_micros(48) && median <= Duration::from_micros(50));
        assert!(all.percentile(99) > Duration::from_micros(96));
    }
}
