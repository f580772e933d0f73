//! `mkafka topics`.

use std::fs::File;
use std::process::Stdio;

use crate::common::{Ran, Sandbox};

#[test]
fn a_topic_is_created_listed_described_and_deleted() {
    let sandbox = Sandbox::new();
    assert_eq!(
        sandbox.ok("topics create orders --partitions 3 --config retention.ms=5"),
        "Created topic orders.\n"
    );
    sandbox.ok("topics create payments");
    assert_eq!(sandbox.ok("topics list"), "orders\npayments\n");
    let described = sandbox.ok("topics describe orders");
    let lines: Vec<&str> = described.lines().collect();
    let id = lines[0].split("TopicId: ").nth(1).unwrap().split('\t').next().unwrap();
    assert_eq!(id.len(), 22);
    assert_eq!(
        lines[0],
        format!(
            "Topic: orders\tTopicId: {id}\tPartitionCount: 3\tReplicationFactor: 1\tConfigs: retention.ms=5"
        )
    );
    assert_eq!(
        lines[3],
        "\tTopic: orders\tPartition: 2\tLeader: 1\tReplicas: 1\tIsr: 1\tElr: \tLastKnownElr: "
    );
    assert_eq!(sandbox.ok(&format!("topics describe --topic-id={id}")), described);
    assert_eq!(sandbox.ok("topics describe").lines().count(), 4 + 2);
    assert_eq!(sandbox.ok("topics delete orders"), "");
    assert_eq!(sandbox.ok("topics list"), "payments\n");
    assert_eq!(sandbox.entries(""), [".mkafka", "payments-0"]);
}

#[test]
fn the_forms_of_kafka_topics_work_in_any_order() {
    let sandbox = Sandbox::new();
    assert_eq!(
        sandbox.ok("topics --create --topic orders --partitions 3 --replication-factor 1"),
        "Created topic orders.\n"
    );
    assert_eq!(
        sandbox.ok("topics --topic other --config cleanup.policy=compact,delete --create"),
        "Created topic other.\n"
    );
    assert_eq!(sandbox.ok("topics --list"), "orders\nother\n");
    assert_eq!(sandbox.ok("topics --topic orders --describe"), sandbox.ok("topics describe --topic orders"));
    assert_eq!(sandbox.ok("topics --describe --topic orders,other").lines().count(), 4 + 2);
    assert_eq!(
        sandbox.ok("topics --describe --topics-with-overrides").split('\t').next(),
        Some("Topic: other")
    );
    sandbox.ok("topics --delete --topic orders,other");
    assert_eq!(sandbox.ok("topics --list"), "");
    let message = sandbox.fails(2, "topics --create --list --topic x");
    assert!(message.contains("Command must include exactly one action"), "{message}");
}

#[test]
fn clusters_are_refused_as_wrong_usage() {
    let sandbox = Sandbox::new();
    for line in ["topics --bootstrap-server localhost:9092 --list", "--bootstrap-server=b:1 topics list"] {
        assert!(sandbox.fails(2, line).contains("clusters come in a later version"));
    }
}

#[test]
fn json_is_one_object_a_line() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create orders --partitions 2 --config retention.ms=5");
    let line = sandbox.ok("topics describe --output json");
    let topic: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(line.matches('\n').count(), 1);
    assert_eq!((&topic["v"], &topic["topic"]), (&1.into(), &"orders".into()));
    assert_eq!(topic["configs"]["retention.ms"], "5");
    assert_eq!(topic["partitions"].as_array().unwrap().len(), 2);
    assert_eq!(topic["partitions"][1]["segments"], 1);
    assert_eq!(topic["partitions"][1]["bytes"], 0);
    assert_eq!(
        sandbox.ok("topics list --output json"),
        "{\"v\":1,\"topic\":\"orders\",\"internal\":false}\n"
    );
}

