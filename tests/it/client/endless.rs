//! Hosts that send without end: every enumeration reaches a named limit, and the memory until then is bounded too.

use std::collections::VecDeque;

use hvsnap::{
    Client, ClientBuilder, ClientError, ClientErrorKind, Credentials, Effect, Limits, Secret, Violation,
    cim::Wql,
};

use crate::{
    host::IntoHost,
    scripted::{
        Reply, ScriptedHost,
        envelopes::{instance, soap},
    },
};

const PULL: &str = "enumeration/Pull<";
const RELEASE: &str = "enumeration/Release<";
const MIB: usize = 1024 * 1024;

/// A host whose pages all contain `items` and continue with the same context.
async fn endless(items: &str) -> ScriptedHost {
    let page = |kind: &str, prefix: &str| {
        soap(&format!(
            "<n:{kind}Response><n:EnumerationContext>uuid:1</n:EnumerationContext>\
             <{prefix}:Items>{items}</{prefix}:Items></n:{kind}Response>"
        ))
    };
    let host = ScriptedHost::start().await;
    host.on("enumeration/Enumerate<", [page("Enumerate", "w")])
        .on(PULL, [page("Pull", "n")])
        .on(RELEASE, [soap("<n:ReleaseResponse/>")]);
    host
}

/// A VM with a name, and an unused text of `other` bytes.
fn vm(name: usize, other: usize) -> String {
    let name = "x".repeat(name);
    let other = "y".repeat(other);
    instance(
        "Msvm_ComputerSystem",
        &[("Name", "5F0C2A7E-0000-4000-8000-00000000000A"), ("ElementName", &name), ("Description", &other)],
    )
}

fn builder(host: &ScriptedHost) -> ClientBuilder {
    Client::builder(host.url()).credentials(Credentials::basic("ops", Secret::new("secret")))
}

fn violation(error: &ClientError) -> Violation {
    let ClientErrorKind::Protocol(offence) = error.kind() else { panic!("{error:?}") };
    assert_eq!(error.effect(), Effect::None);
    offence.violation()
}

