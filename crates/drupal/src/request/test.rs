//! What a filter demands of a value.

use super::parameters::Given;
use crate::error::Refusal;

/// How a value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `STARTS_WITH`
    Starts,
    /// `CONTAINS`
    Contains,
    /// `ENDS_WITH`
    Ends,
    /// `IN`
    In,
    /// `NOT IN`
    NotIn,
    /// `BETWEEN`
    Between,
    /// `NOT BETWEEN`
    NotBetween,
    /// `IS NULL`
    IsNull,
    /// `IS NOT NULL`
    IsNotNull,
}

impl Operator {
    const ALL: [(&'static str, Operator); 15] = [
        ("=", Operator::Equal),
        ("<>", Operator::NotEqual),
        (">", Operator::Greater),
        (">=", Operator::GreaterOrEqual),
        ("<", Operator::Less),
        ("<=", Operator::LessOrEqual),
        ("STARTS_WITH", Operator::Starts),
        ("CONTAINS", Operator::Contains),
        ("ENDS_WITH", Operator::Ends),
        ("IN", Operator::In),
        ("NOT IN", Operator::NotIn),
        ("BETWEEN", Operator::Between),
        ("NOT BETWEEN", Operator::NotBetween),
        ("IS NULL", Operator::IsNull),
        ("IS NOT NULL", Operator::IsNotNull),
    ];

    fn of(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, operator)| *operator)
    }
}

/// A demand on a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    /// How it is compared.
    pub operator: Operator,
    /// With what: two values for `BETWEEN`, any number for `IN`, none for `IS NULL` and where a client gave none; one
    /// for all others.
    pub values: Vec<String>,
}

impl Test {
    /// Reads an operator and what is given to compare with.
    pub fn read(operator: &str, value: Option<&Given>) -> Result<Self, Refusal> {
        let Some(known) = Operator::of(operator) else {
            return Err(Refusal::bad_request(format!(
                "The '{operator}' operator is not allowed in a filter parameter."
            )));
        };
        if matches!(known, Operator::IsNull | Operator::IsNotNull) && value.is_some() {
            return Err(Refusal::bad_request(format!(
                "Filters using the '{operator}' operator should not provide a value."
            )));
        }
        let values = match value {
            None => Vec::new(),
            Some(Given::One(text)) => vec![text.clone()],
            Some(Given::Many(items)) => {
                let texts = items.iter().map(|(_, given)| given.text().map(str::to_owned));
                texts.collect::<Option<_>>().ok_or_else(|| {
                    Refusal::bad_request("The values of a filter need to be texts, not lists of others.")
                })?
            }
        };
        if values.iter().any(|text| text.contains('\0')) {
            return Err(Refusal::bad_request("The values of a filter cannot have a NUL in them."));
        }
        let is_list = matches!(value, Some(Given::Many(_)));
        let problem = match known {
            Operator::In | Operator::NotIn if values.is_empty() => Some("at least one value"),
            Operator::Between | Operator::NotBetween if values.len() != 2 => Some("two values"),
            Operator::In | Operator::NotIn | Operator::Between | Operator::NotBetween => None,
            _ if is_list => Some("one value, not a list"),
            _ => None,
        };
        match problem {
            None => Ok(Self { operator: known, values }),
            Some(wanted) => {
                Err(Refusal::bad_request(format!("Filters using the '{operator}' operator need {wanted}.")))
            }
        }
    }

    /// The demand to be equal to a value.
    pub(super) fn equals(value: &str) -> Self {
        Self { operator: Operator::Equal, values: vec![value.to_owned()] }
    }
}
