//! The threads that send pieces.

use std::sync::{Condvar, Mutex, PoisonError};
use std::thread::Scope;
use std::time::Duration;

use super::super::dispatch::Dispatch;
use super::super::pipeline::locked;
use super::super::turns::Turns;
use super::super::{News, ProduceError};
use super::{PieceCollector, PieceError, SealedBatch};

/// How often the caller gets to see how far it is.
const MEANWHILE: Duration = Duration::from_millis(50);

/// What the threads share. Where several of the locks are held, they were taken in the order in which they stand here.
pub(super) struct Crew<'a, P, R, S, E> {
    source: Mutex<Source<R>>,
    make: S,
    cores: usize,
    turns: Turns,
    /// Held as long as a piece is being appended.
    state: Mutex<State<'a, E>>,
    roster: Mutex<Roster<P>>,
    /// Whether the roster is another.
    changed: Condvar,
}

/// What came of all pieces.
pub(super) struct Outcome<E> {
    /// How many records were made of them.
    pub(super) records: u64,
    /// The sum of what was answered for them.
    pub(super) met: Result<u64, PieceError<E>>,
}

/// Where pieces come from, one at a time.
struct Source<R> {
    read: R,
    /// How many have been read.
    pieces: u64,
}

/// How far it is.
struct State<'a, E> {
    dispatch: &'a mut Dispatch,
    records: u64,
    met: u64,
    failure: Option<PieceError<E>>,
}

/// Who is at work.
struct Roster<P> {
    /// How many threads have not come to their end.
    at_work: usize,
    /// How many there should be; none once no more pieces are to be read.
    wanted: usize,
    /// What those work with that are not there.
    unused: Vec<Tools<P>>,
}

/// What a thread works with.
struct Tools<P> {
    piece: P,
    collector: PieceCollector,
}

impl<P> Roster<P> {
    fn lacks_one(&self) -> bool {
        self.at_work < self.wanted && !self.unused.is_empty()
    }
}