#[test]
fn bad_requests_are_one_clear_line_and_change_nothing() {
    let sandbox = Sandbox::new();
    for (line, message) in [
        (
            "create a/b",
            "Topic name is invalid: 'a/b' contains one or more characters other than ASCII alphanumerics, '.', '_' \
             and '-'",
        ),
        ("create ..", "Topic name is invalid: '..' is not allowed"),
        ("create o --partitions 0", "The partitions must be greater than 0"),
        ("create o --partitions -1", "The partitions must be greater than 0"),
        ("create o --partitions 10001", "Topic 'o' cannot have 10001 partitions: the limit is 10000 a topic"),
        (
            "create o --replication-factor 3",
            "Unable to replicate the partition 3 time(s): The target replication factor of 3 cannot be reached \
             because only 1 broker(s) are registered. Replicas need a cluster of 3 brokers; a data directory has \
             --replication-factor 1",
        ),
        ("create o --replication-factor 0", "The replication factor must be between 1 and 32767 inclusive"),
        (
            "create o --config retention.mss=1",
            "Unknown topic config name: retention.mss; did you mean 'retention.ms'?",
        ),
        (
            "create o --config retention.ms=abc",
            "Invalid value abc for configuration retention.ms: Not a number of type LONG",
        ),
    ] {
        assert_eq!(sandbox.fails(1, &format!("topics {line}")), message);
        assert!(!sandbox.data_dir().exists(), "{line} made the data directory");
    }
    let newline = Ran::failed(sandbox.run_args(&["topics", "create", "a\nb"]), 1);
    assert!(newline.contains("'a\\nb'"), "{newline}");
    assert!(Ran::failed(sandbox.run_args(&["topics", "create", ""]), 1).contains("empty string"));
    for line in [
        "topics",
        "topics create",
        "topics create o --partitions x",
        "topics create o --config x",
        "topics delete",
    ] {
        sandbox.fails(2, line);
    }

    sandbox.ok("topics create orders");
    assert_eq!(sandbox.fails(1, "topics create orders"), "Topic 'orders' already exists.");
    assert_eq!(sandbox.ok("topics create orders --if-not-exists"), "");
    assert_eq!(
        sandbox.fails(1, "topics delete ordrs"),
        "Topic 'ordrs' does not exist as expected; did you mean 'orders'?"
    );
    assert_eq!(
        sandbox.fails(1, "topics describe nosuch"),
        "Topic 'nosuch' does not exist as expected; `mkafka topics list` shows the topics there are"
    );
    assert_eq!(sandbox.ok("topics delete nosuch --if-exists"), "");
    assert_eq!(sandbox.ok("topics describe nosuch --if-exists"), "");
    sandbox.fails(1, "topics delete orders,nosuch");
    assert_eq!(sandbox.ok("topics list"), "orders\n");
}

#[test]
fn names_that_metrics_cannot_tell_apart_warn_or_collide() {
    let sandbox = Sandbox::new();
    let created = sandbox.run("topics create a_b");
    assert_eq!((created.status, created.stdout.as_str()), (0, "Created topic a_b.\n"));
    assert_eq!(
        created.stderr,
        "WARNING: Due to limitations in metric names, topics with a period ('.') or underscore ('_') could collide. \
         To avoid issues it is best to use either, but not both.\n"
    );
    assert_eq!(sandbox.fails(1, "topics create a.b"), "Topic 'a.b' collides with existing topic: a_b");
}

#[test]
fn a_data_directory_that_cannot_be_used_is_named() {
    let sandbox = Sandbox::new();
    let path = sandbox.data_dir();
    for line in ["topics list", "topics describe", "topics delete x"] {
        let message = sandbox.fails(1, line);
        assert!(
            message.starts_with(&format!("data directory {} does not exist", path.display())),
            "{message}"
        );
    }
    assert!(!path.exists());
    std::fs::write(&path, b"a file").unwrap();
    for line in ["topics list", "topics create x"] {
        let message = sandbox.fails(1, line);
        assert!(
            message.starts_with(&format!("data directory {} is not a folder", path.display())),
            "{message}"
        );
    }
    std::fs::remove_file(&path).unwrap();
    sandbox.ok("topics create x");
    std::fs::write(path.join(".mkafka/meta.json"), b"{\"version\":99}").unwrap();
    for line in ["topics list", "topics create y", "topics delete x"] {
        assert!(sandbox.fails(1, line).ends_with("a newer mkafka is needed"));
    }
}

#[test]
fn a_default_data_directory_that_nobody_made_yet_holds_no_topics() {
    let sandbox = Sandbox::new();
    let run = |args: &[&str]| {
        let mut command = sandbox.command(args);
        Ran::new(command.env_remove("MKAFKA_DATA_DIR").env("HOME", sandbox.path()).output().unwrap())
    };
    assert_eq!(run(&["topics", "list"]), Ran { status: 0, stdout: String::new(), stderr: String::new() });
    assert_eq!(run(&["topics", "create", "x"]).status, 0);
    assert!(sandbox.path().join(".local/share/mkafka/x-0").is_dir());
    assert_eq!(run(&["topics", "list"]).stdout, "x\n");
}

#[test]
fn a_damaged_topic_file_hides_no_other_topic_and_can_be_deleted() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create good");
    sandbox.ok("topics create bad");
    std::fs::write(sandbox.data_dir().join(".mkafka/topics/bad.json"), b"{\"version\":1,").unwrap();
    assert_eq!(sandbox.ok("topics list"), "bad\ngood\n");
    let described = sandbox.run("topics describe");
    assert_eq!(described.status, 1);
    assert!(described.stdout.starts_with("Topic: good\t"));
    assert!(described.stderr.contains("bad.json is damaged"), "{}", described.stderr);
    sandbox.ok("topics delete bad");
    assert_eq!(sandbox.entries(""), [".mkafka", "good-0"]);
}

