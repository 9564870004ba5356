//! Faults that a resource object may have: each changes one thing. Whether it is a fault is for the judge to say.

use serde_json::{Value, json};

use super::super::write::{Identifier, Identity, Linkage, ResourceObject};
use super::WriteGenerator;

impl WriteGenerator<'_> {
    /// Changes something for the worse.
    pub(super) fn spoil(&mut self, of: usize, object: &mut ResourceObject, creating: bool) {
        match self.random.below(14) {
            0..4 => self.spoil_value(of, object),
            4 => self.forget(object),
            5 => self.add_unknown_attribute(of, object),
            6 => self.add_unknown_relationship(of, object),
            7 => self.add_read_only(of, object),
            8 => self.spoil_identity(of, object, creating),
            9 if self.random.percent(40) => {
                object.type_name = self.random.pick(&self.schema.types).name.clone();
            }
            10 => self.nullify(of, object),
            _ => self.spoil_relationship(of, object),
        }
    }

    fn set(object: &mut ResourceObject, name: &str, value: Value) {
        let attributes = object.attributes.get_or_insert_default();
        attributes.retain(|(other, _)| other != name);
        attributes.push((name.to_owned(), value));
        // A name stands for one field only.
        if let Some(relationships) = &mut object.relationships {
            relationships.retain(|(other, _)| other != name);
        }
    }

    fn spoil_value(&mut self, of: usize, object: &mut ResourceObject) {
        let owner = &self.schema.types[of];
        if owner.attributes.is_empty() {
            return;
        }
        let attribute = &owner.attributes[self.random.below(owner.attributes.len())];
        let value = self.odd_value(owner.columns[attribute.column].kind);
        Self::set(object, &attribute.name, value);
    }

    fn nullify(&mut self, of: usize, object: &mut ResourceObject) {
        let owner = &self.schema.types[of];
        if !owner.attributes.is_empty() {
            let attribute = &owner.attributes[self.random.below(owner.attributes.len())];
            Self::set(object, &attribute.name, Value::Null);
        }
    }

    fn forget(&mut self, object: &mut ResourceObject) {
        if let (Some(attributes), true) = (&mut object.attributes, self.random.percent(60)) {
            let kept = self.random.below(attributes.len() + 1);
            attributes.truncate(kept);
        } else if let Some(relationships) = &mut object.relationships {
            let kept = self.random.below(relationships.len() + 1);
            relationships.truncate(kept);
        }
    }

    fn add_unknown_attribute(&mut self, of: usize, object: &mut ResourceObject) {
        let owner = &self.schema.types[of];
        let mut names = vec!["nope".to_owned(), "Name".to_owned(), "password".to_owned()];
        names.extend(owner.relationships.iter().map(|it| it.name.clone()));
        // Columns that are no attributes: those of the key and of foreign keys.
        names.extend(owner.columns.iter().map(|it| it.name.clone()));
        names.retain(|name| !matches!(name.as_str(), "id" | "type"));
        let name = self.random.pick(&names).clone();
        Self::set(object, &name, json!(1));
    }

    fn add_unknown_relationship(&mut self, of: usize, object: &mut ResourceObject) {
        let owner = &self.schema.types[of];
        let attribute = owner.attributes.first().map_or("nope", |it| it.name.as_str());
        let name = (*self.random.pick(&["nope", attribute])).to_owned();
        if let Some(attributes) = &mut object.attributes {
            attributes.retain(|(other, _)| *other != name);
        }
        let relationships = object.relationships.get_or_insert_default();
        if !relationships.iter().any(|(other, _)| *other == name) {
            relationships.push((name, Linkage::Null));
        }
    }

    fn add_read_only(&mut self, of: usize, object: &mut ResourceObject) {
        let owner = &self.schema.types[of];
        let is_read_only = |column: usize| owner.columns[column].generated || owner.key.contains(&column);
        let names: Vec<&str> =
            owner.attributes.iter().filter(|it| is_read_only(it.column)).map(|it| it.name.as_str()).collect();
        if !names.is_empty() {
            let name = *self.random.pick(&names);
            Self::set(object, name, json!(1));
        }
    }

    fn spoil_identity(&mut self, of: usize, object: &mut ResourceObject, creating: bool) {
        let existing = self.some_id(of).unwrap_or_default();
        let choices = ["987654", "x", "1~2", "..", "", "much too long for a key", existing.as_str()];
        let id = (*self.random.pick(&choices)).to_owned();
        let is_left_out = creating && self.random.percent(50);
        object.identity = (!is_left_out).then_some(Identity::Id(id));
    }

    fn spoil_relationship(&mut self, of: usize, object: &mut ResourceObject) {
        let owner = &self.schema.types[of];
        if owner.relationships.is_empty() {
            return;
        }
        let index = self.random.below(owner.relationships.len());
        let name = &owner.relationships[index].name;
        let linkage = self.linkage(of, index, &Vec::new());
        let linkage = self.spoiled_linkage(of, index, linkage);
        if let Some(attributes) = &mut object.attributes {
            attributes.retain(|(other, _)| other != name);
        }
        let relationships = object.relationships.get_or_insert_default();
        relationships.retain(|(other, _)| other != name);
        relationships.push((name.clone(), linkage));
    }

    /// Linkage of another form, of another type, or to what does not exist.
    pub(super) fn spoiled_linkage(&mut self, of: usize, index: usize, linkage: Linkage) -> Linkage {
        let relationship = &self.schema.types[of].relationships[index];
        let mut identifier = Identifier {
            type_name: self.schema.types[relationship.target].name.clone(),
            identity: Identity::Id("987654".to_owned()),
        };
        match self.random.below(6) {
            0 if relationship.many => return Linkage::One(identifier),
            0 => return Linkage::Many(vec![identifier]),
            1 => return Linkage::Null,
            2 => (*self.random.pick(&["nopes", "genres"])).clone_into(&mut identifier.type_name),
            3 => identifier.identity = Identity::Lid("nobody".to_owned()),
            4 => identifier.identity = Identity::Id("not an id~%".to_owned()),
            _ => {}
        }
        match linkage {
            Linkage::Many(mut members) => {
                members.insert(self.random.below(members.len() + 1), identifier);
                Linkage::Many(members)
            }
            _ => Linkage::One(identifier),
        }
    }
}
