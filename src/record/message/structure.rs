//! Reading a structure by its table.
//!
//! A structure is gone through once to find where each field lies, because tagged fields stand at its end
//! and belong in its middle. What is in a field is read when it is asked for.

use super::MessageError;
use super::field_reader::FieldReader;
use super::schema::{FIELDS_MAX, Field, Kind, Schema};

/// How deep structures may lie in each other. Tables have no cycles; this is said so that none gets in.
const DEPTH_MAX: u32 = 8;

/// How the fields of a message are encoded.
#[derive(Debug, Clone, Copy)]
struct Encoding {
    version: i16,
    is_flexible: bool,
}

/// A structure that has been gone through: every length in it fits.
#[derive(Debug, Clone, Copy)]
pub struct Struct<'a> {
    fields: &'static [Field],
    encoding: Encoding,
    found: [Option<&'a [u8]>; FIELDS_MAX],
}

/// What a field holds.
#[expect(clippy::large_enum_variant, reason = "there is one at a time, on the stack")]
#[derive(Debug, Clone, Copy)]
pub enum Value<'a> {
    /// Nothing.
    Null,
    /// A truth value.
    Bool(bool),
    /// An integer of whatever size.
    Int(i64),
    /// A `float64`.
    Float(f64),
    /// A UUID.
    Uuid([u8; 16]),
    /// A text, which should be UTF-8.
    String(&'a [u8]),
    /// Bytes.
    Bytes(&'a [u8]),
    /// Bytes that should hold another message.
    Embedded(&'a [u8], &'static Schema),
    /// A structure.
    Struct(Struct<'a>),
    /// A list.
    Array(Items<'a>),
}

/// The items of a list.
#[derive(Debug, Clone, Copy)]
pub struct Items<'a> {
    kind: &'static Kind,
    encoding: Encoding,
    left: usize,
    reader: FieldReader<'a>,
}

impl<'a> Struct<'a> {
    /// Reads the message of `version` that begins `bytes`; answers it and the bytes behind it.
    ///
    /// # Errors
    /// A phrase saying what is wrong, when the bytes are none such.
    pub fn read(
        schema: &'static Schema,
        version: i16,
        bytes: &'a [u8],
    ) -> Result<(Self, &'a [u8]), MessageError> {
        if version < 0 {
            return Err("its version is negative");
        }
        let encoding =
            Encoding { version: version.min(schema.latest), is_flexible: version >= schema.flexible_from };
        let mut reader = FieldReader::new(bytes);
        let read = Self::scan(schema.fields, encoding, &mut reader, 0)?;
        Ok((read, reader.rest()))
    }

    /// Reads a message that stands behind its version, an `int16`; answers the version too.
    ///
    /// # Errors
    /// As [`Struct::read`].
    pub fn read_versioned(schema: &'static Schema, bytes: &'a [u8]) -> Result<(i16, Self), MessageError> {
        let mut reader = FieldReader::new(bytes);
        let version = reader.int16()?;
        Ok((version, Self::read(schema, version, reader.rest())?.0))
    }

    /// Goes through a structure.
    fn scan(
        fields: &'static [Field],
        encoding: Encoding,
        reader: &mut FieldReader<'a>,
        depth: u32,
    ) -> Result<Self, MessageError> {
        let mut found = [None; FIELDS_MAX];
        for (field, found) in fields.iter().zip(&mut found) {
            if field.tag.is_none() && field.is_in(encoding.version) {
                let begin = reader.rest();
                skip(field, encoding, reader, depth)?;
                *found = Some(&begin[..begin.len() - reader.rest().len()]);
            }
        }
        if encoding.is_flexible {
            for _ in 0..reader.unsigned_varint()? {
                let tag = reader.unsigned_varint()?;
                let len = reader.unsigned_varint()? as usize;
                let bytes = reader.take(len)?;
                let known = fields.iter().position(|f| f.tag == Some(tag) && f.is_in(encoding.version));
                if let Some(i) = known {
                    skip(&fields[i], encoding, &mut FieldReader::new(bytes), depth)?;
                    found[i] = Some(bytes);
                }
            }
        }
        Ok(Self { fields, encoding, found })
    }

    /// The fields that are there, in the table's order. Tagged ones are there when they were written, which
    /// is when they are not what they are by default.
    pub fn fields(&self) -> impl Iterator<Item = (&'static str, Value<'a>)> + use<'a> {
        let Self { fields, encoding, found } = *self;
        fields.iter().zip(found).filter_map(move |(field, found)| {
            let value = value(field, encoding, &mut FieldReader::new(found?));
            Some((field.name, value.unwrap_or(Value::Null)))
        })
    }

    /// The field `name`; null when it is not there.
    pub fn get(&self, name: &str) -> Value<'a> {
        let position = self.fields.iter().position(|field| field.name == name);
        let found = position.and_then(|i| Some((&self.fields[i], self.found[i]?)));
        let value = found.map(|(f, bytes)| value(f, self.encoding, &mut FieldReader::new(bytes)));
        value.and_then(Result::ok).unwrap_or(Value::Null)
    }

    /// The integer in the field `name`; 0 when it is not there.
    pub fn int(&self, name: &str) -> i64 {
        if let Value::Int(n) = self.get(name) { n } else { 0 }
    }

    /// The bytes of the text or bytes in the field `name`; `None` when it is null or not there.
    pub fn bytes(&self, name: &str) -> Option<&'a [u8]> {
        match self.get(name) {
            Value::String(bytes) | Value::Bytes(bytes) | Value::Embedded(bytes, _) => Some(bytes),
            _ => None,
        }
    }

    /// The structure in the field `name`.
    pub fn structure(&self, name: &str) -> Option<Self> {
        if let Value::Struct(inner) = self.get(name) { Some(inner) } else { None }
    }

    /// The items of the list in the field `name`; none when it is null or not there.
    pub fn items(&self, name: &str) -> impl Iterator<Item = Value<'a>> + use<'a> {
        let items = if let Value::Array(items) = self.get(name) { Some(items) } else { None };
        items.into_iter().flatten()
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = Value<'a>;

    fn next(&mut self) -> Option<Value<'a>> {
        self.left = self.left.checked_sub(1)?;
        item(self.kind, self.encoding, &mut self.reader).ok()
    }
}

