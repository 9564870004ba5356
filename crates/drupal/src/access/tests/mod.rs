//! Who sees what.

mod configuration;
mod entities;
mod fields;

use super::Decision;

/// The reason that hides an entity; `None` if it is shown, `"label"` if only its label is.
fn hidden(decision: Decision) -> Option<String> {
    match decision {
        Decision::Allowed => None,
        Decision::LabelOnly => Some("label".to_owned()),
        Decision::Denied { reason } => Some(reason.into_owned()),
    }
}
