//! How a timestamp is written as a date and a time.

use jiff::Timestamp as Instant;
use jiff::tz::TimeZone;

use crate::record::Timestamp;

/// How a timestamp is written, in the time zone of the system (`TZ`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimeForm {
    /// `rfc3339`: `2026-01-31T12:34:56.789Z`, always UTC.
    Rfc3339,
    /// `strftime[…]`, or `go[…]` turned into it.
    Strftime(String),
}

/// The pieces of a Go layout, longer ones before those that they begin with, in the terms of strftime.
const GO_PIECES: &[(&str, &str)] = &[
    ("2006", "%Y"),
    ("January", "%B"),
    ("Jan", "%b"),
    ("Monday", "%A"),
    ("Mon", "%a"),
    ("MST", "%Z"),
    ("Z07:00", "%:z"),
    ("Z0700", "%z"),
    ("-07:00", "%:z"),
    ("-0700", "%z"),
    (".000000000", "%.9f"),
    (".000000", "%.6f"),
    (".000", "%.3f"),
    (".999999999", "%.f"),
    (".999999", "%.f"),
    (".999", "%.f"),
    ("002", "%j"),
    ("_2", "%e"),
    ("01", "%m"),
    ("02", "%d"),
    ("03", "%I"),
    ("04", "%M"),
    ("05", "%S"),
    ("06", "%y"),
    ("15", "%H"),
    ("PM", "%p"),
    ("pm", "%P"),
    ("1", "%-m"),
    ("2", "%-d"),
    ("3", "%-I"),
    ("4", "%-M"),
    ("5", "%-S"),
    ("%", "%%"),
];

impl TimeForm {
    /// The form that a modifier of `%d` names, with what stands between marks behind it; `None` where it names
    /// a form of a number.
    pub(super) fn parse(name: &str, marked: Option<&str>) -> Option<Result<Self, String>> {
        let format = match (name, marked) {
            ("rfc3339", None) => return Some(Ok(Self::Rfc3339)),
            ("strftime", Some(format)) => format.to_owned(),
            ("go", Some(layout)) => strftime_of_go(layout),
            _ => return None,
        };
        let form = Self::Strftime(format);
        // A format that cannot be written is refused before the first record.
        let mut out = Vec::new();
        Some(match form.try_write(Timestamp(0), &mut out) {
            Ok(()) => Ok(form),
            Err(error) => Err(error.to_string()),
        })
    }

    /// Appends `timestamp` to `out`; one that is none, or that no calendar reaches, as a number.
    pub fn write(&self, timestamp: Timestamp, out: &mut Vec<u8>) {
        let start = out.len();
        if timestamp == Timestamp::NONE || self.try_write(timestamp, out).is_err() {
            out.truncate(start);
            out.extend_from_slice(itoa::Buffer::new().format(timestamp.0).as_bytes());
        }
    }

    fn try_write(&self, timestamp: Timestamp, out: &mut Vec<u8>) -> Result<(), jiff::Error> {
        let instant = Instant::from_millisecond(timestamp.0)?;
        let text = match self {
            Self::Rfc3339 => format!("{instant:.3}"),
            Self::Strftime(format) => {
                jiff::fmt::strtime::format(format, &instant.to_zoned(TimeZone::system()))?
            }
        };
        out.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

fn strftime_of_go(layout: &str) -> String {
    let mut format = String::new();
    let mut rest = layout;
    while let Some(c) = rest.chars().next() {
        match GO_PIECES.iter().find(|(piece, _)| rest.starts_with(piece)) {
            Some((piece, directive)) => {
                format.push_str(directive);
                rest = &rest[piece.len()..];
            }
            None => {
                format.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    format
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(name: &str, marked: Option<&str>, millis: i64) -> String {
        let form = TimeForm::parse(name, marked).expect("a time").expect("a known one");
        let mut out = Vec::new();
        form.write(Timestamp(millis), &mut out);
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn forms_of_a_time() {
        assert_eq!(written("rfc3339", None, 1_700_000_180_123), "2023-11-14T22:16:20.123Z");
        assert_eq!(written("strftime", Some("%s%%"), 1_700_000_180_123), "1700000180%");
        assert_eq!(written("rfc3339", None, -1), "-1");
        assert_eq!(written("rfc3339", None, i64::MAX), i64::MAX.to_string());
        assert_eq!(TimeForm::parse("big64", None), None);
        assert!(TimeForm::parse("strftime", Some("%!")).is_some_and(|form| form.is_err()));
    }

    #[test]
    fn go_layouts_are_strftime_in_other_words() {
        assert_eq!(strftime_of_go("2006-01-02T15:04:05.000Z07:00"), "%Y-%m-%dT%H:%M:%S%.3f%:z");
        assert_eq!(strftime_of_go("Mon Jan _2 3:04PM 06"), "%a %b %e %-I:%M%p %y");
    }
}
