//! Threads for blocking calls: the system's resolver, and Kerberos requests to a key distribution centre.
//!
//! The whole process has only a few such threads, for any number of hosts; more work waits in a queue without holding a thread.
//! The threads are the module's own: the blocking pool of a runtime starts another thread while a finished one is not idle yet,
//! so a limit on the work would not limit the threads.

use std::{
    any::Any,
    collections::VecDeque,
    fmt, io,
    net::ToSocketAddrs,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle, ThreadId},
    time::Duration,
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::oneshot;

/// The greatest number of threads. A silent KDC blocks one for half a minute.
const THREADS: usize = 16;
/// How long an idle thread stays.
const KEPT: Duration = Duration::from_secs(10);

static THE: Threads = Threads::new(THREADS, KEPT);

/// Runs work that may block.
///
/// # Errors
/// If no thread can be started, or the work has panicked.
pub(super) async fn on_a_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<T> {
    THE.run(work).await
}

type Work = Box<dyn FnOnce() + Send>;
type Caught = Box<dyn Any + Send>;

/// The threads, and the queue of work.
struct Threads {
    most: usize,
    kept: Duration,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    work: VecDeque<Work>,
    idle: usize,
    /// All threads that are not known to have ended.
    threads: Vec<JoinHandle<()>>,
    /// Those of them that take no more work. The place of one is free once it has really ended.
    leaving: Vec<ThreadId>,
}

impl Threads {
    const fn new(most: usize, kept: Duration) -> Self {
        let state = State { work: VecDeque::new(), idle: 0, threads: Vec::new(), leaving: Vec::new() };
        Self { most, kept, state: Mutex::new(state), changed: Condvar::new() }
    }

    async fn run<T: Send + 'static>(
        &'static self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> io::Result<T> {
        let (done, waited) = oneshot::channel();
        self.add(Box::new(move || {
            // Work whose caller has given up is skipped.
            if !done.is_closed() {
                let _ = done.send(catch_unwind(AssertUnwindSafe(work)));
            }
        }))?;
        let outcome: Result<T, Caught> = waited.await.map_err(io::Error::other)?;
        outcome.map_err(|_| io::Error::other(Panicked))
    }

    fn add(&'static self, work: Work) -> io::Result<()> {
        let mut state = self.state();
        state.work.push_back(work);
        if state.idle >= state.work.len() {
            self.changed.notify_one();
            return Ok(());
        }
        state.join_the_leaving();
        if state.threads.len() >= self.most {
            return Ok(());
        }
        match thread::Builder::new().name("hvsnap-wait".to_owned()).spawn(move || self.serve()) {
            Ok(thread) => state.threads.push(thread),
            // The existing threads will do the work.
            Err(_) if !state.threads.is_empty() => {}
            Err(error) => {
                state.work.pop_back();
                return Err(error);
            }
        }
        Ok(())
    }

    /// The loop of a thread: runs work until it has been idle for a while.
    fn serve(&self) {
        let mut state = self.state();
        loop {
            if let Some(work) = state.work.pop_front() {
                drop(state);
                work();
                state = self.state();
                continue;
            }
            state.idle += 1;
            let (woken, timeout) =
                self.changed.wait_timeout(state, self.kept).unwrap_or_else(PoisonError::into_inner);
            state = woken;
            state.idle -= 1;
            if timeout.timed_out() && state.work.is_empty() {
                state.leaving.push(thread::current().id());
                return;
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Joins the threads that are leaving.
    fn join_the_leaving(&mut self) {
        for id in self.leaving.drain(..) {
            if let Some(at) = self.threads.iter().position(|thread| thread.thread().id() == id) {
                // It has no more work that could panic.
                let _ = self.threads.swap_remove(at).join();
            }
        }
    }
}

/// The work has panicked; the panic hook has reported it.
#[derive(Debug)]
struct Panicked;

impl fmt::Display for Panicked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the work on a thread has panicked")
    }
}

impl std::error::Error for Panicked {}

/// The system's resolver.
pub(super) struct Resolver;

impl Resolver {
    pub(super) fn shared() -> Arc<Self> {
        Arc::new(Self)
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = on_a_thread(move || (name.as_str(), 0).to_socket_addrs()).await??;
            let found: Addrs = Box::new(found);
            Ok(found)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::{
        cell::RefCell,
        pin::Pin,
        sync::atomic::{AtomicUsize, Ordering},
        task::{Context, Waker},
    };

    use super::*;

    fn threads(most: usize, kept: Duration) -> &'static Threads {
        Box::leak(Box::new(Threads::new(most, kept)))
    }

