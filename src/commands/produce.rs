//! `mkafka produce`: lines of input into a topic.

use std::fs::File;
use std::io::{self, IsTerminal as _};
use std::os::fd::AsFd as _;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};

use super::interrupt::Interrupt;
use super::{EndedBySignal, UsageError, data_dir_location, raise_open_files_limit};
use crate::cli::GlobalArgs;
use crate::cli::produce::{PartitionerArg, ProduceArgs};
use crate::input::{LineFormat, LineReader, Ready, wait_for_input};
use crate::output::Ui;
use crate::output::progress::Progress;
use crate::producer::{Acks, KeylessPlacement, ProduceError, Producer, ProducerConfig, ProducerTopic};
use crate::record::{Compression, NewRecord};
use crate::store::{
    DataDir, NewTopic, StoreError, Topic, TopicCompression, TopicName, TopicPartition, WritableDataDir,
};

/// How long an input that has nothing more may stay silent before what it gave is appended.
const PAUSE: Duration = Duration::from_millis(1);
/// How long a record waits at the most for an input that keeps trickling.
const TRICKLE: Duration = Duration::from_millis(10);

/// Runs the command.
///
/// # Errors
/// When records cannot be produced; those before the one at fault are in the topic.
pub fn run(global: &GlobalArgs, args: &ProduceArgs, ui: &mut Ui) -> anyhow::Result<()> {
    let options = Options::from_args(args)?;
    raise_open_files_limit();
    let interrupt = Interrupt::install().context("cannot take over the signals")?;
    let path = data_dir_location(global)?.path;
    let name = TopicName::new(args.topic.name()).map_err(StoreError::from)?;
    if args.no_auto_create {
        // Before the data directory is opened for writing, and thereby made where there is none.
        DataDir::open_for_reading(&path)?.topic(&name)?;
    }
    let data_dir = DataDir::open_for_writing(&path)?;
    let topic = open_topic(&data_dir, name, args, ui)?;
    let (producer_topic, config) = options.for_topic(&data_dir, &topic)?;
    let line_limit = line_limit(&config, &producer_topic);
    let mut session = Session {
        producer: Producer::new(producer_topic, config)?,
        format: options.format,
        partition: args
            .partition
            .map(i32::try_from)
            .transpose()
            .map_err(|_| no_such_partition(args, &topic))?,
        linger: options.linger,
        sync: args.sync,
        quiet: args.quiet,
        printed_topic: args.print_offsets.then(|| args.topic.name()),
        interrupt,
        ui,
    };
    if session.partition.is_some_and(|partition| partition >= topic.partition_count) {
        return Err(no_such_partition(args, &topic));
    }
    let result = session.read_all(args, line_limit);
    // What came before a line at fault is produced, as it is by Kafka's tool.
    let flushed = session.producer.close().map_err(anyhow::Error::from);
    let told = session.after_appends();
    result.and(flushed).and(told)?;
    match session.interrupt.status() {
        Some(status) => Err(EndedBySignal(status).into()),
        None => Ok(()),
    }
}

/// The longest line that is read. Compression may make a long one fit; how well, only trying tells.
fn line_limit(config: &ProducerConfig, topic: &ProducerTopic) -> usize {
    const COMPRESSED_AT_BEST: usize = 16;
    match config.compression {
        Compression::None => topic.log.max_message_bytes,
        _ => topic.log.max_message_bytes.saturating_mul(COMPRESSED_AT_BEST),
    }
}

fn no_such_partition(args: &ProduceArgs, topic: &Topic) -> anyhow::Error {
    anyhow!(
        "topic '{}' has no partition {}: it has {}, numbered from 0",
        topic.name,
        args.partition.unwrap_or_default(),
        topic.partition_count
    )
}

/// The topic, created if there is none and that is allowed.
fn open_topic(
    data_dir: &WritableDataDir,
    name: TopicName,
    args: &ProduceArgs,
    ui: &mut Ui,
) -> anyhow::Result<Topic> {
    let missing = match data_dir.topic(&name) {
        Err(missing @ StoreError::UnknownTopic { .. }) => missing,
        found => return Ok(found?),
    };
    if args.no_auto_create {
        return Err(missing.into());
    }
    match data_dir.create_topic(&NewTopic::named(name.clone())) {
        Ok(topic) => {
            ui.note(&format!("topic '{name}' did not exist: created it with 1 partition"));
            Ok(topic)
        }
        // Another producer was faster.
        Err(StoreError::TopicExists(_)) => Ok(data_dir.topic(&name)?),
        Err(error) => Err(error.into()),
    }
}

/// What the arguments ask for, before the topic is known.
struct Options {
    config: ProducerConfig,
    linger: Option<Duration>,
    format: LineFormat,
}

