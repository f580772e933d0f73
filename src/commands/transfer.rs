//! `mkafka export` and `mkafka import`: a topic carried elsewhere.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use super::data_dir_location;
use super::interrupt::Interrupt;
use crate::cli::transfer::{ExportArgs, ImportArgs};
use crate::cli::{GlobalArgs, OutputFormat};
use crate::fs::HeldFolder;
use crate::log::bounds::LogBounds;
use crate::output::Ui;
use crate::output::progress::{Progress, human_bytes};
use crate::record::Offset;
use crate::store::transfer::{MANIFEST, Manifest, TopicImport};
use crate::store::{DataDir, StoreError, TopicId, TopicName, TopicPartition};

/// The largest manifest that is taken into memory, in bytes.
const MANIFEST_MAX: u64 = 64 << 20;

/// Runs `mkafka export`.
pub fn export(global: &GlobalArgs, args: &ExportArgs, ui: &mut Ui) -> Result<()> {
    let dir = DataDir::open_for_reading(&data_dir_location(global)?.path)?;
    let topic = dir.topic(&TopicName::new(&args.topic)?)?;
    if let Some(missing) = topic.without_folder().next() {
        bail!(
            "topic '{}' cannot be exported: its partition {} is not in this data directory",
            topic.name,
            missing.partition
        );
    }
    if args.path == Path::new("-") {
        bail!("an export has to have a name: that of a new folder, or of an archive that ends with .tar");
    }
    if args.path.exists() {
        bail!("{} exists already; export into a new folder or archive", args.path.display());
    }
    let bytes = |number: &i32| {
        let folder = dir.partition_path(&TopicPartition::new(topic.name.clone(), *number));
        LogBounds::read(&folder, Offset::ZERO).map_or(0, |bounds| bounds.bytes)
    };
    let mut progress = Progress::reading(Some(topic.partitions.iter().map(bytes).sum()), true, ui);
    let mut done = 0;
    let mut watch = |bytes| {
        done += bytes;
        progress.set(done);
    };
    let parent = args.path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let parent = parent.unwrap_or(Path::new("."));
    crate::fs::create_dir_all(parent)?;
    // It gets its name once it is whole: a part of a topic looks like one.
    remove_dead_exports(parent);
    let staging = HeldFolder::new(|| parent.join(format!("{STAGING_PREFIX}{}", TopicId::random())))?;
    let left_over = staging.path().to_owned();
    Interrupt::install()?.when_asked(move |status| {
        remove_in_use(&left_over);
        std::process::exit(i32::from(status));
    })?;
    let (folder, archive) = (staging.path().join("export"), staging.path().join("archive"));
    let manifest = dir.export_topic(&topic, &folder, &mut watch)?;
    if is_archive(&args.path) {
        write_archive(&folder, &manifest, &archive)
            .with_context(|| format!("cannot write {}", args.path.display()))?;
        crate::fs::rename(&archive, &args.path)?;
    } else {
        crate::fs::rename(&folder, &args.path)?;
    }
    progress.finish();
    if args.output == OutputFormat::Json {
        let path = args.path.display().to_string();
        return Ok(ui.print_json(&serde_json::json!({
            "v": 1, "topic": topic.name, "partitions": topic.partitions.len(), "bytes": manifest.bytes(), "to": path,
        }))?);
    }
    ui.note(&format!(
        "exported topic '{}', {} in {} partition(s), to {}",
        topic.name,
        human_bytes(manifest.bytes()),
        topic.partitions.len(),
        args.path.display()
    ));
    Ok(())
}

