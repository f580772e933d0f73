//! Writing what is good of a segment to a new one.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use super::{FoundBatch, Limits, TxnIndexDump};
use crate::fs::{FileError, IoContext as _, create_dir_all, open_read, sync_dir, write_new};
use crate::log::{LogError, SegmentPath, rebuild_indexes};
use crate::record::{Batch, BatchError, Offset, RecordDecoder, control};

/// The largest place that an offset index can hold.
const POSITION_MAX: u64 = i32::MAX as u64;

/// A segment that is being written from the good batches of another.
#[derive(Debug)]
pub struct Salvage {
    dir: PathBuf,
    /// What the name of the damaged file says.
    base: Option<Offset>,
    new: Option<NewSegment>,
    decoder: RecordDecoder,
    last_offset: Option<Offset>,
    salvaged: Salvaged,
}

/// What has been written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Salvaged {
    /// Batches.
    pub batches: u64,
    /// Records in them.
    pub records: u64,
    /// Bytes.
    pub bytes: u64,
    /// Batches that have been left out.
    pub left_out: u64,
    /// The new segment's `.log`, unless nothing was good.
    pub log: Option<PathBuf>,
}

/// Why a batch is not taken over, or nothing is.
#[derive(Debug, thiserror::Error)]
pub enum SalvageError {
    /// The batch is no good.
    #[error("left out: {0}")]
    Batch(String),
    /// The new files cannot be written.
    #[error(transparent)]
    File(#[from] FileError),
    /// The new indexes cannot be made.
    #[error(transparent)]
    Log(#[from] LogError),
}

#[derive(Debug)]
struct NewSegment {
    segment: SegmentPath,
    path: PathBuf,
    file: BufWriter<File>,
}

impl Salvage {
    /// Takes what is good of `source` to the folder `target`, below it in one of the name that the source's
    /// has where that is a partition's.
    pub fn new(source: &Path, target: &Path, base: Option<Offset>, limits: Limits) -> Self {
        let absolute = source.canonicalize().unwrap_or_else(|_| source.to_owned());
        let partition = absolute.parent().and_then(Path::file_name).filter(|name| {
            let name = name.to_string_lossy();
            name.rsplit_once('-').is_some_and(|(topic, n)| !topic.is_empty() && n.parse::<u32>().is_ok())
        });
        Self {
            dir: partition.map_or_else(|| target.to_owned(), |name| target.join(name)),
            base,
            new: None,
            decoder: RecordDecoder::new().with_record_size_max(limits.record_size_max),
            last_offset: None,
            salvaged: Salvaged::default(),
        }
    }

    /// Takes over a batch if it is good.
    ///
    /// # Errors
    /// [`SalvageError::Batch`] when it is not, which ends nothing; the others do.
    pub fn add(&mut self, found: &FoundBatch<'_>) -> Result<(), SalvageError> {
        match self.check(found) {
            Ok((batch, first, records)) => {
                self.write(&batch, first)?;
                self.salvaged.batches += 1;
                self.salvaged.records += records;
                self.salvaged.bytes += batch.size() as u64;
                self.last_offset = Some(batch.last_offset());
                Ok(())
            }
            Err(reason) => {
                self.salvaged.left_out += 1;
                Err(SalvageError::Batch(reason))
            }
        }
    }

    /// Answers the batch, its first offset and the number of its records if it is good.
    fn check<'a>(&mut self, found: &FoundBatch<'a>) -> Result<(Batch<'a>, Offset, u64), String> {
        if let Some(damage) = &found.damage {
            return Err(damage.to_string());
        }
        let Some(batch) = found.content else {
            return Err(format!("its {0} bytes take --max-message-size {0}", found.size));
        };
        let (first, records) = self.check_records(&batch).map_err(|error| error.to_string())?;
        let last = batch.last_offset();
        let base = self.base.unwrap_or(first);
        if first < base.max(Offset::ZERO) || last < first {
            return Err(format!(
                "its offsets, {first} to {last}, do not belong into a segment from {base} on"
            ));
        }
        if self.last_offset.is_some_and(|before| first <= before) {
            return Err("its offsets do not follow those before".to_owned());
        }
        if last.since(self.new.as_ref().map_or(base, |new| new.segment.base_offset())) > i64::from(i32::MAX)
            || self.salvaged.bytes + batch.size() as u64 > POSITION_MAX
        {
            return Err("it lies too far from the segment's beginning for an index".to_owned());
        }
        Ok((batch, first, records))
    }

    /// Decodes all records: they must be there, and their offsets ascend within the batch's. Answers the first
    /// offset, which the header of a compressed message of magic 0 or 1 does not tell, and how many they are.
    fn check_records(&mut self, batch: &Batch<'_>) -> Result<(Offset, u64), BatchError> {
        let header = *batch.header();
        let mut records = self.decoder.records(batch)?;
        let mut count = 0u64;
        let mut first = header.base_offset;
        let mut last = None;
        while let Some(record) = records.next()? {
            let index = u32::try_from(count).unwrap_or(u32::MAX);
            let in_range = record.offset <= header.last_offset()
                && (header.magic < 2 || record.offset >= header.base_offset);
            if !in_range || last.is_some_and(|last| record.offset <= last) {
                return Err(BatchError::Record { index, reason: "its offset is out of order" });
            }
            if header.attributes.is_control() {
                control::check(&record).map_err(|reason| BatchError::Record { index, reason })?;
            }
            first = first.min(record.offset);
            last = Some(record.offset);
            count += 1;
        }
        Ok((first, count))
    }

    fn write(&mut self, batch: &Batch<'_>, first: Offset) -> Result<(), FileError> {
        let new = match &mut self.new {
            Some(new) => new,
            None => {
                create_dir_all(&self.dir)?;
                let base = self.base.unwrap_or(first);
                let segment = SegmentPath::new(&self.dir, base);
                let path = segment.log();
                let file = File::options().write(true).create_new(true).open(&path);
                let file = BufWriter::with_capacity(1 << 20, file.context_io("create", &path)?);
                self.new.insert(NewSegment { segment, path, file })
            }
        };
        new.file.write_all(batch.bytes()).context_io("write to", &new.path)
    }

    /// Puts the new segment on the disk, with its indexes, which get an entry every `index_interval` bytes.
    /// The `.txnindex` beside `source` is taken over if it is sound.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn finish(mut self, source: &Path, index_interval: u64) -> Result<Salvaged, SalvageError> {
        let Some(new) = self.new.take() else { return Ok(self.salvaged) };
        let file = new.file.into_inner().map_err(|e| e.into_error()).context_io("write to", &new.path)?;
        file.sync_all().context_io("write to", &new.path)?;
        rebuild_indexes(&new.segment, index_interval)?;
        if let Some(bytes) = sound_txn_index(&source.with_extension("txnindex")) {
            write_new(&new.path.with_extension("txnindex"), &bytes)?;
        }
        sync_dir(&self.dir)?;
        self.salvaged.log = Some(new.path);
        Ok(self.salvaged)
    }
}

/// The bytes of a transaction index of which every entry can be read.
fn sound_txn_index(path: &Path) -> Option<Vec<u8>> {
    let mut index = TxnIndexDump::open(path).ok()?;
    while index.next_entry().ok()?.is_some() {}
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut open_read(path).ok()?, &mut bytes).ok()?;
    Some(bytes)
}
