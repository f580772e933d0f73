//! The forms in which a consumed record is written.
//!
//! | form | where |
//! | --- | --- |
//! | Kafka's columns of text | `text` |
//! | JSON | `json` |
//! | as a format string says | `template` |
//! | for people | `pretty` |
//! | control records and the fate of transactions in any of these | `control` |
//! | the bytes of a key or value in any of these | `field` |

mod control;
mod field;
mod json;
mod pretty;
mod template;
pub mod text;

pub use field::FieldForm;
pub use json::JsonFormat;
pub use pretty::PrettyFormat;
pub use template::TemplateFormat;
pub use text::TextFormat;

use crate::consumer::{ConsumerRecord, ReadDetails};

/// How records are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordFormat {
    /// Columns of text, as Kafka's `DefaultMessageFormatter` has them.
    Text(TextFormat),
    /// One JSON object a line.
    Json(JsonFormat),
    /// As a format string says.
    Template(TemplateFormat),
    /// For people.
    Pretty(PrettyFormat),
}

/// How the fields of a record that are bytes are shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FieldForms {
    /// Keys.
    pub key: FieldForm,
    /// Values.
    pub value: FieldForm,
    /// Values of headers.
    pub header: FieldForm,
}

/// A record whose bytes are not what a deserializer takes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: the {field} cannot be shown: {what}")]
pub struct RecordFormatError {
    place: String,
    field: &'static str,
    what: String,
}

/// What is wrong with which field.
#[derive(Debug)]
struct Fault {
    field: &'static str,
    what: String,
}

impl Fault {
    fn new(field: &'static str, what: String) -> Self {
        Self { field, what }
    }
}

impl RecordFormat {
    /// What it writes that a consumer finds out only when it is asked to.
    pub fn details(&self) -> ReadDetails {
        match self {
            Self::Template(format) => format.details(),
            _ => ReadDetails::default(),
        }
    }