impl<'a, P, R, S, E> Crew<'a, P, R, S, E>
where
    P: Default + Send,
    E: Send,
    R: FnMut(&mut P) -> Result<bool, E> + Send,
    S: Fn(&P, &mut PieceCollector) -> Result<u64, E> + Sync,
{
    /// A crew of at most as many as there are `collectors`, and of this producer's share of the `cores`. It appends by
    /// `dispatch` what `make` makes of the pieces that `read` reads.
    pub(super) fn new(
        dispatch: &'a mut Dispatch,
        cores: usize,
        read: R,
        make: S,
        collectors: Vec<PieceCollector>,
    ) -> Self {
        let wanted = locked(&dispatch.sender).share().of(cores);
        let unused = collectors.into_iter().map(|collector| Tools { piece: P::default(), collector });
        Self {
            source: Mutex::new(Source { read, pieces: 0 }),
            make,
            cores,
            turns: Turns::default(),
            state: Mutex::new(State { dispatch, records: 0, met: 0, failure: None }),
            roster: Mutex::new(Roster { at_work: 0, wanted, unused: unused.collect() }),
            changed: Condvar::new(),
        }
    }

    /// What came of it.
    pub(super) fn into_outcome(self) -> Outcome<E> {
        let state = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        Outcome { records: state.records, met: state.failure.map_or(Ok(state.met), Err) }
    }

    /// Has as many at work as there should be at any time, until all have come to their end.
    pub(super) fn run<'scope>(
        &'scope self,
        scope: &'scope Scope<'scope, '_>,
        meanwhile: &mut impl FnMut(News),
    ) {
        loop {
            let mut roster = locked(&self.roster);
            while roster.lacks_one()
                && let Some(tools) = roster.unused.pop()
            {
                roster.at_work += 1;
                drop(roster);
                let begun = self.begin(scope, tools);
                roster = locked(&self.roster);
                if begun.is_err() {
                    // Those that can be had do all of it. If there are none, others are tried; in the end the caller
                    // goes on by itself.
                    roster.at_work -= 1;
                    if roster.at_work > 0 {
                        roster.unused.clear();
                    }
                }
            }
            if roster.at_work == 0 {
                return;
            }
            let goes_on = |roster: &mut Roster<P>| roster.at_work > 0 && !roster.lacks_one();
            drop(self.changed.wait_timeout_while(roster, MEANWHILE, goes_on));
            let news = locked(&self.state).dispatch.take_news();
            meanwhile(news);
        }
    }

    /// Begins a thread for one that is on the roster already.
    fn begin<'scope>(&'scope self, scope: &'scope Scope<'scope, '_>, tools: Tools<P>) -> std::io::Result<()> {
        let thread = std::thread::Builder::new().name("piece".to_owned());
        let work = move || {
            let at_work = AtWork { roster: &self.roster, changed: &self.changed, has_left: false };
            self.work(tools, at_work);
        };
        thread.spawn_scoped(scope, work).map(drop)
    }

    /// Reads pieces, makes batches of each and appends them, until there are no more or fewer threads are wanted.
    fn work(&self, mut tools: Tools<P>, mut at_work: AtWork<'_, P>) {
        loop {
            let mut source = locked(&self.source);
            let Some(mut kept) = at_work.stay(tools) else { return };
            let Tools { piece, collector } = &mut kept;
            let read = (source.read)(piece);
            if !matches!(read, Ok(true)) {
                locked(&self.roster).wanted = 0;
            }
            if matches!(read, Ok(false)) {
                return;
            }
            let turn = self.turns.take(source.pieces);
            source.pieces += 1;
            drop(source);
            let made = read.and_then(|_| (self.make)(piece, collector));
            // What comes before a failure in the piece is produced.
            let finished = collector.finish();
            if turn.pass(|| self.append(collector, made, finished)).is_none() {
                return;
            }
            tools = kept;
        }
    }

    /// Appends what was made of a piece, unless an earlier one has failed.
    fn append(
        &self,
        collector: &mut PieceCollector,
        made: Result<u64, E>,
        finished: Result<(), ProduceError>,
    ) {
        let mut state = locked(&self.state);
        if state.failure.is_some() {
            return;
        }
        let sealed = &mut collector.sealed;
        let records = std::mem::take(&mut sealed.records);
        state.records += records;
        let begun = sealed.batches.iter().map(|batch| (batch.at, batch.first));
        state.dispatch.ledger.begin_batches(begun, records);
        let mut appended = Ok(());
        for SealedBatch { at, mut encoded, .. } in sealed.batches.drain(..) {
            appended = appended.and_then(|()| state.dispatch.append_sealed(at, &mut encoded));
            collector.accumulator.take_back(at, &mut encoded);
            sealed.spare.push(encoded);
        }
        let before = state.met;
        let outcome = appended.and(finished).map_err(PieceError::Append);
        let outcome = outcome.and(made.map_err(|error| PieceError::Piece { before, error }));
        let mut roster = locked(&self.roster);
        match outcome {
            Ok(met) => {
                state.met += met;
                if roster.wanted > 0 {
                    roster.wanted = locked(&state.dispatch.sender).share().of(self.cores);
                }
            }
            Err(failure) => {
                state.failure = Some(failure);
                roster.wanted = 0;
            }
        }
        if roster.lacks_one() {
            self.changed.notify_all();
        }
    }
}

/// A thread that is on the roster, until it leaves because there are enough others. If this is dropped before, there is
/// nothing more to be done, or it has panicked: the others leave too.
struct AtWork<'a, P> {
    roster: &'a Mutex<Roster<P>>,
    changed: &'a Condvar,
    has_left: bool,
}

impl<P> AtWork<'_, P> {
    /// Gives `tools` back, unless more are at work than should be: then this one leaves, and another may have them.
    fn stay(&mut self, tools: Tools<P>) -> Option<Tools<P>> {
        let mut roster = locked(self.roster);
        if roster.at_work <= roster.wanted {
            return Some(tools);
        }
        roster.at_work -= 1;
        roster.unused.push(tools);
        drop(roster);
        self.has_left = true;
        self.changed.notify_all();
        None
    }
}

impl<P> Drop for AtWork<'_, P> {
    fn drop(&mut self) {
        if !self.has_left {
            let mut roster = locked(self.roster);
            roster.at_work -= 1;
            roster.wanted = 0;
            drop(roster);
            self.changed.notify_all();
        }
    }
}
