//! `mkafka topics delete`.

use anyhow::Result;

use super::done;
use crate::cli::topics::DeleteArgs;
use crate::commands::select::{self, Purpose};
use crate::output::Ui;
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
