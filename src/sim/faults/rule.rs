//! A fault rule: the requests that it matches, those of them that it applies to, and the fault.
//!
//! `set` counts the requests.

use std::{fmt, iter, str::FromStr};

use super::{
    FaultError,
    given::{Given, Problem},
    kind::{DO, Event, Kind, Turn},
};
use crate::{
    schema,
    sim::{journal::RequestKind, methods::method_names},
};

/// A fault rule of a simulated host.
///
/// Written as one line of `KEY=VALUE` pairs, as for `hvsnap sim serve --fault`; a `[[fault]]` table of a lab file has the same
/// keys. `do` is the fault. `on` (an operation, or a method by its name), `class`, `method` and `at` (a node) select requests; without them
/// the rule matches all. `nth`, or `from`, `every` and `count`, choose among the matching requests; `probability` with `seed` makes
/// it random. The kinds are listed in [the module](crate::sim).
///
/// ```
/// use hvsnap::sim::FaultRule;
///
/// let fault: FaultRule = "on=DestroySnapshot,nth=1,do=reset-after".parse()?;
/// assert_eq!(fault.to_string(), "on=DestroySnapshot,nth=1,do=reset-after");
///
/// let error = "on=DestroySnapshot,nht=1,do=reset-after".parse::<FaultRule>().unwrap_err();
/// assert_eq!(error.key(), "nht");
/// # Ok::<(), hvsnap::sim::FaultError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct FaultRule {
    text: String,
    on: On,
    class: Option<String>,
    method: Option<&'static str>,
    /// The node that the request must have reached.
    at: Option<String>,
    occurrences: Occurrences,
    pub(super) probability: f64,
    pub(super) seed: Option<u64>,
    pub(super) kind: Kind,
}

/// The requests that a rule matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum On {
    /// Any request.
    Any,
    /// A connection.
    Connect,
    /// An operation.
    Operation(RequestKind),
}

/// The names in a rule that must be names of the lab.
pub(crate) struct Names<'a> {
    pub(crate) at: Option<&'a str>,
    pub(crate) node: Option<&'a str>,
    pub(crate) vm: Option<&'a str>,
    /// True if a node fails.
    pub(crate) fails: bool,
}

/// The matching requests that a rule applies to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Occurrences {
    from: u64,
    every: u64,
    pub(super) count: u64,
}

/// A request, or a connection, in the form that rules match.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen<'a> {
    /// `None` for a connection.
    pub(crate) operation: Option<RequestKind>,
    /// The requested classes.
    pub(crate) classes: Vec<String>,
    pub(crate) method: Option<&'a str>,
    /// The node that it has reached.
    pub(crate) node: String,
    /// The nodes of the cluster; empty without one.
    pub(crate) nodes: Vec<String>,
    /// The VM that it is about, by identifier.
    pub(crate) vm: Option<String>,
}

const OPERATIONS: [(&str, On); 11] = [
    ("any", On::Any),
    ("connect", On::Connect),
    ("identify", On::Operation(RequestKind::Identify)),
    ("get", On::Operation(RequestKind::Get)),
    ("put", On::Operation(RequestKind::Put)),
    ("create", On::Operation(RequestKind::Create)),
    ("delete", On::Operation(RequestKind::Delete)),
    ("enumerate", On::Operation(RequestKind::Enumerate)),
    ("pull", On::Operation(RequestKind::Pull)),
    ("release", On::Operation(RequestKind::Release)),
    ("invoke", On::Operation(RequestKind::Invoke)),
];

/// The key that names the node that a request must have reached.
pub(crate) const AT: &str = "at";

/// The keys that every kind takes.
const KEYS: [&str; 11] =
    [DO, "on", "class", "method", AT, "nth", "from", "every", "count", "probability", "seed"];

impl FromStr for FaultRule {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let read = Given::read(text).and_then(|given| Self::of(&given));
        read.map_err(|problem| FaultError::new(text, problem))
    }
}

impl fmt::Display for FaultRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FaultRule {
    pub(crate) fn of(given: &Given) -> Result<Self, Problem> {
        let (name, keys) = Kind::named(given)?;
        if let Some(stranger) = given.keys().find(|key| !KEYS.contains(key) && !keys.contains(key)) {
            let allowed = KEYS.iter().chain(keys).copied().collect::<Vec<_>>().join(", ");
            let text = format!("no key of a rule with do={name}; allowed are {allowed}");
            return Err(Problem::new(stranger, text));
        }
        let kind = Kind::read(name, given)?;
        let (on, method) = target(given, &kind)?;
        let class = given.value("class", "a class of the simulated host", |text| {
            let all = schema::CLASSES.iter().copied();
            let mut all = all.flat_map(|class| iter::once(class).chain(class.superclasses()));
            all.find(|class| class.name.eq_ignore_ascii_case(text)).map(|class| class.name.to_owned())
        })?;
        if on == On::Connect {
            if !matches!(kind, Kind::Refuse(_)) {
                return Err(Problem::new("on", format!("a connection can only do=refuse, not do={name}")));
            }
            if class.is_some() {
                return Err(Problem::new("class", "a connection is about no class"));
            }
        } else if kind == Kind::Refuse(None) {
            let text = "missing: without it only a connection can be refused, with on=connect";
            return Err(Problem::new("seconds", text));
        }
        let probability = given.value("probability", "a number from 0 to 1", |text| {
            text.parse().ok().filter(|probability| (0.0..=1.0).contains(probability))
        })?;
        Ok(Self {
            text: given.to_string(),
            on,
            class,
            method,
            at: given.text(AT).map(str::to_owned),
            occurrences: occurrences(given)?,
            probability: probability.unwrap_or(1.0),
            seed: given.value("seed", "a whole number", |text| text.parse().ok())?,
            kind,
        })
    }

