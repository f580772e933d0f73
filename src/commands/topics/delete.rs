//! `mkafka topics delete`.

use anyhow::Result;

use super::done;
use crate::cli::topics::DeleteArgs;
use crate::commands::consent::{self, Question};
use crate::commands::select::{self, Purpose};
use crate::log::bounds::LogBounds;
use crate::output::Ui;
use crate::output::progress::human_bytes;
use crate::store::{DataDir, DataDirLocation, Listing, StoreError, TopicName};

pub(super) fn run(location: &DataDirLocation, args: &DeleteArgs, ui: &mut Ui) -> Result<()> {
    let choice = args.topics.choice().if_exists(args.if_exists);
    let mut not_there = |name: &TopicName| done(name, "deleted", false, args.output, ui);
    let dir = match DataDir::open_for_reading(&location.path) {
        Err(StoreError::NoDataDir(_)) if args.if_exists => {
            let names = select::names(&Listing::default(), &choice, Purpose::Change)?;
            return names.iter().try_for_each(not_there);
        }
        other => other?,
    };
    // All are looked up before any is deleted, and before anything is written.
    let listing = dir.listing()?;
    let mut doomed = Vec::new();
    for name in select::names(&listing, &choice, Purpose::Change)? {
        if listing.contains(&name) {
            doomed.push(name);
        } else if args.if_exists {
            not_there(&name)?;
        } else {
            return Err(listing.unknown(&name).into());
        }
    }
    if doomed.is_empty() {
        return Ok(());
    }
    consent::ask(&args.consent, ui, || Ok(question(&dir, &listing, &doomed)))?;
    let dir = DataDir::open_for_writing(&location.path)?;
    for name in doomed {
        let is_deleted = match dir.delete_topic(&name) {
            // Somebody else has deleted it meanwhile.
            Err(StoreError::UnknownTopic { .. }) if args.if_exists => false,
            other => other.map(|_| true)?,
        };
        done(&name, "deleted", is_deleted, args.output, ui)?;
    }
    Ok(())
}

fn question(dir: &DataDir, listing: &Listing, doomed: &[TopicName]) -> Question {
    // What cannot be told is no reason not to ask.
    let floors = dir.log_start_offsets().unwrap_or_default();
    let loss = |name: &TopicName| {
        let Ok(topic) = dir.topic_in(listing, name) else {
            return format!("topic '{name}', of which little can be told: its file is damaged");
        };
        let (mut offsets, mut bytes) = (0, 0);
        for partition in select::partitions(dir, &topic, &floors) {
            if let Ok(bounds) = LogBounds::read(&partition.dir, partition.floor) {
                offsets += bounds.end.since(bounds.start);
                bytes += bounds.bytes;
            }
        }
        let count = topic.partition_count;
        format!("topic '{name}': {count} partition(s), up to {offsets} record(s), {}", human_bytes(bytes))
    };
    Question {
        losses: doomed.iter().map(loss).collect(),
        text: format!("Delete {} topic(s) with all records?", doomed.len()),
    }
}
