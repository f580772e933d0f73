//! The forms in which a consumed record is written: Kafka's own text, and JSON.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::consumer::ConsumerRecord;
use crate::record::TimestampType;
use crate::spelling;

/// How records are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordFormat {
    /// Columns of text, as Kafka's `DefaultMessageFormatter` has them.
    Text(TextFormat),
    /// One JSON object a line.
    Json,
}

impl RecordFormat {
    /// Appends `record` to `out`.
    #[inline]
    pub fn write(&self, record: &ConsumerRecord<'_>, out: &mut Vec<u8>) {
        match self {
            Self::Text(format) => format.write(record, out),
            Self::Json => write_json(record, out),
        }
    }
}

/// The formatter properties of `DefaultMessageFormatter`, by Kafka's names.
pub const PROPERTIES: &[&str] = &[
    "print.timestamp",
    "print.partition",
    "print.offset",
    "print.delivery",
    "print.epoch",
    "print.headers",
    "print.key",
    "print.value",
    "key.separator",
    "line.separator",
    "headers.separator",
    "null.literal",
];

/// Which columns are printed, and what stands between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextFormat {
    timestamp: bool,
    partition: bool,
    offset: bool,
    delivery: bool,
    epoch: bool,
    headers: bool,
    key: bool,
    value: bool,
    key_separator: Vec<u8>,
    line_separator: Vec<u8>,
    headers_separator: Vec<u8>,
    null_literal: Vec<u8>,
}

impl Default for TextFormat {
    fn default() -> Self {
        Self {
            timestamp: false,
            partition: false,
            offset: false,
            delivery: false,
            epoch: false,
            headers: false,
            key: false,
            value: true,
            key_separator: b"\t".to_vec(),
            line_separator: b"\n".to_vec(),
            headers_separator: b",".to_vec(),
            null_literal: b"null".to_vec(),
        }
    }
}

impl TextFormat {
    /// The format that `properties` ask for; the last of several values for a name counts.
    ///
    /// # Errors
    /// A message naming the nearest property when a name is unknown.
    pub fn from_properties<'a>(
        properties: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, String> {
        let mut format = Self::default();
        for (name, value) in properties {
            let flag = value.trim().eq_ignore_ascii_case("true");
            let bytes = value.as_bytes().to_vec();
            match name {
                "print.timestamp" => format.timestamp = flag,
                "print.partition" => format.partition = flag,
                "print.offset" => format.offset = flag,
                "print.delivery" => format.delivery = flag,
                "print.epoch" => format.epoch = flag,
                "print.headers" => format.headers = flag,
                "print.key" => format.key = flag,
                "print.value" => format.value = flag,
                "key.separator" => format.key_separator = bytes,
                "line.separator" => format.line_separator = bytes,
                "headers.separator" => format.headers_separator = bytes,
                "null.literal" => format.null_literal = bytes,
                unknown => {
                    let known = PROPERTIES.iter().copied();
                    return Err(spelling::unknown("formatter property", unknown, known));
                }
            }
        }
        Ok(format)
    }

    #[inline]
    fn write(&self, record: &ConsumerRecord<'_>, out: &mut Vec<u8>) {
        if self.has_columns_before_value() {
            self.write_columns(record, out);
        }
        if self.value {
            out.extend_from_slice(record.record.value.unwrap_or(&self.null_literal));
            out.extend_from_slice(&self.line_separator);
        }
    }

    fn has_columns_before_value(&self) -> bool {
        self.timestamp
            || self.partition
            || self.offset
            || self.delivery
            || self.epoch
            || self.headers
            || self.key
    }

    /// The columns before the value. The separator follows a column if another one comes behind it; the
    /// last one is followed by the line's end.
    fn write_columns(&self, record: &ConsumerRecord<'_>, out: &mut Vec<u8>) {
        let mut left = [
            self.timestamp,
            self.partition,
            self.offset,
            self.delivery,
            self.epoch,
            self.headers,
            self.key,
            self.value,
        ]
        .iter()
        .filter(|on| **on)
        .count();
        let mut end_column = |out: &mut Vec<u8>| {
            left -= 1;
            out.extend_from_slice(if left > 0 { &self.key_separator } else { &self.line_separator });
        };
        let mut digits = itoa::Buffer::new();
        if self.timestamp {
            if record.timestamp_type == TimestampType::None {
                out.extend_from_slice(b"NO_TIMESTAMP");
            } else {
                out.extend_from_slice(record.timestamp_type.name().as_bytes());
                out.push(b':');
                out.extend_from_slice(digits.format(record.record.timestamp.0).as_bytes());
            }
            end_column(out);
        }
        if self.partition {
            out.extend_from_slice(b"Partition:");
            out.extend_from_slice(digits.format(record.topic_partition.partition).as_bytes());
            end_column(out);
        }
        if self.offset {
            out.extend_from_slice(b"Offset:");
            out.extend_from_slice(digits.format(record.record.offset.0).as_bytes());
            end_column(out);
        }
        if self.delivery {
            // A count of deliveries belongs to share groups.
            out.extend_from_slice(b"Delivery:NOT_PRESENT");
            end_column(out);
        }
        if self.epoch {
            match record.leader_epoch.0 {
                -1 => out.extend_from_slice(b"Epoch:NOT_PRESENT"),
                epoch => {
                    out.extend_from_slice(b"Epoch:");
                    out.extend_from_slice(digits.format(epoch).as_bytes());
                }
            }
            end_column(out);
        }
        if self.headers {
            self.write_headers(record, out);
            end_column(out);
        }
        if self.key {
            out.extend_from_slice(record.record.key.unwrap_or(&self.null_literal));
            end_column(out);
        }
    }

