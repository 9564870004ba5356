//! Measures Docent beside a hand-written floor.
fn main() {}
