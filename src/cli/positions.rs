//! Offsets as they are typed: one grammar, in which positions, ranges and single partitions can be named.

use std::str::FromStr;

use super::time::TimeArg;

/// Where reading begins and ends: `FROM`, `FROM:TO`, either of which may be left out, and before it perhaps the
/// partition that is meant, `[TOPIC:]PARTITION=`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OffsetArg {
    /// Of which partition; `None` for all that are not named.
    pub of: Option<PartitionArg>,
    /// Where to begin.
    pub from: Option<PositionArg>,
    /// Where to end: before this.
    pub to: Option<PositionArg>,
}

/// A partition as it is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartitionArg {
    /// Its topic; `None` for each that is read.
    pub topic: Option<String>,
    /// Its number.
    pub partition: u32,
}

/// A place in a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PositionArg {
    /// The log start offset.
    Start,
    /// The log end offset.
    End,
    /// This offset.
    At(i64),
    /// So many behind the log start.
    AfterStart(u64),
    /// So many before the log end.
    BeforeEnd(u64),
    /// The first record that is as late as this.
    Time(TimeArg),
}

/// What is valid, for the message about what is not.
const VALID: &str = "valid are earliest, latest, a number from 0, -N for the last N, +N for N behind the first, \
                     @TIME; FROM:TO with two of these, either left out; and PARTITION= before it";

/// The same of a position alone.
const VALID_POSITION: &str = "valid are start, end, a number from 0, -N for the last N, +N for N behind the first, \
                              and @TIME";

impl FromStr for OffsetArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (of, range) = match text.split_once('=') {
            Some((of, range)) => (Some(of.parse()?), range),
            None => (None, text),
        };
        // kcat's words for a range of times, in milliseconds.
        let millis = |text: &str| text.parse().map(|ms| PositionArg::Time(TimeArg::At(ms)));
        if let Some(from) = range.strip_prefix("s@").and_then(|text| millis(text).ok()) {
            return Ok(Self { of, from: Some(from), to: None });
        }
        if let Some(to) = range.strip_prefix("e@").and_then(|text| millis(text).ok()) {
            return Ok(Self { of, from: None, to: Some(to) });
        }
        if range == "stored" {
            return Err("what a group has stored is where --group goes on".to_owned());
        }
        let (from, to) = from_and_to(range).ok_or_else(|| VALID.to_owned())?;
        match (from, to) {
            (PositionArg::At(from), Some(PositionArg::At(to))) if from >= to => {
                Err("the range is empty: it goes from the first offset up to, but not including, the second"
                    .to_owned())
            }
            (from, to) => Ok(Self { of, from: Some(from), to }),
        }
    }
}

impl FromStr for PositionArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        position(text.trim()).ok_or_else(|| VALID_POSITION.to_owned())
    }
}

impl FromStr for PartitionArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (topic, number) = match text.rsplit_once(':') {
            Some((topic, number)) if !topic.is_empty() => (Some(topic.to_owned()), number),
            Some(_) => return Err(VALID.to_owned()),
            None => (None, text),
        };
        match number.parse() {
            Ok(partition) if !number.starts_with('+') => Ok(Self { topic, partition }),
            _ => Err(format!("'{number}' before the = is no partition, which is a number from 0")),
        }
    }
}

/// Both ends of a range. A time may have colons in it: what can be read as one is not taken apart.
fn from_and_to(text: &str) -> Option<(PositionArg, Option<PositionArg>)> {
    if let Some(only) = position(text) {
        return Some((only, None));
    }
    let mut colons = text.match_indices(':').map(|(at, _)| (&text[..at], &text[at + 1..]));
    colons.find_map(|(from, to)| {
        let is_time = from.starts_with('@');
        let from = if matches!(from, "" | "@") { PositionArg::Start } else { position(from)? };
        let to = match to {
            "" => None,
            // Behind a time stands a time, with or without its sign.
            to if is_time => Some(word(to).or_else(|| time(to.strip_prefix('@').unwrap_or(to)))?),
            to => Some(position(to)?),
        };
        // One of both has to be said.
        (to.is_some() || !matches!(text, ":" | "@:")).then_some((from, to))
    })
}

fn position(text: &str) -> Option<PositionArg> {
    // A sign and digits: Rust would take another sign before them.
    let number =
        |digits: &str| digits.parse().ok().filter(|_| digits.starts_with(|c: char| c.is_ascii_digit()));
    match text.split_at_checked(1)? {
        ("@", moment) => time(moment),
        ("-", count) => number(count).map(PositionArg::BeforeEnd),
        ("+", count) => number(count).map(PositionArg::AfterStart),
        _ => word(text).or_else(|| number(text).and_then(|n| i64::try_from(n).ok()).map(PositionArg::At)),
    }
}

fn word(text: &str) -> Option<PositionArg> {
    match text {
        "earliest" | "beginning" | "start" | "oldest" => Some(PositionArg::Start),
        "latest" | "end" | "newest" => Some(PositionArg::End),
        _ => None,
    }
}

