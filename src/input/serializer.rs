//! Text into the bytes of a key or value, by the names of Kafka's serializers.

use uuid::Uuid;

use crate::format_string::TextForm;
use crate::record::kind_name;
use crate::spelling;

/// How the text of a key or value becomes its bytes (`org.apache.kafka.common.serialization`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Serializer {
    /// `string`, `bytes`: as it is.
    #[default]
    Bytes,
    /// `boolean`: one byte, 0 or 1.
    Boolean,
    /// `short`: two bytes, the most significant first.
    Short,
    /// `integer`: four bytes.
    Integer,
    /// `long`: eight bytes.
    Long,
    /// `float`: four bytes of IEEE 754.
    Float,
    /// `double`: eight bytes of IEEE 754.
    Double,
    /// `uuid`: its 36 characters, as Kafka's `UUIDSerializer` has it.
    Uuid,
    /// `base64`: what it decodes to.
    Base64,
    /// `hex`: what it decodes to.
    Hex,
}

/// The names that a serializer has here. Kafka's class names, with or without their package, are the same.
pub const SERIALIZERS: &[(&str, Serializer)] = &[
    ("string", Serializer::Bytes),
    ("bytes", Serializer::Bytes),
    ("boolean", Serializer::Boolean),
    ("short", Serializer::Short),
    ("integer", Serializer::Integer),
    ("long", Serializer::Long),
    ("float", Serializer::Float),
    ("double", Serializer::Double),
    ("uuid", Serializer::Uuid),
    ("base64", Serializer::Base64),
    ("hex", Serializer::Hex),
];

impl Serializer {
    /// The serializer called `name`: `integer`, `IntegerSerializer`, or
    /// `org.apache.kafka.common.serialization.IntegerSerializer`.
    ///
    /// # Errors
    /// A message naming the nearest when there is no such.
    pub fn named(name: &str) -> Result<Self, String> {
        let short = kind_name(name, &["serializer"]);
        let found = SERIALIZERS.iter().find(|(known, _)| *known == short).map(|(_, serializer)| *serializer);
        found.ok_or_else(|| {
            spelling::unknown_as("serializer", name, &short, SERIALIZERS.iter().map(|(known, _)| *known))
        })
    }

    /// Appends to `out` the bytes that `text` stands for.
    ///
    /// # Errors
    /// A message when the text is not of this kind, or its number out of range.
    pub fn serialize(self, text: &[u8], out: &mut Vec<u8>) -> Result<(), String> {
        match self {
            Self::Bytes => out.extend_from_slice(text),
            Self::Boolean => match text.trim_ascii() {
                b"true" => out.push(1),
                b"false" => out.push(0),
                _ => return Err(format!("'{}' is neither true nor false", shown(text))),
            },
            Self::Short => out.extend(number::<i16>(text, "a short (-32768 to 32767)")?.to_be_bytes()),
            Self::Integer => out.extend(number::<i32>(text, "an integer of 32 bits")?.to_be_bytes()),
            Self::Long => out.extend(number::<i64>(text, "a long, an integer of 64 bits")?.to_be_bytes()),
            Self::Float => out.extend(number::<f32>(text, "a float")?.to_be_bytes()),
            Self::Double => out.extend(number::<f64>(text, "a double")?.to_be_bytes()),
            Self::Uuid => {
                let uuid = std::str::from_utf8(text).ok().and_then(|text| Uuid::try_parse(text.trim()).ok());
                let uuid = uuid.ok_or_else(|| format!("'{}' is no UUID", shown(text)))?;
                out.extend_from_slice(uuid.hyphenated().encode_lower(&mut Uuid::encode_buffer()).as_bytes());
            }
            Self::Base64 => TextForm::Base64.read(text, out)?,
            Self::Hex => TextForm::Hex.read(text, out)?,
        }
        Ok(())
    }
}

fn number<T: std::str::FromStr>(text: &[u8], what: &str) -> Result<T, String> {
    let number = std::str::from_utf8(text).ok().and_then(|text| text.trim().parse().ok());
    number.ok_or_else(|| format!("'{}' is not {what}", shown(text)))
}

/// As much of a text as helps.
fn shown(text: &[u8]) -> String {
    const SHOWN: usize = 60;
    String::from_utf8_lossy(&text[..text.len().min(SHOWN)]).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn serialized(name: &str, text: &str) -> Result<Vec<u8>, String> {
        let mut out = Vec::new();
        Serializer::named(name)?.serialize(text.as_bytes(), &mut out)?;
        Ok(out)
    }

    #[test]
    fn bytes_are_those_of_kafkas_serializers() {
        for (name, text, expected) in [
            ("string", "é", "é".as_bytes()),
            ("short", "-2", b"\xff\xfe"),
            ("integer", " 258 ", b"\0\0\x01\x02"),
            ("long", "-1", b"\xff\xff\xff\xff\xff\xff\xff\xff"),
            ("float", "1", b"\x3f\x80\0\0"),
            ("double", "-2.5", b"\xc0\x04\0\0\0\0\0\0"),
            ("boolean", "true", b"\x01"),
            ("uuid", "00112233-4455-6677-8899-AABBCCDDEEFF", b"00112233-4455-6677-8899-aabbccddeeff"),
            ("base64", "/w==", b"\xff"),
            ("hex", "00Ff", b"\0\xff"),
            ("org.apache.kafka.common.serialization.LongSerializer", "1", b"\0\0\0\0\0\0\0\x01"),
            ("ByteArraySerializer", "x", b"x"),
        ] {
            assert_eq!(serialized(name, text).as_deref(), Ok(expected), "{name}");
        }
    }

    #[test]
    fn what_is_out_of_range_or_unknown_is_refused() {
        assert_eq!(serialized("short", "40000"), Err("'40000' is not a short (-32768 to 32767)".to_owned()));
        for (name, text) in [("integer", "1.5"), ("boolean", "1"), ("uuid", "x"), ("hex", "0"), ("long", "")]
        {
            assert!(serialized(name, text).is_err(), "{name}");
        }
        assert_eq!(
            serialized("integr", ""),
            Err("unknown serializer 'integr'; did you mean 'integer'?".to_owned())
        );
    }
}