    /// A gate, closed at first, that counts waiting calls, their maximum at one time, and all calls.
    #[derive(Default)]
    struct Door {
        state: Mutex<(bool, usize, usize, usize)>,
        changed: Condvar,
    }

    impl Door {
        fn go_through(&self) {
            let mut state = self.state.lock().unwrap();
            state.1 += 1;
            state.2 = state.2.max(state.1);
            state.3 += 1;
            self.changed.notify_all();
            let mut state = self.changed.wait_while(state, |state| !state.0).unwrap();
            state.1 -= 1;
        }

        fn until_so_many_stand_before_it(&self, number: usize) {
            let state = self.state.lock().unwrap();
            drop(self.changed.wait_while(state, |state| state.1 < number).unwrap());
        }

        fn open(&self) {
            self.state.lock().unwrap().0 = true;
            self.changed.notify_all();
        }
    }

    /// Polls the future once, so that its work is in the queue.
    fn begun<F: Future<Output: fmt::Debug>>(future: F) -> Pin<Box<F>> {
        let mut future = Box::pin(future);
        let first = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(first.is_pending(), "{first:?}");
        future
    }

    #[tokio::test]
    async fn so_many_run_at_once_and_no_more_and_all_are_done() {
        const MOST: usize = 4;
        let (threads, door) = (threads(MOST, KEPT), Arc::new(Door::default()));
        let work: Vec<_> = (0..50)
            .map(|number| {
                let door = Arc::clone(&door);
                begun(threads.run(move || {
                    door.go_through();
                    number
                }))
            })
            .collect();
        door.until_so_many_stand_before_it(MOST);
        assert_eq!(threads.state().threads.len(), MOST);
        assert_eq!(threads.state().work.len(), 50 - MOST, "the others hold no thread");
        door.open();
        for (number, work) in work.into_iter().enumerate() {
            assert_eq!(work.await.unwrap(), number);
        }
        let (_, now, most, all) = *door.state.lock().unwrap();
        assert_eq!((now, most, all), (0, MOST, 50));
    }

    thread_local! {
        static HERE: RefCell<Option<Alive>> = const { RefCell::new(None) };
    }
    static ALIVE: AtomicUsize = AtomicUsize::new(0);

    /// Counts its thread until the thread has ended.
    struct Alive;

    impl Alive {
        /// The number of threads, including this one.
        fn here() -> usize {
            HERE.with_borrow_mut(|here| {
                here.get_or_insert_with(|| {
                    ALIVE.fetch_add(1, Ordering::SeqCst);
                    Self
                });
            });
            ALIVE.load(Ordering::SeqCst)
        }
    }

    impl Drop for Alive {
        fn drop(&mut self) {
            ALIVE.fetch_sub(1, Ordering::SeqCst);
        }
    }

    #[tokio::test]
    async fn a_thread_counts_until_it_has_really_ended() {
        const MOST: usize = 3;
        // An idle thread leaves at once, so each round starts new threads while others end.
        let threads = threads(MOST, Duration::ZERO);
        for _ in 0..200 {
            let work: Vec<_> = (0..MOST).map(|_| tokio::spawn(threads.run(Alive::here))).collect();
            for work in work {
                let alive = work.await.unwrap().unwrap();
                assert!((1..=MOST).contains(&alive), "{alive}");
            }
        }
    }

    #[tokio::test]
    async fn work_that_panics_is_told_and_its_thread_goes_on() {
        let threads = threads(1, KEPT);
        let failed = threads.run(|| -> u32 { panic!("told in the output of the tests") }).await.unwrap_err();
        assert_eq!(failed.to_string(), "the work on a thread has panicked");
        assert_eq!(threads.run(|| 7).await.unwrap(), 7);
        assert_eq!(threads.state().threads.len(), 1);
    }

    #[tokio::test]
    async fn work_that_nobody_waits_for_any_more_is_not_begun() {
        let (threads, door) = (threads(1, KEPT), Arc::new(Door::default()));
        let first = {
            let door = Arc::clone(&door);
            begun(threads.run(move || door.go_through()))
        };
        door.until_so_many_stand_before_it(1);
        let started = Arc::new(AtomicUsize::new(0));
        let given_up = {
            let started = Arc::clone(&started);
            begun(threads.run(move || started.fetch_add(1, Ordering::SeqCst)))
        };
        assert_eq!(threads.state().work.len(), 1, "it is in the queue behind the first");
        drop(given_up);
        door.open();
        first.await.unwrap();
        assert_eq!(threads.run(|| 7).await.unwrap(), 7);
        assert_eq!(started.load(Ordering::SeqCst), 0);
    }
}
