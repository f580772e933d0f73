//! What the fields of an input line are (Kafka's `LineMessageReader`).
//!
//! `headers⟨headers.delimiter⟩key⟨key.separator⟩value`, where headers are
//! `name⟨headers.key.separator⟩value` joined by `headers.separator`. Unlike in Kafka all separators are
//! literal bytes and no byte of a field is replaced.

use memchr::memmem;

use crate::record::{Fields, Header};
use crate::spelling;

/// The reader properties, by Kafka's names, with what each is for.
pub const PROPERTIES: &[&str] = &[
    "parse.key",
    "key.separator",
    "parse.headers",
    "headers.delimiter",
    "headers.separator",
    "headers.key.separator",
    "null.marker",
    "ignore.error",
];

/// How lines are split into fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineFormat {
    parse_key: bool,
    key_separator: Vec<u8>,
    parse_headers: bool,
    headers_delimiter: Vec<u8>,
    headers_separator: Vec<u8>,
    headers_key_separator: Vec<u8>,
    null_marker: Option<Vec<u8>>,
    ignore_error: bool,
}

/// A line that does not have the fields it should have, or properties that contradict each other.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct LineFormatError(String);

impl Default for LineFormat {
    fn default() -> Self {
        Self {
            parse_key: false,
            key_separator: b"\t".to_vec(),
            parse_headers: false,
            headers_delimiter: b"\t".to_vec(),
            headers_separator: b",".to_vec(),
            headers_key_separator: b":".to_vec(),
            null_marker: None,
            ignore_error: false,
        }
    }
}

impl LineFormat {
    /// The format that `properties` ask for; the last of several values for a name counts.
    ///
    /// # Errors
    /// When a name is unknown, a value is empty where a separator is needed, or two separators are alike.
    pub fn from_properties<'a>(
        properties: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, LineFormatError> {
        let mut format = Self::default();
        for (name, value) in properties {
            let bytes = || value.as_bytes().to_vec();
            // As Kafka reads a boolean: anything but true is false.
            let flag = || value.trim().eq_ignore_ascii_case("true");
            match name {
                "parse.key" => format.parse_key = flag(),
                "key.separator" => format.key_separator = bytes(),
                "parse.headers" => format.parse_headers = flag(),
                "headers.delimiter" => format.headers_delimiter = bytes(),
                "headers.separator" => format.headers_separator = bytes(),
                "headers.key.separator" => format.headers_key_separator = bytes(),
                "null.marker" => format.null_marker = Some(bytes()),
                "ignore.error" => format.ignore_error = flag(),
                unknown => {
                    let known = PROPERTIES.iter().copied();
                    return Err(LineFormatError(spelling::unknown("reader property", unknown, known)));
                }
            }
        }
        format.check()?;
        Ok(format)
    }

    /// The same with these, where they are given; a key separator means that lines have keys.
    ///
    /// # Errors
    /// When two of its texts are alike.
    pub fn with(
        mut self,
        key_separator: Option<Vec<u8>>,
        null_marker: Option<Vec<u8>>,
    ) -> Result<Self, LineFormatError> {
        if let Some(separator) = key_separator {
            self.parse_key = true;
            self.key_separator = separator;
        }
        self.null_marker = null_marker.or(self.null_marker);
        self.check()?;
        Ok(self)
    }

    /// Whether lines have keys.
    pub fn has_keys(&self) -> bool {
        self.parse_key
    }

    fn check(&self) -> Result<(), LineFormatError> {
        let fields = [
            ("headers.delimiter", &self.headers_delimiter),
            ("headers.separator", &self.headers_separator),
            ("headers.key.separator", &self.headers_key_separator),
        ];
        if let Some((name, _)) =
            fields.iter().chain([&("key.separator", &self.key_separator)]).find(|(_, value)| value.is_empty())
        {
            return Err(LineFormatError(format!("{name} may not be empty")));
        }
        if self.parse_headers {
            for (i, (a, x)) in fields.iter().enumerate() {
                if let Some((b, _)) = fields[i + 1..].iter().find(|(_, y)| x == y) {
                    return Err(LineFormatError(format!("{a} and {b} may not be equal")));
                }
            }
        }
        if let Some(marker) = &self.null_marker {
            let keyed = self.parse_key.then_some(("key.separator", &self.key_separator));
            let headed = fields.into_iter().filter(|_| self.parse_headers);
            if let Some((name, _)) = keyed.into_iter().chain(headed).find(|(_, value)| *value == marker) {
                return Err(LineFormatError(format!("null.marker and {name} may not be equal")));
            }
        }
        Ok(())
    }

    /// Whether a line is its value as it stands.
    pub fn is_plain(&self) -> bool {
        !self.parse_key && !self.parse_headers && self.null_marker.is_none()
    }

