//! Any request against a small database.

#![no_main]

use docent_fuzz::request;

libfuzzer_sys::fuzz_target!(|data: &[u8]| request::check(data));

libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    request::mutate(data, size, max_size, seed)
});
