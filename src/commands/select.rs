//! Which topics, partitions and groups a command is about.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Result, anyhow};

use super::UsageError;
use crate::cli::topic_choice::TopicChoice;
use crate::group::view::all_groups;
use crate::output::Ui;
use crate::record::Offset;
use crate::store::{
    DataDir, GroupId, GroupPattern, Listing, LogStartOffsets, StoreError, Topic, TopicName, TopicPartition,
    TopicPattern, noted_log_start,
};

/// A partition that has a folder here.
#[derive(Debug, Clone)]
pub(super) struct PartitionDir {
    /// Which it is.
    pub(super) of: TopicPartition,
    /// Its folder.
    pub(super) dir: PathBuf,
    /// The log start offset that a checkpoint gives; 0 where there is none.
    pub(super) floor: Offset,
}

/// What a command does with the topics that are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// It looks at them, or does what their configuration asks for.
    Look,
    /// It takes something away from them, or alters them. No pattern matches the topics that Kafka keeps for itself,
    /// unless it is the very name.
    Change,
}

/// The names of the topics that are chosen, each once: those that are named, whether they are there or not, in that
/// order; or those in `listing` that a pattern matches; or all in it.
///
/// # Errors
/// When a name or a pattern is none, or a pattern matches nothing and that is a mistake.
pub(super) fn names(listing: &Listing, choice: &TopicChoice<'_>, purpose: Purpose) -> Result<Vec<TopicName>> {
    if choice.is_all() {
        return Ok(listing.topics().cloned().collect());
    }
    let mut seen = BTreeSet::new();
    if !choice.is_regex {
        let mut names = choice.names().map(TopicName::new).collect::<Result<Vec<_>, _>>()?;
        names.retain(|name| seen.insert(name.clone()));
        return Ok(names);
    }
    let mut names = Vec::new();
    for text in &choice.texts {
        let pattern: TopicPattern = text.parse().map_err(|error| UsageError(format!("--regex: {error}")))?;
        let is_open = |topic: &TopicName| {
            purpose == Purpose::Look || !topic.is_internal() || topic.as_str() == pattern.to_string()
        };
        let mut found = listing.topics().filter(|topic| pattern.matches(topic) && is_open(topic)).peekable();
        if found.peek().is_none() && !choice.if_exists {
            return Err(anyhow!(
                "no topic matches '{pattern}'; `mkafka topics list` shows the topics there are"
            ));
        }
        names.extend(found.filter(|topic| seen.insert((*topic).clone())).cloned());
    }
    Ok(names)
}

/// The topics that are chosen to be changed, of which each that is named must be there.
pub(super) fn topics(dir: &DataDir, choice: &TopicChoice<'_>) -> Result<Vec<Topic>> {
    let listing = dir.listing()?;
    let names = names(&listing, choice, Purpose::Change)?;
    Ok(names.iter().map(|name| dir.topic_in(&listing, name)).collect::<Result<_, _>>()?)
}

/// The topics that are chosen to be looked at, but for those whose own files cannot be read: of these it is said, and the
/// command fails in the end. Each that is named must be there.
pub(super) fn readable_topics(dir: &DataDir, choice: &TopicChoice<'_>, ui: &mut Ui) -> Result<Vec<Topic>> {
    topics_but(dir, choice, |error| {
        ui.error(&error.to_string());
        Ok(())
    })
}

/// As [`readable_topics`], but of those that cannot be read `tell` says it.
pub(super) fn topics_but(
    dir: &DataDir,
    choice: &TopicChoice<'_>,
    mut tell: impl FnMut(StoreError) -> Result<()>,
) -> Result<Vec<Topic>> {
    let listing = dir.listing()?;
    let mut topics = Vec::new();
    for name in names(&listing, choice, Purpose::Look)? {
        match dir.topic_in(&listing, &name) {
            Ok(topic) => topics.push(topic),
            // Deleted since the listing.
            Err(StoreError::UnknownTopic { .. }) if choice.is_search() => {}
            Err(
                error @ (StoreError::BadMetadata { .. }
                | StoreError::NewerVersion { .. }
                | StoreError::File(_)),
            ) => {
                tell(error)?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(topics)
}

/// The partitions of `topic` that have a folder.
pub(super) fn partitions(dir: &DataDir, topic: &Topic, floors: &LogStartOffsets) -> Vec<PartitionDir> {
    let one = |number: &i32| {
        let of = TopicPartition::new(topic.name.clone(), *number);
        let floor = noted_log_start(floors, &of);
        PartitionDir { dir: dir.partition_path(&of), of, floor }
    };
    topic.partitions.iter().map(one).collect()
}

/// What is said of a partition that somebody has removed: what that means for the command.
pub(super) fn lost_line(of: &TopicPartition, meaning: &str) -> String {
    format!("{}; {meaning}", StoreError::LostPartition(of.clone()))
}

/// Says of each of the partitions in `lost`, which somebody has removed, what that means for the command, which fails.
pub(super) fn tell_lost<'a>(lost: impl IntoIterator<Item = &'a TopicPartition>, meaning: &str, ui: &mut Ui) {
    lost.into_iter().for_each(|of| ui.error(&lost_line(of, meaning)));
}

/// The groups that `texts` name, whether they are there or not; or, where they are regular expressions, those that
/// are there and match.
///
/// # Errors
/// When an id or a pattern is none, or a pattern matches nothing.
pub(super) fn groups(dir: &DataDir, texts: &[&str], is_regex: bool) -> Result<Vec<GroupId>> {
    if !is_regex {
        let id = |id: &&str| GroupId::new(id).map_err(|error| UsageError(error.to_string()).into());
        return texts.iter().map(id).collect();
    }
    let patterns = texts.iter().map(|text| text.parse::<GroupPattern>()).collect::<Result<Vec<_>, _>>();
    let patterns = patterns.map_err(|error| UsageError(format!("--regex: {error}")))?;
    let known: Vec<GroupId> = all_groups(dir)?.into_iter().map(|view| view.group).collect();
    let (mut groups, mut seen) = (Vec::new(), BTreeSet::new());
    for (text, pattern) in texts.iter().zip(&patterns) {
        let mut found = known.iter().filter(|group| pattern.matches(group)).peekable();
        if found.peek().is_none() {
            return Err(anyhow!(
                "no group matches '{text}'; `mkafka groups list` shows the groups there are"
            ));
        }
        groups.extend(found.filter(|group| seen.insert((*group).clone())).cloned());
    }
    Ok(groups)
}
