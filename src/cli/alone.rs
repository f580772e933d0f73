//! One subcommand without the others. To set up all of them takes clap a fifth of the time of a process that
//! produces one record: 2.5 ms with them, 2.0 ms without.

use clap::Args as _;

use super::{
    GlobalArgs, clean, completions, configs, consume, count, dump, groups, perf, produce, topics, transfer,
    verify, wait,
};

/// The program with `name` as its only subcommand. What it accepts, the whole [command line](super::command) accepts
/// too, and in the same sense; for what it refuses, and for help, the whole is to be asked.
pub(super) fn with_only(name: &str) -> Option<clap::Command> {
    let program = GlobalArgs::augment_args(clap::Command::new("mkafka"));
    Some(program.subcommand_required(true).subcommand(subcommand(name)?))
}

/// The subcommand `name`, which is not an alias, as it is in the whole.
fn subcommand(name: &str) -> Option<clap::Command> {
    type Augment = fn(clap::Command) -> clap::Command;
    let (name, augment): (_, Augment) = match name {
        "topics" => ("topics", topics::TopicsArgs::augment_args),
        "configs" => ("configs", configs::ConfigsArgs::augment_args),
        "produce" => ("produce", produce::ProduceArgs::augment_args),
        "consume" => ("consume", consume::ConsumeArgs::augment_args),
        "count" => ("count", count::CountArgs::augment_args),
        "wait" => ("wait", wait::WaitArgs::augment_args),
        "clean" => ("clean", clean::CleanArgs::augment_args),
        "verify" => ("verify", verify::VerifyArgs::augment_args),
        "export" => ("export", transfer::ExportArgs::augment_args),
        "import" => ("import", transfer::ImportArgs::augment_args),
        "ps" => ("ps", wait::PsArgs::augment_args),
        "groups" => ("groups", groups::GroupsArgs::augment_args),
        "dump-log-segments" => ("dump-log-segments", dump::DumpLogSegmentsArgs::augment_args),
        "perf" => ("perf", perf::PerfArgs::augment_args),
        "completions" => ("completions", completions::CompletionsArgs::augment_args),
        _ => return None,
    };
    Some(augment(clap::Command::new(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subcommand_alone_is_what_it_is_among_the_others() {
        let whole = super::super::command();
        for among_others in whole.get_subcommands() {
            let alone = subcommand(among_others.get_name()).expect("it can be asked for alone");
            // Among others it has a place in the list of them, and possibly aliases.
            let text = |command: clap::Command| format!("{:?}", command.alias(None).display_order(0));
            assert!(text(alone) == text(among_others.clone()), "{}", among_others.get_name());
        }
    }

    #[test]
    fn what_is_no_subcommand_is_left_to_the_whole() {
        assert!(with_only("help").is_none());
        assert!(with_only("dump-log").is_none());
        with_only("produce").expect("there is one").debug_assert();
    }
}