/// The time behind an `@`: of numbers, those of 12 digits and more are milliseconds, as in rpk, others seconds.
fn time(text: &str) -> Option<PositionArg> {
    const DIGITS_OF_MILLIS: usize = 12;
    let is_seconds = text.len() < DIGITS_OF_MILLIS && text.bytes().all(|b| b.is_ascii_digit());
    let time = if is_seconds { format!("@{text}").parse() } else { text.parse() };
    time.ok().map(PositionArg::Time)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::PositionArg::{AfterStart, At, BeforeEnd, End, Start, Time};
    use super::*;

    fn parsed(text: &str) -> Result<(PositionArg, Option<PositionArg>), String> {
        let arg: OffsetArg = text.parse()?;
        assert_eq!(arg.of, None, "{text}");
        Ok((arg.from.ok_or("no beginning")?, arg.to))
    }

    #[test]
    fn positions_and_ranges() {
        let ago = |minutes: i64| Time(TimeArg::Ago(minutes * 60_000));
        let at = |millis| Time(TimeArg::At(millis));
        for (text, from, to) in [
            ("earliest", Start, None),
            ("beginning", Start, None),
            ("start", Start, None),
            ("latest", End, None),
            ("end", End, None),
            ("42", At(42), None),
            ("42:", At(42), None),
            ("-10", BeforeEnd(10), None),
            ("+10", AfterStart(10), None),
            (":end", Start, Some(End)),
            (":5", Start, Some(At(5))),
            ("2:5", At(2), Some(At(5))),
            ("-10:end", BeforeEnd(10), Some(End)),
            ("+1:-1", AfterStart(1), Some(BeforeEnd(1))),
            ("@1700000180000", at(1_700_000_180_000), None),
            ("@1700000180", at(1_700_000_180_000), None),
            ("@2023-11-14T22:16:20Z", at(1_700_000_180_000), None),
            ("@2023-11-14T22:16:20Z:", at(1_700_000_180_000), None),
            (
                "@2023-11-14T22:16:20Z:@2023-11-14T22:16:21Z",
                at(1_700_000_180_000),
                Some(at(1_700_000_181_000)),
            ),
            (
                "@2023-11-14T22:16:20Z:2023-11-14T22:16:21Z",
                at(1_700_000_180_000),
                Some(at(1_700_000_181_000)),
            ),
            ("@-1h:-30m", ago(60), Some(ago(30))),
            ("@-1h:end", ago(60), Some(End)),
            ("@:15m", Start, Some(ago(15))),
            (":@15m", Start, Some(ago(15))),
            ("5:@1700000180", At(5), Some(at(1_700_000_180_000))),
        ] {
            assert_eq!(parsed(text), Ok((from, to)), "{text}");
        }
        for bad in [
            "",
            ":",
            "-",
            "+",
            "--1",
            "-+1",
            "+-1",
            "x",
            "1.5",
            "99999999999999999999",
            "@",
            "@:",
            "@yesterday",
            "5:2",
            "5:5",
            "1:2:3",
            "stored",
            "s@x",
            "9223372036854775808",
        ] {
            assert!(bad.parse::<OffsetArg>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_position_alone() {
        for (text, expected) in [
            ("start", Start),
            ("end", End),
            (" 42", At(42)),
            ("-3", BeforeEnd(3)),
            ("+3", AfterStart(3)),
            ("@1700000180", Time(TimeArg::At(1_700_000_180_000))),
            ("@15m", Time(TimeArg::Ago(900_000))),
        ] {
            assert_eq!(text.parse(), Ok(expected), "{text}");
        }
        for bad in ["", "5:9", ":end", "0=5", "x", "@", "stored", "s@5"] {
            assert!(bad.parse::<PositionArg>().is_err(), "{bad}");
        }
    }

    #[test]
    fn kcats_times() {
        let at = |millis| Some(Time(TimeArg::At(millis)));
        assert_eq!("s@1000".parse(), Ok(OffsetArg { of: None, from: at(1000), to: None }));
        assert_eq!("e@2000".parse(), Ok(OffsetArg { of: None, from: None, to: at(2000) }));
    }

    #[test]
    fn single_partitions() {
        let of = |topic: Option<&str>, partition| {
            Some(PartitionArg { topic: topic.map(str::to_owned), partition })
        };
        let range = |of, from, to| Ok(OffsetArg { of, from: Some(from), to });
        assert_eq!("0=100".parse(), range(of(None, 0), At(100), None));
        assert_eq!("3=-5:end".parse(), range(of(None, 3), BeforeEnd(5), Some(End)));
        assert_eq!("orders:2=earliest".parse(), range(of(Some("orders"), 2), Start, None));
        for bad in ["=5", "x=5", "-1=5", "+1=5", ":1=5", "1=", "1=2=3"] {
            assert!(bad.parse::<OffsetArg>().is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_parsed_or_refused(text in "([-+@:=se0-9]|end|start|15m|t:1=|\u{fc}){0,8}") {
            let _ = text.parse::<OffsetArg>();
        }

        #[test]
        fn any_range_is_read(from in 0..1000i64, length in 1..1000i64) {
            let text = format!("{from}:{}", from + length);
            prop_assert_eq!(parsed(&text), Ok((At(from), Some(At(from + length)))));
        }
    }
}
