//! The reader: one pass over the bytes, and a second look at those that references point to.

use super::{Key, Php};

/// How much a serialised value may hold.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How deep arrays and objects may stand in each other.
    pub depth: usize,
    /// How many values there may be in all.
    pub values: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { depth: 128, values: 1_000_000 }
    }
}

/// Why bytes are not a serialised value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("byte {at}: {what}")]
pub struct Problem {
    /// Where.
    pub at: usize,
    /// What is wrong there.
    pub what: &'static str,
}

/// What references may copy at least, in bytes of the source. Longer values may copy as many bytes as they have.
const COPIED_BYTES_MIN: usize = 64 << 10;

/// Memory that is set aside for members before any of them has been read.
const MEMBERS_AHEAD_MAX: usize = 64;

pub(super) fn read(bytes: &[u8], limits: Limits) -> Result<Php, Problem> {
    let mut reader = Reader {
        bytes,
        at: 0,
        depth: 0,
        limits,
        places: Vec::new(),
        copying: false,
        copy_left: bytes.len().max(COPIED_BYTES_MIN),
        numbered: true,
    };
    let value = reader.value()?;
    if reader.at < bytes.len() {
        return Err(reader.problem("more follows after the value"));
    }
    Ok(value)
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    depth: usize,
    limits: Limits,
    /// Where each value stands that a reference can name, in order. The end is not known while it is being read.
    places: Vec<(usize, Option<usize>)>,
    /// Whether this is a second look, at what a reference points to.
    copying: bool,
    /// Bytes of the source that may still be copied.
    copy_left: usize,
    /// Whether the numbers of values are known: what an object writes of itself may count as well.
    numbered: bool,
}

