//! The kinds of faults at a step of an operation, and the reports that are allowed for each.
//!
//! *Unknown* is right only if the evidence is really missing. This file alone decides, kind by kind, where it is allowed.

use super::operations::Operation;

/// One kind of fault.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    /// The rules without `on` and `nth`; several are joined by ` + `.
    pub(crate) rules: &'static str,
    /// The result of a read with a single fault.
    pub(crate) read: Read,
    /// The result of the call.
    pub(crate) call: Call,
}

/// The effect of a single fault on a read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Read {
    /// None, or a retry: the operation must end as without a fault.
    Recovers,
    /// The answer is not credible and the read fails. Before the call the report must be *none*; a wait for a job tolerates it,
    /// so that after the call the operation must end as without a fault.
    Passes,
    /// The host refuses, or does not answer for too long: the client may give up. Before the call it must report *none*;
    /// afterwards it may report *unknown*, because the state could not be read.
    Fails,
    /// The fault affects the call only.
    Untouched,
}

/// The effect of a fault on the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    /// The answer arrives in the end.
    Answered,
    /// The answer was lost or is not credible (statuses and quotas never are: a proxy may have written them). The host's
    /// state shows whether it has acted, once the call can no longer be in progress.
    Lost,
    /// The host is unreachable for an hour: *unknown*.
    Away,
    /// The host reports by a fault that it did not execute the call: *none*, and nothing else.
    NotCarriedOut,
    /// The job fails, and the host's state decides: *none* if nothing was done, *applied* if it was.
    JobFails,
    /// The work is done, and the job is gone before its end was seen: the host's state decides.
    JobGone,
    /// The job has not ended at the time limit: *unknown*.
    JobStuck,
    /// Done, but disks are still merging: exit code 6.
    MergeOpen,
}

const fn kind(name: &'static str, rules: &'static str, read: Read, call: Call) -> Kind {
    Kind { name, rules, read, call }
}

use Call::{Answered, Away, JobFails, JobGone, JobStuck, Lost, MergeOpen, NotCarriedOut};
use Read::{Fails, Passes, Recovers, Untouched};

/// The host says that it has forgotten what is asked for.
pub(crate) const NO_SUCH_RESOURCE: &str = "no such resource";

pub(crate) const KINDS: &[Kind] = &[
    kind("down for a moment", "do=refuse,seconds=0.1", Recovers, Lost),
    kind("down for an hour", "do=refuse,seconds=3600", Fails, Away),
    kind("reset, then refused", "do=reset-before + on=connect,from=2,count=1,do=refuse", Recovers, Lost),
    kind("late request", "do=delay-before,seconds=5", Recovers, Answered),
    kind("late answer", "do=delay-after,seconds=5", Recovers, Answered),
    kind("reset before", "do=reset-before", Recovers, Lost),
    kind("reset after", "do=reset-after", Recovers, Lost),
    kind("truncated", "do=truncate", Recovers, Lost),
    kind("truncated head", "do=truncate,bytes=0", Recovers, Lost),
    kind("truncated message", "do=truncate,level=message", Passes, Lost),
    kind("garbage message", "do=garbage", Passes, Lost),
    kind("garbage, not executed", "do=garbage,executed=false", Passes, Lost),
    kind("garbage connection", "do=garbage,level=connection", Passes, Lost),
    kind("503", "do=status,code=503", Recovers, Lost),
    kind("503 with a body", "do=status,code=503,body=<html>busy</html>,executed=true", Recovers, Lost),
    kind("500 empty", "do=status,code=500", Passes, Lost),
    kind("500 empty, executed", "do=status,code=500,executed=true", Passes, Lost),
    kind("502 of a proxy", "do=status,code=502,body=<p>bad gateway,executed=true", Passes, Lost),
    kind("200 with a page", "do=status,code=200,body=<html/>,executed=true", Passes, Lost),
    kind("404", "do=status,code=404", Fails, Lost),
    kind("401", "do=status,code=401", Fails, Lost),
    kind("access denied", "do=fault,code=5", Fails, NotCarriedOut),
    kind("schema violation", "do=fault,code=2150858817", Fails, NotCarriedOut),
    kind(NO_SUCH_RESOURCE, "do=fault,code=2150858752", Fails, NotCarriedOut),
    kind("quota of shells", "do=fault,code=2150858815", Recovers, Lost),
    kind("RPC unavailable", "do=fault,code=2147944122", Passes, Lost),
    kind("RPC failed, executed", "do=fault,code=2147944126,executed=true", Passes, Lost),
    kind("unreportable success", "do=fault,code=2150858829,executed=true", Fails, Lost),
    kind("timed out", "do=timed-out", Recovers, Lost),
    kind("timed out, not executed", "do=timed-out,executed=false", Recovers, Lost),
    kind("quota", "do=quota", Recovers, Lost),
    kind("wrong RelatesTo", "do=wrong-relates-to", Passes, Lost),
    kind("replayed message", "do=replay", Passes, Lost),
    kind("replayed bytes", "do=replay,level=connection", Passes, Lost),
    kind("slow drip", "do=drip,bytes=200,seconds=0.1", Recovers, Answered),
    kind("oversized", "do=oversize,bytes=300000", Passes, Lost),
    kind("job stuck", "do=job-stuck", Untouched, JobStuck),
    kind("job exception", "do=job-exception", Untouched, JobFails),
    kind("job exception, yet done", "do=job-exception,takes_effect=true", Untouched, JobFails),
    kind("job vanishes", "do=job-vanishes", Untouched, JobGone),
    kind("job vanishes in vain", "do=job-vanishes,takes_effect=false", Untouched, JobFails),
    kind("merge blocked", "do=merge-blocked", Untouched, MergeOpen),
    kind("stuck and lost", "do=job-stuck + do=reset-after", Untouched, Away),
    kind("exception and lost", "do=job-exception + do=reset-after", Untouched, Lost),
    kind("vanished and lost", "do=job-vanishes + do=reset-after", Untouched, Lost),
];

impl Kind {
    /// True if it strikes the operation's call or, if the step is another, a read.
    pub(crate) fn strikes(&self, operation: &Operation, is_call: bool) -> bool {
        let of_job = !self.rules.contains("do=job") || operation.starts_job;
        let of_merge = !self.rules.contains("do=merge") || operation.merges;
        of_job && of_merge && (is_call || self.read != Untouched)
    }

    /// The same in a sealed session. A message that is not sealed or out of order may come from an attacker, so the client does
    /// not wait for it to pass. A lost identity is proven again.
    pub(crate) fn sealed(self) -> Self {
        match self.name {
            "401" => Self { read: Recovers, ..self },
            "200 with a page" | "replayed bytes" => Self { read: Fails, ..self },
            _ => self,
        }
    }

    /// The rules, applied to the request of this number, and with `for_good` to all later ones.
    pub(crate) fn at(&self, number: usize, for_good: bool) -> Vec<String> {
        let occurrence = if for_good { "from" } else { "nth" };
        let rule = |rule: &str| match rule {
            rule if rule.contains("on=connect") => rule.to_owned(),
            // These rules affect the call, whatever its number.
            rule if self.read == Untouched && rule.contains("do=job") || rule.contains("do=merge") => {
                rule.to_owned()
            }
            rule => format!("on=any,{occurrence}={number},{rule}"),
        };
        self.rules.split(" + ").map(rule).collect()
    }
}
