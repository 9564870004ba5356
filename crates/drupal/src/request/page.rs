//! Which part of a collection is asked for.

use super::number::leading;
use super::parameters::{Given, Parameters};
use crate::error::Refusal;

/// How many resources a page has at most, and if nothing else is asked for.
pub const SIZE_MAX: u64 = 50;

/// A part of a collection.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// How many resources come before it.
    pub offset: u64,
    /// How many it has at most.
    pub limit: u64,
    /// The limit as links repeat it.
    pub limit_given: String,
    /// What is added to find the next page, and taken away to find the one before: fractions are kept, as PHP does.
    step: f64,
    start: f64,
}

impl Page {
    /// Reads `page`.
    pub fn read(parameters: &Parameters) -> Result<Self, Refusal> {
        let mut page =
            Page { offset: 0, limit: SIZE_MAX, limit_given: SIZE_MAX.to_string(), step: 50.0, start: 0.0 };
        let Some(items) = parameters.many("page")? else { return Ok(page) };
        for (name, given) in items {
            match name.as_str() {
                "offset" => page.start_at(given)?,
                "limit" => page.limit_to(given)?,
                _ => {}
            }
        }
        Ok(page)
    }

    fn start_at(&mut self, given: &Given) -> Result<(), Refusal> {
        let number = given.text().and_then(|text| leading(text).number);
        let number = number.filter(|number| *number >= 0.0 && *number < 1e15);
        self.start = number.ok_or_else(|| {
            Refusal::bad_request("The page offset needs to be a whole number, not negative.")
        })?;
        self.offset = whole(self.start);
        Ok(())
    }

    fn limit_to(&mut self, given: &Given) -> Result<(), Refusal> {
        let wrong = || Refusal::bad_request("The page size needs to be a positive integer.");
        // PHP compares what is no number letter by letter.
        let Some(text) = given.text() else { return Ok(()) };
        let found = leading(text);
        let is_above = match found.number {
            Some(number) if found.is_all => number > 50.0,
            _ => text > "50",
        };
        if is_above {
            return Ok(());
        }
        self.step = found.number.filter(|number| *number >= 1.0).ok_or_else(wrong)?;
        self.limit = whole(self.step);
        text.clone_into(&mut self.limit_given);
        Ok(())
    }

    /// Where the next page begins.
    pub fn next(&self) -> String {
        (self.start + self.step).to_string()
    }

    /// Where the page before begins; none comes before the first.
    pub fn previous(&self) -> Option<String> {
        (self.start > 0.0).then(|| (self.start - self.step).max(0.0).to_string())
    }
}

fn whole(number: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is bounded on both sides"
    )]
    let whole = number as u64;
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_bounded() {
        let cases = [
            ("", Ok((0, 50))),
            ("page[limit]=2", Ok((0, 2))),
            ("page[limit]=51&page[offset]=7", Ok((7, 50))),
            ("page[limit]=abc", Ok((0, 50))),
            ("page[limit]=2.7", Ok((0, 2))),
            ("page[limit]=12x", Ok((0, 12))),
            ("page[limit][]=2", Ok((0, 50))),
            ("page[size]=3&page[number]=2", Ok((0, 50))),
            ("page[limit]=0", Err("The page size needs to be a positive integer.")),
            ("page[limit]=", Err("The page size needs to be a positive integer.")),
            ("page[limit]=-5", Err("The page size needs to be a positive integer.")),
            ("page[offset]=-1", Err("The page offset needs to be a whole number, not negative.")),
            ("page[offset]=x", Err("The page offset needs to be a whole number, not negative.")),
            ("page[offset]=1e300", Err("The page offset needs to be a whole number, not negative.")),
            ("page=2", Err("Unexpected value for parameter \"page\": expecting \"array\", got \"string\".")),
        ];
        for (query, expected) in cases {
            let read = Page::read(&Parameters::read(query));
            let read = read.map(|page| (page.offset, page.limit)).map_err(|refusal| refusal.detail);
            assert_eq!(read, expected.map_err(str::to_owned), "{query}");
        }
    }

    #[test]
    fn neighbours_are_a_page_away() {
        let page = Page::read(&Parameters::read("page[offset]=5&page[limit]=10")).unwrap();
        assert_eq!((page.next().as_str(), page.previous().as_deref()), ("15", Some("0")));
        let page = Page::read(&Parameters::read("page[limit]=2.7")).unwrap();
        assert_eq!((page.next().as_str(), page.previous()), ("2.7", None));
        assert_eq!(page.limit_given, "2.7");
    }
}