    fn write_headers(&self, record: &ConsumerRecord<'_>, out: &mut Vec<u8>) {
        if record.record.headers.is_empty() {
            out.extend_from_slice(b"NO_HEADERS");
        }
        for (i, header) in record.record.headers.iter().enumerate() {
            if i > 0 {
                out.extend_from_slice(&self.headers_separator);
            }
            out.extend_from_slice(header.key);
            out.push(b':');
            out.extend_from_slice(header.value.unwrap_or(&self.null_literal));
        }
    }
}

/// One object: `v topic partition offset timestamp timestampType leaderEpoch headers key value`. What is
/// not UTF-8 stands as base64, under `keyBase64` and `valueBase64`, and in headers as `{"base64": …}`.
fn write_json(consumed: &ConsumerRecord<'_>, out: &mut Vec<u8>) {
    let record = &consumed.record;
    let mut digits = itoa::Buffer::new();
    out.extend_from_slice(b"{\"v\":1,\"topic\":");
    write_json_text(consumed.topic_partition.topic.as_str(), out);
    out.extend_from_slice(b",\"partition\":");
    out.extend_from_slice(digits.format(consumed.topic_partition.partition).as_bytes());
    out.extend_from_slice(b",\"offset\":");
    out.extend_from_slice(digits.format(record.offset.0).as_bytes());
    out.extend_from_slice(b",\"timestamp\":");
    out.extend_from_slice(digits.format(record.timestamp.0).as_bytes());
    out.extend_from_slice(b",\"timestampType\":\"");
    out.extend_from_slice(consumed.timestamp_type.name().as_bytes());
    out.extend_from_slice(b"\",\"leaderEpoch\":");
    out.extend_from_slice(digits.format(consumed.leader_epoch.0).as_bytes());
    out.extend_from_slice(b",\"headers\":[");
    for (i, header) in record.headers.iter().enumerate() {
        out.extend_from_slice(if i > 0 { b",[" } else { b"[" });
        write_json_item(Some(header.key), out);
        out.push(b',');
        write_json_item(header.value, out);
        out.push(b']');
    }
    out.push(b']');
    write_json_field("key", record.key, out);
    write_json_field("value", record.value, out);
    out.extend_from_slice(b"}\n");
}

fn write_json_field(name: &str, bytes: Option<&[u8]>, out: &mut Vec<u8>) {
    let text = bytes.map(std::str::from_utf8);
    out.extend_from_slice(b",\"");
    out.extend_from_slice(name.as_bytes());
    match (text, bytes) {
        (Some(Ok(text)), _) => {
            out.extend_from_slice(b"\":");
            write_json_text(text, out);
        }
        (Some(Err(_)), Some(bytes)) => {
            out.extend_from_slice(b"Base64\":");
            write_json_text(&STANDARD.encode(bytes), out);
        }
        _ => out.extend_from_slice(b"\":null"),
    }
}

fn write_json_item(bytes: Option<&[u8]>, out: &mut Vec<u8>) {
    let Some(bytes) = bytes else { return out.extend_from_slice(b"null") };
    match std::str::from_utf8(bytes) {
        Ok(text) => write_json_text(text, out),
        Err(_) => {
            out.extend_from_slice(b"{\"base64\":");
            write_json_text(&STANDARD.encode(bytes), out);
            out.push(b'}');
        }
    }
}

fn write_json_text(text: &str, out: &mut Vec<u8>) {
    // Writing to a vector cannot fail, and a string is always representable.
    let _ = serde_json::to_writer(out, text);
}

#[cfg(test)]
mod tests {
    use super::*;
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
            timestamp_type: TimestampType::CreateTime,
            leader_epoch: LeaderEpoch(2),
            record,
        };
        let mut out = Vec::new();
        format.write(&record, &mut out);
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
        let json = RecordFormat::Json;
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
}
