//! The grammar of `mkafka consume --offset`, and how many records of each partition are read.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use crate::common::Sandbox;
use crate::produce::produced;

/// A topic of 3 partitions with 30 records whose values are their timestamps, 1000 to 1029; partition N has those
/// that leave N when divided by 3, at the offsets 0 to 9.
fn times() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t --partitions 3 --config retention.ms=-1");
    let lines: String = (1000..1030)
        .map(|time| format!("{{\"value\":\"{time}\",\"timestamp\":{time},\"partition\":{}}}\n", time % 3))
        .collect();
    produced(&sandbox, "t --format json --batch-size 200", lines.as_bytes());
    sandbox
}

/// `PARTITION@OFFSET` of all that consume prints, sorted.
#[track_caller]
fn consume(sandbox: &Sandbox, args: &str) -> String {
    let out = sandbox.ok(&format!("consume t --quiet -f %p@%o\\n {args}"));
    let mut places: Vec<&str> = out.lines().collect();
    places.sort_unstable();
    places.join(" ")
}

#[test]
fn every_form_of_the_grammar() {
    let sandbox = times();
    // 1000 is the first of partition 1, 1001 of partition 2, 1002 of partition 0.
    for (offset, expected) in [
        ("latest -e", ""),
        ("end -e", ""),
        ("8 -e", "0@8 0@9 1@8 1@9 2@8 2@9"),
        ("8: -e", "0@8 0@9 1@8 1@9 2@8 2@9"),
        ("+9 -e", "0@9 1@9 2@9"),
        ("-1 -e", "0@9 1@9 2@9"),
        (":1", "0@0 1@0 2@0"),
        ("3:5", "0@3 0@4 1@3 1@4 2@3 2@4"),
        ("-1:end", "0@9 1@9 2@9"),
        ("-2:-1", "0@8 1@8 2@8"),
        ("+1:+2", "0@1 1@1 2@1"),
        ("8:-1", "0@8 1@8 2@8"),
        ("s@1028 -e", "0@9 2@9"),
        ("s@1001,e@1003", "0@0 2@0"),
        ("e@1001", "1@0"),
        ("@1970-01-01T00:00:01.028Z -e", "0@9 2@9"),
        ("@1970-01-01T00:00:01.028Z:end", "0@9 2@9"),
        ("@1970-01-01T00:00:01.001Z:@1970-01-01T00:00:01.003Z", "0@0 2@0"),
        ("@:1970-01-01T00:00:01.001Z", "1@0"),
        ("@1:2 -p 1 -c 1", "1@0"),
        ("@-1h:end", ""),
        ("0=9,1=:1,2=-1 -e", "0@9 1@0 2@9"),
        ("0=8:9 -o 1=3:5 -o 2=-1:end", "0@8 1@3 1@4 2@9"),
        ("0=9,end -e", "0@9"),
        ("0=9,+8:+9,2=:1 -e", "0@9 1@8 2@0"),
        ("t:1=9 -e", "1@9"),
        ("1=9 -p 1 -e", "1@9"),
        ("0=:1,8: -e", "0@0 1@8 1@9 2@8 2@9"),
        // What is given in two ways holds in both.
        ("3:8 --until-offset 4", "0@3 1@3 2@3"),
        ("0=3:8,8: -e --until-offset 4", "0@3"),
    ] {
        assert_eq!(consume(&sandbox, &format!("--offset {offset}")), expected, "{offset}");
    }
    assert_eq!(consume(&sandbox, "-o :end").split(' ').count(), 30);
    assert_eq!(consume(&sandbox, "-o beginning -e").split(' ').count(), 30);
    assert_eq!(consume(&sandbox, "-o 0=9,1=9 --ordered -e"), "0@9 1@9");
    assert_eq!(
        consume(&sandbox, "--consumer-property auto.offset.reset=earliest -o 0=9 -p 0,1 -e")
            .split(' ')
            .count(),
        11
    );
}