    /// Splits up `line`, the `number`-th from 1, into what is answered and its headers, which `headers` has then.
    ///
    /// # Errors
    /// Kafka's message for a line that lacks a separator.
    pub fn parse<'a>(
        &self,
        line: &'a [u8],
        number: u64,
        headers: &mut Vec<Header<'a>>,
    ) -> Result<Fields<'a>, LineFormatError> {
        headers.clear();
        let mut rest = line;
        if self.parse_headers {
            match split_once(rest, &self.headers_delimiter) {
                Some((block, behind)) => {
                    self.parse_headers(block, number, headers)?;
                    rest = behind;
                }
                None if self.ignore_error => {}
                None => return Err(missing("No headers delimiter found", number, line)),
            }
        }
        self.key_and_value(rest).ok_or_else(|| missing("No key separator found", number, line))
    }

    /// Whether lines have headers.
    pub fn has_headers(&self) -> bool {
        self.parse_headers
    }

    /// Splits up what comes behind the headers; `None` when it lacks a key separator.
    #[inline]
    pub fn key_and_value<'a>(&self, rest: &'a [u8]) -> Option<Fields<'a>> {
        let (key, value) = match self.parse_key.then(|| split_once(rest, &self.key_separator)) {
            None => (None, rest),
            Some(Some((key, value))) => (self.nullable(key), value),
            Some(None) if self.ignore_error => (None, rest),
            Some(None) => return None,
        };
        Some(Fields { key, value: self.nullable(value) })
    }

    fn parse_headers<'a>(
        &self,
        block: &'a [u8],
        number: u64,
        headers: &mut Vec<Header<'a>>,
    ) -> Result<(), LineFormatError> {
        let Some(mut rest) = self.nullable(block) else { return Ok(()) };
        loop {
            let (pair, behind) = match split_once(rest, &self.headers_separator) {
                Some((pair, behind)) => (pair, Some(behind)),
                None => (rest, None),
            };
            let (key, value) = match split_once(pair, &self.headers_key_separator) {
                Some((key, value)) => (key, self.nullable(value)),
                None if self.ignore_error => (pair, None),
                None => {
                    return Err(LineFormatError(format!(
                        "No header key separator found in pair '{}' on line number {number}",
                        String::from_utf8_lossy(pair)
                    )));
                }
            };
            if let Some(marker) = &self.null_marker
                && key == &marker[..]
            {
                return Err(LineFormatError(format!(
                    "Header keys should not be equal to the null marker '{}' as they can't be null, on line number \
                     {number}",
                    String::from_utf8_lossy(marker)
                )));
            }
            headers.push(Header { key, value });
            match behind {
                Some(behind) => rest = behind,
                None => return Ok(()),
            }
        }
    }

    #[inline]
    fn nullable<'a>(&self, field: &'a [u8]) -> Option<&'a [u8]> {
        match &self.null_marker {
            Some(marker) if field == &marker[..] => None,
            _ => Some(field),
        }
    }
}

#[inline]
fn split_once<'a>(bytes: &'a [u8], separator: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = match separator {
        // Most keys are short. For those a search of its own takes longer to begin than to come to its end.
        [byte] => first_in_words(bytes, *byte).or_else(|| memchr::memchr(*byte, bytes))?,
        longer => memmem::find(bytes, longer)?,
    };
    Some((&bytes[..at], &bytes[at + separator.len()..]))
}

/// Where the first `byte` is, if it is in one of the first two whole words.
#[inline]
fn first_in_words(bytes: &[u8], byte: u8) -> Option<usize> {
    const WORDS: usize = 2;
    const ONES: u64 = u64::MAX / 0xff;
    for (n, word) in bytes.as_chunks::<8>().0.iter().take(WORDS).enumerate() {
        // Zero where the byte is. Above the lowest of those there may be others that are none.
        let differs = u64::from_le_bytes(*word) ^ (ONES * u64::from(byte));
        let zeros = differs.wrapping_sub(ONES) & !differs & (ONES << 7);
        if zeros != 0 {
            return Some(8 * n + zeros.trailing_zeros() as usize / 8);
        }
    }
    None
}

