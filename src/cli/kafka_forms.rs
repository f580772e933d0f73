//! Kafka's tools take their action as an option that may stand anywhere (`--topic orders --create`). clap
//! knows it as the name of a subcommand, which must come first. This puts it there.

use std::ffi::OsString;

use clap::error::ErrorKind;

/// The options of kafka-topics that say what to do.
const TOPICS_ACTIONS: [&str; 4] = ["--list", "--describe", "--create", "--delete"];

/// What else may say what to do, so that the lack of an action is no mistake.
const OTHER_ACTIONS: [&str; 9] =
    ["list", "describe", "create", "delete", "help", "-h", "--help", "-V", "--version"];

/// Options before the subcommand whose value is the next argument.
const GLOBAL_OPTIONS_WITH_VALUE: [&str; 3] = ["--data-dir", "--color", "--bootstrap-server"];

/// Moves the action in a `topics` command line to right behind `topics`. All else is left as it is.
pub(super) fn action_first(mut args: Vec<OsString>) -> Result<Vec<OsString>, clap::Error> {
    let Some(command) = subcommand_at(&args).filter(|at| args[*at] == "topics") else { return Ok(args) };
    let end = args.iter().position(|arg| arg == "--").unwrap_or(args.len());
    let is_action = |arg: &OsString| TOPICS_ACTIONS.iter().any(|action| arg == action);
    let actions: Vec<usize> = (command + 1..end).filter(|at| is_action(&args[*at])).collect();
    let tail = &args[command + 1..end];
    let has_other = tail.iter().any(|arg| OTHER_ACTIONS.iter().any(|action| arg == action));
    match actions[..] {
        [] if tail.is_empty() || has_other || !tail[0].to_string_lossy().starts_with('-') => Ok(args),
        [at] => {
            let action = args.remove(at);
            args.insert(command + 1, action);
            Ok(args)
        }
        _ => Err(super::command().error(
            ErrorKind::ArgumentConflict,
            "Command must include exactly one action: --list, --describe, --create or --delete",
        )),
    }
}

/// Where the subcommand stands: the first argument that is neither an option nor an option's value.
fn subcommand_at(args: &[OsString]) -> Option<usize> {
    let mut at = 1;
    while let Some(arg) = args.get(at) {
        let text = arg.to_string_lossy();
        if GLOBAL_OPTIONS_WITH_VALUE.contains(&text.as_ref()) {
            at += 2;
        } else if text.starts_with('-') {
            at += 1;
        } else {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(line: &str) -> Result<String, clap::Error> {
        let args = action_first(line.split(' ').map(OsString::from).collect())?;
        Ok(args.iter().map(|arg| arg.to_str().unwrap()).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn the_action_comes_first_wherever_it_stood() {
        for (line, expected) in [
            ("mkafka topics --topic o --create", "mkafka topics --create --topic o"),
            (
                "mkafka --data-dir topics topics --topic o --list",
                "mkafka --data-dir topics topics --list --topic o",
            ),
            (
                "mkafka --data-dir=d topics --data-dir x --list",
                "mkafka --data-dir=d topics --list --data-dir x",
            ),
            ("mkafka topics create o", "mkafka topics create o"),
            ("mkafka topics --data-dir d create o", "mkafka topics --data-dir d create o"),
            ("mkafka topics --help", "mkafka topics --help"),
            ("mkafka topics creat", "mkafka topics creat"),
            ("mkafka topics describe -- --create", "mkafka topics describe -- --create"),
            ("mkafka produce --list", "mkafka produce --list"),
            ("mkafka", "mkafka"),
        ] {
            assert_eq!(moved(line).unwrap(), expected);
        }
        for line in
            ["mkafka topics --create --list", "mkafka topics --topic x", "mkafka topics --alter --topic x"]
        {
            let message = moved(line).unwrap_err().to_string();
            assert!(message.contains("Command must include exactly one action"), "{message}");
        }
    }
}
