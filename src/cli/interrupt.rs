//! Interruptions and time limits, and how they end the process.
//!
//! From the start of the process a separate thread watches for Ctrl-C, termination and the end of the terminal. A command that
//! waits through [`Interrupt::or`] ends by itself. Any other command (computing, waiting for an answer, writing to a full pipe)
//! is ended here, with the failure set by [`Interrupt::stands`]. A second interruption ends the process at once.

use std::{
    future::{Future, poll_fn},
    io,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, mpsc},
    task::Poll,
    time::Duration,
};

use hvsnap::{Deadline, Effect, Host, clock::Clock};
use tokio::{
    runtime::{Builder, Runtime},
    sync::watch,
    time::{sleep, timeout},
};

use crate::cli::{
    console::{Console, Format},
    exit::Exit,
    failure::Failure,
    kind::Kind,
    progress,
    render::Line,
    report,
    signals::Signals,
    terminal::Terminal,
};

/// The time for a command to react. With [`REST`] or [`TELLING`] it is less than a second.
const PATIENCE: Duration = Duration::from_millis(650);
/// The additional time for a command that has reacted, to report its end.
const REST: Duration = Duration::from_millis(250);
/// The time for the report from here; stderr may be a pipe that is not read.
const TELLING: Duration = Duration::from_millis(150);

/// The work was interrupted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Interrupted;

/// The watch for interruptions; signals belong to the process, so there is one.
#[derive(Clone, Copy)]
pub(crate) struct Interrupt(&'static Shared);

static WATCH: OnceLock<Shared> = OnceLock::new();

struct Shared {
    format: Format,
    runtime: Runtime,
    seen: watch::Sender<bool>,
    state: Mutex<State>,
}

struct State {
    voice: Voice,
    /// The failure to report if the process is ended here.
    stands: Failure,
    /// The clients of the command, for errors of the journal, which are reported in any case.
    hosts: Vec<Host>,
    /// The terminal settings before a question, while it is open.
    question: Option<Terminal>,
}

impl State {
    fn journal_trouble(&self) -> Vec<String> {
        self.hosts.iter().flat_map(Host::journal_trouble).map(|trouble| trouble.to_string()).collect()
    }
}

/// What reports the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Voice {
    /// Not decided yet.
    Nobody,
    /// The command, which has noticed the interruption.
    Command,
    /// The command, which has finished and writes its result.
    Result,
}

/// Why the process is ended from here.
#[derive(Clone, Copy)]
enum Cause {
    Interrupted,
    TimeOver(Duration),
}

impl Interrupt {
    /// Starts the watch; from now on an interruption does not end the process immediately.
    pub(crate) fn watch(format: Format) -> io::Result<Self> {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let signals = {
            let _within = runtime.enter();
            Signals::new()?
        };
        let state = Mutex::new(State {
            voice: Voice::Nobody,
            stands: nothing_asked(),
            hosts: Vec::new(),
            question: None,
        });
        let watch =
            Self(WATCH.get_or_init(|| Shared { format, runtime, seen: watch::Sender::new(false), state }));
        watch.0.runtime.spawn(watch.attend(signals));
        Ok(watch)
    }

    /// Completes the work, or drops it at an interruption. Work is not started after an interruption.
    pub(crate) async fn or<T>(self, work: impl Future<Output = T>) -> Result<T, Interrupted> {
        let done = if *self.0.seen.borrow() { None } else { self.unless_seen(work).await };
        done.ok_or_else(|| {
            self.lock().voice = Voice::Command;
            Interrupted
        })
    }

    async fn unless_seen<T>(self, work: impl Future<Output = T>) -> Option<T> {
        let mut receiver = self.0.seen.subscribe();
        // The sender is never dropped.
        let mut seen = pin!(async { drop(receiver.wait_for(|seen| *seen).await) });
        let mut work = pin!(work);
        poll_fn(|context| match (work.as_mut().poll(context), seen.as_mut().poll(context)) {
            (Poll::Ready(done), _) => Poll::Ready(Some(done)),
            (Poll::Pending, Poll::Ready(())) => Poll::Ready(None),
            (Poll::Pending, Poll::Pending) => Poll::Pending,
        })
        .await
    }

