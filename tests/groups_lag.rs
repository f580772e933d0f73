//! Groups picked by name, pattern, type and lag, and their lag summed up.

use serde_json::Value;

use crate::common::Sandbox;

/// Topics `orders`, of two partitions with three records each, and `pay` with one; the group `ahead` has read all,
/// `behind` nothing of orders and all of pay, and `partly` two of partition 0 of orders.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create orders --partitions 2");
    sandbox.ok("topics create pay");
    std::fs::write(sandbox.path().join("three"), "1\n2\n3\n").unwrap();
    std::fs::write(sandbox.path().join("one"), "1\n").unwrap();
    sandbox.ok("produce orders --partition 0 --file three");
    sandbox.ok("produce orders --partition 1 --file three");
    sandbox.ok("produce pay --file one");
    for line in [
        "ahead --topic orders --topic pay --to end",
        "behind --topic orders --to start",
        "behind --topic pay --to end",
        "partly --topic orders:0 --to 2",
    ] {
        let ran = sandbox.run(&format!("groups reset-offsets {line} --execute"));
        assert_eq!(ran.status, 0, "{line}: {}", ran.stderr);
    }
    sandbox
}

/// The rows of a table without what they are padded with.
fn rows(text: &str) -> Vec<String> {
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    text.lines().map(words).filter(|line| !line.is_empty()).collect()
}

