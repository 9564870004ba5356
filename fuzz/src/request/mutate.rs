//! Changes an input by whole parts, so that most of what comes out is a request that gets far.

use super::generate::Generator;
use super::random::Random;
use super::service::service;
use super::text::Draft;

/// Changes the first `size` bytes of `data`, which has room for more; the new size.
pub fn mutate(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let service = service();
    let cursors = service.cursors();
    let mut generator =
        Generator { random: Random::new(u64::from(seed)), words: &service.words, cursors: &cursors };
    if generator.random.percent(25) {
        return libfuzzer_sys::fuzzer_mutate(data, size, max_size);
    }
    let mut draft = Draft::read(&data[..size]);
    for _ in 0..=generator.random.below(3) {
        change(&mut draft, &mut generator);
    }
    let text = draft.to_string();
    let length = text.len().min(max_size).min(data.len());
    data[..length].copy_from_slice(&text.as_bytes()[..length]);
    length
}

fn change(draft: &mut Draft, generator: &mut Generator<'_>) {
    let count = draft.parameters.len();
    match generator.random.below(100) {
        0..=4 => *draft = generator.draft(),
        5..=14 => draft.path = generator.path(),
        15..=18 => draft.accept = generator.random.percent(80).then(|| generator.accept()),
        19 => draft.method = generator.method(),
        20 => draft.content_type = generator.random.percent(50).then(|| generator.content_type()),
        21..=39 if count > 0 => drop(draft.parameters.remove(generator.random.below(count))),
        40..=44 if count > 1 => {
            draft.parameters.swap(generator.random.below(count), generator.random.below(count));
        }
        45..=46 if count > 0 => {
            let again = draft.parameters[generator.random.below(count)].clone();
            draft.parameters.push(again);
        }
        47..=51 => "GET".clone_into(&mut draft.method),
        _ => generator.add_parameter(draft),
    }
}
