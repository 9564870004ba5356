//! What the schema demands of values beyond their type, checked as the database would and said in words.

use std::cmp::Ordering;

use docent_catalog::model::Limits;
use docent_sql::Value;
use docent_sql::schema::{ColumnType, Literal, Rule};

/// Values that a message lists at most.
const LISTED: usize = 20;

/// Decimal digits that a floating-point number always keeps.
const DIGITS_EXACT: usize = 15;

/// What a value must be and is not, as the end of a sentence. NULL passes.
pub(in crate::write) fn check(
    column_type: &ColumnType,
    limits: &Limits,
    value: &Value,
) -> Result<(), String> {
    if *value == Value::Null {
        return Ok(());
    }
    if let Some(most) = limits.length_max
        && matches!(value, Value::Text(_) | Value::Blob(_))
        && length(value).is_some_and(|length| length > most)
    {
        return Err(format!("must have at most {}.", counted(most, value)));
    }
    if let (Some(most), Value::Text(digits)) = (limits.digits, value) {
        check_digits(most, digits)?;
    }
    // Digits that have to stay as they are. What a floating-point number cannot tell the database will.
    if let (ColumnType::Decimal, Value::Text(digits)) = (column_type, value) {
        let is_exact = digits.bytes().filter(u8::is_ascii_digit).count() <= DIGITS_EXACT;
        return match digits.parse() {
            Ok(number) if is_exact => check(column_type, limits, &Value::Real(number)),
            _ => Ok(()),
        };
    }
    let broken = limits.rules.iter().find(|rule| !holds(rule, value));
    broken.map_or(Ok(()), |rule| Err(said(rule, column_type, value)))
}

/// A database rounds what has too many digits after the point without a word.
fn check_digits((before, after): (u32, u32), digits: &str) -> Result<(), String> {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let whole = whole.trim_start_matches(['-', '0']).len();
    let fraction = fraction.trim_end_matches('0').len();
    let too_many = |count: usize, most: u32| u32::try_from(count).is_ok_and(|count| count > most);
    let refused = |most: u32, place: &str| {
        let plural = if most == 1 { "" } else { "s" };
        match most {
            0 => Err(format!("must have no digits {place} the point but zeros.")),
            most => Err(format!("must have at most {most} digit{plural} {place} the point.")),
        }
    };
    if too_many(fraction, after) {
        return refused(after, "after");
    }
    if too_many(whole, before) { refused(before, "before") } else { Ok(()) }
}

fn holds(rule: &Rule, value: &Value) -> bool {
    let at_bound = |bound: &Literal, outside: Ordering, inclusive: bool| {
        compare(value, bound).is_none_or(|order| match order {
            Ordering::Equal => inclusive,
            order => order != outside,
        })
    };
    match rule {
        Rule::OneOf(values) => values.iter().any(|one| compare(value, one) == Some(Ordering::Equal)),
        Rule::Least { bound, inclusive } => at_bound(bound, Ordering::Less, *inclusive),
        Rule::Greatest { bound, inclusive } => at_bound(bound, Ordering::Greater, *inclusive),
        Rule::LengthLeast(least) => length(value).is_none_or(|length| length >= *least),
        Rule::LengthGreatest(most) => length(value).is_none_or(|length| length <= *most),
    }
}

fn said(rule: &Rule, column_type: &ColumnType, value: &Value) -> String {
    let literal = |literal: &Literal| match (literal, column_type) {
        (Literal::Integer(0), ColumnType::Boolean) => "false".to_owned(),
        (Literal::Integer(1), ColumnType::Boolean) => "true".to_owned(),
        (Literal::Integer(number), _) => number.to_string(),
        (Literal::Real(number), _) => number.to_string(),
        (Literal::Text(text), _) => text.clone(),
    };
    match rule {
        Rule::OneOf(values) => one_of(values.iter().map(literal)),
        Rule::Least { bound, inclusive: true } => format!("must be at least {}.", literal(bound)),
        Rule::Least { bound, inclusive: false } => format!("must be greater than {}.", literal(bound)),
        Rule::Greatest { bound, inclusive: true } => format!("must be at most {}.", literal(bound)),
        Rule::Greatest { bound, inclusive: false } => format!("must be less than {}.", literal(bound)),
        Rule::LengthLeast(1) => "must not be empty.".to_owned(),
        Rule::LengthLeast(least) => format!("must have at least {}.", counted(*least, value)),
        Rule::LengthGreatest(most) => format!("must have at most {}.", counted(*most, value)),
    }
}