#[test]
fn of_many_who_create_the_same_topic_one_succeeds() {
    let sandbox = Sandbox::new();
    for round in 0..3 {
        let line = ["topics", "create", "orders", "--partitions", "5"];
        let running: Vec<_> = (0..8)
            .map(|_| sandbox.command(&line).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
            .collect();
        let ran: Vec<Ran> =
            running.into_iter().map(|child| Ran::new(child.wait_with_output().unwrap())).collect();
        let (created, refused): (Vec<&Ran>, Vec<&Ran>) = ran.iter().partition(|ran| ran.status == 0);
        assert_eq!(created.len(), 1, "round {round}: {ran:?}");
        for ran in refused {
            assert_eq!(ran.stderr, "mkafka: Topic 'orders' already exists.\n");
        }
        assert_eq!(sandbox.entries("").len(), 1 + 5);
        assert_eq!(sandbox.entries(".mkafka/topics"), ["orders.json"]);
        sandbox.ok("topics delete orders");
        assert_eq!(sandbox.entries(""), [".mkafka"]);
    }
}

/// However a creation is interrupted, the topic is there with all its partitions or not at all, and
/// creating it works.
#[test]
fn a_killed_creation_leaves_all_or_nothing() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create first");
    for milliseconds in [0, 2, 5, 10, 20, 40] {
        let mut child = sandbox
            .command(&["topics", "create", "orders", "--partitions", "200"])
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(milliseconds));
        child.kill().unwrap();
        child.wait().unwrap();
        if sandbox.ok("topics list") == "first\norders\n" {
            assert_eq!(sandbox.ok("topics describe orders").lines().count(), 201);
            assert_eq!(sandbox.entries("").len(), 2 + 200);
            sandbox.ok("topics delete orders");
        }
        sandbox.ok("topics create orders --partitions 2");
        assert_eq!(sandbox.entries(""), [".mkafka", "first-0", "orders-0", "orders-1"]);
        sandbox.ok("topics delete orders");
    }
}

/// A broker holds an fcntl lock on the `.lock` file of its log folder.
#[test]
fn a_running_broker_is_left_alone() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create orders");
    let lock = File::create(sandbox.data_dir().join(".lock")).unwrap();
    rustix::fs::fcntl_lock(&lock, rustix::fs::FlockOperation::LockExclusive).unwrap();
    for line in ["topics create x", "topics delete orders"] {
        assert!(sandbox.fails(1, line).contains("is in use by a running Kafka broker"));
    }
    assert_eq!(sandbox.ok("topics list"), "orders\n");
    drop(lock);
    sandbox.ok("topics delete orders");
}

/// A broker's log folder, or a copy of one: read as it is, and nothing is written to it.
#[test]
fn a_brokers_log_folder_is_read_and_left_as_it_is() {
    let sandbox = Sandbox::new();
    for folder in ["orders-2", "orders-5", "dash-7-0", "__consumer_offsets-17", "__cluster_metadata-0"] {
        std::fs::create_dir_all(sandbox.data_dir().join(folder)).unwrap();
    }
    let before = sandbox.entries("");
    assert_eq!(sandbox.ok("topics list"), "__consumer_offsets\ndash-7\norders\n");
    assert_eq!(sandbox.ok("topics list --exclude-internal"), "dash-7\norders\n");
    let described = sandbox.ok("topics describe orders");
    assert!(described.starts_with(
        "Topic: orders\tTopicId: AAAAAAAAAAAAAAAAAAAAAA\tPartitionCount: 6\tReplicationFactor: 1\tConfigs: \n"
    ));
    assert_eq!(described.matches("\tPartition: ").count(), 2);
    sandbox.fails(1, "topics delete nosuch");
    assert_eq!(sandbox.entries(""), before);
}

#[test]
fn a_closed_pipe_is_a_quiet_end_and_a_full_disk_is_not() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create orders");
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let closed = sandbox.command(&["topics", "list"]).stdout(writer).output().unwrap();
    assert_eq!((closed.status.code(), closed.stderr.as_slice()), (Some(0), &b""[..]));
    if let Ok(full) = File::options().write(true).open("/dev/full") {
        let ran = Ran::new(sandbox.command(&["topics", "list"]).stdout(full).output().unwrap());
        assert!(ran.failed(1) == "cannot write to standard output: no space left on device");
    }
}
