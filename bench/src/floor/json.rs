//! JSON written straight into the body: escaped strings, integers, and templates whose only variable is an id.

/// Bytes looked at together. The compiler turns the test of a block into a few vector instructions.
const BLOCK: usize = 32;

/// Appends `text` as a JSON string. The data is known to be UTF-8.
pub(crate) fn string(out: &mut Vec<u8>, text: &[u8]) {
    out.reserve(text.len() + 2);
    out.push(b'"');
    let (mut copied, mut at) = (0, 0);
    while at < text.len() {
        let end = text.len().min(at + BLOCK);
        if text[at..end].iter().fold(false, |found, &byte| found | needs_escape(byte)) {
            for (index, &byte) in text[at..end].iter().enumerate() {
                if needs_escape(byte) {
                    out.extend_from_slice(&text[copied..at + index]);
                    escape(out, byte);
                    copied = at + index + 1;
                }
            }
        }
        at = end;
    }
    out.extend_from_slice(&text[copied..]);
    out.push(b'"');
}

#[allow(clippy::needless_bitwise_bool, reason = "without branches the test of a block is vectorized")]
fn needs_escape(byte: u8) -> bool {
    (byte < 0x20) | (byte == b'"') | (byte == b'\\')
}

#[cold]
fn escape(out: &mut Vec<u8>, byte: u8) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    match byte {
        b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
        b'\n' => out.extend_from_slice(b"\\n"),
        b'\r' => out.extend_from_slice(b"\\r"),
        b'\t' => out.extend_from_slice(b"\\t"),
        _ => {
            let digits = [HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]];
            out.extend_from_slice(b"\\u00");
            out.extend_from_slice(&digits);
        }
    }
}

/// Constant bytes with a hole for an id wherever the pattern has `#`.
pub(crate) struct Template {
    pieces: Vec<Box<[u8]>>,
    bytes: usize,
}

impl Template {
    /// Splits the pattern once, at start-up.
    pub(crate) fn new(pattern: &str) -> Self {
        let pieces = pattern.split('#').map(|piece| piece.as_bytes().into()).collect();
        Self { pieces, bytes: pattern.len() }
    }

    /// Appends the pattern with `id` in each hole.
    pub(crate) fn write(&self, out: &mut Vec<u8>, id: &str) {
        out.reserve(self.bytes + self.pieces.len() * id.len());
        let Some((first, rest)) = self.pieces.split_first() else { return };
        out.extend_from_slice(first);
        for piece in rest {
            out.extend_from_slice(id.as_bytes());
            out.extend_from_slice(piece);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Template, string};

    #[test]
    fn strings_are_escaped_across_blocks() {
        let text = format!("{}\"quoted\"\n\u{1}\\{}é", "a".repeat(30), "b".repeat(40));
        let mut out = Vec::new();
        string(&mut out, text.as_bytes());
        assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
    }

    #[test]
    fn templates_repeat_the_id() {
        let mut out = Vec::new();
        Template::new("a/#/b/#").write(&mut out, "12");
        assert_eq!(out, b"a/12/b/12");
    }
}
