//! `mkafka wait`: until a topic exists or has grown.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use super::{UsageError, data_dir_location, interrupt::Interrupt};
use crate::cli::GlobalArgs;
use crate::cli::wait::WaitArgs;
use crate::log::LogError;
use crate::log::bounds::LogBounds;
use crate::output::Ui;
use crate::record::Offset;
use crate::store::{DataDir, StoreError, Topic, TopicName, TopicPartition};

/// How often it is looked.
const INTERVAL: Duration = Duration::from_millis(20);

/// Runs `mkafka wait`.
pub fn run(global: &GlobalArgs, args: &WaitArgs, _ui: &mut Ui) -> Result<()> {
    let condition = Condition {
        path: data_dir_location(global)?.path,
        name: TopicName::new(args.topic.name())?,
        partition: args.partition,
        offset: args.offset,
    };
    if args.partition.is_some() && args.offset.is_none() && args.more.is_none() {
        return Err(UsageError("--partition goes with --offset or --more".to_owned()).into());
    }
    let interrupt = Interrupt::install()?;
    let begun = Instant::now();
    let mut first_seen = None;
    loop {
        if let Some(ends) = condition.ends()? {
            let first = *first_seen.get_or_insert(ends);
            let is_met = match (args.offset, args.more) {
                (Some(offset), _) => ends >= offset,
                (_, Some(more)) => ends.saturating_sub(first) >= i64::try_from(more).unwrap_or(i64::MAX),
                (None, None) => true,
            };
            if is_met {
                return Ok(());
            }
        } else if args.more.is_some() {
            // Everything in a topic that is not there yet will have been appended from now on.
            first_seen = Some(0);
        }
        if let Some(status) = interrupt.status() {
            return Err(super::EndedBySignal(status).into());
        }
        let left = match args.timeout_ms {
            Some(ms) => Duration::from_millis(ms).saturating_sub(begun.elapsed()),
            None => INTERVAL,
        };
        if left.is_zero() {
            bail!("{} after {} ms", condition.unmet(args), args.timeout_ms.unwrap_or_default());
        }
        std::thread::sleep(INTERVAL.min(left));
    }
}

/// What is waited for.
struct Condition {
    path: PathBuf,
    name: TopicName,
    partition: Option<i32>,
    offset: Option<i64>,
}

impl Condition {
    /// The log end offset of the partition that is meant, or of all together; `None` while there is no such
    /// topic.
    fn ends(&self) -> Result<Option<i64>> {
        let topic = match DataDir::open_for_reading(&self.path).and_then(|dir| dir.topic(&self.name)) {
            Ok(topic) => topic,
            Err(StoreError::UnknownTopic { .. } | StoreError::NoDataDir(_)) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let mut ends = 0;
        for number in self.partitions(&topic)? {
            let folder = TopicPartition::new(self.name.clone(), number).folder_name();
            match LogBounds::read(&self.path.join(folder), Offset::ZERO) {
                Ok(bounds) => ends += bounds.end.0,
                Err(LogError::Gone(_)) => return Ok(None),
                Err(LogError::File(e)) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Some(ends))
    }

    fn partitions(&self, topic: &Topic) -> Result<Vec<i32>> {
        match self.partition {
            Some(number) if topic.partitions.contains(&number) => Ok(vec![number]),
            Some(number) => bail!("topic '{}' has no partition {number} here", self.name),
            None if self.offset.is_some() && topic.partitions.len() != 1 => bail!(
                "topic '{}' has {} partitions: --partition tells which is to reach the offset",
                self.name,
                topic.partitions.len()
            ),
            None => Ok(topic.partitions.clone()),
        }
    }

    fn unmet(&self, args: &WaitArgs) -> String {
        match (args.offset, args.more) {
            (Some(offset), _) => format!("topic '{}' has not reached offset {offset}", self.name),
            (_, Some(more)) => format!("topic '{}' has not grown by {more} records", self.name),
            (None, None) => format!("there is no topic '{}'", self.name),
        }
    }
}
