//! How `mkafka consume` shows records, and which.

use crate::common::Sandbox;
use crate::produce::{produce_args, produced};

/// A topic with records of every kind, in one partition.
fn records() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t --config retention.ms=-1");
    let lines = concat!(
        r#"{"key":"k1","value":"first","timestamp":1700000180000,"headers":[["a","1"],["a",null]]}"#,
        "\n",
        r#"{"key":null,"value":null,"timestamp":1700000180001}"#,
        "\n",
        r#"{"keyBase64":"AAAAKg==","valueBase64":"G1sxbf8A","timestamp":1700000180002,"headers":[["b","x"]]}"#,
        "\n",
        r#"{"key":"","value":"{\"id\":4}","timestamp":1700000180003}"#,
        "\n",
    );
    produced(&sandbox, "t --format json", lines.as_bytes());
    sandbox
}

/// What consume prints with `args`, byte by byte.
#[track_caller]
fn shown(sandbox: &Sandbox, args: &[&str]) -> Vec<u8> {
    let output = sandbox
        .command(&[&["consume", "t", "--from-beginning", "-e", "-q"], args].concat())
        .output()
        .unwrap();
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
    output.stdout
}

#[test]
fn all_of_kafkas_columns() {
    let sandbox = records();
    let mut args = Vec::new();
    for name in ["timestamp", "partition", "offset", "delivery", "epoch", "headers", "key"] {
        args.extend(["--formatter-property".to_owned(), format!("print.{name}=true")]);
    }
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let out = shown(&sandbox, &[&args[..], &["--max-messages", "2"]].concat());
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "CreateTime:1700000180000\tPartition:0\tOffset:0\tDelivery:NOT_PRESENT\tEpoch:0\ta:1,a:null\tk1\tfirst\n\
         CreateTime:1700000180001\tPartition:0\tOffset:1\tDelivery:NOT_PRESENT\tEpoch:0\tNO_HEADERS\tnull\tnull\n"
    );
    std::fs::write(sandbox.path().join("f"), "print.key=true\nnull.literal=~\nkey.separator=\\u0020\n")
        .unwrap();
    let out = shown(&sandbox, &["--formatter-config", "f", "--property", "line.separator=;", "-c", "2"]);
    assert_eq!(out, b"k1 first;~ ~;");
    assert_eq!(shown(&sandbox, &["-K", r"\x3d", "-0", "-c", "1"]), b"k1=first\0");
}

#[test]
fn pipes_get_bytes_as_they_are() {
    let sandbox = records();
    assert_eq!(
        shown(&sandbox, &["--property", "print.key=true"]),
        b"k1\tfirst\nnull\tnull\n\0\0\0*\t\x1b[1m\xff\0\n\t{\"id\":4}\n"
    );
}

#[test]
fn a_terminal_gets_bytes_escaped() {
    let sandbox = records();
    let args = ["consume", "t", "--from-beginning", "-e", "--property", "print.key=true"];
    let mut command = sandbox.command(&args);
    command.env("TERM", "xterm");
    let mut terminal = rexpect::session::spawn_command(command, Some(60_000)).unwrap();
    let out = terminal.exp_eof().unwrap();
    assert!(out.contains("\\x00\\x00\\x00*\t\\x1b[1m\\xff\\x00\r\n"), "{out:?}");
}

#[test]
fn format_strings_of_kcat_and_rpk() {
    let sandbox = records();
    let out = shown(&sandbox, &["-f", r"%t[%p]@%o %T %k %s %h\n", "-c", "2"]);
    assert_eq!(out, b"t[0]@0 1700000180000 k1 first a=1,a=NULL\nt[0]@1 1700000180001   \n");
    let out = shown(&sandbox, &["-f", r"%i:%K,%V:%k{hex}:%v{base64}:%H:%h{%k=%v;}\n"]);
    let text = String::from_utf8(out).unwrap();
    assert_eq!(
        text,
        "1:2,5:6b31:Zmlyc3Q=:2:a=1;a=;\n2:-1,-1:::0:\n3:4,6:0000002a:G1sxbf8A:1:b=x;\n4:0,8::eyJpZCI6NH0=:0:\n"
    );
    let stderr = sandbox.fails(2, "consume t -f %z");
    assert!(stderr.starts_with("--format '%z': unknown verb '%z'; known are %t"), "{stderr}");
}

