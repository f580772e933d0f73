//! Topics and groups chosen by regular expressions, which only --regex makes of their names.

use crate::common::Sandbox;

/// A data directory with the topics logs.a, logs.b, logsXa and pay, and Kafka's own for offsets.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    assert_eq!(sandbox.run("topics create logs.a logs.b logsXa pay").status, 0);
    std::fs::write(sandbox.path().join("lines"), "1\n2\n3\n").unwrap();
    for topic in ["logs.a", "logs.a", "pay"] {
        sandbox.ok(&format!("produce {topic} --file lines"));
    }
    for group in ["billing", "billing-eu", "audit"] {
        let reset = sandbox.run(&format!("groups reset-offsets {group} --topic pay --to-latest --execute"));
        assert_eq!(reset.status, 0, "{}", reset.stderr);
    }
    sandbox
}

#[test]
fn a_pattern_matches_whole_names_where_it_is_asked_for() {
    let sandbox = sandbox();
    assert_eq!(sandbox.ok("topics list --regex logs[.].*"), "logs.a\nlogs.b\n");
    assert_eq!(sandbox.ok("topics --list --topic logs.a --regex"), "logs.a\nlogsXa\n");
    assert_eq!(sandbox.ok("topics list --topic logs.a,pay"), "logs.a\npay\n");
    assert_eq!(sandbox.ok("topics list --regex a|pay,ogs.*"), "pay\n");
    assert_eq!(sandbox.ok("topics list --regex .*a pay .*a"), "logs.a\nlogsXa\npay\n");
    assert_eq!(sandbox.ok("topics list --regex __.*"), "__consumer_offsets\n");
    let some = sandbox.run("topics list pay nosuch logs.b");
    assert_eq!((some.status, some.stdout.as_str()), (1, "pay\nlogs.b\n"));
    assert!(some.stderr.starts_with("mkafka: Topic 'nosuch' does not exist"), "{}", some.stderr);

    assert_eq!(sandbox.ok("topics describe --regex logs.*").lines().count(), 6);
    assert_eq!(sandbox.ok("topics offsets --regex logs[.].*"), "logs.a:0:6\nlogs.b:0:0\n");
    assert_eq!(sandbox.ok("count --regex logs[.].*"), "logs.a:6\nlogs.b:0\n");
    assert_eq!(sandbox.ok("count --regex pa."), "pay:3\n");
    assert_eq!(sandbox.ok("count logs.a,pay"), "logs.a:6\npay:3\n");
    assert_eq!(sandbox.ok("count pay"), "3\n");
    assert_eq!(sandbox.ok("topics stats --regex logs.* --output json").lines().count(), 3);
    assert_eq!(sandbox.ok("configs describe --regex logs.*").matches("configs for topic").count(), 3);
    let checked = sandbox.run("verify --regex logs.*");
    assert!(checked.stderr.starts_with("checked 3 partition(s)"), "{}", checked.stderr);
    assert_eq!(sandbox.ok("clean --regex logs.* --dry-run --output json").lines().count(), 3);
    assert_eq!(
        sandbox.ok("configs alter --regex logs.* --add-config retention.ms=7").lines().collect::<Vec<_>>(),
        ["logs.a", "logs.b", "logsXa"]
            .map(|topic| format!("Completed updating config for topic {topic}."))
            .to_vec()
    );
    assert!(!sandbox.ok("topics describe pay").contains("retention.ms"));

    // Nothing is a pattern that nobody has called one.
    for line in ["topics describe logs.*", "topics delete .*", "count pa.", "configs describe .*"] {
        let message = sandbox.fails(1, line);
        assert!(message.contains("does not exist") || message.contains("name is invalid"), "{message}");
    }
}

#[test]
fn what_matches_nothing_or_is_no_pattern_is_told_and_changes_nothing() {
    let sandbox = sandbox();
    for line in [
        "topics list",
        "topics describe",
        "topics delete",
        "topics offsets",
        "topics stats",
        "count",
        "clean",
        "verify",
        "ps",
        "configs describe",
        "configs alter --add-config retention.ms=7",
    ] {
        assert_eq!(
            sandbox.fails(1, &format!("{line} --regex pa")),
            "no topic matches 'pa'; `mkafka topics list` shows the topics there are",
            "{line}"
        );
        let message = sandbox.fails(2, &format!("{line} --regex (pay"));
        assert!(message.starts_with("--regex: '(pay' is not a valid regular expression: "), "{message}");
    }
    for line in ["topics create", "topics delete", "topics stats", "count"] {
        let message = sandbox.fails(2, line);
        assert!(message.starts_with("<TOPIC>... is missing; the usage is: mkafka "), "{line}: {message}");
    }
    // One of two is not enough to begin with.
    sandbox.fails(1, "topics delete --regex pay nosuch.*");
    assert_eq!(sandbox.ok("topics delete --regex nosuch.* --if-exists"), "");
    assert_eq!(sandbox.ok("topics describe --regex nosuch.* --if-exists"), "");
    assert!(sandbox.fails(2, "topics list --regex").contains("TOPIC"));
    assert!(sandbox.fails(2, "configs describe --regex").contains("TOPIC"));
    assert_eq!(sandbox.ok("topics list").lines().count(), 5);
}

#[test]
fn kafkas_own_topics_are_neither_deleted_nor_altered_by_a_pattern() {
    let sandbox = sandbox();
    let message = sandbox.fails(1, "topics delete --regex __.*");
    assert!(message.starts_with("no topic matches '__.*'"), "{message}");
    sandbox.ok("configs alter --regex .* --add-config retention.ms=7");
    assert!(!sandbox.ok("configs describe __consumer_offsets").contains("retention.ms=7"));
    sandbox.ok("topics delete --regex .*");
    assert_eq!(sandbox.ok("topics list"), "__consumer_offsets\n");
    sandbox.ok("topics delete --regex __consumer_offsets");
    assert_eq!(sandbox.ok("topics list"), "");
}
