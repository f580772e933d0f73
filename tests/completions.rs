//! What a shell is answered when Tab is pressed: the real program, asked as the scripts ask it.

use std::path::Path;

use crate::common::Sandbox;

impl Sandbox {
    /// What the program answers `shell`, when `words` have been typed behind its name and the last of them is
    /// being completed. Nothing may be said on standard error, and the status is 0, whatever happens.
    #[track_caller]
    fn answer(&self, shell: &str, words: &[&str]) -> String {
        let mut command = self.command(&["--", "mkafka"]);
        command.args(words).env("MKAFKA_COMPLETE", shell);
        command.env("_CLAP_COMPLETE_INDEX", words.len().to_string()).env("_CLAP_IFS", "\n");
        let output = command.output().unwrap();
        assert!(output.status.success(), "{words:?}: {:?}", output.status);
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{words:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// The candidates alone, as fish gets them.
    #[track_caller]
    fn candidates(&self, words: &[&str]) -> Vec<String> {
        let answer = self.answer("fish", words);
        answer.lines().map(|line| line.split('\t').next().unwrap().to_owned()).collect()
    }

    /// A data directory with two topics and two groups.
    fn furnished() -> Self {
        let sandbox = Self::new();
        sandbox
            .ok("topics create orders --partitions 3 --config retention.ms=1000 --config segment.bytes=2000");
        sandbox.ok("topics create payments --partitions 2");
        sandbox.ok("produce orders --quiet --key k --file /dev/null");
        for group in ["billing", "audit"] {
            let run = sandbox.run(&format!("consume orders --group {group} --from-beginning -e --quiet"));
            assert_eq!(run.status, 0, "{}", run.stderr);
            let reset = format!("groups reset-offsets {group} --topic orders --to-earliest --execute");
            assert_eq!(sandbox.run(&reset).status, 0);
        }
        sandbox
    }
}

/// Everything below `folder`, with sizes and times of change.
fn snapshot(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let metadata = path.symlink_metadata().unwrap();
        found.push(format!("{} {} {:?}", path.display(), metadata.len(), metadata.modified().unwrap()));
        if metadata.is_dir() {
            found.extend(snapshot(&path));
        }
    }
    found.sort();
    found
}

#[test]
fn topics_groups_partitions_and_configs_complete_from_the_data_directory() {
    let sandbox = Sandbox::furnished();
    let before = snapshot(&sandbox.data_dir());
    let cases: &[(&[&str], &[&str])] = &[
        // Topics: as a word, as an option, several, in all forms of configs.
        (&["consume", ""], &["orders", "payments"]),
        (&["consume", "pa"], &["payments"]),
        (&["consume", "--topic", "o"], &["orders"]),
        (&["consume", "--topic=o"], &["--topic=orders"]),
        (&["consume", "-to"], &["-torders"]),
        (&["consume", "orders", ""], &["payments"]),
        (&["consume", "--topic", "orders,"], &["orders,payments"]),
        (&["topics", "delete", "orders,"], &["orders,payments"]),
        (&["topics", "--describe", "--topic", "o"], &["orders"]),
        (&["topics", "--topic", "orders", "--delete", "--topic", ""], &["payments"]),
        (&["configs", "alter", "--entity-type", "topics", "--entity-name", "o"], &["orders"]),
        (&["configs", "describe", "topics/p"], &["topics/payments"]),
        (&["produce", "orders", "--dead"], &[]),
        (&["consume", "orders", "--exec", "x", "--dead-letter", "p"], &["payments"]),
        (&["export", "o"], &["orders"]),
        (&["consume", "__"], &["__consumer_offsets"]),
        // Partitions are those of the topics before them.
        (&["consume", "orders", "--partition", ""], &["0", "1", "2"]),
        (&["consume", "orders", "--partition", "0,"], &["0,1", "0,2"]),
        (&["consume", "orders", "payments", "-p", ""], &["0", "1"]),
        (&["produce", "--topic", "payments", "-p", ""], &["0", "1"]),
        (&["topics", "offsets", "orders", "--partitions", ""], &["0", "1", "2"]),
        (&["groups", "reset-offsets", "billing", "--topic", "o"], &["orders"]),
        (
            &["groups", "reset-offsets", "billing", "--topic", "orders:"],
            &["orders:0", "orders:1", "orders:2"],
        ),
        (&["groups", "reset-offsets", "billing", "--topic", "orders:1,"], &["orders:1,0", "orders:1,2"]),
        // Groups.
        (&["groups", "describe", ""], &["audit", "billing"]),
        (&["groups", "delete", "audit", ""], &["billing"]),
        (&["groups", "--describe", "--group", "b"], &["billing"]),
        (&["consume", "orders", "-g", ""], &["audit", "billing"]),
        (&["groups", "list", "--state", "St"], &["Stable"]),
        // Configurations, and the values of those that have a fixed set.
        (&["topics", "create", "x", "--config", "retention."], &["retention.bytes=", "retention.ms="]),
        (
            &["topics", "create", "x", "--config", "message.timestamp.type="],
            &["message.timestamp.type=CreateTime", "message.timestamp.type=LogAppendTime"],
        ),
        (&["topics", "create", "x", "--config", "preallocate=t"], &["preallocate=true"]),
        (
            &["configs", "alter", "orders", "--add-config", "retention.ms=1,cleanup.policy=c"],
            &["retention.ms=1,cleanup.policy=compact"],
        ),
        (&["configs", "alter", "orders", "--delete-config", ""], &["retention.ms", "segment.bytes"]),
        (&["produce", "orders", "-X", "compression.t"], &["compression.type="]),
        (&["consume", "orders", "--consumer-property", "auto.o"], &["auto.offset.reset="]),
        (&["produce", "orders", "--property", "parse.k"], &["parse.key="]),
        (&["consume", "orders", "--property", "print.k"], &["print.key="]),
        // Words, of clap and of tables.
        (&["consume", "orders", "--output", "j"], &["json"]),
        (&["produce", "orders", "--value-serializer", "sh"], &["short"]),
        (&["consume", "orders", "--key-deserializer", "i"], &["integer"]),
        (&["consume", "orders", "--partition-assignment-strategy", "range,ro"], &["range,roundrobin"]),
        (&["consume", "orders", "--offset", ""], &["earliest", "latest"]),
        (&["topics", "off"], &["offsets"]),
        (&["topics", "desc"], &["describe"]),
        (&["consume", "--from-b"], &["--from-beginning"]),
        // What is new is not offered.
        (&["topics", "create", "o"], &[]),
        (&["import", "x.tar", "--as", "o"], &[]),
    ];
    for (words, expected) in cases {
        assert_eq!(sandbox.candidates(words), *expected, "{words:?}");
    }
    assert_eq!(snapshot(&sandbox.data_dir()), before, "completing has changed something");
}

#[test]
fn the_data_directory_is_the_one_that_the_line_names() {
    let sandbox = Sandbox::furnished();
    let other = sandbox.path().join("home/other data");
    let at = |words: &[&str]| {
        let mut command = sandbox.command(&["--", "mkafka"]);
        command.args(words).env("MKAFKA_COMPLETE", "zsh").env("_CLAP_IFS", "\n");
        command.env(
            "_CLAP_COMPLETE_INDEX",
            words.iter().position(|word| word.is_empty()).unwrap_or(0).to_string(),
        );
        command.env("HOME", sandbox.path().join("home"));
        command
    };
    let create = sandbox.run_args(&["--data-dir", other.to_str().unwrap(), "topics", "create", "elsewhere"]);
    assert_eq!(create.status, 0, "{}", create.stderr);
    let quoted = format!("'{}'", other.display());
    let escaped = other.to_str().unwrap().replace(' ', r"\ ");
    for words in [
        &["--data-dir", other.to_str().unwrap(), "consume", ""][..],
        &["consume", "--data-dir", other.to_str().unwrap(), ""],
        &[&format!("--data-dir={}", other.display()), "consume", ""],
        &["consume", "--exit-at-end", "", "--data-dir", other.to_str().unwrap()],
        &["--data-dir", &quoted, "consume", ""],
        &["--data-dir", &escaped, "consume", ""],
        &["--data-dir", "~/other\\ data", "consume", ""],
    ] {
        let index = words.iter().position(|word| word.is_empty()).unwrap() + 1;
        let output = at(words).env("_CLAP_COMPLETE_INDEX", index.to_string()).output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), "elsewhere:1 partition", "{words:?}");
    }
    // Without any, the default place.
    let output = at(&["consume", ""])
        .env("_CLAP_COMPLETE_INDEX", "2")
        .env_remove("MKAFKA_DATA_DIR")
        .env("XDG_DATA_HOME", sandbox.path().join("xdg"))
        .output()
        .unwrap();
    assert!(String::from_utf8(output.stdout).unwrap().starts_with("--"), "options, for there is no topic");
    assert!(!sandbox.path().join("xdg").exists());
}

