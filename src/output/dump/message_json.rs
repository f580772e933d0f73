//! Kafka's messages as JSON, as its generated `…JsonConverter` classes and Jackson write them.

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::ser::{CharEscape, Formatter};

use crate::record::java_number::push_double;
use crate::record::message::{Struct, Value};

/// Writes a structure as an object. Embedded messages are written out where they are said to be such, and
/// as bytes elsewhere.
pub(super) fn write_struct(
    out: &mut impl Write,
    data: &Struct<'_>,
    has_consumer_protocol: bool,
) -> io::Result<()> {
    out.write_all(b"{")?;
    for (i, (name, value)) in data.fields().enumerate() {
        let comma = if i > 0 { "," } else { "" };
        write!(out, "{comma}\"{name}\":")?;
        write_value(out, &value, has_consumer_protocol)?;
    }
    out.write_all(b"}")
}

fn write_value(out: &mut impl Write, value: &Value<'_>, has_consumer_protocol: bool) -> io::Result<()> {
    match value {
        Value::Null => out.write_all(b"null"),
        Value::Bool(is_true) => write!(out, "{is_true}"),
        Value::Int(number) => out.write_all(itoa::Buffer::new().format(*number).as_bytes()),
        Value::Float(number) => {
            let mut text = Vec::new();
            push_double(*number, &mut text);
            // What JSON has no number for is a text with Jackson.
            if number.is_finite() {
                return out.write_all(&text);
            }
            write!(out, "\"{}\"", String::from_utf8_lossy(&text))
        }
        Value::Uuid(bytes) => write!(out, "\"{}\"", URL_SAFE_NO_PAD.encode(bytes)),
        Value::String(bytes) => write_text(out, &String::from_utf8_lossy(bytes)),
        Value::Bytes(bytes) => write_bytes(out, bytes),
        Value::Embedded(bytes, schema) => {
            let inner = has_consumer_protocol.then(|| Struct::read_versioned(schema, bytes));
            match inner {
                Some(Ok((_, inner))) => write_struct(out, &inner, false),
                _ => write_bytes(out, bytes),
            }
        }
        Value::Struct(inner) => write_struct(out, inner, has_consumer_protocol),
        Value::Array(items) => {
            out.write_all(b"[")?;
            for (i, item) in items.enumerate() {
                if i > 0 {
                    out.write_all(b",")?;
                }
                write_value(out, &item, has_consumer_protocol)?;
            }
            out.write_all(b"]")
        }
    }
}

fn write_bytes(out: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    out.write_all(b"\"")?;
    // In pieces that need no padding, so that nothing is made of the size of what is written.
    for piece in bytes.chunks(3 * 1024) {
        out.write_all(STANDARD.encode(piece).as_bytes())?;
    }
    out.write_all(b"\"")
}

/// Writes a text in quotation marks.
pub(super) fn write_text(out: &mut impl Write, text: &str) -> io::Result<()> {
    use serde::Serialize as _;
    let mut serializer = serde_json::Serializer::with_formatter(out, JacksonEscapes);
    Ok(text.serialize(&mut serializer)?)
}

/// Jackson writes the digits of `\u00XX` in capitals, serde_json does not.
struct JacksonEscapes;

impl Formatter for JacksonEscapes {
    fn write_char_escape<W: ?Sized + Write>(&mut self, writer: &mut W, escape: CharEscape) -> io::Result<()> {
        match escape {
            CharEscape::AsciiControl(byte) => write!(writer, "\\u{byte:04X}"),
            CharEscape::Quote => writer.write_all(b"\\\""),
            CharEscape::ReverseSolidus => writer.write_all(b"\\\\"),
            CharEscape::Solidus => writer.write_all(b"\\/"),
            CharEscape::Backspace => writer.write_all(b"\\b"),
            CharEscape::FormFeed => writer.write_all(b"\\f"),
            CharEscape::LineFeed => writer.write_all(b"\\n"),
            CharEscape::CarriageReturn => writer.write_all(b"\\r"),
            CharEscape::Tab => writer.write_all(b"\\t"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::message::group::{GROUP_METADATA_VALUE, OFFSET_COMMIT_VALUE};

    fn json(version: i16, schema: &'static crate::record::message::Schema, bytes: &[u8]) -> String {
        let (data, rest) = Struct::read(schema, version, bytes).unwrap();
        assert!(rest.is_empty());
        let mut out = Vec::new();
        write_struct(&mut out, &data, true).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn fields_are_those_of_the_version() {
        let mut bytes = 42i64.to_be_bytes().to_vec();
        bytes.extend(b"\0\x02a\x1b");
        bytes.extend(7i64.to_be_bytes());
        assert_eq!(
            json(0, &OFFSET_COMMIT_VALUE, &bytes),
            "{\"offset\":42,\"metadata\":\"a\\u001B\",\"commitTimestamp\":7}"
        );
        bytes.extend(8i64.to_be_bytes());
        assert_eq!(
            json(1, &OFFSET_COMMIT_VALUE, &bytes),
            "{\"offset\":42,\"metadata\":\"a\\u001B\",\"commitTimestamp\":7,\"expireTimestamp\":8}"
        );
        // Version 4 has compact lengths and tagged fields, of which those not known are passed over.
        let mut bytes = 42i64.to_be_bytes().to_vec();
        bytes.extend(3i32.to_be_bytes());
        bytes.extend(b"\x02m");
        bytes.extend(7i64.to_be_bytes());
        bytes.extend(b"\x02\x00\x10");
        bytes.extend([0; 15]);
        bytes.extend(b"\x01\x09\x03xyz");
        assert_eq!(
            json(4, &OFFSET_COMMIT_VALUE, &bytes),
            "{\"offset\":42,\"leaderEpoch\":3,\"metadata\":\"m\",\"commitTimestamp\":7,\
             \"topicId\":\"AAAAAAAAAAAAAAAAAAAAAQ\"}"
        );
    }

    #[test]
    fn what_is_no_subscription_stays_bytes() {
        let mut bytes = b"\0\x08consumer\0\0\0\x01\xff\xff\xff\xff\0\0\0\x01".to_vec();
        for text in ["m", "c", "h"] {
            bytes.extend([0, 1]);
            bytes.extend(text.as_bytes());
        }
        bytes.extend(5i32.to_be_bytes());
        bytes.extend(b"\0\0\0\x01\xff\0\0\0\x0c\0\0\0\0\0\0\0\0\0\0\0\0");
        assert_eq!(
            json(0, &GROUP_METADATA_VALUE, &bytes),
            "{\"protocolType\":\"consumer\",\"generation\":1,\"protocol\":null,\"leader\":null,\"members\":[\
             {\"memberId\":\"m\",\"clientId\":\"c\",\"clientHost\":\"h\",\"sessionTimeout\":5,\
             \"subscription\":\"/w==\",\"assignment\":{\"assignedPartitions\":[],\"userData\":\"\"}}]}"
        );
    }
}
