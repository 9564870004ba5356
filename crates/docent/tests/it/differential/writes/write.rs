//! A request that writes, as the oracle understands it, and how it is sent.

use serde_json::{Map, Value, json};

use crate::harness::links::encode;

/// What is asked for.
#[derive(Debug, Clone)]
pub(super) enum Write {
    Create { collection: String, resource: ResourceObject },
    Update { of: String, id: String, resource: ResourceObject },
    Delete { of: String, id: String },
    Relate { of: String, id: String, relationship: String, verb: Verb, linkage: Linkage },
    Operations(Vec<Operation>),
}

/// What happens to a relationship.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Replace,
    Add,
    Remove,
}

/// A resource object.
#[derive(Debug, Clone, Default)]
pub(super) struct ResourceObject {
    pub(super) type_name: String,
    pub(super) identity: Option<Identity>,
    pub(super) attributes: Option<Vec<(String, Value)>>,
    pub(super) relationships: Option<Vec<(String, Linkage)>>,
}

/// How a resource is called.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Identity {
    Id(String),
    Lid(String),
}

/// The value of a relationship.
#[derive(Debug, Clone)]
pub(super) enum Linkage {
    Null,
    One(Identifier),
    Many(Vec<Identifier>),
}

/// A resource identifier object.
#[derive(Debug, Clone)]
pub(super) struct Identifier {
    pub(super) type_name: String,
    pub(super) identity: Identity,
}

/// An operation.
#[derive(Debug, Clone)]
pub(super) enum Operation {
    /// With the URL of the collection or without.
    Add {
        resource: ResourceObject,
        with_href: bool,
    },
    /// Without a target it is the resource that `resource` names.
    Update {
        target: Option<Target>,
        resource: ResourceObject,
    },
    Remove {
        target: Target,
    },
    Relate {
        target: Target,
        relationship: String,
        verb: Verb,
        linkage: Linkage,
    },
}

/// What an operation is about.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) type_name: String,
    pub(super) identity: Identity,
    pub(super) form: Form,
}

/// How a target is written; one that is called by a `lid` is always a `ref`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Ref,
    Path,
    Url,
}

impl Identity {
    /// The member it is written as.
    pub(super) fn member(&self) -> &'static str {
        match self {
            Self::Id(_) => "id",
            Self::Lid(_) => "lid",
        }
    }

    fn text(&self) -> &str {
        match self {
            Self::Id(text) | Self::Lid(text) => text,
        }
    }
}

impl ResourceObject {
    /// The id, if it has one.
    pub(super) fn id(&self) -> Option<&str> {
        match &self.identity {
            Some(Identity::Id(id)) => Some(id),
            _ => None,
        }
    }

    /// The local id, if it is called by one.
    pub(super) fn lid(&self) -> Option<&str> {
        match &self.identity {
            Some(Identity::Lid(lid)) => Some(lid),
            _ => None,
        }
    }

    /// The value given for an attribute.
    pub(super) fn attribute(&self, name: &str) -> Option<&Value> {
        self.attributes.iter().flatten().find(|(given, _)| given == name).map(|(_, value)| value)
    }

    /// The value given for a relationship.
    pub(super) fn relationship(&self, name: &str) -> Option<&Linkage> {
        self.relationships.iter().flatten().find(|(given, _)| given == name).map(|(_, linkage)| linkage)
    }

    /// As JSON.
    pub(super) fn json(&self) -> Value {
        let mut object = json!({ "type": self.type_name });
        if let Some(identity) = &self.identity {
            object[identity.member()] = json!(identity.text());
        }
        if let Some(attributes) = &self.attributes {
            object["attributes"] = attributes.iter().cloned().collect::<Map<_, _>>().into();
        }
        if let Some(relationships) = &self.relationships {
            let object_of =
                |(name, linkage): &(String, Linkage)| (name.clone(), json!({ "data": linkage.json() }));
            object["relationships"] = relationships.iter().map(object_of).collect::<Map<_, _>>().into();
        }
        object
    }
}

