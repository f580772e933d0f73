//! What manual pages and the longest help say besides the arguments: the same for all subcommands.

use std::fmt::Write as _;

/// A section: its title, and terms with what they mean.
#[derive(Debug, Clone, Copy)]
pub struct Section {
    /// The title, as it stands in the help; manual pages have it in capitals.
    pub title: &'static str,
    /// Each term with its explanation.
    pub entries: &'static [(&'static str, &'static str)],
}

/// The sections that stand at the end of every manual page.
pub const SECTIONS: [Section; 3] = [EXIT_STATUS, ENVIRONMENT, FILES];

const EXIT_STATUS: Section = Section {
    title: "Exit status",
    entries: &[
        ("0", "Done. Also when whoever reads the output has closed it."),
        (
            "1",
            "Failed, wholly or in part. One line on standard error names what failed. What was done before \
             it stays done.",
        ),
        (
            "2",
            "Wrong usage. Nothing was done. A command without what it needs to be told, such as mkafka alone, \
             shows its short help on standard error.",
        ),
        ("128+n", "Ended by signal n, in good order: 130 after Ctrl-C, 143 after SIGTERM."),
    ],
};

const ENVIRONMENT: Section = Section {
    title: "Environment",
    entries: &[
        ("MKAFKA_DATA_DIR", "The data directory, where --data-dir does not name one."),
        ("XDG_DATA_HOME", "Where neither names one, mkafka in this folder is the data directory."),
        ("HOME", "Where XDG_DATA_HOME is not set, ~/.local/share stands for it."),
        ("NO_COLOR", "When set and not empty, no colours are used unless --color always asks for them."),
        (
            "CLICOLOR_FORCE",
            "When set and not 0, colours are used into pipes and files too, unless NO_COLOR or --color never \
             forbids them.",
        ),
        ("COLUMNS", "The width of help, where no terminal tells."),
    ],
};

const FILES: Section = Section {
    title: "Files",
    entries: &[
        (
            "TOPIC-N/",
            "In the data directory: partition N of a topic, with the files that Kafka has there (.log, \
             .index, .timeindex, leader-epoch-checkpoint, partition.metadata), and .lock, which whoever \
             appends holds.",
        ),
        (
            ".mkafka/topics/TOPIC.json",
            "In the data directory: a topic's id, number of partitions and configuration.",
        ),
        (".mkafka/topics.lock", "In the data directory: held to create and delete topics."),
        (
            ".mkafka/groups/GROUP/",
            "In the data directory: who is in a consumer group, and in undo.json what its last reset replaced. \
             What groups have committed is in __consumer_offsets-N/.",
        ),
    ],
};

/// The sections as the longest help shows them.
pub(super) fn as_help() -> String {
    let mut text = String::new();
    for section in &SECTIONS {
        let _ = write!(text, "\n\n{}:", section.title);
        for (term, meaning) in section.entries {
            let _ = write!(text, "\n  {term}\n          {meaning}");
        }
    }
    text
}
