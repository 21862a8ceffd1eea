//! The context of a command that talks to a host: client, streams, interruption watch.

use std::{future::Future, sync::Arc};

use hvsnap::{Cluster, Host, Vm, cim::Namespace, clock::Clock};

use crate::cli::{
    connect::Reattach,
    console::Console,
    failure::Failure,
    interrupt::{Interrupt, Interrupted, nothing_asked},
    recent::Recent,
};

/// One run of a command.
pub(crate) struct Session<'c> {
    pub(crate) host: Host,
    /// The cluster, where the host is reached as one.
    pub(crate) cluster: Option<Cluster>,
    /// The node of the VM that the command is about, once it is known.
    pub(crate) node: Option<String>,
    pub(crate) console: &'c mut Console,
    pub(crate) interrupt: Interrupt,
    /// For commands that are shown to the user.
    pub(crate) reattach: Reattach,
    pub(crate) clock: Arc<dyn Clock>,
    /// The names that the command has read.
    pub(crate) recent: Recent,
}

impl Session<'_> {
    /// Runs work that changes nothing; an interruption is reported as such.
    pub(crate) async fn reading<T, E: Into<Failure>>(
        &mut self,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, Failure> {
        self.interrupt.or(work).await.map_err(nothing_changed)?.map_err(Into::into)
    }

    /// The VM with this name or GUID; that of a cluster on its owner node.
    pub(crate) async fn vm(&mut self, wanted: &str) -> Result<Vm, Failure> {
        let host = self.host.clone();
        let Some(cluster) = self.cluster()? else { return self.reading(host.vm(wanted)).await };
        let vm = self.reading(cluster.vm(wanted)).await?;
        self.node = vm.node().map(str::to_owned);
        Ok(vm)
    }

    /// Reads something of the host, or of each node of a cluster; a node that cannot be read is told, and takes nothing else with it.
    ///
    /// # Errors
    /// If nothing can be read of the host, or of any node.
    pub(crate) async fn of_all<T>(
        &mut self,
        read: impl AsyncFn(Host) -> Result<T, hvsnap::Error>,
    ) -> Result<(Vec<T>, Vec<String>), Failure> {
        let Some(cluster) = self.cluster()? else {
            let host = self.host.clone();
            return Ok((vec![self.reading(read(host)).await?], Vec::new()));
        };
        let (mut found, mut problems, mut last) = (Vec::new(), Vec::new(), None);
        for node in self.reading(cluster.nodes()).await? {
            let outcome = match cluster.node_host(&node) {
                Ok(host) => self.interrupt.or(read(host)).await.map_err(nothing_changed)?,
                Err(error) => Err(error),
            };
            match outcome {
                Ok(read) => found.push(read),
                Err(error) => {
                    problems.push(format!("left out, the node {node}: {error}"));
                    last = Some(error);
                }
            }
        }
        match last {
            Some(error) if found.is_empty() => Err(error.into()),
            _ => Ok((found, problems)),
        }
    }

    /// The cluster, where VMs and jobs are looked for on its nodes.
    ///
    /// # Errors
    /// If another namespace was asked for, which is not that of a node.
    pub(crate) fn cluster(&self) -> Result<Option<Cluster>, Failure> {
        let namespace = self.host.cim().name();
        match &self.cluster {
            Some(_) if *namespace != Namespace::virtualization() => {
                let text = format!(
                    "--cluster works in {} of the VM's owner node, and --namespace names {namespace}",
                    Namespace::virtualization()
                );
                Err(Failure::usage(text).hint(
                    "leave out --namespace; --through-cluster works in the namespace of the cluster itself",
                ))
            }
            cluster => Ok(cluster.clone()),
        }
    }
}

/// The failure for an interruption before anything on the host was changed.
pub(crate) fn nothing_changed(_: Interrupted) -> Failure {
    nothing_asked()
}