#[test]
fn what_a_format_string_prints_is_read_back() {
    for format in [
        "%T{big64}%K{big32}%k%V{big32}%v%H{byte}%h{%K{byte}%k%V{big32}%v}",
        r"%T %V %v{hex} %K %k{base64raw} %H %h{%K %k %v{json},}\n",
    ] {
        let sandbox = records();
        let input = shown(&sandbox, &["-f", format]);
        sandbox.ok("topics create copy --config retention.ms=-1");
        let ran = produce_args(&sandbox, &["copy", "--format", format], &input);
        assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{format}");
        let json = |topic: &str| sandbox.ok(&format!("consume {topic} --from-beginning -e -q -J"));
        assert_eq!(json("copy").replace("\"copy\"", "\"t\""), json("t"), "{format}");
    }
}

#[test]
fn deserializers_and_records_that_cannot_be_shown() {
    let sandbox = records();
    let integers = "consume t --from-beginning -e --key-deserializer integer -f %k;";
    let message = sandbox.run(integers);
    assert_eq!(message.status, 1);
    assert_eq!(
        message.stderr,
        "mkafka: t-0, offset 0: the key cannot be shown: 2 bytes where there should be 4\n"
    );
    let ran = sandbox.run(&format!("{integers} --skip-message-on-error"));
    assert_eq!((ran.status, ran.stdout.as_str()), (0, ";42;"));
    assert_eq!(
        ran.stderr,
        "mkafka: warning: t-0, offset 0: the key cannot be shown: 2 bytes where there should be 4\n\
         mkafka: warning: t-0, offset 3: the key cannot be shown: 0 bytes where there should be 4\n\
         Processed a total of 2 messages\n"
    );
    let stderr = sandbox.fails(2, "consume t --value-deserializer avro");
    assert!(stderr.starts_with("unknown deserializer 'avro'"), "{stderr}");
}

#[test]
fn filters_choose_by_key_header_and_value() {
    let sandbox = records();
    let offsets =
        |args: &[&str]| String::from_utf8(shown(&sandbox, &[args, &["-f", "%o "]].concat())).unwrap();
    assert_eq!(offsets(&["--key", "k1"]), "0 ");
    assert_eq!(offsets(&["--key", "k1", "--key", ""]), "0 3 ");
    assert_eq!(offsets(&["--header", "a"]), "0 ");
    assert_eq!(offsets(&["--header", "b=x"]), "2 ");
    assert_eq!(offsets(&["--header", "b=y"]), "");
    assert_eq!(offsets(&["--grep", "^F", "-i"]), "0 ");
    assert_eq!(offsets(&["--grep", r"(?-u)\xff"]), "2 ");
    assert_eq!(offsets(&["--grep", "i", "--key", ""]), "3 ");
    // The limit is of records that are written.
    assert_eq!(offsets(&["--grep", "id", "--max-messages", "1"]), "3 ");
    let stderr = sandbox.fails(2, "consume t --grep (");
    assert_eq!(stderr, "--grep: '(' is not a valid regular expression: unclosed group");
}

#[test]
fn a_form_for_people() {
    let sandbox = records();
    let out = String::from_utf8(shown(&sandbox, &["--output", "pretty", "--key", ""])).unwrap();
    let (first, rest) = out.split_once('\n').unwrap();
    assert!(first.starts_with("t-0@3  2023-11-1"), "{first}");
    assert_eq!(rest, "  key: \n  value: {\n      \"id\": 4\n    }\n");
}
