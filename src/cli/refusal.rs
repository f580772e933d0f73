//! A command line that cannot be understood, in one line: what is wrong, and what was probably meant. clap knows
//! all of it, and would say it in six.

use std::num::{IntErrorKind, ParseIntError};

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::spelling;

/// The line for `error`, which is none of those that show help or the version.
pub fn line(error: &Error) -> String {
    let text = match error.kind() {
        ErrorKind::InvalidSubcommand => unknown("subcommand", &of(error, ContextKind::InvalidSubcommand)),
        ErrorKind::UnknownArgument => match of(error, ContextKind::InvalidArg) {
            option if option.starts_with('-') && option.parse::<f64>().is_err() => unknown("option", &option),
            argument => format!("unexpected argument '{argument}'"),
        },
        ErrorKind::InvalidValue => invalid_value(error),
        ErrorKind::ValueValidation => {
            let value = of(error, ContextKind::InvalidValue);
            let why =
                std::error::Error::source(error).map(|source| plain(source, &value)).unwrap_or_default();
            format!("invalid value '{value}' for {}: {why}", option(error))
        }
        ErrorKind::MissingRequiredArgument => {
            format!("{} is missing", list(error, ContextKind::InvalidArg).join(" "))
        }
        ErrorKind::MissingSubcommand => "a subcommand is missing".to_owned(),
        ErrorKind::ArgumentConflict if error.get(ContextKind::InvalidArg).is_some() => conflict(error),
        _ => return first_paragraph(error),
    };
    text + &way_out(error)
}

fn unknown(kind: &str, name: &str) -> String {
    format!("there is no {kind} '{name}'")
}

fn invalid_value(error: &Error) -> String {
    let option = option(error);
    let valid = list(error, ContextKind::ValidValue).join(", ");
    match of(error, ContextKind::InvalidValue) {
        none if none.is_empty() && valid.is_empty() => format!("{option} needs a value"),
        none if none.is_empty() => format!("{option} needs a value: {valid}"),
        value => format!("invalid value '{value}' for {option}: valid are {valid}"),
    }
}

fn conflict(error: &Error) -> String {
    let option = option(error);
    match list(error, ContextKind::PriorArg) {
        others if others.is_empty() => format!("{option} cannot be used with what stands beside it"),
        others if others.iter().any(|other| without_value(other) == option) => {
            format!("{option} can be given only once")
        }
        others => {
            let others: Vec<&str> = others.iter().map(|other| without_value(other)).collect();
            format!("{option} cannot be used with {}", others.join(", "))
        }
    }
}

/// What was probably meant, or where to look it up. clap suggests what is alike in any way; only what comes close is
/// told.
fn way_out(error: &Error) -> String {
    let pairs = [
        (ContextKind::InvalidSubcommand, ContextKind::SuggestedSubcommand),
        (ContextKind::InvalidArg, ContextKind::SuggestedArg),
        (ContextKind::InvalidValue, ContextKind::SuggestedValue),
    ];
    let meant = pairs.into_iter().find_map(|(typed, suggested)| {
        let typed = of(error, typed);
        let suggested: Vec<String> = list(error, suggested);
        let suggested = suggested.iter().map(|meant| without_value(meant));
        let begun = suggested.clone().find(|meant| typed.len() > 2 && meant.starts_with(&typed));
        begun.or_else(|| spelling::nearest(&typed, suggested)).map(str::to_owned)
    });
    if meant.is_some() {
        return spelling::did_you_mean(meant);
    }
    let usage = error.get(ContextKind::Usage).map(ToString::to_string).unwrap_or_default();
    let usage = usage.trim_start_matches("Usage:").trim().to_owned();
    match error.kind() {
        ErrorKind::MissingRequiredArgument if !usage.is_empty() => format!("; the usage is: {usage}"),
        ErrorKind::InvalidSubcommand | ErrorKind::UnknownArgument | ErrorKind::MissingSubcommand
            if !usage.is_empty() =>
        {
            let is_name = |word: &&str| !word.starts_with(['[', '<', '-']);
            let command: Vec<&str> = usage.split_whitespace().take_while(is_name).collect();
            format!("; see '{} --help'", command.join(" "))
        }
        _ => String::new(),
    }
}