    /// Sets the failure to report if the process is ended from now on; it must state only what is known now.
    pub(crate) fn stands(self, failure: Failure) {
        self.lock().stands = failure;
    }

    /// Registers a host of the command.
    pub(crate) fn uses(self, host: &Host) {
        self.lock().hosts.push(host.clone());
    }

    /// The errors of the clients' journal.
    pub(crate) fn journal_trouble(self) -> Vec<String> {
        self.lock().journal_trouble()
    }

    /// Records that the command has finished with `exit` and is about to write its result.
    pub(crate) fn writes_result(self, exit: Exit) {
        let mut state = self.lock();
        let exit = if exit == Exit::Unknown { exit } else { Exit::Interrupted };
        if state.voice == Voice::Nobody {
            state.voice = Voice::Result;
            let text = "the command had ended, and its result was not written to the end";
            state.stands = Failure::new(Kind::Interrupted, text).exit(exit).effect(None);
        } else {
            state.stands = state.stands.clone().exit(exit);
        }
    }

    /// Ends the process at `deadline` of `clock` if it is still running.
    pub(crate) fn at_the_latest(self, clock: Arc<dyn Clock>, deadline: Deadline) {
        self.0.runtime.spawn(async move {
            clock.reached(deadline.at()).await;
            sleep(PATIENCE).await;
            let state = self.lock();
            if state.voice == Voice::Nobody {
                self.end(state, Cause::TimeOver(deadline.limit()));
            }
        });
    }

    async fn attend(self, mut signals: Signals) {
        signals.next().await;
        self.0.seen.send_replace(true);
        // A further signal ends this wait.
        if timeout(PATIENCE, signals.next()).await.is_err() && self.lock().voice == Voice::Command {
            let _ = timeout(REST, signals.next()).await;
        }
        self.end(self.lock(), Cause::Interrupted);
    }

    /// Ends the process. The state stays locked, so no other thread can report anything.
    fn end(self, state: MutexGuard<'_, State>, cause: Cause) -> ! {
        let failure = match cause {
            Cause::Interrupted => state.stands.clone(),
            Cause::TimeOver(limit) => state.stands.clone().time_over(limit),
        };
        let exit = failure.parts().exit;
        if let Some(terminal) = &state.question {
            terminal.restore();
        }
        if state.voice != Voice::Command {
            let trouble = state.journal_trouble();
            let (voice, is_asking, format) = (state.voice, state.question.is_some(), self.0.format);
            let (told, is_told) = mpsc::channel();
            self.0.runtime.spawn_blocking(move || {
                progress::clear();
                let mut console = Console::new(format);
                if is_asking {
                    // The cursor is still on the question's line.
                    console.say(&Line::new());
                }
                trouble.iter().for_each(|trouble| console.warn(trouble));
                match voice {
                    // Part of the result may already be on stdout.
                    Voice::Result => report::tell(&mut console, &failure),
                    _ => drop(report::failure(&mut console, &failure)),
                }
                told.send(())
            });
            let _ = is_told.recv_timeout(TELLING);
        }
        std::process::exit(exit.code().into())
    }

    fn lock(self) -> MutexGuard<'static, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A question at the terminal; open until dropped.
pub(crate) struct Question(Option<Interrupt>);

impl Question {
    /// Saves the terminal settings, to restore them if the process ends before the answer.
    pub(crate) fn open() -> Self {
        let watch = WATCH.get().map(Interrupt);
        if let Some(watch) = watch {
            watch.lock().question = Some(Terminal::as_it_is());
        }
        Self(watch)
    }
}

impl Drop for Question {
    fn drop(&mut self) {
        if let Some(watch) = self.0 {
            watch.lock().question = None;
        }
    }
}

/// The failure for an interruption before anything on the host was changed.
pub(crate) fn nothing_asked() -> Failure {
    Failure::interrupted("nothing was changed on the host", Effect::None)
}