impl Options {
    fn from_args(args: &ProduceArgs) -> anyhow::Result<Self> {
        let usage = |message: String| UsageError(message);
        let properties = args.reader_properties.iter().map(|p| (p.key.as_str(), p.value.as_str()));
        let format = LineFormat::from_properties(properties).map_err(|e| usage(e.to_string()))?;
        let mut options = Self { config: ProducerConfig::default(), linger: None, format };
        for property in &args.producer_properties {
            options.set(&property.key, &property.value).map_err(usage)?;
        }
        // An option of its own counts more than a property.
        let number = |n: Option<usize>| n.map(|n| n.to_string());
        for (name, value) in [
            ("acks", args.acks.clone()),
            ("batch.size", number(args.batch_size)),
            ("buffer.memory", number(args.max_memory_bytes)),
            ("linger.ms", args.linger_ms.map(|ms| ms.to_string())),
            ("compression.type", args.compression_codec.clone()),
        ] {
            if let Some(value) = value {
                options.set(name, &value).map_err(usage)?;
            }
        }
        if let Some(partitioner) = args.partitioner {
            options.config.placement = match partitioner {
                PartitionerArg::RoundRobin => KeylessPlacement::RoundRobin,
                PartitionerArg::Sticky => KeylessPlacement::Sticky,
            };
        }
        Ok(options)
    }

    /// Sets a producer config by Kafka's name (`ProducerConfig`).
    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        const NAMES: &[&str] = &["acks", "batch.size", "buffer.memory", "compression.type", "linger.ms"];
        let bad = |expected: &str| format!("invalid value '{value}' for {name}: {expected}");
        let number = || value.parse::<usize>().map_err(|_| bad("a number of bytes is needed"));
        match name {
            "acks" => {
                self.config.acks = match value {
                    "0" => Acks::None,
                    "1" => Acks::Leader,
                    "all" | "-1" => Acks::All,
                    _ => return Err(bad("valid are 0, 1 and all")),
                };
            }
            "batch.size" => self.config.batch_size = Some(number()?),
            "buffer.memory" => self.config.buffer_memory = number()?,
            "compression.type" => {
                self.config.compression = value.parse().map_err(|e| bad(&format!("{e}")))?;
            }
            "linger.ms" => {
                let ms = value.parse().map_err(|_| bad("a number of milliseconds is needed"))?;
                self.linger = Some(Duration::from_millis(ms));
            }
            unknown => {
                let nearest = NAMES.iter().min_by_key(|known| strsim::damerau_levenshtein(known, unknown));
                let hint = nearest.map(|n| format!("; did you mean '{n}'?")).unwrap_or_default();
                return Err(format!("unknown producer property '{unknown}'{hint}"));
            }
        }
        Ok(())
    }

    /// The producer's view of `topic`, whose configs may choose codec and timestamps.
    fn for_topic(
        &self,
        data_dir: &WritableDataDir,
        topic: &Topic,
    ) -> anyhow::Result<(ProducerTopic, ProducerConfig)> {
        let missing = (0..topic.partition_count).find(|p| topic.partitions.binary_search(p).is_err());
        if let Some(missing) = missing {
            bail!(
                "topic '{}' cannot be produced to: its partition {missing} is not in this data directory",
                topic.name
            );
        }
        let mut config = self.config.clone();
        // A broker would compress anew what comes in another codec than the topic's.
        let (codec, level) = match topic.config.compression() {
            TopicCompression::Producer => (config.compression, None),
            TopicCompression::Uncompressed => (Compression::None, None),
            TopicCompression::Gzip(level) => (Compression::Gzip, Some(level)),
            TopicCompression::Snappy => (Compression::Snappy, None),
            TopicCompression::Lz4(level) => (Compression::Lz4, Some(level)),
            TopicCompression::Zstd(level) => (Compression::Zstd, Some(level)),
        };
        config.compression = codec;
        config.compression_level = level;
        let folder = |partition| data_dir.partition_path(&TopicPartition::new(topic.name.clone(), partition));
        let folders = (0..topic.partition_count).map(folder).collect();
        let mut producer_topic = ProducerTopic::new(folders, &topic.config);
        if !topic.known_to_us {
            // How long its records are to be kept is known to the broker that wrote it, not here.
            producer_topic.upkeep = None;
        }
        Ok((producer_topic, config))
    }
}

/// A run of the command.
struct Session<'a> {
    producer: Producer,
    format: LineFormat,
    partition: Option<i32>,
    linger: Option<Duration>,
    sync: bool,
    quiet: bool,
    /// The topic's name, if the offsets of what is appended are to be printed.
    printed_topic: Option<&'a str>,
    interrupt: Interrupt,
    ui: &'a mut Ui,
}

