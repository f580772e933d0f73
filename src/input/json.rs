//! Records as JSON objects, one a line: what `consume --output json` prints, and what people write by hand.
//!
//! `key` and `value` are strings or null. Bytes that are no text stand as base64 under `keyBase64` and
//! `valueBase64`. `headers` is a list of pairs of name and value, or an object; either of a pair can be
//! `{"base64": …}`. `partition` and `timestamp` say where and when. `v`, `topic`, `offset`,
//! `timestampType`, `leaderEpoch`, `producerId`, `producerEpoch` and `transaction`, which tell where a record was
//! and how it came there, are read and change nothing. An object with `control` is no data and is refused.
//!
//! A value that is no string, such as a document in full, is taken as its text.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::record::{Field, InputRecord};
use crate::record::Timestamp;

/// The members of the object.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", expecting = "an object such as {\"value\":\"…\"}")]
struct Members<'a> {
    #[serde(default)]
    v: Option<u32>,
    #[serde(default, rename = "topic")]
    _topic: IgnoredAny,
    #[serde(default)]
    partition: Option<i32>,
    #[serde(default, rename = "offset")]
    _offset: IgnoredAny,
    #[serde(default)]
    timestamp: Option<i64>,
    #[serde(default, rename = "timestampType")]
    _timestamp_type: IgnoredAny,
    #[serde(default, rename = "leaderEpoch")]
    _leader_epoch: IgnoredAny,
    #[serde(default, rename = "producerId")]
    _producer_id: IgnoredAny,
    #[serde(default, rename = "producerEpoch")]
    _producer_epoch: IgnoredAny,
    #[serde(default, rename = "transaction")]
    _transaction: IgnoredAny,
    #[serde(default)]
    control: Option<IgnoredAny>,
    #[serde(default, borrow)]
    headers: Option<&'a RawValue>,
    #[serde(default, borrow, deserialize_with = "even_null")]
    key: Option<&'a RawValue>,
    #[serde(default, borrow)]
    key_base64: Option<&'a RawValue>,
    #[serde(default, borrow, deserialize_with = "even_null")]
    value: Option<&'a RawValue>,
    #[serde(default, borrow)]
    value_base64: Option<&'a RawValue>,
}

/// The version of the object that is understood.
const VERSION: u32 = 1;

/// A member that is null is there all the same.
fn even_null<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

/// Reads the object in `line` into `record`.
///
/// # Errors
/// A message when it is no such object.
pub(super) fn read(line: &[u8], record: &mut InputRecord) -> Result<(), String> {
    let trimmed = line.trim_ascii_start();
    if trimmed.is_empty() {
        return Err("it is empty; --skip-empty passes over such lines".to_owned());
    }
    // serde would take a list for the members in order.
    if trimmed.first() == Some(&b'[') {
        return Err("a list is no record; each line is an object such as {\"value\":\"…\"}".to_owned());
    }
    let members: Members<'_> = serde_json::from_slice(line).map_err(|error| plain(&error))?;
    if let Some(v) = members.v.filter(|v| *v != VERSION) {
        return Err(format!("version {v} of the format is not known, only {VERSION}"));
    }
    if members.control.is_some() {
        return Err("it is a control record, which only ends a transaction and is no data; consume without \
                    --show-control leaves those out"
            .to_owned());
    }
    if members.timestamp.is_some_and(|timestamp| timestamp < Timestamp::NONE.0) {
        return Err("the timestamp is negative".to_owned());
    }
    record.partition = members.partition;
    record.timestamp = members.timestamp.map(Timestamp);
    read_field(Field::Key, members.key, members.key_base64, record)?;
    if members.value.is_none() && members.value_base64.is_none() {
        return Err("there is no value; write \"value\":null for one that is null".to_owned());
    }
    read_field(Field::Value, members.value, members.value_base64, record)?;
    if let Some(headers) = members.headers {
        let mut deserializer = serde_json::Deserializer::from_str(headers.get());
        deserializer.deserialize_any(HeadersVisitor(record)).map_err(|error| plain(&error))?;
    }
    Ok(())
}

