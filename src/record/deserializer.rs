//! Kafka's standard deserializers, by name (`org.apache.kafka.common.serialization`).

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::java_number::{push_double, push_float};
use super::serialized_kind::kind_name;
use crate::spelling;

/// What turns the bytes of a key or a value into something to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deserializer {
    /// Text in UTF-8.
    String,
    /// A big-endian 32-bit integer.
    Integer,
    /// A big-endian 64-bit integer.
    Long,
    /// A big-endian 16-bit integer.
    Short,
    /// A 32-bit floating-point number.
    Float,
    /// A 64-bit floating-point number.
    Double,
    /// The text of a UUID.
    Uuid,
    /// A byte, 0 or 1.
    Boolean,
    /// Any bytes; those that are not printable ASCII are written as `\xNN` (`Bytes.toString`).
    Bytes,
    /// Always null.
    Void,
    /// A list, as `ListSerializer` writes one.
    List(Box<Deserializer>),
}

/// A name that no deserializer has, with the one that was probably meant, or all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UnknownDeserializer(String);

/// The name of each, but for lists.
const NAMES: &[(&str, Deserializer)] = &[
    ("string", Deserializer::String),
    ("integer", Deserializer::Integer),
    ("long", Deserializer::Long),
    ("short", Deserializer::Short),
    ("float", Deserializer::Float),
    ("double", Deserializer::Double),
    ("uuid", Deserializer::Uuid),
    ("boolean", Deserializer::Boolean),
    ("bytes", Deserializer::Bytes),
    ("void", Deserializer::Void),
];

/// The name of each: the one by which messages call it.
pub fn names() -> impl Iterator<Item = &'static str> {
    let is_first = |at: &usize| NAMES[..*at].iter().all(|(_, other)| *other != NAMES[*at].1);
    (0..NAMES.len()).filter(is_first).map(|at| NAMES[at].0)
}

impl std::str::FromStr for Deserializer {
    type Err = UnknownDeserializer;

    /// Takes `integer`, `IntegerDeserializer`, `org.apache.kafka.common.serialization.IntegerDeserializer`,
    /// `org.apache.kafka.tools.api.IntegerDecoder`, and `list<integer>`.
    fn from_str(text: &str) -> Result<Self, UnknownDeserializer> {
        let kind = |text: &str| kind_name(text, &["deserializer", "decoder"]);
        if let Some((outer, inner)) = text.strip_suffix('>').and_then(|list| list.split_once('<'))
            && kind(outer) == "list"
        {
            return Ok(Self::List(Box::new(inner.parse()?)));
        }
        let short = kind(text);
        let known = NAMES.iter().find(|(name, _)| *name == short);
        known.map(|(_, known)| known.clone()).ok_or_else(|| {
            let names = NAMES.iter().map(|(name, _)| *name).chain(["list<...>"]);
            let message = spelling::unknown_as("deserializer", text, &short, names);
            UnknownDeserializer(message)
        })
    }
}

impl Deserializer {
    /// Appends what `bytes` mean as Java prints it.
    ///
    /// # Errors
    /// A phrase saying why they mean nothing; they are appended as [`Deserializer::Bytes`] then.
    pub fn push_text(&self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), String> {
        let begin = out.len();
        let done = self.push(bytes, out, 0);
        if done.is_err() {
            out.truncate(begin);
            push_bytes(bytes, out);
        }
        done
    }

    /// Whether what it gives is a number or a truth value, which JSON has too.
    pub fn is_json_literal(&self) -> bool {
        matches!(self, Self::Integer | Self::Long | Self::Short | Self::Boolean)
    }

    fn push(&self, bytes: &[u8], out: &mut Vec<u8>, depth: u32) -> Result<(), String> {
        match self {
            Self::String => out.extend_from_slice(bytes),
            Self::Bytes => push_bytes(bytes, out),
            Self::Integer => push_integer(i64::from(i32::from_be_bytes(exactly(bytes)?)), out),
            Self::Long => push_integer(i64::from_be_bytes(exactly(bytes)?), out),
            Self::Short => push_integer(i64::from(i16::from_be_bytes(exactly(bytes)?)), out),
            Self::Float => push_float(f32::from_be_bytes(exactly(bytes)?), out),
            Self::Double => push_double(f64::from_be_bytes(exactly(bytes)?), out),
            Self::Boolean => match exactly::<1>(bytes)? {
                [0] => out.extend_from_slice(b"false"),
                [1] => out.extend_from_slice(b"true"),
                [other] => return Err(format!("{other} is neither false (0) nor true (1)")),
            },
            Self::Uuid => {
                let text = std::str::from_utf8(bytes).ok().and_then(|text| uuid::Uuid::try_parse(text).ok());
                let uuid = text.ok_or("they are not the text of a UUID")?;
                out.extend_from_slice(uuid.hyphenated().to_string().as_bytes());
            }
            Self::Void => return Err(format!("{} bytes where there should be null", bytes.len())),
            Self::List(inner) => return push_list(inner, bytes, out, depth),
        }
        Ok(())
    }

    /// Bytes of each item where all have the same (`ListDeserializer.FIXED_LENGTH_DESERIALIZERS`).
    fn fixed_size(&self) -> Option<usize> {
        match self {
            Self::Short => Some(2),
            Self::Integer | Self::Float => Some(4),
            Self::Long | Self::Double => Some(8),
            Self::Uuid => Some(36),
            _ => None,
        }
    }
}

fn exactly<const N: usize>(bytes: &[u8]) -> Result<[u8; N], String> {
    bytes.try_into().map_err(|_| format!("{} bytes where there should be {N}", bytes.len()))
}

fn push_integer(value: i64, out: &mut Vec<u8>) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