/// Passes over a field.
fn skip(
    field: &'static Field,
    encoding: Encoding,
    reader: &mut FieldReader<'_>,
    depth: u32,
) -> Result<(), MessageError> {
    let is_nullable = encoding.version >= field.nullable_from;
    let null = "a field that must not be null is null";
    let length = match field.kind {
        Kind::String => reader.string_length(encoding.is_flexible)?,
        Kind::Bytes | Kind::Embedded(_) | Kind::Array(_) => reader.length(encoding.is_flexible)?,
        Kind::Struct(_) if is_nullable && is_null_struct(field, reader)? => return Ok(()),
        _ => return skip_item(&field.kind, encoding, reader, depth),
    };
    let Some(length) = length else { return if is_nullable { Ok(()) } else { Err(null) } };
    let Kind::Array(kind) = field.kind else { return reader.take(length).map(|_| ()) };
    let begin = reader.rest().len();
    for _ in 0..length {
        skip_item(kind, encoding, reader, depth)?;
    }
    // Items that take no bytes would let a few bytes claim billions of them. No table has such.
    debug_assert!(length == 0 || reader.rest().len() < begin);
    Ok(())
}

/// Passes over an item of a list, or over what cannot be null.
fn skip_item(
    kind: &'static Kind,
    encoding: Encoding,
    reader: &mut FieldReader<'_>,
    depth: u32,
) -> Result<(), MessageError> {
    let null = "an item that must not be null is null";
    let size = match kind {
        Kind::Bool | Kind::Int8 => 1,
        Kind::Int16 | Kind::Uint16 => 2,
        Kind::Int32 => 4,
        Kind::Int64 | Kind::Float64 => 8,
        Kind::Uuid => 16,
        Kind::String => reader.string_length(encoding.is_flexible)?.ok_or(null)?,
        Kind::Bytes | Kind::Embedded(_) => reader.length(encoding.is_flexible)?.ok_or(null)?,
        Kind::Struct(fields) if depth < DEPTH_MAX => {
            return Struct::scan(fields, encoding, reader, depth + 1).map(|_| ());
        }
        Kind::Struct(_) | Kind::Array(_) => return Err("its structures lie too deep in each other"),
    };
    reader.take(size).map(|_| ())
}

