//! What can be wrong with a query before its names are looked up, `filter` aside.

use crate::error::ErrorKind;

/// Type link of [`MAX_SIZE_EXCEEDED`] (CUR-61).
pub const MAX_SIZE_EXCEEDED_TYPE: &str =
    "https://jsonapi.org/profiles/ethanresnick/cursor-pagination/max-size-exceeded";

/// A query parameter that nobody defined (QUERY-05, QUERY-09, QUERY-10, PAGE-09).
pub static UNKNOWN_PARAMETER: ErrorKind = ErrorKind {
    status: 400,
    code: "unknown-parameter",
    title: "Unknown query parameter",
    about: "The query has a parameter that is not `include`, `fields[TYPE]`, `sort`, `page[…]` or `filter[…]` in one of their \
            forms. Parameters are never ignored; correct or remove it.",
};

/// A query parameter whose name no family can have (QUERY-06).
pub static INVALID_PARAMETER_NAME: ErrorKind = ErrorKind {
    status: 400,
    code: "invalid-parameter-name",
    title: "Invalid query parameter name",
    about: "The name of a query parameter is not a base name followed by names in square brackets, or a name in it has \
            characters that member names may not have.",
};

/// The same query parameter twice (QUERY-12).
pub static REPEATED_PARAMETER: ErrorKind = ErrorKind {
    status: 400,
    code: "repeated-parameter",
    title: "Repeated query parameter",
    about: "A query parameter is given more than once. Lists are separated by commas in one parameter; only parameters ending \
            in `[]` may be repeated.",
};

/// `include` is not a list of paths (INC-06, INC-15).
pub static INVALID_INCLUDE: ErrorKind = ErrorKind {
    status: 400,
    code: "invalid-include",
    title: "Invalid include path",
    about: "`include` is a comma-separated list of paths, each of relationship names joined by dots, without blanks or empty \
            items.",
};

/// A path of `include` is longer than allowed.
pub static INCLUDE_TOO_DEEP: ErrorKind = ErrorKind {
    status: 400,
    code: "include-too-deep",
    title: "Include path too deep",
    about: "A path of `include` has more relationships than the server follows. Shorten it, or fetch the rest from a related \
            URL.",
};

/// `include` has more paths than allowed.
pub static TOO_MANY_INCLUDE_PATHS: ErrorKind = ErrorKind {
    status: 400,
    code: "too-many-include-paths",
    title: "Too many include paths",
    about: "`include` has more paths than the server follows in one request. Ask in several requests.",
};

/// `sort` is not a list of fields (SORT-09).
pub static INVALID_SORT: ErrorKind = ErrorKind {
    status: 400,
    code: "invalid-sort",
    title: "Invalid sort field",
    about: "`sort` is a comma-separated list of fields or dotted paths, each with a `-` in front for descending order, without \
            blanks or empty items.",
};

/// `sort` has more fields than allowed.
pub static TOO_MANY_SORT_FIELDS: ErrorKind = ErrorKind {
    status: 400,
    code: "too-many-sort-fields",
    title: "Too many sort fields",
    about: "`sort` has more fields than the server sorts by. The maximum is in the detail; leave out the least significant \
            ones.",
};

/// A value of a `page` parameter is none (PAGE-10, CUR-20).
pub static INVALID_PAGE: ErrorKind = ErrorKind {
    status: 400,
    code: "invalid-page",
    title: "Invalid page",
    about: "The value of a `page` parameter is not what the parameter takes: a positive whole number for sizes and page \
            numbers, a whole number for `page[offset]`, `true` or `false` for `page[count]`.",
};

/// Parameters of more than one pagination style.
pub static MIXED_PAGE_STYLES: ErrorKind = ErrorKind {
    status: 400,
    code: "mixed-page-styles",
    title: "Mixed pagination styles",
    about: "The `page` parameters belong to different styles. Use `page[limit]` and `page[offset]`, or `page[number]` and \
            `page[size]`, or `page[size]`, `page[after]` and `page[before]`.",
};

/// A page larger than the maximum (CUR-61).
pub static MAX_SIZE_EXCEEDED: ErrorKind = ErrorKind {
    status: 400,
    code: "max-size-exceeded",
    title: "Page size over the maximum",
    about: "A page larger than the maximum is asked for. The maximum is in the detail and in `meta.page.maxSize`; ask for that \
            and follow `links.next`.",
};

/// `page[path][limit]` for a path that `include` does not have.
pub static PAGE_NOT_INCLUDED: ErrorKind = ErrorKind {
    status: 400,
    code: "page-not-included",
    title: "Page of a relationship that is not included",
    about: "`page[PATH][limit]` limits an included relationship, but the path is not in `include`. Add it there or remove the \
            parameter.",
};

/// The kinds of error of this stage.
pub static KINDS: &[&ErrorKind] = &[
    &UNKNOWN_PARAMETER,
    &INVALID_PARAMETER_NAME,
    &REPEATED_PARAMETER,
    &INVALID_INCLUDE,
    &INCLUDE_TOO_DEEP,
    &TOO_MANY_INCLUDE_PATHS,
    &INVALID_SORT,
    &TOO_MANY_SORT_FIELDS,
    &INVALID_PAGE,
    &MIXED_PAGE_STYLES,
    &MAX_SIZE_EXCEEDED,
    &PAGE_NOT_INCLUDED,
];