/// Kafka's sentence, with as much of the line as helps.
fn missing(what: &str, number: u64, line: &[u8]) -> LineFormatError {
    const SHOWN: usize = 200;
    let shown = String::from_utf8_lossy(&line[..line.len().min(SHOWN)]);
    let more = if line.len() > SHOWN { "…" } else { "" };
    LineFormatError(format!("{what} on line number {number}: '{shown}{more}'"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Parsed = (Option<String>, Option<String>, Vec<(String, Option<String>)>);

    fn text(bytes: &[u8]) -> String {
        String::from_utf8_lossy(bytes).into_owned()
    }

    fn parse(properties: &[(&str, &str)], line: &str) -> Result<Parsed, String> {
        let format = LineFormat::from_properties(properties.iter().copied()).map_err(|e| e.to_string())?;
        let mut headers = Vec::new();
        let parsed = format.parse(line.as_bytes(), 7, &mut headers).map_err(|e| e.to_string())?;
        let headers = headers.iter().map(|h| (text(h.key), h.value.map(text))).collect();
        Ok((parsed.key.map(text), parsed.value.map(text), headers))
    }

    fn some(s: &str) -> Option<String> {
        Some(s.to_owned())
    }

    #[test]
    fn a_plain_line_is_its_value() {
        assert_eq!(parse(&[], "a\tb"), Ok((None, some("a\tb"), vec![])));
        assert!(LineFormat::default().is_plain());
    }

    proptest! {
        #[test]
        fn a_byte_splits_a_line_where_it_is_first(line in proptest::collection::vec(0u8..3, 0..40), separator in 0u8..3) {
            let text = (separator as char).to_string();
            let format = LineFormat::from_properties([("parse.key", "true"), ("key.separator", &text)]).unwrap();
            let at = line.iter().position(|byte| *byte == separator);
            let fields = at.map(|at| Fields { key: Some(&line[..at]), value: Some(&line[at + 1..]) });
            prop_assert_eq!(format.key_and_value(&line), fields);
        }
    }

    #[test]
    fn the_first_separator_splits_key_from_value() {
        let colon = [("parse.key", "TRUE "), ("key.separator", ":")];
        assert_eq!(parse(&colon, "k:v:w"), Ok((some("k"), some("v:w"), vec![])));
        assert_eq!(parse(&colon, ":v"), Ok((some(""), some("v"), vec![])));
        assert_eq!(
            parse(&colon, "nokey"),
            Err("No key separator found on line number 7: 'nokey'".to_owned())
        );
        let lenient = [("parse.key", "true"), ("key.separator", ":"), ("ignore.error", "true")];
        assert_eq!(parse(&lenient, "nokey"), Ok((None, some("nokey"), vec![])));
        let long = [("parse.key", "true"), ("key.separator", "=>")];
        assert_eq!(parse(&long, "a=b=>c"), Ok((some("a=b"), some("c"), vec![])));
    }

    #[test]
    fn headers_come_first() {
        let on = [("parse.headers", "true"), ("parse.key", "true")];
        let headers = vec![("a".to_owned(), some("1")), ("a".to_owned(), some(""))];
        assert_eq!(parse(&on, "a:1,a:\tk\tv"), Ok((some("k"), some("v"), headers)));
        assert_eq!(parse(&on, "x"), Err("No headers delimiter found on line number 7: 'x'".to_owned()));
        let pair = Err("No header key separator found in pair '' on line number 7".to_owned());
        assert_eq!(parse(&on, "\tk\tv"), pair);
    }

    #[test]
    fn the_null_marker_stands_for_null_everywhere_but_in_header_names() {
        let on = [("parse.headers", "true"), ("parse.key", "true"), ("null.marker", "~")];
        assert_eq!(parse(&on, "~\t~\t~"), Ok((None, None, vec![])));
        assert_eq!(parse(&on, "h:~\tk\tv"), Ok((some("k"), some("v"), vec![("h".to_owned(), None)])));
        let refused = parse(&on, "~:x\tk\tv").expect_err("a null name");
        assert_eq!(
            refused,
            "Header keys should not be equal to the null marker '~' as they can't be null, on line number 7"
        );
    }

    #[test]
    fn properties_that_contradict_each_other_are_refused() {
        for (properties, message) in [
            (
                &[("parse.headers", "true"), ("headers.separator", "\t")][..],
                "headers.delimiter and headers.separator may not be equal",
            ),
            (
                &[("parse.key", "true"), ("null.marker", "\t")],
                "null.marker and key.separator may not be equal",
            ),
            (&[("parse.keys", "true")], "unknown reader property 'parse.keys'; did you mean 'parse.key'?"),
            (&[("key.separator", "")], "key.separator may not be empty"),
        ] {
            assert_eq!(parse(properties, "x"), Err(message.to_owned()));
        }
    }

    proptest! {
        #[test]
        fn the_fields_of_a_line_make_up_the_line(line in "[a-c:,\t]{0,20}") {
            let on = [("parse.key", "true"), ("parse.headers", "true")];
            let format = LineFormat::from_properties(on).expect("a format");
            let mut headers = Vec::new();
            if let Ok(parsed) = format.parse(line.as_bytes(), 1, &mut headers) {
                let pairs: Vec<Vec<u8>> =
                    headers.iter().map(|h| [h.key, b":", h.value.unwrap_or_default()].concat()).collect();
                let fields = [&pairs.join(&b','), parsed.key.expect("a key"), parsed.value.expect("a value")];
                prop_assert_eq!(text(&fields.join(&b'\t')), line);
            } else {
                let tabs = line.bytes().filter(|b| *b == b'\t').count();
                let pairs_lack_names = line.split('\t').next().unwrap_or_default().split(',').any(|p| !p.contains(':'));
                prop_assert!(tabs < 2 || pairs_lack_names);
            }
        }

        #[test]
        fn leniently_any_bytes_are_a_record(line: Vec<u8>) {
            let on = [("parse.key", "true"), ("parse.headers", "true"), ("ignore.error", "true")];
            let format = LineFormat::from_properties(on).expect("a format");
            prop_assert!(format.parse(&line, 1, &mut Vec::new()).is_ok());
        }
    }
}
