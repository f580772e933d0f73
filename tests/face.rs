//! What a stranger meets first: help, mistakes, an environment that lacks things, a terminal.

use rexpect::session::spawn_command;
use serde_json::Value;

use crate::common::{Ran, Sandbox};

/// How long something may take to appear, in milliseconds.
const PATIENCE: u64 = 60_000;

/// A data directory with the topics orders and notes, and the group workers, which has read orders.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create orders --partitions 3 --config retention.ms=-1");
    sandbox.ok("topics create notes");
    std::fs::write(sandbox.path().join("orders.txt"), "a\nb\nc\nd\n").unwrap();
    sandbox.ok("produce orders --file orders.txt");
    let reset = sandbox.run("groups reset-offsets workers --topic orders --to-latest --execute");
    assert_eq!(reset.status, 0, "{}", reset.stderr);
    sandbox
}

#[test]
fn nothing_to_do_is_answered_by_the_short_help() {
    let sandbox = Sandbox::new();
    for (line, example) in [
        ("", "mkafka produce orders < orders.txt"),
        ("topics", "mkafka topics describe orders"),
        ("groups", "mkafka groups list --state"),
        ("configs", "mkafka configs describe topics/orders"),
    ] {
        let help = sandbox.fails(2, line);
        assert!(help.contains("\nUsage: mkafka") && help.contains(example), "{line}: {help}");
        let asked_for = sandbox.ok(&format!("{line} -h"));
        assert_eq!(asked_for, help, "{line}");
        assert!(sandbox.ok(&format!("{line} --help")).len() > help.len());
        assert_eq!(sandbox.ok(&format!("help {line}")), sandbox.ok(&format!("{line} --help")));
    }
}

#[test]
fn what_was_probably_meant_is_told() {
    let sandbox = sandbox();
    for (status, line, meant) in [
        (2, "topcis list", "'topics'"),
        (2, "topics lst", "'list'"),
        (2, "consume orders --from-beginig", "'--from-beginning'"),
        (2, "consume orders --exit", "'--exit-at-end'"),
        (2, "produce orders -z gzp", "'gzip'"),
        (2, "produce orders --format jsno", "'json'"),
        (2, "produce orders --producer-property acsk=all", "'acks'"),
        (2, "produce orders --property parse.kye=true", "'parse.key'"),
        (2, "produce orders --key-serializer IntgerSerializer", "'integer'"),
        (2, "consume orders --property print.kye=true", "'print.key'"),
        (2, "consume orders --consumer-property isolation.levl=x", "'isolation.level'"),
        (2, "consume orders --key-deserializer lnog", "'long'"),
        (2, "dump-log-segments x.log --value-decoder-class lnog", "'long'"),
        (2, "consume orders --group g --partition-assignment-strategy rnge", "'range'"),
        (2, "completions bsh", "'bash'"),
        (1, "topics create x --config retention.m=5", "'retention.ms'"),
        (1, "configs alter orders --add-config retention.m=5", "'retention.ms'"),
        (1, "configs alter orders --delete-config retention.m", "'retention.ms'"),
        (1, "consume ordrs", "'orders'"),
        (1, "produce ordrs --no-auto-create", "'orders'"),
        (1, "topics describe ordrs", "'orders'"),
        (1, "topics delete ordrs", "'orders'"),
        (1, "topics alter ordrs --partitions 9", "'orders'"),
        (1, "topics offsets ordrs", "'orders'"),
        (1, "topics delete-records ordrs --offset 1", "'orders'"),
        (1, "topics stats ordrs", "'orders'"),
        (1, "configs describe ordrs", "'orders'"),
        (1, "count ordrs", "'orders'"),
        (1, "wait ordrs --timeout-ms 0", "'orders'"),
        (1, "wait orders --group wokers --timeout-ms 0", "'workers'"),
        (1, "clean ordrs", "'orders'"),
        (1, "verify ordrs", "'orders'"),
        (1, "export ordrs x.tar", "'orders'"),
        (1, "ps ordrs", "'orders'"),
        (1, "groups describe wokers", "'workers'"),
        (1, "groups delete wokers", "'workers'"),
        (1, "groups delete-offsets wokers --topic orders", "'workers'"),
        (1, "groups delete-offsets workers --topic ordrs", "'orders'"),
        (1, "groups reset-offsets workers --topic ordrs --to-earliest", "'orders'"),
        (1, "groups reset-offsets wokers --all-topics --to-earliest", "'workers'"),
    ] {
        let message = sandbox.fails(status, line);
        assert!(message.to_lowercase().contains(&format!("did you mean {meant}?")), "{line}: {message}");
    }
    let shown = sandbox.run("groups reset-offsets wokers --topic notes --to-earliest");
    assert!(shown.stderr.contains("; did you mean 'workers'?\n"), "{}", shown.stderr);
    for line in [
        "count orders --partition 9",
        "consume orders --partition 9 -e",
        "wait orders --more 1 --partition 9",
    ] {
        let message = sandbox.fails(1, line);
        assert_eq!(message, "topic 'orders' has no partition 9 here: it has 3 partition(s), numbered from 0");
    }
}

