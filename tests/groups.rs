//! `mkafka groups`, from outside.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::common::{Ran, Sandbox};

/// Two partitions with three records each, 0 to 5 in turn, whose timestamps are 1000, 2000 and so on.
fn orders() -> Sandbox {
    let sandbox = Sandbox::new();
    // The records are from 1970.
    sandbox.ok("topics create orders --partitions 2 --config retention.ms=-1");
    let lines: String = (0..6).map(|n| format!("{}:{}:{n}\n", n % 2, (n + 1) * 1000)).collect();
    std::fs::write(sandbox.path().join("lines"), lines).unwrap();
    sandbox.ok(r"produce orders --file lines --format %p:%T:%v\n");
    sandbox
}

/// Reads all of the topic as the only member of group `billing`.
fn read_all(sandbox: &Sandbox) -> Vec<String> {
    let ran = sandbox.run("consume orders --group billing --from-beginning --exit-at-end --quiet");
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let mut lines: Vec<String> = ran.stdout.lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

/// What `groups describe billing` has of each partition: committed offset, end, lag.
fn offsets(sandbox: &Sandbox, group: &str) -> Vec<[Option<i64>; 3]> {
    let json = sandbox.ok(&format!("groups describe {group} --output json"));
    let json: Value = serde_json::from_str(&json).unwrap();
    let one = |row: &Value| ["currentOffset", "logEndOffset", "lag"].map(|name| row[name].as_i64());
    json["partitions"].as_array().unwrap().iter().map(one).collect()
}

/// A table without what its columns are padded with.
fn words(text: &str) -> Vec<String> {
    text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// Waits until `holds`, for a minute.
#[track_caller]
fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(60), "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A member of group `billing` that goes on until it is dropped.
struct Member(Child);

impl Member {
    fn join(sandbox: &Sandbox, client: &str) -> Self {
        Self::join_with(sandbox, &format!("client.id={client}"))
    }

    fn join_with(sandbox: &Sandbox, property: &str) -> Self {
        let args = ["consume", "orders", "--group", "billing", "--quiet", "--consumer-property", property];
        let child =
            sandbox.command(&args).stdout(Stdio::null()).stderr(Stdio::null()).stdin(Stdio::null()).spawn();
        Self(child.unwrap())
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        kill_process(Pid::from_child(&self.0), Signal::TERM).unwrap();
        self.0.wait().unwrap();
    }
}

/// Waits until the group has so many members that own what they shall.
fn wait_for_members(sandbox: &Sandbox, count: u64) {
    wait_until("members", || {
        let json = sandbox.run("groups describe billing --state --output json").stdout;
        let json: Value = serde_json::from_str(&json).unwrap_or_default();
        json["memberCount"] == count && (count == 0 || json["state"] == "Stable")
    });
}

#[test]
fn a_group_is_listed_and_described_in_kafkas_words() {
    let sandbox = orders();
    assert_eq!(sandbox.ok("groups list"), "");
    assert_eq!(read_all(&sandbox).len(), 6);
    std::fs::write(sandbox.path().join("line"), "more\n").unwrap();
    sandbox.ok("produce orders --file line");
    assert_eq!(sandbox.ok("groups list"), "billing\n");
    assert_eq!(sandbox.ok("groups list --state"), format!("{:25} STATE\n{:25} Empty\n", "GROUP", "billing"));
    assert_eq!(sandbox.ok("groups --list --state stable"), format!("{:25} STATE\n", "GROUP"));
    assert_eq!(
        sandbox.ok("groups list --output json"),
        "{\"v\":1,\"group\":\"billing\",\"type\":\"Classic\",\"state\":\"Empty\",\"members\":0,\"committedPartitions\":2}\n"
    );
    let message = sandbox.fails(2, "groups list --state asleep");
    assert!(message.contains("Invalid state list 'asleep'. Valid states are: Assigning,"), "{message}");

    let described = sandbox.run("groups --describe --group billing");
    assert_eq!(described.status, 0);
    assert_eq!(described.stderr, "Consumer group 'billing' has no active members.\n");
    insta::assert_snapshot!(described.stdout, @r"

    GROUP           TOPIC           PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG             CONSUMER-ID     HOST            CLIENT-ID
    billing         orders          0          3               4               1               -               -               -
    billing         orders          1          3               3               0               -               -               -
    ");
    let state = sandbox.run("groups describe billing --state --verbose").stdout;
    insta::assert_snapshot!(state, @r"

    GROUP           COORDINATOR (ID)          ASSIGNMENT-STRATEGY  STATE                GROUP-EPOCH     TARGET-ASSIGNMENT-EPOCH   #MEMBERS
    billing         -                         -                    Empty                2               2                         0
    ");
    let missing = sandbox.run("groups describe biling");
    assert_eq!(missing.failed(1), "Consumer group 'biling' does not exist; did you mean 'billing'?");
    // One that is not there does not hide the other.
    let both = sandbox.run("groups describe nosuch billing");
    assert_eq!((both.status, both.stdout), (1, described.stdout));
    assert!(
        both.stderr.ends_with("'nosuch' does not exist; `mkafka groups list` shows the groups there are\n")
    );
}

#[test]
fn members_are_shown_with_what_they_have_and_keep_others_from_changing_the_group() {
    let sandbox = orders();
    read_all(&sandbox);
    sandbox.ok("topics create unread");
    let one = Member::join(&sandbox, "one");
    let two = Member::join(&sandbox, "two");
    wait_for_members(&sandbox, 2);

    let json: Value = serde_json::from_str(&sandbox.ok("groups describe billing --output json")).unwrap();
    let rows = json["partitions"].as_array().unwrap();
    assert_eq!(rows.len(), 2);
    for row in rows {
        let pid = row["pid"].as_u64().unwrap();
        assert!([one.0.id(), two.0.id()].map(u64::from).contains(&pid), "{row}");
        assert_eq!(row["host"], "/127.0.0.1");
        assert_eq!((&row["currentOffset"], &row["lag"]), (&Value::from(3), &Value::from(0)));
    }
    let members = words(&sandbox.ok("groups describe billing --members --verbose"));
    assert_eq!(
        members[1],
        "GROUP CONSUMER-ID HOST CLIENT-ID #PARTITIONS CURRENT-EPOCH CURRENT-ASSIGNMENT TARGET-EPOCH \
         TARGET-ASSIGNMENT PID"
    );
    let of_one = members.iter().find(|line| line.contains(" /127.0.0.1 one 1 ")).unwrap();
    let fields: Vec<&str> = of_one.split(' ').collect();
    assert!(fields[1].starts_with("one-") && fields[6] == fields[8] && fields[6].starts_with("orders:"));
    assert_eq!(fields[9], one.0.id().to_string());
    let state = words(&sandbox.ok("groups describe billing --state"));
    assert_eq!(state[2], "billing - range Stable 2");

    let refused = "Assignments can only be reset if the group 'billing' is inactive, but the current state is \
                   Stable.";
    for line in [
        "groups reset-offsets billing --topic orders --to-earliest --execute",
        "groups --reset-offsets --group billing --all-topics --to-earliest",
        "groups reset-offsets billing --undo --execute",
    ] {
        assert_eq!(sandbox.fails(1, line), refused);
    }
    assert_eq!(
        sandbox.fails(1, "groups delete billing"),
        "Group 'billing' could not be deleted due to: The group is not empty: its state is Stable."
    );
    assert_eq!(
        sandbox.fails(1, "groups delete-offsets billing --topic orders"),
        "Deleting offsets of a consumer group 'billing' is forbidden if the group is not empty."
    );
    // A group that is in use keeps nobody from resetting another.
    let both = sandbox.run("groups reset-offsets billing other --topic orders --to-latest --execute");
    assert_eq!(both.status, 1);
    assert!(both.stderr.contains(refused), "{}", both.stderr);
    assert_eq!(offsets(&sandbox, "other"), [[Some(3), Some(3), Some(0)]; 2]);
    drop((one, two));
    wait_for_members(&sandbox, 0);
    sandbox.ok("groups reset-offsets billing --topic orders --to-earliest --execute");
}

#[test]
fn a_partition_that_is_assigned_and_has_nothing_committed_is_a_row() {
    let sandbox = orders();
    let member = Member::join_with(&sandbox, "enable.auto.commit=false");
    wait_for_members(&sandbox, 1);
    let described = words(&sandbox.ok("groups describe billing"));
    let rows: Vec<&str> = described[2..].iter().map(String::as_str).collect();
    assert!(rows[0].starts_with("billing orders 0 - 3 - "), "{rows:?}");
    assert!(rows[1].contains(" /127.0.0.1 "), "{rows:?}");
    drop(member);
}

#[test]
fn a_reset_is_shown_then_done_then_seen_by_consumers_and_taken_back() {
    let sandbox = orders();
    assert_eq!(read_all(&sandbox), ["0", "1", "2", "3", "4", "5"]);
    let dry = sandbox.run("groups reset-offsets billing --topic orders:1 --to-offset 1");
    assert_eq!(dry.stderr, "No action was performed: that takes --execute.\n");
    insta::assert_snapshot!(dry.stdout, @r"

    GROUP                          TOPIC                          PARTITION  NEW-OFFSET      OLD-OFFSET
    billing                        orders                         1          1               3
    ");
    assert_eq!(offsets(&sandbox, "billing"), [[Some(3), Some(3), Some(0)]; 2]);
    assert_eq!(
        sandbox.ok("groups reset-offsets billing --topic orders:1 --to-offset 1 --dry-run"),
        dry.stdout
    );

    let done = "--execute --output json";
    assert_eq!(
        sandbox.ok(&format!("groups reset-offsets billing --topic orders:1 --to-offset 1 {done}")),
        "{\"v\":1,\"group\":\"billing\",\"topic\":\"orders\",\"partition\":1,\"oldOffset\":3,\"newOffset\":1,\
         \"executed\":true}\n"
    );
    assert_eq!(read_all(&sandbox), ["3", "5"]);

    sandbox.ok("groups reset-offsets billing --all-topics --to-earliest --execute");
    assert_eq!(offsets(&sandbox, "billing"), [[Some(0), Some(3), Some(3)]; 2]);
    let shown = words(&sandbox.run("groups reset-offsets billing --undo --dry-run").stdout);
    assert_eq!(shown[2..], ["billing orders 0 3 0", "billing orders 1 3 0"]);
    sandbox.ok("groups reset-offsets billing --undo --execute");
    assert_eq!(offsets(&sandbox, "billing"), [[Some(3), Some(3), Some(0)]; 2]);
    sandbox.ok("groups reset-offsets billing --undo --execute");
    assert_eq!(offsets(&sandbox, "billing"), [[Some(0), Some(3), Some(3)]; 2]);
    assert_eq!(read_all(&sandbox).len(), 6);
}

#[test]
fn every_way_of_saying_where_to() {
    let sandbox = orders();
    read_all(&sandbox);
    let reset = |to: &str| -> Ran {
        sandbox.run(&format!("groups reset-offsets billing --topic orders --execute {to}"))
    };
    let now = || offsets(&sandbox, "billing").iter().map(|row| row[0].unwrap()).collect::<Vec<_>>();
    for (to, expected) in [
        ("--to-earliest", [0, 0]),
        ("--shift-by 2", [2, 2]),
        ("--shift-by +1", [3, 3]),
        ("--shift-by -2", [1, 1]),
        ("--to-current", [1, 1]),
        ("--to-latest", [3, 3]),
        ("--to-offset 2", [2, 2]),
        ("--to @1970-01-01T00:00:03.500Z", [2, 1]),
        ("--to @2", [1, 0]),
        // Partition 0 has the timestamps 1000, 3000 and 5000, partition 1 has 2000, 4000 and 6000.
        ("--to-datetime 1970-01-01T00:00:03.500", [2, 1]),
        ("--to-datetime 1970-01-01T00:00:03.000Z", [1, 1]),
        ("--by-duration P30000D", [0, 0]),
    ] {
        let ran = reset(to);
        assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{to}");
        assert_eq!(now(), expected, "{to}");
    }
    let ran = reset("--to-datetime 1970-01-01T00:00:05.500");
    assert_eq!(now(), [3, 2]);
    assert_eq!(
        ran.stderr,
        "mkafka: warning: partition orders-0 has no record at that time or later; its offset is set to its end, \
         3\n"
    );
    let ran = reset("--shift-by -100");
    assert_eq!(now(), [0, 0]);
    assert!(ran.stderr.contains(
        "New offset (-97) is lower than earliest offset for topic partition orders-0. Value will be set to 0"
    ));
    let ran = reset("--to-offset 7");
    assert_eq!(now(), [3, 3]);
    assert!(ran.stderr.contains(
        "New offset (7) is higher than latest offset for topic partition orders-1. Value will be set to 3"
    ));
    assert_eq!(ran.status, 0);
}

#[test]
fn mistakes_change_nothing() {
    let sandbox = orders();
    read_all(&sandbox);
    for (status, line, message) in [
        (2, "billing --to-earliest", "--topic"),
        (2, "billing --topic orders", "--to-earliest"),
        (2, "billing --topic orders --to-earliest --to-latest", "cannot be used with"),
        (2, "billing --topic orders --to-earliest --to end", "cannot be used with"),
        (2, "billing --topic orders --to 3:5", "valid are start, end, a number from 0"),
        (2, "billing --topic orders --to-earliest --execute --dry-run", "cannot be used with"),
        (2, "--topic orders --to-earliest", "<GROUP>"),
        (2, "billing --topic orders: --to-earliest", "Invalid topic arg 'orders:'"),
        (
            2,
            "billing --topic orders:x --to-earliest",
            "Invalid partition 'x' specified in topic arg 'orders:x'",
        ),
        (2, "billing --topic orders --to-datetime yesterday", "--by-duration"),
        (1, "billing --topic ordres --to-earliest", "did you mean 'orders'?"),
        (
            1,
            "billing --topic orders:2 --to-earliest",
            "topic 'orders' has no partition 2 here: it has 2 partition(s), numbered from 0",
        ),
        (1, "biling --all-topics --to-earliest", "did you mean 'billing'?"),
        (1, "biling --undo", "did you mean 'billing'?"),
        (1, "billing --undo", "group 'billing' has had no reset that could be taken back"),
        (1, "new --topic orders --shift-by 1 --execute", "there is no current committed offset"),
        (1, "billing --from-file nosuch.csv", "cannot read nosuch.csv"),
    ] {
        let said = sandbox.run(&format!("groups reset-offsets {line}"));
        assert_eq!((said.status, said.stdout.as_str()), (status, ""), "{line}: {}", said.stderr);
        assert!(said.stderr.contains(message), "{line}: {}", said.stderr);
    }
    assert_eq!(sandbox.ok("groups list"), "billing\n");
    assert_eq!(offsets(&sandbox, "billing"), [[Some(3), Some(3), Some(0)]; 2]);
}

#[test]
fn a_reset_creates_a_group_and_says_so() {
    let sandbox = orders();
    let line = "groups reset-offsets fresh --topic orders:0 --to-offset 2";
    assert!(
        sandbox.run(line).stderr.contains("group 'fresh' does not exist: to execute this would create it")
    );
    assert_eq!(sandbox.ok("groups list"), "");
    let done = sandbox.run(&format!("{line} --execute"));
    assert_eq!((done.status, done.stderr.as_str()), (0, "group 'fresh' did not exist: created it\n"));
    assert_eq!(offsets(&sandbox, "fresh"), [[Some(2), Some(3), Some(1)]]);
    // Taken back, nothing is committed, and there is no such group, as before.
    sandbox.ok("groups reset-offsets fresh --undo --execute");
    assert_eq!(sandbox.ok("groups list"), "");
    assert!(sandbox.fails(1, "groups describe fresh").starts_with("Consumer group 'fresh' does not exist;"));
}

#[test]
fn what_is_exported_is_set_again_from_the_file() {
    let sandbox = orders();
    read_all(&sandbox);
    sandbox.ok("groups reset-offsets billing --topic orders:0 --to-offset 1 --execute");
    let one = sandbox.ok("groups reset-offsets billing --all-topics --to-current --export");
    assert_eq!(one, "orders,0,1\norders,1,3\n");
    std::fs::write(sandbox.path().join("one.csv"), &one).unwrap();
    let copied = sandbox.run("groups reset-offsets copy --from-file one.csv --execute");
    assert_eq!(copied.status, 0, "{}", copied.stderr);
    assert_eq!(offsets(&sandbox, "copy"), offsets(&sandbox, "billing"));

    let both = sandbox.ok("groups reset-offsets --all-groups --all-topics --to-current --export");
    assert_eq!(both, "billing,orders,0,1\nbilling,orders,1,3\ncopy,orders,0,1\ncopy,orders,1,3\n");
    std::fs::write(sandbox.path().join("both.csv"), &both).unwrap();
    sandbox.ok("groups reset-offsets --all-groups --all-topics --to-latest --execute");
    sandbox.ok("groups reset-offsets --group billing --group copy --from-file both.csv --execute");
    for group in ["billing", "copy"] {
        assert_eq!(offsets(&sandbox, group).iter().map(|row| row[0].unwrap()).collect::<Vec<_>>(), [1, 3]);
    }
    assert_eq!(
        sandbox.fails(1, "groups reset-offsets third --from-file both.csv"),
        "No reset plan for group third found"
    );
    std::fs::write(sandbox.path().join("bad.csv"), "orders,0,1\norders,zero,1\n").unwrap();
    assert_eq!(
        sandbox.fails(1, "groups reset-offsets billing --from-file bad.csv"),
        "bad.csv, line 2: the partition is no number from 0"
    );
    std::fs::write(sandbox.path().join("gone.csv"), "ordres,0,1\n").unwrap();
    assert!(
        sandbox
            .fails(1, "groups reset-offsets billing --from-file gone.csv")
            .contains("did you mean 'orders'?")
    );
}

#[test]
fn groups_and_offsets_are_deleted() {
    let sandbox = orders();
    read_all(&sandbox);
    let deleted = sandbox.ok("groups --delete-offsets --group billing --topic orders:1");
    assert_eq!(words(&deleted)[1..], ["TOPIC PARTITION STATUS", "orders 1 Successful"]);
    assert_eq!(offsets(&sandbox, "billing"), [[Some(3), Some(3), Some(0)]]);
    let again = sandbox.run("groups delete-offsets billing --topic orders:1 --output json");
    assert_eq!(again.status, 1);
    assert_eq!(again.stderr, "mkafka: group 'billing' has committed nothing for partition orders-1\n");
    assert!(again.stdout.contains("\"oldOffset\":null,\"deleted\":false"), "{}", again.stdout);
    assert_eq!(
        sandbox.fails(1, "groups delete-offsets billing --topic ordres"),
        "group 'billing' has committed nothing for topic 'ordres'; did you mean 'orders'?"
    );
    // What was committed for partition 1 is read anew, for there is nothing committed.
    assert_eq!(read_all(&sandbox), ["1", "3", "5"]);

    sandbox.run("groups reset-offsets other --topic orders --to-latest --execute");
    let some = sandbox.run("groups delete other nosuch");
    assert_eq!(some.status, 1);
    assert_eq!(some.stdout, "These consumer groups were deleted successfully: 'other'\n");
    assert!(some.stderr.contains("Consumer group 'nosuch' does not exist;"));
    assert_eq!(
        sandbox.ok("groups --delete --group billing"),
        "Deletion of requested consumer groups ('billing') was successful.\n"
    );
    assert_eq!(sandbox.ok("groups list"), "");
    assert_eq!(read_all(&sandbox).len(), 6);
}

#[test]
fn offsets_of_a_partition_that_is_gone_are_shown_without_an_end_and_stay() {
    let sandbox = orders();
    read_all(&sandbox);
    // As a broker leaves it that no longer holds the partition.
    std::fs::remove_file(sandbox.data_dir().join(".mkafka/topics/orders.json")).unwrap();
    std::fs::remove_dir_all(sandbox.data_dir().join("orders-0")).unwrap();
    assert_eq!(offsets(&sandbox, "billing"), [[Some(3), None, None], [Some(3), Some(3), Some(0)]]);
    let ran = sandbox.run("groups reset-offsets billing --all-topics --to-earliest --execute");
    assert_eq!(words(&ran.stdout)[2..], ["billing orders 1 0 3"]);
    assert!(ran.stderr.contains("there is no partition orders-0: what is committed for it stays"));
    // Of a deleted topic nothing is left.
    sandbox.ok("topics delete orders");
    assert_eq!(sandbox.run("groups describe billing").stdout, "");
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// Partition folders alone, as in the log folder of a broker, without the right to write.
#[test]
fn groups_in_a_brokers_folder_are_read_and_nothing_is_written() {
    use std::os::unix::fs::PermissionsExt as _;
    let sandbox = orders();
    read_all(&sandbox);
    let broker = sandbox.path().join("broker");
    for folder in sandbox.entries("").iter().filter(|name| !name.starts_with('.')) {
        copy_folder(&sandbox.data_dir().join(folder), &broker.join(folder));
    }
    let folders = || -> Vec<_> {
        let mut all: Vec<_> =
            std::fs::read_dir(&broker).unwrap().map(|entry| entry.unwrap().path()).collect();
        all.push(broker.clone());
        all.sort();
        all
    };
    let files = || -> Vec<_> {
        let names = |folder: &std::path::PathBuf| -> Vec<_> {
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
        };
        let mut all: Vec<_> = folders().iter().flat_map(names).collect();
        all.sort();
        all
    };
    let before = files();
    let set_mode = |mode| {
        for folder in folders() {
            std::fs::set_permissions(folder, std::fs::Permissions::from_mode(mode)).unwrap();
        }
    };
    set_mode(0o555);
    let run = |line: &str| sandbox.run(&format!("--data-dir broker {line}"));
    let results = [
        run("groups list"),
        run("groups describe billing"),
        run("groups describe --all-groups --output json"),
        run("groups reset-offsets billing --all-topics --to-earliest --export"),
        run("groups describe nosuch"),
    ];
    set_mode(0o755);
    assert_eq!(files(), before);
    assert_eq!(results[0].stdout, "billing\n");
    assert_eq!(
        words(&results[1].stdout)[2..],
        ["billing orders 0 3 3 0 - - -", "billing orders 1 3 3 0 - - -"]
    );
    assert!(results[2].stdout.contains("\"state\":\"Empty\"") && results[2].status == 0);
    assert_eq!(results[3].stdout, "orders,0,0\norders,1,0\n");
    assert_eq!(results[4].status, 1);
}

#[test]
fn watching_goes_on_until_it_is_told_to_end() {
    let sandbox = orders();
    read_all(&sandbox);
    let args = ["groups", "describe", "billing", "--watch", "0.05", "--output", "json"];
    let mut child = sandbox.command(&args).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let committed = |line: String| -> Value {
        serde_json::from_str::<Value>(&line).unwrap()["partitions"][0]["currentOffset"].clone()
    };
    assert_eq!(committed(lines.next().unwrap().unwrap()), 3);
    sandbox.ok("groups reset-offsets billing --all-topics --to-offset 1 --execute");
    // Each picture is a line; one of those to come shows the change.
    assert!(lines.by_ref().take(1000).any(|line| committed(line.unwrap()) == 1));
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    assert_eq!(lines.map_while(Result::ok).map(committed).find(|offset| *offset != 1), None);
    assert_eq!(child.wait().unwrap().code(), Some(130));
}
