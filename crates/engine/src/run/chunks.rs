//! Resource objects one behind the other, as bytes in chunks: a large list is never one allocation, and whoever is done
//! with a chunk gives it back while the rest is still needed.

use std::mem;

use super::identity::position;

/// The size of a chunk.
const CHUNK_BYTES: usize = 256 * 1024;
/// What is left of a chunk for one more object. One that needs more makes the chunk grow.
const OBJECT_BYTES: usize = 16 * 1024;

/// A list of resource objects with commas between them, each of which lies within one chunk.
#[derive(Debug, Default)]
pub(crate) struct Chunks {
    full: Vec<Vec<u8>>,
    last: Vec<u8>,
    /// An empty buffer for the chunk after the last.
    spare: Vec<u8>,
}

impl Chunks {
    /// Where the next object is to be written, behind the comma if it is not the first, and the number of that chunk.
    pub(crate) fn next_object(&mut self) -> (&mut Vec<u8>, u32) {
        if self.last.len() > CHUNK_BYTES - OBJECT_BYTES {
            let mut next = mem::take(&mut self.spare);
            next.reserve(CHUNK_BYTES);
            self.full.push(mem::replace(&mut self.last, next));
        }
        let number = position(self.full.len());
        if number > 0 || !self.last.is_empty() {
            self.last.push(b',');
        }
        (&mut self.last, number)
    }

    /// Takes a chunk that is done with, to be filled anew: memory just used is better than other memory.
    pub(crate) fn recycle(&mut self, mut chunk: Vec<u8>) {
        chunk.clear();
        self.spare = chunk;
    }

    /// Makes room for so many bytes in all, as far as they go into the first chunk.
    pub(crate) fn reserve(&mut self, bytes: usize) {
        self.last.reserve(bytes.min(CHUNK_BYTES));
    }

    /// Bytes of all chunks.
    pub(crate) fn len(&self) -> usize {
        self.full.iter().map(Vec::len).sum::<usize>() + self.last.len()
    }

    pub(crate) fn clear(&mut self) {
        self.full.clear();
        self.last.clear();
    }
}

/// The chunks in order.
impl IntoIterator for Chunks {
    type Item = Vec<u8>;
    type IntoIter = std::iter::Chain<std::vec::IntoIter<Vec<u8>>, std::iter::Once<Vec<u8>>>;

    fn into_iter(self) -> Self::IntoIter {
        self.full.into_iter().chain(std::iter::once(self.last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Objects of these sizes, each of a letter of its own, and in which chunk each was written.
    fn written(sizes: &[usize]) -> (Chunks, Vec<u32>) {
        let mut chunks = Chunks::default();
        let write = |(size, letter): (&usize, u8)| {
            let (out, number) = chunks.next_object();
            out.resize(out.len() + size, letter);
            number
        };
        let numbers = sizes.iter().zip(b'a'..).map(write).collect();
        (chunks, numbers)
    }

    #[test]
    fn an_object_lies_within_one_chunk() {
        let sizes = [100_000, 100_000, 100_000, 2 * CHUNK_BYTES, 7, CHUNK_BYTES, 1, 2, 3];
        let (chunks, numbers) = written(&sizes);
        assert_eq!(numbers, [0, 0, 0, 1, 2, 2, 3, 3, 3]);
        let bytes = chunks.len();
        let chunks: Vec<Vec<u8>> = chunks.into_iter().collect();
        assert_eq!(chunks.len(), 4);
        for ((size, letter), number) in sizes.iter().zip(b'a'..).zip(numbers) {
            let mut objects = chunks[number as usize].split(|byte| *byte == b',');
            assert!(objects.any(|object| object == vec![letter; *size]));
        }
        let list = chunks.concat();
        assert_eq!(list.len(), bytes);
        let objects: Vec<usize> = list.split(|byte| *byte == b',').map(<[u8]>::len).collect();
        assert_eq!(objects, sizes);
    }

    #[test]
    fn few_objects_are_one_buffer_of_the_size_asked_for() {
        let mut chunks = Chunks::default();
        chunks.reserve(1000);
        let start = chunks.next_object().0.as_ptr();
        chunks.next_object().0.extend_from_slice(&[b'x'; 900]);
        chunks.next_object().0.extend_from_slice(b"y");
        assert!(chunks.last.capacity() < 2000);
        let chunks: Vec<Vec<u8>> = chunks.into_iter().collect();
        assert_eq!(chunks.len(), 1);
        assert_eq!(chunks[0].as_ptr(), start);
    }

    #[test]
    fn what_was_forgotten_leaves_no_comma() {
        let (mut chunks, _) = written(&[CHUNK_BYTES, 1]);
        chunks.clear();
        chunks.next_object().0.push(b'x');
        assert_eq!(chunks.into_iter().collect::<Vec<_>>(), [b"x"]);
    }

    #[test]
    fn a_chunk_done_with_is_filled_anew() {
        let (mut chunks, _) = written(&[CHUNK_BYTES]);
        let old = Vec::with_capacity(CHUNK_BYTES);
        let start = old.as_ptr();
        chunks.recycle(old);
        assert_eq!(chunks.next_object().0.as_ptr(), start);
    }
}
