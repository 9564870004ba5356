//! One API, three engines: for the same rows, documents are the same byte for byte, whichever engine holds them.
//!
//! `documents` asks three servers the same random questions. It needs `DOCENT_TEST_POSTGRES` and `DOCENT_TEST_MARIADB`,
//! whichever engine the rest of the run is about.

mod documents;
