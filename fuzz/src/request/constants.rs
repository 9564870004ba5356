//! Words and values that no schema tells.

/// Methods the engine tells apart, and one it does not.
pub(super) const METHODS: [&str; 7] = ["GET", "HEAD", "OPTIONS", "POST", "PATCH", "DELETE", "PUT"];
/// Operators of the native grammar.
pub(super) const NATIVE: [&str; 14] = [
    "eq", "ne", "gt", "gte", "lt", "lte", "in", "nin", "between", "nbetween", "contains", "starts", "ends",
    "null",
];
/// Operators of Drupal's grammar.
pub(super) const DRUPAL: [&str; 15] = [
    "=",
    "<>",
    ">",
    ">=",
    "<",
    "<=",
    "IN",
    "NOT IN",
    "BETWEEN",
    "NOT BETWEEN",
    "CONTAINS",
    "STARTS_WITH",
    "ENDS_WITH",
    "IS NULL",
    "IS NOT NULL",
];
/// Sizes and offsets at the limits of pages and of integers.
pub(super) const NUMBERS: [&str; 14] = [
    "0",
    "1",
    "2",
    "3",
    "5",
    "50",
    "499",
    "500",
    "501",
    "007",
    "-1",
    "4294967296",
    "9223372036854775807",
    "18446744073709551615",
];
/// Values that fit no column in particular.
pub(super) const VALUES: [&str; 22] = [
    "",
    "a",
    "%",
    "_",
    "\\",
    ",",
    "\\,",
    "'",
    "\"",
    "\0",
    "true",
    "false",
    "0",
    "-1",
    "1.5",
    "1e999",
    "9223372036854775808",
    "null",
    "2025-01-31",
    "2025-01-31T10:30:00Z",
    "Zm9v",
    "ǅİß\u{fffd}",
];
/// `Accept`.
pub(super) const ACCEPTS: [&str; 10] = [
    "application/vnd.api+json",
    "application/vnd.api+json;profile=\"https://jsonapi.org/profiles/ethanresnick/cursor-pagination\"",
    "application/vnd.api+json;profile=\"https://example.com/other https://jsonapi.org/profiles/ethanresnick/cursor-pagination\"",
    "application/vnd.api+json;ext=\"https://jsonapi.org/ext/atomic\"",
    "*/*",
    "application/json",
    "text/html,*/*;q=0.8",
    "text/html",
    "application/vnd.api+json;q=0.1,text/html;q=0.2",
    "",
];
/// `Content-Type`.
pub(super) const CONTENT_TYPES: [&str; 4] = [
    "application/vnd.api+json",
    "application/vnd.api+json;charset=utf-8",
    "text/plain",
    "application/vnd.api+json;ext=\"x\"",
];
