//! Values as PHP serialises them, written from JSON: an object with a member `__class` is an object of that class.

use serde_json::Value;

pub(super) fn written(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    write(value, &mut out);
    out
}

/// A mapping whose members keep their order.
pub(super) fn ordered(members: &[(String, Value)]) -> Vec<u8> {
    let mut out = format!("a:{}:{{", members.len()).into_bytes();
    for (name, value) in members {
        text('s', name, ";", &mut out);
        write(value, &mut out);
    }
    out.push(b'}');
    out
}

fn text(tag: char, text: &str, end: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(format!("{tag}:{}:\"{text}\"{end}", text.len()).as_bytes());
}

fn write(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.extend_from_slice(b"N;"),
        Value::Bool(value) => out.extend_from_slice(format!("b:{};", u8::from(*value)).as_bytes()),
        Value::Number(number) if number.is_i64() => out.extend_from_slice(format!("i:{number};").as_bytes()),
        Value::Number(number) => out.extend_from_slice(format!("d:{number};").as_bytes()),
        Value::String(value) => text('s', value, ";", out),
        Value::Array(items) => {
            out.extend_from_slice(format!("a:{}:{{", items.len()).as_bytes());
            for (index, item) in items.iter().enumerate() {
                out.extend_from_slice(format!("i:{index};").as_bytes());
                write(item, out);
            }
            out.push(b'}');
        }
        Value::Object(members) => {
            let class = members.get("__class").and_then(Value::as_str);
            let own: Vec<_> = members.iter().filter(|(name, _)| *name != "__class").collect();
            match class {
                Some(class) => text('O', class, &format!(":{}:{{", own.len()), out),
                None => out.extend_from_slice(format!("a:{}:{{", own.len()).as_bytes()),
            }
            for (name, value) in own {
                let mark = if class.is_some() { "\0*\0" } else { "" };
                text('s', &format!("{mark}{name}"), ";", out);
                write(value, out);
            }
            out.push(b'}');
        }
    }
}
