//! What the host lets the user see and do: namespaces, read access, a filtered token, method calls, quotas.
//!
//! Only reads, and one call of a method that does not exist.

use tokio::task::JoinSet;

use super::{Subject, Visit};
use crate::{
    cim::{Call, Instance, Namespace, Wql},
    client::{ClientError, ClientErrorKind, objects_of},
    codes::{Category, wmi::WBEM_E_INVALID_METHOD_PARAMETERS},
    explain::ErrorId,
    host::{
        Error, Host,
        reads::{Systems, class, service_keys},
    },
    hyperv::VmRecord,
    schema::names::COMPUTER_SYSTEM,
    wsman::SelectorSet,
};

/// The default number of concurrent requests of a client.
const AT_A_TIME: usize = 4;

/// A method that no class has.
const NO_METHOD: &str = "HvsnapDoctorProbe";

impl Visit<'_> {
    pub(super) async fn namespaces(&mut self) {
        if self.is_stopped(&[Subject::Namespace, Subject::OtherNamespace, Subject::Read]) {
            return;
        }
        let chosen = self.host.cim().name().clone();
        let services = services(self.host, chosen.clone()).await;
        let there = format!("{chosen} is there");
        let is_there = match services {
            Ok(_) => {
                self.passed(Subject::Namespace, there);
                Ok(())
            }
            Err(error) if error.is_access() => {
                self.not_checkable(Subject::Namespace, "the host denies the user access to it");
                Err((Subject::Read, error))
            }
            Err(error) => Err((Subject::Namespace, error)),
        };
        self.other_namespace(&chosen).await;
        match is_there {
            Ok(()) => self.passed(Subject::Read, "queries are answered"),
            Err((Subject::Namespace, error)) => {
                // In the order in which they are reported.
                let other = self.checks.pop();
                self.failed_all(Subject::Namespace, error);
                self.checks.extend(other);
                self.is_stopped(&[Subject::Read]);
            }
            Err((subject, error)) => self.failed_all(subject, error),
        }
    }

    /// A host outside of a cluster lacks the cluster's namespace; that is expected.
    async fn other_namespace(&mut self, chosen: &Namespace) {
        let (other, role) = if *chosen == Namespace::cluster() {
            (Namespace::virtualization(), "of the host itself")
        } else {
            (Namespace::cluster(), "of a cluster")
        };
        match services(self.host, other.clone()).await {
            Ok(_) => self.passed(Subject::OtherNamespace, format!("{other} ({role}) is there too")),
            Err(error) if matches!(error.id(), ErrorId::UNKNOWN_CLASS | ErrorId::URI_FORM) => {
                self.passed(
                    Subject::OtherNamespace,
                    format!("{other} ({role}) is not there, and not needed"),
                );
            }
            Err(error) => self.not_checkable(Subject::OtherNamespace, format!("{other}: {}", error.kind())),
        }
    }

    /// Every host with the role has a snapshot service and is itself a computer system: a user with the rights sees both.
    pub(super) async fn token(&mut self) {
        if self.is_stopped(&[Subject::Token]) {
            return;
        }
        let namespace = self.host.cim().name();
        let is_cluster = *namespace == Namespace::cluster();
        let services = services(self.host, namespace.clone()).await;
        let systems = systems(self.host, namespace.clone()).await;
        let (services, systems) = match (services, systems) {
            (Ok(services), Ok(systems)) => (services, systems),
            (Err(error), _) | (_, Err(error)) => {
                return self.not_checkable(Subject::Token, error.kind().to_string());
            }
        };
        match (services.is_empty(), systems.is_empty()) {
            (false, true) if is_cluster => {
                let text = "the cluster shows no VM; a node that cannot reach the cluster's storage shows none either";
                self.remark(Subject::Token, text);
            }
            (true, true) => self.filtered("the host shows neither its snapshot service nor itself"),
            (true, false) => self.filtered("the host shows no snapshot service"),
            (false, true) => self.filtered("the host shows no VM and not even itself"),
            (false, false) => {
                let host = if systems.has_host { "the host and " } else { "" };
                let text = match systems.vms.len() {
                    0 => "the host is visible, and has no VMs".to_owned(),
                    1 => format!("{host}one VM are visible"),
                    count => format!("{host}{count} VMs are visible"),
                };
                self.passed(Subject::Token, text);
            }
        }
    }

    fn filtered(&mut self, seen: &str) {
        let text = format!("{seen}: the user lacks the rights, or has a filtered token");
        self.wrong(Subject::Token, ErrorId::FILTERED_TOKEN, text);
        self.stopped = Some(Subject::Token);
    }

    pub(super) async fn invoke(&mut self) {
        if self.is_stopped(&[Subject::Invoke]) {
            return;
        }
        let service = match services(self.host, self.host.cim().name().clone()).await {
            Ok(mut services) if !services.is_empty() => services.swap_remove(0),
            _ => return self.not_checkable(Subject::Invoke, "there is no service to call"),
        };
        let Ok(class) = self.host.0.service_class() else { return };
        let target = self.host.cim().reference(class, service);
        let call = Call::on(&target, NO_METHOD, &[], |_: &Instance<'_>| Ok(()));
        match self.host.0.client().ask("calling a method that does not exist", &call).await {
            Err(error) if error.is_access() => self.failed(Subject::Invoke, error.into()),
            Err(error) if is_no_such_method(&error) => self.passed(
                Subject::Invoke,
                "calls are let through (tested with a method that does not exist); what Hyper-V itself allows, only a real \
                 call shows",
            ),
            Err(error) => {
                let text = format!("the call of a method that does not exist failed otherwise: {}", error.kind());
                self.not_checkable(Subject::Invoke, text);
            }
            Ok(()) => self.not_checkable(Subject::Invoke, "the host answered the call of a method that does not exist"),
        }
    }

    /// As many concurrent requests as this client ever sends.
    pub(super) async fn quota(&mut self) {
        if self.is_stopped(&[Subject::Quota]) {
            return;
        }
        let mut asked = JoinSet::new();
        for _ in 0..AT_A_TIME {
            let host = self.host.clone();
            asked.spawn(async move { services(&host, host.cim().name().clone()).await.err() });
        }
        let errors: Vec<Error> = asked.join_all().await.into_iter().flatten().collect();
        match errors.into_iter().next() {
            None => self.passed(
                Subject::Quota,
                "four requests at a time are answered; the limits themselves are in the host's configuration",
            ),
            Some(error) if matches!(error.id(), ErrorId::OVERLOADED | ErrorId::UNAVAILABLE) => {
                self.failed(Subject::Quota, error);
            }
            Some(error) => self.not_checkable(Subject::Quota, error.kind().to_string()),
        }
    }
}

