//! Routes, includes and versions.

use crate::request::fixture::site;
use crate::request::include::{IncludeTree, Included};
use crate::request::parameters::Parameters;
use crate::request::route::{Kind, Route};
use crate::request::version::Version;
use crate::site::{ResourceTypeIndex, Site};

fn told(site: &Site, path: &str) -> String {
    let route = Route::of(site, path);
    let type_name = |index: ResourceTypeIndex| site[index].name.as_str();
    let kind = match &route.kind {
        Kind::Entry => "entry".to_owned(),
        Kind::Collection(of) => type_name(*of).to_owned(),
        Kind::Individual { resource_type, id } => format!("{} {id}", type_name(*resource_type)),
        Kind::Related { resource_type, id, field } => {
            format!("{} {id} > {}", type_name(*resource_type), site[*resource_type][*field].name)
        }
        Kind::Relationship { resource_type, id, field } => {
            format!("{} {id} >> {}", type_name(*resource_type), site[*resource_type][*field].name)
        }
        Kind::Upload { resource_type } => format!("{} upload", type_name(*resource_type)),
        Kind::Redirect(path) => format!("to {path}"),
        Kind::NotFound => "nothing".to_owned(),
    };
    format!("{}/{}: {kind}", route.langcode, route.prefix)
}

#[test]
fn paths_lead_to_routes() {
    let site = site(&[], &[]);
    let cases = [
        ("/jsonapi", "en/en: entry"),
        ("/jsonapi/", "en/en: entry"),
        ("/es/jsonapi", "es/es: entry"),
        ("/ES/jsonapi", "en/en: nothing"),
        ("/xx/jsonapi", "en/en: nothing"),
        ("/jsonapi/node/article", "en/en: node--article"),
        ("/es/JSONAPI/Node/Article/", "es/es: node--article"),
        ("/jsonapi/node%2Farticle", "en/en: node--article"),
        ("/jsonapi/node/article/A-b", "en/en: node--article A-b"),
        ("/jsonapi/node/article/1/node_type", "en/en: node--article 1 > type"),
        ("/jsonapi/node/article/1/relationships/uid", "en/en: node--article 1 >> uid"),
        ("/jsonapi/node/article/1/title", "en/en: node--article upload"),
        ("/jsonapi/node/page/1/title", "en/en: nothing"),
        ("/jsonapi/node/page/1/type", "en/en: nothing"),
        ("/jsonapi/node/page/1/relationships", "en/en: nothing"),
        ("/jsonapi/node/page/1/relationships/title", "en/en: nothing"),
        ("/jsonapi/node/page/1/uid/x", "en/en: nothing"),
        ("/jsonapi//node/page", "en/en: nothing"),
        ("/jsonapi/node", "en/en: nothing"),
        ("/jsonapi/node/nope", "en/en: nothing"),
        ("/", "en/en: nothing"),
        ("//jsonapi/node/page", "en/en: to /jsonapi/node/page"),
    ];
    for (path, expected) in cases {
        assert_eq!(told(&site, path), expected, "{path}");
    }
}

#[test]
fn routes_allow_methods_in_an_order_of_their_own() {
    let site = site(&[], &[]);
    let cases = [
        ("/jsonapi", "GET, HEAD"),
        ("/jsonapi/node/page", "GET, HEAD, POST"),
        ("/jsonapi/node_type/node_type", "GET, HEAD"),
        ("/jsonapi/node/page/1", "GET, HEAD, DELETE, PATCH"),
        ("/jsonapi/node/article/1", "POST, GET, HEAD, DELETE, PATCH"),
        ("/jsonapi/node_type/node_type/1", "GET, HEAD"),
        ("/jsonapi/node/page/1/uid", "GET, HEAD"),
        ("/jsonapi/node/article/1/uid", "GET, HEAD, POST"),
        ("/jsonapi/node/article/1/title", "POST"),
        ("/jsonapi/node/page/1/relationships/uid", "DELETE, GET, HEAD, PATCH, POST"),
        ("/nothing", ""),
    ];
    for (path, expected) in cases {
        assert_eq!(Route::of(&site, path).kind.allow(&site), expected, "{path}");
    }
    let kind = Route::of(&site, "/jsonapi/node/page").kind;
    assert_eq!(kind.methods(&site), ["GET", "POST"]);
    let (refusal, allow) = kind.refuse_method(&site, "PUT", "http://x/jsonapi/node/page");
    assert_eq!(allow, "GET, HEAD, POST");
    assert_eq!(
        refusal.detail,
        "No route found for \"PUT http://x/jsonapi/node/page\": Method Not Allowed (Allow: GET, HEAD, POST)"
    );
}

