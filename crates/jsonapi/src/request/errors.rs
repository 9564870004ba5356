//! What can be wrong with a request document before its types and fields are looked up.

use crate::error::ErrorKind;

/// The body is no JSON text (DOC-01, DOC-18).
pub static INVALID_JSON: ErrorKind = ErrorKind {
    status: 400,
    code: "invalid-json",
    title: "Invalid JSON",
    about: "The body of the request is not JSON in UTF-8 without a byte order mark, or a string in it has half of a surrogate \
            pair. The detail tells line and column, or the pointer tells the value.",
};

/// The structure of the document is not that of JSON:API (DOC-18, DOC-19, RES-03, CRUD-10, CRUD-11, RUP-01, ATM-10 to
/// ATM-12).
pub static INVALID_DOCUMENT: ErrorKind = ErrorKind {
    status: 400,
    code: "invalid-document",
    title: "Invalid document structure",
    about: "A member that the request needs is missing, or a value is of another kind than JSON:API wants in its place. The \
            pointer names the value, or the object that lacks the member.",
};

/// A member stands twice in one object (DOC-01).
pub static DUPLICATE_MEMBER: ErrorKind = ErrorKind {
    status: 400,
    code: "duplicate-member",
    title: "Duplicate member",
    about: "An object of the document has two members of the same name, or a resource object has an attribute and a \
            relationship of the same name. Which one counts would be a guess; remove one.",
};

/// A value has more levels than are read.
pub static NESTED_TOO_DEEP: ErrorKind = ErrorKind {
    status: 400,
    code: "nested-too-deep",
    title: "Value nested too deep",
    about: "Arrays and objects inside one attribute or `meta` are nested in more levels than the server reads.",
};

/// An operation breaks the rules of Atomic Operations (ATM-20 to ATM-22, ATM-53).
pub static INVALID_OPERATION: ErrorKind = ErrorKind {
    status: 400,
    code: "invalid-operation",
    title: "Invalid operation",
    about: "An operation lacks `op`, its target or its `data`, has an `op` other than `add`, `update` and `remove`, or tells \
            its target in two ways.",
};

/// More operations in one request than allowed.
pub static TOO_MANY_OPERATIONS: ErrorKind = ErrorKind {
    status: 400,
    code: "too-many-operations",
    title: "Too many operations",
    about: "`atomic:operations` has more operations than the server performs in one request. The maximum is in the detail; \
            send several requests.",
};

/// The kinds of error of this stage.
pub static KINDS: &[&ErrorKind] = &[
    &INVALID_JSON,
    &INVALID_DOCUMENT,
    &DUPLICATE_MEMBER,
    &NESTED_TOO_DEEP,
    &INVALID_OPERATION,
    &TOO_MANY_OPERATIONS,
];
