//! The nodes of a cluster: where each is reached, and the client for it.
//!
//! The names come from the cluster. A password goes only to a name in the domain of the address that was given, or to an address
//! that the caller gives for the node.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::OnceCell;

use crate::{
    client::Client,
    host::{Error, ErrorKind, cache::Cache, cache::FRESH_FOR},
    http::Endpoint,
    wsman::SelectorSet,
};

/// What is known of the nodes; by the node's folded name without its domain, which is unique in a cluster.
pub(super) struct Nodes {
    /// The client that the cluster was made from: a deadline that came later is not that of all handles.
    client: Client,
    /// The names and addresses that the caller gave.
    given: BTreeMap<String, (String, Endpoint)>,
    reached: Mutex<HashMap<String, Node>>,
}

/// What all handles of one node share.
#[derive(Clone)]
pub(super) struct Node {
    pub(super) client: Client,
    pub(super) service_keys: Arc<OnceCell<SelectorSet>>,
    pub(super) cache: Arc<Cache>,
}

impl Nodes {
    /// No node has an address of its own yet.
    pub(super) fn new(client: Client) -> Self {
        Self { client, given: BTreeMap::new(), reached: Mutex::default() }
    }

    /// The same with the address of one more node; what was reached before is forgotten.
    pub(super) fn with(&self, name: &str, endpoint: Endpoint) -> Self {
        let mut given = self.given.clone();
        given.insert(key(name), (name.to_owned(), endpoint));
        Self { client: self.client.clone(), given, reached: Mutex::default() }
    }

    /// The names of the nodes whose addresses were given.
    pub(super) fn named(&self) -> impl Iterator<Item = &str> {
        self.given.values().map(|(name, _)| name.as_str())
    }

    /// The node of this name, by a client with the same settings; one is made if there is none yet.
    pub(super) fn of(&self, name: &str) -> Result<Node, Error> {
        let (key, client) = (key(name), &self.client);
        let mut reached = self.reached.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(node) = reached.get(&key) {
            return Ok(node.clone());
        }
        let endpoint = match self.given.get(&key) {
            Some((_, endpoint)) => endpoint.clone(),
            None => address(client.endpoint(), name).map_err(|why| {
                let kind = ErrorKind::NodeAddress { node: name.to_owned(), why };
                Error::before(kind, format!("looking for the address of the node {name:?}"))
            })?,
        };
        // One connection and one logon serve the node at the address that was given, as well.
        let client = if endpoint == *client.endpoint() {
            client.clone()
        } else {
            client.at(endpoint).map_err(|error| Error::from(error).on_node(name))?
        };
        let node = Node { client, service_keys: Arc::default(), cache: Arc::new(Cache::new(FRESH_FOR)) };
        reached.insert(key, node.clone());
        Ok(node)
    }
}

/// True for two names of one node, with or without its domain.
pub(in crate::host) fn is_same_node(one: &str, other: &str) -> bool {
    key(one) == key(other)
}

fn key(name: &str) -> String {
    name.split('.').next().unwrap_or_default().to_lowercase()
}

/// The address of a node: that of the cluster with the name of the node, in the domain of the cluster. The error says why there is
/// none.
fn address(given: &Endpoint, node: &str) -> Result<Endpoint, String> {
    let is_name = |name: &str| {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        !name.is_empty() && name.split('.').all(|label| !label.is_empty() && label.chars().all(is_plain))
    };
    if !is_name(node) || is_number(node) || node.eq_ignore_ascii_case("localhost") {
        return Err("the cluster gives a name that is none of a node".to_owned());
    }
    let host = match (node.split_once('.'), given.domain()) {
        (None, None) => node.to_owned(),
        (None, Some(domain)) => format!("{node}.{domain}"),
        (Some((_, own)), Some(domain)) if own.eq_ignore_ascii_case(domain) => node.to_owned(),
        (Some((_, own)), Some(domain)) => {
            return Err(format!("it is in the domain {own}, and the address given in {domain}"));
        }
        (Some(_), None) => return Err(format!("the address given, {}, has no domain", given.host())),
    };
    given.on_host(&host).map_err(|error| error.to_string())
}

/// True for what the system's resolver takes for an IPv4 address in one number: no name of a Windows computer.
fn is_number(node: &str) -> bool {
    let hex = node.get(..2).filter(|prefix| prefix.eq_ignore_ascii_case("0x")).and_then(|_| node.get(2..));
    match hex {
        Some(digits) => digits.chars().all(|c| c.is_ascii_hexdigit()),
        None => node.chars().all(|c| c.is_ascii_digit()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn derived(given: &str, node: &str) -> Result<String, String> {
        address(&Endpoint::from_url(given).unwrap(), node).map(|endpoint| endpoint.to_string())
    }

    #[test]
    fn the_address_of_a_node_is_that_of_the_cluster_with_the_name_of_the_node() {
        for (given, node, address) in [
            ("https://clu1.corp.example", "HV02", "https://hv02.corp.example:5986/wsman"),
            ("http://clu1.corp.example:8080/x", "hv02.CORP.example", "http://hv02.corp.example:8080/x"),
            ("http://clu1", "HV02", "http://hv02:5985/wsman"),
            ("http://10.1.2.3", "HV02", "http://hv02:5985/wsman"),
            ("http://[fe80::1]", "HV02", "http://hv02:5985/wsman"),
        ] {
            assert_eq!(derived(given, node).as_deref(), Ok(address), "{given} {node}");
        }
    }

    #[test]
    fn a_password_does_not_go_to_whatever_name_the_cluster_gives() {
        for (given, node) in [
            ("https://clu1.corp.example", "hv02.other.example"),
            ("https://clu1.corp.example", "hv02.corp.example.other"),
            ("https://clu1", "hv02.corp.example"),
            ("https://10.1.2.3", "hv02.corp.example"),
            ("https://10.1.2.3", "10.1.2.4"),
            ("https://clu1.corp.example", "hv02:99"),
            ("https://clu1.corp.example", "hv02/"),
            ("https://clu1.corp.example", "user@hv02"),
            ("https://clu1.corp.example", "hv02..corp.example"),
            ("https://clu1.corp.example", ""),
            // The system's resolver takes these for IPv4 addresses: 8.8.8.8.
            ("http://clu1", "134744072"),
            ("http://10.1.2.3", "0x08080808"),
            ("http://10.1.2.3", "0X8080808"),
            ("http://clu1", "01002004010"),
            ("https://10.1.2.3", "localhost"),
        ] {
            assert!(derived(given, node).is_err(), "{given} {node}");
        }
    }

    #[test]
    fn a_node_is_the_same_with_and_without_its_domain() {
        assert!(is_same_node("HV02", "hv02.corp.example") && !is_same_node("HV02", "HV021"));
    }
}