fn read_field(
    field: Field,
    text: Option<&RawValue>,
    base64: Option<&RawValue>,
    record: &mut InputRecord,
) -> Result<(), String> {
    let name = match field {
        Field::Key => "key",
        Field::Value => "value",
    };
    match (text.map(RawValue::get), base64.map(RawValue::get)) {
        (Some(_), Some(_)) => Err(format!("there are both {name} and {name}Base64")),
        (Some("null"), None) | (None, None) => Ok(()),
        (Some(text), None) => record.write(field, |out| write_text(text, out)),
        (None, Some(base64)) => record
            .write(field, |out| write_base64(base64, out))
            .map_err(|error| format!("{name}Base64: {error}")),
    }
}

/// Appends what a JSON value stands for: a string its characters, all else its own text.
pub(super) fn write_text(json: &str, out: &mut Vec<u8>) -> Result<(), String> {
    match json.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')) {
        Some(inner) if !inner.contains('\\') => out.extend_from_slice(inner.as_bytes()),
        Some(_) => {
            let text: String = serde_json::from_str(json).map_err(|error| plain(&error))?;
            out.extend_from_slice(text.as_bytes());
        }
        None => out.extend_from_slice(json.as_bytes()),
    }
    Ok(())
}

fn write_base64(json: &str, out: &mut Vec<u8>) -> Result<(), String> {
    if !json.starts_with('"') {
        return Err(format!("{json} is no string"));
    }
    let mut text = Vec::new();
    write_text(json, &mut text)?;
    STANDARD.decode_vec(&text, out).map_err(|error| format!("it is not base64: {error}"))
}

/// What a name or value within the headers stands for; `None` is null. Appends its bytes to `out`.
fn write_item(json: &str, out: &mut Vec<u8>) -> Result<bool, String> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Binary<'a> {
        #[serde(borrow)]
        base64: &'a RawValue,
    }
    match json.as_bytes().first() {
        Some(b'n') => Ok(false),
        Some(b'{') => {
            let binary: Binary<'_> = serde_json::from_str(json).map_err(|error| plain(&error))?;
            write_base64(binary.base64.get(), out).map(|()| true)
        }
        Some(b'"') => write_text(json, out).map(|()| true),
        _ => Err(format!("{json} is neither a string nor null nor {{\"base64\":\"…\"}}")),
    }
}

/// Reads what JSON `{json}` in a format string printed: a string, null, or `{"base64":"…"}`; any other value
/// is its own text. Answers whether it is not null.
pub(super) fn write_json_value(json: &str, out: &mut Vec<u8>) -> Result<bool, String> {
    let start = out.len();
    match json.as_bytes().first() {
        Some(b'"' | b'n') => write_item(json, out),
        _ if write_item(json, out).is_ok() => Ok(true),
        _ => {
            out.truncate(start);
            out.extend_from_slice(json.as_bytes());
            Ok(true)
        }
    }
}

/// Takes headers from a list of pairs, or from an object.
struct HeadersVisitor<'r>(&'r mut InputRecord);

impl HeadersVisitor<'_> {
    fn push(&mut self, name: &str, value: &str) -> Result<(), String> {
        self.0.write_header(|out| {
            if !write_item(name, out)? {
                return Err("the name of a header cannot be null".to_owned());
            }
            let end = out.len();
            Ok((end, write_item(value, out)?))
        })
    }
}

impl<'de> Visitor<'de> for HeadersVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("headers as a list of pairs of name and value, or as an object")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        while let Some((name, value)) = list.next_element::<(&RawValue, &RawValue)>()? {
            self.push(name.get(), value.get()).map_err(serde::de::Error::custom)?;
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some((name, value)) = map.next_entry::<&RawValue, &RawValue>()? {
            self.push(name.get(), value.get()).map_err(serde::de::Error::custom)?;
        }
        Ok(())
    }
}

