//! README.md says nothing that is not so: its sessions are run, in order, and their output compared.
//!
//! In a ```` ```console ```` block a line `$ command` is run, and the lines below it are what it prints, on
//! standard output and standard error together. There `…` stands for any text within a line, and a line of
//! `…` alone for any lines. A command must succeed, unless the next one is `echo $?`.
//!
//! A ```` ```prompt ```` block is one command on a terminal: what stands behind `>` is typed, and what comes below
//! has to appear. A `>` alone is where Ctrl-D is typed.

use std::path::Path;
use std::process::{Command, Stdio};

/// Blocks of commands that are not run, and why.
const NOT_RUN: &[(&str, &str)] = &[
    ("cargo install ", "installs the program; what follows in the block is run below"),
    ("cargo test --locked\n", "is what runs this"),
    ("benches/run\n", "takes minutes, and its figures are the machine's"),
    ("benches/takeover\n", "its figures are the machine's"),
    (".ci/run\n", "runs this"),
    ("MKAFKA_FUZZ_COUNT=1000000 ", "takes minutes; a shorter round is among the tests"),
    ("MKAFKA_BLESS=1 cargo test --locked generated\n", "changes the repository"),
];

/// A fenced block: what is written behind the fence, the number of its first line, its text.
struct Block {
    kind: String,
    line: usize,
    text: String,
}

