//! Documents, in the shape and the words that Drupal writes them in.

mod json;
mod linkage;
mod links;
mod resource;
mod text;
mod value;
mod whole;

pub use links::{Links, Version};
pub use text::Texts;
pub(crate) use value::text as text_of;
pub use whole::{Shape, Writer, entry_point, error};
