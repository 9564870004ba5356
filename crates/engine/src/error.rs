//! What the engine refuses or fails at, each kind with its stable code.

use docent_jsonapi::error::ErrorKind;

macro_rules! kinds {
    ($($name:ident $status:literal $code:literal $title:literal $about:literal)*) => {
        $(
            #[doc = $about]
            pub static $name: ErrorKind = ErrorKind { status: $status, code: $code, title: $title, about: $about };
        )*
        /// Every kind of error of the engine.
        pub static KINDS: &[&ErrorKind] = &[$(&$name),*];
    };
}

kinds! {
    NOT_FOUND 404 "not-found" "Not found"
        "No resource type, or no other URL of the API, has this path. The entry point lists the types."
    RESOURCE_NOT_FOUND 404 "resource-not-found" "Resource not found"
        "The type exists, but no resource of it has this id."
    RELATIONSHIP_NOT_FOUND 404 "relationship-not-found" "Relationship not found"
        "The type has no relationship of this name."
    METHOD_NOT_ALLOWED 405 "method-not-allowed" "Method not allowed"
        "The URL exists, but not for this method; `Allow` lists the methods it has."
    UNKNOWN_INCLUDE_PATH 400 "unknown-include-path" "Unknown include path"
        "A path in `include` names something that is not a relationship of the type it is asked of."
    UNKNOWN_FIELD 400 "unknown-field" "Unknown field"
        "A name in `fields` is no field of the type, and the server is configured to refuse such names."
    UNKNOWN_SORT_FIELD 400 "unknown-sort-field" "Unknown sort field"
        "A path in `sort` names no attribute, or goes through something that is not a to-one relationship."
    UNSUPPORTED_SORT 400 "unsupported-sort" "Unsupported sort"
        "The field exists but has no order to sort by: JSON, bytes, a relationship itself, or a to-many path."
    PATH_TOO_DEEP 400 "path-too-deep" "Path too deep"
        "A path in `sort` or `filter` crosses more relationships than the server follows (`include_depth`)."
    TOO_MANY_SORT_PATHS 400 "too-many-sort-paths" "Too many sort paths"
        "The fields in `sort` lead through more relationships than the server joins for one list."
    UNKNOWN_FILTER_PATH 400 "unknown-filter-path" "Unknown filter path"
        "A path in `filter` names no field of the type it is asked of."
    UNSUPPORTED_FILTER_OPERATOR 400 "unsupported-filter-operator" "Operator does not fit the field"
        "The operator exists but means nothing for values of this field."
    UNSUPPORTED_PARAMETER 400 "unsupported-parameter" "Parameter not supported here"
        "The query parameter exists, but has no meaning at this URL: for example `sort` on a single resource."
    BUSY 503 "busy" "Server busy"
        "The server does as much as it may at once. Try again after `Retry-After` seconds."
    STATEMENT_TIMEOUT 503 "statement-timeout" "Request took too long"
        "The database did not answer in the time allowed. Ask for less, or filter and sort by indexed attributes."
    DATABASE_UNAVAILABLE 503 "database-unavailable" "Database unavailable"
        "The database cannot be reached at the moment. Try again after `Retry-After` seconds."
    INTERNAL 500 "internal-error" "Internal error"
        "Something failed inside the server; its log has the details under the error's id."
}