/// That it must be one of these values.
pub(super) fn one_of(values: impl ExactSizeIterator<Item = String>) -> String {
    let count = values.len();
    let shown = |value: String| {
        let reads_alone = !value.is_empty() && value.trim() == value && !value.contains([',', '"']);
        if reads_alone { value } else { format!("{value:?}") }
    };
    let listed: Vec<String> = values.take(LISTED).map(shown).collect();
    let (of, listed) = (if count == 1 { "" } else { "one of " }, listed.join(", "));
    match count.saturating_sub(LISTED) {
        0 => format!("must be {of}{listed}."),
        more => format!("must be {of}{listed} or {more} others."),
    }
}

fn counted(count: u64, value: &Value) -> String {
    let unit = match value {
        Value::Blob(_) => "byte",
        Value::Integer(_) => "digit",
        _ => "character",
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

/// The length as SQL functions count it: of texts in characters, of bytes in bytes, of whole numbers in digits.
fn length(value: &Value) -> Option<u64> {
    let length = match value {
        Value::Text(text) => text.chars().count(),
        Value::Blob(bytes) => bytes.len(),
        Value::Integer(number) => itoa::Buffer::new().format(*number).len(),
        // How the database writes it is not known here: it may decide.
        _ => return None,
    };
    u64::try_from(length).ok()
}

/// How a value compares with a literal, exactly; numbers come before texts, texts before bytes.
fn compare(value: &Value, literal: &Literal) -> Option<Ordering> {
    match (value, literal) {
        (Value::Integer(one), Literal::Integer(other)) => Some(one.cmp(other)),
        (Value::Integer(one), Literal::Real(other)) => compare_mixed(*one, *other),
        (Value::Real(one), Literal::Integer(other)) => compare_mixed(*other, *one).map(Ordering::reverse),
        (Value::Real(one), Literal::Real(other)) => one.partial_cmp(other),
        (Value::Integer(_) | Value::Real(_), Literal::Text(_)) => Some(Ordering::Less),
        (Value::Text(one), Literal::Text(other)) => Some(one.as_str().cmp(other)),
        (Value::Text(_), Literal::Integer(_) | Literal::Real(_)) | (Value::Blob(_), _) => {
            Some(Ordering::Greater)
        }
        _ => None,
    }
}

/// Beyond 2⁵³ an integer that is made a floating-point number may become another one: compared part by part.
fn compare_mixed(integer: i64, real: f64) -> Option<Ordering> {
    /// 2⁶³, the first number above all integers.
    const END: f64 = 9_223_372_036_854_775_808.0;
    if real >= END {
        return Some(Ordering::Less);
    }
    if real < -END {
        return Some(Ordering::Greater);
    }
    #[allow(clippy::cast_possible_truncation, reason = "it is in range and the fraction is compared below")]
    let whole = real as i64;
    let fraction = 0.0_f64.partial_cmp(&real.fract())?;
    Some(integer.cmp(&whole).then(fraction))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_and_reals_are_compared_exactly() {
        let great = 9_007_199_254_740_993_i64;
        for (integer, real, expected) in [
            (1, 1.0, Ordering::Equal),
            (1, 1.5, Ordering::Less),
            (-1, -1.5, Ordering::Greater),
            (great, 9_007_199_254_740_992.0, Ordering::Greater),
            (i64::MAX, 9_223_372_036_854_775_807.0, Ordering::Less),
            (i64::MIN, -9_223_372_036_854_775_808.0, Ordering::Equal),
            (0, f64::INFINITY, Ordering::Less),
            (0, f64::NEG_INFINITY, Ordering::Greater),
        ] {
            assert_eq!(compare_mixed(integer, real), Some(expected), "{integer} {real}");
        }
        assert_eq!(compare_mixed(0, f64::NAN), None);
    }

    #[test]
    fn lists_of_values_can_be_read() {
        let said = |values: &[&str]| one_of(values.iter().map(|value| (*value).to_owned()));
        assert_eq!(said(&["draft", "in print"]), "must be one of draft, in print.");
        assert_eq!(said(&["draft"]), "must be draft.");
        assert_eq!(said(&["", "a,b", " c"]), r#"must be one of "", "a,b", " c"."#);
        let many: Vec<String> = (1..=22).map(|number: u8| number.to_string()).collect();
        assert!(one_of(many.into_iter()).ends_with("19, 20 or 2 others."));
    }
}
