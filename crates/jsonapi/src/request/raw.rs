//! Values that are handed on as the text they were sent in, and what that text must not hold.
//!
//! JSON's grammar allows two things that whoever takes such a value apart could not cope with: nesting without end, and
//! escapes that are half of a surrogate pair.

/// Levels of arrays and objects in one value at most. Every database served can store that many: the least among them,
/// MySQL, stores 100.
pub const MAX_DEPTH: usize = 100;

/// What makes a JSON value unusable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    TooDeep,
    HalfOfPair,
}

/// Looks for a flaw in the text of one well-formed JSON value.
pub(super) fn check(json: &str) -> Result<(), Flaw> {
    let mut rest = json.as_bytes();
    if !matches!(rest, [b'[' | b'{', ..]) && !json.contains("\\u") {
        return Ok(());
    }
    let mut depth = 0_usize;
    while let [byte, tail @ ..] = rest {
        rest = tail;
        match byte {
            b'[' | b'{' if depth == MAX_DEPTH => return Err(Flaw::TooDeep),
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'"' => rest = string(tail)?,
            _ => {}
        }
    }
    Ok(())
}

/// What follows the string whose opening quote was read.
fn string(mut rest: &[u8]) -> Result<&[u8], Flaw> {
    let mut after_high = false;
    loop {
        rest = match rest {
            [b'\\', b'u', b'd' | b'D', b'8' | b'9' | b'a' | b'b' | b'A' | b'B', _, _, tail @ ..]
                if !after_high =>
            {
                after_high = true;
                tail
            }
            [b'\\', b'u', b'd' | b'D', b'c'..=b'f' | b'C'..=b'F', _, _, tail @ ..] if after_high => {
                after_high = false;
                tail
            }
            [b'\\', b'u', b'd' | b'D', b'8' | b'9' | b'a'..=b'f' | b'A'..=b'F', ..] => {
                return Err(Flaw::HalfOfPair);
            }
            _ if after_high => return Err(Flaw::HalfOfPair),
            [b'"', tail @ ..] => return Ok(tail),
            [b'\\', _, tail @ ..] | [_, tail @ ..] => tail,
            [] => return Ok(rest),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_a_pair_is_found_wherever_it_hides() {
        let check = |json: &str, expected| assert_eq!(check(json), expected, "for {json}");
        for good in [
            r#""\ud83d\ude00""#,
            r#""\uD83D\uDE00\n""#,
            r#""\\ud83d""#,
            r#""\u0000\ud7ff\ue000""#,
            r#"{"a":["\ud83d\ude00\ud83d\ude00"],"b":"\"\\"}"#,
            "-1.5e400",
        ] {
            check(good, Ok(()));
        }
        for bad in [
            r#""\ud83d""#,
            r#""\ude00""#,
            r#""\ud83d\ud83d\ude00""#,
            r#""\ud83d\n\ude00""#,
            r#""\ud83dx""#,
            r#""\\\uD83D""#,
            r#"["",{"a":1,"\uDE00":2}]"#,
        ] {
            check(bad, Err(Flaw::HalfOfPair));
        }
    }

    #[test]
    fn depth_counts_levels_not_values() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(check(&nested(MAX_DEPTH)), Ok(()));
        assert_eq!(check(&nested(MAX_DEPTH + 1)), Err(Flaw::TooDeep));
        let side_by_side = format!("[{}[]]", "[],".repeat(1_000));
        assert_eq!(check(&side_by_side), Ok(()));
        let in_a_string = format!("[{:?}]", "[".repeat(1_000));
        assert_eq!(check(&in_a_string), Ok(()));
    }
}
