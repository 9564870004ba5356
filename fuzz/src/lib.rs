//! What the fuzz targets check, one module for each target; and what makes their inputs likely to matter.
//!
//! A check takes the bytes of one input and panics when something is wrong. What it holds the program to is told in
//! its module.

pub mod document;
mod json;
pub mod negotiation;
pub mod php;
pub mod query;
pub mod request;
