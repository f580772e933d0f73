//! `mkafka ps`: who uses the data directory.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Result;

use super::{data_dir_location, open_for_all, select};
use crate::cli::wait::PsArgs;
use crate::cli::{GlobalArgs, OutputFormat};
use crate::fs::processes::{UseKind, command_line, uses_below};
use crate::output::Ui;
use crate::output::table::table;
use crate::store::{TopicName, TopicPartition};

/// What one process does with one thing.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    what: String,
    topic: Option<TopicName>,
    pid: u32,
    does: &'static str,
}

/// Runs `mkafka ps`.
pub fn run(global: &GlobalArgs, args: &PsArgs, ui: &mut Ui) -> Result<()> {
    let choice = args.topics.choice();
    let location = data_dir_location(global)?;
    let Some(dir) = open_for_all(&location, choice.is_all())? else { return Ok(()) };
    let listing = dir.listing()?;
    let wanted = select::names(&listing, &choice, select::Purpose::Look)?;
    if !choice.is_all() {
        for name in &wanted {
            dir.topic_in(&listing, name)?;
        }
    }
    let root = dir.path().canonicalize().unwrap_or_else(|_| dir.path().to_owned());
    let mut rows = BTreeSet::new();
    for found in uses_below(&root)? {
        let Ok(rest) = found.path.strip_prefix(&root) else { continue };
        let Some((what, topic, does)) = describe(rest, found.kind) else { continue };
        if choice.is_all() || topic.as_ref().is_some_and(|topic| wanted.contains(topic)) {
            rows.insert(Row { what, topic, pid: found.pid, does });
        }
    }
    if args.output == OutputFormat::Json {
        for row in &rows {
            let json = serde_json::json!({
                "v": 1, "pid": row.pid, "does": row.does, "what": row.what, "topic": row.topic,
                "command": command_line(row.pid),
            });
            ui.print_json(&json)?;
        }
        return Ok(());
    }
    let cells = |row: &Row| {
        let pid = if row.pid == 0 { "-".to_owned() } else { row.pid.to_string() };
        let command = command_line(row.pid).unwrap_or_else(|| "-".to_owned());
        vec![row.what.clone(), pid, row.does.to_owned(), command]
    };
    Ok(ui.print_styled(&table(&["WHAT", "PID", "DOES", "COMMAND"], rows.iter().map(cells), ui.colours()))?)
}

/// What it means to use the file at `rest` of the data directory like this: the thing, the topic that it
/// belongs to, and what is done with it.
fn describe(rest: &Path, kind: UseKind) -> Option<(String, Option<TopicName>, &'static str)> {
    let mut parts = rest.iter().filter_map(|part| part.to_str());
    let first = parts.next()?;
    let file = rest.file_name()?.to_str()?;
    if let Some(partition) = TopicPartition::from_folder_name(first) {
        let does = match (file, kind) {
            (".cleaner", UseKind::Lock) => "cleans",
            (_, UseKind::Lock) => "holds the lock",
            (_, UseKind::WaitsForLock) => "waits for the lock",
            (name, UseKind::Write) if name.contains(".log") => "appends",
            (name, UseKind::Read) if name.contains(".log") => "reads",
            _ => return None,
        };
        return Some((partition.to_string(), Some(partition.topic), does));
    }
    let does = match kind {
        UseKind::Lock => "holds the lock",
        UseKind::WaitsForLock => "waits for the lock",
        UseKind::Write | UseKind::Read => return None,
    };
    match (first, parts.next()) {
        (".mkafka", Some("groups")) => Some((format!("group {}", parts.next()?), None, does)),
        (".mkafka", Some("transactions")) => Some(match (parts.next()?, parts.next()) {
            ("open", Some(producer_id)) if kind == UseKind::Lock => {
                (format!("producer {producer_id}"), None, "is in a transaction")
            }
            _ => ("transactions".to_owned(), None, does),
        }),
        (".mkafka", Some(name)) => Some((name.trim_end_matches(".lock").to_owned(), None, does)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_tell_what_is_being_done() {
        let of = |path: &str, kind| {
            describe(Path::new(path), kind).map(|(what, _, does)| format!("{what} {does}"))
        };
        for (path, kind, expected) in [
            ("t-0/00000000000000000000.log", UseKind::Write, Some("t-0 appends")),
            ("t-0/00000000000000000000.log", UseKind::Read, Some("t-0 reads")),
            ("t-0/.lock", UseKind::Lock, Some("t-0 holds the lock")),
            ("t-0", UseKind::WaitsForLock, Some("t-0 waits for the lock")),
            ("t-0/.cleaner", UseKind::Lock, Some("t-0 cleans")),
            ("t-0/.lock", UseKind::Write, None),
            (".mkafka/topics.lock", UseKind::Lock, Some("topics holds the lock")),
            (".mkafka/groups/g/members/x", UseKind::Lock, Some("group g holds the lock")),
            (".mkafka/transactions/lock", UseKind::Lock, Some("transactions holds the lock")),
            (".mkafka/transactions/open/77", UseKind::Lock, Some("producer 77 is in a transaction")),
            ("other", UseKind::Lock, None),
        ] {
            assert_eq!(of(path, kind).as_deref(), expected, "{path}");
        }
    }
}
