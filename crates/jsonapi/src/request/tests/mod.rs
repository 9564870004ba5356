mod documents;
mod linkage;
mod operations;
mod properties;

use super::*;
use crate::error::Source;

/// `code pointer` of each error; `-` where there is no pointer.
fn described(errors: &[ErrorObject]) -> Vec<String> {
    let describe = |error: &ErrorObject| match &error.source {
        Some(Source::Pointer(pointer)) => format!("{} {pointer}", error.kind.code),
        None => format!("{} -", error.kind.code),
        other => panic!("{other:?}"),
    };
    errors.iter().map(describe).collect()
}

#[track_caller]
fn check_resource_errors(body: impl AsRef<[u8]>, expected: &[&str]) {
    let body = body.as_ref();
    let errors = read_resource(body).map(|resource| show_resource(&resource)).unwrap_err();
    assert_eq!(described(&errors), expected, "for {}", String::from_utf8_lossy(body));
}

#[track_caller]
fn check_linkage_errors(body: &str, expected: &[&str]) {
    let errors = read_linkage(body.as_bytes()).map(|linkage| show_linkage(&linkage)).unwrap_err();
    assert_eq!(described(&errors), expected, "for {body}");
}

#[track_caller]
fn check_resource(body: &str, expected: &str) {
    let resource = read_resource(body.as_bytes());
    let resource = resource.unwrap_or_else(|errors| panic!("{body}: {:?}", described(&errors)));
    assert_eq!(show_resource(&resource), expected, "for {body}");
}

#[track_caller]
fn check_linkage(body: &str, expected: &str) {
    let linkage = read_linkage(body.as_bytes());
    let linkage = linkage.unwrap_or_else(|errors| panic!("{body}: {:?}", described(&errors)));
    assert_eq!(show_linkage(&linkage), expected, "for {body}");
}

fn show_identity(identity: &Identity<'_>) -> String {
    format!("{}={}", identity.member(), identity.as_str())
}

/// `type id=1`, with ` meta=…` if there is any.
fn show_identifier(identifier: &ResourceIdentifier<'_>) -> String {
    let meta = identifier.meta.map(|meta| format!(" meta={}", meta.get())).unwrap_or_default();
    format!("{} {}{meta}", identifier.type_name, show_identity(&identifier.identity))
}

fn show_linkage(linkage: &Linkage<'_>) -> String {
    let shown: Vec<_> = linkage.identifiers().map(|(_, identifier)| show_identifier(identifier)).collect();
    match linkage {
        Linkage::Empty => "null".to_owned(),
        Linkage::One(_) => shown.concat(),
        Linkage::Many(_) => format!("[{}]", shown.join(", ")),
    }
}

/// `type id=1; attribute: value; relationship -> linkage; meta=…`.
fn show_resource(resource: &ResourceObject<'_>) -> String {
    let identity = resource.identity.iter().map(|identity| format!(" {}", show_identity(identity)));
    let attributes = resource.attributes.iter().map(|(name, value)| format!("; {name}: {}", value.get()));
    let relationships =
        resource.relationships.iter().map(|(name, linkage)| format!("; {name} -> {}", show_linkage(linkage)));
    let meta = resource.meta.iter().map(|meta| format!("; meta={}", meta.get()));
    let members: String = identity.chain(attributes).chain(relationships).chain(meta).collect();
    format!("{}{members}", resource.type_name)
}
