//! Every order in which a few threads may do their work, for tests: one runs at a time, and which goes on is
//! decided at each change of the disk, at each look at it, and at each lock.
//!
//! The orders are gone through one after the other, depth first: a run follows the decisions of the one
//! before it up to the last that had another way to go. Switching away from a thread that could go on is
//! limited (most faults need very few such switches); where a thread waits or ends, every other is tried.
//! Threads stand for processes: each has files and locks of its own, and one may die, or be refused, at any
//! change that it makes.
//!
//! What is given up, so that there are not too many: a look by who holds a lock is no place to switch at,
//! for none but lock holders change what it looks at; nor is a sync, which nobody sees.

use std::any::Any;
use std::cell::RefCell;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::seam::Change;
use super::seam::faults::Died;

/// How far the orders are gone through, and under which laws of nature.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// How often a thread that could go on is made to wait for another, in one run.
    pub(crate) switches: usize,
    /// How many of the mortal threads die, or are refused a change, in one run: 0 or 1.
    pub(crate) mishaps: usize,
    /// Whether a folder's time tells of a change at once; otherwise it does not in the whole run.
    pub(crate) clock_is_fine: bool,
    /// Whether to switch at looks by who holds a lock too: where others than lock holders change what they
    /// look at.
    pub(crate) is_thorough: bool,
    /// What is broken on purpose, to see that it is found out.
    pub(crate) sabotage: Sabotage,
}

/// What is broken on purpose.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Sabotage {
    /// Nothing.
    None,
    /// Locks that keep nobody out.
    Locks,
    /// Writes that have no effect: those that this is true of.
    Writes(fn(&Path, &[u8]) -> bool),
}

/// A thread of a run.
pub(crate) struct Task {
    /// Whether it may come to harm.
    pub(crate) is_mortal: bool,
    /// What it does.
    pub(crate) code: Box<dyn FnOnce() + Send>,
}

/// What was gone through.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Explored {
    /// How many orders.
    pub(crate) runs: usize,
    /// How many decisions the longest had.
    pub(crate) decisions: usize,
    /// How many had a mishap.
    pub(crate) mishaps: usize,
}

/// An order in which something went wrong.
#[derive(Debug)]
pub(crate) struct Violation {
    /// What did.
    pub(crate) message: String,
    /// Which way was taken at each decision: the same ways lead there again.
    pub(crate) ways: Vec<usize>,
    /// How many orders were right before.
    pub(crate) runs: usize,
}

/// Goes through all orders of `tasks`, which is called for each of them; `check` follows each.
pub(crate) fn explore<S>(
    limits: Limits,
    tasks: impl Fn() -> (S, Vec<Task>),
    check: impl Fn(S),
) -> Result<Explored, Violation> {
    let mut explored = Explored { runs: 0, decisions: 0, mishaps: 0 };
    let mut decisions = Vec::new();
    loop {
        let (subject, tasks) = tasks();
        let mut state = run_once(limits, std::mem::take(&mut decisions), tasks);
        let failure = state.failure.take().or_else(|| {
            let checked = catch_unwind(AssertUnwindSafe(|| check(subject)));
            checked.err().map(|payload| text_of(payload.as_ref()))
        });
        if let Some(message) = failure {
            let ways = state.decisions.iter().map(|decision| decision.taken).collect();
            return Err(Violation { message, ways, runs: explored.runs });
        }
        explored.runs += 1;
        explored.decisions = explored.decisions.max(state.decisions.len());
        explored.mishaps += limits.mishaps - state.mishaps_left;
        decisions = state.decisions;
        while decisions.last().is_some_and(|last| last.taken + 1 == last.ways) {
            decisions.pop();
        }
        match decisions.last_mut() {
            Some(last) => last.taken += 1,
            None => return Ok(explored),
        }
    }
}

fn text_of(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<String>().cloned();
    text.or_else(|| payload.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
}

/// A place with several ways to go on.
#[derive(Debug, Clone, Copy)]
struct Decision {
    ways: usize,
    taken: usize,
}

/// A way to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// That thread goes on.
    To(usize),
    /// The thread that runs dies.
    Death,
    /// What it is about to do fails.
    Error,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Ready,
    /// It waits for a lock to be given back.
    WaitsForLock,
    /// It waits for a change of the disk.
    WaitsForChange,
    Done,
}

struct State {
    limits: Limits,
    running: usize,
    status: Vec<Status>,
    mortal: Vec<bool>,
    decisions: Vec<Decision>,
    decided: usize,
    switches_left: usize,
    mishaps_left: usize,
    /// How many changes there have been.
    changes: u64,
    /// How many of them changed the names in a folder.
    name_changes: u64,
    failure: Option<String>,
}

struct Run {
    state: Mutex<State>,
    turns: Vec<Condvar>,
}

/// What unwinds the threads of a run that has gone wrong.
struct Aborted;

thread_local! {
    static PART: RefCell<Option<Part>> = const { RefCell::new(None) };
}

