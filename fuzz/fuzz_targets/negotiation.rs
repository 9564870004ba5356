//! Any text as `Accept` and `Content-Type`, against any offer.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| docent_fuzz::negotiation::check(data));
