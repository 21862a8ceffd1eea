//! Validates a parsed lab file and makes the lab.
//!
//! Every error names the line, the field and the reason. No other file is read.

use std::{
    collections::{BTreeMap, HashSet},
    time::Duration,
};

use toml::{
    Spanned,
    value::{Datetime, Offset},
};

use super::{
    HostSpec, Lab, LabError, SnapshotSpec, Timing, UserSpec, VmSpec, VolumeSpec,
    calls::Called,
    disks,
    faults::{self, Known},
    file::{HostTable, LabFile, SnapshotTable, TimingTable, UserTable, VmTable},
    nodes, parents, service, sizes,
};
use crate::{secret::Secret, sim::random::is_guid};

const SCHEMA: &str = "hvsnap-lab/1";

/// Default creation time of a VM: 2026-01-05T08:00:00Z.
pub(super) const DEFAULT_CREATED: Duration = Duration::from_secs(1_767_600_000);

pub(super) fn check(text: &str, file: LabFile) -> Result<Lab, LabError> {
    let checker = Checker { text };
    if file.schema.get_ref() != SCHEMA {
        return Err(checker.refuse(&file.schema, "schema", format!("only \"{SCHEMA}\" is understood")));
    }
    let volumes = sizes::volumes(text, file.volume)?;
    let host = checker.host(file.host, volumes)?;
    let (cluster, nodes) = checker.cluster(file.cluster, file.node, &host)?;
    let service = service::check(text, file.service)?;
    let timing = checker.timing(&file.timing)?;
    let users = checker.users(file.user)?;
    let mut ids = HashSet::new();
    let mut vms = Vec::new();
    for table in file.vm {
        let node = checker.node(&table, &host, cluster.as_ref(), &nodes)?;
        vms.push(VmSpec { node, ..checker.vm(table, &mut ids)? });
    }
    let faults =
        faults::check(text, file.fault, &Known { nodes: &nodes, is_cluster: cluster.is_some(), vms: &vms })?;
    Ok(Lab { host, cluster, nodes, service, timing, users, vms, faults })
}

pub(super) struct Checker<'a> {
    pub(super) text: &'a str,
}

