//! Any bytes as a request document.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| docent_fuzz::document::check(data));