impl Reader<'_> {
    fn value(&mut self) -> Result<Php, Problem> {
        let start = self.at;
        let tag = self.byte()?;
        if self.copying || tag == b'R' {
            return self.tagged(tag);
        }
        let place = self.places.len();
        if place == self.limits.values {
            return Err(self.problem("there are too many values"));
        }
        self.places.push((start, None));
        let value = self.tagged(tag)?;
        self.places[place].1 = Some(self.at);
        Ok(value)
    }

    fn tagged(&mut self, tag: u8) -> Result<Php, Problem> {
        if tag == b'N' {
            self.expect(b';')?;
            return Ok(Php::Null);
        }
        self.expect(b':')?;
        match tag {
            b'b' => match self.until(b';')? {
                b"0" => Ok(Php::Bool(false)),
                b"1" => Ok(Php::Bool(true)),
                _ => Err(self.problem("a boolean is neither 0 nor 1")),
            },
            b'i' => Ok(Php::Integer(self.integer()?)),
            b'd' => Ok(Php::Float(self.float()?)),
            b's' => {
                let text = self.quoted()?.to_vec();
                self.expect(b';')?;
                Ok(Php::Text(text))
            }
            b'a' => Ok(Php::Array(self.members(Self::key)?)),
            b'O' => {
                let class = self.name()?;
                self.expect(b':')?;
                Ok(Php::Object { class, members: self.members(Self::member_name)? })
            }
            b'C' => self.custom(),
            b'E' => self.case(),
            b'r' | b'R' => self.reference(),
            _ => Err(self.problem("a value of an unknown type ends here")),
        }
    }

    /// The members of an array or object, from the number of them on.
    fn members<K>(
        &mut self,
        key: impl Fn(&mut Self) -> Result<K, Problem>,
    ) -> Result<Vec<(K, Php)>, Problem> {
        let count = self.length(b':')?;
        self.expect(b'{')?;
        if self.depth == self.limits.depth {
            return Err(self.problem("values stand too deep in each other"));
        }
        self.depth += 1;
        let mut members = Vec::with_capacity(count.min(MEMBERS_AHEAD_MAX));
        for _ in 0..count {
            members.push((key(self)?, self.value()?));
        }
        self.depth -= 1;
        self.expect(b'}')?;
        Ok(members)
    }

    fn key(&mut self) -> Result<Key, Problem> {
        let tag = self.byte()?;
        self.expect(b':')?;
        match tag {
            b'i' => Ok(Key::Integer(self.integer()?)),
            b's' => {
                let text = self.quoted()?.to_vec();
                self.expect(b';')?;
                Ok(Key::Text(text))
            }
            _ => Err(self.problem("a key is neither a number nor a text")),
        }
    }

    /// The name of a member: one that not everybody may see has its class, or an asterisk, between two zero bytes before
    /// it.
    fn member_name(&mut self) -> Result<String, Problem> {
        let key = self.key()?;
        let name = key.to_text();
        let bare = name.strip_prefix('\0').and_then(|marked| marked.split_once('\0')).map(|(_, bare)| bare);
        Ok(bare.map_or_else(|| name.clone().into_owned(), str::to_owned))
    }

    /// What an object wrote of itself, in a format of its own.
    fn custom(&mut self) -> Result<Php, Problem> {
        let class = self.name()?;
        self.expect(b':')?;
        let length = self.length(b':')?;
        self.expect(b'{')?;
        let written = self.take(length)?.to_vec();
        self.expect(b'}')?;
        self.numbered = false;
        Ok(Php::Object { class, members: vec![("serialized".to_owned(), Php::Text(written))] })
    }

    /// A case of an enumeration: `Suit:Hearts`.
    fn case(&mut self) -> Result<Php, Problem> {
        let name = self.name()?;
        self.expect(b';')?;
        let (class, case) = name.split_once(':').ok_or_else(|| self.problem("no case of an enumeration"))?;
        let members = vec![("name".to_owned(), Php::Text(case.as_bytes().to_vec()))];
        Ok(Php::Object { class: class.to_owned(), members })
    }

    /// A copy of a value that was read before. Null stands for one that this is a part of, or that would be too much.
    /// Each reference leads further back in the source, so that there is an end to it.
    fn reference(&mut self) -> Result<Php, Problem> {
        let from = self.at;
        let number = self.length(b';')?;
        let place = number.checked_sub(1).filter(|place| *place < self.places.len());
        let place = place.ok_or(Problem { at: from, what: "a reference to a value that is not there" })?;
        let (start, Some(end)) = self.places[place] else { return Ok(Php::Null) };
        if (start..end).contains(&from) || !self.numbered || end - start > self.copy_left {
            return Ok(Php::Null);
        }
        self.copy_left -= end - start;
        let before = (self.at, self.depth, self.copying);
        (self.at, self.copying) = (start, true);
        // It has been read before: only the depth can be too much.
        let copy = self.value().unwrap_or(Php::Null);
        (self.at, self.depth, self.copying) = before;
        Ok(copy)
    }

    fn integer(&mut self) -> Result<i64, Problem> {
        let at = self.at;
        let digits = self.until(b';')?;
        let number = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
        number.ok_or(Problem { at, what: "not a whole number of 64 bits" })
    }

    fn float(&mut self) -> Result<f64, Problem> {
        let at = self.at;
        match self.until(b';')? {
            b"INF" => Ok(f64::INFINITY),
            b"-INF" => Ok(f64::NEG_INFINITY),
            b"NAN" => Ok(f64::NAN),
            digits => {
                let is_part = |byte: &u8| byte.is_ascii_digit() || b"+-.eE".contains(byte);
                let digits =
                    std::str::from_utf8(digits).ok().filter(|text| text.bytes().all(|b| is_part(&b)));
                let number = digits.and_then(|digits| digits.parse().ok());
                number.ok_or(Problem { at, what: "not a number" })
            }
        }
    }

    fn name(&mut self) -> Result<String, Problem> {
        Ok(String::from_utf8_lossy(self.quoted()?).into_owned())
    }

    /// A length, and as many bytes between double quotes.
    fn quoted(&mut self) -> Result<&[u8], Problem> {
        let length = self.length(b':')?;
        self.expect(b'"')?;
        let start = self.at;
        self.take(length)?;
        self.expect(b'"')?;
        Ok(&self.bytes[start..start + length])
    }

    fn length(&mut self, end: u8) -> Result<usize, Problem> {
        let at = self.at;
        let digits = self.until(end)?;
        let is_length = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
        let digits = std::str::from_utf8(digits).ok().filter(|_| is_length);
        digits.and_then(|digits| digits.parse().ok()).ok_or(Problem { at, what: "not a length" })
    }

    /// What stands before the next `end`, which is taken as well.
    fn until(&mut self, end: u8) -> Result<&[u8], Problem> {
        let rest = &self.bytes[self.at..];
        // No number is longer: what has no end is not searched through again and again.
        let rest = &rest[..rest.len().min(64)];
        let length = rest.iter().position(|byte| *byte == end);
        let length = length.ok_or_else(|| self.problem("a number without an end"))?;
        self.at += length + 1;
        Ok(&rest[..length])
    }

    fn take(&mut self, length: usize) -> Result<&[u8], Problem> {
        let end = self.at.checked_add(length);
        let taken = end.and_then(|end| self.bytes.get(self.at..end));
        let taken = taken.ok_or_else(|| self.problem("the value ends too early"))?;
        self.at += length;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, Problem> {
        Ok(self.take(1)?[0])
    }

    fn expect(&mut self, expected: u8) -> Result<(), Problem> {
        if self.bytes.get(self.at) != Some(&expected) {
            return Err(self.problem("another character is expected here"));
        }
        self.at += 1;
        Ok(())
    }

    fn problem(&self, what: &'static str) -> Problem {
        Problem { at: self.at, what }
    }
}

#[cfg(test)]
#[path = "reader_tests.rs"]
mod tests;
