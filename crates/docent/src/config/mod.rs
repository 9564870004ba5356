//! Everything that can be configured: flags before variables before the file before defaults.
//!
//! [`mod@file`] has the file's shape, [`mod@auth`] who is let in, [`measure`] the values with units, [`place`] says where in the file a mistake is,
//! [`settled`] puts all sources together, [`site`] knows what means nothing for a Drupal site. Variables are read by the command line parser, as flags that were not given.

mod auth;
mod file;
mod measure;
mod place;
mod settled;
mod site;
mod time;

pub(crate) use place::Source;
pub(crate) use settled::{ConfigError, Overrides, Settled};
