//! Paths of filters and sorts: where they lead, and what is said of those that lead nowhere.

use crate::access::AccessResult;
use crate::request::fixture::site;
use crate::request::path::{FieldPath, resolve};
use crate::request::place::Place;
use crate::site::Site;

/// The tables and columns on the way: `table.column > table.column`.
fn told(site: &Site, path: &FieldPath) -> String {
    match Place::of(site, path) {
        Err(refusal) => refusal.detail,
        Ok(place) => {
            let part = |part: &crate::request::place::Part, column: &str| {
                let delta = part.delta.map_or_else(String::new, |delta| format!("[{delta}]"));
                format!("{}{delta}.{column}", part.name)
            };
            let hops = place.hops.iter().map(|hop| part(&hop.table, &hop.column));
            let all: Vec<String> = hops.chain([part(&place.table, &place.column)]).collect();
            format!("{}{}", all.join(" > "), if place.is_never { " never" } else { "" })
        }
    }
}

fn check(cases: &[(&str, &str)], operator: Option<&str>) {
    let site = site(&[], &[]);
    let access = |_, field: &str| match field {
        "mail" => AccessResult::NEUTRAL,
        "status" => AccessResult::Neutral("It is a secret.".into()),
        _ => AccessResult::Allowed,
    };
    for (given, expected) in cases {
        let path = resolve(&site, site.by_name["node--article"], given, operator, &access);
        let said = path.map_or_else(|refusal| refusal.detail, |path| told(&site, &path));
        assert_eq!(said, *expected, "{given}");
    }
}

#[test]
fn paths_lead_to_columns() {
    check(
        &[
            ("title", "node_field_data.title"),
            ("title.0", "node_field_data.title"),
            ("title.1", "node_field_data.title never"),
            ("id", "node.uuid"),
            ("drupal_internal__nid", "node_field_data.nid"),
            ("nid", "node_field_data.nid"),
            ("field_numbers", "node__field_numbers.field_numbers_value"),
            ("field_numbers.2", "node__field_numbers[2].field_numbers_value"),
            ("body.value", "node__body.body_value"),
            ("body.0.summary", "node__body[0].body_summary"),
            ("uid.id", "node_field_data.uid > user.uuid"),
            ("uid.name", "node_field_data.uid > user_field_data.name"),
            ("uid.entity.name", "node_field_data.uid > user_field_data.name"),
            ("uid.entity:user.name", "node_field_data.uid > user_field_data.name"),
            ("uid.drupal_internal__uid", "node_field_data.uid > user_field_data.uid"),
            ("uid.meta.drupal_internal__target_id", "node_field_data.uid"),
            ("field_image.meta.alt", "node__field_image.field_image_alt"),
            ("field_image.uri.value", "node__field_image.field_image_target_id > file_managed.uri"),
            ("field_tags.1.name", "node__field_tags[1].field_tags_target_id > taxonomy_term_field_data.name"),
            (
                "field_mixed.field_tags.name",
                "node__field_mixed.field_mixed_target_id > node__field_tags.field_tags_target_id > \
                 taxonomy_term_field_data.name",
            ),
            ("node_type.meta.drupal_internal__target_id", "node_field_data.type"),
            (
                "node_type.id",
                "Filtering on config entities is not supported by Drupal's entity API. You tried to filter on a \
                 Content type config entity.",
            ),
        ],
        Some("="),
    );
    check(
        &[("uid", "node_field_data.uid"), ("field_tags", "node__field_tags.field_tags_target_id")],
        Some("IS NULL"),
    );
}

#[test]
fn wrong_paths_are_refused_in_drupals_words() {
    let begin = "Invalid nested filtering. The";
    let cases = [
        ("", "No field name was provided for the filter."),
        ("0", "No field name was provided for the filter."),
        ("nope", "@ field `nope`, given in the path `nope`, does not exist."),
        ("uuid", "@ field `uuid`, given in the path `uuid`, does not exist."),
        ("uid.nope", "@ field `nope`, given in the path `uid.nope`, does not exist."),
        ("uid.target_id", "@ field `target_id`, given in the path `uid.target_id`, does not exist."),
        ("uid.meta.nope", "@ field `nope`, given in the path `uid.meta.nope`, does not exist."),
        (
            "uid.entity:node.title",
            "@ field `entity:node`, given in the path `uid.entity:node.title`, does not exist.",
        ),
        ("uid.entity", "@ path `uid.entity` ends where the name of a field is missing."),
        ("uid.meta", "@ path `uid.meta` ends where the name of a field is missing."),
        (
            "uid",
            "@ field `uid`, given in the path `uid` is incomplete, it must end with one of the following \
             specifiers: `id`, `meta.drupal_internal__target_id`.",
        ),
        (
            "field_image",
            "@ field `field_image`, given in the path `field_image` is incomplete, it must end with one of the \
             following specifiers: `id`, `meta.drupal_internal__target_id`, `meta.alt`.",
        ),
        (
            "body",
            "@ field `body`, given in the path `body` is incomplete, it must end with one of the following \
             specifiers: `value`, `format`, `processed`, `summary`.",
        ),
        (
            "field_image.alt",
            "@ property `alt`, given in the path `field_image.alt` belongs to the meta object of a relationship \
             and must be preceded by `meta`.",
        ),
        (
            "title.nope",
            "@ property `nope`, given in the path `title.nope`, does not exist. Filter by `title`, not \
             `title.nope` (the JSON:API module elides property names from single-property fields).",
        ),
        (
            "field_numbers.0.value",
            "@ property `value`, given in the path `field_numbers.0.value`, does not exist. Filter by \
             `field_numbers.0`, not `field_numbers.0.value` (the JSON:API module elides property names from \
             single-property fields).",
        ),
        (
            "body.nope",
            "@ property `nope`, given in the path `body.nope`, does not exist. Must be one of the following \
             property names: `value`, `format`, `processed`, `summary`.",
        ),
        (
            "uid.mail",
            "The current user is not authorized to filter by the `mail` field, given in the path \
             `uid.entity:user.mail`.",
        ),
        (
            "status",
            "The current user is not authorized to filter by the `status` field, given in the path `status`. It is a \
             secret.",
        ),
        (
            "field_mixed.0.uid.entity.pass",
            "The current user is not authorized to filter by the `pass` field, given in the path \
             `field_mixed.0.entity:node.uid.entity.pass`.",
        ),
        ("body.value.x", "@ path `body.value.x` leads nowhere."),
        (
            "body.processed",
            "Invalid nested filtering. `processed`, given in the path `body.processed`, is not kept in the \
             database in a way that can be filtered or sorted by.",
        ),
        (
            "moderation_state",
            "Invalid nested filtering. `moderation_state`, given in the path `moderation_state`, is not kept in \
             the database in a way that can be filtered or sorted by.",
        ),
    ];
    let cases = cases.map(|(given, expected)| (given, expected.replacen('@', begin, 1)));
    let cases: Vec<(&str, &str)> =
        cases.iter().map(|(given, expected)| (*given, expected.as_str())).collect();
    check(&cases, Some("="));
    check(&[(&vec!["uid"; 25].join("."), "A path can have no more than 24 names.")], None);
}
