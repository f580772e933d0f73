//! Whether a batch stands where its base offset says. That field lies outside the checksum, so that a batch can be whole
//! but for it.

use super::batch_reader::BatchReader;
use super::noted_end::NotedEnd;
use super::segment::Position;
use crate::fs::FileError;
use crate::record::{Batch, Offset};

/// What the neighbours of a batch say of its offsets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// They follow those before it, and go before those behind it.
    Fits,
    /// They do not, but it has just as many as there are missing between its neighbours: this is its base offset.
    Restorable(Offset),
    /// They do not, and there is no telling which it had.
    Stray,
    /// They follow those before it, but reach into the next segment: one of both has no business there.
    Overlaps,
}

/// What is known of where a segment ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SegmentEnd {
    /// Before the segment that begins here.
    Before(Offset),
    /// It is the active one; the last writer has left word that the log ends here, if any has.
    Open(Option<NotedEnd>),
}

impl SegmentEnd {
    /// Whether no segment follows.
    pub(super) fn is_open(self) -> bool {
        matches!(self, Self::Open(_))
    }

    /// Where the next segment begins, if there is one.
    pub(super) fn next(self) -> Option<Offset> {
        match self {
            Self::Before(next) => Some(next),
            Self::Open(_) => None,
        }
    }

    /// Whether an append that its writer has not finished stands where `log` is, in the segment that begins at `base`.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn is_torn_append(self, base: Offset, log: &mut BatchReader) -> Result<bool, FileError> {
        match self {
            Self::Open(Some(end)) => end.is_torn_append(base, log),
            Self::Open(None) | Self::Before(_) => Ok(false),
        }
    }

    /// The offset behind the last batch, if that is known and compaction has taken nothing out.
    fn expected(self) -> Option<Offset> {
        match self {
            Self::Before(end) => Some(end),
            Self::Open(end) => end.map(|end| end.offset),
        }
    }
}

/// Where `batch` belongs, which stands at `at` in the segment that `reader` reads; `due` is the offset behind the batches
/// before it. Where offsets are without a gap, the file is not looked at.
///
/// # Errors
/// When the file cannot be read.
pub(super) fn place(
    reader: &BatchReader,
    at: Position,
    batch: &Batch<'_>,
    due: Offset,
    segment_end: SegmentEnd,
) -> Result<Place, FileError> {
    let (first, last) = (batch.header().base_offset, batch.last_offset());
    let is_before = |limit: Option<Offset>| limit.is_none_or(|limit| last < limit);
    if first == due && last >= first {
        return Ok(if is_before(segment_end.next()) { Place::Fits } else { Place::Overlaps });
    }
    let behind = at.plus(batch.size());
    let following = reader.header_at(behind)?;
    let following_first = following.map(|(header, _)| header.base_offset);
    // Of a compressed batch of magic 0 or 1 only the last offset is known.
    let knows_its_first = batch.magic() >= 2 || batch.header().attributes.codec_id() == 0;
    let offsets = i64::from(batch.header().last_offset_delta) + 1;
    let fits_exactly = knows_its_first
        && offsets > 0
        && following_first.or(segment_end.expected()) == Some(due.plus(offsets));
    // The offsets of a segment are at most so far from its base.
    let is_in_order = first >= due && last >= first && last.since(due) <= i64::from(i32::MAX);
    if is_in_order
        && is_before(following_first)
        && is_before(segment_end.next())
        && !(fits_exactly && following.is_none())
    {
        return Ok(Place::Fits);
    }
    if fits_exactly {
        return Ok(Place::Restorable(due));
    }
    if !is_in_order {
        return Ok(Place::Stray);
    }
    // Either this one or the next is wrong: the one behind both tells which.
    let second = match following {
        Some((_, size)) => reader.header_at(behind.plus(size))?.map(|(header, _)| header.base_offset),
        None => None,
    };
    let tells = second.or(segment_end.expected());
    let is_odd = match following_first {
        Some(following) => following >= due && tells.is_none_or(|second| second <= last),
        None => segment_end.next().is_some_and(|next| due < next && next <= last),
    };
    Ok(match is_odd {
        true => Place::Stray,
        false if is_before(segment_end.next()) => Place::Fits,
        false => Place::Overlaps,
    })
}