#[test]
fn bash_gets_what_it_takes_for_words() {
    let sandbox = Sandbox::furnished();
    let grouped = sandbox.run_args(&["consume", "orders", "-g", "my (group)", "-e", "--from-beginning"]);
    assert_eq!(grouped.status, 0, "{}", grouped.stderr);
    let reset = ["groups", "reset-offsets", "my (group)", "--topic", "orders", "--to-earliest", "--execute"];
    assert_eq!(sandbox.run_args(&reset).status, 0);
    for (words, expected) in [
        (&["consume", ""][..], "orders\u{b}payments"),
        (&["consume", "--topic", "=", "o"], "orders"),
        (&["consume", "--topic", "="], "orders\u{b}payments"),
        (&["topics", "create", "x", "--config", "message.timestamp.type", "=", "C"], "CreateTime"),
        (&["groups", "reset-offsets", "billing", "-t", "orders", ":"], "0\u{b}1\u{b}2"),
        (&["groups", "delete", "m"], r"my\ \(group\)"),
        (&["groups", "delete", "my\\ "], r"my\ \(group\)"),
        (&["groups", "delete", "\"my"], "my (group)"),
    ] {
        assert_eq!(sandbox.answer("bash", words), expected, "{words:?}");
    }
}

#[test]
fn options_come_last_and_hidden_ones_not_at_all() {
    let sandbox = Sandbox::new();
    // No data directory: there are no topics to offer, and that is no reason to say anything.
    let options = sandbox.candidates(&["consume", ""]);
    assert!(options.contains(&"--from-beginning".to_owned()), "{options:?}");
    assert!(!options.contains(&"--bootstrap-server".to_owned()), "{options:?}");
    assert!(!sandbox.data_dir().exists());
    let commands = sandbox.candidates(&[""]);
    assert!(
        commands.contains(&"produce".to_owned()) && commands.contains(&"groups".to_owned()),
        "{commands:?}"
    );
    assert!(commands.iter().all(|name| !name.starts_with('-')), "{commands:?}");
}

