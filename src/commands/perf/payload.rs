//! What the records of a measurement hold.

use std::fs::File;
use std::ops::Range;
use std::path::Path;

use anyhow::Context as _;

use crate::commands::UsageError;
use crate::format_string::unescape;
use crate::input::{Field, InputBuffer, InputForm, InputRecord, LineContent, LineFormat, RecordReader};

/// Where the values of records come from.
#[derive(Debug)]
pub(in crate::commands) enum Payloads {
    /// So many random letters each, as Kafka's tool has them.
    Letters(usize),
    /// One of these each, at random: their bytes one behind the other, and where each is.
    Given(Vec<u8>, Vec<Range<usize>>),
    /// The number of the record.
    Numbers,
}

/// The value of one record after the other, in room that is used again.
pub(in crate::commands) struct Payload {
    payloads: Payloads,
    random: fastrand::Rng,
    letters: Vec<u8>,
    number: itoa::Buffer,
    next: u64,
}

impl Payloads {
    /// What is in the file at `path`, whose values end with `delimiter`, or with lines if there is none.
    ///
    /// # Errors
    /// When it cannot be read, or there is nothing in it.
    pub(in crate::commands) fn in_file(path: &Path, delimiter: Option<&str>) -> anyhow::Result<Self> {
        let delimiter = match delimiter.map(unescape) {
            None => b"\n".to_vec(),
            Some(Ok(bytes)) if !bytes.is_empty() => bytes,
            Some(Ok(_)) => return Err(UsageError("--payload-delimiter may not be empty".to_owned()).into()),
            Some(Err(error)) => return Err(UsageError(format!("--payload-delimiter: {error}")).into()),
        };
        let whole_line = LineFormat::from_properties(std::iter::empty())?;
        let content = LineContent::Fields(whole_line);
        let form = InputForm::Lines { delimiter, content, skips_empty: false };
        let name = path.display().to_string();
        let file = File::open(path).with_context(|| format!("cannot open {name}"))?;
        let mut reader = RecordReader::new(InputBuffer::new(file), name.clone(), &form, usize::MAX);
        let mut record = InputRecord::new();
        let (mut bytes, mut places) = (Vec::new(), Vec::new());
        let mut has_more = true;
        while has_more {
            has_more = reader.fill()?;
            while reader.next(&mut record)? {
                let start = bytes.len();
                bytes.extend_from_slice(record.get(Field::Value).unwrap_or_default());
                places.push(start..bytes.len());
            }
        }
        anyhow::ensure!(!places.is_empty(), "{name} is empty: --payload-file needs one value or more");
        Ok(Self::Given(bytes, places))
    }
}

impl Payload {
    /// Values as `payloads` says; each run gives the same ones.
    pub(in crate::commands) fn new(payloads: Payloads) -> Self {
        let size = if let Payloads::Letters(size) = payloads { size } else { 0 };
        Self {
            payloads,
            random: fastrand::Rng::with_seed(0),
            letters: vec![0; size],
            number: itoa::Buffer::new(),
            next: 0,
        }
    }

    /// The value of the next record.
    pub(in crate::commands) fn next(&mut self) -> &[u8] {
        match &self.payloads {
            Payloads::Letters(_) => {
                self.random.fill(&mut self.letters);
                for byte in &mut self.letters {
                    // 256 values on 26 letters: some come up a tenth more often than others.
                    *byte = b'A' + (u16::from(*byte) * 26).to_be_bytes()[0];
                }
                &self.letters
            }
            Payloads::Given(bytes, places) => &bytes[places[self.random.usize(..places.len())].clone()],
            Payloads::Numbers => {
                let number = self.next;
                self.next += 1;
                self.number.format(number).as_bytes()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_all_letters_and_all_of_them() {
        let mut payload = Payload::new(Payloads::Letters(1000));
        let (first, second) = (payload.next().to_vec(), payload.next().to_vec());
        assert_ne!(first, second);
        for value in [first, second] {
            assert!(value.len() == 1000 && value.iter().all(u8::is_ascii_uppercase));
            assert!((b'A'..=b'Z').all(|letter| value.contains(&letter)));
        }
        assert_eq!(Payload::new(Payloads::Letters(0)).next(), b"");
    }

    #[test]
    fn numbers_count() {
        let mut payload = Payload::new(Payloads::Numbers);
        let values: Vec<Vec<u8>> = (0..11).map(|_| payload.next().to_vec()).collect();
        assert_eq!((values[0].as_slice(), values[10].as_slice()), (b"0".as_slice(), b"10".as_slice()));
    }

    #[test]
    fn values_of_a_file_are_told_apart_by_its_delimiter() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let values = |text: &str, delimiter| {
            std::fs::write(file.path(), text).expect("it is written");
            match Payloads::in_file(file.path(), delimiter)? {
                Payloads::Given(bytes, places) => {
                    let value = |place| String::from_utf8_lossy(&bytes[place]).into_owned();
                    anyhow::Ok(places.into_iter().map(value).collect::<Vec<_>>())
                }
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(values("a\nbc\n", None).expect("values"), ["a", "bc"]);
        assert_eq!(values("a;\tb\nc", Some(";\\t")).expect("values"), ["a", "b\nc"]);
        assert!(values("", None).expect_err("nothing").to_string().contains("is empty"));
        assert!(values("a", Some("")).expect_err("no delimiter").is::<UsageError>());
    }
}