/// Why `value` is wrong. What the standard library says of numbers is no help.
fn plain(source: &(dyn std::error::Error + 'static), value: &str) -> String {
    match source.downcast_ref().map(ParseIntError::kind) {
        Some(IntErrorKind::PosOverflow) => "it is too large".to_owned(),
        Some(_) if value.parse::<i128>().is_ok() => "it must not be negative".to_owned(),
        Some(_) => "it is not a whole number".to_owned(),
        None => source.to_string(),
    }
}

/// What clap made of an error that it was handed as text.
fn first_paragraph(error: &Error) -> String {
    let text = error.to_string();
    let text = text.trim_start_matches("error: ");
    text.split("\n\n").next().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The option or argument that an error is about, without what it takes.
fn option(error: &Error) -> String {
    without_value(&of(error, ContextKind::InvalidArg)).to_owned()
}

/// `--acks <ACKS>` is `--acks`; `<SHELL>` stays.
fn without_value(option: &str) -> &str {
    if option.starts_with('-') { option.split([' ', '=', '[']).next().unwrap_or(option) } else { option }
}

fn of(error: &Error, kind: ContextKind) -> String {
    list(error, kind).join(" ")
}

fn list(error: &Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        Some(ContextValue::StyledStr(text)) => vec![text.to_string()],
        Some(ContextValue::StyledStrs(texts)) => texts.iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use crate::cli::Cli;

    fn refused(line: &str) -> String {
        let args = line.split(' ').map(std::ffi::OsString::from);
        super::line(&Cli::from_args(args).expect_err("a refusal"))
    }

    fn all_refused(lines: &[&str]) -> String {
        let one = |line: &&str| format!("{line}\n  {}", refused(line));
        lines.iter().map(one).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn names_are_told_with_what_was_meant() {
        let lines = [
            "mkafka topcis",
            "mkafka topics lst",
            "mkafka frobnicate",
            "mkafka consume t --from-beginig",
            "mkafka consume t --frobnicate",
            "mkafka --partitions 3",
            "mkafka --data-dir x",
            "mkafka topics --data-dir x",
            "mkafka consume t -c -1",
            "mkafka completions bash zsh",
            "mkafka produce t --frobnicate=1",
            "mkafka consume t --exit",
        ];
        insta::assert_snapshot!(all_refused(&lines), @r#"
        mkafka topcis
          there is no subcommand 'topcis'; did you mean 'topics'?
        mkafka topics lst
          there is no subcommand 'lst'; did you mean 'list'?
        mkafka frobnicate
          there is no subcommand 'frobnicate'; see 'mkafka --help'
        mkafka consume t --from-beginig
          there is no option '--from-beginig'; did you mean '--from-beginning'?
        mkafka consume t --frobnicate
          there is no option '--frobnicate'; see 'mkafka consume --help'
        mkafka --partitions 3
          there is no option '--partitions'; see 'mkafka --help'
        mkafka --data-dir x
          a subcommand is missing; see 'mkafka --help'
        mkafka topics --data-dir x
          Command must include exactly one action: --list, --describe, --create, --alter, --delete
        mkafka consume t -c -1
          invalid value '-1' for --max-messages: it must not be negative
        mkafka completions bash zsh
          unexpected argument 'zsh'; see 'mkafka completions --help'
        mkafka produce t --frobnicate=1
          there is no option '--frobnicate'; see 'mkafka produce --help'
        mkafka consume t --exit
          there is no option '--exit'; did you mean '--exit-at-end'?
        "#);
    }

    #[test]
    fn values_are_told_with_what_they_should_be() {
        let lines = [
            "mkafka produce t -z gzp",
            "mkafka produce t --acks",
            "mkafka topics create t --partitions many",
            "mkafka consume t --max-messages=-1",
            "mkafka topics create t --partitions 99999999999",
            "mkafka topics create t --config x",
            "mkafka consume t --since yesterday",
            "mkafka consume t --exec cat --exec-batch 0",
            "mkafka produce",
            "mkafka groups reset-offsets g --to-earliest",
            "mkafka consume t --since 1h --tail 2",
            "mkafka consume t --tail 2 --tail 3",
            "mkafka topics --create --list",
            "mkafka topics list -b localhost:9092",
        ];
        insta::assert_snapshot!(all_refused(&lines), @r#"
        mkafka produce t -z gzp
          invalid value 'gzp' for --compression-codec: valid are none, gzip, snappy, lz4, zstd; did you mean 'gzip'?
        mkafka produce t --acks
          --acks needs a value: 0, 1, all, -1
        mkafka topics create t --partitions many
          invalid value 'many' for --partitions: it is not a whole number
        mkafka consume t --max-messages=-1
          invalid value '-1' for --max-messages: it must not be negative
        mkafka topics create t --partitions 99999999999
          invalid value '99999999999' for --partitions: 99999999999 is not in -2147483648..=2147483647
        mkafka topics create t --config x
          invalid value 'x' for --config: it must be in the format "key=val"
        mkafka consume t --since yesterday
          invalid value 'yesterday' for --from-timestamp: valid are milliseconds since 1970, @seconds, 2026-01-31T12:00:00Z, 2026-01-31 12:00, and a duration back from now such as 15m, 2h or 7d
        mkafka consume t --exec cat --exec-batch 0
          invalid value '0' for --exec-batch: 0 is not in 1..18446744073709551615
        mkafka produce
          <TOPIC> is missing; the usage is: mkafka produce [OPTIONS] <TOPIC>
        mkafka groups reset-offsets g --to-earliest
          --topic <TOPIC[:N,...]> is missing; the usage is: mkafka groups reset-offsets [OPTIONS] <GROUP>... <TOPICS> <TO>
        mkafka consume t --since 1h --tail 2
          --from-timestamp cannot be used with --tail
        mkafka consume t --tail 2 --tail 3
          --tail can be given only once
        mkafka topics --create --list
          Command must include exactly one action: --list, --describe, --create, --alter, --delete
        mkafka topics list -b localhost:9092
          invalid value 'localhost:9092' for --bootstrap-server: mkafka works on the files of a data directory (see --data-dir); clusters come in a later version
        "#);
    }

    #[test]
    fn nothing_takes_more_than_a_line() {
        for line in
            ["mkafka consume", "mkafka topics create --partitions", "mkafka groups delete", "mkafka ps --x"]
        {
            let text = refused(line);
            assert!(!text.contains('\n') && !text.is_empty(), "{text:?}");
        }
    }
}
