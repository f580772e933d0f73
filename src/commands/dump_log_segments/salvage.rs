//! Writing what is good of damaged logs to new ones.

use std::path::Path;

use super::{Dump, Stop};
use crate::dump::{FileKind, Found, LogWalk, Salvage, SalvageError};
use crate::log::LogConfig;
use crate::output::dump::{salvaged_fields, salvaged_line};

impl Dump<'_> {
    /// Writes what is good of `path` to a new segment, and says what was not.
    pub(super) fn salvage(&mut self, path: &Path, kind: FileKind) -> Result<(), Stop> {
        let Some(target) = self.options.salvage.clone() else { return Ok(()) };
        let FileKind::Log(base) = kind else { return Ok(()) };
        let limits = self.options.limits;
        let mut walk = LogWalk::open(path, u64::MAX, limits)?;
        let mut salvage = Salvage::new(path, &target, base, limits);
        loop {
            match walk.step()? {
                Found::Batch(found) => {
                    let position = found.position;
                    match salvage.add(&found) {
                        Ok(()) => {}
                        Err(reason @ SalvageError::Batch(_)) => self.fault_at(path, position, &reason)?,
                        Err(error) => return self.fault(&error).map_err(Stop::Output),
                    }
                }
                Found::Gap { position, bytes, damage } | Found::Tail { position, bytes, damage } => {
                    self.fault_at(path, position, &format_args!("{damage}; left out {bytes} bytes"))?;
                }
                Found::End => break,
            }
        }
        let salvaged = match salvage.finish(path, LogConfig::default().index_interval_bytes) {
            Ok(salvaged) => salvaged,
            Err(error) => return self.fault(&error).map_err(Stop::Output),
        };
        if self.options.is_json {
            self.json.object(self.ui.data().buffer(), "salvaged", &salvaged_fields(&salvaged));
            return Ok(());
        }
        let line = salvaged_line(&path.display().to_string(), &salvaged);
        self.ui.print_line(&line).map_err(Stop::Output)
    }
}
