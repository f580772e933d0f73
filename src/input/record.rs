//! A record as the input has it.

use std::ops::Range;

use crate::record::{Header, Timestamp};

/// What the input says of a record. Its bytes lie in one buffer that is used for record after record.
#[derive(Debug, Default)]
pub struct InputRecord {
    bytes: Vec<u8>,
    key: Option<Range<usize>>,
    value: Option<Range<usize>>,
    headers: Vec<(Range<usize>, Option<Range<usize>>)>,
    /// The partition that it is to go to, if it says.
    pub partition: Option<i32>,
    /// The timestamp that it is to have, if it says.
    pub timestamp: Option<Timestamp>,
}

/// A field of an [`InputRecord`] that is bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The key.
    Key,
    /// The value.
    Value,
}

impl InputRecord {
    /// A record with nothing in it.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes it a record with nothing in it.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.key = None;
        self.value = None;
        self.headers.clear();
        self.partition = None;
        self.timestamp = None;
    }

    /// Key or value; `None` is null.
    pub fn get(&self, field: Field) -> Option<&[u8]> {
        let range = match field {
            Field::Key => &self.key,
            Field::Value => &self.value,
        };
        range.clone().map(|range| &self.bytes[range])
    }

    /// Sets key or value; `None` is null.
    pub fn set(&mut self, field: Field, bytes: Option<&[u8]>) {
        let range = bytes.map(|bytes| self.store(bytes));
        self.set_range(field, range);
    }

    /// Sets key or value to what `write` appends to the buffer that it is given.
    ///
    /// # Errors
    /// Those of `write`.
    pub fn write<E>(
        &mut self,
        field: Field,
        write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
    ) -> Result<(), E> {
        let range = self.append(write)?;
        self.set_range(field, Some(range));
        Ok(())
    }

    /// Replaces key or value, if it is not null, by what `rewrite` makes of it.
    ///
    /// # Errors
    /// Those of `rewrite`.
    pub fn rewrite<E>(
        &mut self,
        field: Field,
        rewrite: impl FnOnce(&[u8], &mut Vec<u8>) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(old) = self.get(field) else { return Ok(()) };
        let mut new = Vec::new();
        rewrite(old, &mut new)?;
        self.set(field, Some(&new));
        Ok(())
    }

    /// Adds a header behind those that are there.
    pub fn push_header(&mut self, name: &[u8], value: Option<&[u8]>) {
        let name = self.store(name);
        let value = value.map(|value| self.store(value));
        self.headers.push((name, value));
    }

    /// Adds a header whose name and value are what `write` appends to the buffer that it is given; it
    /// answers where the name ends, and whether there is a value behind it.
    ///
    /// # Errors
    /// Those of `write`.
    pub(super) fn write_header<E>(
        &mut self,
        write: impl FnOnce(&mut Vec<u8>) -> Result<(usize, bool), E>,
    ) -> Result<(), E> {
        let start = self.bytes.len();
        let (name_end, has_value) = write(&mut self.bytes)?;
        let value = has_value.then_some(name_end..self.bytes.len());
        self.headers.push((start..name_end, value));
        Ok(())
    }

    /// The headers, in order.
    pub fn headers(&self) -> impl ExactSizeIterator<Item = Header<'_>> {
        self.headers.iter().map(|(name, value)| Header {
            key: &self.bytes[name.clone()],
            value: value.clone().map(|value| &self.bytes[value]),
        })
    }

    fn set_range(&mut self, field: Field, range: Option<Range<usize>>) {
        match field {
            Field::Key => self.key = range,
            Field::Value => self.value = range,
        }
    }

    fn store(&mut self, bytes: &[u8]) -> Range<usize> {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        start..self.bytes.len()
    }

    fn append<E>(&mut self, write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>) -> Result<Range<usize>, E> {
        let start = self.bytes.len();
        write(&mut self.bytes)?;
        Ok(start..self.bytes.len())
    }
}
