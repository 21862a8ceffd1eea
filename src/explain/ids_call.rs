//! The error ids of this library: what a name means, plans, methods, jobs, and what was read back.
//!
//! The hundreds: 5 names and plans, 6 methods and jobs. 7 is for what is remembered on this machine.

use super::{
    CodeEntry, Family, Repeat,
    advice::{BUSY_MACHINE, LOOK, RIGHTS},
    ids::ids,
};

/// What an id without a row would be; there is none.
pub(super) const UNKNOWN: CodeEntry = CodeEntry {
    family: Family::Hvsnap,
    code: 0,
    name: "UNKNOWN",
    what: "an error",
    why: "no more is known",
    next: LOOK,
    repeat: Repeat::AfterLooking,
    source: "hvsnap",
};

ids! {
    501 NOT_FOUND Unsafe: "nothing has this name", "it is mistyped, gone, or not to be seen by this user",
        "see what there is: `hvsnap vm list`, `hvsnap snapshot tree VM`";
    502 AMBIGUOUS Unsafe: "several things have this name", "names are not unique on a host", "use the id of the one that is meant";
    503 NO_SERVICE Unsafe: "the host shows no snapshot service", "no rights, a filtered token, or no Hyper-V", RIGHTS;
    504 NOTHING_SEEN Unsafe: "nothing has this name, and nothing else is to be seen", "rights or a filtered token, or the name",
        "a user without rights on Hyper-V, or with a filtered token, sees nothing at all";
    505 FILTERED_TOKEN Unsafe: "the host answers and shows nothing, not even what every host has", "a filtered token, or no rights on Hyper-V", RIGHTS;
    510 OTHER_MACHINE Unsafe: "the plan is about another machine", "it was given to the wrong one", "make a plan on this machine's tree";
    511 STALE_PLAN Unsafe: "the tree is not the one that was planned on; nothing was sent", "somebody, or a schedule, changed it in between",
        "look at the tree again and make a new plan";
    512 UNCERTAIN_PLAN Unsafe: "nobody can say what depends on what; nothing was sent", "the host sent a parent that cannot be read",
        "look at the tree on the host itself";
    513 PLANNING Unsafe: "no plan can be made", "the snapshot is not of this tree", "read the tree again";
    514 TAKEN Safe: "another operation here has taken the machine; nothing was sent", "it is still carried out, by this process or another",
        "wait for its end and try again, or have it waited for: --on-busy wait";
    515 BUSY Safe: "the machine is busy; nothing was sent", "somebody or something else is at it", "wait until it is idle and try again, or have it waited for: --on-busy wait";
    516 UNSETTLED AfterLooking: "an earlier operation on the machine is not over, or nobody knows what became of it; nothing was sent",
        "its end was not seen, and looking at the host did not settle it", "settle it: `hvsnap resume`";
    517 OTHER_HOST Unsafe: "the operation was sent to another address, or in another namespace", "a look at this host would prove nothing",
        "give the address and the namespace that the journal shows: `hvsnap journal show`";

    601 REFUSED Unsafe: "the method returned an error", "the return value says why", "`hvsnap explain VALUE` says more of the return value";
    602 REFUSED_ACCESS Unsafe: "Hyper-V does not let the user do this", "the user is in neither Administrators nor Hyper-V Administrators", RIGHTS;
    603 REFUSED_BUSY Safe: "the machine is in use, or in a wrong state for this; nothing was done", "another operation of it is under way", BUSY_MACHINE;
    604 REFUSED_PARAMETER Unsafe: "Hyper-V does not take what the call names", "most often the snapshot is gone",
        "the snapshot may be gone already: look at the tree";
    610 JOB_FAILED AfterLooking: "the job ended without success", "its error code and text say why",
        "look at the tree of the machine that it was for, and on the host at the event log Microsoft-Windows-Hyper-V-VMMS-Admin";
    611 JOB_VANISHED AfterLooking: "the job is gone before its end was seen", "a host forgets a job five minutes after its end, and at a restart of vmms",
        "look at the tree of the machine that it was for: what is not there is destroyed";
    612 STILL_THERE AfterLooking: "the job reported success, and the snapshot is still there", "the host needs longer, or is wrong", LOOK;
    613 DEADLINE AfterLooking: "the time was over before the job ended", "a busy host; the job goes on", "wait for it again: `hvsnap job wait ID`";
    614 READ_BACK AfterLooking: "what became of the tree could not be read back", "the cause says why; the job itself has ended", LOOK;
    615 JOB_REFUSED Unsafe: "the job does not end on request", "its answer says why", "wait for its end: `hvsnap job wait ID`";
    616 UNDECIDED AfterLooking: "the outcome is not known", "what the host shows does not settle it", "`hvsnap resume` looks again, and only looks";
}