/// This thread's part in a run.
#[derive(Clone)]
struct Part {
    run: Arc<Run>,
    me: usize,
    locks_held: usize,
}

fn run_once(limits: Limits, decisions: Vec<Decision>, tasks: Vec<Task>) -> State {
    let state = State {
        limits,
        running: 0,
        status: vec![Status::Ready; tasks.len()],
        mortal: tasks.iter().map(|task| task.is_mortal).collect(),
        decisions,
        decided: 0,
        switches_left: limits.switches,
        mishaps_left: limits.mishaps,
        changes: 0,
        name_changes: 0,
        failure: None,
    };
    let run =
        Arc::new(Run { state: Mutex::new(state), turns: (0..tasks.len()).map(|_| Condvar::new()).collect() });
    // Who begins is decided too.
    {
        let mut state = run.lock();
        let ways: Vec<Way> = (0..tasks.len()).map(Way::To).collect();
        if let Way::To(first) = state.decide(&ways) {
            state.running = first;
        }
    }
    std::thread::scope(|scope| {
        for (me, task) in tasks.into_iter().enumerate() {
            let run = Arc::clone(&run);
            scope.spawn(move || {
                PART.with(|part| {
                    *part.borrow_mut() = Some(Part { run: Arc::clone(&run), me, locks_held: 0 });
                });
                let done = catch_unwind(AssertUnwindSafe(|| {
                    run.wait_for_turn(run.lock(), me);
                    (task.code)();
                }));
                PART.with(|part| part.borrow_mut().take());
                let mut state = run.lock();
                state.status[me] = Status::Done;
                if let Err(payload) = done
                    && !payload.is::<Died>()
                    && !payload.is::<Aborted>()
                {
                    state.failure.get_or_insert(text_of(payload.as_ref()));
                }
                run.pass_on(&mut state);
            });
        }
    });
    let Ok(run) = Arc::try_unwrap(run) else { panic!("a thread is left") };
    run.state.into_inner().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    fn decide(&mut self, ways: &[Way]) -> Way {
        if ways.len() < 2 {
            return ways[0];
        }
        if self.decided == self.decisions.len() {
            self.decisions.push(Decision { ways: ways.len(), taken: 0 });
        }
        let decision = self.decisions[self.decided];
        assert_eq!(decision.ways, ways.len(), "the same decisions do not lead to the same place");
        self.decided += 1;
        ways[decision.taken]
    }

    fn ready(&self) -> impl Iterator<Item = usize> {
        (0..self.status.len()).filter(|task| self.status[*task] == Status::Ready)
    }

    fn wake(&mut self, which: Status) {
        self.status.iter_mut().filter(|status| **status == which).for_each(|status| *status = Status::Ready);
    }
}

