//! Records as a format string says.

use std::cell::Cell;

use super::field::FieldForm;
use super::{Fault, FieldForms};
use crate::consumer::ConsumerRecord;
use crate::format_string::{Element, FormatString, NumberField, TextField, TextForm};
use crate::output::escape::{escape_json_from, escape_text_from};
use crate::record::Header;

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

    pub(super) fn write(&self, consumed: &ConsumerRecord<'_>, out: &mut Vec<u8>) -> Result<(), Fault> {
        self.written.set(self.written.get() + 1);
        let record = &consumed.record;
        let pair = Pair {
            key: record.key,
            key_form: &self.forms.key,
            value: record.value,
            value_form: &self.forms.value,
        };
        for element in self.format.elements() {
            match element {
                Element::Literal(literal) => out.extend_from_slice(literal),
                Element::Text(TextField::Topic, form) => {
                    form.write(consumed.topic_partition.topic.as_str().as_bytes(), out);
                }
                Element::Text(field, form) => self.text(&pair, *field, *form, out)?,
                Element::Number(field, form) => {
                    let number = match field {
                        NumberField::KeyLength => length(pair.key, pair.key_form)?,
                        NumberField::ValueLength => length(pair.value, pair.value_form)?,
                        NumberField::Partition => i64::from(consumed.topic_partition.partition),
                        NumberField::Offset => record.offset.0,
                        NumberField::LeaderEpoch => i64::from(consumed.leader_epoch.0),
                        NumberField::Timestamp => record.timestamp.0,
                        NumberField::HeaderCount => record.headers.len() as i64,
                        NumberField::Index => self.written.get(),
                    };
                    form.write(number, out);
                }
                Element::Time(form) => form.write(record.timestamp, out),
                Element::Headers => self.headers(consumed, out)?,
                Element::EachHeader(inner) => {
                    for header in record.headers.iter() {
                        self.header(inner, &header, out)?;
                    }
                }
            }
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
                Element::Number(NumberField::KeyLength, form) => {
                    form.write(length(pair.key, pair.key_form)?, out)
                }
                Element::Number(_, form) => form.write(length(pair.value, pair.value_form)?, out),
                // A format string has nothing else in a header.
                Element::Time(_) | Element::Headers | Element::EachHeader(_) => {}
            }
        }
        Ok(())
    }
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