#[test]
fn what_makes_no_sense_is_told() {
    let sandbox = times();
    sandbox.ok("topics create u");
    for (args, expected) in [
        ("t --offset 5:3", "the range is empty"),
        ("t --offset x", "valid are earliest, latest, a number from 0"),
        ("t --offset stored", "what a group has stored is where --group goes on"),
        ("t --offset 1,2", "--offset says twice where to begin or to end"),
        ("t --offset 0=1,0=2", "--offset says twice where to begin or to end partition 0"),
        ("t --offset 0=1,t:0=2", "--offset says twice where to begin or to end partition 0"),
        ("t --offset 5:start", "--offset: nothing lies before the earliest"),
        ("t --offset 0=1 --from-beginning", "cannot be used with"),
        ("t --offset 0=1 --partition 1", "--offset names partition 0, which --partition leaves out"),
        ("t --offset u:0=1", "--offset names topic 'u', which is not read"),
        ("--include t --offset 0=1", "The topic is required when partition is specified."),
        ("t --group g --offset 0=1", "Options group and offset cannot be specified together"),
        (
            "t --consumer-property group.id=g --offset 0=1",
            "Options group and offset cannot be specified together",
        ),
        (
            "t --consumer-property group.id=g --since 1h",
            "Options group and from-timestamp cannot be specified together.",
        ),
        (
            "t --consumer-property group.id=g --until 1h",
            "Options group and to-timestamp cannot be specified together.",
        ),
        ("t --consumer-property group.id=g --tail 3", "Options group and tail cannot be specified together."),
        (
            "t --consumer-property group.id=g --ordered",
            "Options group and ordered cannot be specified together.",
        ),
        (
            "t --consumer-property group.id=g --max-per-partition 3",
            "Options group and max-messages-per-partition cannot be specified together.",
        ),
        ("t --max-messages-per-partition 0", "0 is not in 1.."),
    ] {
        let stderr = sandbox.fails(2, &format!("consume {args}"));
        assert!(stderr.contains(expected), "{args}: {stderr}");
    }
    assert_eq!(
        sandbox.fails(1, "consume t u --offset 2=5"),
        "topic 'u' has no partition 2 here: it has 1 partition(s), numbered from 0"
    );
    assert!(sandbox.fails(1, "consume t --offset 2=11 -e").starts_with("partition t-2: "));
}

#[test]
fn so_many_of_each_partition() {
    let sandbox = times();
    sandbox.ok("topics create u --config retention.ms=-1");
    produced(&sandbox, "u", b"one\ntwo\nthree\n");
    assert_eq!(
        consume(&sandbox, "--from-beginning -e --max-messages-per-partition 2"),
        "0@0 0@1 1@0 1@1 2@0 2@1"
    );
    // It is enough even without an end.
    assert_eq!(consume(&sandbox, "--from-beginning --max-per-partition 1"), "0@0 1@0 2@0");
    assert_eq!(consume(&sandbox, "--from-beginning --max-per-partition 1 --ordered"), "0@0 1@0 2@0");
    assert_eq!(
        consume(&sandbox, "--from-beginning --max-per-partition 2 --max-messages 3").split(' ').count(),
        3
    );
    assert_eq!(consume(&sandbox, "-o 0=8,1=9,2=end --max-per-partition 1 -e"), "0@8 1@9");
    // Counted are those that are printed.
    assert_eq!(consume(&sandbox, "--from-beginning --max-per-partition 1 --grep [5-9]$"), "0@1 1@2 2@2");
    let both = sandbox.ok("consume t u -q --from-beginning --max-per-partition 1 -f %t-%p;");
    assert_eq!(both.split_terminator(';').count(), 4, "{both}");
    // A file of positions goes on behind them.
    let kept = "consume u -q -e --from-beginning --max-per-partition 2 --checkpoint kept.json";
    assert_eq!((sandbox.ok(kept), sandbox.ok(kept)), ("one\ntwo\n".to_owned(), "three\n".to_owned()));
}

#[test]
fn a_follower_ends_once_nobody_reads_it() {
    let sandbox = times();
    for args in [
        "consume t --from-beginning",
        "consume t --from-beginning --group g",
        "consume t --from-beginning --ordered",
    ] {
        let args: Vec<&str> = args.split(' ').collect();
        let mut child = sandbox.command(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line.len(), 5, "{args:?}: {line}");
        // Nothing is produced that it could fail to write.
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), stderr.as_str()), (Some(0), ""), "{args:?}");
    }
}

#[test]
fn an_offset_that_is_out_of_range_is_an_error_unless_it_is_said_where_to_go_on() {
    let sandbox = times();
    let ran = |reset: &str| {
        let line = format!("consume t --partition 0 --offset 99 -e --quiet -f %p@%o\\n {reset}");
        let ran = sandbox.run(&line);
        (ran.status, ran.stdout.lines().count(), ran.stderr)
    };
    let refused = "mkafka: partition t-0: offset 99 is out of range: the partition holds 0 to 10 (the end not included)\n";
    for reset in ["", "-X auto.offset.reset=none"] {
        assert_eq!(ran(reset), (1, 0, refused.to_owned()), "{reset}");
    }
    let warned = |place: &str| {
        format!("mkafka: warning: t-0: offset 99 is out of range (0 to 10): going on {place}\n")
    };
    assert_eq!(ran("-X auto.offset.reset=earliest"), (0, 10, warned("at the earliest record")));
    assert_eq!(ran("-X auto.offset.reset=latest"), (0, 0, warned("at the end")));
}