    /// Appends `record` to `out`.
    ///
    /// # Errors
    /// When a field is not what its deserializer takes; nothing is appended then.
    #[inline]
    pub fn write(&self, record: &ConsumerRecord<'_>, out: &mut Vec<u8>) -> Result<(), RecordFormatError> {
        let start = out.len();
        let written = match self {
            Self::Text(format) => format.write(record, out),
            Self::Json(format) => format.write(record, out),
            Self::Template(format) => format.write(record, out),
            Self::Pretty(format) => format.write(record, out),
        };
        written.map_err(|fault| {
            out.truncate(start);
            let of = record.topic_partition;
            RecordFormatError {
                place: format!("{}-{}, offset {}", of.topic, of.partition, record.record.offset),
                field: fault.field,
                what: fault.what,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::consumer::BatchFacts;
    use crate::format_string::FormatString;
    use crate::record::{
        Batch, BatchBuilder, Compression, Compressor, EncodedBatch, Header, LeaderEpoch, NewRecord, Offset,
        RecordDecoder, Timestamp,
    };
    use crate::store::{TopicName, TopicPartition};

    fn written(
        format: &RecordFormat,
        key: Option<&[u8]>,
        value: Option<&[u8]>,
        headers: &[Header<'_>],
    ) -> String {
        let mut builder = BatchBuilder::new();
        builder.push(&NewRecord { timestamp: Timestamp(1_700_000_180_000), key, value, headers });
        let mut encoded = EncodedBatch::default();
        let mut compressor = Compressor::new(Compression::None, None).expect("none");
        builder.finish(&mut compressor, None, &mut encoded).expect("it finishes");
        encoded.assign(Offset(7), LeaderEpoch(2));
        let batch = Batch::parse(encoded.bytes()).expect("valid").expect("whole");
        let mut decoder = RecordDecoder::new();
        let mut records = decoder.records(&batch).expect("records");
        let record = records.next().expect("valid").expect("a record");
        let topic_partition = TopicPartition::new(TopicName::new("t").expect("legal"), 3);
        let record = ConsumerRecord {
            topic_partition: &topic_partition,
            batch: &BatchFacts::of(&batch),
            record: &record,
        };
        let mut out = Vec::new();
        format.write(&record, &mut out).expect("a record that can be shown");
        String::from_utf8_lossy(&out).into_owned()
    }

    fn text(properties: &[(&str, &str)]) -> RecordFormat {
        RecordFormat::Text(TextFormat::from_properties(properties.iter().copied()).expect("known properties"))
    }

    #[test]
    fn the_value_alone_by_default() {
        assert_eq!(written(&text(&[]), Some(b"k"), Some(b"v"), &[]), "v\n");
        assert_eq!(written(&text(&[]), None, None, &[]), "null\n");
        assert_eq!(written(&text(&[("print.value", "false")]), None, Some(b"v"), &[]), "");
    }

    #[test]
    fn kafkas_columns_in_kafkas_order() {
        let all = text(&[
            ("print.value", "true"),
            ("print.key", "true"),
            ("print.headers", "true"),
            ("print.timestamp", "true"),
            ("print.partition", "true"),
            ("print.offset", "true"),
            ("print.delivery", "true"),
            ("print.epoch", "true"),
        ]);
        let headers = [Header { key: b"a", value: Some(b"1") }, Header { key: b"a", value: None }];
        assert_eq!(
            written(&all, None, Some(b"v"), &headers),
            "CreateTime:1700000180000\tPartition:3\tOffset:7\tDelivery:NOT_PRESENT\tEpoch:2\ta:1,a:null\tnull\tv\n"
        );
        let some = text(&[
            ("print.key", "true"),
            ("print.value", "false"),
            ("print.headers", "true"),
            ("line.separator", "|"),
        ]);
        assert_eq!(written(&some, Some(b"k"), Some(b"v"), &[]), "NO_HEADERS\tk|");
        let unknown = TextFormat::from_properties([("print.keys", "true")]);
        assert_eq!(
            unknown,
            Err("unknown formatter property 'print.keys'; did you mean 'print.key'?".to_owned())
        );
    }

    #[test]
    fn json_tells_null_empty_text_and_binary_apart() {
        let json = RecordFormat::Json(JsonFormat::default());
        let headers = [Header { key: b"h", value: None }, Header { key: b"h", value: Some(b"\xff") }];
        assert_eq!(
            written(&json, None, Some(b"say \"hi\"\n"), &headers),
            "{\"v\":1,\"topic\":\"t\",\"partition\":3,\"offset\":7,\"timestamp\":1700000180000,\
             \"timestampType\":\"CreateTime\",\"leaderEpoch\":2,\"headers\":[[\"h\",null],[\"h\",{\"base64\":\"/w==\"}]],\
             \"key\":null,\"value\":\"say \\\"hi\\\"\\n\"}\n"
        );
        let line = written(&json, Some(b""), Some(b"\xff\xfe"), &[]);
        assert!(line.contains("\"key\":\"\",\"valueBase64\":\"//4=\""), "{line}");
    }

    fn template(format: &str) -> RecordFormat {
        let format = FormatString::parse(format).expect("a format string");
        RecordFormat::Template(TemplateFormat::new(format, FieldForms::default(), Vec::new(), false))
    }

    #[test]
    fn format_strings_have_kcats_and_rpks_verbs() {
        let headers = [Header { key: b"a", value: Some(b"1") }, Header { key: b"b", value: None }];
        let write = |format: &str| written(&template(format), Some(b"k\xff"), Some(b"va"), &headers);
        assert_eq!(write(r"%t[%p]@%o %T %s %h\n"), "t[3]@7 1700000180000 va a=1,b=NULL\n");
        assert_eq!(write("%k{hex}|%K|%v{base64}|%V{big16}|%S|%e|%H|%i"), "6bff|2|dmE=|\0\u{2}|2|2|2|1");
        assert_eq!(write("%h{%k:%v{json}:%V;}%%"), "a:\"1\":1;b:null:-1;%");
        assert_eq!(
            write("%k{json} %v{json} %d{rfc3339}"),
            "{\"base64\":\"a/8=\"} \"va\" 2023-11-14T22:16:20.000Z"
        );
        assert_eq!(written(&template("%s|%S|%k"), None, None, &[]), "|-1|");
    }

    #[test]
    fn deserializers_show_numbers_and_refuse_what_is_none() {
        let forms = FieldForms {
            key: FieldForm::named("integer").expect("known"),
            value: FieldForm::named("uuid").expect("known"),
            header: FieldForm::named("hex").expect("known"),
        };
        let uuid = b"00112233-4455-6677-8899-AABBCCDDEEFF";
        let json = RecordFormat::Json(JsonFormat { forms: forms.clone(), escapes: false });
        let headers = [Header { key: b"h", value: Some(b"\xff") }];
        let line = written(&json, Some(b"\0\0\x01\0"), Some(uuid), &headers);
        let expected = r#""headers":[["h","ff"]],"key":256,"value":"00112233-4455-6677-8899-aabbccddeeff"}"#;
        assert!(line.trim_end().ends_with(expected), "{line}");
        let text = text(&[
            ("print.key", "true"),
            ("key.deserializer", "org.apache.kafka.common.serialization.IntegerDeserializer"),
            ("key.deserializer.encoding", "UTF-8"),
        ]);
        assert_eq!(written(&text, Some(b"\0\0\x01\0"), Some(b"v"), &[]), "256\tv\n");
        assert_eq!(written(&text, None, Some(b"v"), &[]), "null\tv\n");
    }

    #[test]
    fn for_people_json_is_laid_out_and_nothing_steers_the_terminal() {
        let pretty = RecordFormat::Pretty(PrettyFormat { forms: FieldForms::default(), colours: false });
        let headers = [Header { key: b"h\x1b", value: None }];
        let out = written(&pretty, Some(b"k\x1b"), Some(br#"{"a":[1]}"#), &headers);
        let (first, rest) = out.split_once('\n').expect("lines");
        assert!(first.starts_with("t-3@7  2023-11-1"), "{first}");
        assert_eq!(
            rest,
            "  header h\\x1b: null\n  key: k\\x1b\n  value: {\n      \"a\": [\n        1\n      ]\n    }\n"
        );
    }
}
