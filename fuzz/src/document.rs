//! Request documents: reading never fails otherwise than with errors that point at what is there, and what is read is
//! what a plain JSON parser reads.

use std::time::Duration;

use cpu_time::ThreadTime;
use docent_jsonapi::error::{ErrorObject, Source};
use docent_jsonapi::request::{
    DUPLICATE_MEMBER, Identity, Linkage, MAX_ERRORS, ResourceObject, read_linkage, read_operations, read_resource,
};
use serde_json::Value;

/// Far above what 8 KiB take, far below what a quadratic step makes of them.
const TIME_MAX: Duration = Duration::from_millis(100);
const OPERATIONS_MAX: usize = 10;

/// Checks one body with each of the readers.
pub fn check(body: &[u8]) {
    let value: Option<Value> = serde_json::from_slice(body).ok();
    // Half of a surrogate pair in what is passed over is JSON all the same, though this parser refuses it.
    if value.is_none() && serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok() {
        return;
    }
    let begun = ThreadTime::now();
    match read_resource(body) {
        Ok(object) => check_resource(&object, &expect(value.as_ref())["data"]),
        Err(errors) => check_errors(&errors, value.as_ref()),
    }
    match read_linkage(body) {
        Ok(linkage) => check_linkage(&linkage, &expect(value.as_ref())["data"]),
        Err(errors) => check_errors(&errors, value.as_ref()),
    }
    match read_operations(body, OPERATIONS_MAX) {
        Ok(operations) => {
            let sent = &expect(value.as_ref())["atomic:operations"];
            assert_eq!(operations.len(), sent.as_array().map_or(0, Vec::len));
            for (operation, sent) in operations.into_iter().zip(sent.as_array().into_iter().flatten()) {
                assert_eq!(sent["op"], operation.code.as_str());
                let is_absent = operation.data.is_absent();
                match operation.data.clone().into_resource() {
                    Ok(object) => check_resource(&object, &sent["data"]),
                    Err(errors) => check_errors(&errors, value.as_ref()),
                }
                match operation.data.into_linkage() {
                    Ok(linkage) => {
                        assert!(!is_absent);
                        check_linkage(&linkage, &sent["data"]);
                    }
                    Err(errors) => check_errors(&errors, value.as_ref()),
                }
            }
        }
        Err(errors) => check_errors(&errors, value.as_ref()),
    }
    let spent = begun.elapsed();
    assert!(spent < TIME_MAX, "reading {} bytes took {spent:?}", body.len());
}

fn expect(value: Option<&Value>) -> &Value {
    value.expect("only JSON is read")
}

/// Errors are few, and point at values that exist.
fn check_errors(errors: &[ErrorObject], value: Option<&Value>) {
    assert!(!errors.is_empty() && errors.len() <= MAX_ERRORS, "{} errors", errors.len());
    // A plain parser keeps the last of two members with one name; pointers may lead into the first.
    let has_duplicates = errors.iter().any(|error| error.kind == &DUPLICATE_MEMBER);
    let value = value.filter(|_| !has_duplicates);
    for error in errors {
        assert_eq!(error.kind.status, 400);
        assert!(!error.detail.is_empty());
        let Some(Source::Pointer(pointer)) = &error.source else { continue };
        if let Some(value) = value {
            assert!(value.pointer(pointer).is_some(), "{pointer} leads to nothing: {error}");
        }
    }
}

fn check_resource(object: &ResourceObject<'_>, sent: &Value) {
    assert_eq!(sent["type"], *object.type_name);
    check_identity(object.identity.as_ref(), sent);
    for (name, json) in &object.attributes {
        let read: Value = serde_json::from_str(json.get()).expect("an attribute is JSON");
        // Numbers beyond what a parser keeps are compared as they were sent.
        assert_eq!(sent["attributes"][name.as_ref()], read);
    }
    for (name, linkage) in &object.relationships {
        check_linkage(linkage, &sent["relationships"][name.as_ref()]["data"]);
    }
}

fn check_identity(identity: Option<&Identity<'_>>, sent: &Value) {
    match identity {
        Some(identity) => assert_eq!(sent[identity.member()], *identity.as_str()),
        None => assert!(sent.get("id").is_none() && sent.get("lid").is_none()),
    }
}

fn check_linkage(linkage: &Linkage<'_>, sent: &Value) {
    let count = match linkage {
        Linkage::Empty => {
            assert!(sent.is_null());
            0
        }
        Linkage::One(_) => {
            assert!(sent.is_object());
            1
        }
        Linkage::Many(_) => sent.as_array().map_or(usize::MAX, Vec::len),
    };
    assert_eq!(linkage.identifiers().len(), count);
    for (index, identifier) in linkage.identifiers() {
        let sent = index.map_or(sent, |index| &sent[index]);
        assert_eq!(sent["type"], *identifier.type_name);
        check_identity(Some(&identifier.identity), sent);
    }
}