impl Session<'_> {
    fn read_all(&mut self, args: &ProduceArgs, line_limit: usize) -> anyhow::Result<()> {
        if args.files.is_empty() {
            let stdin = File::from(io::stdin().as_fd().try_clone_to_owned().context("cannot read stdin")?);
            return self.read(stdin, Path::new("standard input"), line_limit);
        }
        for path in &args.files {
            let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
            if file.metadata().is_ok_and(|m| m.is_dir()) {
                bail!("cannot read {}: it is a folder", path.display());
            }
            self.read(file, path, line_limit)?;
        }
        Ok(())
    }

    /// Produces every line of `source`.
    fn read(&mut self, source: File, name: &Path, line_limit: usize) -> anyhow::Result<()> {
        let metadata = source.metadata().with_context(|| format!("cannot read {}", name.display()))?;
        let may_pause = !metadata.is_file();
        let prompts = source.is_terminal() && self.ui.stderr_is_terminal() && !self.quiet;
        let bar =
            Progress::bytes(if metadata.is_file() && !self.quiet { metadata.len() } else { 0 }, self.ui);
        let mut reader = LineReader::new(source, b'\n', line_limit);
        loop {
            self.send_lines(&mut reader, name)?;
            self.after_appends()?;
            bar.set(reader.bytes_read());
            if self.interrupt.status().is_some() {
                break;
            }
            if may_pause && self.wait(&reader, prompts)? == Ready::Interrupted {
                break;
            }
            if !reader.fill().with_context(|| format!("cannot read {}", name.display()))? {
                // A last line may lack its newline.
                self.send_lines(&mut reader, name)?;
                break;
            }
        }
        bar.finish();
        Ok(())
    }

    /// Hands every line that is in memory to the producer.
    fn send_lines(&mut self, reader: &mut LineReader, name: &Path) -> anyhow::Result<()> {
        let timestamp = reader.read_at();
        let mut number = reader.line_number();
        if self.format.is_plain() && !self.sync {
            while let Some(line) = reader.next_line() {
                number += 1;
                let record = NewRecord { timestamp, key: None, value: Some(line), headers: &[] };
                self.producer.send(&record, self.partition).map_err(|e| at_line(e, name, number))?;
            }
            return Ok(());
        }
        while let Some(line) = reader.next_line() {
            number += 1;
            let mut headers = Vec::new();
            let parsed = self.format.parse(line, number, &mut headers)?;
            let record = NewRecord { timestamp, key: parsed.key, value: parsed.value, headers: &headers };
            self.producer.send(&record, self.partition).map_err(|e| at_line(e, name, number))?;
            if self.sync {
                self.producer.flush()?;
            }
        }
        Ok(())
    }

    /// Waits until there is more to read, appending what there is when the input pauses.
    fn wait(&mut self, reader: &LineReader, prompts: bool) -> anyhow::Result<Ready> {
        let input = reader.source();
        let stop = Some(self.interrupt.as_fd());
        if let Some(since) = self.producer.pending_since() {
            let patience = match self.linger {
                Some(linger) => linger.saturating_sub(since.elapsed()),
                None => PAUSE.min(TRICKLE.saturating_sub(since.elapsed())),
            };
            match wait_for_input(input, stop, Some(patience))? {
                Ready::TimedOut => {
                    self.producer.flush()?;
                    self.after_appends()?;
                }
                ready => return Ok(ready),
            }
        }
        if prompts {
            self.ui.prompt(">");
        }
        loop {
            let patience = self.producer.sync_due_in();
            match wait_for_input(reader.source(), Some(self.interrupt.as_fd()), patience)? {
                Ready::TimedOut => self.producer.sync_due()?,
                ready => return Ok(ready),
            }
        }
    }

    /// Tells what appending has brought to light, and which offsets it gave.
    fn after_appends(&mut self) -> anyhow::Result<()> {
        for receipt in self.producer.take_receipts() {
            if let Some(topic) = self.printed_topic {
                let (first, last) = (receipt.offsets.first, receipt.offsets.end.plus(-1));
                self.ui.print_line(&format!("{topic}:{}:{first}:{last}", receipt.partition))?;
            }
        }
        for repair in self.producer.take_repairs() {
            self.ui.warn(&repair.to_string());
        }
        for failure in self.producer.take_upkeep_failures() {
            self.ui.warn(&format!("old records are kept for now: {failure}"));
        }
        Ok(self.ui.flush()?)
    }
}

/// Says which line of `name` is at fault, if it is the line that is.
fn at_line(error: ProduceError, name: &Path, number: u64) -> anyhow::Error {
    match error {
        ProduceError::RecordTooLarge { .. }
        | ProduceError::KeyMissing { .. }
        | ProduceError::TimestampOutOfRange { .. } => {
            anyhow::Error::new(error).context(format!("{}, line {number}", name.display()))
        }
        other => other.into(),
    }
}
