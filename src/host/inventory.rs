//! All snapshots of a host by one enumeration.

use crate::{
    cim::Wql,
    client::objects_of,
    host::{
        Error, Host,
        reads::{class, log_unreadable},
    },
    hyperv::{SnapshotInventory, inventory},
    schema::names::SETTING_DATA,
};

impl Host {
    /// The snapshots of all VMs that the user may see, as one tree for each VM: one enumeration, however many VMs there are, and
    /// one more request or two if it shows nothing at all.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// # #[cfg(feature = "sim")] {
    /// # let sim = hvsnap::sim::Simulator::from_lab("fixtures/lab/two-branches.toml")?.seed(7).start().await?;
    /// # let host = sim.host()?;
    /// for (tree, snapshot) in host.snapshots().await?.snapshots() {
    ///     println!("{}: {}", tree.vm_name(), snapshot.element_name());
    /// }
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// If the enumeration fails; [`FindError::NothingSeen`](crate::hyperv::FindError::NothingSeen) as [`vms`](Self::vms), so that
    /// a user without rights never gets an empty list. A VM whose snapshots cannot be read is in
    /// [`unreadable`](SnapshotInventory::unreadable), and the others are there.
    pub async fn snapshots(&self) -> Result<SnapshotInventory, Error> {
        const DURING: &str = "listing the snapshots of all VMs";
        let query = Wql::all(class(SETTING_DATA)?);
        let take = || {
            objects_of(SETTING_DATA, |instance| {
                Ok(inventory::OwnedSettings::from_instance(&instance).transpose())
            })
        };
        let settings = self.0.cim.collect_of_host(DURING, &query, take).await?;
        if settings.is_empty() {
            // Every VM has settings: with VMs and without settings, the answer is not the whole.
            let vms = self.vms().await?.len();
            return match vms {
                0 => Ok(SnapshotInventory::default()),
                vms => Err(Error::protocol(inventory::no_settings(vms), DURING)),
            };
        }
        let found = SnapshotInventory::build(settings);
        log_unreadable("a snapshot", found.snapshots().flat_map(|(_, snapshot)| &snapshot.unreadable));
        Ok(found)
    }
}
