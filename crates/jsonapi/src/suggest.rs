//! "Did you mean": the known name nearest to a misspelt one.

/// Longest text compared; a longer one is no typing error of a name.
const LONGEST: usize = 64;

/// The name in `known` that `given` was probably meant to be.
///
/// A name that differs only in case is always found. Otherwise about one edit per three characters is forgiven, where
/// an edit inserts, deletes or replaces a character or swaps two neighbours. Of equally near names the first wins.
///
/// ```
/// use docent_jsonapi::error::suggest;
///
/// let fields = ["title", "body", "created_at"];
/// assert_eq!(suggest("titel", fields.into_iter()), Some("title"));
/// assert_eq!(suggest("BODY", fields.into_iter()), Some("body"));
/// assert_eq!(suggest("price", fields.into_iter()), None);
/// ```
pub fn suggest<'a>(given: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let given: Vec<char> = folded(given);
    if given.is_empty() || given.len() > LONGEST {
        return None;
    }
    let allowed = given.len().div_ceil(3).min(3);
    let mut best: Option<(usize, &'a str)> = None;
    for name in known {
        let candidate = folded(name);
        if candidate.is_empty() || candidate.len().abs_diff(given.len()) > allowed {
            continue;
        }
        let distance = edits(&given, &candidate);
        // A name all of whose characters would have to change has nothing to do with the one given.
        let forgiven = distance <= allowed && distance < candidate.len().min(given.len());
        if forgiven && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, name));
        }
    }
    best.map(|(_, name)| name)
}

fn folded(text: &str) -> Vec<char> {
    text.chars().flat_map(char::to_lowercase).collect()
}

/// Insertions, deletions, replacements and swaps of neighbours that lead from one text to the other.
fn edits(from: &[char], to: &[char]) -> usize {
    let mut before_last: Vec<usize> = vec![0; to.len() + 1];
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for (i, left) in from.iter().enumerate() {
        let mut row = vec![i + 1; to.len() + 1];
        for (j, right) in to.iter().enumerate() {
            let replaced = last[j] + usize::from(left != right);
            row[j + 1] = replaced.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *left == to[j - 1] && from[i - 1] == *right {
                row[j + 1] = row[j + 1].min(before_last[j - 1] + 1);
            }
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(given: &str, known: &[&str], expected: Option<&str>) {
        assert_eq!(suggest(given, known.iter().copied()), expected, "for {given:?} among {known:?}");
    }

    #[test]
    fn nearest_name_is_suggested() {
        check("titel", &["body", "title"], Some("title"));
        check("Title", &["title"], Some("title"));
        check("autor", &["actor", "author"], Some("actor"));
        check("commentss", &["comments"], Some("comments"));
        check("b", &["a"], None);
        check("xyz", &["title"], None);
        check("", &["a"], None);
        check(&"a".repeat(65), &["a"], None);
    }

    #[test]
    fn edits_count_swaps_once() {
        let chars = |text: &str| text.chars().collect::<Vec<_>>();
        assert_eq!(edits(&chars("ab"), &chars("ba")), 1);
        assert_eq!(edits(&chars("kitten"), &chars("sitting")), 3);
        assert_eq!(edits(&chars(""), &chars("abc")), 3);
    }
}
