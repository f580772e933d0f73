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

    /// The form that a pattern of Java's `SimpleDateFormat` describes, or one of strftime, which has a `%` in it.
    ///
    /// # Errors
    /// When it has a letter that cannot be written.
    pub fn of_java(pattern: &str) -> Result<Self, String> {
        let format = if pattern.contains('%') { pattern.to_owned() } else { strftime_of_java(pattern)? };
        let form = Self::Strftime(format);
        form.try_write(Timestamp(0), &mut Vec::new()).map_err(|error| error.to_string())?;
        Ok(form)
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

/// What the letters of a `SimpleDateFormat` are in strftime's terms. How often one is repeated matters only where it
/// says so here.
fn strftime_of_java(pattern: &str) -> Result<String, String> {
    let mut format = String::new();
    let mut rest = pattern;
    while let Some(c) = rest.chars().next() {
        if let Some(behind) = rest.strip_prefix("''") {
            format.push('\'');
            rest = behind;
            continue;
        }
        if c == '\'' {
            rest = push_quoted(&rest[1..], &mut format)?;
            continue;
        }
        let count = rest.chars().take_while(|next| *next == c).count();
        rest = &rest[count * c.len_utf8()..];
        let directive = match (c, count) {
            ('y' | 'u', 2) => "%y",
            ('y', _) => "%Y",
            ('M', 4..) => "%B",
            ('M', 3) => "%b",
            ('M', _) => "%m",
            ('d', _) => "%d",
            ('D', _) => "%j",
            ('E', 4..) => "%A",
            ('E', _) => "%a",
            ('a', _) => "%p",
            ('H', _) => "%H",
            ('h', _) => "%I",
            ('m', _) => "%M",
            ('s', _) => "%S",
            ('S', _) => "%3f",
            ('z', _) => "%Z",
            ('Z', _) => "%z",
            ('X', 3..) => "%:z",
            (letter, _) if letter.is_ascii_alphabetic() => {
                return Err(format!("'{letter}' is not one of y M d D E a H h m s S z Z XXX"));
            }
            (other, _) => {
                format.extend(std::iter::repeat_n(other, count));
                continue;
            }
        };
        format.push_str(directive);
    }
    Ok(format)
}

/// Appends what stands before the quote that closes it, in which two are one. Answers what comes behind.
fn push_quoted<'a>(mut text: &'a str, format: &mut String) -> Result<&'a str, String> {
    loop {
        let (piece, behind) = text.split_once('\'').ok_or("a quote is not closed")?;
        format.push_str(piece);
        text = match behind.strip_prefix('\'') {
            Some(further) => further,
            None => return Ok(behind),
        };
        format.push('\'');
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
    fn java_patterns_are_strftime_in_other_words() {
        for (pattern, expected) in [
            ("yyyy-MM-dd HH:mm:ss:SSS", "%Y-%m-%d %H:%M:%S:%3f"),
            ("EEE, d MMM yy hh:mm a z", "%a, %d %b %y %I:%M %p %Z"),
            ("yyyy-MM-dd'T'HH:mm:ssXXX", "%Y-%m-%dT%H:%M:%S%:z"),
            ("h 'o''clock'", "%I o'clock"),
        ] {
            assert_eq!(TimeForm::of_java(pattern), Ok(TimeForm::Strftime(expected.to_owned())), "{pattern}");
        }
        assert_eq!(TimeForm::of_java("%s"), Ok(TimeForm::Strftime("%s".to_owned())));
        for bad in ["yyyy-QQ", "HH 'h", "%!"] {
            assert!(TimeForm::of_java(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn go_layouts_are_strftime_in_other_words() {
        assert_eq!(strftime_of_go("2006-01-02T15:04:05.000Z07:00"), "%Y-%m-%dT%H:%M:%S%.3f%:z");
        assert_eq!(strftime_of_go("Mon Jan _2 3:04PM 06"), "%a %b %e %-I:%M%p %y");
    }
}
