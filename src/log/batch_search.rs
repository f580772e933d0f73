//! Finding the next valid batch behind damage.

use std::fs::File;
use std::path::Path;

use super::Position;
use super::batch_reader::{BatchReader, CHUNK};
use crate::fs::{self, FileError, IoContext as _};
use crate::record::header::{HEADER_LEN, MAGIC_AT};
use crate::record::{Batch, Frame, Offset};

/// Bytes that a search may checksum in any case, and how many more for each byte that it goes through.
const SEARCH_START: u64 = 4 << 30;
const SEARCH_RATIO: u64 = 64;

/// What a search for a valid batch came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// One begins here.
    Batch(Position),
    /// There is none.
    Nothing,
    /// None was found, but so much looks like a batch that not all of it was checked.
    TooMuch,
}

/// Looks for the next valid batch of `file` at or after `from`; with `damaged` only for one that can follow
/// damage where a batch at that offset is due. Records may hold anything, batches of other logs included.
///
/// A candidate must have a plausible header and a valid checksum. The checksum is the proof; the header only
/// has to make false claims rare, since checking one costs as many bytes as it claims. In case they are not
/// rare, because somebody meant it, what may be checked is bounded by what has been gone through.
///
/// # Errors
/// When the file cannot be read.
pub fn find_valid_batch(
    file: &File,
    path: &Path,
    from: Position,
    damaged: Option<Offset>,
) -> Result<Found, FileError> {
    let len = file.metadata().map(|m| m.len()).context_io("read the size of", path)?;
    let probe = BatchReader::new(file.try_clone().context_io("open", path)?, path);
    // It may be the very batch, behind bytes that have no business there. At offset 0 it is more likely to lie in a record
    // of the damaged one: so batches are as producers make them.
    let can_follow = |offset: Offset| {
        damaged.is_none_or(|damaged| {
            offset >= damaged.max(Offset(1)) && offset.since(damaged) <= i64::from(i32::MAX)
        })
    };
    let mut buffer = vec![0; CHUNK];
    let mut spent = 0;
    let mut otherwise = Found::Nothing;
    let mut at = from.0;
    while at + Frame::PEEK_LEN as u64 <= len {
        let read = fs::read_at(file, &mut buffer, at).context_io("read", path)?;
        // A header that the piece cuts off is looked at with the next piece.
        let cut = if at + (read as u64) < len { HEADER_LEN } else { Frame::PEEK_LEN };
        let Some(last) = read.checked_sub(cut) else { break };
        for i in 0..=last {
            let bytes = &buffer[i..read];
            let position = at + i as u64;
            let Some((offset, size)) = plausible_header(bytes) else { continue };
            // The file may have grown since its length was looked up: what came later is not searched.
            if size as u64 > len.saturating_sub(position) || !can_follow(offset) {
                continue;
            }
            let allowed = SEARCH_START
                .saturating_add((position - from.0).saturating_mul(SEARCH_RATIO))
                .saturating_sub(spent);
            if size as u64 > allowed {
                otherwise = Found::TooMuch;
                continue;
            }
            spent += size as u64;
            let is_valid = match bytes.get(..size) {
                Some(whole) => matches!(Batch::parse(whole), Ok(Some(batch)) if batch.verify().is_ok()),
                None => probe.checksum_error(Position(position), size)?.is_none(),
            };
            if is_valid {
                return Ok(Found::Batch(Position(position)));
            }
        }
        at += (last + 1) as u64;
    }
    Ok(otherwise)
}

/// The offset and size of the batch that begins `bytes`, if a producer or broker could have written such a
/// header.
fn plausible_header(bytes: &[u8]) -> Option<(Offset, usize)> {
    if *bytes.get(MAGIC_AT)? > 2 {
        return None;
    }
    let (header, size) = Batch::peek_header(bytes).ok()??;
    if header.base_offset.0 < 0 {
        return None;
    }
    let attributes = header.attributes.0;
    let is_plausible = if header.magic == 2 {
        attributes & !0xff == 0
            && header.last_offset_delta >= 0
            && header.count >= 0
            && i64::from(header.count) <= i64::from(header.last_offset_delta) + 1
            && header.producer_id >= -1
            && header.producer_epoch >= -1
            && header.base_sequence >= -1
    } else {
        // The key's length stands behind attributes and, in magic 1, timestamp.
        let key_at = if header.magic == 0 { 18 } else { 26 };
        let key = bytes.get(key_at..)?.first_chunk().map(|length| i32::from_be_bytes(*length))?;
        bytes[17] & !0x0f == 0 && (-1..header.length).contains(&key)
    };
    (is_plausible && header.attributes.codec_id() <= 4).then_some((header.base_offset, size))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::record::{BatchBuilder, Compression, Compressor, EncodedBatch, NewRecord, Timestamp};

    fn batch(value: &[u8]) -> Vec<u8> {
        let mut builder = BatchBuilder::new();
        builder.push(&NewRecord { timestamp: Timestamp(7), key: None, value: Some(value), headers: &[] });
        let mut out = EncodedBatch::default();
        let mut compressor = Compressor::new(Compression::None, None).unwrap();
        builder.finish(&mut compressor, None, &mut out).unwrap();
        out.bytes().to_vec()
    }

    fn find(bytes: &[u8], from: u64) -> Option<u64> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        match find_valid_batch(file.as_file(), file.path(), Position(from), None).unwrap() {
            Found::Batch(at) => Some(at.0),
            Found::Nothing | Found::TooMuch => None,
        }
    }

    #[test]
    fn a_batch_is_found_wherever_it_begins() {
        let valid = batch(b"here");
        // Around the end of a piece the header is seen in part, or the batch is.
        let all = (0..100).chain(CHUNK - 140..CHUNK + 5).chain(2 * CHUNK - 80..2 * CHUNK - 50);
        for garbage in all {
            let mut bytes = vec![0xaa; garbage];
            bytes.extend_from_slice(&valid);
            assert_eq!(find(&bytes, 0), Some(garbage as u64));
            bytes.pop();
            assert_eq!(find(&bytes, 0), None, "cut off behind {garbage}");
        }
    }

    #[test]
    fn a_batch_larger_than_a_piece_is_found() {
        let mut bytes = vec![0; 33];
        bytes.extend_from_slice(&batch(&vec![b'x'; 3 * CHUNK]));
        assert_eq!(find(&bytes, 0), Some(33));
        assert_eq!(find(&bytes, 34), None);
    }

    #[test]
    fn false_claims_do_not_cost_more_than_the_search_may() {
        // Headers as dense as they can be, each claiming the megabytes that follow.
        let mut header = batch(b"");
        header.truncate(HEADER_LEN);
        header[8..12].copy_from_slice(&(6i32 << 20).to_be_bytes());
        let bytes = header.repeat((12 << 20) / HEADER_LEN);
        let begun = std::time::Instant::now();
        assert_eq!(find(&bytes, 0), None);
        assert!(begun.elapsed().as_secs() < 60, "took {:?}", begun.elapsed());
    }
}
