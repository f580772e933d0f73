//! The command line that is being typed, as far as it can be understood.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use crate::cli::completions::with_actions_named;

/// A command line with the place in it where the cursor is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// The words without their quotes, the first being the program's name.
    pub(super) words: Vec<OsString>,
    /// Which of them is to be completed.
    pub(super) index: usize,
    /// Bytes at the beginning of that word that bash takes for words of their own.
    pub(super) kept: usize,
    /// Whether that word stands in quotes.
    pub(super) is_quoted: bool,
}

impl Line {
    /// The line of `words`, the one at `index` being typed, or the last. `in_pieces`: bash makes separate words
    /// of `=` and `:` and what is around them.
    pub(super) fn new(mut words: Vec<OsString>, index: Option<usize>, in_pieces: bool) -> Self {
        let index = index.unwrap_or(words.len().saturating_sub(1));
        if words.len() <= index {
            // zsh has no word where none has been begun.
            words.resize(index + 1, OsString::new());
        }
        let mut line = Self { words: Vec::with_capacity(words.len()), index, kept: 0, is_quoted: false };
        line.is_quoted = matches!(words[index].as_encoded_bytes(), [b'"' | b'\'', ..]);
        let mut glue = false;
        for (at, word) in words.into_iter().enumerate() {
            let separates = in_pieces && at > 1 && is_separator(&word);
            match line.words.last_mut() {
                Some(last) if separates || (glue && !word.is_empty()) => {
                    if at == index {
                        line.kept = last.len() + if separates { word.len() } else { 0 };
                    }
                    last.push(unquoted(&word));
                }
                _ => line.words.push(unquoted(&word)),
            }
            glue = separates;
            if at == index {
                line.index = line.words.len() - 1;
            }
        }
        let behind = line.words.split_off(line.index);
        line.words = with_actions_named(line.words);
        line.words.extend(behind);
        line
    }

    /// The word that is being typed.
    pub(super) fn current(&self) -> &OsStr {
        &self.words[self.index]
    }

    /// The other words, as a command would get them.
    pub(super) fn others(&self) -> impl Iterator<Item = OsString> {
        // An option that still lacks its value would take the next word for it.
        let before = &self.words[..self.index];
        let options =
            before.iter().rev().take_while(|word| word.as_encoded_bytes().starts_with(b"-")).count();
        before[..before.len() - options].iter().chain(&self.words[self.index + 1..]).map(home_expanded)
    }
}

/// Whether bash has made a word of nothing but what separates words for it.
fn is_separator(word: &OsStr) -> bool {
    let bytes = word.as_encoded_bytes();
    !bytes.is_empty() && bytes.iter().all(|byte| matches!(byte, b'=' | b':'))
}

/// What a shell would make of the quotes and backslashes in a word, which may lack the closing quote.
fn unquoted(word: &OsStr) -> OsString {
    let Some(text) = word.to_str().filter(|text| text.contains(['"', '\'', '\\'])) else {
        return word.to_owned();
    };
    let mut plain = String::with_capacity(text.len());
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, quote) {
            ('\'' | '"', None) => quote = Some(c),
            _ if Some(c) == quote => quote = None,
            ('\\', None | Some('"')) => plain.extend(chars.next()),
            _ => plain.push(c),
        }
    }
    plain.into()
}

/// `word` with the home directory for a `~` before it, which shells hand over as it was typed.
fn home_expanded(word: &OsString) -> OsString {
    let text = word.to_string_lossy();
    // `--data-dir=~/x` is left alone by shells too.
    let Some(rest) = text.strip_prefix('~').filter(|rest| rest.is_empty() || rest.starts_with('/')) else {
        return word.clone();
    };
    let home = std::env::var_os("HOME").filter(|home| !home.is_empty()).map(PathBuf::from);
    home.map_or_else(|| word.clone(), |home| home.join(rest.trim_start_matches('/')).into_os_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<OsString> {
        words.iter().map(OsString::from).collect()
    }

    #[test]
    fn what_bash_has_taken_apart_is_put_together() {
        let line = Line::new(words(&["m", "consume", "--topic", "=", "or"]), Some(4), true);
        assert_eq!(
            (line.words.clone(), line.index, line.kept),
            (words(&["m", "consume", "--topic=or"]), 2, 8)
        );
        let line = Line::new(words(&["m", "x", "--config", "a", "="]), Some(4), true);
        assert_eq!((line.words.clone(), line.index, line.kept), (words(&["m", "x", "--config", "a="]), 3, 2));
        // A space behind the `=`: the next word is one of its own.
        let line = Line::new(words(&["m", "x", "--config", "a", "=", "", "end"]), Some(5), true);
        assert_eq!(line.words, words(&["m", "x", "--config", "a=", "", "end"]));
        assert_eq!((line.index, line.kept), (4, 0));
        let line = Line::new(words(&["m", "g", "--topic", "o", ":", "0,"]), None, true);
        assert_eq!(
            (line.words.clone(), line.index, line.kept),
            (words(&["m", "g", "--topic", "o:0,"]), 3, 2)
        );
        // Other shells leave words whole.
        let line = Line::new(words(&["m", "="]), None, false);
        assert_eq!(line.words, words(&["m", "="]));
    }

    #[test]
    fn quotes_are_taken_off() {
        let line = Line::new(words(&["m", r"a\ b", "'it'\"'\"'s'", "\"my g"]), None, true);
        assert_eq!(line.words, words(&["m", "a b", "it's", "my g"]));
        assert!(line.is_quoted);
    }

    #[test]
    fn a_word_that_was_not_begun_is_empty() {
        let line = Line::new(words(&["m", "consume"]), Some(2), false);
        assert_eq!(line.current(), "");
    }

    #[test]
    fn options_that_lack_their_value_are_no_part_of_the_others() {
        let line = Line::new(
            words(&["m", "topics", "-t", "o", "--describe", "-q", "--x", "now", "on"]),
            Some(7),
            false,
        );
        assert_eq!(line.others().collect::<Vec<_>>(), words(&["m", "topics", "describe", "-t", "o", "on"]));
    }
}
