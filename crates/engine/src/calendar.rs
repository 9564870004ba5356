//! Dates and times as JSON has them and as SQLite's own functions write them.

/// Whether it is `YYYY-MM-DD` and a day of the calendar.
pub(crate) fn is_date(text: &str) -> bool {
    date(text).is_some()
}

/// Whether it is `hh:mm`, `hh:mm:ss` or `hh:mm:ss.f`.
pub(crate) fn is_time(text: &str) -> bool {
    time(text).is_some()
}

/// `2025-01-31T10:30`, as it is stored: with a space.
pub(crate) fn timestamp(text: &str) -> Option<String> {
    let (day, rest) = text.split_at_checked(DATE_BYTES)?;
    let moment = rest.strip_prefix('T')?;
    (is_date(day) && is_time(moment)).then(|| [day, " ", moment].concat())
}

/// A moment as RFC 3339 has it, as it is stored: in UTC, with a space. `None` also where that is no year of four digits.
pub(crate) fn timestamp_with_zone(text: &str) -> Option<String> {
    let (day, moment) = text.split_once(['T', 't'])?;
    let zone = moment.find(['Z', 'z', '+', '-'])?;
    let (moment, zone) = moment.split_at(zone);
    let (day, time) = (date(day)?, time(moment)?);
    let seconds = time.seconds?;
    let minutes = time.minutes - offset(zone)?;
    let day = match minutes {
        ..0 => day.before()?,
        0..MINUTES_OF_DAY => day,
        _ => day.after()?,
    };
    let minutes = minutes.rem_euclid(MINUTES_OF_DAY);
    let Date { year, month, day } = day;
    Some(format!("{year:04}-{month:02}-{day:02} {:02}:{:02}:{seconds}Z", minutes / 60, minutes % 60))
}

const MINUTES_OF_DAY: i32 = 24 * 60;

/// The length of `yyyy-mm-dd`.
const DATE_BYTES: usize = 10;

#[derive(Clone, Copy)]
struct Date {
    year: i32,
    month: i32,
    day: i32,
}

struct Time<'a> {
    /// Since midnight.
    minutes: i32,
    /// `ss` or `ss.f`.
    seconds: Option<&'a str>,
}

/// A number of exactly that many digits.
fn number(text: &[u8], digits: usize) -> Option<i32> {
    let fits = text.len() == digits && text.iter().all(u8::is_ascii_digit);
    fits.then(|| text.iter().fold(0, |number, digit| number * 10 + i32::from(digit - b'0')))
}

fn date(text: &str) -> Option<Date> {
    let (year, rest) = text.as_bytes().split_at_checked(4)?;
    let [b'-', month @ .., b'-', tens, ones] = rest else { return None };
    let date = Date { year: number(year, 4)?, month: number(month, 2)?, day: number(&[*tens, *ones], 2)? };
    let is_real = (1..=12).contains(&date.month) && (1..=date.days_of_month()).contains(&date.day);
    is_real.then_some(date)
}

fn time(text: &str) -> Option<Time<'_>> {
    let (start, rest) = text.split_at_checked(5)?;
    let [hour @ .., b':', tens, ones] = start.as_bytes() else { return None };
    let (hour, minute) = (number(hour, 2)?, number(&[*tens, *ones], 2)?);
    let seconds = if rest.is_empty() { None } else { Some(rest.strip_prefix(':')?) };
    let are_seconds = seconds.is_none_or(|seconds| {
        let Some((whole, fraction)) = seconds.as_bytes().split_at_checked(2) else { return false };
        let is_fraction = match fraction {
            [] => true,
            [b'.', digits @ ..] => !digits.is_empty() && digits.iter().all(u8::is_ascii_digit),
            _ => false,
        };
        is_fraction && number(whole, 2).is_some_and(|whole| whole < 60)
    });
    (hour < 24 && minute < 60 && are_seconds).then_some(Time { minutes: hour * 60 + minute, seconds })
}

