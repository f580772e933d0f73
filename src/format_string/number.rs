//! How a number is written and read.

use crate::spelling;

/// How a number is written; rpk's names. What does not fit is cut off at the front.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NumberForm {
    /// `ascii`: decimal digits.
    #[default]
    Ascii,
    /// `hex64` to `hex4`: so many hexadecimal digits.
    Hex(u8),
    /// `hex`: as many hexadecimal digits as it takes.
    ShortHex,
    /// `big64` to `big8`: so many bytes, the most significant first.
    Big(u8),
    /// `little64` to `little8`: so many bytes, the least significant first.
    Little(u8),
    /// `bool`: `true`, or `false` for 0.
    Bool,
    /// Digits alone: this number, which is neither written nor read.
    Fixed(u32),
}

/// rpk's names, and what they are for.
const NAMES: &[(&str, NumberForm)] = &[
    ("ascii", NumberForm::Ascii),
    ("number", NumberForm::Ascii),
    ("hex", NumberForm::ShortHex),
    ("hex64", NumberForm::Hex(16)),
    ("hex32", NumberForm::Hex(8)),
    ("hex16", NumberForm::Hex(4)),
    ("hex8", NumberForm::Hex(2)),
    ("hex4", NumberForm::Hex(1)),
    ("big64", NumberForm::Big(8)),
    ("big32", NumberForm::Big(4)),
    ("big16", NumberForm::Big(2)),
    ("big8", NumberForm::Big(1)),
    ("little64", NumberForm::Little(8)),
    ("little32", NumberForm::Little(4)),
    ("little16", NumberForm::Little(2)),
    ("little8", NumberForm::Little(1)),
    ("byte", NumberForm::Big(1)),
    ("bool", NumberForm::Bool),
];

impl NumberForm {
    /// The form that a modifier names.
    pub(super) fn parse(modifier: Option<&str>) -> Result<Self, String> {
        let Some(name) = modifier else { return Ok(Self::default()) };
        if let Ok(number) = name.parse() {
            return Ok(Self::Fixed(number));
        }
        let found = NAMES.iter().find(|(known, _)| *known == name).map(|(_, form)| *form);
        found.ok_or_else(|| {
            spelling::unknown("form", name, NAMES.iter().map(|(known, _)| *known)) + " (of a number)"
        })
    }

    /// Appends `number` to `out`.
    pub fn write(self, number: i64, out: &mut Vec<u8>) {
        match self {
            Self::Ascii => out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes()),
            Self::Hex(digits) => {
                for place in (0..digits).rev() {
                    let nibble = (number >> (4 * u32::from(place))) & 0xf;
                    out.push(b"0123456789abcdef"[usize::try_from(nibble).unwrap_or(0)]);
                }
            }
            Self::ShortHex => {
                let digits = (64 - number.leading_zeros()).div_ceil(4).max(1);
                Self::Hex(u8::try_from(digits).unwrap_or(16)).write(number, out);
            }
            Self::Big(bytes) => out.extend_from_slice(&number.to_be_bytes()[8 - usize::from(bytes)..]),
            Self::Little(bytes) => {
                let all = number.to_be_bytes();
                out.extend(all[8 - usize::from(bytes)..].iter().rev());
            }
            Self::Bool => out.extend_from_slice(if number == 0 { b"false" } else { b"true" }),
            Self::Fixed(_) => {}
        }
    }

    /// The number at the front of `bytes`, and how many of them it takes; `None` when there may be more of
    /// it behind what is there. In 32 bits and more a number has a sign, so that −1 can say null.
    ///
    /// # Errors
    /// When there is no such number.
    pub fn read(self, bytes: &[u8], is_all: bool) -> Result<Option<(i64, usize)>, String> {
        let width = match self {
            Self::Ascii => return read_decimal(bytes, is_all),
            Self::ShortHex => return read_short_hex(bytes, is_all),
            Self::Bool => return read_bool(bytes, is_all),
            Self::Fixed(number) => return Ok(Some((i64::from(number), 0))),
            Self::Hex(width) | Self::Big(width) | Self::Little(width) => usize::from(width),
        };
        let Some(front) = bytes.get(..width) else {
            return if is_all { Err(format!("a number of {width} bytes is cut off")) } else { Ok(None) };
        };
        let fold = |sum: i64, byte: &u8| (sum << 8) | i64::from(*byte);
        let (number, bits) = match self {
            Self::Big(_) => (front.iter().fold(0, fold), width * 8),
            Self::Little(_) => (front.iter().rev().fold(0, fold), width * 8),
            _ => {
                let text = std::str::from_utf8(front).ok().filter(|t| t.bytes().all(|b| b != b'+'));
                let number = text.and_then(|text| u64::from_str_radix(text, 16).ok());
                let shown = String::from_utf8_lossy(front);
                let number = number.ok_or_else(|| format!("'{shown}' is no hexadecimal number"))?;
                (number.cast_signed(), width * 4)
            }
        };
        let number = match bits {
            32 => i64::from(u32::try_from(number).unwrap_or(0).cast_signed()),
            _ => number,
        };
        Ok(Some((number, width)))
    }
}

