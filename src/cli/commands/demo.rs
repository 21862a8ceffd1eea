//! `demo`: a destroy on the simulated host, with the same code as for a real one.
//!
//! It needs no host, no options and no configuration, and leaves nothing behind. Client and simulator run in this process,
//! communicate over a socket, and share a clock that runs faster than real time.

use std::sync::Arc;

use clap::Args;
use hvsnap::sim::{FaultRule, SimClock, Simulator};

use crate::cli::{
    answer::Answer,
    commands::{
        HostCommand,
        operation::{Busy, OperationArgs, Wait},
        sim,
        snapshot::{
            destroy::{Destroy, Scope},
            filter::FilterArgs,
            tree::Tree,
        },
    },
    connect::Reattach,
    console::Format,
    exit::Exit,
    failure::Failure,
    recent::Recent,
    render::{Line, style},
    run::{Run, on_a_runtime},
    session::Session,
};

const LAB: &str = include_str!("../../../fixtures/lab/demo.toml");
const VM: &str = "web-01";
const SNAPSHOT: &str = "base/before-upgrade";

/// Show a destroy on the simulated host; needs no host and no options
#[derive(Debug, Args)]
#[command(after_help = "\
Everything is real but the host: the client talks WS-Management to it over a local socket.

Example:
  hvsnap demo")]
pub(crate) struct Demo {
    /// How many times faster than real time the host runs
    #[arg(long, value_name = "FACTOR", default_value_t = 2.0, value_parser = sim::speed)]
    speed: f64,

    /// Inject faults by a rule such as on=DestroySnapshot,nth=1,do=reset-after; may be repeated
    #[arg(long = "fault", value_name = "RULE")]
    faults: Vec<FaultRule>,
}

impl Demo {
    pub(super) fn run(&self, run: Run<'_>) -> Result<Answer, Failure> {
        let (console, start) = (run.console, run.start);
        if console.format() == Format::Text {
            // For this command the progress messages are the data.
            console.tell_all_to_stdout();
        }
        on_a_runtime(async {
            let clock = SimClock::real(self.speed);
            let simulator = Simulator::from_lab_text(LAB)
                .map_err(|error| sim::because("the simulated host cannot be made", &error))?
                .clock(clock.clone());
            let simulator = self.faults.iter().cloned().fold(simulator, Simulator::fault);
            let simulator = simulator
                .start()
                .await
                .map_err(|error| sim::because("the simulated host cannot be started", &error))?;
            let host = simulator.host()?;
            let address = Line::new().styled(style::STRONG, simulator.endpoint());
            console.note(&Line::plain("A simulated Hyper-V host listens on ").join(address).text("."));
            console.note(&Line::plain(
                "Everything else is real: the commands, the client, the socket between them.",
            ));
            let (interrupt, reattach) = (start.interrupt, Reattach::default());
            let mut session = Session {
                host,
                cluster: None,
                node: None,
                console,
                interrupt,
                reattach,
                clock: Arc::new(clock),
                recent: Recent::default(),
            };
            let answer = show(&mut session).await;
            sim::tell_faults(session.console, &simulator);
            simulator.shutdown().await;
            answer
        })
    }
}

async fn show(session: &mut Session<'_>) -> Result<Answer, Failure> {
    command(session, &format!("snapshot tree {VM}"));
    let tree = Tree::of(VM);
    let answer = tree.run(session).await?;
    answer.lines.iter().for_each(|line| session.console.note(line));

    command(session, &format!("snapshot destroy {VM} {SNAPSHOT} --yes"));
    let destroy = Destroy {
        vm: Some(VM.to_owned()),
        snapshots: vec![SNAPSHOT.to_owned()],
        scope: Scope::Single,
        matching: false,
        filter: FilterArgs::default(),
        accept_foreign: false,
        operation: OperationArgs {
            dry_run: false,
            yes: true,
            wait: Wait::Merged,
            no_wait: false,
            on_busy: Busy::Fail,
            fingerprint: None,
        },
    };
    let mut answer = destroy.run(session).await?;
    if answer.exit == Exit::Done {
        answer.remarks.extend([
            Line::new(),
            Line::plain("On a host of your own, nothing is destroyed by this:"),
            Line::plain("  hvsnap snapshot destroy VM SNAPSHOT --dry-run --host NAME --tls --user USER"),
        ]);
    }
    Ok(answer)
}

/// Shows the command that a user would type.
fn command(session: &mut Session<'_>, words: &str) {
    session.console.note(&Line::new());
    let prompt = Line::new().styled(style::FAINT, "$ ");
    session.console.note(&prompt.styled(style::STRONG, format_args!("hvsnap {words}")));
}
