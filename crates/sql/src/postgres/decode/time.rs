//! Dates, times and intervals.
//!
//! Years that ISO 8601 has no place for (beyond 9999, before Christ) are written as the server writes them.

use std::io::Write as _;

use super::{fixed, take};

const MICROSECONDS_PER_SECOND: i64 = 1_000_000;
const SECONDS_PER_DAY: i64 = 86_400;
const MICROSECONDS_PER_DAY: i64 = SECONDS_PER_DAY * MICROSECONDS_PER_SECOND;

/// Days from the civil epoch used below (0000-03-01) to 2000-01-01, which the server counts from.
const DAYS_TO_2000: i64 = 730_425;

// Writing to a vector cannot fail: the results of `write!` are of no use throughout.

pub(super) fn date(days: i32, out: &mut Vec<u8>) {
    match days {
        i32::MAX => out.extend_from_slice(b"infinity"),
        i32::MIN => out.extend_from_slice(b"-infinity"),
        days => {
            let day = Day::new(i64::from(days));
            day.write(out);
            day.write_era(out);
        }
    }
}

/// A day of the Gregorian calendar.
struct Day {
    /// 0 is the year 1 before Christ.
    year: i64,
    month: i64,
    of_month: i64,
}

impl Day {
    /// The day so many days after 2000-01-01.
    fn new(days: i64) -> Self {
        // Years are counted from March, so that a leap day is the last of its year.
        let days = days + DAYS_TO_2000;
        let era = days.div_euclid(146_097);
        let of_era = days.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * of_year + 2) / 153;
        let of_month = of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Day { year, month, of_month }
    }

    fn is_ordinary(&self) -> bool {
        (1..=9_999).contains(&self.year)
    }

    fn write(&self, out: &mut Vec<u8>) {
        let [month, day] = [digits(self.month), digits(self.of_month)];
        let behind = [b'-', month[0], month[1], b'-', day[0], day[1]];
        if self.is_ordinary() {
            out.extend_from_slice(&digits(self.year / 100));
            out.extend_from_slice(&digits(self.year % 100));
        } else {
            let year = if self.year > 0 { self.year } else { 1 - self.year };
            let _ = write!(out, "{year:04}");
        }
        out.extend_from_slice(&behind);
    }

    fn write_era(&self, out: &mut Vec<u8>) {
        if self.year <= 0 {
            out.extend_from_slice(b" BC");
        }
    }
}

pub(super) fn time(microseconds: i64, out: &mut Vec<u8>) {
    let seconds = microseconds / MICROSECONDS_PER_SECOND;
    let [hour, minute, second] = [seconds / 3_600, seconds / 60 % 60, seconds % 60].map(digits);
    out.extend_from_slice(&[hour[0], hour[1], b':', minute[0], minute[1], b':', second[0], second[1]]);
    fraction(microseconds % MICROSECONDS_PER_SECOND, out);
}

/// The digits of a number below 100: as a part of each timestamp too frequent for `write!`.
fn digits(number: i64) -> [u8; 2] {
    let number = u8::try_from(number).unwrap_or_default();
    [b'0' + number / 10 % 10, b'0' + number % 10]
}

/// What is behind the seconds, without trailing zeros.
fn fraction(microseconds: i64, out: &mut Vec<u8>) {
    if microseconds != 0 {
        let microseconds = microseconds.abs();
        out.push(b'.');
        for pair in [microseconds / 10_000, microseconds / 100 % 100, microseconds % 100] {
            out.extend_from_slice(&digits(pair));
        }
        while out.last() == Some(&b'0') {
            out.pop();
        }
    }
}

pub(super) fn time_with_zone(bytes: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let mut rest = bytes;
    time(i64::from_be_bytes(*take(&mut rest)?), out);
    // Seconds west of Greenwich.
    let west = i32::from_be_bytes(fixed(rest)?);
    let seconds = west.unsigned_abs();
    let sign = if west > 0 { '-' } else { '+' };
    let _ = write!(out, "{sign}{:02}:{:02}", seconds / 3_600, seconds / 60 % 60);
    if seconds % 60 != 0 {
        let _ = write!(out, ":{:02}", seconds % 60);
    }
    Some(())
}

pub(super) fn timestamp(microseconds: i64, is_utc: bool, out: &mut Vec<u8>) {
    match microseconds {
        i64::MAX => out.extend_from_slice(b"infinity"),
        i64::MIN => out.extend_from_slice(b"-infinity"),
        microseconds => {
            let day = Day::new(microseconds.div_euclid(MICROSECONDS_PER_DAY));
            day.write(out);
            out.push(if day.is_ordinary() { b'T' } else { b' ' });
            time(microseconds.rem_euclid(MICROSECONDS_PER_DAY), out);
            match (is_utc, day.is_ordinary()) {
                (true, true) => out.push(b'Z'),
                (true, false) => out.extend_from_slice(b"+00"),
                (false, _) => {}
            }
            day.write_era(out);
        }
    }
}

/// `P1Y2M3DT4H5M6.5S`; each part has its own sign.
pub(super) fn interval(bytes: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let mut rest = bytes;
    let microseconds = i64::from_be_bytes(*take(&mut rest)?);
    let days = i32::from_be_bytes(*take(&mut rest)?);
    let months = i32::from_be_bytes(fixed(rest)?);
    match (microseconds, days, months) {
        (i64::MAX, i32::MAX, i32::MAX) => out.extend_from_slice(b"infinity"),
        (i64::MIN, i32::MIN, i32::MIN) => out.extend_from_slice(b"-infinity"),
        (0, 0, 0) => out.extend_from_slice(b"PT0S"),
        _ => {
            out.push(b'P');
            let parts = [(months / 12, 'Y'), (months % 12, 'M'), (days, 'D')];
            for (number, unit) in parts.into_iter().filter(|(number, _)| *number != 0) {
                let _ = write!(out, "{number}{unit}");
            }
            if microseconds != 0 {
                duration(microseconds, out);
            }
        }
    }
    Some(())
}

/// The part of an interval that is shorter than a day, but for the days.
fn duration(microseconds: i64, out: &mut Vec<u8>) {
    let seconds = microseconds / MICROSECONDS_PER_SECOND;
    let rest = microseconds % MICROSECONDS_PER_SECOND;
    out.push(b'T');
    for (number, unit) in [(seconds / 3_600, 'H'), (seconds / 60 % 60, 'M')] {
        if number != 0 {
            let _ = write!(out, "{number}{unit}");
        }
    }
    let seconds = seconds % 60;
    if seconds != 0 || rest != 0 {
        if microseconds < 0 {
            out.push(b'-');
        }
        let _ = write!(out, "{}", seconds.abs());
        fraction(rest, out);
        out.push(b'S');
    }
}