/// Every command that prints, with what makes it print something.
#[test]
fn json_is_one_object_a_line_with_its_version() {
    let sandbox = sandbox();
    sandbox.ok("export orders there.tar --output json");
    for line in [
        "topics create more",
        "topics create more --if-not-exists",
        "topics list",
        "topics describe",
        "topics alter more --partitions 2",
        "topics offsets orders",
        "topics stats orders",
        "topics delete-records orders --offset end",
        "topics delete more gone --if-exists",
        "configs describe orders",
        "configs alter orders --add-config segment.bytes=1000000",
        "count orders",
        "clean",
        "export notes notes.tar",
        "import there.tar --as here",
        "groups list",
        "groups describe workers",
        "groups describe workers --members",
        "groups reset-offsets workers --topic orders --to-earliest",
        "groups delete-offsets workers --topic orders:0",
        "groups delete workers",
        "produce orders",
        "dump-log-segments data/orders-0",
    ] {
        let ran = sandbox.run(&format!("{line} --output json"));
        assert_eq!(ran.status, 0, "{line}: {}", ran.stderr);
        let printed = ran.stdout;
        assert!(!printed.is_empty(), "{line}");
        for object in printed.lines() {
            let value: Value =
                serde_json::from_str(object).unwrap_or_else(|e| panic!("{line}: {e}: {object}"));
            assert_eq!(
                (value["v"].as_i64(), object.starts_with("{\"v\":1")),
                (Some(1), true),
                "{line}: {object}"
            );
        }
    }
}

fn run(sandbox: &Sandbox, line: &str, environment: &[(&str, &str)]) -> Ran {
    let mut command = sandbox.command(&line.split_whitespace().collect::<Vec<_>>());
    command.env_clear().envs(environment.iter().copied());
    Ran::new(command.output().unwrap())
}

/// All there is of nothing is nothing, wherever it is asked for.
#[test]
fn a_home_without_a_data_directory_is_an_empty_one() {
    let sandbox = Sandbox::new();
    let home = sandbox.path().to_str().unwrap();
    for line in [
        "topics list",
        "topics describe",
        "configs describe",
        "groups list",
        "groups describe --all-groups",
        "verify",
        "ps",
        "clean --output json",
    ] {
        let ran = run(&sandbox, line, &[("HOME", home), ("MKAFKA_DATA_DIR", "")]);
        assert_eq!((ran.status, ran.stdout.as_str(), ran.stderr.as_str()), (0, "", ""), "{line}");
    }
    assert_eq!(std::fs::read_dir(home).unwrap().count(), 0, "looking makes nothing");
    let message = run(&sandbox, "consume orders", &[("HOME", home)]).failed(1);
    assert!(message.contains("`mkafka topics create` makes it, --data-dir chooses another"), "{message}");
    for environment in [&[][..], &[("HOME", "")], &[("HOME", "relative")], &[("XDG_DATA_HOME", "relative")]] {
        let message = run(&sandbox, "topics create orders", environment).failed(1);
        assert_eq!(
            message,
            "there is no home directory to keep data in; give --data-dir or set MKAFKA_DATA_DIR"
        );
    }
    assert_eq!(std::fs::read_dir(home).unwrap().count(), 0);
}