#[test]
fn what_is_missing_is_named_by_its_route() {
    let site = site(&[], &[]);
    let cases = [
        ("/jsonapi/node/page/1", "GET", "{entity}\" (route name: \"jsonapi.node--page.individual\")"),
        ("/jsonapi/node/page/1", "PATCH", "{entity}\" (route name: \"jsonapi.node--page.individual.patch\")"),
        (
            "/jsonapi/node/page/1/uid",
            "HEAD",
            "{entity}/uid\" (route name: \"jsonapi.node--page.uid.related\")",
        ),
        (
            "/jsonapi/node/page/1/relationships/uid",
            "HEAD",
            "{entity}/relationships/uid\" (route name: \"jsonapi.node--page.uid.relationship.get\")",
        ),
    ];
    for (path, method, expected) in cases {
        let detail = Route::of(&site, path).kind.missing_entity(&site, method).detail;
        let begin = "The \"entity\" parameter was not converted for the path \"/jsonapi/node/page/";
        assert_eq!(detail, format!("{begin}{expected}"), "{path}");
    }
}

fn written(tree: &IncludeTree) -> String {
    let one = |Included { field, then }: &Included| {
        if then.is_empty() { field.clone() } else { format!("{field}({})", written(then)) }
    };
    tree.0.iter().map(one).collect::<Vec<_>>().join(" ")
}

#[test]
fn includes_are_right_if_they_are_for_one_type() {
    let site = site(&[], &[]);
    let possible = "Possible values: node_type, uid, field_mixed, field_image, field_tags.";
    let cases = [
        ("", String::new()),
        ("uid, node_type", "uid type".to_owned()),
        ("uid,uid", "uid".to_owned()),
        ("field_tags.parent,field_tags", "field_tags(parent)".to_owned()),
        ("field_tags,field_tags.parent.parent", "field_tags(parent(parent))".to_owned()),
        ("field_mixed.field_tags,field_mixed.uid", "field_mixed(field_tags uid)".to_owned()),
        ("title", format!("`title` is not a valid relationship field name. {possible}")),
        (".", "Empty include path.".to_owned()),
        ("uid.", "`uid.` is not a valid include path. Empty include path.".to_owned()),
        (
            "uid.nope",
            "`uid.nope` is not a valid include path. `nope` is not a valid relationship field name."
                .to_owned(),
        ),
        (
            "field_mixed.nope.x",
            format!(
                "`field_mixed.nope.x` is not a valid include path. `nope` is not a valid relationship field \
                 name. {possible} `nope` is not a valid relationship field name. Possible values: node_type, \
                 uid, field_mixed."
            ),
        ),
        (
            "field_image.uid.x",
            "`field_image.uid.x` is not a valid include path. `x` is not a valid relationship field name."
                .to_owned(),
        ),
    ];
    let article = site.by_name["node--article"];
    for (include, expected) in cases {
        let tree = IncludeTree::read(&site, &[article, article], Some(include));
        let said = tree.map_or_else(|refusal| refusal.detail, |tree| written(&tree));
        assert_eq!(said, expected, "{include}");
    }
    assert!(IncludeTree::read(&site, &[], Some("nope")).unwrap().is_empty());
    // Both types lead on at each of many levels.
    let deep = vec!["field_mixed"; 16].join(".");
    assert!(IncludeTree::read(&site, &[article], Some(&deep)).is_ok());
    assert!(IncludeTree::read(&site, &[article], Some(&format!("{deep}.uid"))).is_err());
}

#[test]
fn versions_are_of_revisions() {
    let site = site(&[], &[]);
    let read = |of: &str, version: &str, of_collection: bool| {
        let parameters = Parameters::read(&format!("resourceVersion={version}"));
        Version::read(&parameters, &site, site.by_name[of], of_collection)
            .map_err(|refusal| (refusal.status, refusal.detail))
    };
    let cases = [
        ("rel:latest-version", Ok(Version::Default)),
        ("rel:working-copy", Ok(Version::WorkingCopy)),
        ("id:12", Ok(Version::Id(12))),
        ("id:abc", Err("An invalid resource version identifier, `id:abc`, was provided.")),
        ("rel:nope", Err("An invalid resource version identifier, `rel:nope`, was provided.")),
        ("latest", Err("A resource version identifier was provided in an invalid format: `latest`")),
        ("a:1", Err("A resource version identifier was provided in an invalid format: `a:1`")),
        ("id:", Err("A resource version identifier was provided in an invalid format: `id:`")),
    ];
    for (version, expected) in cases {
        let expected = expected.map_err(|detail| (400, detail.to_owned()));
        assert_eq!(read("node--article", version, false), expected, "{version}");
    }
    let detail = "Collection resources only support the following resource version identifiers: \
                  rel:latest-version, rel:working-copy";
    assert_eq!(read("node--article", "id:1", true), Err((400, detail.to_owned())));
    assert_eq!(read("node--article", "rel:working-copy", true), Ok(Version::WorkingCopy));
    let statuses = [
        read("user--user", "rel:working-copy", false),
        read("node_type--node_type", "rel:working-copy", true),
        read("node--article", "rel:working-copy&filter[title]=x", true),
    ];
    assert!(statuses.iter().all(|read| matches!(read, Err((501, _)))), "{statuses:?}");
    let parameters = Parameters::read("resourceVersion=id:7");
    let detail = "The requested version, identified by `id:7`, could not be found.";
    assert_eq!(Version::not_found(&parameters).detail, detail);
    assert_eq!(
        Version::read(&Parameters::read(""), &site, site.by_name["user--user"], true),
        Ok(Version::Default)
    );
}
