//! A record as a JSON object.

use super::control::{Control, transaction_name};
use super::field::FieldForm;
use super::{Fault, FieldForms};
use crate::consumer::ConsumerRecord;
use crate::format_string::TextForm;

/// One object a line: `v topic partition offset timestamp timestampType leaderEpoch headers key value`. What
/// is not UTF-8 stands as base64, under `keyBase64` and `valueBase64`, and in headers as `{"base64": …}`.
/// Where transactions are asked for, `producerId producerEpoch transaction` come behind `leaderEpoch`, and of a
/// control record `control`, an object. Numbers stand as such where a deserializer says that they are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JsonFormat {
    /// How keys, values and values of headers are shown.
    pub forms: FieldForms,
}

impl JsonFormat {
    pub(super) fn write(&self, consumed: &ConsumerRecord<'_>, out: &mut Vec<u8>) -> Result<(), Fault> {
        let record = &consumed.record;
        let mut digits = itoa::Buffer::new();
        out.extend_from_slice(b"{\"v\":1,\"topic\":");
        write_text(consumed.topic_partition.topic.as_str().as_bytes(), out);
        out.extend_from_slice(b",\"partition\":");
        out.extend_from_slice(digits.format(consumed.topic_partition.partition).as_bytes());
        out.extend_from_slice(b",\"offset\":");
        out.extend_from_slice(digits.format(record.offset.0).as_bytes());
        out.extend_from_slice(b",\"timestamp\":");
        out.extend_from_slice(digits.format(record.timestamp.0).as_bytes());
        out.extend_from_slice(b",\"timestampType\":\"");
        out.extend_from_slice(consumed.batch.timestamp_type.name().as_bytes());
        out.extend_from_slice(b"\",\"leaderEpoch\":");
        out.extend_from_slice(digits.format(consumed.batch.leader_epoch.0).as_bytes());
        write_transaction(consumed, out);
        out.extend_from_slice(b",\"headers\":[");
        for (i, header) in record.headers.iter().enumerate() {
            out.extend_from_slice(if i > 0 { b",[" } else { b"[" });
            write_text(header.key, out);
            out.push(b',');
            match header.value {
                Some(value) => {
                    write_item(&self.forms.header, value, out).map_err(|what| Fault::new("header", what))?;
                }
                None => out.extend_from_slice(b"null"),
            }
            out.push(b']');
        }
        out.push(b']');
        // What Kafka wrote into a control record is no business of a deserializer.
        let forms = if consumed.batch.is_control() { &FieldForms::default() } else { &self.forms };
        write_field("key", &forms.key, record.key, out)?;
        write_field("value", &forms.value, record.value, out)?;
        out.extend_from_slice(b"}\n");
        Ok(())
    }
}

/// The members about producer and transaction, or about what a control record says.
fn write_transaction(consumed: &ConsumerRecord<'_>, out: &mut Vec<u8>) {
    let (control, batch) = (Control::of(consumed), consumed.batch);
    if control.is_none() && batch.fate.is_none() {
        return;
    }
    let mut digits = itoa::Buffer::new();
    out.extend_from_slice(b",\"producerId\":");
    out.extend_from_slice(digits.format(batch.producer_id).as_bytes());
    out.extend_from_slice(b",\"producerEpoch\":");
    out.extend_from_slice(digits.format(batch.producer_epoch).as_bytes());
    let Some(control) = control else {
        out.extend_from_slice(b",\"transaction\":");
        write_text(transaction_name(consumed).as_bytes(), out);
        return;
    };
    out.extend_from_slice(b",\"control\":{\"type\":");
    write_text(control.name.as_bytes(), out);
    out.extend_from_slice(b",\"typeId\":");
    out.extend_from_slice(digits.format(control.id).as_bytes());
    if let Some(epoch) = control.coordinator_epoch {
        out.extend_from_slice(b",\"coordinatorEpoch\":");
        out.extend_from_slice(digits.format(epoch).as_bytes());
    }
    out.push(b'}');
}

fn write_field(
    name: &'static str,
    form: &FieldForm,
    bytes: Option<&[u8]>,
    out: &mut Vec<u8>,
) -> Result<(), Fault> {
    out.extend_from_slice(b",\"");
    out.extend_from_slice(name.as_bytes());
    let Some(bytes) = bytes else {
        out.extend_from_slice(b"\":null");
        return Ok(());
    };
    match form {
        FieldForm::Raw if std::str::from_utf8(bytes).is_err() => {
            out.extend_from_slice(b"Base64\":\"");
            TextForm::Base64.write(bytes, out);
            out.push(b'"');
            Ok(())
        }
        form => {
            out.extend_from_slice(b"\":");
            write_item(form, bytes, out).map_err(|what| Fault::new(name, what))
        }
    }
}

/// Appends a field as a JSON value.
fn write_item(form: &FieldForm, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), String> {
    match form {
        FieldForm::Raw => write_text(bytes, out),
        form if form.is_json_literal() => form.write(bytes, out)?,
        form => {
            let mut text = Vec::new();
            form.write(bytes, &mut text)?;
            write_text(&text, out);
        }
    }
    Ok(())
}

fn write_text(text: &[u8], out: &mut Vec<u8>) {
    TextForm::Json.write(text, out);
}