#[test]
fn damage_and_nonsense_are_passed_over_in_silence() {
    let sandbox = Sandbox::furnished();
    for folder in std::fs::read_dir(sandbox.data_dir()).unwrap().map(|entry| entry.unwrap().path()) {
        let log = folder.join("00000000000000000000.log");
        if folder.file_name().unwrap().to_str().unwrap().starts_with("__consumer_offsets") {
            std::fs::write(
                log,
                b"\0\0\0\0\0\0\0\0\0\0\0\x40garbage, garbage, garbage, garbage, garbage, garbage..",
            )
            .unwrap();
        }
    }
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        sandbox.answer(shell, &["groups", "describe", ""]);
        sandbox.answer(shell, &["--help", "consume", "--partition", "x", ""]);
        sandbox.answer(shell, &["no-such-command", "--no-such-option", "="]);
        sandbox.answer(shell, &["consume", "no-such-topic", "--partition", ""]);
        sandbox.answer(shell, &["--", "--", ""]);
        sandbox.answer(shell, &[]);
    }
    std::fs::write(sandbox.data_dir().join(".mkafka/topics/orders.json"), "{").unwrap();
    assert_eq!(sandbox.candidates(&["consume", "o"]), ["orders"]);
    // Without the two dashes, or with no shell that is known, it is an ordinary run.
    let ran = sandbox.command(&["topics", "list"]).env("MKAFKA_COMPLETE", "fish").output().unwrap();
    assert!(String::from_utf8(ran.stdout).unwrap().contains("payments"));
    let ran = sandbox.command(&["--", "mkafka", ""]).env("MKAFKA_COMPLETE", "tcsh").output().unwrap();
    assert_eq!(ran.status.code(), Some(2));
}
