//! A simulated Hyper-V host, or a cluster of hosts, with a simulated WinRM service, for tests of the client and for `hvsnap sim serve`.
//!
//! It is independent of the client: it reads requests and writes answers by the specifications, has its own model of trees, disks
//! and jobs, and shares only the facts: the tables of classes, names and codes. It authenticates by NTLM and Kerberos, each with
//! or without SPNEGO, by Basic and by client certificates, with and without TLS, and seals messages. It has no CredSSP, no event
//! subscriptions, and only the methods below.
//!
//! # Parts
//!
//! [`Simulator`] reads a *lab* file and starts; [`RunningSimulator`] listens, at one address or at those of a cluster, shows the model and the [journal](Entry), and lets
//! "another administrator" change trees. Inside: `lab` (the file), `model` (the host over time, pure), `instances` (the model as
//! CIM instances), `wql` (queries), `message` (SOAP), `endpoint` (the operations), `methods` (a row and a function for each method),
//! `auth` (authentication and sealing), `http` (the listeners), `addresses` (one, or those of a cluster), `faults` (fault injection). Time is an argument of the model; by
//! default it is virtual and advanced by sleeps.
//!
//! # The lab file
//!
//! ```toml
//! schema = "hvsnap-lab/1"
//!
//! [host]
//! name = "HV01"                     # NetBIOS name
//! fqdn = "hv01.lab.example"         # optional
//! product_version = "10.0.17763"    # decides which properties instances have
//! hyper_v = true                    # whether Hyper-V is installed: without it root\cimv2 alone exists
//! cluster = true                    # whether root\HyperVCluster\v2 exists; a cluster with nodes: see below
//! requires_snapshot_settings = false   # true: CreateSnapshot of type 2 fails without an instance in SnapshotSettings
//! relative_parents = false          # true: ParentPath of a disk file is relative to its folder
//!
//! [cluster]                         # makes the host the first node of a cluster, whose nodes share all else in this file.
//! name = "CLU1"                     # The first address is that of this name; each node has an address of its own
//!
//! [[node]]                          # another node; only in a lab with [cluster]
//! name = "HV02"                     # NetBIOS name
//! fqdn = "hv02.lab.example"         # optional
//!
//! [service]                         # these are the defaults: a host as installed. Without the table, one that was
//!                                   # prepared: allow_unencrypted = true, auth = ["negotiate", "basic"]
//! allow_unencrypted = false         # over plain HTTP, a message that is not sealed gets an empty 500
//! auth = ["negotiate"]              # also "kerberos" (a default too if there is a keytab), "basic", "certificate" (TLS)
//! cbt = "relaxed"                   # channel bindings over TLS: "none" unchecked, "strict" demanded
//! max_envelope_kb = 500             # MaxEnvelopeSizekb: no message is longer than that, whatever is asked for
//! keytab = "host.keytab"            # no default; relative to this file. Kerberos by the system's GSSAPI library
//!
//! [timing]                          # seconds; these are the defaults
//! job_seconds = 2.0
//! state_seconds = 1.0               # of a job that changes the state of a VM
//! shutdown_seconds = 5.0            # how long a guest takes to shut down
//! merge_seconds = 3.0
//! object_delay_seconds = 0.0        # from the end of a job until its effect on a snapshot is visible
//! link_delay_seconds = 0.0          # from then until a new snapshot is linked to its job (Msvm_AffectedJobElement)
//! merge_delay_seconds = 0.5         # from the time a snapshot is gone until its merge can be seen
//! disk_delay_seconds = 0.0          # from the end of a merge until the disks point to the files that are left
//! retention_seconds = 300.0         # how long an ended job can be read
//! cancel_seconds = 0.5
//! enumeration_seconds = 240.0       # how long a context lives without a Pull
//!
//! [[user]]
//! name = 'LAB\operator'
//! password = "correct-horse"
//! rights = "administrator"          # or "reader" (no Invoke), "filtered" (empty sets)
//! certificate_sha256 = "AB:12:…"    # the hash of the client certificate that stands for the user
//!
//! [[volume]]                        # a Win32_Volume of the host; C:\ and the volumes of disks need no table
//! path = 'D:\'                      # a drive, or a folder such as C:\ClusterStorage\Volume1
//! capacity_gib = 4096               # by default 2048, or twice the size of the files on it at the start
//! used_gib = 0                      # by anything but disks of VMs
//!
//! [[vm]]
//! name = "web-01"
//! id = "0A1B2C3D-0001-4000-8000-00000000A001"   # optional: else from the seed
//! node = "HV02"                     # the cluster node that owns it; by default the host. With [cluster] a node of the lab; else
//!                                   # any name, and the VM is shown in root\HyperVCluster\v2 alone
//! state = "running"                 # off, saved, paused
//! generation = 2
//! created = 2026-01-05T08:00:00Z
//! notes = ["Front end"]
//! disks = ['D:\Hyper-V\web-01.vhdx']   # or how many, from 0 to 64; by default one
//! # disk_folder = 'D:\Hyper-V'      # where those are that are only counted
//! disk_gib = 127                    # size of each disk, as the guest sees it
//! base_mib = 12288                  # size of the first file of each disk
//! written_mib = 256                 # size of the current state's file, if there are snapshots
//! writes_mib_per_minute = 1         # growth of that file while the VM runs
//! merging = true                    # false: its disks do not merge (Msvm_DiskMergeSettingData)
//! checkpoints = "production"        # UserSnapshotType: 3, or standard if the guest takes no part; also "production-only" (4),
//!                                   # "standard" (5), "disabled" (2)
//! guest = "ready"                   # how the guest responds to a shutdown request: also "not-ready", "locked" (unless forced),
//!                                   # "hung" (accepts it and never finishes), "none" (has no integration services)
//! guest_vss = true                  # whether the guest takes part in a production checkpoint while it runs
//! current = "base"                  # what the current state descends from; needed when there are several leaves
//! applied = "base"                  # the snapshot applied last
//!
//! [[vm.snapshot]]
//! name = "base"
//! written_mib = 512                 # size of its file of each disk; not for the first file
//! # id, created, notes as above; parent = name, path or id
//! type = "realized"                 # recovery, planned, missing, replica, replica-consistent, replica-planned
//! automatic = false
//! saved_state = false
//!
//! [vm.snapshot.destroy]             # what becomes of a call that destroys it
//! job = "completes"                 # warnings, exception, terminated, vanishes
//! takes_effect = true               # whether it is gone at the end; by default if the job ends well
//! # return_value = 32774            # instead of a job: a refusal, or 0 for "done at once"
//! error_code = 0
//! error_description = "why"
//! job_seconds = 2.0
//! cancellable = true
//! object_delay_seconds = 0.0        # these four for this snapshot alone, else as under [timing]
//! merge_delay_seconds = 0.5
//! merge_seconds = 3.0
//! disk_delay_seconds = 0.0
//! merge = "completes"               # none (does not begin; the file stays for good), never (goes on for good),
//!                                   # fails (ends in state 10), stops (is gone without an end)
//! # merge_error_code = 32768        # of one that fails, as its text:
//! # merge_error_description = "why"
//!
//! # The same keys, without those of a merge, say what becomes of other calls: [vm.snapshot.apply] (ApplySnapshot) and
//! # [vm.snapshot.clear] (ClearSnapshotState) of this snapshot; before the snapshots of the VM, [vm.create] (CreateSnapshot;
//! # also link_delay_seconds), [vm.modify] (ModifySystemSettings of it and its snapshots; return_value = 0 by default) and
//! # [vm.request.save] (RequestStateChange; also start, off, shutdown, pause, reset).
//!
//! [[fault]]                         # goes wrong on purpose: see below
//! on = "DestroySnapshot"
//! nth = 1
//! do = "reset-after"
//! ```
//!
//! If only the number of VMs matters, [`Simulator::add_vms`] and `hvsnap sim serve --vms` add VMs to those of the lab:
//! `vm-000001` and so on, each like a `[[vm]]` with only that name.
//!
//! # Behaviours and their sources
//!
//! *documented*: in a specification or in Microsoft's documentation (MS-WSMV, DSP0226, DSP0227, DSP0230, the Hyper-V WMI
//! classes).
//! *captured*: recorded from a real host, or reported by an observer of one. *assumed*: no source; a client must not rely on it.
//!
//! | Behaviour | How sure |
//! |---|---|
//! | Answers have Action, MessageID, To, RelatesTo without `mustUnderstand`; `p` is bound twice; one line, no declaration | captured |
//! | Properties in alphabetical order without case; nil scalars `xsi:nil`; null and empty arrays absent; `cim:Datetime`, `cim:Interval`; "never" is 1601 | captured |
//! | References as content without `a:EndpointReference`; the wrapper in a request is fault 2150858817 | captured |
//! | `METHOD_OUTPUT` with out parameters, then `ReturnValue`; a null `Job` is `xsi:nil` | captured for other methods, assumed for these |
//! | Both forms of resource URI; `__cimnamespace` in references answered to the DMTF form; without it `root\hardware`, so not found | documented |
//! | A superclass in the resource URI reaches the derived instance and is answered as it was addressed | assumed |
//! | Namespaces answered in lower case, compared without case | captured for others, assumed for these |
//! | `CreationClassName` alone identifies a service; no selector at all is `w:InternalError` | captured |
//! | A singleton (`Win32_OperatingSystem`) is read without selectors, its reference has none, its path ends in `=@` | documented, reported by clients |
//! | `root\cimv2`: `Win32_Volume` with its size and what is free, in bytes; a volume of a cluster has a path and no letter | documented, that the latter is there at all assumed |
//! | `root\cimv2`: `Win32_OperatingSystem`, `Win32_ComputerSystem`, one `Win32_Processor` a socket, with names, version and times of the lab | documented, other values assumed |
//! | Fragment transfer of Get and Put: a property by its name, or with `/text()`; must be understood; other operations get 2150858871 | documented |
//! | The answer to it is `w:XmlFragment` as for named properties of a query; another expression is `n:CannotProcessFilter` | assumed |
//! | A Put of `Win32_OperatingSystem` changes `Description` and passes over what cannot be written; the answer holds the instance | documented that it can be written, the rest assumed |
//! | Put, Create and Delete of every other class: 2150859010, the provider is not capable; a body of another class: 2150858773 | documented codes, that Hyper-V refuses so assumed |
//! | Options are passed over | documented |
//! | A query goes to `*` only, else 2150859003; a bad query, class or namespace is `n:CannotProcessFilter` as `MSFT_WmiError` | documented, captured |
//! | `select a,b`: `w:XmlFragment`, children in no namespace, alphabetical | captured |
//! | One item per Pull by default, a new context with each, no context with the end, pages near 76 000 characters | captured |
//! | `OptimizeEnumeration`: one item and a live context, or everything with an empty context element | captured on 2008 R2 and 2012 |
//! | An empty optimised result: empty context, empty `w:Items`, `w:EndOfSequence` | assumed |
//! | Contexts expire, 1500 to a user | documented |
//! | Faults always come with HTTP 500; codes, subcodes and details after Microsoft's table | captured, documented |
//! | A vanished instance: `a:DestinationUnreachable`, 2150858752, `__ExtendedStatus` | captured for another class |
//! | `MSFT_WmiError` for missing classes and namespaces, for a Get without keys and for quotas; it has no RelatesTo | captured |
//! | Header rules: ReplyTo, MessageID, MaxEnvelopeSize, OperationTimeout, locales, unknown `mustUnderstand` headers | documented |
//! | A parameter that the method does not have, or in another namespace, is fault 2150858817 | assumed |
//! | A reader's Invoke is fault 5; a filtered user sees empty sets and gets 2150859012 for an Invoke | documented, captured |
//! | 401, 405, 415 with empty reason phrase and empty body; `Negotiate` before `Basic` | captured |
//! | `Kerberos` between the two, and only where it is on | documented, the order assumed |
//! | A scheme that is not offered ends the connection | captured for `NTLM`, assumed for others |
//! | An authentication by NTLM or SPNEGO holds for its connection; a leg with an empty body is answered 401 with a token, the last one 200 | documented |
//! | A refused token is a 401 without a token, and the connection stays | assumed |
//! | NTLM: version 2, extended session security, 128 bits; a MIC, since the challenge has the time | documented, that a missing MIC is refused assumed |
//! | `user`, `user@realm`, `DOMAIN\user` mean the same account; the domain is that of the lab's first user with one | documented, the second half ours |
//! | Kerberos in one leg, in the scheme `Kerberos`, as it is in `Negotiate`, and as the first choice in SPNEGO; the last answer proves the host | documented, as it is in `Negotiate` reported by clients |
//! | SPNEGO: the list of mechanisms is signed by the host when the client signed it; it must be when NTLM was not the first | documented |
//! | The signature of the list takes the first sequence number, and the cipher begins anew after it | documented |
//! | Sealed messages are answered sealed, faults too, also over TLS; the frame has tabs, no blank line, one form only | documented |
//! | A sealed message that was changed, repeated or reordered: an empty 400; the context and the identity are gone | documented, that the identity goes assumed |
//! | An empty 500 also to the plain body of a leg | reported by clients |
//! | Channel bindings by the hash of the certificate: none, relaxed, strict; a wrong or missing one is a 401 | documented, the status assumed |
//! | A client certificate with `Authorization: http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual`; asked for in the first handshake; an unknown one is a 401 | documented, the handshake and the status assumed |
//! | 404, 411, 413; an empty 500 when unencrypted requests are not allowed; an empty 200 to an empty body | documented |
//! | Identify hides the version from those who did not authenticate | documented |
//! | `DestroySnapshot` leaves the children to the parent; `DestroySnapshotTree` takes the whole subtree | documented, captured |
//! | New, Starting, Running, then the end; effects come with the end | documented, the times assumed |
//! | A job stays five minutes after its end | captured |
//! | No merge for a leaf off the current branch, nor while two dependents remain; one dependent merges; the current state counts as one | documented |
//! | A merge takes the file of the one dependent into that of the destroyed snapshot: the second name is left, and the dependent's disks point to it | documented, that they do reported by watchers |
//! | Job, object and disks end one after the other; between these stages the VM's status is OK, and a call gets 32775 before the object goes, 32774 before the disks change | reported by watchers, status and codes assumed |
//! | A file without its snapshot on which nothing depends goes with the object; one that must not merge, or on which two depend, stays | documented, the moment assumed |
//! | A merge that failed or stopped leaves files, disks and an OK status; the next deletion of the VM takes it up again | reported by administrators, that any deletion does assumed |
//! | A failed merge is a storage job in state 10 with the HRESULT 0x80004005 | assumed |
//! | `Msvm_StorageAllocationSettingData` of present settings and of snapshots, over `Msvm_VirtualSystemSettingDataComponent`; `HostResource` is one path | documented, captured |
//! | The second part of its `InstanceID`: all disks at one controller | assumed |
//! | `Msvm_DiskMergeSettingData`, one a VM; 0 keeps every merge of the VM from beginning, and 1 lets them begin | documented, reported by administrators |
//! | Its `InstanceID` is the VM's GUID and the word `DeviceSpecificData`, which stands for something else; nothing is associated with it | assumed |
//! | `GetVirtualHardDiskSettingData`: 0 and the text at once, without `Job`; an empty `ParentPath` for the first file; null is `PROPAGATED` | captured |
//! | `ParentPath` may be relative to the folder of the file; whether it is, the lab says | reported by clients |
//! | A file that is not there: 32779, `Job` and `SettingData` null; no path: 32773 | documented, the nulls and the second code assumed |
//! | A file in use is described as any other | reported by watchers, on the VM's own host |
//! | `GetVirtualHardDiskState`: answers as the former; `FileSize` and `InUse` of a VM that runs or is paused | documented, the answers assumed |
//! | `MinInternalSize` is the sum of the files of the chain | assumed |
//! | All disks of a VM have files of the same sizes; the present one grows by a constant rate while the VM runs, 2 MiB at a time, from 4 MiB | assumed |
//! | A merge adds the sizes of the two files up, at its end; nothing is larger than its disk, and nothing fails for lack of space | assumed |
//! | `ModifyDiskMergeSettings` switches the merging of a VM at once: 0, `Job` null; what was left over meanwhile merges | documented, that it takes no job assumed |
//! | An unknown VM or state in it: 32773 | assumed |
//! | `CreateSnapshot`: the VM by `CreationClassName` and `Name`, or by `Name` alone; by another selector a fault | reported by clients, the fault's code (2150858843) assumed |
//! | `Name` alone also where a method of a VM is called | reported by clients |
//! | What names no VM, or a `SnapshotType` but 2, 3, 32768, 34818: 32773 | assumed |
//! | `SnapshotType` 3 fails as an invalid checkpoint type, whatever the VM | reported by clients, that the job fails assumed |
//! | 34818 is an automatic checkpoint | reported by clients |
//! | `SnapshotSettings` absent, empty or an instance whose text is held against its class as below; a lab can demand the instance | reported by clients, hosts differ |
//! | 4096 with a job of type 70, `ResultingSnapshot` null | reported by clients, null rather than absent assumed |
//! | 0 only where the lab says so, with `ResultingSnapshot` if the snapshot is there | documented |
//! | The new snapshot comes with the end of the job or later; until then no row of `Msvm_AffectedJobElement` with effect 5 | reported by clients |
//! | It is named after the VM and the host's local time, as an American host writes it in UTC | documented, captured in another language |
//! | The present settings and disks descend from it; `HostResource` is a new `.avhdx` | reported by clients |
//! | `IsSaved` by `UserSnapshotType` and state: standard has the memory of a VM that is not off, production of one that is saved or paused; type 3 falls back to it when the guest takes no part | documented, reported by clients; for saved and paused assumed |
//! | `UserSnapshotType` 2, or 4 without the guest (or on a VM that is saved or paused), fails in the job with ErrorCode 32768 and a text | reported by administrators, the form and the number assumed |
//! | A recovery snapshot is taken whatever `UserSnapshotType`; with `ConsistencyLevel` 1 it fails when a guest that runs takes no part | reported by clients, the first half assumed |
//! | A VM has at most 50 snapshots of all kinds; one more fails in the job with ErrorCode 32768 | documented for checkpoints, the form assumed |
//! | `ApplySnapshot`: a job of type 71; 32775 unless the VM is off or saved | documented, the second half assumed |
//! | Then the VM is saved if the snapshot has memory, else off; the present settings descend from it; every disk has a new file, and the former present files are gone; its name and notes stay | documented, reported by clients; files, name and notes assumed |
//! | `Msvm_LastAppliedSnapshot` and `Msvm_MostCurrentSnapshotInBranch` then name it | documented |
//! | `ClearSnapshotState`: a job of type 73; `IsSaved` is false then. Without memory it changes nothing | documented, the second half assumed |
//! | No activity is shown for it | assumed |
//! | `ModifySystemSettings` changes `ElementName` and `Notes` of a snapshot or VM at once: 0, `Job` null; of several notes the first is kept | captured |
//! | It changes `UserSnapshotType` of a VM; a snapshot keeps it, and a number other than 2 to 5 is 32773 | documented, the second half assumed |
//! | A minimal instance will do, and the whole one; null changes nothing; a wrong `TYPE`, an ISO date or `&amp;` in the text: 32768, `&lt;`: 32773 | captured, that they are return values and no job assumed |
//! | One empty note clears them and is read back; a job of type 2 instead of 0 only where the lab says so | reported by clients |
//! | An array for a scalar or the reverse, an unknown property, class or `InstanceID`: 32773; other properties are passed over | assumed |
//! | `OperationalStatus` [11, 32772] while disks merge, [11, 32770] while a snapshot is deleted; a short gap between | documented, captured |
//! | [11, 32768] while a snapshot is taken, [11, 32769] while one is applied; `EnabledState` stays | documented |
//! | The merge is an `Msvm_StorageJob` of type 5, linked to VM and disks by `Msvm_AffectedStorageJobElement` | assumed |
//! | `RequestStateChange` of a VM: 2 starts or resumes, 3 turns off (and discards a saved state), 6 saves, 9 pauses, 11 resets: 4096 and a job | reported by clients, the job's times and texts assumed |
//! | 4 has the guest shut down; 32775 when the guest cannot | reported by clients against the documentation, the code assumed |
//! | 32768 and 32769, which paused and saved VMs once: 32775, and nothing changes | captured |
//! | The state that is there already, and one that cannot follow: 32775 | reported by clients |
//! | Any other number: 32773; a request to the host itself: 32770 | assumed |
//! | `JobType` 12 start, 13 off, 14 save, 15 start of a saved VM, 16 shutdown, 26 pause, 27 resume, 28 reset | documented, which is whose assumed |
//! | `EnabledState` at rest 2, 3, 6, 9; `RequestedState` stays 5 | captured |
//! | On the way 1 with `OtherEnabledState` Saving, Quiescing or Resuming; 4 while it goes off, 10 while it starts or resets | reported by clients, which of them when assumed |
//! | `EnabledDefault` 3 of a VM that is off, else 2 | captured, for saved and paused assumed |
//! | A second request during a change: 32775, but turning off takes the place of a shutdown, whose job is terminated | assumed |
//! | 32775 for a change while a snapshot is worked on, and for work on a snapshot during a change; a merge hinders no change | assumed |
//! | A VM is up since it was started, a pause included; a saved one begins anew | assumed |
//! | `Msvm_ShutdownComponent` as long as a VM runs and its guest has integration services | reported by clients |
//! | `InitiateShutdown` answers at once: 0, 32780 not ready, 32781 locked and not forced, 32782 asked before; the VM goes off later, without a job | documented, that its `EnabledState` is 4 meanwhile assumed |
//! | `Msvm_SummaryInformation` as a class with instances, from Windows Server 2016 on; of VMs alone, with the `InstanceID` of the present settings | reported by clients, the second half assumed |
//! | Its `HostComputerSystemName` is the NetBIOS name of the host, its `Notes` one text | documented, which name assumed |
//! | `root\HyperVCluster\v2` has the VMs of all nodes, `root\virtualization\v2` those on the host: elsewhere is an empty set, and no fault | reported by administrators and clients |
//! | The node of a VM is `HostComputerSystemName` of its `Msvm_SummaryInformation` in the cluster's namespace | reported by clients |
//! | Methods in the cluster's namespace work on VMs of any node; in the other one a VM elsewhere is unknown: 32773 | assumed |
//! | With `[cluster]`: services there have the name of the cluster as `SystemName`, and so has the hosting system, whose `EnabledState` is 5 | reported by clients, documented, that there is one hosting system assumed |
//! | References in that namespace stay in it, whatever node has the object; none has an address | assumed |
//! | The name of a cluster leads to one node, which answers by its own name | documented, which node assumed |
//! | A node answers for itself: its name, its VMs, their jobs, the contexts of its enumerations, its volumes but the shared ones | documented, for contexts assumed |
//! | A VM that moves takes snapshots and disks along, with their identifiers; its jobs are gone from the node that it left, and are not on the new one | reported by clients, that jobs are gone assumed |
//! | What such a job does goes on, unless a rule cuts it off; a merge goes on in a new job on the new node | assumed |
//! | A node that fails resets its connections and refuses new ones; its VMs come up on the next node, those that ran anew; its jobs end without an effect, merges begin anew | documented that VMs come up elsewhere, the rest assumed |
//! | `root\MSCluster` is on every host and the same on every node; outside a cluster it is empty | reported by clients, that it is on every host assumed |
//! | `MSCluster_Resource`: a VM has two, `Virtual Machine` and `Virtual Machine Configuration`, named after it, both with its GUID as `PrivateProperties.VmID` | reported by clients |
//! | A query tests such a member without regard to case; braces and a member that is not there find nothing | reported by clients |
//! | `PrivateProperties` in an answer is null | assumed |
//! | `State` 2, 3, 129 and 130 by the state of the VM, 4 when its node is down; `PersistentState` true while it runs or is paused | documented, when each is assumed |
//! | `MSCluster_Node`: `State` 0, or 1 when it has failed | documented |
//! | A disk file that a VM on another node has open: 32768 | reported by clients as a sharing violation, the code assumed |
//! | A second operation gets 32775 while a snapshot is taken, applied, cleared or deleted, 32774 while disks merge | reported for another method, assumed here |
//! | A snapshot that is gone, or no snapshot at all: return value 32773 | assumed |
//! | `RequestStateChange`: 4 and 5 start the transition (4096), 2, 3 and 6 are not supported (1), ended jobs 4097, a timeout 4098 | documented, the choice among codes assumed |
//! | A cancelled job has ErrorCode 32768 and leaves the snapshot | assumed |
//! | `GetErrorEx`: CIM-XML text of one `Msvm_Error` when the job has an error, else nothing | documented, the members' values assumed |
//!
//! # Fault injection
//!
//! A [`FaultRule`] is a rule: the requests that it matches, those of them that it applies to, and the fault. It is given in the lab
//! as `[[fault]]`, or in one line, `on=DestroySnapshot,nth=1,do=reset-after`, for [`Simulator::fault`],
//! [`RunningSimulator::inject`] and `hvsnap sim serve --fault`, with the same keys. The journal names the rules applied to a
//! request ([`Entry::faults`]), and so does the log, at `info`; [`RunningSimulator::faults`] counts the uses of each rule and so
//! reveals unused ones.
//!
//! | Key | Value |
//! |---|---|
//! | `do` | what goes wrong: the first column of the next table |
//! | `on` | `any` (the default), `identify`, `get`, `put`, `create`, `delete`, `enumerate`, `pull`, `release`, `invoke`, a method by its name, or `connect`: not a request, but a connection |
//! | `at` | only requests and connections that reach this node, be it through the name of the cluster |
//! | `class` | only requests for this class, or one that it derives from or that derives from it; a query and its pulls by what they select |
//! | `method` | only calls of this method |
//! | `nth` | only the nth of those |
//! | `from`, `every`, `count` | from that one on; each so many; at most so often |
//! | `probability`, `seed` | only as often as this, from 0 to 1; the seed of the rule's own chance, which by default follows the host's |
//!
//! Of the rules that apply to a request, all delays, all job faults and all changes of the cluster count, and the first of the others. Anonymous requests
//! match no rule. A rule with the name of a node that is not there is an error in a lab file, and elsewhere matches nothing. Time is that of the host's clock. *Message* is the envelope before it is sealed, *connection* the bytes that
//! are sent. `executed` says whether the request is executed nevertheless.
//!
//! | `do` | What goes wrong, and its keys | How sure that a host can be seen so |
//! |---|---|---|
//! | `refuse` | the connection is reset when it is accepted; with `seconds`, and then on any request too, all connections are reset and nobody listens for so long | documented (RFC 9293, section 3.5.2) |
//! | `delay-before`, `delay-after` | the request waits `seconds` until it is carried out, or its answer does | documented (`OperationTimeout`) |
//! | `reset-before`, `reset-after` | an RST instead of the answer; the request was not carried out, or was | documented (RFC 9293) |
//! | `truncate` | the answer ends after `bytes`, by default half: `level` `connection` (default; closed in order) or `message` (only the envelope is cut) | reported by clients; in the message assumed |
//! | `garbage` | what is no envelope, sealed if the session is, or with `level = "connection"` no HTTP; `executed` (true) | assumed |
//! | `status` | HTTP status `code` alone, with `body` (as a proxy) or without, never sealed; `executed` (false) | documented for 401, 404, 413, 500 and 503, others assumed |
//! | `fault` | a fault of any `code`, with the parts that belong to it or `subcode`, `blames`, `reason`; `executed` (false) | documented |
//! | `timed-out` | `w:TimedOut` while the call goes on; `executed` (true) | documented |
//! | `quota` | too many operations, as `MSFT_WmiError`; not carried out | captured |
//! | `wrong-relates-to` | the answer relates to another request | assumed |
//! | `replay` | an earlier answer, of the same operation if there is one, as `level` `message` (default) or `connection` | assumed |
//! | `drip` | the answer comes `bytes` (64) at a time, `seconds` (1) apart | assumed |
//! | `oversize` | blanks after the envelope, up to `bytes` (17 MiB) | assumed |
//! | `job-stuck` | the job that the call starts never ends | reported by administrators |
//! | `job-exception` | it ends in state 10 with `code` (32768) and `description`; `takes_effect` (false) | documented |
//! | `job-vanishes` | it is gone when it ends; `takes_effect` (true) | captured (jobs are forgotten), the moment assumed |
//! | `object-late` | what it does to a snapshot can be seen `seconds` after the job has ended | reported by watchers, the length assumed |
//! | `disk-late` | the disks change `seconds` after the merge has ended | reported by watchers, the length assumed |
//! | `merge-blocked` | the merge after it goes on for good | reported by administrators |
//! | `merge-fails` | it ends in state 10 with `code` (32768) and `description`; the files stay | reported by administrators, the form assumed |
//! | `merge-stops` | it is gone without an end; the files stay | reported by administrators |
//! | `moves` | the VM `vm`, by default the one that the request names (itself, or by a snapshot or job), moves to `node` when the request was carried out, or `before` it is (false); what it is doing `job` `continues` (default) or `is-cut-off` without an effect | documented, the moments assumed |
//! | `node-fails` | `node`, by default the one that the request reached, fails when the request was carried out, or `before` it is (false); [`RunningSimulator::recover_node`] lets it come up again | documented, the moments assumed |

mod addresses;
pub(crate) mod auth;
mod clock;
pub(crate) mod endpoint;
mod faults;
pub(crate) mod http;
mod instance;
mod instances;
mod journal;
pub(crate) mod lab;
pub(crate) mod message;
mod methods;
mod model;
pub(crate) mod path;
pub(crate) mod per_node;
mod random;
mod server;
mod wql;

pub use clock::SimClock;
pub use faults::{FaultError, FaultRule, FaultUse};
pub use journal::{Entry, Mechanism, RequestKind, RequestOutcome};
pub use lab::{LabError, VmState};
pub use model::EditError;
pub use server::{RunningSimulator, Simulator, SnapshotView, StartError, VmView};
