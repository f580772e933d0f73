//! A model of a loss of power, for tests: what may be left on a disk of changes that were not synced.
//!
//! A file's content survives up to its last sync; of the writes since then each may have reached the disk,
//! in part or not, in any order, and a file may have grown by zeros where data is missing; only what stays
//! within a sector that was there before is written as a whole or not at all. A folder's
//! entries survive up to the folder's last sync; of the changes since then each name keeps those up to
//! some point. Nothing else is promised by POSIX, and nothing else is assumed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::seam::Change;

/// What was done to the disk, in order.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    files: Vec<FileState>,
    /// The file or folder that each name leads to, for the running system.
    names: BTreeMap<PathBuf, Node>,
    /// The same as it is on the disk for certain.
    durable: BTreeMap<PathBuf, Node>,
    /// Changes of names since their folder's last sync; each happens as a whole.
    pending: Vec<NameChange>,
}

/// What becomes of some names in one step.
type NameChange = Vec<(PathBuf, Option<Node>)>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Node {
    File(usize),
    Dir,
}

#[derive(Debug, Default)]
struct FileState {
    durable: Vec<u8>,
    pending: Vec<Edit>,
}

#[derive(Debug, Clone)]
enum Edit {
    Write(usize, Vec<u8>),
    Truncate(usize),
}

impl Edit {
    fn apply(&self, content: &mut Vec<u8>) {
        match self {
            Self::Write(position, bytes) => {
                if content.len() < position + bytes.len() {
                    content.resize(position + bytes.len(), 0);
                }
                content[*position..position + bytes.len()].copy_from_slice(bytes);
            }
            Self::Truncate(length) => content.resize(*length, 0),
        }
    }

    /// Whether it changes no more than one sector of what a file of `length` bytes has already: disks write
    /// a sector as a whole.
    fn overwrites_a_sector(&self, length: usize) -> bool {
        const SECTOR: usize = 512;
        match self {
            Self::Write(position, bytes) => {
                position % SECTOR + bytes.len() <= SECTOR && position + bytes.len() <= length
            }
            Self::Truncate(_) => false,
        }
    }

    /// What is left of the content when only the new length reached the disk.
    fn apply_length_only(&self, content: &mut Vec<u8>) {
        if let Self::Write(position, bytes) = self
            && content.len() < position + bytes.len()
        {
            content.resize(position + bytes.len(), 0);
        }
    }
}

/// A small generator of chance whose whole state is its seed, so that a failure can be replayed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        // SplitMix64 (Steele, Lea, Flood, 2014).
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % bound.max(1) as u64).expect("below a usize")
    }
}

impl Journal {
    /// Notes a change that is about to succeed.
    pub(in crate::fs) fn note(&mut self, change: Change<'_>) {
        match change {
            Change::Open(path) => {
                if !self.names.contains_key(path) {
                    self.files.push(FileState::default());
                    self.change_names(vec![(path.to_owned(), Some(Node::File(self.files.len() - 1)))]);
                }
            }
            Change::Write { path, position, bytes } => {
                let position = usize::try_from(position).expect("a small file");
                self.edit(path, Edit::Write(position, bytes.to_vec()));
            }
            Change::Truncate { path, length } => {
                self.edit(path, Edit::Truncate(usize::try_from(length).expect("a small file")));
            }
            Change::SyncData(path) => {
                if let Some(Node::File(id)) = self.names.get(path) {
                    let file = &mut self.files[*id];
                    for edit in std::mem::take(&mut file.pending) {
                        edit.apply(&mut file.durable);
                    }
                }
            }
            Change::SyncDir(dir) => {
                let is_here = |change: &NameChange| change.iter().any(|(path, _)| path.parent() == Some(dir));
                let (synced, kept): (Vec<_>, Vec<_>) =
                    std::mem::take(&mut self.pending).into_iter().partition(is_here);
                self.pending = kept;
                synced.iter().for_each(|change| apply_names(&mut self.durable, change));
            }
            Change::CreateDir(path) => self.change_names(vec![(path.to_owned(), Some(Node::Dir))]),
            Change::Rename { from, to } => self.move_tree(from, to),
            Change::Link { from, to } => {
                if let Some(node) = self.names.get(from).copied() {
                    self.change_names(vec![(to.to_owned(), Some(node))]);
                }
            }
            Change::Remove(path) => self.change_names(vec![(path.to_owned(), None)]),
            Change::RemoveDirAll(path) => {
                let below: Vec<PathBuf> =
                    self.names.keys().filter(|p| p.starts_with(path)).cloned().collect();
                for path in below.into_iter().rev() {
                    self.change_names(vec![(path, None)]);
                }
            }
        }
    }

    fn edit(&mut self, path: &Path, edit: Edit) {
        if let Some(Node::File(id)) = self.names.get(path) {
            self.files[*id].pending.push(edit);
        }
    }

    fn change_names(&mut self, change: NameChange) {
        apply_names(&mut self.names, &change);
        self.pending.push(change);
    }

    /// A rename is one step on a disk, for all that is below the name too.
    fn move_tree(&mut self, from: &Path, to: &Path) {
        let mut change = NameChange::new();
        for (path, node) in self.names.iter().filter(|(path, _)| path.starts_with(from)) {
            let rest = path.strip_prefix(from).expect("it starts with it");
            let target = if rest.as_os_str().is_empty() { to.to_owned() } else { to.join(rest) };
            change.push((path.clone(), None));
            change.push((target, Some(*node)));
        }
        self.change_names(change);
    }

    /// Lays out below `new_root` what may be left of everything below `root`.
    pub(crate) fn after_loss_of_power(&self, root: &Path, new_root: &Path, chance: &mut Chance) {
        let mut names = self.durable.clone();
        let mut given_up: Vec<&Path> = Vec::new();
        for change in &self.pending {
            // Once a change of a name is lost, so are the later ones of that name.
            if change.iter().any(|(path, _)| given_up.contains(&path.as_path())) || chance.below(2) == 0 {
                given_up.extend(change.iter().map(|(path, _)| path.as_path()));
            } else {
                apply_names(&mut names, change);
            }
        }
        for (path, node) in &names {
            let Ok(rest) = path.strip_prefix(root) else { continue };
            let target = new_root.join(rest);
            // What is in a folder that did not survive cannot be reached.
            if target.parent().is_none_or(|parent| !parent.is_dir()) {
                continue;
            }
            match node {
                Node::Dir => std::fs::create_dir(&target).expect("a new folder"),
                Node::File(id) => {
                    std::fs::write(&target, self.files[*id].survivor(chance)).expect("a new file")
                }
            }
        }
    }
}

impl FileState {
    fn survivor(&self, chance: &mut Chance) -> Vec<u8> {
        let mut content = self.durable.clone();
        for edit in &self.pending {
            match chance.below(4) {
                0 => {}
                1 | 2 if edit.overwrites_a_sector(content.len()) => edit.apply(&mut content),
                1 => edit.apply_length_only(&mut content),
                2 => match edit {
                    Edit::Write(position, bytes) => {
                        let part = bytes[..chance.below(bytes.len() + 1)].to_vec();
                        Edit::Write(*position, part).apply(&mut content);
                    }
                    truncate @ Edit::Truncate(_) => truncate.apply(&mut content),
                },
                _ => edit.apply(&mut content),
            }
        }
        content
    }
}

fn apply_names(names: &mut BTreeMap<PathBuf, Node>, change: &NameChange) {
    for (path, node) in change {
        match node {
            Some(node) => names.insert(path.clone(), *node),
            None => names.remove(path),
        };
    }
}
