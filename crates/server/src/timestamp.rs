//! Points in time as text, for log lines.

use std::cell::RefCell;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const SECONDS_PER_DAY: u64 = 86_400;

thread_local! {
    /// The last second written, and its text: most lines are of the same second as the one before.
    static LAST: RefCell<(u64, Vec<u8>)> = const { RefCell::new((0, Vec::new())) };
}

/// Appends the time in UTC as `2025-01-31T10:00:00.123Z`.
pub(crate) fn write(out: &mut Vec<u8>, time: SystemTime) {
    let since_epoch = time.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    let seconds = since_epoch.as_secs();
    LAST.with_borrow_mut(|(last, text)| {
        if *last != seconds || text.is_empty() {
            text.clear();
            write_second(text, seconds);
            *last = seconds;
        }
        out.extend_from_slice(text);
    });
    out.push(b'.');
    digits(out, u64::from(since_epoch.subsec_millis()), 3);
    out.push(b'Z');
}

/// Appends a second counted from 1970-01-01 as `2025-01-31T10:00:00`.
fn write_second(out: &mut Vec<u8>, seconds: u64) {
    let (year, month, day) = date(seconds / SECONDS_PER_DAY);
    let of_day = seconds % SECONDS_PER_DAY;
    digits(out, year, 4);
    for (before, value) in
        [(b'-', month), (b'-', day), (b'T', of_day / 3600), (b':', of_day / 60 % 60), (b':', of_day % 60)]
    {
        out.push(before);
        digits(out, value, 2);
    }
}

/// Year, month and day of a day counted from 1970-01-01.
///
/// Counts from 0000-03-01, in cycles of 400 years: leap days are then the last days of their years.
fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (cycle, of_cycle) = (days / 146_097, days % 146_097);
    let of_cycle_year = (of_cycle - of_cycle / 1_460 + of_cycle / 36_524 - of_cycle / 146_096) / 365;
    let of_year = of_cycle - (365 * of_cycle_year + of_cycle_year / 4 - of_cycle_year / 100);
    let march_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    (cycle * 400 + of_cycle_year + u64::from(month <= 2), month, day)
}

/// Appends exactly `count` decimal digits.
fn digits(out: &mut Vec<u8>, value: u64, count: u32) {
    for place in (0..count).rev() {
        let digit = value / 10_u64.pow(place) % 10;
        out.push(b'0' + u8::try_from(digit).unwrap_or(0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(millis: u64, expected: &str) {
        let mut out = Vec::new();
        write(&mut out, UNIX_EPOCH + Duration::from_millis(millis));
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn times() {
        check(0, "1970-01-01T00:00:00.000Z");
        check(951_782_399_999, "2000-02-28T23:59:59.999Z");
        check(951_782_400_000, "2000-02-29T00:00:00.000Z");
        check(951_868_800_001, "2000-03-01T00:00:00.001Z");
        check(1_735_689_599_000, "2024-12-31T23:59:59.000Z");
        check(4_107_542_400_000, "2100-03-01T00:00:00.000Z");
    }
}
