//! Similar names: equal except for a few letters, or one a part of the other, without regard to case.
//!
//! It compares texts, whatever they name.

use strsim::osa_distance;

/// The maximum number of names that are listed.
pub(super) const MOST: usize = 10;
/// A longer name is compared by its beginning and its parts only.
const LONGEST: usize = 128;
/// Of a longer text, in bytes, only the part after the last slash is compared: it is not a mistyped name.
const LONGEST_WANTED: usize = 1024;
/// A shorter part is not compared.
const SHORTEST_PART: usize = 3;

/// The elements of `things` with a name like `wanted`, the most similar first, at most [`MOST`].
pub(super) fn similar<'t, T>(
    wanted: &str,
    things: &'t [T],
    name: impl for<'n> Fn(&'n T) -> &'n str,
) -> Vec<&'t T> {
    let wanted = wanted.to_lowercase();
    // The last name of a path that does not exist may exist elsewhere.
    let last = wanted.rsplit_once('/').map(|(_, last)| last).filter(|last| !last.is_empty());
    let mut found: Vec<(usize, &T)> = things
        .iter()
        .filter_map(|thing| {
            let name = name(thing).to_lowercase();
            let all = [Some(wanted.as_str()).filter(|wanted| wanted.len() <= LONGEST_WANTED), last];
            let nearest = all.into_iter().flatten().filter_map(|wanted| distance(wanted, &name)).min()?;
            Some((nearest, thing))
        })
        .collect();
    found.sort_by_key(|(distance, _)| *distance);
    found.truncate(MOST);
    found.into_iter().map(|(_, thing)| thing).collect()
}

/// The distance of two names in lower case; `None` if they are not similar.
fn distance(wanted: &str, name: &str) -> Option<usize> {
    let (a, b) = (wanted.chars().count(), name.chars().count());
    let (short, long) = (a.min(b), a.max(b));
    // One letter in three, but at most three.
    let most = (long / 3).min(3);
    if long <= LONGEST && long - short <= most {
        // Letters to insert, delete, replace or swap with the next.
        let edits = osa_distance(wanted, name);
        if edits <= most {
            return Some(edits);
        }
    }
    let is_part = short >= SHORTEST_PART && (name.contains(wanted) || wanted.contains(name));
    is_part.then_some(most + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn like(wanted: &str, names: &[&str]) -> Vec<String> {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        similar(wanted, &names, |name| name).into_iter().cloned().collect()
    }

    #[test]
    fn letters_that_are_missing_added_wrong_or_swapped_are_near() {
        for (wanted, name, edits) in [
            ("web-1", "web-01", 1),
            ("web-001", "web-01", 1),
            ("wev-01", "web-01", 1),
            ("wbe-01", "web-01", 1),
            ("WEB-01", "web-01", 0),
            ("büro", "buro", 1),
        ] {
            assert_eq!(distance(&wanted.to_lowercase(), name), Some(edits), "{wanted} {name}");
        }
        for (wanted, name) in [("nobody", "web-01"), ("a", "b"), ("x", "web-01"), ("", "web-01"), ("", "")] {
            assert!(distance(wanted, name).is_none_or(|distance| distance == 0), "{wanted} {name}");
        }
        assert_eq!(distance("a", "b"), None);
    }

    #[test]
    fn a_part_and_the_end_of_a_path_are_near_and_edits_come_before_parts() {
        assert_eq!(like("upgrade", &["before-upgrade", "base", "upgrades"]), ["upgrades", "before-upgrade"]);
        assert_eq!(like("bsae/befor-upgrade", &["before-upgrade", "staging"]), ["before-upgrade"]);
        assert_eq!(like("web-01.corp.example", &["WEB-01"]), ["WEB-01"]);
    }

    #[test]
    fn at_most_ten_are_listed_and_a_long_name_costs_little() {
        let names: Vec<String> = (0..30).map(|number| format!("web-{number:02}")).collect();
        assert_eq!(similar("web-", &names, |name| name).len(), MOST);
        let long = "x".repeat(100_000);
        assert_eq!(distance(&long, &format!("{long}y")), Some(4));
        assert_eq!(distance(&long, &"y".repeat(100_000)), None);
    }
}
