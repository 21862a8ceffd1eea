//! Error ids of this library: names, plans, methods, jobs, and reading back.
//!
//! Hundreds: 5 names and plans, 6 methods and jobs.

use super::{Category, CodeEntry, Family, Repeat, ids::ids};
use crate::codes::advice::{BUSY_MACHINE, LOOK, RIGHTS};

/// The entry for an id without a row; no such id exists.
pub(super) const UNKNOWN: CodeEntry = CodeEntry {
    family: Family::Hvsnap,
    code: 0,
    name: "UNKNOWN",
    title: None,
    category: Category::Other,
    form: None,
    what: "an error",
    why: "no more is known",
    next: LOOK,
    repeat: Repeat::AfterLooking,
    source: "hvsnap",
};

ids! {
    501 NOT_FOUND Unsafe: "not found", "the name is mistyped, or the thing is gone or not visible to this user",
        "see what there is: {vms}, {tree}";
    502 AMBIGUOUS Unsafe: "ambiguous name", "names are not unique on a host, and a name may be the id of another thing",
        "use the id of the one you mean; if another one has that id as its name, use the path";
    503 NO_SERVICE Unsafe: "the host shows no snapshot service", "no rights, a filtered token, or no Hyper-V", RIGHTS;
    504 NOTHING_SEEN Unsafe: "not found, and nothing else is visible", "no longer used: it did not tell the causes apart",
        "HVS0501 is a name that is not found, HVS0505 a user who sees nothing";
    505 FILTERED_TOKEN Unsafe: "the host answers, and shows nothing, not even itself", "a filtered token, or no rights on Hyper-V", RIGHTS;
    510 OTHER_VM Unsafe: "the plan is for another VM", "it was passed to the wrong one", "make a plan on the tree of this VM";
    511 STALE_PLAN Unsafe: "stale plan: the tree has changed; nothing was sent", "another user, or a schedule, changed it in between",
        "look at the tree again and make a new plan";
    512 UNCERTAIN_PLAN Unsafe: "the dependencies are not known; nothing was sent", "the host sent a parent that cannot be read",
        "look at the tree on the host itself";
    513 PLANNING Unsafe: "no plan can be made", "the snapshot is not of this tree", "read the tree again";
    514 LOCKED Safe: "the VM is locked by another operation on this computer; nothing was sent", "it is still running, in this process or another",
        "wait for its end and try again, or use {on-busy=wait}";
    515 BUSY Safe: "the VM is busy; nothing was sent", "another operation is running on it",
        "wait until it is idle and try again, or use {on-busy=wait}; if it shows \"backing up\" for ever, {on-busy=proceed}";
    516 EARLIER_OPEN AfterLooking: "an earlier operation on the VM is open; nothing was sent",
        "it is still running, or its outcome is not known", "resolve it first{ (resume)}; if its outcome cannot be found out, close it{ (close)}";
    517 OTHER_HOST Unsafe: "the operation was sent to another host, or in another namespace", "its VM is not visible here, so this host proves nothing about it",
        "name the host that the journal shows{ (operation)}";
    518 OBSTACLE Unsafe: "the VM or the snapshot does not allow it; nothing was sent", "the text names the obstacle",
        "change that first, or choose another snapshot";
    519 NODE_UNKNOWN Safe: "the cluster does not tell which node the VM is on", "the VM is moving, or the user may not see it on its node",
        "try again in a moment; {doctor} checks the nodes";
    520 NODE_ADDRESS Safe: "a node of the cluster was not reached", "its name has no address here, it is in another domain, or it is down",
        "give the address of the node{ (node)}, or wait until it is up";

    601 REFUSED Unsafe: "the method returned an error", "the return value says why", "{explain} says more of the return value";
    602 REFUSED_ACCESS Unsafe: "Hyper-V denied access", "the user is in neither Administrators nor Hyper-V Administrators", RIGHTS;
    603 REFUSED_BUSY Safe: "the VM is in use, or in the wrong state; nothing was done", "often another operation is running on it", BUSY_MACHINE;
    604 REFUSED_PARAMETER Unsafe: "Hyper-V rejected a parameter of the call", "most often the snapshot is gone",
        "the snapshot may be gone already: look at the tree";
    610 JOB_FAILED AfterLooking: "the job failed", "its error code and text say why",
        "look at the tree of its VM, and see Microsoft-Windows-Hyper-V-VMMS-Admin on the host";
    611 JOB_VANISHED AfterLooking: "the job is gone before its end was seen", "a host deletes a job five minutes after its end, and at a restart of vmms",
        "look at the tree of its VM, which shows its effect";
    612 STILL_THERE AfterLooking: "the job reported success, but the snapshot is still there", "the host needs longer, or is wrong", LOOK;
    613 DEADLINE AfterLooking: "timed out before the job ended", "the host is busy; the job continues", "wait for it again{ (resume)}";
    614 READ_BACK AfterLooking: "the tree could not be read back", "the cause says why; the job itself has ended", LOOK;
    615 JOB_REFUSED Unsafe: "the job refused to end", "its answer says why", "wait for its end{ (wait)}";
    616 UNDECIDED AfterLooking: "the outcome is not known", "what the host shows does not decide it", "{resume} reads the host again, and only reads";
}