/// Removes a folder that is being written to meanwhile, so that the first attempt may fail. What cannot be removed at
/// all the next export does away with.
fn remove_in_use(folder: &Path) {
    const ATTEMPTS: u32 = 50;
    for _ in 0..ATTEMPTS {
        if std::fs::remove_dir_all(folder).is_ok() || !folder.exists() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// What the names of the folders begin with in which exports are made, where they are to be; a topic id follows.
const STAGING_PREFIX: &str = ".mkafka-export-";

/// Removes from `parent` what exports have left whose process died.
fn remove_dead_exports(parent: &Path) {
    // What others may have put there is none of this one's business, nor is it if such a folder cannot be removed.
    for name in crate::fs::names_in(parent).unwrap_or_default() {
        if name.strip_prefix(STAGING_PREFIX).is_some_and(|id| id.parse::<TopicId>().is_ok()) {
            let _ = HeldFolder::remove_if_dead(&parent.join(name));
        }
    }
}

fn is_archive(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "tar")
}

/// The manifest comes first, so that an archive can be checked as it is read.
fn write_archive(folder: &Path, manifest: &Manifest, to: &Path) -> std::io::Result<()> {
    // tar copies by 8 KiB.
    const PIECE: usize = 1 << 20;
    let mut archive = tar::Builder::new(BufWriter::with_capacity(PIECE, File::create(to)?));
    for path in std::iter::once(Path::new(MANIFEST).to_owned()).chain(manifest.paths()) {
        let file = File::open(folder.join(&path))?;
        let mut header = tar::Header::new_gnu();
        header.set_metadata_in_mode(&file.metadata()?, tar::HeaderMode::Deterministic);
        archive.append_data(&mut header, &path, BufReader::with_capacity(PIECE, file))?;
    }
    archive.into_inner()?.into_inner()?.sync_all()
}

/// Runs `mkafka import`.
pub fn import(global: &GlobalArgs, args: &ImportArgs, ui: &mut Ui) -> Result<()> {
    let new_name = args.new_name.as_deref().map(TopicName::new).transpose()?;
    let source = Source::open(&args.path)?;
    let name = new_name.unwrap_or_else(|| source.manifest.topic.clone());
    let location = data_dir_location(global)?;
    // Before everything is copied.
    let known = DataDir::open_for_reading(&location.path).and_then(|dir| dir.topic(&name));
    match known {
        Ok(_) => return Err(StoreError::TopicExists(name).into()),
        Err(StoreError::UnknownTopic { .. } | StoreError::NoDataDir(_)) => {}
        Err(error) => return Err(error.into()),
    }
    let dir = DataDir::open_for_writing(&location.path)?;
    let mut progress = Progress::reading(Some(source.manifest.bytes()), true, ui);
    let mut done = 0;
    let mut import = dir.begin_import(source.manifest.clone())?;
    source.copy_into(&mut import, &mut |bytes| {
        done += bytes;
        progress.set(done);
    })?;
    progress.finish();
    let topic = import.finish(name)?;
    if args.output == OutputFormat::Json {
        return Ok(ui.print_json(&serde_json::json!({
            "v": 1, "topic": topic.name, "topicId": topic.id, "partitions": topic.partition_count, "bytes": done,
        }))?);
    }
    ui.note(&format!("imported topic '{}' with {} partition(s)", topic.name, topic.partition_count));
    Ok(())
}

/// What is imported.
struct Source {
    path: PathBuf,
    manifest: Manifest,
    is_archive: bool,
}

impl Source {
    fn open(path: &Path) -> Result<Self> {
        let is_archive = !path.is_dir();
        if is_archive && std::fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
            bail!(
                "{} is no file: an archive is read twice, so that nothing is kept of a damaged one",
                path.display()
            );
        }
        let mut bytes = Vec::new();
        if is_archive {
            let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
            let mut archive = tar::Archive::new(file);
            let first = archive.entries().and_then(|mut entries| entries.next().transpose());
            let first =
                first.ok().flatten().filter(|entry| entry.path().is_ok_and(|p| p == Path::new(MANIFEST)));
            let Some(first) = first else { bail!("{} is not what mkafka export writes", path.display()) };
            first
                .take(MANIFEST_MAX)
                .read_to_end(&mut bytes)
                .with_context(|| format!("cannot read {}", path.display()))?;
        } else {
            let file = path.join(MANIFEST);
            let found = crate::fs::read_if_present(&file)?;
            bytes = found.with_context(|| {
                format!("{} is not what mkafka export writes: there is no {MANIFEST} in it", path.display())
            })?;
        }
        Ok(Self { manifest: Manifest::from_bytes(path, &bytes)?, path: path.to_owned(), is_archive })
    }

    fn copy_into(&self, import: &mut TopicImport<'_>, watch: &mut dyn FnMut(u64)) -> Result<()> {
        if !self.is_archive {
            for path in self.manifest.paths() {
                let full = self.path.join(&path);
                let mut file = crate::fs::open_read(&full)?;
                import.add(&path, &mut file, &self.path, watch)?;
            }
            return Ok(());
        }
        let reading = || format!("cannot read {}", self.path.display());
        let file = File::open(&self.path).with_context(reading)?;
        for entry in tar::Archive::new(file).entries().with_context(reading)? {
            let mut entry = entry.with_context(reading)?;
            let path = entry.path().with_context(reading)?.into_owned();
            import.add(&path, &mut entry, &self.path, watch)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_removed_is_not_waited_for_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        // Where a folder is expected, a file can never be removed.
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        remove_in_use(&file);
        assert!(file.exists());
        remove_in_use(folder.path());
        assert!(!folder.path().exists());
    }
}
