//! PHP's serialisation format: what is read is what was written, and no more of it than the input warrants.
//!
//! An input is a serialised value.

use docent_drupal::php::{Key, Limits, Php};

/// Values there may be for each byte of the input, and at least: references copy values.
const VALUES_PER_BYTE: usize = 2;
const VALUES_LEAST: usize = 128 << 10;

/// Checks one value.
pub fn check(data: &[u8]) {
    let value = match Php::read(data) {
        Ok(value) => value,
        Err(problem) => {
            assert!(problem.at <= data.len(), "{problem} is outside of the input");
            return;
        }
    };
    let (mut values, mut bytes) = (0, 0);
    measure(&value, &mut values, &mut bytes);
    let allowed = (VALUES_PER_BYTE * data.len()).max(VALUES_LEAST);
    assert!(values <= allowed && bytes <= allowed, "{values} values, {bytes} bytes of {}", data.len());

    let mut written = Vec::new();
    write(&value, &mut written);
    // Cases of enumerations become objects, and copies are values of their own: it takes a little more to read them.
    let limits = Limits { depth: 2 * Limits::default().depth, values: 2 * Limits::default().values };
    let again = Php::read_within(&written, limits).expect("what was read can be written");
    let mut rewritten = Vec::new();
    write(&again, &mut rewritten);
    assert_eq!(written, rewritten, "another value is read the second time");
    // No value is the beginning of another.
    let cut = written.len() - 1;
    assert!(Php::read_within(&written[..cut], limits).is_err());
    written.push(b' ');
    assert!(Php::read_within(&written, limits).is_err());
}

fn measure(value: &Php, values: &mut usize, bytes: &mut usize) {
    *values += 1;
    if let Php::Text(text) = value {
        *bytes += text.len();
    }
    for member in value.values() {
        measure(member, values, bytes);
    }
}

/// The value as PHP writes it, all members for everybody to see.
fn write(value: &Php, out: &mut Vec<u8>) {
    match value {
        Php::Null => out.extend_from_slice(b"N;"),
        Php::Bool(value) => out.extend_from_slice(format!("b:{};", u8::from(*value)).as_bytes()),
        Php::Integer(number) => out.extend_from_slice(format!("i:{number};").as_bytes()),
        Php::Float(number) if number.is_nan() => out.extend_from_slice(b"d:NAN;"),
        Php::Float(number) if number.is_infinite() => {
            out.extend_from_slice(if *number > 0.0 { b"d:INF;" } else { b"d:-INF;" });
        }
        Php::Float(number) => out.extend_from_slice(format!("d:{number:e};").as_bytes()),
        Php::Text(text) => {
            write_quoted(b's', text, out);
            out.push(b';');
        }
        Php::Array(items) => {
            out.extend_from_slice(format!("a:{}:{{", items.len()).as_bytes());
            for (key, value) in items {
                match key {
                    Key::Integer(number) => out.extend_from_slice(format!("i:{number};").as_bytes()),
                    Key::Text(text) => {
                        write_quoted(b's', text, out);
                        out.push(b';');
                    }
                }
                write(value, out);
            }
            out.push(b'}');
        }
        Php::Object { class, members } => {
            write_quoted(b'O', class.as_bytes(), out);
            out.extend_from_slice(format!(":{}:{{", members.len()).as_bytes());
            for (name, value) in members {
                // A mark of visibility before it, so that zero bytes of its own are left alone.
                write_quoted(b's', format!("\0*\0{name}").as_bytes(), out);
                out.push(b';');
                write(value, out);
            }
            out.push(b'}');
        }
    }
}

fn write_quoted(tag: u8, text: &[u8], out: &mut Vec<u8>) {
    out.push(tag);
    out.extend_from_slice(format!(":{}:\"", text.len()).as_bytes());
    out.extend_from_slice(text);
    out.push(b'"');
}
