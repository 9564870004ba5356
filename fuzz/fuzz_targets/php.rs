//! Any bytes as a value that PHP has serialised.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| docent_fuzz::php::check(data));
