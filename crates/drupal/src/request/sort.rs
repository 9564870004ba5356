//! In which order a collection is asked for.

use super::parameters::{Given, Parameters};
use crate::error::Refusal;

/// How many fields an order may have.
const FIELDS_MAX: usize = 16;

/// A field that a collection is sorted by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SortField {
    /// The path to the field, as the client gave it.
    pub path: String,
    /// From high to low.
    pub descending: bool,
    /// Whether the largest of several values counts; else the smallest. Drupal takes the largest in every direction that
    /// is not called `ASC`.
    pub by_largest: bool,
    /// Only values of that language count.
    pub langcode: Option<String>,
}

/// Reads `sort`.
pub fn read(parameters: &Parameters) -> Result<Vec<SortField>, Refusal> {
    let fields: Vec<SortField> = match parameters.get("sort") {
        None => return Ok(Vec::new()),
        Some(Given::One(text)) if matches!(text.as_str(), "" | "0") => {
            return Err(Refusal::bad_request("You need to provide a value for the sort parameter."));
        }
        Some(Given::One(text)) => text.split(',').map(short).collect(),
        Some(Given::Many(items)) => items.iter().map(|(_, given)| long(given)).collect::<Result<_, _>>()?,
    };
    if fields.len() > FIELDS_MAX {
        return Err(Refusal::bad_request(format!("No more than {FIELDS_MAX} fields can be sorted by.")));
    }
    Ok(fields)
}

fn short(text: &str) -> SortField {
    let descending = text.starts_with('-');
    let path = text.strip_prefix('-').unwrap_or(text).to_owned();
    SortField { path, descending, by_largest: descending, langcode: None }
}

fn long(given: &Given) -> Result<SortField, Refusal> {
    let Some(path) = given.get("path") else {
        return Err(Refusal::bad_request("You need to provide a field name for the sort parameter."));
    };
    let text = |given: &Given| {
        let refusal = || Refusal::bad_request("The parts of a sort parameter need to be texts.");
        given.text().map(str::to_owned).ok_or_else(refusal)
    };
    let direction = given.get("direction").map(text).transpose()?;
    let direction = direction.map_or_else(|| "ASC".to_owned(), |direction| direction.to_uppercase());
    Ok(SortField {
        path: text(path)?,
        descending: direction == "DESC",
        by_largest: direction != "ASC",
        langcode: given.get("langcode").map(text).transpose()?.filter(|langcode| !langcode.is_empty()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(query: &str) -> String {
        match read(&Parameters::read(query)) {
            Err(refusal) => refusal.detail,
            Ok(fields) => {
                let fields = fields.iter().map(|field| {
                    let sign = if field.descending { "-" } else { "+" };
                    let langcode = field.langcode.as_deref().unwrap_or_default();
                    format!("{sign}{}{}{langcode}", field.path, if field.by_largest { "^" } else { "" })
                });
                fields.collect::<Vec<_>>().join(" ")
            }
        }
    }

    #[test]
    fn both_forms_say_the_same() {
        let cases = [
            ("", ""),
            ("sort=a", "+a"),
            ("sort=-a,b.c", "-a^ +b.c"),
            ("sort=a,%20b", "+a + b"),
            ("sort=a,", "+a +"),
            ("sort[x][path]=a&sort[x][direction]=DESC&sort[y][path]=b", "-a^ +b"),
            ("sort[x][path]=a&sort[x][direction]=desc&sort[x][langcode]=es", "-a^es"),
            ("sort[x][path]=a&sort[x][direction]=SIDEWAYS", "+a^"),
            ("sort=", "You need to provide a value for the sort parameter."),
            ("sort[x][direction]=ASC", "You need to provide a field name for the sort parameter."),
            ("sort[]=a", "You need to provide a field name for the sort parameter."),
            ("sort[x][path][]=a", "The parts of a sort parameter need to be texts."),
        ];
        for (query, expected) in cases {
            assert_eq!(said(query), expected, "{query}");
        }
        let many = format!("sort={}", vec!["a"; FIELDS_MAX + 1].join(","));
        assert_eq!(said(&many), "No more than 16 fields can be sorted by.");
    }
}
