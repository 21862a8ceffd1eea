//! A value for each node of the cluster, or for the only host: never empty.

use std::iter::once;

/// One value a node, in the order of the lab; the first is that of `[host]`.
#[derive(Clone, Debug)]
pub(crate) struct PerNode<T> {
    first: T,
    others: Vec<T>,
}

impl<T> PerNode<T> {
    pub(crate) fn new(first: T, others: Vec<T>) -> Self {
        Self { first, others }
    }

    /// The value at `index`; a place that does not exist is that of the first node.
    pub(crate) fn at(&self, index: usize) -> &T {
        index.checked_sub(1).and_then(|other| self.others.get(other)).unwrap_or(&self.first)
    }

    /// As [`at`](Self::at), to be changed.
    pub(crate) fn at_mut(&mut self, index: usize) -> &mut T {
        match index.checked_sub(1).and_then(|other| self.others.get_mut(other)) {
            Some(other) => other,
            None => &mut self.first,
        }
    }

    /// All values.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        once(&self.first).chain(&self.others)
    }

    /// All values, by themselves.
    pub(crate) fn into_values(self) -> impl Iterator<Item = T> {
        once(self.first).chain(self.others)
    }

    /// The number of nodes.
    pub(crate) fn len(&self) -> usize {
        self.others.len() + 1
    }

    /// A value made of each.
    pub(crate) fn map<U>(&self, mut make: impl FnMut(&T) -> U) -> PerNode<U> {
        let first = make(&self.first);
        PerNode { first, others: self.others.iter().map(make).collect() }
    }

    /// A value made from each, or the first error.
    pub(crate) fn try_into_map<U, E>(self, mut make: impl FnMut(T) -> Result<U, E>) -> Result<PerNode<U>, E> {
        let first = make(self.first)?;
        Ok(PerNode { first, others: self.others.into_iter().map(make).collect::<Result<_, _>>()? })
    }

    /// A value made of each, or the first error.
    pub(crate) fn try_map<U, E>(&self, mut make: impl FnMut(&T) -> Result<U, E>) -> Result<PerNode<U>, E> {
        let first = make(&self.first)?;
        Ok(PerNode { first, others: self.others.iter().map(make).collect::<Result<_, _>>()? })
    }
}
