//! The forms of input that `mkafka produce` reads, and what it tells of what it produced.

use std::process::Stdio;

use serde_json::{Value, json};

use crate::common::Sandbox;
use crate::produce::{consumed, produce, produce_args, produced};

/// The records of a topic as `consume --output json` has them.
pub(crate) fn records(sandbox: &Sandbox, topic: &str) -> Vec<Value> {
    let out = sandbox.ok(&format!("consume {topic} --from-beginning -e -q --output json"));
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Key, value and headers of each record, as JSON has them.
fn contents(sandbox: &Sandbox, topic: &str) -> Vec<Value> {
    let field = |record: &Value, name: &str| {
        let base64 = format!("{name}Base64");
        record.get(&base64).map_or_else(|| record[name].clone(), |bytes| json!({ "base64": bytes }))
    };
    let content = |record: &Value| json!([field(record, "key"), field(record, "value"), record["headers"]]);
    records(sandbox, topic).iter().map(content).collect()
}

fn topic(partitions: u32) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.ok(&format!("topics create t --partitions {partitions} --config retention.ms=-1"));
    sandbox
}

#[test]
fn a_copy_as_json_loses_nothing() {
    let sandbox = topic(3);
    let lines = concat!(
        r#"{"key":"k","value":"plain","partition":0,"timestamp":1700000180000}"#,
        "\n",
        r#"{"key":null,"value":null,"partition":2,"timestamp":0,"headers":[["h","1"],["h",null],["h",""]]}"#,
        "\n",
        r#"{"key":"","value":"","partition":1,"timestamp":-1}"#,
        "\n",
        r#"{"keyBase64":"//4=","valueBase64":"AP8K","partition":2,"timestamp":5,"headers":[[{"base64":"/w=="},{"base64":"gA=="}]]}"#,
        "\n",
        r#"{"value":"a\nb\u0000\t\"é😀","partition":2,"timestamp":9007199254740993}"#,
        "\n",
    );
    produced(&sandbox, "t --format json", lines.as_bytes());
    let original = sandbox.run("consume t --from-beginning -e -q --output json").stdout;
    assert_eq!(original.lines().count(), 5);
    assert!(original.contains(r#""timestamp":9007199254740993"#), "{original}");
    assert!(original.contains(r#"[{"base64":"/w=="},{"base64":"gA=="}]"#), "{original}");
    sandbox.ok("topics create copy --partitions 3 --config retention.ms=-1");
    produced(&sandbox, "copy --format json --compression-codec zstd", original.as_bytes());
    let copy = sandbox.ok("consume copy --from-beginning -e -q --output json");
    let sorted = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(|line| line.replace("\"copy\"", "\"t\"")).collect();
        lines.sort();
        lines
    };
    assert_eq!(sorted(&copy), sorted(&original));
}

#[test]
fn partitions_that_json_names_can_be_passed_over() {
    let sandbox = topic(2);
    let line = br#"{"value":"a","partition":7}"#;
    let message = produce(&sandbox, "t --format json", line).failed(1);
    assert_eq!(message, "standard input, line 1: there is no partition 7: the topic has 2, numbered from 0");
    produced(&sandbox, "t --format json --partitioner roundrobin", line);
    produced(&sandbox, "t --format json --partition 1", line);
    assert_eq!(records(&sandbox, "t").len(), 2);
}

#[test]
fn a_json_line_at_fault_is_named_and_those_before_it_are_there() {
    let sandbox = topic(1);
    let input = b"{\"value\":\"a\"}\n{\"value\":}\n{\"value\":\"c\"}\n";
    let message = produce(&sandbox, "t --format json", input).failed(1);
    assert_eq!(
        message,
        "standard input, line 2: expected value at column 10; the first record of the input is produced: go on with --skip 1"
    );
    assert_eq!(consumed(&sandbox, "t", None), b"a\n");
}

#[test]
fn format_strings_read_what_they_print() {
    let sandbox = topic(2);
    let args = ["t", "--format", r"%p %T %k=%v{hex}\n"];
    let ran = produce_args(&sandbox, &args, b"1 1700000180000 k=00ff0a\n0 5 =\n");
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    let all = records(&sandbox, "t");
    assert_eq!(
        (&all[0]["partition"], &all[0]["timestamp"], &all[0]["value"]),
        (&json!(0), &json!(5), &json!(""))
    );
    assert_eq!((&all[1]["partition"], &all[1]["valueBase64"]), (&json!(1), &json!("AP8K")));
    let ran = produce_args(&sandbox, &["t", "--format", "%k:%v;"], b"a:1;b");
    assert_eq!(
        ran.failed(1),
        "standard input, record 2: the input ends within the record; the first record of the input is produced: go on with --skip 1"
    );
}

#[test]
fn length_prefixed_bytes_are_records() {
    let sandbox = topic(1);
    // More than fits into the buffer at first, so that a record is cut and gone on with.
    let big = vec![0xfeu8; 600_000];
    let mut input = Vec::new();
    for (key, value) in [(Some(&b"k\n"[..]), Some(&big[..])), (None, Some(b"\0")), (Some(b""), None)] {
        for field in [key, value] {
            let length = field.map_or(-1, |bytes| i32::try_from(bytes.len()).unwrap());
            input.extend(length.to_be_bytes());
            input.extend(field.unwrap_or_default());
        }
    }
    let ran = produce_args(&sandbox, &["t", "--format", "%K{big32}%k%V{big32}%v"], &input);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    let all = contents(&sandbox, "t");
    assert_eq!(all[0][0], json!("k\n"));
    assert_eq!(all[0][1]["base64"].as_str().unwrap().len(), 800_000);
    assert_eq!(all[1..], [json!([null, "\0", []]), json!(["", null, []])]);
}

#[test]
fn any_text_can_end_a_line() {
    for (args, input) in [
        (&["t", "-0"][..], &b"a\nb\0\0c"[..]),
        (&["t", "--delimiter", r"\0"], b"a\nb\0\0c\0"),
        (&["t", "-D", r"<\x3e"], b"a\nb<><>c<>"),
    ] {
        let sandbox = topic(1);
        assert_eq!(produce_args(&sandbox, args, input).status, 0, "{args:?}");
        let values: Vec<Value> = contents(&sandbox, "t").iter().map(|content| content[1].clone()).collect();
        assert_eq!(values, ["a\nb", "", "c"], "{args:?}");
    }
    let sandbox = topic(1);
    produced(&sandbox, "t --skip-empty", b"a\n\n\nb\n");
    assert_eq!(consumed(&sandbox, "t", None), b"a\nb\n");
}

#[test]
fn a_whole_file_is_one_record() {
    let sandbox = topic(1);
    std::fs::write(sandbox.path().join("a"), b"1\n\xff\n").unwrap();
    std::fs::write(sandbox.path().join("b"), b"").unwrap();
    produced(&sandbox, "t --format raw --file a --file b --key k", b"");
    produced(&sandbox, "t --format raw", b"piped\nin");
    assert_eq!(
        contents(&sandbox, "t"),
        [json!(["k", {"base64": "MQr/Cg=="}, []]), json!(["k", "", []]), json!([null, "piped\nin", []])]
    );
    let message = produce(&sandbox, "t --format raw", &vec![b'x'; 2_000_000]).failed(1);
    assert!(message.starts_with("standard input is longer than 1048588 bytes"), "{message}");
}

#[test]
fn records_get_what_options_say() {
    let sandbox = topic(3);
    produced(&sandbox, "t --key K -H a=1 -H a= -H b -p 2 --timestamp 2023-11-14T22:16:20Z", b"x\n");
    let all = records(&sandbox, "t");
    assert_eq!(
        (&all[0]["partition"], &all[0]["timestamp"], &all[0]["key"], &all[0]["headers"]),
        (&json!(2), &json!(1_700_000_180_000i64), &json!("K"), &json!([["a", "1"], ["a", ""], ["b", null]]))
    );
    let sandbox = topic(1);
    // Behind those of the line's own; the same with values that need work.
    let args = ["t", "--property", "parse.headers=true", "-H", "z=9", "--value-serializer", "hex"];
    assert_eq!(produce_args(&sandbox, &args, b"a:1\t00\n").status, 0);
    assert_eq!(contents(&sandbox, "t"), [json!([null, "\0", [["a", "1"], ["z", "9"]]])]);
}

#[test]
fn keys_and_nulls_by_plain_flags() {
    let sandbox = topic(1);
    let args = ["t", "--key-separator", r"\t\x7c", "--null-marker", "NULL"];
    assert_eq!(produce_args(&sandbox, &args, b"a\t|1\nNULL\t|NULL\n\t|\n").status, 0);
    produced(&sandbox, "t -K : -Z", b"b:\n:c\n");
    assert_eq!(
        contents(&sandbox, "t"),
        [
            json!(["a", "1", []]),
            json!([null, null, []]),
            json!(["", "", []]),
            json!(["b", null, []]),
            json!([null, "c", []])
        ]
    );
}

#[test]
fn serializers_make_kafkas_bytes() {
    let sandbox = topic(1);
    let kinds =
        "--key-serializer long --value-serializer org.apache.kafka.common.serialization.IntegerSerializer";
    produced(&sandbox, &format!("t -K : {kinds}"), b"7:258\n");
    produced(
        &sandbox,
        "t -k 7 -X key.serializer=short -X value.serializer=uuid",
        b"00112233445566778899aabbccddeeff\n",
    );
    let uuid = "00112233-4455-6677-8899-aabbccddeeff";
    let expected = [json!(["\0\0\0\0\0\0\0\u{7}", "\0\0\u{1}\u{2}", []]), json!(["\0\u{7}", uuid, []])];
    assert_eq!(contents(&sandbox, "t"), expected);
    let message = produce(&sandbox, "t --value-serializer integer", b"1\nx\n").failed(1);
    assert_eq!(
        message,
        "standard input, line 2: value: 'x' is not an integer of 32 bits; the first record of the input is produced: go on with --skip 1"
    );
}

#[test]
fn properties_come_from_files_too_and_count_less() {
    let sandbox = topic(1);
    std::fs::write(sandbox.path().join("reader"), "# how\nparse.key=true\nkey.separator : |\n").unwrap();
    std::fs::write(sandbox.path().join("producer"), "acks=all\nlinger.ms=5\nclient.id=x\n").unwrap();
    let files = "--reader-config reader --producer.config producer";
    produced(&sandbox, &format!("t {files} --property key.separator=;"), b"a;b|c\n");
    assert_eq!(contents(&sandbox, "t"), [json!(["a", "b|c", []])]);
    std::fs::write(sandbox.path().join("producer"), "akcs=all\n").unwrap();
    let stderr = produce(&sandbox, &format!("t {files}"), b"").failed(2);
    assert_eq!(stderr, "producer: unknown producer property 'akcs'; did you mean 'acks'?");
}

#[test]
fn partitioners_that_ignore_keys_spread_them() {
    let sandbox = topic(2);
    let class = "-X partitioner.class=org.apache.kafka.clients.producer.RoundRobinPartitioner";
    produced(&sandbox, &format!("t -k same {class}"), b"a\nb\nc\nd\n");
    assert_eq!(consumed(&sandbox, "t", Some(0)), b"a\nc\n");
    let message = produce(&sandbox, "t -X max.request.size=100", &[b'x'; 200]).failed(1);
    assert!(message.contains("which is the value of the max.request.size configuration"), "{message}");
}

#[test]
fn arguments_that_contradict_each_other_are_refused() {
    let sandbox = topic(1);
    for (args, expected) in [
        (&["--key", "k", "--property", "parse.key=true"][..], "--key and parse.key=true cannot be"),
        (&["--format", "json", "--key-separator", ":"], "--key-separator has no meaning with --format json"),
        (&["--format", "raw", "-0"], "--delimiter has no meaning with --format raw"),
        (&["--format", "csv"], "unknown form 'csv'; valid are lines, json, raw, and a format string"),
        (&["--format", "%k%v"], "--format '%k%v': it does not tell where a field ends"),
        (&["--delimiter", r"\q"], r"--delimiter: unknown escape '\q'"),
        (&["--value-serializer", "avro"], "unknown serializer 'avro'; known are string, bytes"),
        (&["-X", "enable.idempotence=true", "--acks", "1"], "Must set acks to all in order to use"),
        (&["--transaction", "-X", "enable.idempotence=false"], "Cannot set a transactional.id without also"),
    ] {
        let stderr = produce_args(&sandbox, &[&["t"], args].concat(), b"x\n").failed(2);
        assert!(stderr.starts_with(expected), "{stderr}");
    }
    assert_eq!(records(&sandbox, "t").len(), 0);
}

#[test]
fn the_first_records_can_be_passed_over() {
    let sandbox = topic(1);
    produced(&sandbox, "t --skip 2", b"a\nb\nc\nd\n");
    assert_eq!(consumed(&sandbox, "t", None), b"c\nd\n");
}

#[test]
fn a_summary_on_request_and_a_receipt_as_json() {
    let sandbox = topic(2);
    let ran = produce(&sandbox, "t --verbose", b"a\nbc\nd\n");
    let (first, rest) = ran.stderr.split_once('\n').unwrap();
    assert!(first.starts_with("produced 3 records, 7 B in ") && first.ends_with(" records/s)"), "{first}");
    assert_eq!(rest, "  t-0: 2 at offsets 0 to 1\n  t-1: 1 at offset 0\n");
    let ran = produce(&sandbox, "t --output json --print-offsets -p 1", b"a\nb\n");
    let lines: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0], json!({"v": 1, "topic": "t", "partition": 1, "firstOffset": 1, "lastOffset": 2}));
    assert_eq!((&lines[1]["records"], &lines[1]["inputBytes"]), (&json!(2), &json!(4)));
    assert_eq!(
        lines[1]["partitions"],
        json!([{"partition": 1, "records": 2, "firstOffset": 1, "lastOffset": 2}])
    );
    // What failed is not in the receipt.
    let ran = produce(&sandbox, "t --output json -K : -p 0", b"a:1\nb\n");
    let receipt: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((ran.status, &receipt["records"]), (1, &json!(1)));
}

#[test]
fn producing_goes_on_when_nobody_reads_the_offsets() {
    let sandbox = topic(1);
    let mut command = sandbox.command(&["produce", "t", "--sync", "--print-offsets"]);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().unwrap();
    let input: String = (0..2000).map(|i| format!("{i}\n")).collect();
    std::io::Write::write_all(&mut stdin, input.as_bytes()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
    assert_eq!(consumed(&sandbox, "t", None), input.as_bytes());
    // Where the offsets cannot be written for another reason, that is an error; the records are there.
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let mut command = sandbox.command(&["produce", "t", "--print-offsets"]);
    let mut child = command.stdin(Stdio::piped()).stdout(full).stderr(Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"last\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot write to standard output"));
    assert!(consumed(&sandbox, "t", None).ends_with(b"\nlast\n"));
}