fn objects(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn lag_is_summed_up_by_group_and_by_topic() {
    let sandbox = sandbox();
    assert_eq!(
        rows(&sandbox.ok("groups describe --all-groups --totals")),
        [
            "GROUP STATE #MEMBERS #PARTITIONS TOTAL-LAG",
            "ahead Empty 0 3 0",
            "behind Empty 0 3 6",
            "partly Empty 0 1 1",
        ]
    );
    assert_eq!(
        rows(&sandbox.ok("groups describe behind partly --totals topic")),
        ["GROUP TOPIC #PARTITIONS TOTAL-LAG", "behind orders 2 6", "behind pay 1 0", "partly orders 1 1"]
    );
    assert_eq!(
        sandbox.ok("groups describe behind --totals --output json"),
        "{\"v\":1,\"group\":\"behind\",\"state\":\"Empty\",\"memberCount\":0,\"partitionCount\":3,\"totalLag\":6}\n"
    );
    assert_eq!(
        sandbox.ok("groups describe behind --totals=topic --output json --min-lag 1"),
        "{\"v\":1,\"group\":\"behind\",\"state\":\"Empty\",\"memberCount\":0,\"topics\":[{\"topic\":\"orders\",\
         \"partitionCount\":2,\"totalLag\":6}]}\n"
    );
    assert_eq!(
        rows(&sandbox.ok("groups describe --all-groups --totals --min-lag 2"))[1..],
        ["behind Empty 0 3 6"]
    );
    assert_eq!(sandbox.ok("groups describe --all-groups --totals --min-lag 7"), "");
    assert_eq!(sandbox.ok("groups describe --all-groups --totals --min-lag 7 --output json"), "");
    for line in
        ["--totals --members", "--totals --state", "--min-lag 1 --state", "--totals member", "--min-lag -1"]
    {
        sandbox.fails(2, &format!("groups describe ahead {line}"));
    }
}

#[test]
fn only_what_lags_is_shown() {
    let sandbox = sandbox();
    let shown = sandbox.run("groups describe --all-groups --min-lag 2");
    assert_eq!(
        rows(&shown.stdout),
        [
            "GROUP TOPIC PARTITION CURRENT-OFFSET LOG-END-OFFSET LAG CONSUMER-ID HOST CLIENT-ID",
            "behind orders 0 0 3 3 - - -",
            "behind orders 1 0 3 3 - - -",
        ]
    );
    assert_eq!(shown.stderr, "Consumer group 'behind' has no active members.\n");
    let json = objects(&sandbox.ok("groups describe --all-groups --min-lag 1 --output json"));
    let lags: Vec<(&str, usize)> = json
        .iter()
        .map(|group| (group["group"].as_str().unwrap(), group["partitions"].as_array().unwrap().len()))
        .collect();
    assert_eq!(lags, [("behind", 2), ("partly", 1)]);
    // What is there to describe is described, or not; what is not there is still a mistake.
    assert_eq!(sandbox.ok("groups describe ahead --min-lag 1"), "");
    sandbox.fails(1, "groups describe nosuch --min-lag 1");

    assert_eq!(sandbox.ok("groups list --min-lag 1"), "behind\npartly\n");
    assert_eq!(sandbox.ok("groups list --min-lag 2 --regex .*"), "behind\n");
    let json = objects(&sandbox.ok("groups list --min-lag 2 --output json"));
    assert_eq!((json.len(), &json[0]["group"], &json[0]["totalLag"]), (1, &"behind".into(), &6.into()));
}

#[test]
fn offsets_are_reset_to_what_consume_calls_them() {
    let sandbox = sandbox();
    sandbox.ok("topics delete-records orders --partition 0 --offset 1");
    for (to, expected) in [
        ("start", "orders,0,1\norders,1,0\n"),
        ("end", "orders,0,3\norders,1,3\n"),
        ("2", "orders,0,2\norders,1,2\n"),
        ("-1", "orders,0,2\norders,1,2\n"),
        ("-9", "orders,0,1\norders,1,0\n"),
        ("+1", "orders,0,2\norders,1,1\n"),
        ("+9", "orders,0,3\norders,1,3\n"),
    ] {
        let reset = format!("groups reset-offsets new --topic orders --to {to}");
        sandbox.run(&format!("{reset} --execute"));
        let exported = sandbox.run(&format!("{reset} --export"));
        assert_eq!((exported.status, exported.stdout.as_str()), (0, expected), "{to}");
        assert_eq!(
            sandbox.ok("groups reset-offsets new --all-topics --to-current --export"),
            expected,
            "{to}"
        );
    }
    // What is not in the log is moved into it, which is said of each partition, also when nothing is done.
    for done in ["--dry-run", "--execute"] {
        for (to, warnings) in [
            (
                "+3",
                "mkafka: warning: New offset (4) is higher than latest offset for topic partition orders-0. Value \
                 will be set to 3\n",
            ),
            (
                "-3",
                "mkafka: warning: New offset (0) is lower than earliest offset for topic partition orders-0. Value \
                 will be set to 1\n",
            ),
        ] {
            let ran = sandbox.run(&format!("groups reset-offsets new --topic orders --to {to} {done}"));
            assert_eq!((ran.status, ran.stderr.as_str()), (0, warnings));
        }
        let ran = sandbox.run(&format!("groups reset-offsets new --topic orders --to +99 {done}"));
        assert_eq!((ran.status, ran.stderr.lines().count()), (0, 2), "{}", ran.stderr);
        assert!(ran.stderr.contains("(99) is higher than latest offset for topic partition orders-1. "));
    }
}

/// As of a topic that was deleted and created again: more was committed than there is.
#[test]
fn what_is_committed_beyond_the_end_hides_no_lag() {
    let sandbox = sandbox();
    // Partition 0 has been read, and one record of partition 1; then the log of partition 0 is lost.
    for line in ["--topic orders:0 --to end", "--topic orders:1 --to 1"] {
        sandbox.run(&format!("groups reset-offsets short {line} --execute"));
    }
    for ending in ["log", "index", "timeindex"] {
        let file = sandbox.data_dir().join(format!("orders-0/00000000000000000000.{ending}"));
        std::fs::write(file, b"").unwrap();
    }
    let lags = |line: &str| -> Vec<String> {
        let lag = |row: &String| row.split(' ').skip(3).take(3).collect::<Vec<_>>().join(" ");
        rows(&sandbox.run(line).stdout)[1..].iter().map(lag).collect()
    };
    assert_eq!(lags("groups describe short"), ["3 0 -3", "1 3 2"]);
    assert_eq!(lags("groups describe short --min-lag 0"), ["3 0 -3", "1 3 2"]);
    assert_eq!(lags("groups describe short --min-lag 1"), ["1 3 2"]);
    let json = objects(&sandbox.ok("groups describe short --totals --output json"));
    assert_eq!(json[0]["totalLag"], 2);
    let json = objects(&sandbox.ok("groups list --min-lag 2 --regex short --output json"));
    assert_eq!(json[0]["totalLag"], 2);
}

#[test]
fn groups_are_picked_by_name_pattern_and_type() {
    let sandbox = sandbox();
    assert_eq!(sandbox.ok("groups list behind ahead"), "behind\nahead\n");
    assert_eq!(sandbox.ok("groups list --regex .*a.*d|x"), "ahead\n");
    let some = sandbox.run("groups list nosuch --group partly");
    assert_eq!((some.status, some.stdout.as_str()), (1, "partly\n"));
    assert!(some.stderr.contains("Consumer group 'nosuch' does not exist;"), "{}", some.stderr);
    assert_eq!(
        rows(&sandbox.ok("groups list --type --state"))[..2],
        ["GROUP TYPE STATE", "ahead Classic Empty"]
    );
    assert_eq!(
        sandbox.ok("groups --list --type classic ahead"),
        format!("{:25} TYPE\n{:25} Classic\n", "GROUP", "ahead")
    );
    assert_eq!(rows(&sandbox.ok("groups list --type consumer,share")), ["GROUP TYPE"]);
    assert_eq!(
        sandbox.fails(2, "groups list --type modern"),
        "Invalid types list 'modern'. Valid types are: Classic, Consumer, Share"
    );

    let described = sandbox.ok("groups describe --regex .*h.* --output json");
    assert_eq!(described.lines().count(), 2);
    let reset =
        sandbox.ok("groups reset-offsets --regex a.*|b.* --topic pay --to start --execute --output json");
    assert_eq!(reset.matches("\"newOffset\":0,\"executed\":true").count(), 2);
    assert_eq!(
        sandbox.ok("groups delete --regex a.* p.*"),
        "Deletion of requested consumer groups ('ahead', 'partly') was successful.\n"
    );
    for line in ["list", "describe", "delete", "reset-offsets --all-topics --to end --execute"] {
        assert_eq!(
            sandbox.fails(1, &format!("groups {line} --regex nosuch.*")),
            "no group matches 'nosuch.*'; `mkafka groups list` shows the groups there are"
        );
        let message = sandbox.fails(2, &format!("groups {line} --regex (b"));
        assert!(message.starts_with("--regex: '(b' is not a valid regular expression: "), "{message}");
        sandbox.fails(2, &format!("groups {line} --regex"));
    }
    assert_eq!(sandbox.ok("groups list"), "behind\n");
}
