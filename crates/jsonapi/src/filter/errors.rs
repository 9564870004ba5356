//! What can be wrong with a filter before its names are looked up.

use crate::error::{ErrorKind, ErrorObject};

/// A filter of no known form.
pub static INVALID_FILTER: ErrorKind = ErrorKind {
    status: 400,
    code: "invalid-filter",
    title: "Invalid filter",
    about: "A `filter` parameter has a form that neither grammar knows, lacks a path, or contradicts another one. Conditions \
            are `filter[PATH]=VALUE` or `filter[PATH][OPERATOR]=VALUE`.",
};

/// An operator that does not exist.
pub static UNKNOWN_FILTER_OPERATOR: ErrorKind = ErrorKind {
    status: 400,
    code: "unknown-filter-operator",
    title: "Unknown filter operator",
    about: "The operator of a condition does not exist in the grammar used. Operators are case-sensitive: lower case in \
            `filter[PATH][OPERATOR]`, upper case as the value of `[operator]`.",
};

/// A group that does not exist, has no members, or is its own member.
pub static INVALID_FILTER_GROUP: ErrorKind = ErrorKind {
    status: 400,
    code: "invalid-filter-group",
    title: "Invalid filter group",
    about: "`memberOf` names no group, a group has no conjunction or no members, or groups are members of each other in a \
            circle. The conjunctions are `AND` and `OR`.",
};

/// Not as many values as the operator takes.
pub static INVALID_FILTER_VALUE: ErrorKind = ErrorKind {
    status: 400,
    code: "invalid-filter-value",
    title: "Invalid filter value",
    about: "A condition has no value, too many, or one its operator or field does not take: ranges take exactly two, `null` \
            takes `true` or `false`, and values must be of the field's type.",
};

/// More conditions than allowed.
pub static TOO_MANY_FILTER_CONDITIONS: ErrorKind = ErrorKind {
    status: 400,
    code: "too-many-filter-conditions",
    title: "Too many filter conditions",
    about: "The filters have more conditions, or named groups of them, than the server combines. Alternatives for one field fit into one condition with \
            a list, as in `filter[PATH][in]=a,b`.",
};

/// Groups too deep inside each other.
pub static FILTER_TOO_DEEP: ErrorKind = ErrorKind {
    status: 400,
    code: "filter-too-deep",
    title: "Filter groups too deep",
    about: "Groups of conditions are nested deeper than the server follows. Flatten them.",
};

/// The kinds of error of this stage.
pub static KINDS: &[&ErrorKind] = &[
    &INVALID_FILTER,
    &UNKNOWN_FILTER_OPERATOR,
    &INVALID_FILTER_GROUP,
    &INVALID_FILTER_VALUE,
    &TOO_MANY_FILTER_CONDITIONS,
    &FILTER_TOO_DEEP,
];

/// An error about the filter parameter with this name.
pub(super) fn error(kind: &'static ErrorKind, parameter: &str, detail: impl Into<String>) -> ErrorObject {
    ErrorObject::new(kind, detail).with_parameter(parameter)
}

pub(super) fn too_many(what: &str, parameter: &str, limit: usize) -> ErrorObject {
    error(&TOO_MANY_FILTER_CONDITIONS, parameter, format!("There are more than {limit} {what}."))
}

pub(super) fn too_deep(parameter: &str) -> ErrorObject {
    let detail = format!("Groups may be nested {} deep.", super::MAX_DEPTH);
    error(&FILTER_TOO_DEEP, parameter, detail)
}