/// Minutes east of UTC: `Z`, `+01:00`.
fn offset(zone: &str) -> Option<i32> {
    let sign = match zone.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return (zone.len() == 1).then_some(0),
    };
    let (hours, minutes) = zone[1..].split_once(':')?;
    let (hours, minutes) = (number(hours.as_bytes(), 2)?, number(minutes.as_bytes(), 2)?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

impl Date {
    fn days_of_month(self) -> i32 {
        let leaps = self.year % 4 == 0 && (self.year % 100 != 0 || self.year % 400 == 0);
        match self.month {
            2 if leaps => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        }
    }

    fn before(self) -> Option<Self> {
        let Self { year, month, day } = self;
        match (month, day) {
            (1, 1) => (year > 0).then_some(Self { year: year - 1, month: 12, day: 31 }),
            (_, 1) => {
                let first = Self { year, month: month - 1, day: 1 };
                Some(Self { day: first.days_of_month(), ..first })
            }
            _ => Some(Self { day: day - 1, ..self }),
        }
    }

    fn after(self) -> Option<Self> {
        let Self { year, month, day } = self;
        if day < self.days_of_month() {
            Some(Self { day: day + 1, ..self })
        } else if month < 12 {
            Some(Self { year, month: month + 1, day: 1 })
        } else {
            (year < 9999).then_some(Self { year: year + 1, month: 1, day: 1 })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        for good in ["2024-02-29", "2000-02-29", "2025-12-31", "0000-01-01", "9999-04-30"] {
            assert!(is_date(good), "{good}");
        }
        for bad in [
            "2025-02-29",
            "1900-02-29",
            "2025-04-31",
            "2025-00-10",
            "2025-13-01",
            "2025-01-00",
            "2025-1-01",
            "25-01-01",
            "2025-01-01-",
            "2025-01-01 ",
            "+025-01-01",
            "2025/01/01",
            "",
            "12025-01-01",
            "２025-01-1",
        ] {
            assert!(!is_date(bad), "{bad}");
        }
    }

    #[test]
    fn times_are_those_of_a_day() {
        for good in ["00:00", "23:59:59", "10:30:00.5", "10:30:00.123456789"] {
            assert!(is_time(good), "{good}");
        }
        for bad in
            ["24:00", "10", "10:60", "10:30:60", "10:30:00.", "1:30", "10:30:", "10:30Z", "10:30:00:00"]
        {
            assert!(!is_time(bad), "{bad}");
        }
    }

    #[test]
    fn moments_with_a_zone_are_stored_in_utc() {
        for (text, stored) in [
            ("2025-01-31T10:30:00Z", "2025-01-31 10:30:00Z"),
            ("2025-01-31t10:30:00.25z", "2025-01-31 10:30:00.25Z"),
            ("2025-01-31T10:30:00+05:30", "2025-01-31 05:00:00Z"),
            ("2025-01-01T00:30:00+01:00", "2024-12-31 23:30:00Z"),
            ("2024-02-28T23:59:59.9-00:01", "2024-02-29 00:00:59.9Z"),
            ("2025-03-01T00:00:00+23:59", "2025-02-28 00:01:00Z"),
            ("2024-12-31T23:00:00-01:00", "2025-01-01 00:00:00Z"),
            ("2025-01-31T10:30:00-00:00", "2025-01-31 10:30:00Z"),
        ] {
            assert_eq!(timestamp_with_zone(text).as_deref(), Some(stored), "{text}");
        }
        for bad in [
            "2025-01-31T10:30:00",
            "2025-01-31T10:30Z",
            "2025-01-31 10:30:00Z",
            "2025-01-31T10:30:00+1",
            "2025-01-31T10:30:00+0100",
            "2025-01-31T10:30:00+24:00",
            "2025-01-31T10:30:00+01:60",
            "2025-01-31T10:30:00Zx",
            "2025-02-30T10:30:00Z",
            "0000-01-01T00:00:00+00:01",
            "9999-12-31T23:59:59-00:01",
            "2025-01-31T10:30:60Z",
            "2025-01-31T10:30:00+é1:00",
        ] {
            assert_eq!(timestamp_with_zone(bad), None, "{bad}");
        }
        assert_eq!(timestamp("2025-01-31T10:30").as_deref(), Some("2025-01-31 10:30"));
        assert_eq!(timestamp("2025-01-31T10:30:00Z"), None);
    }
}
