//! Chooses the host and the user with which `resume` follows an operation.
//!
//! A state folder may be shared, so a record alone never decides where a password is sent: the host must be named by a flag,
//! the environment or a profile. The namespace comes from the record, the user only if none is given.

use std::sync::Arc;

use hvsnap::{cim::Namespace, clock::Clock, journal::Intent};

use super::{
    HostSettings, Reached, address, described,
    given::{ConnectionArgs, variable},
    profiles,
    reattach::quoted,
    settings::Settings,
    worked_in,
};
use crate::cli::{console::Console, failure::Failure, values::NamespaceName};

/// The identity of a client: endpoint, namespace, user.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Target {
    endpoint: String,
    is_cluster: bool,
    namespace: String,
    user: Option<String>,
}

/// The host chosen for an operation.
#[derive(Debug)]
pub(crate) struct Chosen {
    pub(crate) target: Target,
    settings: Settings,
}

/// A host named by settings.
struct Host {
    endpoint: String,
    settings: Settings,
}

/// All hosts named by flags, environment and configuration file.
pub(crate) struct Named<'a> {
    args: &'a ConnectionArgs,
    /// The host that any other command would use.
    active: Option<Host>,
    /// True if it was named for this run: by flags, not by permanent settings.
    is_explicit: bool,
    /// The hosts of the profiles, unless flags or environment name one; the profile in use comes first.
    profiles: Vec<Host>,
}

impl<'a> Named<'a> {
    /// Collects the hosts.
    pub(crate) fn collect(args: &'a ConnectionArgs) -> Result<Self, Failure> {
        let (flags, environment) = (&args.settings, Settings::of_environment(&variable)?);
        let is_flag = flags.place().is_ok();
        let is_given = is_flag || environment.place().is_ok();
        let active = Host::of(args.collect(&variable)?).transpose()?;
        let mut profiles = Vec::new();
        if !is_given {
            for profile in profiles::all(&args.place(&variable)?)? {
                let settings = flags.clone().over(environment.clone()).over(profile);
                // An unusable profile that was not requested does not affect the others.
                profiles.extend(Host::of(settings).and_then(Result::ok));
            }
        }
        Ok(Self { args, is_explicit: is_flag || (!is_given && args.profile.is_some()), active, profiles })
    }

    /// The host named for this run, if any.
    pub(crate) fn explicit(&self) -> Option<&str> {
        self.active.as_ref().filter(|_| self.is_explicit).map(|host| host.endpoint.as_str())
    }

    /// The host at which to resume an operation: the one in its record, if it is named here too. With `may_be_renamed`, a host
    /// named for this run is accepted for any operation, because its name may have changed since.
    pub(crate) fn choose(&self, intent: &Intent, may_be_renamed: bool) -> Result<Chosen, Failure> {
        let is_same = |host: &&Host| host.endpoint.eq_ignore_ascii_case(&intent.endpoint);
        let active =
            self.active.as_ref().filter(|host| is_same(host) || (may_be_renamed && self.is_explicit));
        // Of several profiles for the same host, take the one with the same user and namespace.
        let likeness = |host: &&Host| {
            let namespace = host.settings.namespace.as_ref().is_some_and(|name| name.0 == intent.namespace);
            (host.settings.user.is_some() && host.settings.user == intent.user, namespace)
        };
        let profiles = self.profiles.iter().filter(|_| !self.is_explicit).filter(is_same);
        // If several match equally, the first one.
        let profile = || profiles.rev().max_by_key(likeness);
        match active.or_else(profile) {
            Some(host) => self.at(host, intent),
            None => Err(self.unnamed(intent)),
        }
    }

    fn at(&self, host: &Host, intent: &Intent) -> Result<Chosen, Failure> {
        let flag = if self.args.settings.through_cluster == Some(true) {
            "--through-cluster"
        } else {
            "--namespace"
        };
        if let Some(given) = worked_in(&self.args.settings).filter(|given| *given != intent.namespace) {
            let text = format!(
                "the operation {} is of the namespace {}, and {flag} names {given}",
                intent.id, intent.namespace
            );
            return Err(Failure::usage(text).hint(format!("leave out {flag}: the record holds it")));
        }
        let mut settings = host.settings.clone();
        (settings.namespace, settings.through_cluster) =
            (Some(NamespaceName(intent.namespace.clone())), None);
        // Whatever was done in the namespace of the cluster is looked for there; what was begun on a node, wherever its VM is.
        let is_cluster = settings.cluster == Some(true) || intent.node.is_some();
        settings.cluster = Some(is_cluster && intent.namespace != Namespace::cluster());
        settings.user = settings.user.or_else(|| intent.user.clone());
        let target = Target {
            endpoint: host.endpoint.clone(),
            is_cluster: settings.cluster == Some(true),
            namespace: intent.namespace.to_string(),
            user: settings.user.clone(),
        };
        Ok(Chosen { target, settings })
    }

    fn unnamed(&self, intent: &Intent) -> Failure {
        let text = format!(
            "the operation {} was sent to {}, which no flag, variable or profile names",
            intent.id, intent.endpoint
        );
        let recorded = format!("--endpoint {}", quoted(&intent.endpoint));
        Failure::usage(text).hint(match &self.active {
            Some(host) => format!(
                "if that is the host at {0} by another name: hvsnap resume {1} --endpoint {0}; else, if you trust it: {recorded}",
                host.endpoint, intent.id
            ),
            None => format!("a password is sent only to a host that you name: {recorded}, or a profile"),
        })
    }
}

impl Host {
    /// The host in the settings, if there is one.
    fn of(settings: Settings) -> Option<Result<Self, Failure>> {
        let place = settings.place().ok()?;
        let endpoint = address(place, settings.tls.unwrap_or(false));
        Some(endpoint.map(|endpoint| Self { endpoint, settings }))
    }
}

impl Chosen {
    /// The host, with a client.
    pub(crate) fn reach(
        &self,
        console: &mut Console,
        args: &ConnectionArgs,
        clock: &Arc<dyn Clock>,
        host_settings: HostSettings,
    ) -> Result<Reached, Failure> {
        host_settings.reach(described(console, args, &self.settings, clock)?, &self.settings)
    }
}
