//! The names of what keys and values are, as Kafka's serializers, deserializers and decoders have them.

/// The packages that Kafka has had them in.
const PACKAGES: &[&str] =
    &["org.apache.kafka.common.serialization.", "org.apache.kafka.tools.api.", "kafka.serializer."];

/// What Kafka also calls some of them, and the name here.
const OTHER_NAMES: &[(&str, &str)] =
    &[("int", "integer"), ("bytearray", "bytes"), ("bytebuffer", "bytes"), ("default", "bytes")];

/// The short name of what `class` is for: `integer` of `integer`, `int`, `IntegerSerializer` and
/// `org.apache.kafka.common.serialization.IntegerSerializer`, where `suffixes` has `serializer`. What is none of
/// Kafka's is answered as it is, in small letters.
pub fn kind_name(class: &str, suffixes: &[&str]) -> String {
    let bare = PACKAGES.iter().find_map(|package| class.strip_prefix(package)).unwrap_or(class);
    let lower = bare.to_ascii_lowercase();
    let short = suffixes.iter().find_map(|suffix| lower.strip_suffix(suffix)).unwrap_or(&lower);
    let other = OTHER_NAMES.iter().find(|(other, _)| *other == short).map(|(_, name)| *name);
    other.unwrap_or(short).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_long_and_short() {
        for class in [
            "integer",
            "INT",
            "IntegerSerializer",
            "org.apache.kafka.common.serialization.IntegerSerializer",
            "kafka.serializer.IntSerializer",
        ] {
            assert_eq!(kind_name(class, &["serializer"]), "integer", "{class}");
        }
        assert_eq!(kind_name("ByteArrayDeserializer", &["deserializer", "decoder"]), "bytes");
        assert_eq!(kind_name("DefaultDecoder", &["deserializer", "decoder"]), "bytes");
        assert_eq!(kind_name("AvroSerializer", &["serializer"]), "avro");
    }
}