impl Checker<'_> {
    pub(super) fn refuse<T>(
        &self,
        at: &Spanned<T>,
        field: impl Into<String>,
        problem: impl Into<String>,
    ) -> LabError {
        LabError::at(self.text, &at.span(), field.into(), problem)
    }

    fn host(&self, table: HostTable, volumes: Vec<VolumeSpec>) -> Result<HostSpec, LabError> {
        let name = self.named(&table.name, "host: name")?;
        let (version, build) = match &table.product_version {
            None => ("10.0.17763".to_owned(), 17763),
            Some(version) => {
                let parts: Option<Vec<u32>> =
                    version.get_ref().split('.').map(|part| part.parse().ok()).collect();
                match parts.as_deref() {
                    Some([_, _, build]) => (version.get_ref().clone(), *build),
                    _ => {
                        let problem = "not three numbers with dots, such as 10.0.17763";
                        return Err(self.refuse(version, "host: product_version", problem));
                    }
                }
            }
        };
        let fqdn = table.fqdn.unwrap_or_else(|| nodes::default_fqdn(&name));
        let HostTable { hyper_v, cluster, requires_snapshot_settings, relative_parents, .. } = table;
        Ok(HostSpec {
            name,
            fqdn,
            version,
            build,
            hyper_v,
            cluster,
            requires_snapshot_settings,
            relative_parents,
            volumes,
        })
    }

    fn timing(&self, table: &TimingTable) -> Result<Timing, LabError> {
        let seconds = |value: &Option<Spanned<f64>>, field: &str, default: f64| match value {
            None => Ok(Duration::from_secs_f64(default)),
            Some(value) => self.seconds(value, format!("timing: {field}")),
        };
        Ok(Timing {
            job: seconds(&table.job_seconds, "job_seconds", 2.0)?,
            state: seconds(&table.state_seconds, "state_seconds", 1.0)?,
            shutdown: seconds(&table.shutdown_seconds, "shutdown_seconds", 5.0)?,
            merge: seconds(&table.merge_seconds, "merge_seconds", 3.0)?,
            object_delay: seconds(&table.object_delay_seconds, "object_delay_seconds", 0.0)?,
            link_delay: seconds(&table.link_delay_seconds, "link_delay_seconds", 0.0)?,
            merge_delay: seconds(&table.merge_delay_seconds, "merge_delay_seconds", 0.5)?,
            disk_delay: seconds(&table.disk_delay_seconds, "disk_delay_seconds", 0.0)?,
            retention: seconds(&table.retention_seconds, "retention_seconds", 300.0)?,
            cancel: seconds(&table.cancel_seconds, "cancel_seconds", 0.5)?,
            enumeration: seconds(&table.enumeration_seconds, "enumeration_seconds", 240.0)?,
        })
    }

    fn users(&self, tables: Vec<UserTable>) -> Result<Vec<UserSpec>, LabError> {
        let mut users: Vec<UserSpec> = Vec::new();
        for UserTable { name, password, rights, certificate_sha256 } in tables {
            let plain = self.named(&name, "user: name")?;
            if plain.contains(':') {
                return Err(self.refuse(
                    &name,
                    "user: name",
                    "a colon cannot be sent with Basic authentication",
                ));
            }
            if users.iter().any(|user| user.name.eq_ignore_ascii_case(&plain)) {
                return Err(self.refuse(&name, "user: name", format!("\"{plain}\" is listed twice")));
            }
            let refused = |problem| self.refuse(&password, format!("user \"{plain}\": password"), problem);
            let word = match password.get_ref() {
                toml::Value::String(word) if word.is_empty() => return Err(refused("empty")),
                toml::Value::String(word) => Secret::new(word.clone()),
                _ => return Err(refused("not a text in quotes")),
            };
            let certificate = match certificate_sha256 {
                None => None,
                Some(hash) => Some(service::certificate_hash(hash.get_ref()).ok_or_else(|| {
                    let field = format!("user \"{plain}\": certificate_sha256");
                    self.refuse(&hash, field, "not 32 bytes in hexadecimal digits")
                })?),
            };
            if let Some(other) =
                users.iter().find(|user| certificate.is_some() && user.certificate == certificate)
            {
                let problem = format!("the certificate of \"{}\"", other.name);
                return Err(self.refuse(&name, "user: certificate_sha256", problem));
            }
            users.push(UserSpec { name: plain, password: word, rights, certificate });
        }
        Ok(users)
    }

    fn vm(&self, table: VmTable, ids: &mut HashSet<String>) -> Result<VmSpec, LabError> {
        let name = self.named(&table.name, "vm: name")?;
        let place = format!("vm \"{name}\"");
        let id = self.id(table.id.as_ref(), &place, ids)?;
        let created = match &table.created {
            None => DEFAULT_CREATED,
            Some(created) => self.time(created, format!("{place}: created"))?,
        };
        let generation = match &table.generation {
            None => 2,
            Some(generation) if matches!(generation.get_ref(), 1 | 2) => *generation.get_ref(),
            Some(generation) => {
                return Err(self.refuse(generation, format!("{place}: generation"), "neither 1 nor 2"));
            }
        };
        let parents = parents::resolve(self.text, &place, &table.snapshot)?;
        let current = parents::current(self.text, &place, &table, &parents)?;
        let applied = parents::applied(self.text, &place, &table, &parents)?;
        let sizes = sizes::disks(self.text, &place, &table)?;
        let disks = disks::check(self.text, &place, &name, table.disks, table.disk_folder.as_ref())?;
        let create = self.call(table.create, Called::Create, &place)?;
        let modify = self.call(table.modify, Called::Modify, &place)?;
        let mut requests = BTreeMap::new();
        for (request, call) in table.request {
            requests.insert(request, self.call(Some(call), Called::State(request), &place)?);
        }
        let mut snapshots = Vec::new();
        let only_root = parents.iter().filter(|parent| parent.is_none()).count() == 1;
        for (index, (snapshot, parent)) in table.snapshot.into_iter().zip(parents).enumerate() {
            let hours = u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1);
            let default = created.saturating_add(Duration::from_secs(3600).saturating_mul(hours));
            let is_first = only_root && parent.is_none();
            snapshots.push(self.snapshot(snapshot, parent, is_first, default, &place, ids)?);
        }
        let VmTable { state, notes, merging, checkpoints, guest_vss, guest, .. } = table;
        Ok(VmSpec {
            name,
            id,
            node: None,
            state,
            generation,
            created,
            notes,
            disks,
            sizes,
            merging,
            snapshots,
            current,
            applied,
            checkpoints,
            guest_vss,
            create,
            modify,
            guest,
            requests,
        })
    }

    fn snapshot(
        &self,
        table: SnapshotTable,
        parent: Option<usize>,
        is_first: bool,
        default_created: Duration,
        vm: &str,
        ids: &mut HashSet<String>,
    ) -> Result<SnapshotSpec, LabError> {
        let name = self.named(&table.name, format!("{vm}: snapshot: name"))?;
        let place = format!("{vm}: snapshot \"{name}\"");
        let id = self.id(table.id.as_ref(), &place, ids)?;
        let created = match &table.created {
            None => default_created,
            Some(created) => self.time(created, format!("{place}: created"))?,
        };
        let written = sizes::snapshot(self.text, &place, &table, is_first)?;
        let destroy = self.call(table.destroy, Called::Destroy, &place)?;
        let apply = self.call(table.apply, Called::Apply, &place)?;
        let clear = self.call(table.clear, Called::Clear, &place)?;
        let SnapshotTable { kind, automatic, saved_state, notes, .. } = table;
        Ok(SnapshotSpec {
            name,
            id,
            parent,
            created,
            kind,
            automatic,
            saved_state,
            notes,
            written,
            destroy,
            apply,
            clear,
        })
    }

    pub(super) fn named(&self, name: &Spanned<String>, field: impl Into<String>) -> Result<String, LabError> {
        if name.get_ref().trim().is_empty() {
            return Err(self.refuse(name, field, "empty"));
        }
        if name.get_ref().chars().any(char::is_control) {
            return Err(self.refuse(name, field, "holds a control character"));
        }
        Ok(name.get_ref().clone())
    }

    fn id(
        &self,
        id: Option<&Spanned<String>>,
        place: &str,
        ids: &mut HashSet<String>,
    ) -> Result<Option<String>, LabError> {
        let Some(id) = id else { return Ok(None) };
        if !is_guid(id.get_ref()) {
            let problem = format!("\"{}\" is no GUID", id.get_ref());
            return Err(self.refuse(id, format!("{place}: id"), problem));
        }
        let upper = id.get_ref().to_ascii_uppercase();
        if !ids.insert(upper.clone()) {
            return Err(self.refuse(id, format!("{place}: id"), format!("{upper} is taken")));
        }
        Ok(Some(upper))
    }

    pub(super) fn seconds(
        &self,
        value: &Spanned<f64>,
        field: impl Into<String>,
    ) -> Result<Duration, LabError> {
        // A year is long enough, and keeps every sum of times in range.
        if !(0.0..=31_536_000.0).contains(value.get_ref()) {
            return Err(self.refuse(value, field, "not a number of seconds from 0 to a year"));
        }
        Ok(Duration::from_secs_f64(*value.get_ref()))
    }

    fn time(&self, value: &Spanned<Datetime>, field: impl Into<String>) -> Result<Duration, LabError> {
        since_epoch(value.get_ref()).ok_or_else(|| {
            self.refuse(
                value,
                field,
                "not a time with date and offset since 1970, such as 2026-01-05T08:00:00Z",
            )
        })
    }
}

fn since_epoch(value: &Datetime) -> Option<Duration> {
    let (date, clock, offset) = (value.date?, value.time?, value.offset?);
    let month = time::Month::try_from(date.month).ok()?;
    let date = time::Date::from_calendar_date(i32::from(date.year), month, date.day).ok()?;
    let nanosecond = clock.nanosecond.unwrap_or(0);
    let clock =
        time::Time::from_hms_nano(clock.hour, clock.minute, clock.second.unwrap_or(0), nanosecond).ok()?;
    let minutes = match offset {
        Offset::Z => 0,
        Offset::Custom { minutes } => i32::from(minutes),
    };
    let offset = time::UtcOffset::from_whole_seconds(minutes * 60).ok()?;
    let since =
        time::PrimitiveDateTime::new(date, clock).assume_offset(offset) - time::OffsetDateTime::UNIX_EPOCH;
    Duration::try_from(since).ok()
}
