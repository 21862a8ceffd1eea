//! What `--help` says beyond the flags: examples, exit codes, profiles.
//!
//! Short and exact; the golden files of the tests hold every word of it.

/// `hvsnap -h`.
pub(crate) const ROOT_SHORT: &str = "\
Try it without a host: hvsnap demo
More, with exit codes and profiles: hvsnap --help";

/// `hvsnap --help`.
pub(crate) const ROOT: &str = r#"Examples:
  hvsnap demo
  hvsnap vm list --host hv01.corp.example --tls --user 'CORP\ops'
  hvsnap snapshot tree web-01
  hvsnap snapshot destroy web-01 base/before-upgrade --dry-run
  hvsnap snapshot destroy web-01 base/before-upgrade --yes --fingerprint 0123456789abcdef
  hvsnap job wait 5F0C2A7E-0000-4000-8000-000000000001 --output json
  hvsnap resume

Exit codes:
    0  done
    1  the host refused, the job failed, or any other failure
    2  wrong usage or configuration, or no consent
    3  not found, or ambiguous
    4  not authenticated, or not allowed
    5  the outcome is not known: run `hvsnap resume` before anything else
    6  destroyed, but the merge is blocked or was still running at the deadline
    7  no connection to the host (name, route, port or proxy); nothing was sent
    8  not begun, nothing was sent: VM busy or locked, plan stale, or an earlier operation open
  130  interrupted; a job that was started goes on, and how to re-attach is shown
  5 comes before all others. A TLS handshake that fails is 1: something was reached.
  A reader that closes stdout early (| head) ends the output, not the work: the code stays.

Journal, in hvsnap under ~/.local/state (Linux), ~/Library/Application Support (macOS) or %APPDATA%
(Windows), or in --state-dir: a destroy is recorded before its call is sent, and its outcome after.
`hvsnap journal list` shows the records, `hvsnap resume` resolves those that are open;
`hvsnap journal close` ends one by your word, and `hvsnap journal prune` removes old ones.

Profiles, in hvsnap/config.toml under ~/.config (Linux, macOS) or %APPDATA% (Windows):
  default_profile = "lab"

  [profiles.lab]
  host = "hv01.corp.example"        # or: endpoint = "https://hv01.corp.example:5986"
  tls = true
  ca_file = "lab-ca.pem"            # files lie beside config.toml; ~/ is the home
  user = 'CORP\ops'
  password_file = "lab-password"    # a password itself has no place in the file
  # also: allow_plaintext, namespace, uri_form, service_class, operation_timeout, connect_timeout

A flag counts before the environment, and that before the profile. An empty variable counts as none.
The password comes from --password-stdin or --password-file, else HVSNAP_PASSWORD, else
HVSNAP_PASSWORD_FILE, else the profile's password_file, else it is asked for on the terminal."#;

/// `identify`.
pub(crate) const IDENTIFY: &str = "\
Example:
  hvsnap identify --host hv01.corp.example --tls";

/// `doctor`.
pub(crate) const DOCTOR: &str = "\
Checks name, TCP, TLS, schemes, authentication, encryption, clock, namespaces, rights and quota, and
changes nothing; the password is tried once. The exit code is 0, or that of the first failure; a
remark is none.

Examples:
  hvsnap doctor --host hv01.corp.example --tls
  hvsnap doctor --output json";

/// `vm list`.
pub(crate) const VM_LIST: &str = "\
Examples:
  hvsnap vm list
  hvsnap vm list --output json";

/// `vm show`.
pub(crate) const VM_SHOW: &str = "\
Example:
  hvsnap vm show web-01";

/// `snapshot list`.
pub(crate) const SNAPSHOT_LIST: &str = "\
Example:
  hvsnap snapshot list web-01";

/// `snapshot tree`.
pub(crate) const SNAPSHOT_TREE: &str = "\
\"● now\" marks the snapshot that the VM's present state descends from.
Snapshots more than 64 levels deep are not indented; their level is shown instead.

Example:
  hvsnap snapshot tree web-01";

/// `snapshot show`.
pub(crate) const SNAPSHOT_SHOW: &str = "\
Example:
  hvsnap snapshot show web-01 base/before-upgrade";

/// `snapshot destroy`.
pub(crate) const SNAPSHOT_DESTROY: &str = "\
The plan is always shown first. Without --yes it asks on the terminal; without a terminal it refuses.
Just before the call the tree is read again, unless it was read within the last second and only the
snapshot itself goes: if it is no longer the one shown, nothing is sent.
The call is recorded first: `hvsnap journal`. An earlier destroy of the VM that is still open is
resolved before, by reading the host.

