//! What manual pages and the longest help say besides the arguments.

use std::fmt::Write as _;

/// A section: its title, and terms with what they mean.
#[derive(Debug, Clone, Copy)]
pub struct Section {
    /// The title, as it stands in the help; manual pages have it in capitals.
    pub title: &'static str,
    entries: &'static [Entry],
}

/// A term, what it means, and which subcommands that is true of.
#[derive(Debug, Clone, Copy)]
struct Entry {
    term: &'static str,
    meaning: &'static str,
    on: Pages,
}

/// Which pages an entry stands on. A name stands for all below it too; the empty one is the program's own.
#[derive(Debug, Clone, Copy)]
enum Pages {
    All,
    Of(&'static [&'static str]),
    Except(&'static [&'static str]),
}
use Pages::{All, Except, Of};

/// The sections that stand at the end of every manual page.
pub const SECTIONS: [Section; 3] = [
    Section { title: "Exit status", entries: EXIT_STATUS },
    Section { title: "Environment", entries: ENVIRONMENT },
    Section { title: "Files", entries: FILES },
];

const fn entry(term: &'static str, meaning: &'static str, on: Pages) -> Entry {
    Entry { term, meaning, on }
}

/// Subcommands that do not look at the data directory.
const WITHOUT_DATA_DIR: &[&str] = &["dump-log-segments"];

const EXIT_STATUS: &[Entry] = &[
    entry("0", "What was waited for is there.", Of(&["wait"])),
    entry("0", "Everything is as it should be, or was mended.", Of(&["verify"])),
    entry("0", "The files were dumped, and there is no fault in them.", Of(&["dump-log-segments"])),
    entry(
        "0",
        "Done. Also when whoever reads the output has closed it.",
        Except(&["wait", "verify", "dump-log-segments"]),
    ),
    entry("1", "The time of --timeout-ms is over, or looking has failed.", Of(&["wait"])),
    entry(
        "1",
        "Something is wrong with the files and was not mended, or they cannot be read. Standard output says \
         what is wrong, standard error what failed.",
        Of(&["verify"]),
    ),
    entry(
        "1",
        "A fault was found, or a file cannot be read. Standard error says which, and where.",
        Of(&["dump-log-segments"]),
    ),
    entry(
        "1",
        "The time of --timeout-ms was over before --max-messages had come, the command of --exec kept failing, \
         or something else failed. One line on standard error names it. What was done before it stays done.",
        Of(&["consume"]),
    ),
    entry(
        "1",
        "Failed, wholly or in part. One line on standard error names what failed. What was done before it \
         stays done.",
        Except(&["wait", "verify", "dump-log-segments", "consume"]),
    ),
    entry(
        "2",
        "Wrong usage. Nothing was done. A command without what it needs to be told, such as mkafka alone, shows \
         its short help on standard error.",
        All,
    ),
    entry(
        "128+n",
        "Ended by signal n, in good order: 130 after Ctrl-C, 143 after SIGTERM, 129 once the terminal has gone.",
        All,
    ),
];

const ENVIRONMENT: &[Entry] = &[
    entry(
        "MKAFKA_DATA_DIR",
        "The data directory, where --data-dir does not name one.",
        Except(WITHOUT_DATA_DIR),
    ),
    entry(
        "XDG_DATA_HOME",
        "Where neither names one, mkafka in this folder is the data directory.",
        Except(WITHOUT_DATA_DIR),
    ),
    entry("HOME", "Where XDG_DATA_HOME is not set, ~/.local/share stands for it.", Except(WITHOUT_DATA_DIR)),
    entry(
        "XDG_STATE_HOME",
        "The folder with the history of the prompt; ~/.local/state where it is not set.",
        Of(&["produce"]),
    ),
    entry(
        "MKAFKA_COMPLETE",
        "Set by the scripts to the shell's name, when they ask what a word may go on as.",
        Of(&["completions"]),
    ),
    entry(
        "NO_COLOR",
        "When set and not empty, no colours are used unless --color always asks for them.",
        All,
    ),
    entry(
        "CLICOLOR_FORCE",
        "When set and not 0, colours are used into pipes and files too, unless NO_COLOR or --color never forbids \
         them.",
        All,
    ),
    entry("COLUMNS", "The width of help, where no terminal tells.", All),
    entry("TERM", "Where it is dumb, there are no colours either.", All),
];

