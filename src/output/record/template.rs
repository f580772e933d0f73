//! Records as a format string says.

use std::cell::Cell;

use super::control::{Control, transaction_name};
use super::field::FieldForm;
use super::{Fault, FieldForms};
use crate::consumer::{ConsumerRecord, LogOffsets, ReadDetails};
use crate::format_string::{
    AttributeField, Element, FormatString, NumberField, NumberForm, TextField, TextForm, Unpack,
};
use crate::output::escape::{escape_json_from, escape_text_from};
use crate::record::{Compression, Header, Offset, TimestampType};

/// Records as a format string says. What is null is written as nothing, and its length as −1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateFormat {
    format: FormatString,
    forms: FieldForms,
    /// What stands for a null key or value.
    null: Vec<u8>,
    escapes: bool,
    written: Cell<i64>,
}

/// The key and value that verbs mean: those of a record, or the name and value of a header.
#[derive(Clone, Copy)]
struct Pair<'a> {
    key: Option<&'a [u8]>,
    key_form: &'a FieldForm,
    value: Option<&'a [u8]>,
    value_form: &'a FieldForm,
}

impl TemplateFormat {
    /// Writes records as `format` says, `null` for what is null; with `escapes`, a terminal can show it.
    pub fn new(format: FormatString, forms: FieldForms, null: Vec<u8>, escapes: bool) -> Self {
        Self { format, forms, null, escapes, written: Cell::new(0) }
    }

    /// What its verbs need that a consumer finds out only when it is asked to.
    pub(super) fn details(&self) -> ReadDetails {
        let has_number = |field| self.format.has(|e| matches!(e, Element::Number(f, _) if *f == field));
        let last_stable = has_number(NumberField::LastStableOffset);
        ReadDetails {
            control: false,
            fates: self.format.has(|e| matches!(e, Element::Attribute(AttributeField::Transaction, _))),
            log_offsets: has_number(NumberField::LogStartOffset)
                || has_number(NumberField::LogEndOffset)
                || last_stable,
            last_stable,
        }
    }

    pub(super) fn write(&self, consumed: &ConsumerRecord<'_>, out: &mut Vec<u8>) -> Result<(), Fault> {
        self.written.set(self.written.get() + 1);
        let record = &consumed.record;
        // What Kafka wrote into a control record is no business of a deserializer.
        let is_data = !consumed.batch.is_control();
        let pair = Pair {
            key: record.key,
            key_form: if is_data { &self.forms.key } else { &FieldForm::Raw },
            value: record.value,
            value_form: if is_data { &self.forms.value } else { &FieldForm::Raw },
        };
        let topic = consumed.topic_partition.topic.as_str().as_bytes();
        for element in self.format.elements() {
            match element {
                Element::Literal(literal) => out.extend_from_slice(literal),
                Element::Text(TextField::Topic, form) => form.write(topic, out),
                Element::Unpacked(TextField::Topic, unpack) => {
                    unpack.write(topic, out).map_err(|what| Fault::new("topic", what))?;
                }
                Element::Text(field, form) => self.text(&pair, *field, *form, out)?,
                Element::Unpacked(field, unpack) => self.unpacked(&pair, *field, unpack, out)?,
                Element::Number(field, form) => {
                    let number = self.number(consumed, &pair, *field)?;
                    form.write(number, out);
                }
                Element::Attribute(field, form) => write_attribute(consumed, *field, *form, out),
                Element::Time(form) => form.write(record.timestamp, out),
                Element::Headers => self.headers(consumed, out)?,
                Element::EachHeader(inner) => {
                    for header in record.headers.iter() {
                        self.header(inner, &header, out)?;
                    }
                }
                // Refused before the first record.
                Element::Matched(..) => {}
            }
        }
        Ok(())
    }

    fn number(
        &self,
        consumed: &ConsumerRecord<'_>,
        pair: &Pair<'_>,
        field: NumberField,
    ) -> Result<i64, Fault> {
        let (record, batch) = (&consumed.record, consumed.batch);
        let of_log = |offset: fn(LogOffsets) -> Option<Offset>| {
            batch.log_offsets.and_then(offset).map_or(-1, |offset| offset.0)
        };
        Ok(match field {
            NumberField::KeyLength => length(pair.key, pair.key_form)?,
            NumberField::ValueLength => length(pair.value, pair.value_form)?,
            NumberField::Partition => i64::from(consumed.topic_partition.partition),
            NumberField::Offset => record.offset.0,
            NumberField::LeaderEpoch => i64::from(batch.leader_epoch.0),
            NumberField::Timestamp => record.timestamp.0,
            NumberField::HeaderCount => record.headers.len() as i64,
            NumberField::Index => self.written.get(),
            NumberField::ProducerId => batch.producer_id,
            NumberField::ProducerEpoch => i64::from(batch.producer_epoch),
            NumberField::LogStartOffset => of_log(|offsets| Some(offsets.start)),
            NumberField::LastStableOffset => of_log(|offsets| offsets.last_stable),
            NumberField::LogEndOffset => of_log(|offsets| Some(offsets.end)),
        })
    }