Examples:
  hvsnap snapshot destroy web-01 base/before-upgrade --dry-run
  hvsnap snapshot destroy web-01 base/before-upgrade --yes --fingerprint 0123456789abcdef
  hvsnap snapshot destroy web-01 base --scope tree --yes --timeout 30m
  hvsnap snapshot destroy web-01 base/before-upgrade --yes --no-wait --output json";

/// `job show`.
pub(crate) const JOB_SHOW: &str = "\
Example:
  hvsnap job show 5F0C2A7E-0000-4000-8000-000000000001";

/// `job wait`.
pub(crate) const JOB_WAIT: &str = "\
Waits for the job alone; disks may still be merged afterwards (`vm show` tells).

Example:
  hvsnap job wait 5F0C2A7E-0000-4000-8000-000000000001 --timeout 10m";

/// `job cancel`.
pub(crate) const JOB_CANCEL: &str = "\
Example:
  hvsnap job cancel 5F0C2A7E-0000-4000-8000-000000000001";

/// `explain`.
pub(crate) const EXPLAIN: &str = "\
Several families may use the same number; all readings are shown. An unknown code ends with exit code 3.

Examples:
  hvsnap explain HVS0412
  hvsnap explain 2150858793
  hvsnap explain 0x80041002
  hvsnap explain wbemErrAccessDenied";

/// `resume`.
pub(crate) const RESUME: &str = "\
Reads the job, the VM and its tree, says what they prove, and records the status. It never destroys
anything. Exit code 0: all is gone; 1: not, or not all; 5: not known yet; 6: merge open.

It talks only to a host that a flag, a variable or a profile names, never to one that stands in a
record alone. With an ID, --host and --endpoint may give that host by another name; without one they
select the operations of that host. Namespace, and user if none is given, are the record's.

Examples:
  hvsnap resume
  hvsnap resume 1f0c2a7e --timeout 10m --output json
  hvsnap resume 1f0c2a7e --host hv01";

/// `journal list`.
pub(crate) const JOURNAL_LIST: &str = "\
Examples:
  hvsnap journal list
  hvsnap journal list --open --since 7d
  hvsnap journal list --since 2026-03-09 --output json";

/// `journal close`.
pub(crate) const JOURNAL_CLOSE: &str = "\
For an operation whose outcome, or whose merge, nobody can find out any more: the host or the VM is
gone. It asks no host: look at it first. A status that is final already stays; an entry of which
nothing was known is \"closed\", never \"done\".

Example:
  hvsnap journal close 1f0c2a7e --reason 'VM deleted on 2026-03-09, ticket 4711'";

/// `journal prune`.
pub(crate) const JOURNAL_PRUNE: &str = "\
What is open always stays, and so does what cannot be read.

Examples:
  hvsnap journal prune --older-than 90d --dry-run
  hvsnap journal prune --older-than 90d";

/// `journal show`.
pub(crate) const JOURNAL_SHOW: &str = "\
Example:
  hvsnap journal show 1f0c2a7e";

/// `sim serve`.
#[cfg(feature = "sim")]
pub(crate) const SIM_SERVE: &str = "\
Prints one line, `listening on URL`, when it is ready; serves until Ctrl-C. Port 0 takes a free port.

A rule of --fault is KEY=VALUE,KEY=VALUE,…; a lab file has the same keys in [[fault]] tables.
  do           refuse, delay-before, delay-after, reset-before, reset-after, truncate, garbage,
               status, fault, timed-out, quota, wrong-relates-to, replay, drip, oversize,
               job-stuck, job-exception, job-vanishes, object-late, disk-late, merge-blocked,
               merge-fails, merge-stops; each has keys of its own
  on           any, connect, identify, get, enumerate, pull, release, invoke, or a method
  class        only requests for that class; method: only calls of that method
  nth          which of the requests it is about; or from, every and count
  probability  how often it strikes those, from 0 to 1; with seed

Examples:
  hvsnap sim serve --lab fixtures/lab/two-branches.toml --listen 127.0.0.1:5985
  hvsnap sim serve --lab lab.toml --listen 127.0.0.1:0 --seed 7 --speed 20
  hvsnap sim serve --lab lab.toml --fault on=DestroySnapshot,nth=1,do=reset-after";

/// `demo`.
#[cfg(feature = "sim")]
pub(crate) const DEMO: &str = "\
Everything is real but the host: the client talks WS-Management to it over a local socket.

Example:
  hvsnap demo";

/// `completions`.
pub(crate) const COMPLETIONS: &str = "\
Example:
  hvsnap completions bash > ~/.local/share/bash-completion/completions/hvsnap";
