//! What a control record says, behind its metadata.

use serde_json::{Value, json};

use super::push_number;
use crate::dump::{KRaftRecord, Voter};
use crate::record::RecordRef;
use crate::record::control::{ControlType, coordinator_epoch};

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
        _ => match KRaftRecord::of(kind, record)? {
            Some(record) => push_json(out, &record),
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

/// The JSON that Kafka's generated `…JsonConverter` classes write.
fn push_json(out: &mut Vec<u8>, record: &KRaftRecord) {
    let (name, json) = match record {
        KRaftRecord::SnapshotHeader { version, last_contained_log_timestamp } => (
            " SnapshotHeader ",
            json!({"version": version, "lastContainedLogTimestamp": last_contained_log_timestamp.0}),
        ),
        KRaftRecord::SnapshotFooter { version } => (" SnapshotFooter ", json!({ "version": version })),
        KRaftRecord::Version { version, kraft_version } => {
            (" KRaftVersion ", json!({"version": version, "kRaftVersion": kraft_version}))
        }
        KRaftRecord::Voters { version, voters } => {
            let voters: Vec<Value> = voters.iter().map(voter_json).collect();
            (" KRaftVoters ", json!({"version": version, "voters": voters}))
        }
    };
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(json.to_string().as_bytes());
}

fn voter_json(voter: &Voter) -> Value {
    use base64::Engine as _;
    let endpoints: Vec<Value> =
        voter.endpoints.iter().map(|e| json!({"name": e.name, "host": e.host, "port": e.port})).collect();
    json!({
        "voterId": voter.id,
        // Kafka's Uuid.toString.
        "voterDirectoryId": base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(voter.directory_id),
        "endpoints": endpoints,
        "kRaftVersionFeature": {
            "minSupportedVersion": voter.kraft_version_feature.min,
            "maxSupportedVersion": voter.kraft_version_feature.max,
        },
    })
}
