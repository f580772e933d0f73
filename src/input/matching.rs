//! How far a regular expression matches at the front of an input that may go on.

use std::cell::RefCell;

use regex_automata::hybrid::LazyStateID;
use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson;
use regex_automata::util::{start, syntax};
use regex_automata::{Anchored, MatchKind};

use crate::spelling;

/// A regular expression, made out byte by byte: only so can be told whether more input would make a difference.
#[derive(Debug, Clone)]
pub(super) struct Matcher {
    dfa: DFA,
    cache: RefCell<Cache>,
}

/// What there is at the front of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FrontMatch {
    /// A match of so many bytes, whatever follows.
    Length(usize),
    /// No match, whatever follows.
    None,
    /// What follows decides.
    Undecided,
}

impl Matcher {
    /// The matcher for `pattern`, in the syntax of the crate `regex`; it sees bytes, which need not be UTF-8.
    ///
    /// # Errors
    /// A message when it is no regular expression, or one that cannot be made out byte by byte.
    pub(super) fn new(pattern: &str) -> Result<Self, String> {
        let built = DFA::builder()
            .configure(DFA::config().match_kind(MatchKind::LeftmostFirst))
            .syntax(syntax::Config::new().utf8(false))
            .thompson(thompson::Config::new().utf8(false))
            .build(pattern);
        let dfa = built.map_err(|error| {
            let source = std::error::Error::source(&error);
            let text = source.map_or_else(|| error.to_string(), chain);
            format!("'{pattern}' cannot be used as a regular expression: {}", spelling::regex_fault(&text))
        })?;
        let cache = RefCell::new(dfa.create_cache());
        Ok(Self { dfa, cache })
    }

    /// How far it matches at the front of `bytes`; of an input that `is_all` there, that is always decided.
    ///
    /// # Errors
    /// A message when it takes too much memory.
    pub(super) fn at_front(&self, bytes: &[u8], is_all: bool) -> Result<FrontMatch, String> {
        let cache = &mut *self.cache.borrow_mut();
        let config = start::Config::new().anchored(Anchored::Yes);
        let mut state = self.dfa.start_state(cache, &config).map_err(|error| error.to_string())?;
        let mut length = None;
        for (at, byte) in bytes.iter().enumerate() {
            state = self.dfa.next_state(cache, state, *byte).map_err(|error| error.to_string())?;
            if state.is_tagged() {
                if state.is_match() {
                    // A match is known a byte later than it ends.
                    length = Some(at);
                } else if state.is_dead() || state.is_quit() {
                    return Ok(length.map_or(FrontMatch::None, FrontMatch::Length));
                }
            }
        }
        if !is_all {
            let is_over = state.is_match() && self.is_over(cache, state)?;
            return Ok(length.filter(|_| is_over).map_or(FrontMatch::Undecided, FrontMatch::Length));
        }
        let end = self.dfa.next_eoi_state(cache, state).map_err(|error| error.to_string())?;
        if end.is_match() {
            length = Some(bytes.len());
        }
        Ok(length.map_or(FrontMatch::None, FrontMatch::Length))
    }

    /// Whether it is known that no byte could go on from `state`.
    fn is_over(&self, cache: &mut Cache, state: LazyStateID) -> Result<bool, String> {
        let clearings = cache.clear_count();
        for unit in self.dfa.byte_classes().representatives(0..=255) {
            let Some(byte) = unit.as_u8() else { continue };
            let next = self.dfa.next_state(cache, state, byte).map_err(|error| error.to_string())?;
            // Once the cache was cleared, `state` is a state no longer.
            if !next.is_dead() || cache.clear_count() != clearings {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// An error and what caused it, of which the innermost says most.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    error.source().map_or_else(|| error.to_string(), chain)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_follows_may_decide() {
        use FrontMatch::{Length, None, Undecided};
        for (pattern, bytes, open, closed) in [
            ("[0-9]+", "12", Undecided, Length(2)),
            ("[0-9]+", "12x", Length(2), Length(2)),
            ("[0-9]+", "x", None, None),
            ("[0-9]{2}", "1", Undecided, None),
            ("ab(.*z)?", "abc", Undecided, Length(2)),
            ("ab(.*z)?", "abc\n", Length(2), Length(2)),
            ("a|ab", "ab", Length(1), Length(1)),
            (".*?[0-9]", "ab1c2", Length(3), Length(3)),
            ("a$", "a", Undecided, Length(1)),
            ("x*", "y", Length(0), Length(0)),
        ] {
            let matcher = Matcher::new(pattern).expect(pattern);
            assert_eq!(matcher.at_front(bytes.as_bytes(), false), Ok(open), "{pattern} {bytes}");
            assert_eq!(matcher.at_front(bytes.as_bytes(), true), Ok(closed), "{pattern} {bytes}");
        }
    }

    #[test]
    fn what_is_no_expression_is_told() {
        for (pattern, reason) in [("(", "unclosed group"), (r"\bx", "word bound")] {
            let error = Matcher::new(pattern).expect_err(pattern);
            assert!(error.contains(reason), "{error}");
        }
    }

    proptest! {
        /// The same as the crate `regex` finds in the whole; and what is decided early stays so.
        #[test]
        fn as_in_the_whole(pattern in r"([ab.]|a\*|b\?|\(a\|ab\)|\.\*\?b|\[\^a\]){1,5}", text in "[abc\n\u{e9}]{0,8}") {
            let Ok(matcher) = Matcher::new(&pattern) else { return Ok(()) };
            let whole = regex::bytes::Regex::new(&format!(r"\A(?:{pattern})")).expect("a pattern");
            let expected = whole.find(text.as_bytes()).map_or(FrontMatch::None, |m| FrontMatch::Length(m.end()));
            prop_assert_eq!(matcher.at_front(text.as_bytes(), true), Ok(expected));
            for cut in 0..text.len() {
                let early = matcher.at_front(&text.as_bytes()[..cut], false).expect("memory");
                prop_assert!(early == FrontMatch::Undecided || early == expected);
            }
        }
    }
}
