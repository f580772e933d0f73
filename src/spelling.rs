//! What was typed wrong: which known name was probably meant, and what is amiss with a regular expression.

use std::fmt::Display;

/// The one of `candidates`, other than `name` itself, that was probably meant, if any comes close: at most a
/// third of the name's characters (and always one) typed wrong, left out, doubled or swapped.
pub fn nearest<T: AsRef<str> + Ord>(name: &str, candidates: impl IntoIterator<Item = T>) -> Option<T> {
    let limit = (name.len() / 3).max(1);
    let is_near = |candidate: &str| candidate != name && candidate.len().abs_diff(name.len()) <= limit;
    candidates
        .into_iter()
        .filter(|candidate| is_near(candidate.as_ref()))
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate.as_ref()), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// What ends the line that refuses a name, if another one was probably `meant`.
pub fn did_you_mean(meant: Option<impl Display>) -> String {
    meant.map(|meant| format!("; did you mean '{meant}'?")).unwrap_or_default()
}

/// What to say of a `kind` of name (`producer property`) that there is not: with the one that was probably
/// meant, else with all that there are.
pub fn unknown<'a>(kind: &str, name: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    unknown_as(kind, name, name, known)
}

/// The same of a name that was typed in a longer form than the known ones have: `short` is held against them.
pub fn unknown_as<'a>(
    kind: &str,
    name: &str,
    short: &str,
    known: impl IntoIterator<Item = &'a str> + Clone,
) -> String {
    match nearest(short, known.clone()) {
        Some(meant) => format!("unknown {kind} '{name}'{}", did_you_mean(Some(meant))),
        None => {
            let known: Vec<&str> = known.into_iter().collect();
            format!("unknown {kind} '{name}'; known are {}", known.join(", "))
        }
    }
}

/// What is wrong with a regular expression, in a line. `error` is what the parser says: a drawing of several lines,
/// of which the last one tells.
pub fn regex_fault(error: &impl Display) -> String {
    let text = error.to_string();
    let last = text.lines().last().unwrap_or_default();
    last.strip_prefix("error: ").unwrap_or(last).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::invalid_regex, reason = "what is wrong with it is to be said")]
    fn a_regular_expression_is_refused_in_one_line() {
        let drawn = regex::Regex::new("a(b").unwrap_err();
        assert!(drawn.to_string().lines().count() > 1, "{drawn}");
        assert_eq!(regex_fault(&drawn), "unclosed group");
        let plain = regex::Regex::new("a{1000}{1000}").unwrap_err();
        assert_eq!(regex_fault(&plain), plain.to_string());
    }

    #[test]
    fn only_what_comes_close_is_named() {
        let known = ["acks", "batch.size", "linger.ms"];
        assert_eq!(nearest("ack", known), Some("acks"));
        assert_eq!(nearest("bacth.size", known), Some("batch.size"));
        assert_eq!(nearest("acks", known), None);
        assert_eq!(nearest("x", known), None);
        assert_eq!(
            unknown("producer property", "zzzzzz", known),
            "unknown producer property 'zzzzzz'; known are acks, batch.size, linger.ms"
        );
        assert_eq!(
            unknown_as("config", "org.example.Linger_ms", "linger_ms", known),
            "unknown config 'org.example.Linger_ms'; did you mean 'linger.ms'?"
        );
    }
}
