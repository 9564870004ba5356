//! What configuration says once for the whole site: roles, text formats, workflows, the time zone.

use std::collections::BTreeMap;

use hashbrown::HashMap;

use jiff::tz::TimeZone;

use super::Notice;
use super::definitions::Decoded;
use super::model::{Role, Workflow};
use crate::php::Php;
use crate::text::Format;

/// The oldest version of Drupal whose databases are read, and so the one of a site that does not say.
const CORE_MAJOR_LEAST: u32 = 10;

pub(super) fn roles(decoded: &Decoded) -> HashMap<String, Role> {
    let role = |(id, config): (&str, &Php)| {
        let permissions = config.get("permissions").into_iter().flat_map(Php::texts).map(str::to_owned);
        (id.to_owned(), Role { is_admin: config.is_set("is_admin"), permissions: permissions.collect() })
    };
    decoded.config_of("user.role.").into_iter().map(role).collect()
}

pub(super) fn formats(decoded: &Decoded) -> HashMap<String, Format> {
    let formats = decoded.config_of("filter.format.").into_iter();
    formats.map(|(id, config)| (id.to_owned(), Format::of(config))).collect()
}

/// The workflows of content moderation; none where that is not installed.
pub(super) fn workflows(decoded: &Decoded) -> BTreeMap<String, Workflow> {
    if !decoded.modules().contains(&"content_moderation") {
        return BTreeMap::new();
    }
    let of_moderation = |config: &Php| config.str_at("type") == Some("content_moderation");
    let workflows = decoded.config_of("workflows.workflow.").into_iter();
    let workflows = workflows.filter(|(_, config)| of_moderation(config));
    workflows.map(|(id, config)| (id.to_owned(), workflow(config))).collect()
}

fn workflow(config: &Php) -> Workflow {
    let settings = |name: &str| config.at("type_settings").and_then(|settings| settings.get(name));
    let states = settings("states").into_iter().flat_map(Php::entries);
    let bundles = settings("entity_types").into_iter().flat_map(Php::entries);
    Workflow {
        states: states.map(|(id, state)| (id.into_owned(), state.is_set("published"))).collect(),
        default_state: settings("default_moderation_state")
            .and_then(Php::as_str)
            .unwrap_or("draft")
            .to_owned(),
        bundles: bundles
            .map(|(entity_type, bundles)| {
                (entity_type.into_owned(), bundles.texts().map(str::to_owned).collect())
            })
            .collect(),
    }
}

pub(super) fn time_zone(decoded: &Decoded, notices: &mut Vec<Notice>) -> TimeZone {
    let date = decoded.config.get("system.date");
    let name = date.and_then(|date| date.str_at("timezone.default"));
    let Some(name) = name.filter(|name| !name.is_empty()) else { return TimeZone::UTC };
    TimeZone::get(name).unwrap_or_else(|_| {
        let remark = format!("the time zone `{name}` is not known: dates are written in UTC");
        notices.push(Notice::Remark(remark));
        TimeZone::UTC
    })
}

/// The major version of Drupal: updates of the database have its number in front of theirs.
pub(super) fn core_major(decoded: &Decoded) -> u32 {
    let update = decoded.module_schema.get("system").and_then(Php::as_i64).unwrap_or_default();
    u32::try_from(update / 1000).unwrap_or_default().max(CORE_MAJOR_LEAST)
}
