//! What a control record says, behind its metadata.

use super::message_json::write_struct;
use super::push_number;
use crate::record::RecordRef;
use crate::record::control::{ControlType, coordinator_epoch};
use crate::record::message::{Schema, Struct, kraft};

/// Appends what the control record says; nothing of it when that cannot be made out.
pub(super) fn write_control(out: &mut Vec<u8>, record: &RecordRef<'_>) -> Result<(), &'static str> {
    let kind = ControlType::of(record)?;
    match kind {
        ControlType::Abort | ControlType::Commit => {
            let epoch = coordinator_epoch(record)?;
            out.extend_from_slice(b" endTxnMarker: ");
            out.extend_from_slice(kind.name().as_bytes());
            out.extend_from_slice(b" coordinatorEpoch: ");
            push_number(out, epoch);
        }
        _ => match kraft_message(kind, record)? {
            Some((schema, data)) => {
                out.push(b' ');
                out.extend_from_slice(schema.name.as_bytes());
                out.push(b' ');
                // Memory takes everything.
                let _ = write_struct(out, &data, false);
            }
            None => {
                let id = if let ControlType::Unknown(id) = kind { id } else { kind.id() };
                out.extend_from_slice(b" controlType: ");
                out.extend_from_slice(kind.name().as_bytes());
                out.push(b'(');
                push_number(out, id);
                out.push(b')');
            }
        },
    }
    Ok(())
}

/// The message in a control record of KRaft; `None` for a kind whose value Kafka's tool does not show.
pub(super) fn kraft_message<'a>(
    kind: ControlType,
    record: &RecordRef<'a>,
) -> Result<Option<(&'static Schema, Struct<'a>)>, &'static str> {
    let schema = match kind {
        ControlType::SnapshotHeader => &kraft::SNAPSHOT_HEADER,
        ControlType::SnapshotFooter => &kraft::SNAPSHOT_FOOTER,
        ControlType::KRaftVersion => &kraft::KRAFT_VERSION,
        ControlType::KRaftVoters => &kraft::KRAFT_VOTERS,
        _ => return Ok(None),
    };
    let value = record.value.ok_or("it is a control record without a value")?;
    Ok(Some((schema, Struct::read(schema, 0, value)?.0)))
}
