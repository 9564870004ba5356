//! The `page` family: three styles of pages, the count, and pages of included relationships.

use super::{
    Errors, INVALID_PAGE, IncludePath, MAX_SIZE_EXCEEDED, MAX_SIZE_EXCEEDED_TYPE, MIXED_PAGE_STYLES,
    PAGE_NOT_INCLUDED, Parameter, QueryLimits, UNKNOWN_PARAMETER, unknown,
};
use crate::cursor::INVALID_CURSOR;
use crate::error::{ErrorObject, suggest};

/// Members of the family that choose a page of the primary data, in order of documentation.
pub(super) const MEMBERS: [&str; 6] = ["limit", "offset", "number", "size", "after", "before"];
const COUNT: &str = "count";

/// Everything of the `page` family.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageParameters {
    /// Which page of the primary data, and in which style it is asked for.
    pub style: PageStyle,
    /// `page[count]`.
    pub count: Option<bool>,
    /// Each `page[PATH][limit]`; the paths are in `include`.
    pub included: Vec<IncludedPage>,
}

/// The style of pagination, as the parameters tell it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum PageStyle {
    /// No parameter asks for a page.
    #[default]
    None,
    /// `page[limit]`, `page[offset]`.
    Offset {
        /// Size of the page.
        limit: Option<u64>,
        /// Items to skip.
        offset: u64,
    },
    /// `page[number]`, perhaps with `page[size]`.
    Number {
        /// Number of the page, from 1.
        number: u64,
        /// Size of the page.
        size: Option<u64>,
    },
    /// `page[size]`, `page[after]`, `page[before]`: the cursor pagination profile.
    Cursor {
        /// Size of the page.
        size: Option<u64>,
        /// Cursor before the first item; not empty, otherwise unchecked.
        after: Option<String>,
        /// Cursor behind the last item; not empty, otherwise unchecked.
        before: Option<String>,
    },
}

/// One `page[PATH][limit]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncludedPage {
    /// Names of relationships, from the primary data on.
    pub path: Vec<String>,
    /// Members shown per parent.
    pub limit: u64,
    /// The parameter's name, for errors.
    pub parameter: String,
}

/// The values given, before they make a style.
#[derive(Default)]
struct Given {
    limit: Option<u64>,
    offset: Option<u64>,
    number: Option<u64>,
    size: Option<u64>,
    after: Option<String>,
    before: Option<String>,
}

