//! What the arguments ask for.

use std::path::PathBuf;

use crate::cli::OutputFormat;
use crate::cli::dump::{DecoderArgs, DumpLogSegmentsArgs, FilterArgs};
use crate::commands::UsageError;
use crate::dump::{Limits, MessageDecoder, RecordFilter};
use crate::output::dump::{Contents, Shown};
use crate::record::{Deserializer, Offset, Timestamp, UnknownDeserializer};

/// What was asked for.
pub(super) struct Options {
    /// Whether records are shown at all, and what of them.
    pub(super) records: Option<Shown>,
    pub(super) contents: Contents,
    pub(super) filter: RecordFilter,
    pub(super) is_json: bool,
    pub(super) summary: bool,
    pub(super) follow: bool,
    pub(super) salvage: Option<PathBuf>,
    pub(super) index_sanity_check: bool,
    pub(super) verify_index_only: bool,
    pub(super) max_message_size: usize,
    pub(super) max_bytes: Option<u64>,
    pub(super) limits: Limits,
}

impl Options {
    /// # Errors
    /// When a deserializer is unknown.
    pub(super) fn new(args: &DumpLogSegmentsArgs) -> Result<Self, UsageError> {
        let contents = contents(&args.decoders).map_err(|error| UsageError(error.to_string()))?;
        let data = args.print_data_log || contents.is_some();
        let shown = Shown { metadata: !args.skip_record_metadata, data };
        Ok(Self {
            records: (args.deep_iteration || data).then_some(shown),
            contents: contents.unwrap_or(Contents::Bytes),
            filter: filter(&args.filter),
            is_json: args.output == OutputFormat::Json,
            summary: args.summary,
            follow: args.follow,
            salvage: args.salvage.clone(),
            index_sanity_check: args.index_sanity_check,
            verify_index_only: args.verify_index_only,
            max_message_size: args.max_message_size,
            max_bytes: args.max_bytes,
            limits: Limits::for_messages_of(args.max_message_size),
        })
    }
}

/// How keys and payloads are made out, where any decoder is given.
fn contents(args: &DecoderArgs) -> Result<Option<Contents>, UnknownDeserializer> {
    let decoders = [
        (args.offsets_decoder, MessageDecoder::Offsets),
        (args.transaction_log_decoder, MessageDecoder::TransactionLog),
        (args.cluster_metadata_decoder, MessageDecoder::ClusterMetadata),
        (args.remote_log_metadata_decoder, MessageDecoder::RemoteLogMetadata),
        (args.share_group_state_decoder, MessageDecoder::ShareGroupState),
    ];
    let parse = |class: &Option<String>| class.as_deref().map(str::parse::<Deserializer>).transpose();
    let (key, value) = (parse(&args.key_decoder_class)?, parse(&args.value_decoder_class)?);
    if let Some((_, decoder)) = decoders.into_iter().find(|(given, _)| *given) {
        return Ok(Some(Contents::Decoded(decoder)));
    }
    Ok(match (key, value) {
        (None, None) => None,
        (None | Some(Deserializer::String), None | Some(Deserializer::String)) => Some(Contents::Bytes),
        (key, value) => Some(Contents::Deserialized {
            key: key.unwrap_or(Deserializer::String),
            value: value.unwrap_or(Deserializer::String),
        }),
    })
}

fn filter(args: &FilterArgs) -> RecordFilter {
    let now = Timestamp::now().0;
    let time = |arg: Option<crate::cli::time::TimeArg>| arg.map(|time| Timestamp(time.millis(now)));
    RecordFilter {
        from_offset: args.offset.and_then(|range| range.from).map(Offset),
        to_offset: args.offset.and_then(|range| range.to).map(Offset),
        from_timestamp: time(args.timestamp.and_then(|range| range.from)),
        to_timestamp: time(args.timestamp.and_then(|range| range.to)),
        key: args.key.as_ref().map(|key| key.clone().into_bytes()),
        producer_id: args.producer_id,
        only_control: args.only_control,
    }
}
