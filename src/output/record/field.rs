//! How the bytes of a key, a value or a header's value are shown.

use crate::format_string::TextForm;
use crate::record::Deserializer;

/// How the bytes of a field are shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum FieldForm {
    /// As they are.
    #[default]
    Raw,
    /// As the number, or whatever else, that they are for Kafka.
    Deserialized(Deserializer),
    /// In hexadecimal or base64.
    Encoded(TextForm),
}

impl FieldForm {
    /// The form called `name`: a deserializer of Kafka, in short or by its class, or `base64` or `hex`.
    ///
    /// # Errors
    /// A message naming the nearest when there is no such.
    pub fn named(name: &str) -> Result<Self, String> {
        match name {
            "hex" => return Ok(Self::Encoded(TextForm::Hex)),
            "base64" => return Ok(Self::Encoded(TextForm::Base64)),
            _ => {}
        }
        match name.parse() {
            // What StringDeserializer would replace is shown as it is.
            Ok(Deserializer::String) => Ok(Self::Raw),
            Ok(deserializer) => Ok(Self::Deserialized(deserializer)),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Appends `bytes` to `out`.
    ///
    /// # Errors
    /// A phrase when they are not what is said of them; nothing is appended then.
    #[inline]
    pub(super) fn write(&self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), String> {
        match self {
            Self::Raw => out.extend_from_slice(bytes),
            Self::Deserialized(deserializer) => {
                let start = out.len();
                return deserializer.push_text(bytes, out).inspect_err(|_| out.truncate(start));
            }
            Self::Encoded(form) => form.write(bytes, out),
        }
        Ok(())
    }

    /// Whether JSON has what is written as a number or truth value.
    pub(super) fn is_json_literal(&self) -> bool {
        matches!(self, Self::Deserialized(deserializer) if deserializer.is_json_literal())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_by_name() {
        let written = |name: &str, bytes: &[u8]| {
            let mut out = Vec::new();
            FieldForm::named(name)?.write(bytes, &mut out)?;
            Ok::<_, String>(String::from_utf8_lossy(&out).into_owned())
        };
        assert_eq!(written("integer", b"\0\0\0\x07").as_deref(), Ok("7"));
        assert_eq!(
            written("org.apache.kafka.common.serialization.StringDeserializer", b"a").as_deref(),
            Ok("a")
        );
        assert_eq!(written("hex", b"\xff").as_deref(), Ok("ff"));
        assert_eq!(written("base64", b"\xff").as_deref(), Ok("/w=="));
        assert_eq!(written("long", b"a"), Err("1 bytes where there should be 8".to_owned()));
        assert!(FieldForm::named("avro").is_err());
    }
}