    /// True if the rule matches this request.
    pub(super) fn is_about(&self, seen: &Seen<'_>) -> bool {
        let on = match (self.on, seen.operation) {
            (On::Connect, None) => true,
            (On::Connect, Some(_)) | (_, None) => false,
            (On::Any, Some(_)) => true,
            (On::Operation(wanted), Some(operation)) => wanted == operation,
        };
        let can_start = || seen.method.is_some_and(|name| self.kind.methods().contains(&name));
        let method = match self.method {
            Some(method) => seen.method == Some(method),
            None => !self.kind.is_about_a_job() || can_start(),
        };
        let class = self.class.as_ref().is_none_or(|class| seen.classes.iter().any(|c| are_kin(class, c)));
        let at = self.at.as_ref().is_none_or(|node| node.eq_ignore_ascii_case(&seen.node));
        on && method && class && at && self.can_turn(seen)
    }

    /// False if the cluster cannot change as the rule says: an unknown node, or a request about no VM.
    fn can_turn(&self, seen: &Seen<'_>) -> bool {
        let Kind::Turn(turn) = &self.kind else { return true };
        let knows = |node: &String| seen.nodes.iter().any(|known| known.eq_ignore_ascii_case(node));
        match &turn.event {
            Event::Moves { vm, node, .. } => {
                (seen.nodes.is_empty() || knows(node)) && (vm.is_some() || seen.vm.is_some())
            }
            Event::Fails { node } => !seen.nodes.is_empty() && node.as_ref().is_none_or(knows),
        }
    }

    /// The names in the rule that must be names of the lab, with their keys: nodes, and a VM.
    pub(crate) fn names(&self) -> Names<'_> {
        let (node, vm) = match &self.kind {
            Kind::Turn(Turn { event: Event::Moves { vm, node, .. }, .. }) => (Some(node), vm.as_ref()),
            Kind::Turn(Turn { event: Event::Fails { node }, .. }) => (node.as_ref(), None),
            _ => (None, None),
        };
        let fails = matches!(&self.kind, Kind::Turn(Turn { event: Event::Fails { .. }, .. }));
        Names { at: self.at.as_deref(), node: node.map(String::as_str), vm: vm.map(String::as_str), fails }
    }

    /// True if the rule applies to its `match_number`th match, after `fired` applications.
    pub(super) fn strikes(&self, match_number: u64, fired: u64) -> bool {
        let Occurrences { from, every, count } = self.occurrences;
        match_number >= from && (match_number - from).is_multiple_of(every) && fired < count
    }
}

/// True if one of the classes is, or derives from, the other.
fn are_kin(one: &str, other: &str) -> bool {
    let derives = |class: &str, from: &str| schema::class(class).is_some_and(|class| class.is_a(from));
    one.eq_ignore_ascii_case(other) || derives(one, other) || derives(other, one)
}

fn target(given: &Given, kind: &Kind) -> Result<(On, Option<&'static str>), Problem> {
    let allowed =
        || OPERATIONS.map(|(name, _)| name).into_iter().chain(method_names()).collect::<Vec<_>>().join(", ");
    let method_named = |text: &str| method_names().into_iter().find(|method| *method == text);
    let mut on = match given.text("on") {
        None if matches!(kind, Kind::Refuse(None)) => (On::Connect, None),
        None if given.has("method") || kind.is_about_a_job() => (On::Operation(RequestKind::Invoke), None),
        None => (On::Any, None),
        Some(text) => {
            let operation = OPERATIONS.iter().find(|(name, _)| *name == text).map(|(_, on)| (*on, None));
            let method =
                || method_named(text).map(|method| (On::Operation(RequestKind::Invoke), Some(method)));
            let problem =
                || Problem::new("on", format!("\"{text}\" is not known; allowed are {}", allowed()));
            operation.or_else(method).ok_or_else(problem)?
        }
    };
    if let Some(text) = given.text("method") {
        let problem = || {
            let text = format!("\"{text}\" is not known; allowed are {}", method_names().join(", "));
            Problem::new("method", text)
        };
        let method = method_named(text).ok_or_else(problem)?;
        if on.0 != On::Operation(RequestKind::Invoke) || on.1.is_some_and(|other| other != method) {
            return Err(Problem::new("method", "contradicts on: only on=invoke has methods"));
        }
        on.1 = Some(method);
    }
    let is_other = |method: &str| !kind.methods().contains(&method);
    let can_start = matches!(on.0, On::Any | On::Operation(RequestKind::Invoke));
    if kind.is_about_a_job() && (!can_start || on.1.is_some_and(is_other)) {
        let text = format!("these alone start such a job: {}", kind.methods().join(", "));
        return Err(Problem::new(if given.has("on") { "on" } else { "method" }, text));
    }
    Ok(on)
}

fn occurrences(given: &Given) -> Result<Occurrences, Problem> {
    let number = |key: &str| given.count(key, u64::from(u32::MAX));
    if let Some(nth) = number("nth")? {
        if let Some(other) = ["from", "every", "count"].into_iter().find(|key| given.has(key)) {
            return Err(Problem::new(other, "contradicts nth, which is from that one on, once"));
        }
        return Ok(Occurrences { from: nth, every: 1, count: 1 });
    }
    let every = number("every")?;
    // With `every`, the first request is the nth.
    let from = number("from")?.or(every).unwrap_or(1);
    Ok(Occurrences { from, every: every.unwrap_or(1), count: number("count")?.unwrap_or(u64::MAX) })
}