/// Names and values may hold what steers terminals, or turns the direction of writing: there it is escaped. Into
/// pipes it goes as it is, and JSON means the same in either.
#[test]
fn nothing_steers_a_terminal() {
    const KEY: &str = "k\u{202e}\u{1b}[31m\u{9b}日本";
    let sandbox = sandbox();
    let value = format!("{{\"key\":{},\"value\":\"v\u{2067}\"}}\n", serde_json::json!(KEY));
    std::fs::write(sandbox.path().join("in.json"), value).unwrap();
    sandbox.ok("produce notes --format json --file in.json");
    let group = [
        "groups",
        "reset-offsets",
        KEY,
        "--topic",
        "notes",
        "--to-earliest",
        "--execute",
        "--output",
        "json",
    ];
    assert_eq!(sandbox.run_args(&group).status, 0);
    let log = "data/notes-0/00000000000000000000.log";
    for (line, shown) in [
        (
            "consume notes --from-beginning -e -q --property print.key=true",
            "k\\xe2\\x80\\xae\\x1b[31m\\xc2\\x9b日本",
        ),
        ("consume notes --from-beginning -e -q --output json", "k\\u202e\\u001b[31m\\u009b日本"),
        ("consume notes --from-beginning -e -q --output pretty", "k\\xe2\\x80\\xae\\x1b[31m\\xc2\\x9b日本"),
        ("consume notes --from-beginning -e -q -f %k{json}", "k\\u202e\\u001b[31m\\u009b日本"),
        (&format!("dump-log-segments --print-data-log {log}"), "k\\xe2\\x80\\xae\\x1b[31m\\xc2\\x9b日本"),
        (
            &format!("dump-log-segments --print-data-log --output json {log}"),
            "k\\u202e\\u001b[31m\\u009b日本",
        ),
        ("topics stats notes", "k\\u{202e}\\u{1b}[31m\\u{9b}日本"),
        ("topics stats notes --output json", "k\\u202e\\u001b[31m\\u009b日本"),
        ("groups list", "k\\u{202e}\\u{1b}[31m\\u{9b}日本"),
        ("groups list --state", "k\\u{202e}\\u{1b}[31m\\u{9b}日本  Empty"),
        ("groups list --output json", "k\\u202e\\u001b[31m\\u009b日本"),
        ("groups describe --all-groups", "k\\u{202e}\\u{1b}[31m\\u{9b}日本"),
        ("groups describe --all-groups --output json", "k\\u202e\\u001b[31m\\u009b日本"),
    ] {
        let args: Vec<&str> = line.split_whitespace().chain(["--color", "never"]).collect();
        let mut command = sandbox.command(&args);
        command.env("TERM", "xterm");
        let mut terminal = spawn_command(command, Some(PATIENCE)).unwrap();
        // What is read is taken for Latin-1 there.
        let all: Vec<u8> = terminal.exp_eof().unwrap().chars().map(|c| u8::try_from(c).unwrap()).collect();
        let all = String::from_utf8(all).unwrap();
        assert!(all.contains(shown), "{line}: {all:?}");
        let steers = |c: char| c.is_control() && !matches!(c, '\r' | '\n' | '\t');
        assert!(!all.contains(|c| steers(c) || "\u{202e}\u{2067}".contains(c)), "{line}: {all:?}");
        let piped = sandbox.run_args(&args).stdout;
        if line.ends_with("json") && !line.contains("stats") {
            let objects = |text: &str| -> Vec<Value> {
                text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
            };
            assert_eq!(objects(&all), objects(&piped), "{line}");
        }
    }
    let raw = sandbox.ok("consume notes --from-beginning -e -q --property print.key=true");
    assert_eq!(raw, format!("{KEY}\tv\u{2067}\n"));
}

#[test]
fn colours_are_where_they_are_asked_for() {
    let sandbox = sandbox();
    let data = sandbox.data_dir();
    let data = ("MKAFKA_DATA_DIR", data.to_str().unwrap());
    let coloured = |line: &str, environment: &[(&str, &str)]| {
        run(&sandbox, line, &[environment, &[data]].concat()).stdout.contains('\u{1b}')
    };
    for line in ["topics stats notes", "clean --dry-run", "--help"] {
        assert!(!coloured(line, &[]), "{line}");
        assert!(coloured(&format!("{line} --color always"), &[("NO_COLOR", "1")]), "{line}");
        assert!(coloured(line, &[("CLICOLOR_FORCE", "1")]), "{line}");
        assert!(!coloured(&format!("{line} --color never"), &[("CLICOLOR_FORCE", "1")]), "{line}");
        assert!(!coloured(line, &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]), "{line}");
    }
}

#[test]
fn help_fits_a_narrow_terminal() {
    let sandbox = Sandbox::new();
    let help = run(&sandbox, "-h", &[("COLUMNS", "40")]).stdout;
    let typed = |line: &&str| line.starts_with("      mkafka") || line.starts_with("          $XDG");
    for line in help.lines().filter(|line| !typed(line)) {
        assert!(line.chars().count() <= 40, "{line}");
    }
}

/// A message names what it is about.
#[test]
fn what_is_at_fault_is_named() {
    let sandbox = sandbox();
    let file = |name: &str, text: &str| std::fs::write(sandbox.path().join(name), text).unwrap();
    file("positions.json", r#"{"version":1,"offsets":{"notes":{"0":99}}}"#);
    file("headers.txt", "a:1\tvalue\nnone:1\tvalue\n");
    for (status, line, message) in [
        (
            1,
            "consume notes --checkpoint positions.json --exit-at-end",
            "positions.json: the position cannot be gone on from: partition notes-0: offset 99 is out of range: the \
             partition holds 0 to 0 (the end not included)",
        ),
        (1, "produce notes --reader-config .", "cannot read .: it is a folder"),
        (1, "consume notes --consumer.config .", "cannot read .: it is a folder"),
        (
            1,
            "produce notes --file headers.txt --property parse.headers=true --null-marker none",
            "Header keys should not be equal to the null marker 'none' as they can't be null, on line number 2; the \
             first record of the input is produced: go on with --skip 1",
        ),
        (
            2,
            "configs alter notes --delete-config retention.ms,,segment.bytes",
            "--delete-config 'retention.ms,,segment.bytes': between two commas there must be a name",
        ),
        (
            2,
            "consume orders -X zzzzzzzzzz=1",
            "unknown consumer property 'zzzzzzzzzz'; known are group.id, client.id, auto.offset.reset, \
             enable.auto.commit, auto.commit.interval.ms, max.poll.interval.ms, partition.assignment.strategy, \
             isolation.level",
        ),
        (2, "consume notes --property header.deserialzer=x", "did you mean 'header.deserializer'?"),
    ] {
        let told = sandbox.fails(status, line);
        assert!(told.contains(message), "{line}: {told}");
    }
}
