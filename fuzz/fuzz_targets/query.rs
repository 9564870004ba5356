//! Any bytes as a query string.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| docent_fuzz::query::check(data));
