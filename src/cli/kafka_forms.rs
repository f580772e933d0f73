//! Kafka's tools take their action as an option that may stand anywhere (`--topic orders --create`). clap
//! knows it as the name of a subcommand, which must come first. This puts it there.

use std::ffi::OsString;

use clap::error::ErrorKind;

/// A subcommand whose actions Kafka has as options.
struct Tool {
    name: &'static str,
    /// The options that say what to do.
    actions: &'static [&'static str],
    /// What else does, besides [`ALWAYS`].
    others: &'static [&'static str],
}

/// What may always stand in the place of an action, so that the lack of one is no mistake.
const ALWAYS: [&str; 5] = ["help", "-h", "--help", "-V", "--version"];

const TOOLS: [Tool; 3] = [
    Tool {
        name: "topics",
        actions: &["--list", "--describe", "--create", "--alter", "--delete"],
        others: &["list", "describe", "create", "alter", "delete", "offsets", "delete-records", "stats"],
    },
    Tool { name: "configs", actions: &["--describe", "--alter"], others: &["describe", "alter"] },
    Tool {
        name: "groups",
        actions: &["--list", "--describe", "--delete", "--reset-offsets", "--delete-offsets"],
        others: &["list", "describe", "delete", "reset-offsets", "delete-offsets"],
    },
];

/// Options before the subcommand whose value is the next argument.
const GLOBAL_OPTIONS_WITH_VALUE: [&str; 3] = ["--data-dir", "--color", "--bootstrap-server"];

/// Moves the action in a `topics`, `configs` or `groups` command line to right behind that word. All else is left as
/// it is.
pub(super) fn action_first(mut args: Vec<OsString>) -> Result<Vec<OsString>, clap::Error> {
    let tool = |at: usize| TOOLS.iter().find(|tool| args[at] == tool.name).map(|tool| (at, tool));
    let Some((command, tool)) = subcommand_at(&args).and_then(tool) else { return Ok(args) };
    let end = args.iter().position(|arg| arg == "--").unwrap_or(args.len());
    let is_action = |arg: &OsString| tool.actions.iter().any(|action| arg == action);
    let actions: Vec<usize> = (command + 1..end).filter(|at| is_action(&args[*at])).collect();
    let tail = &args[command + 1..end];
    let mut others = tool.others.iter().chain(&ALWAYS);
    let has_other = others.any(|action| tail.iter().any(|arg| arg == action));
    match actions[..] {
        [] if tail.is_empty() || has_other || !tail[0].to_string_lossy().starts_with('-') => Ok(args),
        [at] => {
            let action = args.remove(at);
            args.insert(command + 1, action);
            Ok(args)
        }
        _ => Err(super::command().error(
            ErrorKind::ArgumentConflict,
            format!("Command must include exactly one action: {}", tool.actions.join(", ")),
        )),
    }
}

/// Gives an action that is written as in Kafka (`topics --describe`) the name of its subcommand, and puts it in
/// its place, as far as the command line says which it is.
pub(super) fn action_named(args: Vec<OsString>) -> Vec<OsString> {
    let Ok(mut args) = action_first(args.clone()) else { return args };
    let tool =
        subcommand_at(&args).and_then(|at| Some((at, TOOLS.iter().find(|tool| args[at] == tool.name)?)));
    if let Some((at, tool)) = tool
        && let Some(action) = args.get_mut(at + 1)
        && let Some(name) = tool.actions.iter().find(|name| action == *name)
    {
        *action = OsString::from(name.trim_start_matches('-'));
    }
    args
}

/// Where the subcommand stands: the first argument that is neither an option nor an option's value.
pub(super) fn subcommand_at(args: &[OsString]) -> Option<usize> {
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
            ("mkafka topics --topic x --alter", "mkafka topics --alter --topic x"),
            ("mkafka configs --entity-name x --alter", "mkafka configs --alter --entity-name x"),
            (
                "mkafka groups --group g --to-earliest --reset-offsets",
                "mkafka groups --reset-offsets --group g --to-earliest",
            ),
            ("mkafka groups describe --state", "mkafka groups describe --state"),
            ("mkafka topics --data-dir d create o", "mkafka topics --data-dir d create o"),
            ("mkafka topics --help", "mkafka topics --help"),
            ("mkafka topics creat", "mkafka topics creat"),
            ("mkafka topics describe -- --create", "mkafka topics describe -- --create"),
            ("mkafka produce --list", "mkafka produce --list"),
            ("mkafka", "mkafka"),
        ] {
            assert_eq!(moved(line).unwrap(), expected);
        }
        let named = |line: &str| {
            let args = action_named(line.split(' ').map(OsString::from).collect());
            args.iter().map(|arg| arg.to_str().unwrap()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(named("mkafka topics --topic o --describe"), "mkafka topics describe --topic o");
        assert_eq!(named("mkafka groups list --state"), "mkafka groups list --state");
        assert_eq!(named("mkafka topics --create --list"), "mkafka topics --create --list");
        for line in [
            "mkafka topics --create --list",
            "mkafka topics --topic x",
            "mkafka configs --entity-name x",
            "mkafka groups --group g",
        ] {
            let message = moved(line).unwrap_err().to_string();
            assert!(message.contains("Command must include exactly one action"), "{message}");
        }
    }
}