    fn unpacked(
        &self,
        pair: &Pair<'_>,
        field: TextField,
        unpack: &Unpack,
        out: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        let (name, bytes) = match field {
            TextField::Key => ("key", pair.key),
            _ => ("value", pair.value),
        };
        let Some(bytes) = bytes else {
            out.extend_from_slice(&self.null);
            return Ok(());
        };
        let start = out.len();
        unpack.write(bytes, out).map_err(|what| Fault::new(name, what))?;
        if self.escapes {
            escape_text_from(start, out);
        }
        Ok(())
    }

    fn text(
        &self,
        pair: &Pair<'_>,
        field: TextField,
        form: TextForm,
        out: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        let (name, bytes, shown) = match field {
            TextField::Key => ("key", pair.key, pair.key_form),
            _ => ("value", pair.value, pair.value_form),
        };
        let start = out.len();
        match (bytes, form, shown) {
            (None, TextForm::Json, _) => out.extend_from_slice(b"null"),
            (None, ..) => out.extend_from_slice(&self.null),
            (Some(bytes), TextForm::Plain, shown) => {
                shown.write(bytes, out).map_err(|what| Fault::new(name, what))?;
                if self.escapes {
                    escape_text_from(start, out);
                }
            }
            (Some(bytes), form, FieldForm::Raw) => form.write(bytes, out),
            (Some(bytes), form, shown) => {
                let mut text = Vec::new();
                shown.write(bytes, &mut text).map_err(|what| Fault::new(name, what))?;
                form.write(&text, out);
            }
        }
        if self.escapes && form == TextForm::Json {
            escape_json_from(start, out);
        }
        Ok(())
    }

    /// kcat's form of all headers.
    fn headers(&self, consumed: &ConsumerRecord<'_>, out: &mut Vec<u8>) -> Result<(), Fault> {
        let start = out.len();
        for (i, header) in consumed.record.headers.iter().enumerate() {
            if i > 0 {
                out.push(b',');
            }
            out.extend_from_slice(header.key);
            out.push(b'=');
            match header.value {
                Some(value) => {
                    self.forms.header.write(value, out).map_err(|what| Fault::new("header", what))?;
                }
                None => out.extend_from_slice(b"NULL"),
            }
        }
        if self.escapes {
            escape_text_from(start, out);
        }
        Ok(())
    }

    fn header(&self, elements: &[Element], header: &Header<'_>, out: &mut Vec<u8>) -> Result<(), Fault> {
        let pair = Pair {
            key: Some(header.key),
            key_form: &FieldForm::Raw,
            value: header.value,
            value_form: &self.forms.header,
        };
        for element in elements {
            match element {
                Element::Literal(literal) => out.extend_from_slice(literal),
                Element::Text(field, form) => self.text(&pair, *field, *form, out)?,
                Element::Unpacked(field, unpack) => self.unpacked(&pair, *field, unpack, out)?,
                Element::Number(NumberField::KeyLength, form) => {
                    form.write(length(pair.key, pair.key_form)?, out)
                }
                Element::Number(_, form) => form.write(length(pair.value, pair.value_form)?, out),
                // A format string has nothing else in a header.
                Element::Time(_)
                | Element::Headers
                | Element::EachHeader(_)
                | Element::Attribute(..)
                | Element::Matched(..) => {}
            }
        }
        Ok(())
    }
}

/// Appends what a batch says of its record, as text where there are words for it and no form of a number.
fn write_attribute(
    consumed: &ConsumerRecord<'_>,
    field: AttributeField,
    form: Option<NumberForm>,
    out: &mut Vec<u8>,
) {
    let (attributes, control) = (consumed.batch.attributes, Control::of(consumed));
    let codec = attributes.codec_id();
    let number = match field {
        AttributeField::ControlType => {
            out.extend_from_slice(control.map_or("", |control| control.name).as_bytes());
            return;
        }
        AttributeField::Transaction => {
            out.extend_from_slice(transaction_name(consumed).as_bytes());
            return;
        }
        AttributeField::Compression if form.is_none() => {
            let name = Compression::from_id(codec).map_or("unknown", Compression::name);
            out.extend_from_slice(name.as_bytes());
            return;
        }
        AttributeField::Compression => i64::from(codec),
        AttributeField::TimestampType => match consumed.batch.timestamp_type {
            TimestampType::None => -1,
            TimestampType::CreateTime => 0,
            TimestampType::LogAppendTime => 1,
        },
        AttributeField::TransactionalBit => i64::from(attributes.is_transactional()),
        AttributeField::ControlBit => i64::from(consumed.batch.is_control()),
        AttributeField::CoordinatorEpoch => {
            i64::from(control.and_then(|control| control.coordinator_epoch).unwrap_or(-1))
        }
    };
    form.unwrap_or_default().write(number, out);
}

/// Bytes that a field takes as it is shown; −1 for null.
fn length(bytes: Option<&[u8]>, form: &FieldForm) -> Result<i64, Fault> {
    let Some(bytes) = bytes else { return Ok(-1) };
    if *form == FieldForm::Raw {
        return Ok(bytes.len() as i64);
    }
    let mut text = Vec::new();
    form.write(bytes, &mut text).map_err(|what| Fault::new("a field", what))?;
    Ok(text.len() as i64)
}
