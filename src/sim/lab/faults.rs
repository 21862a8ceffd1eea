//! The `[[fault]]` tables: the same rules as on the command line, with the line of the file in errors.
//!
//! The keys of a rule are defined in `sim::faults`.

use super::{
    LabError, NodeSpec, VmSpec,
    file::{FaultTable, FaultValue},
    nodes,
};
use crate::sim::{
    FaultRule,
    faults::{Given, Names},
    per_node::PerNode,
};

/// The names that a rule may have.
pub(super) struct Known<'a> {
    pub(super) nodes: &'a PerNode<NodeSpec>,
    pub(super) is_cluster: bool,
    pub(super) vms: &'a [VmSpec],
}

pub(super) fn check(
    text: &str,
    tables: Vec<FaultTable>,
    known: &Known<'_>,
) -> Result<Vec<FaultRule>, LabError> {
    tables.into_iter().enumerate().map(|(place, table)| rule(text, place + 1, table, known)).collect()
}

fn rule(text: &str, number: usize, table: FaultTable, known: &Known<'_>) -> Result<FaultRule, LabError> {
    let (whole, pairs) = (table.span(), table.into_inner());
    let mut given = Given::default();
    let mut spans = Vec::new();
    for (key, value) in pairs {
        spans.push((key.get_ref().clone(), value.span()));
        // A TOML table has no duplicate keys.
        let _ = given.add(key.get_ref(), value.get_ref().to_string());
    }
    let at = |key: &str, problem: String| {
        let span = spans.iter().find(|(known, _)| known == key).map_or(&whole, |(_, span)| span);
        LabError::at(text, span, format!("fault {number}: {key}"), problem)
    };
    let fault = FaultRule::of(&given).map_err(|problem| at(&problem.key, problem.text))?;
    match known.problem(&fault) {
        Some((key, problem)) => Err(at(key, problem)),
        None => Ok(fault),
    }
}

impl Known<'_> {
    /// The key with a name that the lab does not have, and why that is a problem.
    fn problem(&self, fault: &FaultRule) -> Option<(&'static str, String)> {
        let Names { at, node, vm, fails } = fault.names();
        if fails && !self.is_cluster {
            return Some((
                "do",
                "the lab has no cluster: a [cluster] table with a name makes one".to_owned(),
            ));
        }
        let is_node = |name: &&str| self.nodes.iter().any(|node| node.name.eq_ignore_ascii_case(name));
        let no_node = |name| format!("there is no node \"{name}\"; {}", nodes::listed(self.nodes));
        if let Some(name) = at.filter(|name| !is_node(name)) {
            return Some(("at", no_node(name)));
        }
        // Without a cluster, a VM moves to a node that is a name only.
        if let Some(name) = node.filter(|name| self.is_cluster && !is_node(name)) {
            return Some(("node", no_node(name)));
        }
        let is_vm = |name: &&str| {
            let is_it = |vm: &VmSpec| {
                vm.name == *name || vm.id.as_ref().is_some_and(|id| id.eq_ignore_ascii_case(name))
            };
            self.vms.iter().any(is_it)
        };
        vm.filter(|name| !is_vm(name)).map(|name| ("vm", format!("there is no VM \"{name}\"")))
    }
}

impl std::fmt::Display for FaultValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Whole(number) => number.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Boolean(is) => is.fmt(f),
        }
    }
}
