//! What `mkafka consume` tells of transactions and control records, and the verbs that are about them.

use crate::common::Sandbox;
use crate::consume_range::BrokersLog;
use crate::produce::{produce, produced};

/// A topic with a transaction that was aborted, one that was committed, and one that is open.
fn transactions() -> Sandbox {
    let sandbox = Sandbox::new();
    let mut log = BrokersLog::create(&sandbox.data_dir().join("t-0"));
    log.record(Some(1), "a");
    log.record(None, "b");
    log.end(1, false);
    log.record(Some(1), "c");
    log.end(1, true);
    log.record(Some(2), "d");
    sandbox
}

#[test]
fn markers_and_aborted_records_are_shown_as_such() {
    let sandbox = transactions();
    let all = "consume t --from-beginning -e -q --show-control";
    assert_eq!(
        sandbox.ok(all),
        "Transaction:aborted\ta\nTransaction:none\tb\nControl:ABORT\tproducerId:1 producerEpoch:5 coordinatorEpoch:7\n\
         Transaction:committed\tc\nControl:COMMIT\tproducerId:1 producerEpoch:5 coordinatorEpoch:7\n\
         Transaction:open\td\n"
    );
    let keyed =
        format!("{all} --property print.key=true --property print.headers=true --print-control-records -c 3");
    let keyed = keyed.replace("--show-control ", "");
    assert!(
        sandbox
            .ok(&keyed)
            .ends_with("Control:ABORT\tNO_HEADERS\tnull\tproducerId:1 producerEpoch:5 coordinatorEpoch:7\n"),
    );
    let json = sandbox.ok(&format!("{all} --output json"));
    let lines: Vec<&str> = json.lines().collect();
    assert!(
        lines[0].contains(
            r#""leaderEpoch":-1,"producerId":1,"producerEpoch":5,"transaction":"aborted","headers":[]"#
        ),
        "{}",
        lines[0]
    );
    assert!(!lines[1].contains("producerId"), "{}", lines[1]);
    let control =
        r#""producerId":1,"producerEpoch":5,"control":{"type":"ABORT","typeId":0,"coordinatorEpoch":7}"#;
    assert!(lines[2].contains(control), "{}", lines[2]);
    let pretty = sandbox.ok(&format!("{all} --output pretty"));
    assert!(pretty.contains("\n  ABORT producer 1 epoch 5 coordinator epoch 7\nt-0@3 "), "{pretty}");
    assert!(pretty.contains("\n  transaction: aborted\n  value: a\n"), "{pretty}");
    // Without it, and of what was committed, nothing is said.
    assert_eq!(sandbox.ok("consume t --from-beginning -e -q"), "a\nb\nc\nd\n");
    let committed = sandbox.ok(&format!("{all} --isolation-level read_committed -f '%v%a{{control-type}};'"));
    assert_eq!(committed.replace('\'', ""), committed_only());
    // Merged, counted and filtered as others are.
    assert_eq!(sandbox.ok(&format!("{all} --ordered")), sandbox.ok(all));
    assert_eq!(sandbox.ok(&format!("{all} -c 3")).lines().count(), 3);
    assert_eq!(sandbox.ok(&format!("{all} --grep [a-d]")).lines().count(), 4);
    assert!(
        sandbox
            .fails(2, "consume t --show-control --exec cat --dead-letter d")
            .contains("cannot be used with")
    );
}

/// What read_committed leaves of [`transactions`]: the markers' values are bytes of their own.
fn committed_only() -> String {
    let marker = "\0\0\0\0\0\u{7}";
    format!("b;{marker}ABORT;c;{marker}COMMIT;")
}

#[test]
fn control_records_are_not_produced_again() {
    let sandbox = transactions();
    let json = sandbox.ok("consume t --from-beginning -e -q --show-control --output json");
    let stderr = produce(&sandbox, "copy --format json --no-auto-create", json.as_bytes()).stderr;
    assert!(stderr.contains("Topic 'copy' does not exist"), "{stderr}");
    sandbox.ok("topics create copy --config retention.ms=-1");
    let ran = produce(&sandbox, "copy --format json", json.as_bytes());
    assert_eq!(ran.status, 1);
    assert!(ran.stderr.contains("line 3: it is a control record"), "{}", ran.stderr);
    assert_eq!(sandbox.ok("consume copy --from-beginning -e -q"), "a\nb\n");
}

#[test]
fn verbs_about_producer_partition_and_attributes() {
    let sandbox = transactions();
    let show = |format: &str, more: &[&str]| {
        let args = [&["consume", "t", "--from-beginning", "-e", "-q", "-f", format], more].concat();
        let ran = sandbox.run_args(&args);
        assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{format}");
        ran.stdout
    };
    assert_eq!(show("%x/%y;", &[]), "1/5;-1/-1;1/5;2/5;");
    assert_eq!(show("%[ %| %];", &["-c", "1"]), "0 5 6;");
    assert_eq!(show("%[{hex8}%]{big8}", &["-c", "1"]), "00\u{6}");
    let attributes = "%a{compression} %a{compression;number} %a{timestamp-type} %a{transactional-bit;bool};";
    assert_eq!(show(attributes, &["-c", "2"]), "none 0 0 true;none 0 0 false;");
    assert_eq!(
        show(
            "%o %a{control-bit} %a{control-type} %a{transaction} %a{coordinator-epoch};",
            &["--show-control"]
        ),
        "0 0  aborted -1;1 0  none -1;2 1 ABORT none 7;3 0  committed -1;4 1 COMMIT none 7;5 0  open -1;"
    );
    // Found out where a format asks for it, without markers being shown.
    assert_eq!(show("%a{transaction} ", &[]), "aborted none committed open ");
    for (format, expected) in [
        ("%a", "which attribute is meant"),
        ("%a{kompression}", "unknown attribute 'kompression'"),
        ("%v{re#x#}", "it cannot be written"),
        ("%v{unpack}", "unpack needs what is unpacked behind it"),
    ] {
        let stderr = sandbox.run_args(&["consume", "t", "-f", format]).failed(2);
        assert!(stderr.contains(expected), "{stderr}");
    }
}

#[test]
fn codecs_and_packed_numbers() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t");
    produced(&sandbox, "t -z lz4 --value-serializer integer", b"258\n-2\n");
    let show =
        |format: &str| sandbox.run_args(&["consume", "t", "--from-beginning", "-e", "-q", "-f", format]);
    assert_eq!(show("%a{compression}/%a{compression;hex8} %v{unpack[>i$]};").stdout, "lz4/03 258;lz4/03 -2;");
    assert_eq!(show("%v{unpack{<H>h}};").stdout, "0258;65535-2;");
    let ran = show("%v{unpack[q]}");
    assert_eq!(
        (ran.status, ran.stderr.as_str()),
        (1, "mkafka: t-0, offset 0: the value cannot be shown: unpack needs 8 bytes where 4 are left\n")
    );
}

#[test]
fn the_newest_of_what_is_committed() {
    let sandbox = Sandbox::new();
    let mut log = BrokersLog::create(&sandbox.data_dir().join("t-0"));
    log.record(Some(1), "a");
    log.record(None, "b");
    log.end(1, true);
    log.record(Some(2), "never");
    log.end(2, false);
    log.record(Some(3), "open");
    let newest = "consume t --tail 2 -e -q";
    assert_eq!(sandbox.ok(&format!("{newest} --isolation-level read_committed")), "a\nb\n");
    assert_eq!(sandbox.ok(newest), "never\nopen\n");
}
