//! Options of Kafka's tools that pick out partitions, or that mean nothing here.

use crate::common::Sandbox;

#[test]
fn partitions_are_picked_out_by_their_copies() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create whole --partitions 2");
    sandbox.ok("topics create wants --config min.insync.replicas=2");
    sandbox.ok("topics create torn --partitions 3");
    let filters = ["under-replicated", "unavailable", "under-min-isr", "at-min-isr"];
    // `topic-partition` of each line.
    let picked = |filter: &str| -> String {
        let shown = sandbox.ok(&format!("topics --describe --{filter}-partitions"));
        let name = |line: &str| {
            let field = |name: &str| line.split(name).nth(1).unwrap().split('\t').next().unwrap().to_owned();
            assert!(line.starts_with("\tTopic: "), "{line}");
            format!("{}-{}", field("Topic: "), field("Partition: "))
        };
        shown.lines().map(name).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(filters.map(picked), ["", "", "wants-0", "torn-0 torn-1 torn-2 whole-0 whole-1"]);
    std::fs::remove_dir_all(sandbox.data_dir().join("torn-1")).unwrap();
    assert_eq!(filters.map(picked), ["torn-1", "torn-1", "torn-1 wants-0", "torn-0 torn-2 whole-0 whole-1"]);
    assert_eq!(
        sandbox.ok("topics describe torn --unavailable-partitions"),
        "\tTopic: torn\tPartition: 1\tLeader: none\tReplicas: 1\tIsr: \tElr: \tLastKnownElr: \n"
    );
    let json = sandbox.ok("topics describe --unavailable-partitions --output json");
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&json["topic"], json["partitions"].as_array().unwrap().len()), (&"torn".into(), 1));
    assert_eq!((&json["partitions"][0]["partition"], &json["partitionCount"]), (&1.into(), &3.into()));
    // Those that are made when they are needed are not gone.
    std::fs::write(sandbox.path().join("x"), "x\n").unwrap();
    sandbox.ok("produce whole --file x");
    sandbox.run("consume whole --group g --from-beginning -e -q");
    assert_eq!(filters.map(picked)[1], "torn-1");
    let both = sandbox.fails(2, "topics describe --unavailable-partitions --topics-with-overrides");
    assert!(both.contains("cannot be used with"), "{both}");
}

#[test]
fn offsets_of_some_partitions_of_several_topics() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t1 t2 other --partitions 4");
    let offsets = |rules: &str| {
        let text = sandbox.ok(&format!("topics offsets --topic-partitions {rules}"));
        text.lines().map(|line| line.strip_suffix(":0").unwrap().to_owned()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(offsets("t1:1,t2:0-2"), "t1:1 t2:0 t2:1");
    assert_eq!(offsets("t1:3-,t1:-1,other"), "t1:0 t1:3 other:0 other:1 other:2 other:3");
    assert_eq!(offsets(":2"), "other:2 t1:2 t2:2");
    assert_eq!(offsets("t.:9,t.:3 --regex"), "t1:3 t2:3");
    for (status, line, message) in [
        (2, "--topic-partitions t1:x", "Invalid rule specification: t1:x"),
        (2, "--topic-partitions t1:1 --topic t1", "cannot be used with"),
        (2, "--topic-partitions t1:1 --partitions 1", "cannot be used with"),
        (1, "--topic-partitions t3:1", "did you mean 't"),
        (1, "--topic-partitions t1:7-9", "Could not match any topic-partitions with the specified filters"),
        (1, "--topic-partitions x.* --regex", "no topic matches 'x.*'"),
    ] {
        let told = sandbox.fails(status, &format!("topics offsets {line}"));
        assert!(told.contains(message), "{line}: {told}");
    }
    let some = sandbox.run("topics offsets --topic-partitions t1:7,t2:0");
    assert_eq!((some.status, some.stdout.as_str()), (1, "t2:0:0\n"));
    assert!(some.stderr.contains("topic 't1' has no partition 7 here"), "{}", some.stderr);
}

#[test]
fn what_is_about_a_connection_is_refused_with_its_reason() {
    let sandbox = Sandbox::new();
    for line in [
        "topics --list --command-config c",
        "topics describe --command-config=c",
        "topics --command-config c --list",
        "groups --command-config c --list",
        "configs --describe --command-config c",
    ] {
        assert_eq!(
            sandbox.fails(2, line),
            "invalid value 'c' for --command-config: mkafka connects to nothing that it could configure; leave it out"
        );
    }
}

/// Whoever looks at all topics is told of the one whose file is damaged, and of the others what there is.
#[test]
fn a_damaged_topic_file_keeps_nobody_from_the_other_topics() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create aaa mid zzz --config segment.bytes=1000 --config retention.bytes=1500");
    let numbers: String = (0..500).map(|n| format!("{n}\n")).collect();
    std::fs::write(sandbox.path().join("numbers"), numbers).unwrap();
    for topic in ["aaa", "zzz"] {
        sandbox.ok(&format!("produce {topic} --file numbers --batch-size 200 --quiet"));
        // As if retention had been asked for only now.
        sandbox.ok(&format!("configs alter {topic} --add-config retention.bytes=500,file.delete.delay.ms=0"));
    }
    std::fs::write(sandbox.data_dir().join(".mkafka/topics/mid.json"), "{").unwrap();
    for line in [
        "count --regex .*",
        "topics offsets",
        "topics offsets --topic-partitions .*:0 --regex",
        "topics stats --regex .*",
        "topics describe",
        "configs describe",
        "clean",
    ] {
        let ran = sandbox.run(line);
        assert_eq!(ran.status, 1, "{line}: {}", ran.stderr);
        assert_eq!(ran.stderr.matches("mid.json").count(), 1, "{line}: {}", ran.stderr);
        let shown = format!("{}{}", ran.stdout, ran.stderr);
        assert!(
            line == "configs describe" || (shown.contains("aaa") && shown.contains("zzz")),
            "{line}: {shown}"
        );
    }
    let segments = |topic: &str| {
        let names = sandbox.entries(&format!("{topic}-0"));
        names.iter().filter(|name| name.ends_with(".log")).count()
    };
    assert!(segments("aaa") <= 2 && segments("zzz") <= 2, "{} and {}", segments("aaa"), segments("zzz"));
}
