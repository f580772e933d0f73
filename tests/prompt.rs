//! The prompt of `mkafka produce`, on a real pseudo-terminal.

use rexpect::process::{Signal, WaitStatus};
use rexpect::session::{PtySession, spawn_command};

use crate::common::Sandbox;

/// How long something may take to appear, in milliseconds.
const PATIENCE: u64 = 60_000;

/// The program on a terminal, with `args` behind `produce`; a first prompt has been seen.
fn produce(sandbox: &Sandbox, args: &[&str]) -> PtySession {
    let mut command = sandbox.command(&[&["produce"], args].concat());
    command.env("TERM", "xterm").env("HOME", sandbox.path());
    let mut terminal = spawn_command(command, Some(PATIENCE)).unwrap();
    terminal.exp_string(">").unwrap();
    terminal
}

/// The exit status of a program that is about to end.
fn status(terminal: &mut PtySession) -> i32 {
    terminal.exp_eof().unwrap();
    match terminal.process().wait().unwrap() {
        WaitStatus::Exited(_, status) => status,
        other => panic!("{other:?}"),
    }
}

/// Types `line` and waits for the answer that --verbose gives.
#[track_caller]
fn type_line(terminal: &mut PtySession, line: &str, answer: &str) {
    terminal.send_line(line).unwrap();
    terminal.exp_string(answer).unwrap();
    terminal.exp_string(">").unwrap();
}

const KEYED: &[&str] = &["t", "--key-separator", ":", "--verbose"];

#[test]
fn each_line_is_produced_at_once_and_ctrl_d_ends() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t");
    let mut terminal = produce(&sandbox, KEYED);
    type_line(&mut terminal, "a:one", "t-0@0");
    assert_eq!(sandbox.run("consume t --from-beginning -e -q").stdout, "one\n");
    type_line(&mut terminal, "b:two", "t-0@1");
    terminal.send_control('d').unwrap();
    let rest = terminal.exp_string("produced 2 records").unwrap();
    assert!(!rest.contains("mkafka:"), "{rest}");
    assert_eq!(status(&mut terminal), 0);
    let keyed = "consume t --from-beginning -e -q --property print.key=true";
    assert_eq!(sandbox.ok(keyed), "a\tone\nb\ttwo\n");
}

#[test]
fn a_line_at_fault_is_told_and_the_prompt_goes_on() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t --config max.message.bytes=1000");
    let mut terminal = produce(&sandbox, KEYED);
    type_line(&mut terminal, "nokey", "mkafka: No key separator found on line number 1: 'nokey'");
    let long = format!("k:{}", "x".repeat(1500));
    type_line(&mut terminal, &long, "mkafka: line 2: the record takes");
    type_line(&mut terminal, "k:good", "t-0@0");
    terminal.send_control('d').unwrap();
    assert_eq!(status(&mut terminal), 0);
    assert_eq!(sandbox.ok("consume t --from-beginning -e -q"), "good\n");
}

#[test]
fn lines_can_be_edited_and_are_remembered() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t");
    let mut terminal = produce(&sandbox, &["t", "--verbose"]);
    // Ctrl-A to the front, Ctrl-D for the character there, a tab that is no completion, and arrow up.
    terminal.send("wrong").unwrap();
    terminal.send_control('a').unwrap();
    terminal.send_control('d').unwrap();
    type_line(&mut terminal, "a\tw", "t-0@0");
    type_line(&mut terminal, "\u{1b}[A!", "t-0@1");
    terminal.send_control('d').unwrap();
    assert_eq!(status(&mut terminal), 0);
    // Another run remembers too.
    let mut terminal = produce(&sandbox, &["t", "--verbose"]);
    type_line(&mut terminal, "\u{1b}[A\u{1b}[A?", "t-0@2");
    terminal.send_control('d').unwrap();
    assert_eq!(status(&mut terminal), 0);
    let values = sandbox.ok("consume t --from-beginning -e -q");
    let lines: Vec<&str> = values.lines().collect();
    assert_eq!(lines, ["a\twrong", "a\twrong!", "a\twrong?"]);
}

#[test]
fn ctrl_c_ends_cleanly() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t");
    let mut terminal = produce(&sandbox, &["t", "--verbose"]);
    type_line(&mut terminal, "kept", "t-0@0");
    terminal.send("half a li").unwrap();
    terminal.send_control('c').unwrap();
    terminal.exp_string("produced 1 record,").unwrap();
    assert_eq!(status(&mut terminal), 130);
    assert_eq!(sandbox.ok("consume t --from-beginning -e -q"), "kept\n");
}

#[test]
fn a_signal_ends_and_leaves_the_terminal_as_it_was() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t");
    let mut terminal = produce(&sandbox, &["t", "--verbose"]);
    type_line(&mut terminal, "kept", "t-0@0");
    let tty = terminal.process().get_file_handle().unwrap();
    let is_raw = || {
        let modes = rustix::termios::tcgetattr(&tty).unwrap().local_modes;
        !modes.contains(rustix::termios::LocalModes::ICANON)
    };
    assert!(is_raw(), "there is line editing");
    terminal.process_mut().signal(Signal::SIGTERM).unwrap();
    assert_eq!(status(&mut terminal), 143);
    assert!(!is_raw());
    assert_eq!(sandbox.ok("consume t --from-beginning -e -q"), "kept\n");
}

#[test]
fn json_can_be_typed_too() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t --partitions 2");
    let mut terminal = produce(&sandbox, &["t", "--format", "json", "--verbose"]);
    type_line(&mut terminal, r#"{"value":"a","partition":1}"#, "t-1@0");
    type_line(&mut terminal, r#"{"value":"a","partition":2}"#, "there is no partition 2");
    type_line(&mut terminal, r#"{"vaule":"a"}"#, "unknown field `vaule`");
    terminal.send_control('d').unwrap();
    assert_eq!(status(&mut terminal), 0);
}