impl Linkage {
    /// The identifiers, each with its place below the linkage: empty, or `/0`.
    pub(super) fn identifiers(&self) -> Vec<(String, &Identifier)> {
        match self {
            Self::Null => Vec::new(),
            Self::One(identifier) => vec![(String::new(), identifier)],
            Self::Many(identifiers) => {
                identifiers.iter().enumerate().map(|(index, it)| (format!("/{index}"), it)).collect()
            }
        }
    }

    /// As JSON.
    pub(super) fn json(&self) -> Value {
        let identifier =
            |it: &Identifier| json!({ "type": it.type_name, it.identity.member(): it.identity.text() });
        match self {
            Self::Null => Value::Null,
            Self::One(one) => identifier(one),
            Self::Many(many) => many.iter().map(identifier).collect(),
        }
    }
}

impl Verb {
    fn method(self) -> &'static str {
        match self {
            Self::Replace => "PATCH",
            Self::Add => "POST",
            Self::Remove => "DELETE",
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::Replace => "update",
            Self::Add => "add",
            Self::Remove => "remove",
        }
    }
}

impl Operation {
    /// As JSON; `base` is the URL of the entry point, `base_path` its path.
    fn json(&self, base: &str, base_path: &str) -> Value {
        let with_target = |target: &Target, relationship: Option<&str>, mut operation: Value| {
            let Identity::Id(id) = &target.identity else {
                return with_ref(target, relationship, operation);
            };
            let mut path = format!("/{}/{}", encode(&target.type_name), encode(id));
            if let Some(relationship) = relationship {
                path.extend(["/relationships/", &encode(relationship)]);
            }
            match target.form {
                Form::Ref => return with_ref(target, relationship, operation),
                Form::Path => operation["href"] = json!(format!("{base_path}{path}")),
                Form::Url => operation["href"] = json!(format!("{base}{path}")),
            }
            operation
        };
        match self {
            Self::Add { resource, with_href } => {
                let mut operation = json!({ "op": "add", "data": resource.json() });
                if *with_href {
                    operation["href"] = json!(format!("{base_path}/{}", encode(&resource.type_name)));
                }
                operation
            }
            Self::Update { target, resource } => {
                let operation = json!({ "op": "update", "data": resource.json() });
                match target {
                    Some(target) => with_target(target, None, operation),
                    None => operation,
                }
            }
            Self::Remove { target } => with_target(target, None, json!({ "op": "remove" })),
            Self::Relate { target, relationship, verb, linkage } => {
                let operation = json!({ "op": verb.code(), "data": linkage.json() });
                with_target(target, Some(relationship), operation)
            }
        }
    }
}

fn with_ref(target: &Target, relationship: Option<&str>, mut operation: Value) -> Value {
    let mut reference = json!({ "type": target.type_name, target.identity.member(): target.identity.text() });
    if let Some(relationship) = relationship {
        reference["relationship"] = json!(relationship);
    }
    operation["ref"] = reference;
    operation
}

impl Write {
    /// Method, path segments and body.
    pub(super) fn parts(&self, base: &str, base_path: &str) -> (&'static str, Vec<String>, Option<Value>) {
        match self {
            Self::Create { collection, resource } => {
                ("POST", vec![collection.clone()], Some(json!({ "data": resource.json() })))
            }
            Self::Update { of, id, resource } => {
                ("PATCH", vec![of.clone(), id.clone()], Some(json!({ "data": resource.json() })))
            }
            Self::Delete { of, id } => ("DELETE", vec![of.clone(), id.clone()], None),
            Self::Relate { of, id, relationship, verb, linkage } => {
                let segments = vec![of.clone(), id.clone(), "relationships".to_owned(), relationship.clone()];
                (verb.method(), segments, Some(json!({ "data": linkage.json() })))
            }
            Self::Operations(operations) => {
                let operations: Vec<Value> = operations.iter().map(|it| it.json(base, base_path)).collect();
                ("POST", vec!["operations".to_owned()], Some(json!({ "atomic:operations": operations })))
            }
        }
    }
}
