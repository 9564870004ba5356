//! Random lists of operations, which use what those before them create.

use super::super::judge::OPERATIONS_MAX;
use super::super::write::{Form, Identity, Operation, Target};
use super::{KnownLids, WriteGenerator};

impl WriteGenerator<'_> {
    /// Some operations; seldom too many.
    pub(super) fn operations(&mut self) -> Vec<Operation> {
        if self.random.percent(1) {
            let target = Target {
                type_name: self.schema.types[0].name.clone(),
                identity: Identity::Id("1".to_owned()),
                form: Form::Ref,
            };
            return vec![Operation::Remove { target }; OPERATIONS_MAX + 1];
        }
        let mut lids = KnownLids::new();
        let mut operations = Vec::new();
        for number in 0..=1 + self.random.below(5) {
            operations.push(self.operation(number, &mut lids));
        }
        operations
    }

    fn operation(&mut self, number: usize, lids: &mut KnownLids) -> Operation {
        match self.random.below(100) {
            0..45 => {
                let mut of = self.random.below(self.schema.types.len());
                let mut name = format!("l{number}");
                if !lids.is_empty() && self.random.percent(4) {
                    // A name that is taken already.
                    (of, name) = self.random.pick(lids).clone();
                }
                let lid = self.random.percent(70).then_some(name);
                let mut resource = self.new_resource(of, lid, lids);
                if self.random.percent(5) {
                    self.spoil(of, &mut resource, true);
                }
                lids.extend(resource.lid().map(|lid| (of, lid.to_owned())));
                let is_sound = resource.type_name == self.schema.types[of].name;
                Operation::Add { resource, with_href: is_sound && self.random.percent(25) }
            }
            45..68 => {
                let (of, target) = self.target(lids);
                let mut resource = self.changes(of, target.identity.clone(), lids);
                if self.random.percent(5) {
                    self.spoil(of, &mut resource, false);
                }
                let target = self.random.percent(50).then_some(target);
                Operation::Update { target, resource }
            }
            68..78 => Operation::Remove { target: self.target(lids).1 },
            _ => loop {
                let (of, target) = self.target(lids);
                let relationships = &self.schema.types[of].relationships;
                if relationships.is_empty() {
                    continue;
                }
                let index = self.random.below(relationships.len());
                let verb = self.verb(relationships[index].many);
                let mut linkage = self.linkage(of, index, lids);
                if self.random.percent(4) {
                    linkage = self.spoiled_linkage(of, index, linkage);
                }
                break Operation::Relate {
                    target,
                    relationship: relationships[index].name.clone(),
                    verb,
                    linkage,
                };
            },
        }
    }

    fn target(&mut self, lids: &KnownLids) -> (usize, Target) {
        let (of, identity) = if !lids.is_empty() && self.random.percent(60) {
            let (of, lid) = self.random.pick(lids).clone();
            (of, Identity::Lid(lid))
        } else if self.random.percent(2) {
            (self.random.below(self.schema.types.len()), Identity::Lid("nobody".to_owned()))
        } else {
            let (of, id) = self.existing();
            (of, Identity::Id(id))
        };
        let form = *self.random.pick(&[Form::Ref, Form::Ref, Form::Path, Form::Url]);
        (of, Target { type_name: self.schema.types[of].name.clone(), identity, form })
    }
}
