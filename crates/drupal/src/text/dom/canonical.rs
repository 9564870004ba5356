//! Printing an element as canonical XML, which is how Drupal hands an element to a template.

use super::tree::{Attribute, Data, Dom, NodeId};

/// A node and what is in it: attributes in the order of their names, end tags everywhere, no comments.
pub(in crate::text) fn canonical(dom: &Dom<'_>, node: NodeId, out: &mut String) {
    match dom.data(node) {
        Data::Element { name, attributes, .. } => {
            out.extend(["<", name]);
            for Attribute { name, value } in ordered(attributes) {
                out.extend([" ", name, "=\""]);
                escape_value(value, out);
                out.push('"');
            }
            out.push('>');
            let mut child = dom.first_child(node);
            while let Some(node) = child {
                canonical(dom, node, out);
                child = dom.next_sibling(node);
            }
            out.extend(["</", name, ">"]);
        }
        Data::Text(text) | Data::Cdata(text) => escape_text(text, out),
        Data::Comment(_) => {}
        Data::Instruction(target, data) => {
            out.extend(["<?", target]);
            if !data.is_empty() {
                out.extend([" ", data]);
            }
            out.push_str("?>");
        }
    }
}

/// Namespaces first, then attributes without a prefix, then those with one.
fn ordered<'d, 't>(attributes: &'d [Attribute<'t>]) -> Vec<&'d Attribute<'t>> {
    let mut ordered: Vec<_> = attributes.iter().collect();
    let place = |name: &str| match name {
        _ if name.starts_with("xmlns:") => 0,
        _ if name.starts_with("xlink:") => 2,
        _ if name.starts_with("xml:") => 3,
        _ => 1,
    };
    ordered.sort_by(|a, b| place(&a.name).cmp(&place(&b.name)).then_with(|| a.name.cmp(&b.name)));
    ordered
}

fn escape_text(text: &str, out: &mut String) {
    super::escape(text, out, |character| match character {
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '&' => Some("&amp;"),
        '\r' => Some("&#xD;"),
        _ => None,
    });
}

fn escape_value(text: &str, out: &mut String) {
    super::escape(text, out, |character| match character {
        '<' => Some("&lt;"),
        '&' => Some("&amp;"),
        '"' => Some("&quot;"),
        '\t' => Some("&#x9;"),
        '\n' => Some("&#xA;"),
        '\r' => Some("&#xD;"),
        _ => None,
    });
}