pub(super) fn read(
    parameters: &[Parameter<'_>],
    include: Option<&[IncludePath]>,
    limits: &QueryLimits,
    errors: &mut Errors,
) -> PageParameters {
    let mut page = PageParameters::default();
    let mut given = Given::default();
    for parameter in parameters {
        let result = match parameter.parts.as_slice() {
            [COUNT] => boolean(parameter).map(|count| page.count = Some(count)),
            [member] => given.take(member, parameter, limits),
            [path, "limit"] if !path.is_empty() => {
                included(path, parameter, include, limits).map(|included| page.included.push(included))
            }
            _ => Err(unknown("page", parameter.name)),
        };
        if let Err(error) = result {
            errors.push(error);
        }
    }
    match mixed(parameters) {
        Some(error) => errors.push(error),
        None => page.style = given.style(),
    }
    page
}

impl Given {
    fn take(
        &mut self,
        member: &str,
        parameter: &Parameter<'_>,
        limits: &QueryLimits,
    ) -> Result<(), ErrorObject> {
        match member {
            "limit" => self.limit = Some(size(parameter, limits)?),
            "size" => self.size = Some(size(parameter, limits)?),
            "offset" => self.offset = Some(number(parameter)?),
            "number" => self.number = Some(positive(parameter)?),
            "after" => self.after = Some(cursor(parameter)?),
            "before" => self.before = Some(cursor(parameter)?),
            _ => return Err(unknown_member(member, parameter)),
        }
        Ok(())
    }

    fn style(self) -> PageStyle {
        let Self { limit, offset, number, size, after, before } = self;
        if limit.is_some() || offset.is_some() {
            PageStyle::Offset { limit, offset: offset.unwrap_or(0) }
        } else if let Some(number) = number {
            PageStyle::Number { number, size }
        } else if size.is_some() || after.is_some() || before.is_some() {
            PageStyle::Cursor { size, after, before }
        } else {
            PageStyle::None
        }
    }
}

/// Finds the first parameter that belongs to no style all earlier ones belong to.
fn mixed(parameters: &[Parameter<'_>]) -> Option<ErrorObject> {
    const STYLES: [&[&str]; 3] = [&["limit", "offset"], &["number", "size"], &["size", "after", "before"]];
    let mut possible = [true; STYLES.len()];
    let mut earlier: Option<&str> = None;
    for parameter in parameters {
        let [member] = parameter.parts.as_slice() else { continue };
        if !MEMBERS.contains(member) {
            continue;
        }
        for (style, members) in STYLES.iter().enumerate() {
            possible[style] &= members.contains(member);
        }
        if let Some(earlier) = earlier
            && possible == [false; STYLES.len()]
        {
            let detail = format!(
                "`{}` does not go together with `{earlier}`: they are of different styles.",
                parameter.name
            );
            return Some(ErrorObject::new(&MIXED_PAGE_STYLES, detail).with_parameter(parameter.name));
        }
        earlier = Some(parameter.name);
    }
    None
}

fn included(
    path: &str,
    parameter: &Parameter<'_>,
    include: Option<&[IncludePath]>,
    limits: &QueryLimits,
) -> Result<IncludedPage, ErrorObject> {
    let limit = size(parameter, limits)?;
    let segments: Vec<String> = path.split('.').map(str::to_owned).collect();
    if !include.unwrap_or_default().iter().any(|included| included.segments.starts_with(&segments)) {
        let detail = format!("`{}` has no effect, for `{path}` is not in `include`.", parameter.name);
        return Err(ErrorObject::new(&PAGE_NOT_INCLUDED, detail).with_parameter(parameter.name));
    }
    Ok(IncludedPage { path: segments, limit, parameter: parameter.name.to_owned() })
}

fn size(parameter: &Parameter<'_>, limits: &QueryLimits) -> Result<u64, ErrorObject> {
    let size = positive(parameter)?;
    let max = limits.page_size_max;
    if size <= max {
        return Ok(size);
    }
    let detail = format!("`{}` is {size}; the maximum is {max}.", parameter.name);
    let mut error = ErrorObject::new(&MAX_SIZE_EXCEEDED, detail).with_parameter(parameter.name);
    error.type_link = Some(MAX_SIZE_EXCEEDED_TYPE);
    error.max_size = Some(max);
    Err(error)
}

fn positive(parameter: &Parameter<'_>) -> Result<u64, ErrorObject> {
    match number(parameter)? {
        0 => Err(invalid(parameter, "a whole number from 1 on")),
        number => Ok(number),
    }
}

fn number(parameter: &Parameter<'_>) -> Result<u64, ErrorObject> {
    let digits = !parameter.value.is_empty() && parameter.value.bytes().all(|byte| byte.is_ascii_digit());
    let number = if digits { parameter.value.parse().ok() } else { None };
    number.ok_or_else(|| {
        invalid(parameter, if digits { "a smaller number" } else { "a whole number in digits" })
    })
}

fn boolean(parameter: &Parameter<'_>) -> Result<bool, ErrorObject> {
    match parameter.value {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(invalid(parameter, "`true` or `false`")),
    }
}

fn cursor(parameter: &Parameter<'_>) -> Result<String, ErrorObject> {
    if parameter.value.is_empty() {
        let detail = format!(
            "`{}` is empty. Take a cursor from `meta.page.cursor` or follow a pagination link.",
            parameter.name
        );
        return Err(ErrorObject::new(&INVALID_CURSOR, detail).with_parameter(parameter.name));
    }
    Ok(parameter.value.to_owned())
}

fn invalid(parameter: &Parameter<'_>, expected: &str) -> ErrorObject {
    let detail = format!("`{}` takes {expected}, not `{}`.", parameter.name, parameter.value);
    ErrorObject::new(&INVALID_PAGE, detail).with_parameter(parameter.name)
}

fn unknown_member(member: &str, parameter: &Parameter<'_>) -> ErrorObject {
    match suggest(member, MEMBERS.into_iter().chain([COUNT])) {
        Some(known) => {
            let detail = format!("There is no parameter `{}`. Did you mean `page[{known}]`?", parameter.name);
            ErrorObject::new(&UNKNOWN_PARAMETER, detail).with_parameter(parameter.name)
        }
        None => unknown("page", parameter.name),
    }
}