/// Returns when the context has been released on the host, which happens in the background.
async fn released(host: &ScriptedHost) {
    while host.count(RELEASE) == 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn empty_pages_without_end_are_no_progress() {
    let host = endless("").await;
    let client = builder(&host).host();
    assert_eq!(violation(client.vms().await.unwrap_err().client().unwrap()), Violation::NoProgress);
    assert_eq!(host.count(PULL), 99, "and the answer to the Enumerate is a page, too");
    released(&host).await;
    assert_eq!(host.count(RELEASE), 1);
}

#[tokio::test]
async fn some_empty_pages_before_the_last_are_only_slow() {
    let host = endless("").await;
    let page = |rest: &str| soap(&format!("<n:PullResponse>{rest}</n:PullResponse>"));
    let mut pages: VecDeque<Reply> = VecDeque::new();
    for _ in 0..3 {
        let context = "<n:EnumerationContext>uuid:2</n:EnumerationContext>";
        pages.extend((0..98).map(|_| page(&format!("{context}<n:Items/>"))));
        pages.push_back(page(&format!("{context}<n:Items>{}</n:Items>", vm(7, 0))));
    }
    pages.push_back(page("<n:Items/><n:EndOfSequence/>"));
    host.on(PULL, pages);
    let client = builder(&host).host();
    assert_eq!(client.vms().await.unwrap().len(), 3);
    assert_eq!(host.count(RELEASE), 0, "it was read to its end");
}

#[tokio::test]
async fn an_enumeration_that_has_come_to_a_bound_is_over() {
    let host = endless(&vm(7, 0)).await;
    let mut limits = Limits::default();
    limits.enumeration_items = 5;
    let client = builder(&host).limits(limits).host();
    let mut enumeration =
        client.cim().query(&Wql::all("Msvm_ComputerSystem".parse().unwrap())).await.unwrap();
    for _ in 0..5 {
        assert!(enumeration.next().await.unwrap().is_some());
    }
    assert_eq!(violation(&enumeration.next().await.unwrap_err()), Violation::TooManyItems);
    assert_eq!(host.count(PULL), 5);
    released(&host).await;
    assert!(enumeration.next().await.unwrap().is_none(), "it asks for nothing more");
    drop(enumeration);
    assert_eq!((host.count(PULL), host.count(RELEASE)), (5, 1));
}

#[tokio::test]
async fn what_is_kept_of_many_items_is_bounded_in_bytes() {
    let host = endless(&vm(MIB, 0)).await;
    let client = builder(&host).host();
    assert_eq!(violation(client.vms().await.unwrap_err().client().unwrap()), Violation::TooManyBytes);
    assert_eq!(host.count(PULL), 23, "24 MiB are kept, and the 24th item is a few bytes more");
}

#[tokio::test]
async fn what_is_read_and_not_kept_is_bounded_in_bytes_of_the_pages() {
    let host = endless(&vm(7, MIB)).await;
    let mut limits = Limits::default();
    limits.enumeration_bytes = 10 * 1024 * 1024;
    let client = builder(&host).limits(limits).host();
    assert_eq!(violation(client.vms().await.unwrap_err().client().unwrap()), Violation::TooManyBytes);
    assert_eq!(host.count(PULL), 9);
}

/// The greatest memory use of the command.
#[cfg(target_os = "linux")]
mod memory {
    use std::{fs, process::Stdio};

    use tokio::{
        io::{AsyncReadExt, BufReader},
        net::unix::pipe,
        process::Command,
    };

    use super::*;
    use crate::cli::Bench;

    /// A full pipe that is not read: a writer blocks.
    async fn full_pipe() -> (pipe::Sender, pipe::Receiver) {
        let (sender, receiver) = pipe::pipe().unwrap();
        sender.writable().await.unwrap();
        while sender.try_write(&[b' '; 4096]).is_ok() {}
        (sender, receiver)
    }

    /// The peak memory of the process, in KiB (`proc(5)`).
    ///
    /// The pages of the program's own file do not count: there are more of them in each version, and in a build without
    /// optimization.
    fn peak(process: u32) -> u64 {
        let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
        let kib = |name: &str| -> u64 {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            line.trim().trim_end_matches(" kB").parse().unwrap()
        };
        kib("VmHWM:") - kib("RssFile:")
    }

    /// Runs the command until it has reported the error, and measures it before it can end: it blocks while writing its JSON.
    async fn peak_of(mut command: Command) -> (u64, String) {
        let (sender, mut receiver) = full_pipe().await;
        command.stdout(Stdio::from(sender.into_blocking_fd().unwrap())).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // It holds the child's end of the pipe.
        drop(command);
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut first = [0];
        stderr.read_exact(&mut first).await.unwrap();
        let peak = peak(child.id().unwrap());
        let (mut told, mut document) = (String::new(), String::new());
        let drained = tokio::join!(stderr.read_to_string(&mut told), receiver.read_to_string(&mut document));
        drained.0.unwrap();
        drained.1.unwrap();
        assert!(!child.wait().await.unwrap().success());
        (peak, format!("{told}\n{document}"))
    }

    #[tokio::test]
    async fn pages_of_nine_mebibytes_without_end_do_not_fill_the_memory() {
        let third = "x".repeat(3 * MIB);
        let page = instance(
            "Msvm_ComputerSystem",
            &[
                ("Name", "5F0C2A7E-0000-4000-8000-00000000000A"),
                ("ElementName", &third),
                ("StatusDescriptions", &third),
                ("StatusDescriptions", &third),
            ],
        );
        let (bench, host) = (Bench::still().await, endless(&page).await);
        let mut command = bench.command(&["vm", "list", "--auth", "basic", "--output", "json"]);
        command.env("HVSNAP_ENDPOINT", host.url());
        let (peak, told) = peak_of(command).await;
        assert!(told.contains("too many bytes"), "{told}");
        assert!(peak < 46 * 1024, "{peak} KiB");
    }
}
