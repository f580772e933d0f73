//! How a message is described: fields, and the versions that have them.

/// The most fields that a structure may have.
pub(super) const FIELDS_MAX: usize = 16;

/// A message (a file of Kafka's `resources/common/message`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schema {
    /// Kafka's name for it.
    pub name: &'static str,
    /// The latest version that is known. A later one is read as this one, as by Kafka's classes.
    pub latest: i16,
    /// The first version in the flexible encoding, with compact lengths and tagged fields (KIP-482).
    pub flexible_from: i16,
    /// The fields, in order.
    pub fields: &'static [Field],
}

/// A field of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Its name as Kafka's JSON has it: in camel case.
    pub name: &'static str,
    /// Its type.
    pub kind: Kind,
    /// The first version that has it.
    pub from: i16,
    /// The last version that has it.
    pub until: i16,
    /// Its number, if it is a tagged field: one that is there only where it is not the default.
    pub tag: Option<u32>,
    /// The first version in which it may be null.
    pub nullable_from: i16,
}

/// The type of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One byte, 0 or not.
    Bool,
    /// `int8`
    Int8,
    /// `int16`
    Int16,
    /// `uint16`
    Uint16,
    /// `int32`
    Int32,
    /// `int64`
    Int64,
    /// `float64`
    Float64,
    /// 16 bytes.
    Uuid,
    /// Text in UTF-8.
    String,
    /// Any bytes.
    Bytes,
    /// Bytes that hold another message behind its version: what the consumer protocol puts into those
    /// of a group.
    Embedded(&'static Schema),
    /// A structure.
    Struct(&'static [Field]),
    /// A list.
    Array(&'static Kind),
}

/// No version.
pub(super) const NEVER: i16 = i16::MAX;

impl Schema {
    /// A message of versions 0 to `latest`, flexible from `flexible_from` on.
    pub(super) const fn new(
        name: &'static str,
        latest: i16,
        flexible_from: i16,
        fields: &'static [Field],
    ) -> Self {
        assert!(fields.len() <= FIELDS_MAX);
        Self { name, latest, flexible_from, fields }
    }

    /// A message in the flexible encoding from version 0 on, which most are.
    pub(super) const fn flexible(name: &'static str, latest: i16, fields: &'static [Field]) -> Self {
        Self::new(name, latest, 0, fields)
    }

    /// A message that is never in the flexible encoding: the keys of records.
    pub(super) const fn rigid(name: &'static str, latest: i16, fields: &'static [Field]) -> Self {
        Self::new(name, latest, NEVER, fields)
    }
}

/// A field of all versions that cannot be null.
pub(super) const fn field(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, from: 0, until: i16::MAX, tag: None, nullable_from: NEVER }
}

/// A list of structures.
pub(super) const fn list(name: &'static str, item: &'static Kind) -> Field {
    field(name, Kind::Array(item))
}

impl Field {
    /// From `version` on only.
    pub(super) const fn from(mut self, version: i16) -> Self {
        self.from = version;
        self
    }

    /// Up to `version` only.
    pub(super) const fn until(mut self, version: i16) -> Self {
        self.until = version;
        self
    }

    /// May be null in the versions that have it.
    pub(super) const fn nullable(mut self) -> Self {
        self.nullable_from = self.from;
        self
    }

    /// Is a tagged field with this number.
    pub(super) const fn tagged(mut self, tag: u32) -> Self {
        self.tag = Some(tag);
        self
    }

    /// Whether messages of `version` have it.
    pub(super) fn is_in(&self, version: i16) -> bool {
        (self.from..=self.until).contains(&version)
    }
}
