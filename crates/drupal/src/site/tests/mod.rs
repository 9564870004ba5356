//! Sites made of definitions, by hand and recorded.

mod recorded;
