//! Which records somebody wants to see.

use regex::bytes::Regex;

use super::ConsumerRecord;
use crate::spelling;

/// Chooses records by what is in them. Each kind of condition that is set must hold.
#[derive(Debug, Clone, Default)]
pub struct RecordFilter {
    keys: Vec<Vec<u8>>,
    headers: Vec<HeaderCondition>,
    patterns: Vec<Regex>,
}

/// A header that a record must have.
#[derive(Debug, Clone, PartialEq, Eq)]
struct HeaderCondition {
    name: Vec<u8>,
    /// `None` for any value.
    value: Option<Vec<u8>>,
}

impl RecordFilter {
    /// A filter that lets every record pass.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets only records pass that have this key, or another one that was named so.
    pub fn key(&mut self, key: Vec<u8>) {
        self.keys.push(key);
    }

    /// Lets only records pass that have a header of this name, with this value if one is given.
    pub fn header(&mut self, name: Vec<u8>, value: Option<Vec<u8>>) {
        self.headers.push(HeaderCondition { name, value });
    }

    /// Lets only records pass in whose value `pattern` is found, which sees bytes that need not be UTF-8.
    ///
    /// # Errors
    /// A message when it is no regular expression.
    pub fn pattern(&mut self, pattern: &str, ignores_case: bool) -> Result<(), String> {
        let regex = regex::bytes::RegexBuilder::new(pattern)
            .case_insensitive(ignores_case)
            // What stands at the beginning and the end of a line can be asked for.
            .multi_line(true)
            .build();
        let regex = regex.map_err(|error| {
            format!("'{pattern}' is not a valid regular expression: {}", spelling::regex_fault(&error))
        })?;
        self.patterns.push(regex);
        Ok(())
    }

    /// Whether every record passes.
    pub fn is_open(&self) -> bool {
        self.keys.is_empty() && self.headers.is_empty() && self.patterns.is_empty()
    }

    /// Whether `record` passes. A control record has nothing in it that a condition could be about.
    #[inline]
    pub fn matches(&self, record: &ConsumerRecord<'_>) -> bool {
        self.is_open() || !record.batch.is_control() && self.matches_conditions(record)
    }

    fn matches_conditions(&self, record: &ConsumerRecord<'_>) -> bool {
        let record = &record.record;
        let has_key = || record.key.is_some_and(|key| self.keys.iter().any(|wanted| wanted == key));
        let has_header = |wanted: &HeaderCondition| {
            record.headers.iter().any(|header| {
                let is_value = |value: &[u8]| header.value == Some(value);
                header.key == wanted.name && wanted.value.as_deref().is_none_or(is_value)
            })
        };
        let has_match = |regex: &Regex| record.value.is_some_and(|value| regex.is_match(value));
        (self.keys.is_empty() || has_key())
            && self.headers.iter().all(has_header)
            && self.patterns.iter().all(has_match)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::consumer::BatchFacts;
    use crate::record::{
        Batch, BatchBuilder, Compression, Compressor, EncodedBatch, Header, NewRecord, RecordDecoder,
        Timestamp,
    };
    use crate::store::{TopicName, TopicPartition};

    /// Whether a record with this key and value, and the headers a=1 and b without a value, passes.
    fn passes(filter: &RecordFilter, key: Option<&[u8]>, value: Option<&[u8]>) -> bool {
        let headers = [Header { key: b"a", value: Some(b"1") }, Header { key: b"b", value: None }];
        let mut builder = BatchBuilder::new();
        builder.push(&NewRecord { timestamp: Timestamp(0), key, value, headers: &headers });
        let mut encoded = EncodedBatch::default();
        let mut compressor = Compressor::new(Compression::None, None).expect("none");
        builder.finish(&mut compressor, None, &mut encoded).expect("it finishes");
        let batch = Batch::parse(encoded.bytes()).expect("valid").expect("whole");
        let mut decoder = RecordDecoder::new();
        let mut records = decoder.records(&batch).expect("records");
        let record = records.next().expect("valid").expect("a record");
        let topic_partition = TopicPartition::new(TopicName::new("t").expect("legal"), 0);
        filter.matches(&ConsumerRecord {
            topic_partition: &topic_partition,
            batch: &BatchFacts::of(&batch),
            record: &record,
        })
    }

    #[test]
    fn every_kind_of_condition_must_hold() {
        let mut filter = RecordFilter::new();
        assert!(passes(&filter, None, None));
        filter.key(b"k".to_vec());
        filter.key(b"l".to_vec());
        assert!(passes(&filter, Some(b"l"), None));
        assert!(!passes(&filter, Some(b"kl"), None) && !passes(&filter, None, None));
        filter.pattern("^B+$", true).expect("a pattern");
        assert!(passes(&filter, Some(b"k"), Some(b"a\nbb\n\xff")));
        assert!(!passes(&filter, Some(b"k"), Some(b"abb")) && !passes(&filter, Some(b"k"), None));
    }

    #[test]
    fn headers_by_name_and_value() {
        for (name, value, expected) in [
            ("a", Some("1"), true),
            ("a", None, true),
            ("b", None, true),
            ("a", Some("2"), false),
            ("b", Some(""), false),
            ("c", None, false),
        ] {
            let mut filter = RecordFilter::new();
            filter.header(name.into(), value.map(Into::into));
            assert_eq!(passes(&filter, None, None), expected, "{name} {value:?}");
        }
        assert_eq!(
            RecordFilter::new().pattern("(", false),
            Err("'(' is not a valid regular expression: unclosed group".to_owned())
        );
    }
}