fn read_decimal(bytes: &[u8], is_all: bool) -> Result<Option<(i64, usize)>, String> {
    let sign = usize::from(bytes.first() == Some(&b'-'));
    let digits = bytes[sign..].iter().take_while(|b| b.is_ascii_digit()).count();
    let end = sign + digits;
    if end == bytes.len() && !is_all && end < 24 {
        return Ok(None);
    }
    let text = std::str::from_utf8(&bytes[..end]).unwrap_or_default();
    match text.parse() {
        Ok(number) => Ok(Some((number, end))),
        Err(_) => {
            let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(20)]);
            Err(format!("there is no number at '{shown}'"))
        }
    }
}

/// As many hexadecimal digits as there are, 16 at the most.
fn read_short_hex(bytes: &[u8], is_all: bool) -> Result<Option<(i64, usize)>, String> {
    let digits = bytes.iter().take(16).take_while(|b| b.is_ascii_hexdigit()).count();
    if digits == bytes.len() && digits < 16 && !is_all {
        return Ok(None);
    }
    let text = std::str::from_utf8(&bytes[..digits]).unwrap_or_default();
    match u64::from_str_radix(text, 16) {
        Ok(number) => Ok(Some((number.cast_signed(), digits))),
        Err(_) => {
            let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(20)]);
            Err(format!("there is no hexadecimal number at '{shown}'"))
        }
    }
}

fn read_bool(bytes: &[u8], is_all: bool) -> Result<Option<(i64, usize)>, String> {
    for (text, number) in [(&b"true"[..], 1), (b"false", 0)] {
        if bytes.starts_with(text) {
            return Ok(Some((number, text.len())));
        }
        if !is_all && text.starts_with(bytes) {
            return Ok(None);
        }
    }
    Err("there is neither true nor false".to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn forms_of_a_number() {
        for (name, number, expected) in [
            ("ascii", -1, &b"-1"[..]),
            ("hex64", 255, b"00000000000000ff"),
            ("hex4", 0x1a, b"a"),
            ("hex", 0x1a, b"1a"),
            ("hex", 0, b"0"),
            ("hex", -1, b"ffffffffffffffff"),
            ("number", 26, b"26"),
            ("hex32", -1, b"ffffffff"),
            ("big32", 258, b"\0\0\x01\x02"),
            ("little16", 258, b"\x02\x01"),
            ("byte", 256, b"\0"),
            ("bool", 7, b"true"),
        ] {
            let mut out = Vec::new();
            NumberForm::parse(Some(name)).expect(name).write(number, &mut out);
            assert_eq!(out, expected, "{name}");
        }
        assert!(NumberForm::parse(Some("big31")).is_err());
        assert_eq!(NumberForm::parse(Some("12")), Ok(NumberForm::Fixed(12)));
    }

    #[test]
    fn what_is_cut_off_is_waited_for_and_then_refused() {
        assert_eq!(NumberForm::Ascii.read(b"12", false), Ok(None));
        assert_eq!(NumberForm::Ascii.read(b"12", true), Ok(Some((12, 2))));
        assert_eq!(NumberForm::Ascii.read(b"12,", false), Ok(Some((12, 2))));
        assert!(NumberForm::Ascii.read(b"x", false).is_err());
        assert_eq!(NumberForm::Big(4).read(b"\0\0\0", false), Ok(None));
        assert!(NumberForm::Big(4).read(b"\0\0\0", true).is_err());
        assert_eq!(NumberForm::Bool.read(b"tr", false), Ok(None));
        assert!(NumberForm::Bool.read(b"tr", true).is_err());
        assert!(NumberForm::Hex(2).read(b"+1", true).is_err());
        assert_eq!(NumberForm::ShortHex.read(b"1a", false), Ok(None));
        assert_eq!(NumberForm::ShortHex.read(b"1ag", false), Ok(Some((26, 2))));
        assert!(
            NumberForm::ShortHex.read(b"g", false).is_err() && NumberForm::ShortHex.read(b"", true).is_err()
        );
        assert!(NumberForm::Ascii.read(&[b'9'; 30], false).is_err());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(number: i32, which in 0usize..NAMES.len()) {
            let form = NAMES[which].1;
            let fits = match form {
                NumberForm::Hex(n) => n >= 8,
                NumberForm::Big(n) | NumberForm::Little(n) => n >= 4,
                _ => true,
            };
            let number = if fits { i64::from(number) } else { i64::from(number & 0xf) };
            let mut out = Vec::new();
            form.write(number, &mut out);
            let expected = if form == NumberForm::Bool { i64::from(number != 0) } else { number };
            prop_assert_eq!(form.read(&out, true), Ok(Some((expected, out.len()))));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>, which in 0usize..NAMES.len(), is_all: bool) {
            if let Ok(Some((_, taken))) = NAMES[which].1.read(&bytes, is_all) {
                prop_assert!(taken <= bytes.len());
            }
        }
    }
}
