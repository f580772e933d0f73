//! The command lines of Kafka's quick start and of the usual introductions, with only the program's name changed
//! and `--bootstrap-server` left out.

use crate::common::Sandbox;
use crate::produce::produced;

#[test]
fn the_usual_introduction_runs() {
    let sandbox = Sandbox::new();
    let created = sandbox.ok("topics --create --topic my-topic --partitions 3 --replication-factor 1");
    assert_eq!(created, "Created topic my-topic.\n");
    assert_eq!(sandbox.ok("topics --list"), "my-topic\n");
    assert!(sandbox.ok("topics --describe --topic my-topic").starts_with("Topic: my-topic\tTopicId: "));

    produced(&sandbox, "--topic my-topic", b"This is my first event\nThis is my second event\n");
    let keyed = "--topic my-topic --property parse.key=true --property key.separator=:";
    produced(&sandbox, keyed, b"key:This is my third event\n");

    let ran = sandbox.run("consume --topic my-topic --from-beginning --timeout-ms 200");
    let mut lines: Vec<&str> = ran.stdout.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, ["This is my first event", "This is my second event", "This is my third event"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, "Processed a total of 3 messages\n"));
    let with_keys = "consume --topic my-topic --from-beginning --timeout-ms 200 --property print.key=true --property key.separator=-";
    assert!(sandbox.run(with_keys).stdout.contains("key-This is my third event\n"));

    std::fs::write(
        sandbox.path().join("consumer.properties"),
        "auto.offset.reset=earliest\nisolation.level=read_committed\n",
    )
    .unwrap();
    let grouped = "consume --topic my-topic --consumer-property group.id=group1 --consumer.config consumer.properties \
                   --max-messages 3";
    assert_eq!(sandbox.run(grouped).stdout.lines().count(), 3);
    produced(&sandbox, "--topic my-topic", b"fourth\n");
    assert_eq!(sandbox.run(&format!("{grouped} --timeout-ms 2000")).stdout, "fourth\n");
}

#[test]
fn a_cluster_is_refused_for_now() {
    let sandbox = Sandbox::new();
    for line in [
        "produce --bootstrap-server localhost:9092 --topic t",
        "consume --topic t --from-beginning --bootstrap-server localhost:9092",
        "consume -b localhost:9092 -t t",
        "topics --list --bootstrap-server localhost:9092",
    ] {
        let stderr = sandbox.fails(2, line);
        assert!(stderr.contains("clusters come in a later version"), "{line}: {stderr}");
    }
    let stderr = sandbox.fails(2, "produce t --producer-property bootstrap.servers=localhost:9092");
    assert!(stderr.contains("clusters come in a later version"), "{stderr}");
}
