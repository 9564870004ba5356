//! What people try who want to see or do more than they may.

mod claims;
mod escaping;
mod guessing;
mod identifiers;
mod linking;
