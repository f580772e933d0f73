//! What the arguments say of the input's form, and of what its records get besides.

use super::config::Configs;
use crate::cli::produce::{InputArgs, RecordArgs};
use crate::commands::{UsageError, properties_in};
use crate::format_string::{FormatString, unescape};
use crate::input::{Field, InputForm, InputRecord, LineContent, LineFormat, RecordPattern, Serializer};
use crate::record::{Header, Timestamp};
use crate::spelling;

/// The form that `args` give the input.
pub(super) fn input_form(args: &InputArgs) -> anyhow::Result<InputForm> {
    let usage = |message: String| anyhow::Error::new(UsageError(message));
    let escaped = |text: &Option<String>, option: &str| match text {
        Some(text) => match unescape(text) {
            Ok(bytes) if bytes.is_empty() => Err(usage(format!("{option} may not be empty"))),
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) => Err(usage(format!("{option}: {error}"))),
        },
        None => Ok(None),
    };
    let delimiter = match (args.nul, escaped(&args.delimiter, "--delimiter")?) {
        (true, _) => vec![0],
        (false, given) => given.unwrap_or_else(|| b"\n".to_vec()),
    };
    let key_separator = escaped(&args.key_separator, "--key-separator")?;
    let mut properties = Vec::new();
    if let Some(path) = &args.reader_config {
        properties.extend(properties_in(path)?);
    }
    properties.extend(args.reader_properties.iter().map(|p| (p.key.clone(), p.value.clone())));
    let null_marker = match (&args.null_marker, args.empty_as_null) {
        (Some(marker), _) => Some(marker.clone().into_bytes()),
        (None, true) => Some(Vec::new()),
        (None, false) => None,
    };

    let form = args.format.as_deref().unwrap_or("lines");
    let is_lines = matches!(form, "lines" | "line");
    if !is_lines {
        let unfit = [
            (key_separator.is_some(), "--key-separator"),
            (!properties.is_empty(), "--property"),
            (args.skip_empty && form != "json", "--skip-empty"),
            ((args.nul || args.delimiter.is_some()) && form != "json", "--delimiter"),
            (null_marker.is_some() && !form.contains('%'), "a null marker"),
        ];
        if let Some((_, option)) = unfit.iter().find(|(is_given, _)| *is_given) {
            return Err(usage(format!("{option} has no meaning with --format {form}")));
        }
    }
    let lines = |content| InputForm::Lines { delimiter, content, skips_empty: args.skip_empty };
    Ok(match form {
        _ if is_lines => {
            let properties = properties.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            let format = LineFormat::from_properties(properties)
                .and_then(|format| format.with(key_separator, null_marker))
                .map_err(|error| usage(error.to_string()))?;
            lines(LineContent::Fields(format))
        }
        "json" => lines(LineContent::Json),
        "raw" => InputForm::Raw,
        text if text.contains('%') => {
            let pattern = FormatString::parse(text).and_then(|f| RecordPattern::new(&f, null_marker));
            InputForm::Formatted(pattern.map_err(|error| usage(format!("--format '{text}': {error}")))?)
        }
        unknown => {
            let meant = spelling::nearest(unknown, ["lines", "json", "raw"]);
            let meant = spelling::did_you_mean(meant);
            return Err(usage(format!(
                "unknown form '{unknown}'; valid are lines, json, raw, and a format string with verbs such as \
                 '%k\\t%v\\n'{meant}"
            )));
        }
    })
}

/// What records get besides what the input says of them.
#[derive(Debug)]
pub(super) struct RecordExtras {
    key: Option<Vec<u8>>,
    headers: Vec<(Vec<u8>, Option<Vec<u8>>)>,
    /// The partition for all records.
    pub(super) partition: Option<i32>,
    /// The timestamp for all records.
    pub(super) timestamp: Option<Timestamp>,
    /// Whether the partitions that the input names are passed over.
    ignores_partitions: bool,
    key_serializer: Serializer,
    value_serializer: Serializer,
}

impl RecordExtras {
    /// What `args` ask for; `configs` may name serializers too.
    pub(super) fn new(
        args: &RecordArgs,
        configs: &Configs,
        ignores_partitions: bool,
    ) -> Result<Self, UsageError> {
        let serializer = |name: &Option<String>, configured: Serializer| match name {
            Some(name) => Serializer::named(name).map_err(UsageError),
            None => Ok(configured),
        };
        let key_serializer = serializer(&args.key_serializer, configs.key_serializer)?;
        let timestamp = args.timestamp.map(|time| Timestamp(time.millis(Timestamp::now().0)));
        if timestamp.is_some_and(|timestamp| timestamp.0 < 0) {
            return Err(UsageError("--timestamp: no record can be from before 1970".to_owned()));
        }
        let key = args.key.as_ref().map(|key| {
            let mut bytes = Vec::new();
            key_serializer.serialize(key.as_bytes(), &mut bytes).map(|()| bytes)
        });
        let headers = args.headers.iter();
        Ok(Self {
            key: key.transpose().map_err(|message| UsageError(format!("--key: {message}")))?,
            headers: headers
                .map(|h| (h.name.clone().into_bytes(), h.value.clone().map(String::into_bytes)))
                .collect(),
            partition: args.partition.map(|partition| i32::try_from(partition).unwrap_or(i32::MAX)),
            timestamp,
            ignores_partitions,
            key_serializer,
            value_serializer: serializer(&args.value_serializer, configs.value_serializer)?,
        })
    }

    /// The key of all records.
    pub(super) fn key(&self) -> Option<&[u8]> {
        self.key.as_deref()
    }

    /// The headers that all records get.
    pub(super) fn headers(&self) -> impl Iterator<Item = Header<'_>> {
        self.headers.iter().map(|(name, value)| Header { key: name, value: value.as_deref() })
    }

    /// Whether the key and the value that a line gives are the record's as they stand.
    pub(super) fn leave_fields(&self) -> bool {
        self.key_serializer == Serializer::Bytes && self.value_serializer == Serializer::Bytes
    }

    /// Gives `record` what it gets.
    ///
    /// # Errors
    /// A message when key or value are not what the serializer takes.
    pub(super) fn apply(&self, record: &mut InputRecord) -> Result<(), String> {
        for (field, name, serializer) in
            [(Field::Key, "key", self.key_serializer), (Field::Value, "value", self.value_serializer)]
        {
            if serializer != Serializer::Bytes {
                let serialized = record.rewrite(field, |text, out| serializer.serialize(text, out));
                serialized.map_err(|message| format!("{name}: {message}"))?;
            }
        }
        if let Some(key) = &self.key {
            record.set(Field::Key, Some(key));
        }
        for (name, value) in &self.headers {
            record.push_header(name, value.as_deref());
        }
        if self.partition.is_some() || self.ignores_partitions {
            record.partition = self.partition;
        }
        record.timestamp = self.timestamp.or(record.timestamp);
        Ok(())
    }
}
