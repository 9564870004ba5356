//! Values on their way to the server: the driver's own, and lists as one text of JSON.

use mysql_async::Value as Sent;
use serde::{Serialize, Serializer};

use crate::encoded::Hexadecimal;
use crate::error::Error;
use crate::program::Query;
use crate::value::Value;

/// The values of a statement's placeholders, in their order.
pub(super) fn of(query: &Query) -> Result<Vec<Sent>, Error> {
    let placeholders = query.statement.parameters.iter();
    placeholders
        .map(|parameter| match query.parameters.get(usize::from(parameter.0)) {
            Some(value) => sent(value),
            None => Err(Error::Failed("a statement names a parameter that was not given".to_owned())),
        })
        .collect()
}

fn sent(value: &Value) -> Result<Sent, Error> {
    Ok(match value {
        Value::Null => Sent::NULL,
        Value::Integer(number) => Sent::Int(*number),
        Value::Real(number) => Sent::Double(*number),
        Value::Text(text) => Sent::Bytes(text.as_bytes().to_vec()),
        Value::Timestamp(text) => Sent::Bytes(moment(text).as_bytes().to_vec()),
        Value::Blob(bytes) => Sent::Bytes(bytes.clone()),
        Value::TextBytes(_) => return Err(Error::Failed("a text is not UTF-8".to_owned())),
        Value::List(items) => json(&items.iter().map(Item).collect::<Vec<_>>())?,
        Value::Rows(rows) => {
            let rows: Vec<Vec<Item<'_>>> = rows.iter().map(|row| row.iter().map(Item).collect()).collect();
            json(&rows)?
        }
    })
}

fn json(value: &impl Serialize) -> Result<Sent, Error> {
    serde_json::to_vec(value).map(Sent::Bytes).map_err(|error| Error::Failed(error.to_string()))
}

/// Sessions are in UTC, and the server takes no zone where a moment is written.
fn moment(text: &str) -> &str {
    text.strip_suffix(['Z', 'z']).unwrap_or(text)
}

/// A value in a list. Bytes are hexadecimal.
struct Item<'a>(&'a Value);

impl Serialize for Item<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Integer(number) => serializer.serialize_i64(*number),
            Value::Real(number) if number.is_finite() => serializer.serialize_f64(*number),
            Value::Text(text) => serializer.serialize_str(text),
            Value::Timestamp(text) => serializer.serialize_str(moment(text)),
            Value::Blob(bytes) => Hexadecimal(bytes).serialize(serializer),
            // What a list cannot hold is found nowhere rather than taken for another.
            Value::Real(_) | Value::TextBytes(_) | Value::Null | Value::List(_) | Value::Rows(_) => {
                serializer.serialize_none()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::render::Statement;
    use crate::statement::Parameter;

    #[test]
    fn placeholders_take_their_parameters_in_any_order() {
        let rows = vec![
            vec![Value::Integer(1), Value::Text("a\"".to_owned())],
            vec![Value::Blob(vec![0, 0xAB]), Value::Real(f64::NAN)],
        ];
        let moment = Value::Timestamp("2025-01-31T10:00:00Z".to_owned());
        let list = Value::List(vec![moment.clone(), Value::Real(0.5), Value::Null]);
        let parameters = vec![Value::Rows(rows), list, moment];
        let numbers = [2, 1, 0, 2];
        let statement =
            Statement { sql: String::new(), parameters: numbers.into_iter().map(Parameter).collect() };
        let sent = of(&Query { statement: Arc::new(statement), parameters: parameters.into() }).unwrap();
        let text = |text: &str| Sent::Bytes(text.as_bytes().to_vec());
        let expected = [
            text("2025-01-31T10:00:00"),
            text(r#"["2025-01-31T10:00:00",0.5,null]"#),
            text(r#"[[1,"a\""],["00ab",null]]"#),
            text("2025-01-31T10:00:00"),
        ];
        assert_eq!(sent, expected);
    }
}
