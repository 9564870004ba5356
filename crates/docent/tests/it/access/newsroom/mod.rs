//! Every action by everyone on everything of a newsroom: anonymous callers, readers, authors, editors, an administrator.

pub(in crate::access) mod fixture;
mod reads;
mod writes;
