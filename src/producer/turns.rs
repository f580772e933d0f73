//! Turns that threads take in the order of their numbers.

use std::sync::{Condvar, Mutex, PoisonError};

use super::pipeline::locked;

/// Lets those who hold the numbers 0, 1, 2 and so on pass in that order, one at a time.
#[derive(Debug, Default)]
pub(super) struct Turns {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// Whose turn it is.
    current: u64,
    /// Whether a holder of a number will never pass.
    is_broken: bool,
}

impl Turns {
    /// A promise that `number`, which nobody else holds, will pass. If it is dropped without, by a panic, nobody
    /// behind it does.
    pub(super) fn take(&self, number: u64) -> Turn<'_> {
        Turn { turns: self, number, has_passed: false }
    }
}

/// The right to pass once.
pub(super) struct Turn<'a> {
    turns: &'a Turns,
    number: u64,
    has_passed: bool,
}

impl Turn<'_> {
    /// Does `work` once all who hold smaller numbers have passed; `None` if one of them never will.
    pub(super) fn pass<T>(mut self, work: impl FnOnce() -> T) -> Option<T> {
        let waiting = |state: &mut State| state.current != self.number && !state.is_broken;
        let state = self.turns.changed.wait_while(locked(&self.turns.state), waiting);
        let is_broken = state.unwrap_or_else(PoisonError::into_inner).is_broken;
        let done = if is_broken { None } else { Some(work()) };
        self.has_passed = done.is_some();
        done
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut state = locked(&self.turns.state);
        if self.has_passed {
            state.current = self.number + 1;
        } else {
            state.is_broken = true;
        }
        drop(state);
        self.turns.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[test]
    fn all_pass_in_order() {
        let (turns, passed) = (Turns::default(), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for number in (0..40).rev() {
                let (turns, passed) = (&turns, &passed);
                scope.spawn(move || {
                    let before = turns.take(number).pass(|| passed.fetch_add(1, Ordering::SeqCst));
                    assert_eq!(before, Some(number));
                });
            }
        });
        assert_eq!(passed.into_inner(), 40);
    }

    #[test]
    fn nobody_waits_for_one_who_is_gone() {
        let turns = Turns::default();
        std::thread::scope(|scope| {
            let waits = scope.spawn(|| turns.take(1).pass(|| ()));
            drop(turns.take(0));
            assert_eq!(waits.join().expect("no panic"), None);
        });
    }
}
