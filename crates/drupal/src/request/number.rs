//! Numbers in texts, as PHP and MariaDB find them.

/// What a text says about a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Leading {
    /// The number it begins with, if it begins with one.
    pub(super) number: Option<f64>,
    /// The same where it is whole and not too large.
    pub(super) whole: Option<i64>,
    /// Whether nothing but white space follows.
    pub(super) is_all: bool,
}

/// The number a text begins with.
pub(super) fn leading(text: &str) -> Leading {
    let trimmed = text.trim_start_matches([' ', '\t', '\n', '\r', '\u{b}', '\u{c}']);
    let length = length(trimmed.as_bytes());
    let (digits, rest) = trimmed.split_at(length);
    let is_all = length > 0 && rest.trim_matches([' ', '\t', '\n', '\r', '\u{b}', '\u{c}']).is_empty();
    let digits = digits.strip_prefix('+').unwrap_or(digits);
    Leading { number: digits.parse().ok(), whole: digits.parse().ok(), is_all }
}

/// How many bytes at the start are a number.
fn length(text: &[u8]) -> usize {
    let digits = |from: usize| text[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let sign = usize::from(matches!(text.first(), Some(b'+' | b'-')));
    let whole = digits(sign);
    let mut end = sign + whole;
    let mut fraction = 0;
    if text.get(end) == Some(&b'.') {
        fraction = digits(end + 1);
        if whole + fraction > 0 {
            end += 1 + fraction;
        }
    }
    if whole + fraction == 0 {
        return 0;
    }
    if matches!(text.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(text.get(end + 1), Some(b'+' | b'-')));
        let exponent = digits(end + 1 + sign);
        if exponent > 0 {
            end += 1 + sign + exponent;
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_may_begin_with_a_number() {
        let cases = [
            ("12", Some(12.0), Some(12), true),
            (" +12 ", Some(12.0), Some(12), true),
            ("-1.50x", Some(-1.5), None, false),
            (".5", Some(0.5), None, true),
            ("5.", Some(5.0), None, true),
            ("1e3", Some(1000.0), None, true),
            ("1e", Some(1.0), Some(1), false),
            ("2023-11-15", Some(2023.0), Some(2023), false),
            ("abc", None, None, false),
            ("", None, None, false),
            ("-", None, None, false),
            (".", None, None, false),
        ];
        for (text, number, whole, is_all) in cases {
            assert_eq!(leading(text), Leading { number, whole, is_all }, "{text}");
        }
    }
}