/// serde_json's message. Lines are counted by whoever reads them; here there is but one.
fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.split_once(" at line 1 column ") {
        Some((what, column)) => format!("{what} at column {column}"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Parsed = (Option<Vec<u8>>, Option<Vec<u8>>, Vec<(Vec<u8>, Option<Vec<u8>>)>);

    fn parse(line: &str) -> Result<(InputRecord, Parsed), String> {
        let mut record = InputRecord::new();
        read(line.as_bytes(), &mut record)?;
        let field = |field| record.get(field).map(<[u8]>::to_vec);
        let headers = record.headers().map(|h| (h.key.to_vec(), h.value.map(<[u8]>::to_vec))).collect();
        let parsed = (field(Field::Key), field(Field::Value), headers);
        Ok((record, parsed))
    }

    fn bytes(text: &[u8]) -> Option<Vec<u8>> {
        Some(text.to_vec())
    }

    #[test]
    fn every_member_is_read() {
        let line = r#"{"v":1,"topic":"t","partition":3,"offset":7,"timestamp":1700000180000,
            "timestampType":"CreateTime","leaderEpoch":2,
            "headers":[["h",null],["h",""],[{"base64":"/w=="},{"base64":"AA=="}],["é\n","x"]],
            "keyBase64":"/w==","value":"say \"hi\"\n\ud83d\ude00"}"#;
        let (record, (key, value, headers)) = parse(line).expect("a record");
        assert_eq!((record.partition, record.timestamp), (Some(3), Some(Timestamp(1_700_000_180_000))));
        assert_eq!((key, value), (bytes(b"\xff"), bytes("say \"hi\"\n😀".as_bytes())));
        assert_eq!(
            headers,
            [
                (b"h".to_vec(), None),
                (b"h".to_vec(), bytes(b"")),
                (b"\xff".to_vec(), bytes(b"\0")),
                ("é\n".as_bytes().to_vec(), bytes(b"x"))
            ]
        );
    }

    #[test]
    fn what_is_written_by_hand() {
        let (record, parsed) = parse(r#"{"value":{"id": 1},"headers":{"a":"1"}}"#).expect("a record");
        assert_eq!((record.partition, record.timestamp), (None, None));
        assert_eq!(parsed, (None, bytes(br#"{"id": 1}"#), vec![(b"a".to_vec(), bytes(b"1"))]));
        assert_eq!(parse(r#"{"key":"","value":null}"#).expect("a record").1, (bytes(b""), None, vec![]));
        assert_eq!(
            parse(r#"{"value":42,"headers":null}"#).expect("a record").1,
            (None, bytes(b"42"), vec![])
        );
    }

    #[test]
    fn what_is_no_record_is_refused() {
        for (line, expected) in [
            ("", "it is empty; --skip-empty passes over such lines"),
            ("{", "EOF while parsing an object at column 1"),
            ("[1]", "a list is no record"),
            ("\"x\"", "invalid type: string \"x\", expected an object such as {\"value\":\"…\"} at column 3"),
            (r#"{"value":"a"} x"#, "trailing characters at column 15"),
            (r#"{"value":"a","value":"b"}"#, "duplicate field `value` at column 20"),
            (r#"{"key":"a"}"#, "there is no value; write \"value\":null for one that is null"),
            (r#"{"value":"a","valueBase64":"YQ=="}"#, "there are both value and valueBase64"),
            (r#"{"valueBase64":"YQ"}"#, "valueBase64: it is not base64: "),
            (r#"{"v":2,"value":"a"}"#, "version 2 of the format is not known, only 1"),
            (r#"{"value":"a","timestamp":-2}"#, "the timestamp is negative"),
            (r#"{"value":"a","headers":[[null,"a"]]}"#, "the name of a header cannot be null"),
            (r#"{"value":"a","headers":[["a",1]]}"#, "1 is neither a string nor null"),
            (r#"{"value":"a","headers":"x"}"#, "invalid type: string \"x\", expected headers as a list"),
            (r#"{"vaule":"a"}"#, "unknown field `vaule`, expected one of `v`, `topic`"),
        ] {
            let message = parse(line).expect_err(line);
            assert!(message.starts_with(expected), "{line}: {message}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(line: Vec<u8>) {
            let _ = read(&line, &mut InputRecord::new());
        }

        #[test]
        fn damaged_records_are_read_or_refused(at in 0usize..90, byte: u8) {
            let mut line = br#"{"v":1,"timestamp":17,"headers":[["h",{"base64":"/w=="}]],"key":null,"value":"a\u00e9"}"#.to_vec();
            let at = at.min(line.len() - 1);
            line[at] = byte;
            let _ = read(&line, &mut InputRecord::new());
        }
    }
}
