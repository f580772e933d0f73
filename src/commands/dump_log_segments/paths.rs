//! Which files the arguments name: files, patterns, folders.

use std::path::{Path, PathBuf};

use crate::dump::FileKind;
use crate::fs::{self, FileError};

/// `*` matches no leading dot.
const LIKE_A_SHELL: glob::MatchOptions = glob::MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: true,
};

/// What an argument names.
#[derive(Debug)]
pub(super) enum Named {
    /// A file, there or not.
    File(PathBuf),
    /// A folder or pattern that cannot be gone through, or has nothing in it; the message.
    Nothing(String),
}

/// The files that `argument` names. A file of the very name is meant even if it could be a pattern.
pub(super) fn named(argument: &Path) -> Vec<Named> {
    let mut found = Vec::new();
    if !argument.exists() && is_pattern(argument) {
        match glob::glob_with(&argument.to_string_lossy(), LIKE_A_SHELL) {
            Err(error) => {
                found.push(Named::Nothing(format!("'{}' is no pattern: {error}", argument.display())))
            }
            Ok(paths) => {
                for path in paths {
                    match path {
                        Ok(path) => add(&path, &mut found),
                        Err(error) => found.push(Named::Nothing(error.to_string())),
                    }
                }
                if found.is_empty() {
                    found.push(Named::Nothing(format!("{}: no file matches", argument.display())));
                }
            }
        }
    } else {
        add(argument, &mut found);
    }
    found
}

fn is_pattern(path: &Path) -> bool {
    path.to_string_lossy().contains(['*', '?', '['])
}

fn add(path: &Path, found: &mut Vec<Named>) {
    if !path.is_dir() {
        return found.push(Named::File(path.to_owned()));
    }
    match files_of(path, true) {
        Ok(files) if files.is_empty() => {
            found.push(Named::Nothing(format!("{}: holds no file that a broker writes", path.display())));
        }
        Ok(files) => found.extend(files.into_iter().map(Named::File)),
        Err(error) => found.push(Named::Nothing(error.to_string())),
    }
}

/// The files of a folder that a broker writes, and with `with_folders` those of the folders in it, by name.
fn files_of(dir: &Path, with_folders: bool) -> Result<Vec<PathBuf>, FileError> {
    let mut entries: Vec<PathBuf> = fs::list_folder(dir)?.into_iter().map(|name| dir.join(name)).collect();
    entries.sort();
    let mut files = Vec::new();
    for path in entries {
        let is_hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if path.is_dir() {
            if with_folders && !is_hidden {
                files.extend(files_of(&path, false)?);
            }
        } else if FileKind::is_of_a_broker(&path) {
            files.push(path);
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(argument: &Path, root: &Path) -> Vec<String> {
        let name = |named| match named {
            Named::File(path) => path.strip_prefix(root).unwrap().display().to_string(),
            Named::Nothing(message) => format!("! {}", message.replace(&root.display().to_string(), "ROOT")),
        };
        named(argument).into_iter().map(name).collect()
    }

    #[test]
    fn folders_and_patterns_stand_for_files() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        for file in [
            "t-0/00.log",
            "t-0/00.log.damaged-7",
            "t-0/00.index",
            "t-0/junk",
            "u-1/00.log",
            "meta.properties",
            ".x/00.log",
        ] {
            let path = root.join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, b"").unwrap();
        }
        assert_eq!(names(root, root), ["meta.properties", "t-0/00.index", "t-0/00.log", "u-1/00.log"]);
        assert_eq!(names(&root.join("*/*.log"), root), ["t-0/00.log", "u-1/00.log"]);
        assert_eq!(names(&root.join("t-0/[0-9]?.log"), root), ["t-0/00.log"]);
        assert_eq!(names(&root.join("t-0/junk"), root), ["t-0/junk"], "what is named is looked at");
        assert_eq!(names(&root.join("absent"), root), ["absent"]);
        assert_eq!(names(&root.join("*.txt"), root), ["! ROOT/*.txt: no file matches"]);
        assert_eq!(names(&root.join(".x/"), root), [".x/00.log"]);
        std::fs::write(root.join("a[b].log"), b"").unwrap();
        assert_eq!(names(&root.join("a[b].log"), root), ["a[b].log"], "a file before a pattern");
    }
}