fn file(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn blocks(markdown: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut is_open = false;
    for (number, line) in markdown.lines().enumerate() {
        match line.strip_prefix("```") {
            Some(kind) if !is_open => {
                blocks.push(Block { kind: kind.to_owned(), line: number + 2, text: String::new() });
                is_open = true;
            }
            Some(_) => is_open = false,
            None if is_open => blocks.last_mut().unwrap().text.extend([line, "\n"]),
            None => {}
        }
    }
    assert!(!is_open, "a block does not end");
    blocks
}

/// A person's machine: an empty home, a folder to work in, and the program on the PATH.
struct Machine(tempfile::TempDir);

impl Machine {
    fn new() -> Self {
        let machine = Self(tempfile::tempdir().unwrap());
        for folder in ["home", "work", "bin"] {
            std::fs::create_dir(machine.0.path().join(folder)).unwrap();
        }
        machine
    }

    /// A shell for a script, in this person's environment.
    fn shell(&self, script: &str) -> Command {
        let program = Path::new(env!("CARGO_BIN_EXE_mkafka")).parent().unwrap();
        let mut path = self.0.path().join("bin").into_os_string();
        for folder in [program.as_os_str(), &std::env::var_os("PATH").unwrap()] {
            path.push(":");
            path.push(folder);
        }
        let mut shell = Command::new("sh");
        shell.args(["-c", script]).env_clear().env("PATH", path).env("HOME", self.0.path().join("home"));
        shell.current_dir(self.0.path().join("work"));
        shell
    }

    /// Runs a script; answers whether it succeeded, and all that it printed.
    fn run(&self, script: &str) -> (bool, String) {
        let mut shell = self.shell(&format!("exec 2>&1\n{script}"));
        let output = shell.stdin(Stdio::null()).output().unwrap();
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    }

    /// Runs the command of a prompt block on a terminal, types, and waits for each line of the block.
    fn run_at_prompt(&self, block: &Block) {
        const PATIENCE: u64 = 60_000;
        let (command, lines) = block.text.split_once('\n').unwrap();
        let mut shell = self.shell(&format!("exec {}", command.strip_prefix("$ ").unwrap()));
        shell.env("TERM", "xterm");
        let mut terminal = rexpect::session::spawn_command(shell, Some(PATIENCE)).unwrap();
        let missing = |what: &str| -> ! { panic!("README.md:{}: {what}", block.line) };
        for line in lines.lines() {
            match line.strip_prefix('>') {
                Some(typed) => {
                    terminal.exp_string(">").unwrap_or_else(|_| missing(line));
                    match typed {
                        "" => terminal.send_control('d').unwrap(),
                        typed => drop(terminal.send_line(typed).unwrap()),
                    }
                }
                None => {
                    for piece in line.split('…').filter(|piece| !piece.is_empty()) {
                        terminal.exp_string(piece).unwrap_or_else(|_| missing(line));
                    }
                }
            }
        }
        terminal.exp_eof().unwrap_or_else(|_| missing("the end"));
        let status = terminal.process().wait().unwrap();
        if !matches!(status, rexpect::process::WaitStatus::Exited(_, 0)) {
            missing(&format!("{status:?}"));
        }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // A session may take away the right to write, and nobody could remove the folder then.
        self.run("chmod -R u+w .");
    }
}

/// A command of a session, and what it is to print.
#[derive(Debug, PartialEq, Eq)]
struct Step {
    command: String,
    expected: Vec<String>,
}

fn steps(session: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for line in session.lines() {
        match line.strip_prefix("$ ") {
            Some(command) => steps.push(Step { command: command.to_owned(), expected: Vec::new() }),
            None => steps.last_mut().expect("a command comes first").expected.push(line.to_owned()),
        }
    }
    steps
}

/// Whether `line` is as `pattern` says, in which `…` is any text.
fn line_matches(pattern: &str, line: &str) -> bool {
    match pattern.split_once('…') {
        None => pattern == line,
        Some((before, rest)) => line.strip_prefix(before).is_some_and(|behind| {
            behind.char_indices().any(|(at, _)| line_matches(rest, &behind[at..])) || line_matches(rest, "")
        }),
    }
}

/// Whether `lines` are as `patterns` say, of which `…` alone is any lines.
fn lines_match(patterns: &[String], lines: &[&str]) -> bool {
    match patterns.split_first() {
        None => lines.is_empty(),
        Some((first, rest)) if first == "…" => (0..=lines.len()).any(|at| lines_match(rest, &lines[at..])),
        Some((first, rest)) => lines
            .split_first()
            .is_some_and(|(line, others)| line_matches(first, line) && lines_match(rest, others)),
    }
}

#[test]
fn patterns_match_what_they_should() {
    for (pattern, line, expected) in [
        ("a", "a", true),
        ("a", "ab", false),
        ("id: … end", "id: x end end", true),
        ("id: … end", "id: x en", false),
        ("…", "", true),
        ("a…", "a", true),
        ("a … c … e", "a b c d e", true),
        ("a … c … e", "a b d e", false),
    ] {
        assert_eq!(line_matches(pattern, line), expected, "{pattern} {line}");
    }
    let patterns = ["a".to_owned(), "…".to_owned(), "z".to_owned()];
    assert!(lines_match(&patterns, &["a", "b", "z"]) && lines_match(&patterns, &["a", "z"]));
    assert!(!lines_match(&patterns, &["a", "b"]) && !lines_match(&patterns, &["a", "z", "b"]));
}

#[test]
fn sessions_go_as_they_are_shown() {
    // Cannot be part of any output.
    const MARK: char = '\u{1e}';
    let machine = Machine::new();
    let readme = file("README.md");
    let sessions: Vec<Block> = blocks(&readme).into_iter().filter(|block| block.kind != "sh").collect();
    assert!(sessions.len() > 15, "README has lost its sessions");
    for session in sessions {
        if session.kind == "prompt" {
            machine.run_at_prompt(&session);
            continue;
        }
        let steps = steps(&session.text);
        let mut script = String::new();
        for step in &steps {
            script.push_str(&step.command);
            // The next command may ask for the status of this one.
            script.push_str(&format!("\nstatus=$?; printf '{MARK}%d{MARK}' $status; (exit $status)\n"));
        }
        let (_, output) = machine.run(&script);
        let parts: Vec<&str> = output.split(MARK).collect();
        let mut failures = Vec::new();
        for (number, step) in steps.iter().enumerate() {
            let printed = parts.get(2 * number).unwrap_or(&"");
            let status = parts.get(2 * number + 1).unwrap_or(&"none");
            let lines: Vec<&str> = printed.lines().collect();
            if !lines_match(&step.expected, &lines) {
                failures.push(format!("$ {}\nprints\n{printed}", step.command));
            }
            let is_asked_for = steps.get(number + 1).is_some_and(|next| next.command == "echo $?");
            if *status != "0" && !is_asked_for {
                failures.push(format!("$ {}\nhas the status {status}", step.command));
            }
        }
        assert!(failures.is_empty(), "README.md:{}:\n{}", session.line, failures.join("\n"));
    }
}

#[test]
fn every_block_is_run_or_has_a_reason_not_to_be() {
    for block in blocks(&file("README.md")) {
        let is_known = match block.kind.as_str() {
            "console" | "prompt" => block.text.starts_with("$ "),
            "sh" => NOT_RUN.iter().any(|(start, _)| block.text.starts_with(start)),
            _ => false,
        };
        assert!(is_known, "README.md:{}: nothing runs this", block.line);
    }
}

/// The block that installs goes on to use the program. That part works, and works twice.
#[test]
fn the_installed_program_is_used_as_shown() {
    let machine = Machine::new();
    let readme = file("README.md");
    std::fs::write(machine.0.path().join("work/README.md"), &readme).unwrap();
    let block = blocks(&readme).into_iter().find(|block| block.text.starts_with("cargo install ")).unwrap();
    // Not the real one, which would build the program again.
    let cargo = machine.0.path().join("bin/cargo");
    std::fs::write(&cargo, "#!/bin/sh\necho \"cargo $*\"\n").unwrap();
    let (_, made) = machine.run(&format!("chmod +x {}", cargo.display()));
    assert_eq!(made, "");
    for note in ["topic 'readme' did not exist: created it with 1 partition\n"; 2] {
        let (succeeded, output) = machine.run(&block.text);
        let lines = readme.lines().count();
        let expected = format!(
            "cargo install --locked --path . --root {}/home/.local\n{note}Processed a total of {lines} \
             messages\nthe same bytes\n",
            machine.0.path().display()
        );
        assert_eq!((succeeded, output), (true, expected));
    }
}

#[test]
fn ci_runs_the_tests_as_shown() {
    let shown = blocks(&file("README.md")).into_iter().find(|block| block.text.starts_with("cargo test "));
    assert!(file(".ci/run").contains(&format!("\n{}", shown.unwrap().text)));
}

/// Every command that the tables set beside those of Kafka's tools, kcat and rpk does what it should: where
/// it ends, it succeeds, and what it prints of the records is what is expected.
#[test]
fn the_tables_of_habits_are_true() {
    let readme = file("README.md");
    let rows = readme
        .lines()
        .filter(|line| ["| `kafka-", "| `kcat ", "| `rpk "].iter().any(|s| line.starts_with(s)));
    let mut checked = 0;
    for row in rows {
        let ours = row.rsplit(" | ").next().unwrap();
        for code in ours.split('`').skip(1).step_by(2).filter(|code| code.starts_with("mkafka ")) {
            check_habit(code);
            checked += 1;
        }
    }
    assert!(checked > 35, "the tables have lost rows");
}

/// Runs `code` on a machine that has the topic T with records `a:1`, `b:2` and `c:3`, a file of such lines, one
/// of its segments as F, and the group G, which has read it all.
#[track_caller]
fn check_habit(code: &str) {
    let machine = Machine::new();
    let creates = code.contains("create");
    let mut script = String::from("printf 'a:1\\nb:2\\nc:3\\n' > FILE\n");
    if !creates {
        script.push_str("mkafka topics create T --partitions 1 --config retention.ms=-1 > /dev/null\n");
        script.push_str("mkafka produce T -K : --timestamp 1500 < FILE\n");
        script.push_str("ln -s ~/.local/share/mkafka/T-0/00000000000000000000.log F.log\n");
    }
    if code.contains(" groups ") {
        script.push_str("mkafka groups reset-offsets G --topic T --to-latest --execute > /dev/null\n");
    }
    let code = code.replace("--files F ", "--files F.log ");
    let ends =
        ["-e", "--exit-at-end", "--timeout-ms"].iter().any(|option| code.split(' ').any(|a| a == *option));
    let is_perf = code.starts_with("mkafka perf ");
    let end = if code.contains(" consume ") && !ends && !is_perf { " --timeout-ms 100" } else { "" };
    script.push_str(&format!("{code}{end} < FILE\n"));
    if code.contains(" produce ") {
        script.push_str("mkafka consume T --offset 3 -e -q -f '%k=%v;'");
    }
    let (succeeded, output) = machine.run(&script);
    assert!(succeeded, "{code}: {output}");
    let is_read_whole =
        ["beginning", "--since", "-10", "--from-timestamp", "-o :end", "-o s@1000", "-o @1:@2"]
            .iter()
            .any(|from| code.contains(from));
    let expected = match code.split(' ').nth(1).unwrap() {
        "produce" if ["-K :", "parse.key", "%k:%v", "%k{re"].iter().any(|form| code.contains(form)) => {
            "a=1;b=2;c=3;"
        }
        "produce" if code.contains("-T -c 2") => "a:1\nb:2\n=a:1;=b:2;",
        "produce" if code.contains("raw") => "=a:1\nb:2\nc:3\n;",
        "produce" if code.contains("-D") => "=a:1\nb:2\nc:3\n;",
        "produce" if code.contains("-k KEY") => "KEY=a:1;KEY=b:2;KEY=c:3;",
        "produce" => "=a:1;=b:2;=c:3;",
        "consume" if code.contains("-J") => "\"key\":\"c\",\"value\":\"3\"}\n",
        "consume" if code.contains("%t[") => "T[0]@2 1500 c 3 \n",
        "consume" if code.contains("strftime") => "1970-01-01 31\n1970-01-01 32\n",
        "consume" if code.contains("pretty") => "T-0@2  1970-01-01 ",
        "consume" if code.contains("--since") => "Processed a total of 0 messages\n",
        "consume" if code.contains("-c 1") => "1\nProcessed a total of 1 ",
        "consume"
            if ["--max-messages 2", "--until-offset 2", "-o 0:2"].iter().any(|end| code.contains(end)) =>
        {
            "1\n2\nProcessed a"
        }
        "consume" if code.contains("--offset 1") || code.contains("-o +1") => "2\n3\nProcessed a",
        "consume" if code.contains("control-bit") => "0 -1 1\n0 -1 2\n0 -1 3\n",
        "consume" if is_read_whole => "1\n2\n3\n",
        "consume" => "Processed a total of 0 messages\n",
        "topics" if code.contains("list") => "T\n",
        "topics" if code.contains("offsets") => "T:0:3\n",
        "topics" if code.contains("delete-records") => "partition: T-0\tlow_watermark: 3\n",
        "topics" if code.contains("create A B") => "Created topic A.\nCreated topic B.\n",
        "topics" if code.contains("describe") => "Topic: T\t",
        "groups" if code.contains("list") => "\nG                         Empty\n",
        "groups" if code.contains("members") => "TARGET-EPOCH    TARGET-ASSIGNMENT",
        "groups" if code.contains("describe") => {
            "\nG               T               0          3               3               0  "
        }
        "groups" if code.contains("reset") => {
            "\nG                              T                              0          0               3\n"
        }
        "groups" if code.contains("delete") => {
            "Deletion of requested consumer groups ('G') was successful.\n"
        }
        "perf" if code.contains("produce") => "100 records sent, ",
        "perf" => ", 3, ",
        "dump-log-segments" => "payload: 3\n",
        _ => "",
    };
    assert!(output.contains(expected), "{code} prints\n{output}\nwithout {expected}");
}
