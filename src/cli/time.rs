//! Points in time as they are typed.

use std::str::FromStr;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// A point in time: a date and time, milliseconds since 1970, or so long ago.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeArg {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    At(i64),
    /// So many milliseconds before now.
    Ago(i64),
}

impl TimeArg {
    /// Milliseconds since 1970, where `now` is the present in the same unit.
    pub fn millis(self, now: i64) -> i64 {
        match self {
            Self::At(millis) => millis,
            Self::Ago(millis) => now.saturating_sub(millis),
        }
    }
}

impl FromStr for TimeArg {
    type Err = String;

    /// `1700000180000` (milliseconds), `@1700000180` (seconds, as `date -d` has it), RFC 3339, a date with or
    /// without a time of the system's time zone, or a duration back from now such as `15m` or `1d 12h`.
    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if let Ok(millis) = text.parse::<u64>() {
            return i64::try_from(millis).map(Self::At).map_err(|_| "it lies beyond all time".to_owned());
        }
        if let Some(seconds) = text.strip_prefix('@').and_then(|seconds| seconds.parse::<f64>().ok()) {
            let instant = SignedDuration::try_from_secs_f64(seconds).ok();
            let instant = instant.and_then(|since| Timestamp::from_duration(since).ok());
            return instant
                .map(|instant| Self::At(instant.as_millisecond()))
                .ok_or_else(|| "it lies beyond all time".to_owned());
        }
        if text == "now" {
            return Ok(Self::Ago(0));
        }
        if let Ok(instant) = text.parse::<Timestamp>() {
            return Ok(Self::At(instant.as_millisecond()));
        }
        if let Ok(local) = text.parse::<DateTime>() {
            let zoned =
                local.to_zoned(TimeZone::system()).map(|instant| instant.timestamp().as_millisecond());
            return Ok(Self::At(zoned.unwrap_or_else(|_| utc_millis(local))));
        }
        if let Some(millis) = duration_millis(text) {
            return Ok(Self::Ago(millis));
        }
        let in_utc = text.strip_suffix('Z').and_then(|text| text.parse::<DateTime>().ok());
        if let Some(end_of_time) = in_utc.filter(|time| time.year() == 9999) {
            return Ok(Self::At(utc_millis(end_of_time)));
        }
        Err("valid are milliseconds since 1970, @seconds, 2026-01-31T12:00:00Z, 2026-01-31 12:00, and a \
             duration back from now such as 15m, 2h or 7d"
            .to_owned())
    }
}

/// Milliseconds since 1970, of a time in UTC. Unlike instants it may lie in the last two days of the year 9999, which stand
/// for ever.
fn utc_millis(time: DateTime) -> i64 {
    let since = time.duration_since(DateTime::constant(1970, 1, 1, 0, 0, 0, 0));
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// A duration such as `15m`, `1h30m`, `7d` or `PT15M`; days have 24 hours. A sign changes nothing.
fn duration_millis(text: &str) -> Option<i64> {
    let span: jiff::Span = text.trim_start_matches('-').parse().ok()?;
    let duration = span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).ok()?;
    i64::try_from(duration.as_millis()).ok().filter(|millis| *millis >= 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_as_typed() {
        for (text, expected) in [
            ("1700000180000", TimeArg::At(1_700_000_180_000)),
            ("@1700000180.5", TimeArg::At(1_700_000_180_500)),
            ("2023-11-14T22:16:20.123Z", TimeArg::At(1_700_000_180_123)),
            ("2023-11-15T00:16:20+02:00", TimeArg::At(1_700_000_180_000)),
            ("15m", TimeArg::Ago(900_000)),
            ("-1h30m", TimeArg::Ago(5_400_000)),
            ("7d", TimeArg::Ago(604_800_000)),
            ("1w", TimeArg::Ago(604_800_000)),
            ("PT90S", TimeArg::Ago(90_000)),
            ("250ms", TimeArg::Ago(250)),
            ("now", TimeArg::Ago(0)),
        ] {
            assert_eq!(text.parse(), Ok(expected), "{text}");
        }
        assert!(matches!("2026-01-31".parse(), Ok(TimeArg::At(_))));
        for for_ever in ["9999-12-31T23:59:59.999Z", "9999-12-31", "9999-12-31 23:59"] {
            let year_9999 = 253_370_764_800_000..253_402_300_800_000;
            assert!(matches!(for_ever.parse(), Ok(TimeArg::At(at)) if year_9999.contains(&at)), "{for_ever}");
        }
        assert!(matches!("2026-01-31 12:00".parse(), Ok(TimeArg::At(_))));
        for bad in ["", "yesterday", "15", "@x", "2026-13-01", "99999999999999999999"] {
            assert!(bad == "15" || bad.parse::<TimeArg>().is_err(), "{bad}");
        }
        assert_eq!(TimeArg::Ago(10).millis(100), 90);
    }
}
