//! Interruptions and time limits, and how they end the process.
//!
//! A separate thread watches for Ctrl-C, termination and the end of the terminal from the start of the process. A command that
//! waits through [`Interrupt::or`] ends by itself. Any other (it computes, asks at the terminal, or writes into a full pipe) is
//! ended from here, with the failure set by [`Interrupt::stands`]. A second interruption ends the process at once.

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

/// How long a command has to notice that it is to end. With the next two it is less than a second.
const PATIENCE: Duration = Duration::from_millis(650);
/// How long one that has noticed has besides, to say how it ended.
const REST: Duration = Duration::from_millis(250);
/// How long it may take to say it from here, where stderr may lead into a pipe that nobody reads.
const TELLING: Duration = Duration::from_millis(150);

/// The work was interrupted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Interrupted;

/// The watch over this process; signals belong to a process, so there is one.
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
    /// What is to be said of a command that ends where it is.
    stands: Failure,
    /// The clients of the command: they know what went wrong with the journal, which is told however the command ends.
    hosts: Vec<Host>,
    /// The terminal as it was before a question, while that is open.
    question: Option<Terminal>,
}

impl State {
    fn journal_trouble(&self) -> Vec<String> {
        self.hosts.iter().flat_map(Host::journal_trouble).map(|trouble| trouble.to_string()).collect()
    }
}

/// Who says how it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Voice {
    /// Nobody yet.
    Nobody,
    /// The command, which was interrupted and has noticed.
    Command,
    /// The command, which has ended by itself and writes its result.
    Result,
}

/// Why the process is ended from here.
#[derive(Clone, Copy)]
enum Cause {
    Interrupted,
    TimeOver(Duration),
}

impl Interrupt {
    /// Begins to watch; from now on an interruption no longer ends the process by itself.
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

    /// Does the work to its end, or drops it where it stands at the next interruption. What was interrupted before is not begun.
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

    /// What is to be said if the process has to be ended from now on: no more than is known by now.
    pub(crate) fn stands(self, failure: Failure) {
        self.lock().stands = failure;
    }

    /// The command works with this host.
    pub(crate) fn uses(self, host: &Host) {
        self.lock().hosts.push(host.clone());
    }

    /// What went wrong with the journal of the clients.
    pub(crate) fn journal_trouble(self) -> Vec<String> {
        self.lock().journal_trouble()
    }

    /// The command has ended by itself, with `exit`, and its result is about to be written.
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

    /// Ends the process at `deadline` of `clock` if it does not do so by itself.
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
        // Any further one cuts this short.
        if timeout(PATIENCE, signals.next()).await.is_err() && self.lock().voice == Voice::Command {
            let _ = timeout(REST, signals.next()).await;
        }
        self.end(self.lock(), Cause::Interrupted);
    }

    /// Ends the process. Who else has something to say waits for the state, which is not given back.
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
                    // The question's line is still open.
                    console.note(&Line::new());
                }
                trouble.iter().for_each(|trouble| console.warn(trouble));
                match voice {
                    // Part of the result may be on stdout already.
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

/// A question at the terminal; open until it is dropped.
pub(crate) struct Question(Option<Interrupt>);

impl Question {
    /// Notes how the terminal is, so that it is left as that if the process ends before the answer.
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

/// Interrupted before anything was sent that changes the host.
pub(crate) fn nothing_asked() -> Failure {
    Failure::interrupted("nothing was changed on the host", Effect::None)
}
