//! A record as a JSON object.

use super::control::{Control, transaction_name};
use super::field::FieldForm;
use super::{Fault, FieldForms};
use crate::consumer::ConsumerRecord;
use crate::output::escape::escape_json_from;
use crate::output::json;

/// One object a line: `v topic partition offset timestamp timestampType leaderEpoch headers key value`. What
/// is not UTF-8 stands as base64, under `keyBase64` and `valueBase64`, and in headers as `{"base64": …}`.
/// Where transactions are asked for, `producerId producerEpoch transaction` come behind `leaderEpoch`, and of a
/// control record `control`, an object. Numbers stand as such where a deserializer says that they are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JsonFormat {
    /// How keys, values and values of headers are shown.
    pub forms: FieldForms,
    /// Whether a terminal is to show it: what would steer that is escaped.
    pub escapes: bool,
}

impl JsonFormat {
    pub(super) fn write(&self, consumed: &ConsumerRecord<'_>, out: &mut Vec<u8>) -> Result<(), Fault> {
        let record = &consumed.record;
        let start = out.len();
        out.extend_from_slice(b"{\"v\":1");
        json::text(out, "topic", consumed.topic_partition.topic.as_str());
        json::number(out, "partition", consumed.topic_partition.partition);
        json::number(out, "offset", record.offset.0);
        json::number(out, "timestamp", record.timestamp.0);
        json::text(out, "timestampType", consumed.batch.timestamp_type.name());
        json::number(out, "leaderEpoch", consumed.batch.leader_epoch.0);
        write_transaction(consumed, out);
        json::name(out, "headers");
        out.push(b'[');
        for (i, header) in record.headers.iter().enumerate() {
            out.extend_from_slice(if i > 0 { b",[" } else { b"[" });
            json::bytes_item(out, Some(header.key));
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
        if self.escapes {
            escape_json_from(start, out);
        }
        Ok(())
    }
}

/// The members about producer and transaction, or about what a control record says.
fn write_transaction(consumed: &ConsumerRecord<'_>, out: &mut Vec<u8>) {
    let (control, batch) = (Control::of(consumed), consumed.batch);
    if control.is_none() && batch.fate.is_none() {
        return;
    }
    json::number(out, "producerId", batch.producer_id);
    json::number(out, "producerEpoch", batch.producer_epoch);
    let Some(control) = control else {
        json::text(out, "transaction", transaction_name(consumed));
        return;
    };
    json::name(out, "control");
    out.extend_from_slice(b"{\"type\":");
    json::bytes_item(out, Some(control.name.as_bytes()));
    json::number(out, "typeId", control.id);
    if let Some(epoch) = control.coordinator_epoch {
        json::number(out, "coordinatorEpoch", epoch);
    }
    out.push(b'}');
}

fn write_field(
    name: &'static str,
    form: &FieldForm,
    bytes: Option<&[u8]>,
    out: &mut Vec<u8>,
) -> Result<(), Fault> {
    match (form, bytes) {
        (FieldForm::Raw, bytes) => json::bytes(out, name, bytes),
        (_, None) => json::null(out, name),
        (form, Some(bytes)) => {
            json::name(out, name);
            write_item(form, bytes, out).map_err(|what| Fault::new(name, what))?;
        }
    }
    Ok(())
}

/// Appends a field as a JSON value.
fn write_item(form: &FieldForm, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), String> {
    match form {
        FieldForm::Raw => json::bytes_item(out, Some(bytes)),
        form if form.is_json_literal() => form.write(bytes, out)?,
        form => {
            let mut text = Vec::new();
            form.write(bytes, &mut text)?;
            json::bytes_item(out, Some(&text));
        }
    }
    Ok(())
}
