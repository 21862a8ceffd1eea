//! A tidy layered drawing of a forest: parents in the middle of their children, or above the one with the longest line below it;
//! subtrees as close as they can be, no overlaps.
//!
//! After Reingold and Tilford, "Tidier Drawings of Trees" (1981). The outline of a subtree is kept with the deepest level first
//! and shifted as a whole, so that joining two costs the height of the lower one, and all together the number of nodes. There is
//! no recursion, because the host determines the depth.

/// The distance of neighbours.
pub(super) const SLOT: i64 = 1000;

/// Where a parent is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Over {
    /// In the middle of its children.
    Middle,
    /// Over the child with the most levels below it, so that a long line with short branches is straight.
    Deepest,
}

/// The places of all nodes.
#[derive(Debug)]
pub(super) struct Layout {
    /// Beside its siblings, in parts of [`SLOT`], from 0.
    pub(super) across: Vec<i64>,
    /// The number of ancestors.
    pub(super) level: Vec<i64>,
    /// The largest of each.
    pub(super) breadth: i64,
    pub(super) depth: i64,
}

/// The outline of a subtree, by level, the deepest first.
#[derive(Debug, Default)]
struct Outline {
    left: Vec<i64>,
    right: Vec<i64>,
    /// Added to every value of `left` and `right`.
    shift: i64,
}

/// The layout of nodes of which each comes after its parent; siblings stay in their order.
pub(super) fn layout(parents: &[Option<usize>], over: Over) -> Layout {
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); parents.len()];
    let mut roots = Vec::new();
    for (place, parent) in parents.iter().enumerate() {
        match parent.and_then(|parent| children.get_mut(parent)) {
            Some(siblings) => siblings.push(place),
            None => roots.push(place),
        }
    }
    let mut outlines: Vec<Outline> = parents.iter().map(|_| Outline::default()).collect();
    // Relative to the parent; of a root, to the first root.
    let mut across = vec![0; parents.len()];
    for (place, siblings) in children.iter().enumerate().rev() {
        let levels = |sibling: &usize| outlines.get(*sibling).map_or(0, |outline| outline.left.len());
        // The first of equals: `max_by_key` takes the last.
        let deepest = (0..siblings.len()).rev().max_by_key(|at| siblings.get(*at).map_or(0, levels));
        let (mut outline, offsets) = joined(&mut outlines, siblings);
        let middle = match over {
            Over::Middle => offsets.first().zip(offsets.last()).map(|(first, last)| (first + last) / 2),
            Over::Deepest => deepest.and_then(|at| offsets.get(at)).copied(),
        };
        let middle = middle.unwrap_or_default();
        outline.shift -= middle;
        outline.cover_with_root();
        put(&mut across, siblings.iter().zip(offsets.iter().map(|offset| offset - middle)));
        put(&mut outlines, [(&place, outline)].into_iter());
    }
    let (_, offsets) = joined(&mut outlines, &roots);
    put(&mut across, roots.iter().zip(offsets));
    let mut level: Vec<i64> = Vec::with_capacity(parents.len());
    let mut absolute: Vec<i64> = Vec::with_capacity(parents.len());
    for (parent, relative) in parents.iter().zip(&across) {
        let above = parent.and_then(|parent| absolute.get(parent)).copied().unwrap_or_default();
        absolute.push(above + relative);
        level.push(parent.and_then(|parent| level.get(parent)).map_or(0, |above| above + 1));
    }
    let least = absolute.iter().min().copied().unwrap_or_default();
    absolute.iter_mut().for_each(|across| *across -= least);
    Layout {
        breadth: absolute.iter().max().copied().unwrap_or_default(),
        depth: level.iter().max().copied().unwrap_or_default(),
        across: absolute,
        level,
    }
}

fn put<'p, T>(list: &mut [T], values: impl Iterator<Item = (&'p usize, T)>) {
    for (place, value) in values {
        if let Some(old) = list.get_mut(*place) {
            *old = value;
        }
    }
}

/// The outline of subtrees side by side, and where the root of each is.
fn joined(outlines: &mut [Outline], siblings: &[usize]) -> (Outline, Vec<i64>) {
    let mut whole = Outline::default();
    let mut offsets = Vec::with_capacity(siblings.len());
    for sibling in siblings {
        let mut next = outlines.get_mut(*sibling).map(std::mem::take).unwrap_or_default();
        let offset = whole.distance(&next);
        offsets.push(offset);
        next.shift += offset;
        whole.join(next);
    }
    (whole, offsets)
}

