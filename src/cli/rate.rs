//! Rates as they are typed: `1000`, `90/m`, `5MB`, `512KiB/s`.

use std::str::FromStr;

/// How much may pass in a second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RateArg {
    /// Records a second.
    Records(f64),
    /// Bytes of keys and values a second.
    Bytes(f64),
}

/// Units of bytes, with what they stand for.
const BYTES: &[(&str, f64)] = &[
    ("B", 1.0),
    ("kB", 1e3),
    ("KB", 1e3),
    ("MB", 1e6),
    ("GB", 1e9),
    ("KiB", 1024.0),
    ("MiB", 1_048_576.0),
    ("GiB", 1_073_741_824.0),
];

impl FromStr for RateArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let invalid = || {
            "valid are a number of records, such as 1000, or of bytes, such as 5MB or 512KiB; with /s, /m or /h \
             behind it, or for a second"
                .to_owned()
        };
        let (amount, period) = text.trim().split_once('/').unwrap_or((text.trim(), "s"));
        let seconds = match period {
            "s" | "sec" => 1.0,
            "m" | "min" => 60.0,
            "h" => 3600.0,
            _ => return Err(invalid()),
        };
        let unit_at = amount.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(amount.len());
        let (number, unit) = amount.split_at(unit_at);
        let number: f64 = number.trim().parse().map_err(|_| invalid())?;
        if !(number.is_finite() && number > 0.0) {
            return Err("it must be more than 0".to_owned());
        }
        if unit.is_empty() {
            return Ok(Self::Records(number / seconds));
        }
        let found = BYTES.iter().find(|(name, _)| *name == unit).ok_or_else(invalid)?;
        Ok(Self::Bytes(number * found.1 / seconds))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn records_and_bytes() {
        for (text, expected) in [
            ("1000", RateArg::Records(1000.0)),
            ("1000/s", RateArg::Records(1000.0)),
            ("90/m", RateArg::Records(1.5)),
            ("0.5", RateArg::Records(0.5)),
            ("36/h", RateArg::Records(0.01)),
            ("5MB", RateArg::Bytes(5e6)),
            ("1.5 KiB/s", RateArg::Bytes(1536.0)),
            ("1GiB/m", RateArg::Bytes(1_073_741_824.0 / 60.0)),
            ("100B", RateArg::Bytes(100.0)),
        ] {
            assert_eq!(text.parse(), Ok(expected), "{text}");
        }
        for bad in ["", "0", "-1", "x", "5XB", "5/d", "1e400", "inf", "NaN", "/s", "MB"] {
            assert!(bad.parse::<RateArg>().is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_parsed_or_refused(text in "[-+0-9.eE/smhkKMGiBN \u{fc}]{0,8}") {
            if let Ok(RateArg::Records(rate) | RateArg::Bytes(rate)) = text.parse() {
                prop_assert!(rate >= 0.0 && rate.is_finite());
            }
        }
    }
}
