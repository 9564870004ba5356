//! What relationships refer to.

use super::super::model::{FieldKind, ReferenceTarget, ResourceTypeIndex};
use super::super::reading::Names;
use crate::php::Php;

/// The target of a reference: resource types in Drupal's order. `bundles` are those that the field is held to; none
/// given, it may be any of the type.
pub(super) fn target(names: &Names<'_>, entity_type: &str, bundles: &[&str]) -> ReferenceTarget {
    let Some((index, found, all)) = names.entity_type(entity_type).filter(|(_, found, _)| !found.internal)
    else {
        return ReferenceTarget { entity_type: None, types: Vec::new() };
    };
    let named = |bundle: &str| names.resource_type(&found.id, bundle);
    let types: Vec<ResourceTypeIndex> = match bundles {
        [] => all.iter().filter_map(|bundle| named(&bundle.id)).collect(),
        bundles => bundles.iter().filter_map(|bundle| named(bundle)).collect(),
    };
    ReferenceTarget { entity_type: Some(index), types }
}

/// The entity type that the settings of a reference name.
pub(super) fn target_type(kind: FieldKind, settings: Option<&Php>) -> Option<&str> {
    if !matches!(kind, FieldKind::Reference | FieldKind::Image | FieldKind::File) {
        return None;
    }
    let named = settings.and_then(|settings| settings.str_at("target_type"));
    named.or(if kind == FieldKind::Reference { Some("") } else { Some("file") })
}

/// The bundles that the settings of a field hold it to.
pub(super) fn target_bundles(settings: Option<&Php>) -> Vec<&str> {
    let bundles = settings.and_then(|settings| settings.at("handler_settings.target_bundles"));
    bundles.into_iter().flat_map(Php::texts).collect()
}
