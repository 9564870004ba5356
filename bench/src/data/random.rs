//! The generator behind all data: the same seed gives the same rows on every machine.

/// A `SplitMix64` sequence: small, fast and fully determined by its seed.
pub(crate) struct Random(u64);

impl Random {
    /// A sequence of its own for each purpose, so that a change to one table leaves the others as they are.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub(crate) fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 up to, but without, `bound`. The slight bias of the remainder does not matter here.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next_u64() % bound
    }

    /// A row id from 1 to `last`.
    pub(crate) fn id(&mut self, last: u64) -> i64 {
        i64::try_from(1 + self.below(last)).unwrap_or(1)
    }

    /// True in `percent` of the cases.
    pub(crate) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of the items.
    pub(crate) fn pick<'a>(&mut self, items: &'a [&'a str]) -> &'a str {
        let index = self.below(items.len() as u64);
        usize::try_from(index).ok().and_then(|index| items.get(index)).copied().unwrap_or_default()
    }
}

const WORDS: &[&str] = &[
    "river", "stone", "window", "letter", "garden", "engine", "winter", "market", "silver", "harbour",
    "quiet", "paper", "bridge", "morning", "signal", "copper", "forest", "ladder", "summer", "anchor",
    "lantern", "valley", "writes", "carries", "turns", "holds", "measures", "follows", "finds", "opens", "a",
    "the", "of", "in", "and", "over", "under", "with", "from", "old", "new", "small", "bright", "café",
    "naïve", "straße",
];

/// Words up to at least `length` bytes, the first capitalised. `rich` adds what bodies have: commas, full stops,
/// now and then a quotation and a line break, which JSON has to escape.
pub(crate) fn prose(random: &mut Random, length: usize, rich: bool) -> String {
    let mut text = String::with_capacity(length + 32);
    while text.len() < length {
        let word = random.pick(WORDS);
        if text.is_empty() || text.ends_with(". ") || text.ends_with('\n') {
            let mut letters = word.chars();
            text.extend(letters.next().into_iter().flat_map(char::to_uppercase));
            text.push_str(letters.as_str());
        } else if rich && random.chance(2) {
            text.push('"');
            text.push_str(word);
            text.push('"');
        } else {
            text.push_str(word);
        }
        text.push_str(match random.below(100) {
            0..8 if rich => ". ",
            8..14 if rich => ", ",
            14 if rich => ".\n",
            _ => " ",
        });
    }
    text.truncate(text.trim_end_matches([' ', ',', '\n']).len());
    text
}

/// A timestamp in SQLite's own text form, between 2015 and 2024.
pub(crate) fn timestamp(random: &mut Random) -> String {
    let (year, month, day) = (2015 + random.below(10), 1 + random.below(12), 1 + random.below(28));
    let (hour, minute, second) = (random.below(24), random.below(60), random.below(60));
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
}