/// What is in a field that has been passed over before.
fn value<'a>(
    field: &'static Field,
    encoding: Encoding,
    reader: &mut FieldReader<'a>,
) -> Result<Value<'a>, MessageError> {
    let is_flexible = encoding.is_flexible;
    match field.kind {
        Kind::String => {
            let length = reader.string_length(is_flexible)?;
            length.map_or(Ok(Value::Null), |n| reader.take(n).map(Value::String))
        }
        Kind::Bytes => {
            let length = reader.length(is_flexible)?;
            length.map_or(Ok(Value::Null), |n| reader.take(n).map(Value::Bytes))
        }
        Kind::Embedded(schema) => {
            let length = reader.length(is_flexible)?;
            length.map_or(Ok(Value::Null), |n| Ok(Value::Embedded(reader.take(n)?, schema)))
        }
        Kind::Array(kind) => Ok(match reader.length(is_flexible)? {
            Some(left) => Value::Array(Items { kind, encoding, left, reader: *reader }),
            None => Value::Null,
        }),
        Kind::Struct(_) if encoding.version >= field.nullable_from && is_null_struct(field, reader)? => {
            Ok(Value::Null)
        }
        _ => item(&field.kind, encoding, reader),
    }
}

/// Takes what stands in front of a structure that may be null: a byte that is below 0 when it is, or in a
/// tagged field a varint that is 0.
fn is_null_struct(field: &Field, reader: &mut FieldReader<'_>) -> Result<bool, MessageError> {
    match field.tag {
        Some(_) => Ok(reader.unsigned_varint()? == 0),
        None => Ok(i8::from_be_bytes(reader.array()?) < 0),
    }
}

/// An item of a list, or what cannot be null.
fn item<'a>(
    kind: &'static Kind,
    encoding: Encoding,
    reader: &mut FieldReader<'a>,
) -> Result<Value<'a>, MessageError> {
    let null = "an item that must not be null is null";
    Ok(match kind {
        Kind::Bool => Value::Bool(reader.array::<1>()? != [0]),
        Kind::Int8 => Value::Int(i64::from(i8::from_be_bytes(reader.array()?))),
        Kind::Int16 => Value::Int(i64::from(reader.int16()?)),
        Kind::Uint16 => Value::Int(i64::from(u16::from_be_bytes(reader.array()?))),
        Kind::Int32 => Value::Int(i64::from(i32::from_be_bytes(reader.array()?))),
        Kind::Int64 => Value::Int(i64::from_be_bytes(reader.array()?)),
        Kind::Float64 => Value::Float(f64::from_be_bytes(reader.array()?)),
        Kind::Uuid => Value::Uuid(reader.array()?),
        Kind::String => {
            let length = reader.string_length(encoding.is_flexible)?.ok_or(null)?;
            Value::String(reader.take(length)?)
        }
        Kind::Bytes => {
            let length = reader.length(encoding.is_flexible)?.ok_or(null)?;
            Value::Bytes(reader.take(length)?)
        }
        Kind::Embedded(schema) => {
            let length = reader.length(encoding.is_flexible)?.ok_or(null)?;
            Value::Embedded(reader.take(length)?, schema)
        }
        Kind::Struct(fields) => Value::Struct(Struct::scan(fields, encoding, reader, 0)?),
        Kind::Array(_) => return Err("a list of lists, which no message has"),
    })
}
