//! How bytes are written and read.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

use crate::spelling;

/// How bytes are written; rpk's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TextForm {
    /// As they are.
    #[default]
    Plain,
    /// `hex`: two hexadecimal digits each.
    Hex,
    /// `base64`, with padding.
    Base64,
    /// `base64raw`, without padding.
    Base64Raw,
    /// `json`: a JSON string, or `null`. What is not UTF-8 is `{"base64":"…"}`.
    Json,
}

/// rpk's names, and what they are for.
const NAMES: &[(&str, TextForm)] = &[
    ("hex", TextForm::Hex),
    ("base64", TextForm::Base64),
    ("base64raw", TextForm::Base64Raw),
    ("json", TextForm::Json),
];

impl TextForm {
    /// The form that a modifier names.
    pub(super) fn parse(modifier: Option<&str>) -> Result<Self, String> {
        let Some(name) = modifier else { return Ok(Self::default()) };
        let found = NAMES.iter().find(|(known, _)| *known == name).map(|(_, form)| *form);
        found.ok_or_else(|| {
            let known = NAMES.iter().map(|(known, _)| *known).chain(["unpack", "re"]);
            spelling::unknown("form", name, known) + " (of bytes)"
        })
    }

    /// Appends `bytes` to `out`.
    pub fn write(self, bytes: &[u8], out: &mut Vec<u8>) {
        match self {
            Self::Plain => out.extend_from_slice(bytes),
            Self::Hex => write_hex(bytes, out),
            Self::Base64 => write_base64(&STANDARD, bytes, out),
            Self::Base64Raw => write_base64(&STANDARD_NO_PAD, bytes, out),
            Self::Json => match std::str::from_utf8(bytes) {
                // Writing to a vector cannot fail, and a string is always representable.
                Ok(text) => drop(serde_json::to_writer(out, text)),
                Err(_) => {
                    out.extend_from_slice(b"{\"base64\":\"");
                    write_base64(&STANDARD, bytes, out);
                    out.extend_from_slice(b"\"}");
                }
            },
        }
    }

    /// How many bytes a field of `length` takes in this form; `None` where that does not tell.
    pub fn encoded_length(self, length: usize) -> Option<usize> {
        match self {
            Self::Plain => Some(length),
            Self::Hex => length.checked_mul(2),
            Self::Base64 => length.div_ceil(3).checked_mul(4),
            Self::Base64Raw => length.checked_mul(4).map(|bits| bits.div_ceil(3)),
            Self::Json => None,
        }
    }

    /// Appends to `out` the bytes that `text` stands for; of [`TextForm::Json`] it is the caller's to find
    /// the end, and the bytes are taken as they are.
    ///
    /// # Errors
    /// When it is not in this form.
    pub fn read(self, text: &[u8], out: &mut Vec<u8>) -> Result<(), String> {
        let shown = || String::from_utf8_lossy(&text[..text.len().min(40)]).into_owned();
        match self {
            Self::Plain | Self::Json => out.extend_from_slice(text),
            Self::Hex => read_hex(text, out).ok_or_else(|| format!("'{}' is not hexadecimal", shown()))?,
            Self::Base64 => STANDARD
                .decode_vec(text, out)
                .map_err(|error| format!("'{}' is not base64: {error}", shown()))?,
            Self::Base64Raw => STANDARD_NO_PAD
                .decode_vec(text, out)
                .map_err(|error| format!("'{}' is not base64 without padding: {error}", shown()))?,
        }
        Ok(())
    }
}

fn write_hex(bytes: &[u8], out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for byte in bytes {
        out.push(DIGITS[usize::from(byte >> 4)]);
        out.push(DIGITS[usize::from(byte & 0xf)]);
    }
}

fn read_hex(text: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    if !text.len().is_multiple_of(2) {
        return None;
    }
    for pair in text.chunks_exact(2) {
        out.push(digit(pair[0])? << 4 | digit(pair[1])?);
    }
    Some(())
}

fn write_base64(engine: &impl base64::Engine, bytes: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    // Four characters for three bytes; the length cannot be exceeded.
    out.resize(start + bytes.len().div_ceil(3) * 4, 0);
    let written = engine.encode_slice(bytes, &mut out[start..]).unwrap_or(0);
    out.truncate(start + written);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(form: TextForm, bytes: &[u8]) -> String {
        let mut out = Vec::new();
        form.write(bytes, &mut out);
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn forms_of_bytes() {
        assert_eq!(written(TextForm::Hex, b"\x00\xfe"), "00fe");
        assert_eq!(written(TextForm::Base64, b"a"), "YQ==");
        assert_eq!(written(TextForm::Base64Raw, b"a"), "YQ");
        assert_eq!(written(TextForm::Json, b"a\n\"b\""), r#""a\n\"b\"""#);
        assert_eq!(written(TextForm::Json, b"\xff"), r#"{"base64":"/w=="}"#);
    }

    #[test]
    fn what_is_in_another_form_is_refused() {
        for (form, text) in [
            (TextForm::Hex, &b"abc"[..]),
            (TextForm::Hex, b"zz"),
            (TextForm::Base64, b"YQ"),
            (TextForm::Base64Raw, b"YQ=="),
        ] {
            assert!(form.read(text, &mut Vec::new()).is_err(), "{form:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(bytes: Vec<u8>) {
            for form in [TextForm::Plain, TextForm::Hex, TextForm::Base64, TextForm::Base64Raw] {
                let (mut text, mut back) = (Vec::new(), Vec::new());
                form.write(&bytes, &mut text);
                prop_assert_eq!(form.encoded_length(bytes.len()), Some(text.len()));
                form.read(&text, &mut back).expect("what was written");
                prop_assert_eq!(&back, &bytes);
            }
        }
    }
}
