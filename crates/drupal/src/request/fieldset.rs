//! Which fields of each type are asked for.

use hashbrown::HashMap;

use super::parameters::Parameters;
use crate::error::Refusal;

/// The fields asked for, by type. All fields of a type that is not named are.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Fieldsets(HashMap<String, Vec<String>>);

impl Fieldsets {
    /// Reads `fields`. Names of types and fields that there are not say nothing.
    pub fn read(parameters: &Parameters) -> Result<Self, Refusal> {
        let mut sets = HashMap::new();
        for (name, given) in parameters.many("fields")?.unwrap_or_default() {
            let Some(fields) = given.text() else {
                let detail = format!("The fields of `{name}` need to be names with commas between them.");
                return Err(Refusal::bad_request(detail));
            };
            sets.insert(name.clone(), fields.split(',').map(str::to_owned).collect());
        }
        Ok(Self(sets))
    }

    /// Whether a field of a type is asked for, both by their public names.
    pub fn wants(&self, resource_type: &str, field: &str) -> bool {
        self.0.get(resource_type).is_none_or(|fields| fields.iter().any(|known| known == field))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_named_types_are_bounded() {
        let sets = Fieldsets::read(&Parameters::read("fields[a--b]=x,%20y&fields[c--d]=")).unwrap();
        let wanted = [("a--b", "x"), ("a--b", " y"), ("e--f", "x")];
        let unwanted = [("a--b", "y"), ("a--b", "z"), ("c--d", "x")];
        assert!(wanted.iter().all(|(kind, field)| sets.wants(kind, field)));
        assert!(unwanted.iter().all(|(kind, field)| !sets.wants(kind, field)));
        assert!(Fieldsets::read(&Parameters::read("")).unwrap().wants("a--b", "x"));
        let refused = |query: &str| Fieldsets::read(&Parameters::read(query)).unwrap_err().status;
        assert_eq!([refused("fields=x"), refused("fields[a][]=x")], [400, 400]);
    }
}
