//! The comma-separated lists: `include`, `sort` and `fields`.

use super::{
    Errors, INCLUDE_TOO_DEEP, INVALID_INCLUDE, INVALID_SORT, IncludePath, MAX_SORT_FIELDS, QueryLimits,
    SortField, SparseFieldset, TOO_MANY_INCLUDE_PATHS, TOO_MANY_SORT_FIELDS,
};
use crate::error::{ErrorKind, ErrorObject};
use crate::name::is_path;

/// The paths of `include`, each once (INC-06, INC-07, INC-15).
pub(super) fn include(value: &str, limits: &QueryLimits, errors: &mut Errors) -> Vec<IncludePath> {
    let mut paths: Vec<IncludePath> = Vec::new();
    if value.is_empty() {
        return paths;
    }
    for item in value.split(',') {
        if !is_path(item) {
            errors.push(faulty(&INVALID_INCLUDE, "include", item));
            continue;
        }
        let segments = segments(item);
        if segments.len() > limits.include_depth {
            let depth = limits.include_depth;
            let detail = format!("`{item}` has {} relationships; the maximum is {depth}.", segments.len());
            errors.push(ErrorObject::new(&INCLUDE_TOO_DEEP, detail).with_parameter("include"));
            continue;
        }
        if paths.iter().any(|path| path.segments == segments) {
            continue;
        }
        if paths.len() == limits.include_paths {
            let detail = format!("`include` has more than {} different paths.", limits.include_paths);
            errors.push(ErrorObject::new(&TOO_MANY_INCLUDE_PATHS, detail).with_parameter("include"));
            break;
        }
        paths.push(IncludePath { segments });
    }
    paths
}

/// The fields of `sort` (SORT-03, SORT-04, SORT-09).
pub(super) fn sort(value: &str, errors: &mut Errors) -> Option<Vec<SortField>> {
    let mut fields: Vec<SortField> = Vec::new();
    if value.is_empty() {
        let detail = "`sort` is empty. Name at least one field, or leave the parameter out.";
        errors.push(ErrorObject::new(&INVALID_SORT, detail).with_parameter("sort"));
    } else {
        for item in value.split(',') {
            let (path, descending) = item.strip_prefix('-').map_or((item, false), |path| (path, true));
            if !is_path(path) {
                errors.push(faulty(&INVALID_SORT, "sort", item));
                continue;
            }
            if fields.iter().any(|field| path.split('.').eq(field.path.iter())) {
                continue;
            }
            if fields.len() == MAX_SORT_FIELDS {
                let detail = format!("`sort` has more than {MAX_SORT_FIELDS} different fields.");
                errors.push(ErrorObject::new(&TOO_MANY_SORT_FIELDS, detail).with_parameter("sort"));
                break;
            }
            fields.push(SortField { path: segments(path), descending });
        }
    }
    (!fields.is_empty()).then_some(fields)
}

/// One `fields[TYPE]` (FIELDS-02, FIELDS-03).
pub(super) fn fieldset(parameter: &str, type_name: &str, value: &str) -> SparseFieldset {
    let names = if value.is_empty() { Vec::new() } else { value.split(',').map(str::to_owned).collect() };
    SparseFieldset { type_name: type_name.to_owned(), names, parameter: parameter.to_owned() }
}

fn segments(path: &str) -> Vec<String> {
    path.split('.').map(str::to_owned).collect()
}

fn faulty(kind: &'static ErrorKind, parameter: &str, item: &str) -> ErrorObject {
    let detail = if item.is_empty() {
        format!("`{parameter}` has an empty item. Items are separated by single commas.")
    } else if item.starts_with(' ') && parameter == "sort" {
        format!(
            "`{item}` starts with a blank, which is also what `+` stands for. Ascending order takes no sign."
        )
    } else if item.trim() != item {
        format!("`{item}` has blanks around it. Items are separated by single commas.")
    } else {
        format!("`{item}` is not a path of names joined by dots.")
    };
    ErrorObject::new(kind, detail).with_parameter(parameter)
}
