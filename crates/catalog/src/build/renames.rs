//! Names given by the configuration: they replace natural names, never the names of others.

use std::collections::{HashMap, HashSet};

use toml::Spanned;

use super::problem::Problems;

/// Something with a name, and the name the configuration gives it.
#[derive(Debug, Clone)]
pub(super) struct Named<'a> {
    /// Its name without configuration.
    pub(super) natural: String,
    /// The configured name, if there is one.
    pub(super) configured: Option<&'a Spanned<String>>,
    /// Whether it is served: what is not cannot be in the way.
    pub(super) served: bool,
}

/// The final names, in the order given. A configured name is dropped, and reported, if `fault` finds it illegal, if
/// `fixed` has it, or if something else that is served ends up with it. Swapping two names is no clash.
pub(super) fn settle(
    named: &[Named<'_>],
    fixed: &HashSet<String>,
    fault: impl Fn(&str) -> Option<String>,
    clash: impl Fn(&str) -> String,
    problems: &mut Problems,
) -> Vec<String> {
    let mut configured: Vec<Option<&Spanned<String>>> = named.iter().map(|one| one.configured).collect();
    for entry in &mut configured {
        if let Some(fault) = entry.and_then(|name| fault(name.get_ref())) {
            entry.take().into_iter().for_each(|name| problems.add(name, fault.clone()));
        }
    }
    loop {
        let current: Vec<&str> = named
            .iter()
            .zip(&configured)
            .map(|(one, configured)| configured.map_or(one.natural.as_str(), |name| name.get_ref()))
            .collect();
        let mut bearers: HashMap<&str, usize> = HashMap::new();
        for (name, _) in current.iter().zip(named).filter(|(_, one)| one.served) {
            *bearers.entry(name).or_default() += 1;
        }
        let clashes =
            |at: usize| named[at].served && (bearers[current[at]] > 1 || fixed.contains(current[at]));
        let clashing: Vec<usize> =
            (0..named.len()).filter(|at| configured[*at].is_some() && clashes(*at)).collect();
        if clashing.is_empty() {
            return current.into_iter().map(str::to_owned).collect();
        }
        for at in clashing {
            if let Some(name) = configured[at].take() {
                problems.add(name, clash(name.get_ref()));
            }
        }
    }
}
