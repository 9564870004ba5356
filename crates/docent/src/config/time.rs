//! Points in time as TOML writes them.

use std::time::{Duration, SystemTime};

use toml::value::{Datetime, Offset};

/// The moment that a date and time stand for. A date alone is its first moment in UTC.
pub(super) fn moment(datetime: &Datetime) -> Result<SystemTime, &'static str> {
    let unclear = "write a date, or a date and time with its offset, such as 2027-01-31T00:00:00Z";
    let date = datetime.date.ok_or(unclear)?;
    let mut seconds = days(date.year.into(), date.month.into(), date.day.into()) * 86_400;
    match (datetime.time, datetime.offset) {
        (None, None) => {}
        (Some(time), Some(offset)) => {
            let of_day = u32::from(time.hour) * 3600 + u32::from(time.minute) * 60;
            seconds += i64::from(of_day + u32::from(time.second.unwrap_or(0)));
            if let Offset::Custom { minutes } = offset {
                seconds -= i64::from(minutes) * 60;
            }
        }
        _ => return Err(unclear),
    }
    let since = u64::try_from(seconds).map_err(|_| "that is long over")?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(since)).ok_or(unclear)
}

/// Days from 1970-01-01 in the Gregorian calendar. Years are counted from March, so that a leap day is the last of one.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let cycle = year.div_euclid(400);
    let of_cycle = year.rem_euclid(400);
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    cycle * 146_097 + of_cycle * 365 + of_cycle / 4 - of_cycle / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments() {
        for (text, seconds) in [
            ("1970-01-01", 0),
            ("2000-02-29", 951_782_400),
            ("2000-03-01T00:00:00Z", 951_868_800),
            ("2024-12-31T23:59:59Z", 1_735_689_599),
            ("2025-01-01T01:29:59.5+01:30", 1_735_689_599),
            ("2100-03-01T00:00:00-00:00", 4_107_542_400),
        ] {
            let found = moment(&text.parse().unwrap()).unwrap();
            assert_eq!(found, SystemTime::UNIX_EPOCH + Duration::from_secs(seconds), "{text}");
        }
        for text in ["2025-01-01T00:00:00", "12:00:00", "1969-12-31"] {
            assert!(moment(&text.parse().unwrap()).is_err(), "{text}");
        }
    }
}
