//! Ranges as they are typed: `A..B`, from A up to but not including B; either may be left out.

use std::str::FromStr;

use super::time::TimeArg;

/// Offsets from one up to another. A bare `A` is that offset alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OffsetRange {
    /// The first; everything from the beginning without it.
    pub from: Option<i64>,
    /// The one behind the last; everything to the end without it.
    pub to: Option<i64>,
}

/// Points in time from one up to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeRange {
    /// The first; everything from the beginning without it.
    pub from: Option<TimeArg>,
    /// What lies behind the last; everything to the end without it.
    pub to: Option<TimeArg>,
}

impl FromStr for OffsetRange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parse = |text: &str| match text.parse::<i64>() {
            Ok(offset) if offset >= 0 && !text.starts_with('+') => Ok(offset),
            _ => Err("offsets are numbers from 0: A..B goes from A up to but not including B".to_owned()),
        };
        let Some((from, to)) = text.split_once("..") else {
            let only = parse(text)?;
            return Ok(Self { from: Some(only), to: only.checked_add(1) });
        };
        let bound = |text: &str| (!text.is_empty()).then(|| parse(text)).transpose();
        let range = Self { from: bound(from)?, to: bound(to)? };
        match (range.from, range.to) {
            (None, None) => Err("a range has at least one end".to_owned()),
            (Some(from), Some(to)) if from >= to => Err("the range is empty".to_owned()),
            _ => Ok(range),
        }
    }
}

impl FromStr for TimeRange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (from, to) = text.split_once("..").ok_or("a range has two dots in it, such as 15m..")?;
        let bound = |text: &str| (!text.is_empty()).then(|| text.parse::<TimeArg>()).transpose();
        match (bound(from)?, bound(to)?) {
            (None, None) => Err("a range has at least one end".to_owned()),
            (from, to) => Ok(Self { from, to }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets() {
        let range = |from, to| Ok(OffsetRange { from, to });
        assert_eq!("5..9".parse(), range(Some(5), Some(9)));
        assert_eq!("5..".parse(), range(Some(5), None));
        assert_eq!("..9".parse(), range(None, Some(9)));
        assert_eq!("7".parse(), range(Some(7), Some(8)));
        for bad in ["", "..", "9..5", "5..5", "-1..", "x..", "1.5", "+1.."] {
            assert!(bad.parse::<OffsetRange>().is_err(), "{bad}");
        }
    }

    #[test]
    fn times() {
        let range = |from, to| Ok(TimeRange { from, to });
        assert_eq!("15m..".parse(), range(Some(TimeArg::Ago(900_000)), None));
        assert_eq!("1d..2h30m".parse(), range(Some(TimeArg::Ago(86_400_000)), Some(TimeArg::Ago(9_000_000))));
        assert_eq!("..1700000000000".parse(), range(None, Some(TimeArg::At(1_700_000_000_000))));
        let rfc: Result<TimeRange, String> = "2023-11-14T22:13:20Z..2023-11-14T23:13:20+01:00".parse();
        assert_eq!(rfc, range(Some(TimeArg::At(1_700_000_000_000)), Some(TimeArg::At(1_700_000_000_000))));
        for bad in ["", "..", "15m", "yesterday..", "99999999999999999999..", "1mo.."] {
            assert!(bad.parse::<TimeRange>().is_err(), "{bad}");
        }
    }
}