impl Run {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_for_turn(&self, mut state: MutexGuard<'_, State>, me: usize) {
        while state.running != me && state.failure.is_none() {
            state = self.turns[me].wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.failure.is_some() {
            drop(state);
            resume_unwind(Box::new(Aborted));
        }
    }

    /// Lets another thread go on, for the one that ran cannot.
    fn pass_on(&self, state: &mut State) {
        if state.ready().next().is_none() {
            // Who waits for a change when nothing can come any more has seen the end.
            state.wake(Status::WaitsForChange);
        }
        let ways: Vec<Way> = state.ready().map(Way::To).collect();
        if state.failure.is_none() {
            if ways.is_empty() && state.status.iter().any(|status| *status != Status::Done) {
                state.failure = Some("a deadlock: those that are left wait for each other".to_owned());
            } else if !ways.is_empty()
                && let Way::To(next) = state.decide(&ways)
            {
                state.running = next;
            }
        }
        self.turns.iter().for_each(Condvar::notify_one);
    }
}

/// Whether this thread takes part in a run.
pub(crate) fn is_on() -> bool {
    part().is_some()
}

fn part() -> Option<Part> {
    // What a dying thread does on its way out the kernel would do.
    if std::thread::panicking() {
        return None;
    }
    PART.with(|part| part.borrow().clone())
}

/// A place where another thread may go on; the one that runs comes to harm before `change`, if there is one
/// and that is decided.
fn decide_here(part: &Part, is_change: bool) -> io::Result<()> {
    let (run, me) = (&part.run, part.me);
    let mut state = run.lock();
    let mut ways = vec![Way::To(me)];
    if state.switches_left > 0 {
        ways.extend(state.ready().filter(|task| *task != me).map(Way::To));
    }
    if is_change && state.mishaps_left > 0 && state.mortal[me] {
        ways.extend([Way::Death, Way::Error]);
    }
    match state.decide(&ways) {
        Way::To(next) if next == me => {}
        Way::To(next) => {
            state.switches_left -= 1;
            state.running = next;
            run.turns[next].notify_one();
            run.wait_for_turn(state, me);
        }
        Way::Death => {
            state.mishaps_left -= 1;
            drop(state);
            resume_unwind(Box::new(Died));
        }
        Way::Error => {
            const ENOSPC: i32 = 28;
            state.mishaps_left -= 1;
            return Err(io::Error::from_raw_os_error(ENOSPC));
        }
    }
    Ok(())
}

/// Waits until `is_over`, letting others go on.
fn block(part: &Part, as_what: Status) {
    let mut state = part.run.lock();
    state.status[part.me] = as_what;
    part.run.pass_on(&mut state);
    part.run.wait_for_turn(state, part.me);
}

/// A look at the disk is about to be taken.
pub(super) fn look() {
    if let Some(part) = part()
        && (part.locks_held == 0 || part.run.lock().limits.is_thorough)
    {
        let _ = decide_here(&part, false);
    }
}

/// Makes a change, as a thread that takes part in a run.
pub(super) fn run<T>(change: Change<'_>, operation: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    let Some(part) = part() else { return operation() };
    if matches!(change, Change::SyncData(_) | Change::SyncDir(_)) {
        return operation();
    }
    decide_here(&part, true)?;
    let mut sabotaged = None;
    if let Change::Write { path, position, bytes } = change {
        let sabotage = part.run.lock().limits.sabotage;
        if matches!(sabotage, Sabotage::Writes(is_lost) if is_lost(path, bytes)) {
            sabotaged = Some((path, std::fs::read(path)?));
        } else if path.extension().is_some_and(|extension| extension == "log") {
            // A reader may see a write that is half done.
            let half = &bytes[..bytes.len() / 2];
            std::fs::OpenOptions::new().write(true).open(path)?.write_all_at(half, position)?;
            note_change(&part, change, false);
            decide_here(&part, true)?;
        }
    }
    let is_new_name = matches!(change, Change::Open(path) if !path.exists());
    let is_seen = match change {
        Change::Open(_) => is_new_name,
        // Who waits looks at the log, and not at what those who write it tell each other.
        Change::Write { path, .. } | Change::Truncate { path, .. } => path.extension().is_some(),
        _ => true,
    };
    let done = operation();
    if let Some((path, before)) = sabotaged {
        std::fs::write(path, before)?;
    }
    if is_seen {
        note_change(&part, change, is_new_name);
    }
    done
}

fn note_change(part: &Part, change: Change<'_>, is_new_name: bool) {
    let mut state = part.run.lock();
    state.changes += 1;
    let names = matches!(
        change,
        Change::CreateDir(_) | Change::Rename { .. } | Change::Remove(_) | Change::RemoveDirAll(_)
    );
    state.name_changes += u64::from(names || is_new_name);
    state.wake(Status::WaitsForChange);
}

/// Takes a lock with `try_lock`, which must not wait, letting others go on while somebody else has it.
pub(super) fn lock(try_lock: impl Fn() -> io::Result<bool>) -> io::Result<()> {
    let Some(part) = part() else { return Ok(()) };
    decide_here(&part, false)?;
    let sabotage = part.run.lock().limits.sabotage;
    if !matches!(sabotage, Sabotage::Locks) {
        while !try_lock()? {
            block(&part, Status::WaitsForLock);
        }
    }
    PART.with(|part| part.borrow_mut().iter_mut().for_each(|part| part.locks_held += 1));
    Ok(())
}

/// So many locks have been given back.
pub(super) fn unlocked(count: usize) {
    let run = PART.with(|part| {
        let mut part = part.borrow_mut();
        let part = part.as_mut()?;
        part.locks_held = part.locks_held.saturating_sub(count);
        Some(Arc::clone(&part.run))
    });
    if let Some(run) = run {
        run.lock().wake(Status::WaitsForLock);
        look();
    }
}

/// A listing that took `first` when it began and `second` when it ended may have missed what came and shown
/// what went meanwhile: which of them is decided.
pub(super) fn listing<N: PartialEq>(first: Vec<N>, second: Vec<N>) -> Vec<N> {
    let Some(part) = part() else { return second };
    let mut state = part.run.lock();
    let mut is_seen = || state.decide(&[Way::To(0), Way::To(1)]) == Way::To(0);
    let gone: Vec<bool> = first.iter().map(|name| second.contains(name) || is_seen()).collect();
    let come: Vec<bool> = second.iter().map(|name| !first.contains(name) && is_seen()).collect();
    let first = first.into_iter().zip(gone);
    first.chain(second.into_iter().zip(come)).filter(|(_, seen)| *seen).map(|(name, _)| name).collect()
}

/// What a folder's time is in a run, in some unit; `None` outside of one.
pub(super) fn folder_time() -> Option<u64> {
    let part = part()?;
    let state = part.run.lock();
    Some(if state.limits.clock_is_fine { state.name_changes } else { 0 })
}

/// How many changes of the disk there have been in this run.
pub(crate) fn changes() -> u64 {
    part().map_or(0, |part| part.run.lock().changes)
}

/// Waits until there has been another change than the first `seen`; `false` when none can come any more.
pub(crate) fn wait_for_change(seen: u64) -> bool {
    let Some(part) = part() else { return false };
    if changes() == seen {
        block(&part, Status::WaitsForChange);
    }
    changes() != seen
}