fn push_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    let mut escape = String::new();
    for byte in bytes {
        if matches!(byte, b' '..=b'~') && *byte != b'\\' {
            out.push(*byte);
        } else {
            escape.clear();
            let _ = write!(escape, "\\x{byte:02X}");
            out.extend_from_slice(escape.as_bytes());
        }
    }
}

/// `[a, null, b]`. Lists start with the strategy: 0 for items of one size, with the places of nulls in
/// front; 1 for items with their sizes, −1 for null (`ListDeserializer`).
fn push_list(inner: &Deserializer, bytes: &[u8], out: &mut Vec<u8>, depth: u32) -> Result<(), String> {
    if depth > 4 {
        return Err("its lists lie too deep in each other".to_owned());
    }
    let mut rest = bytes;
    let strategy = *take(&mut rest, 1)?.first().unwrap_or(&0);
    let mut nulls = BTreeSet::new();
    if strategy == 0 {
        for _ in 0..count(&mut rest)? {
            nulls.insert(count(&mut rest)?);
        }
    } else if strategy != 1 {
        return Err(format!("{strategy} is no way to write a list"));
    }
    let items = count(&mut rest)?;
    let fixed = inner.fixed_size().filter(|_| strategy == 0);
    if strategy == 0 && fixed.is_none() {
        return Err("items of one size, which these are not".to_owned());
    }
    out.push(b'[');
    for i in 0..items {
        if i > 0 {
            out.extend_from_slice(b", ");
        }
        let size = match fixed {
            Some(_) if nulls.contains(&i) => None,
            Some(size) => Some(size),
            None => usize::try_from(int(&mut rest)?).ok(),
        };
        match size {
            None => out.extend_from_slice(b"null"),
            Some(size) => inner.push(take(&mut rest, size)?, out, depth + 1)?,
        }
    }
    out.push(b']');
    Ok(())
}

fn take<'a>(rest: &mut &'a [u8], size: usize) -> Result<&'a [u8], String> {
    let (taken, behind) = rest.split_at_checked(size).ok_or("it ends early")?;
    *rest = behind;
    Ok(taken)
}

fn int(rest: &mut &[u8]) -> Result<i32, String> {
    exactly(take(rest, 4)?).map(i32::from_be_bytes)
}

fn count(rest: &mut &[u8]) -> Result<usize, String> {
    usize::try_from(int(rest)?).map_err(|_| "a count in it is negative".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(name: &str, bytes: &[u8]) -> Result<String, String> {
        let mut out = Vec::new();
        name.parse::<Deserializer>().map_err(|e| e.to_string())?.push_text(bytes, &mut out)?;
        Ok(String::from_utf8(out).unwrap())
    }

    #[test]
    fn names_long_and_short() {
        for name in [
            "integer",
            "INT",
            "IntegerDeserializer",
            "org.apache.kafka.common.serialization.IntegerDeserializer",
            "org.apache.kafka.tools.api.IntegerDecoder",
            "kafka.serializer.IntegerDecoder",
        ] {
            assert_eq!(name.parse(), Ok(Deserializer::Integer), "{name}");
        }
        assert_eq!("list<Long>".parse(), Ok(Deserializer::List(Box::new(Deserializer::Long))));
        let error = "IntegrDeserializer".parse::<Deserializer>().unwrap_err().to_string();
        assert!(
            error.starts_with("unknown deserializer 'IntegrDeserializer'; did you mean 'integer'?"),
            "{error}"
        );
    }

    #[test]
    fn each_reads_what_kafka_s_serializer_wrote() {
        assert_eq!(text("integer", &[0xff, 0xff, 0xff, 0xfe]), Ok("-2".to_owned()));
        assert_eq!(text("short", &[1, 0]), Ok("256".to_owned()));
        assert_eq!(text("long", &7i64.to_be_bytes()), Ok("7".to_owned()));
        assert_eq!(text("double", &0.5f64.to_be_bytes()), Ok("0.5".to_owned()));
        assert_eq!(text("float", &1e10f32.to_be_bytes()), Ok("1.0E10".to_owned()));
        assert_eq!(text("boolean", &[1]), Ok("true".to_owned()));
        assert_eq!(text("bytes", b"a\\\x00\xff"), Ok("a\\x5C\\x00\\xFF".to_owned()));
        let uuid = "67E55044-10b1-426f-9247-bb680e5fe0c8";
        assert_eq!(text("uuid", uuid.as_bytes()), Ok(uuid.to_lowercase()));
        assert_eq!(text("integer", b"abc"), Err("3 bytes where there should be 4".to_owned()));
        assert!(text("void", b"").is_err());
    }

    #[test]
    fn lists_of_one_size_and_of_many() {
        let ints = [&[0][..], &1i32.to_be_bytes(), &1i32.to_be_bytes(), &3i32.to_be_bytes()].concat();
        let ints = [&ints[..], &5i32.to_be_bytes(), &6i32.to_be_bytes()].concat();
        assert_eq!(text("list<integer>", &ints), Ok("[5, null, 6]".to_owned()));
        let texts =
            [&[1][..], &2i32.to_be_bytes(), &1i32.to_be_bytes(), b"a", &(-1i32).to_be_bytes()].concat();
        assert_eq!(text("list<string>", &texts), Ok("[a, null]".to_owned()));
        assert!(text("list<string>", &texts[..6]).is_err());
        assert!(
            text("list<integer>", &[&[0][..], &0i32.to_be_bytes(), &i32::MAX.to_be_bytes()].concat())
                .is_err()
        );
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(0u8.., 0..60), which in 0usize..6) {
            let name = ["list<integer>", "list<string>", "list<list<uuid>>", "uuid", "double", "boolean"][which];
            let _ = text(name, &bytes);
        }
    }
}