impl Outline {
    /// How far to the right `next` must be moved to be beside this one.
    fn distance(&self, next: &Self) -> i64 {
        let levels = self.right.iter().rev().zip(next.left.iter().rev());
        levels.map(|(right, left)| right + self.shift + SLOT - left - next.shift).max().unwrap_or_default()
    }

    /// Adds one to the right.
    fn join(&mut self, mut next: Self) {
        if self.left.len() >= next.left.len() {
            let by = next.shift - self.shift;
            self.right.iter_mut().rev().zip(next.right.iter().rev()).for_each(|(old, new)| *old = new + by);
        } else {
            let by = self.shift - next.shift;
            next.left.iter_mut().rev().zip(self.left.iter().rev()).for_each(|(old, new)| *old = new + by);
            *self = next;
        }
    }

    /// Adds a level on top: the root of the subtree, at 0.
    fn cover_with_root(&mut self) {
        self.left.push(-self.shift);
        self.right.push(-self.shift);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No two nodes of a level overlap or change their order, and parents are over their children.
    #[track_caller]
    fn assert_tidy(parents: &[Option<usize>], over: Over) -> Layout {
        let layout = layout(parents, over);
        let mut children = vec![Vec::new(); parents.len()];
        for (place, parent) in parents.iter().enumerate() {
            if let Some(parent) = parent {
                assert_eq!(layout.level[place], layout.level[*parent] + 1);
                children[*parent].push(layout.across[place]);
            }
        }
        for (parent, children) in children.iter().enumerate().filter(|(_, children)| !children.is_empty()) {
            let (first, last) = (children[0], children[children.len() - 1]);
            let across = layout.across[parent];
            assert!(children.is_sorted());
            match over {
                Over::Middle => assert!((across - (first + last) / 2).abs() <= 1, "{parents:?}"),
                Over::Deepest => assert!(children.contains(&across), "{parents:?}"),
            }
        }
        let mut all: Vec<_> = layout.level.iter().zip(&layout.across).collect();
        all.sort_unstable();
        for pair in all.windows(2) {
            assert!(pair[0].0 != pair[1].0 || pair[1].1 - pair[0].1 >= SLOT, "{parents:?} {pair:?}");
        }
        layout
    }

    #[test]
    fn all_trees_of_seven_nodes_are_tidy() {
        for number in 0..5040_usize {
            let mut rest = number;
            let parents: Vec<_> = (0..7)
                .map(|place| {
                    let parent = rest % (place + 1);
                    rest /= place + 1;
                    parent.checked_sub(1)
                })
                .collect();
            assert_tidy(&parents, Over::Middle);
            assert_tidy(&parents, Over::Deepest);
        }
    }

    #[test]
    fn a_chain_is_straight_and_short_branches_of_it_are_beside_it() {
        let chain: Vec<_> = (0..50).map(|place: usize| place.checked_sub(1)).collect();
        let of_chain = assert_tidy(&chain, Over::Middle);
        assert_eq!((of_chain.breadth, of_chain.depth), (0, 49));
        // A leaf at each place of a chain.
        let comb: Vec<_> = (0..100).map(|place: usize| place.checked_sub(2 - place % 2)).collect();
        assert_eq!(assert_tidy(&comb, Over::Deepest).breadth, SLOT);
        assert!(assert_tidy(&comb, Over::Middle).breadth > 20 * SLOT);
    }

    #[test]
    fn very_many_nodes_are_laid_out_whatever_their_tree() {
        const MANY: usize = 200_000;
        let chain: Vec<_> = (0..MANY).map(|place| place.checked_sub(1)).collect();
        let star: Vec<_> = (0..MANY).map(|place| (place > 0).then_some(0)).collect();
        let comb: Vec<_> = (0..MANY).map(|place| place.checked_sub(2 - place % 2)).collect();
        for over in [Over::Middle, Over::Deepest] {
            assert_eq!(layout(&chain, over).depth, 199_999);
            assert_eq!(layout(&star, over).breadth, 199_998 * SLOT);
            assert!(layout(&comb, over).depth > 60_000);
            assert_eq!(layout(&[], over).breadth, 0);
        }
    }
}
