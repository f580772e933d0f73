//! `mkafka topics create` of several topics, and what it would do.

use rexpect::session::spawn_command;

use crate::common::Sandbox;

/// How long something may take to appear, in milliseconds.
const PATIENCE: u64 = 60_000;

#[test]
fn several_topics_are_created_alike() {
    let sandbox = Sandbox::new();
    assert_eq!(
        sandbox.ok("topics create a b,c a --partitions 2 --config retention.ms=5"),
        "Created topic a.\nCreated topic b.\nCreated topic c.\n"
    );
    assert_eq!(sandbox.ok("topics --create --topic d,e --topic f").lines().count(), 3);
    assert_eq!(sandbox.ok("topics list"), "a\nb\nc\nd\ne\nf\n");
    for topic in ["a", "b", "c"] {
        let described = sandbox.ok(&format!("topics describe {topic}"));
        assert!(described.contains("PartitionCount: 2") && described.contains("Configs: retention.ms=5"));
    }
}

#[test]
fn a_topic_that_cannot_be_created_keeps_no_other_from_it() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create orders");
    let ran = sandbox.run("topics create pay orders a/b a.x a_x users");
    assert_eq!(ran.status, 1);
    assert_eq!(ran.stdout, "Created topic pay.\nCreated topic a.x.\nCreated topic users.\n");
    let told: Vec<&str> = ran.stderr.lines().filter(|line| line.starts_with("mkafka: ")).collect();
    assert_eq!(
        told,
        [
            "mkafka: Topic 'orders' already exists.",
            "mkafka: Topic name is invalid: 'a/b' contains one or more characters other than ASCII \
             alphanumerics, '.', '_' and '-'",
            "mkafka: Topic 'a_x' collides with existing topic: a.x",
        ]
    );
    let again = sandbox.run("topics create orders new --if-not-exists --output json");
    assert_eq!((again.status, again.stderr.as_str()), (0, ""));
    assert_eq!(
        again.stdout,
        "{\"v\":1,\"topic\":\"orders\",\"created\":false}\n{\"v\":1,\"topic\":\"new\",\"created\":true}\n"
    );
    let failed = sandbox.run("topics create orders --output json");
    assert_eq!(failed.status, 1);
    assert_eq!(
        failed.stdout,
        "{\"v\":1,\"topic\":\"orders\",\"created\":false,\"error\":\"Topic 'orders' already exists.\"}\n"
    );
    // What is wrong with all of them is said once, and none is created.
    assert_eq!(sandbox.fails(1, "topics create x y --partitions 0"), "The partitions must be greater than 0");
    assert_eq!(sandbox.entries(".mkafka/topics").len(), 5);
}

#[test]
fn a_rehearsal_finds_what_would_be_refused_and_writes_nothing() {
    let sandbox = Sandbox::new();
    assert_eq!(
        sandbox.ok("topics create a b --partitions 3 --dry-run"),
        "Would create topic a with 3 partition(s).\nWould create topic b with 3 partition(s).\n"
    );
    assert!(!sandbox.data_dir().exists());
    sandbox.ok("topics create orders");
    let before = sandbox.entries(".mkafka/topics");
    let ran = sandbox.run("topics create orders x.y x_y --dry-run");
    assert_eq!((ran.status, ran.stdout.as_str()), (1, "Would create topic x.y with 1 partition(s).\n"));
    assert!(ran.stderr.contains("mkafka: Topic 'orders' already exists.\n"), "{}", ran.stderr);
    assert!(ran.stderr.contains("mkafka: Topic 'x_y' collides with existing topic: x.y\n"), "{}", ran.stderr);
    assert_eq!(sandbox.ok("topics create orders --dry-run --if-not-exists"), "");
    assert_eq!(
        sandbox.ok("topics create p --dry-run --output json"),
        "{\"v\":1,\"topic\":\"p\",\"created\":false,\"dryRun\":true,\"wouldCreate\":true}\n"
    );
    for (line, message) in [
        ("p --config retention.ms=abc", "Invalid value abc for configuration retention.ms"),
        ("p --replication-factor 2", "only 1 broker(s) are registered"),
        ("__cluster_metadata", "where a broker keeps its own metadata"),
    ] {
        let refused = sandbox.fails(1, &format!("topics create {line} --dry-run"));
        assert!(refused.contains(message), "{refused}");
    }
    assert_eq!(sandbox.entries(".mkafka/topics"), before);
    let lock = std::fs::File::create(sandbox.data_dir().join(".lock")).unwrap();
    rustix::fs::fcntl_lock(&lock, rustix::fs::FlockOperation::LockExclusive).unwrap();
    assert!(sandbox.fails(1, "topics create p --dry-run").contains("a running Kafka broker"));
}

#[test]
fn a_person_sees_a_table_of_several() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create orders");
    let on_a_terminal = |line: &str| {
        let args: Vec<&str> = line.split_whitespace().collect();
        let mut command = sandbox.command(&args);
        command.env("TERM", "dumb");
        let mut terminal = spawn_command(command, Some(PATIENCE)).unwrap();
        let shown = terminal.exp_eof().unwrap();
        let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
        shown.lines().map(words).collect::<Vec<_>>()
    };
    assert_eq!(
        on_a_terminal("topics create pay orders users --if-not-exists --partitions 2"),
        ["TOPIC PARTITIONS STATUS", "pay 2 created", "orders 2 exists already", "users 2 created"]
    );
    assert_eq!(
        on_a_terminal("topics create new pay --dry-run"),
        [
            "mkafka: Topic 'pay' already exists.",
            "TOPIC PARTITIONS STATUS",
            "new 1 would be created",
            "pay 1 refused",
        ]
    );
    assert_eq!(on_a_terminal("topics create single"), ["Created topic single."]);
}

/// What nobody reads is no reason to stop half way.
#[test]
fn all_are_created_though_nobody_reads_it() {
    let sandbox = Sandbox::new();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = sandbox.command(&["topics", "create", "a", "b", "c"]).stdout(writer).status().unwrap();
    assert_eq!(status.code(), Some(0));
    assert_eq!(sandbox.ok("topics list"), "a\nb\nc\n");
}