/// The keys of the snapshot services that a namespace shows; one request.
async fn services(host: &Host, namespace: Namespace) -> Result<Vec<SelectorSet>, Error> {
    let class = host.0.service_class()?;
    let query = Wql::all(class.clone());
    let take = objects_of(class.as_str(), |instance| service_keys(&instance).map(Some));
    let during = format!("asking in {namespace}");
    Ok(host.client().in_namespace(namespace).collect_once(&during, &query, take).await?)
}

/// The computer systems that a namespace shows; one request.
async fn systems(host: &Host, namespace: Namespace) -> Result<Systems, Error> {
    let take = objects_of(COMPUTER_SYSTEM, |instance| VmRecord::from_instance(&instance).map(Some));
    let (during, query) = (format!("asking in {namespace}"), Wql::all(class(COMPUTER_SYSTEM)?));
    let systems = host.client().in_namespace(namespace).collect_once(&during, &query, take).await?;
    Ok(Systems::from(systems))
}

/// What hosts answer to the call of a method that does not exist, if the caller is allowed to call methods.
fn is_no_such_method(error: &ClientError) -> bool {
    let ClientErrorKind::Fault(fault) = error.kind() else { return false };
    // WMI also reports "wrong parameters" for a method that does not exist.
    error.fault_category() == Some(Category::Unsupported)
        || fault.number() == Some(WBEM_E_INVALID_METHOD_PARAMETERS)
}