/// Subcommands that print what they were asked for without looking at a topic.
const WITHOUT_TOPICS: &[&str] = &["dump-log-segments", "completions"];

const FILES: &[Entry] = &[
    entry(
        "TOPIC-N/",
        "In the data directory: partition N of a topic, with the files that Kafka has there (.log, .index, \
         .timeindex, leader-epoch-checkpoint, partition.metadata), and .lock, which whoever appends holds.",
        Except(WITHOUT_TOPICS),
    ),
    entry(
        ".mkafka/topics/TOPIC.json",
        "In the data directory: a topic's id, number of partitions and configuration.",
        Except(WITHOUT_TOPICS),
    ),
    entry(
        ".mkafka/topics.lock",
        "In the data directory: held to create, alter and delete topics.",
        Except(WITHOUT_TOPICS),
    ),
    entry(
        ".mkafka/groups/GROUP/",
        "In the data directory: who is in a consumer group, and in undo.json what its last reset replaced. \
         What groups have committed is in __consumer_offsets-N/.",
        Of(&["", "groups", "consume", "wait", "ps"]),
    ),
    entry(
        "mkafka/produce_history",
        "Below $XDG_STATE_HOME or ~/.local/state: the lines that were typed at the prompt.",
        Of(&["produce"]),
    ),
    entry(
        "mkafka-export.json",
        "In what was exported: the topic, its configuration, and each file with its size and checksum.",
        Of(&["export", "import"]),
    ),
    entry("/proc/locks, /proc/PID/fd", "Where it is seen who holds what, on Linux.", Of(&["ps"])),
    entry(
        "*.log, *.index, *.timeindex, *.txnindex, *.snapshot",
        "What a partition's folder holds, by Kafka's names. A file's name without its ending is the first \
         offset in it.",
        Of(&["dump-log-segments"]),
    ),
    entry(
        "/usr/share/bash-completion/completions/mkafka, /usr/share/zsh/vendor-completions/_mkafka, \
         /usr/share/fish/vendor_completions.d/mkafka.fish",
        "Where the Debian package puts the scripts.",
        Of(&["completions"]),
    ),
];

impl Section {
    /// What the page of a subcommand has in this section: terms with their meanings. `page` is the subcommand
    /// with those it is part of, such as `groups-describe`, and empty for the program itself.
    pub fn entries(&self, page: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
        let is_at = move |name: &&str| {
            page == *name
                || page.strip_prefix(*name).is_some_and(|below| below.starts_with('-') && !name.is_empty())
        };
        let stands = move |entry: &&Entry| match entry.on {
            All => true,
            Of(names) => names.iter().any(is_at),
            Except(names) => !names.iter().any(is_at),
        };
        self.entries.iter().filter(stands).map(|entry| (entry.term, entry.meaning))
    }
}

/// The sections as the longest help shows them.
pub(super) fn as_help() -> String {
    let mut text = String::new();
    for section in &SECTIONS {
        let _ = write!(text, "\n\n{}:", section.title);
        for (term, meaning) in section.entries("") {
            let _ = write!(text, "\n  {term}\n          {meaning}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_that_an_entry_stands_on_is_that_of_a_subcommand() {
        let command = crate::cli::command();
        for entry in SECTIONS.iter().flat_map(|section| section.entries) {
            let names = match entry.on {
                All => &[],
                Of(names) | Except(names) => names,
            };
            for name in names.iter().filter(|name| !name.is_empty()) {
                assert!(command.find_subcommand(name).is_some(), "{}: there is no {name}", entry.term);
            }
        }
    }

    #[test]
    fn a_page_has_what_is_true_of_its_subcommand() {
        let terms = |section: usize, page: &str| -> Vec<&str> {
            SECTIONS[section].entries(page).map(|(term, _)| term).collect()
        };
        for page in ["", "wait", "verify", "consume", "groups-describe", "dump-log-segments", "topics"] {
            assert_eq!(terms(0, page), ["0", "1", "2", "128+n"], "{page}");
        }
        assert!(terms(2, "groups-describe").contains(&".mkafka/groups/GROUP/"));
        assert!(!terms(2, "topics-list").contains(&".mkafka/groups/GROUP/"));
        assert!(!terms(1, "dump-log-segments").contains(&"MKAFKA_DATA_DIR"));
        assert!(terms(1, "").contains(&"MKAFKA_DATA_DIR"));
    }
}
