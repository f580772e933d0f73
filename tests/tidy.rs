//! What the house looks like: layers, sizes, and nothing lying about.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Which modules each module of src may use. Each uses what is below it, so that it can be read without
/// what is above; lib.rs has the picture.
const LAYERS: &[(&str, &[&str])] = &[
    ("fs", &[]),
    ("record", &["spelling"]),
    ("spelling", &[]),
    ("format_string", &["record", "spelling"]),
    ("log", &["fs", "record"]),
    ("store", &["fs", "record", "log", "spelling"]),
    ("producer", &["fs", "record", "log", "store"]),
    ("consumer", &["fs", "record", "log", "store", "spelling"]),
    ("group", &["fs", "record", "log", "store", "spelling"]),
    ("input", &["record", "format_string", "spelling"]),
    // Files alone, no data directory: beside the log, whatever it may come to need.
    ("dump", &["fs", "record", "log"]),
    ("cli", &["spelling"]),
    (
        "output",
        &[
            "fs",
            "record",
            "log",
            "store",
            "consumer",
            "producer",
            "group",
            "dump",
            "cli",
            "format_string",
            "spelling",
        ],
    ),
    (
        "commands",
        &[
            "fs",
            "record",
            "log",
            "store",
            "consumer",
            "producer",
            "group",
            "dump",
            "cli",
            "input",
            "output",
            "format_string",
            "spelling",
        ],
    ),
    ("lib", &[]),
    ("main", &[]),
];

/// Lines that a file of src may have; beyond it nobody finds anything.
const LINES_MAX: usize = 500;

/// What may lie in the root of the repository. A new thing there is one more to understand at first sight.
const ROOT: &[&str] = &[
    ".ci",
    ".gitignore",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "benches",
    "clippy.toml",
    "completions",
    "man",
    "rustfmt.toml",
    "src",
    "tests",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file below `folder`, with its text, by its path from there.
fn rust_files(folder: &str) -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, files);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    let folder = root().join(folder);
    let mut files = Vec::new();
    walk(&folder, &mut files);
    files.sort();
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        (path.strip_prefix(&folder).unwrap().to_owned(), text)
    };
    files.into_iter().map(read).collect()
}

/// The module directly below the crate that a file of src belongs to.
fn module_of(path: &Path) -> String {
    Path::new(path.components().next().unwrap().as_os_str()).file_stem().unwrap().to_str().unwrap().to_owned()
}

/// The modules named behind each `crate::` in `code`, with the places where: one, or those of a list in braces.
fn modules_named(code: &str) -> Vec<(usize, String)> {
    let name = |text: &str| -> String {
        text.trim_start().chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect()
    };
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let behind = &code[at + "crate::".len()..];
        let Some(list) = behind.strip_prefix('{') else {
            found.push((at, name(behind)));
            continue;
        };
        let (mut depth, mut begin) = (1, 0);
        for (end, c) in list.char_indices() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if (c == ',' && depth == 1) || depth == 0 {
                found.push((at, name(&list[begin..end])));
                begin = end + 1;
            }
            if depth == 0 {
                break;
            }
        }
    }
    found.retain(|(_, module)| !module.is_empty());
    found
}

/// `text` without its comments, line for line.
fn without_comments(text: &str) -> String {
    text.lines().map(|line| line.split("//").next().unwrap()).collect::<Vec<_>>().join("\n")
}

/// `text` up to its tests, which come last in a file.
fn without_tests(text: &str) -> &str {
    let tests_at = text.match_indices("\n#[cfg(test)]\n").map(|(at, found)| at + found.len());
    let is_module =
        |at: &usize| text[*at..].lines().next().unwrap().ends_with('{') && text[*at..].contains("mod ");
    &text[..tests_at.into_iter().find(is_module).unwrap_or(text.len())]
}

#[test]
fn each_module_uses_only_those_below_it() {
    let mut wrong = Vec::new();
    for (path, text) in rust_files("src") {
        let module = module_of(&path);
        let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == module) else {
            panic!("src/{module} has no place in LAYERS: give it one, here and in lib.rs");
        };
        let code = without_comments(&text);
        let place = |at: usize| format!("src/{}:{}", path.display(), code[..at].lines().count().max(1));
        for (at, used) in modules_named(&code) {
            if used != module && !allowed.contains(&used.as_str()) {
                wrong.push(format!("{}: {module} uses {used}", place(at)));
            }
        }
        // The long way to another module says nothing of it.
        let depth = path.components().count() - usize::from(path.ends_with("mod.rs"));
        if let Some(at) = without_tests(&code).find(&"super::".repeat(depth)) {
            wrong.push(format!("{}: say crate::", place(at)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn modules_behind_crate_are_found() {
    let names = |code| modules_named(code).into_iter().map(|(_, name)| name).collect::<Vec<_>>();
    assert_eq!(names("use crate::log::LogError;"), ["log"]);
    assert_eq!(names("use crate::{fs::FileLock, store};"), ["fs", "store"]);
    assert_eq!(
        names("use crate::{\n    fs::{self, FileLock},\n    store,\n};\nuse x::{y, z};"),
        ["fs", "store"]
    );
    assert_eq!(names("f(crate::fs::a, crate::record::B)"), ["fs", "record"]);
    assert_eq!(names("pub(crate) fn f()"), [""; 0]);
}

/// What systems have in different ways, and the files that may name it. Tests may too.
const OF_THE_SYSTEM: &[(&str, &[&str])] = &[
    ("fs2::", &["fs/lock.rs"]),
    ("inotify::", &["consumer/notifier/linux.rs"]),
    (" notify::", &["consumer/notifier/elsewhere.rs"]),
    ("rustyline::", &["output/prompt.rs"]),
    ("signal_hook::", &["commands/interrupt.rs"]),
    ("rustix::event", &["consumer/wait.rs", "input/ready.rs", "output/data.rs"]),
    ("rustix::fs", &["fs/file.rs", "fs/processes.rs", "fs/system.rs"]),
    ("rustix::process", &["fs/file.rs", "fs/lock.rs"]),
    ("rustix::termios", &["output/prompt.rs"]),
    ("rustix::time", &["group/presence.rs"]),
    ("\"/proc", &["cli/manual.rs", "fs/processes.rs"]),
    ("std::os::unix::fs", &["fs/file.rs", "fs/mod.rs", "fs/pipe.rs", "fs/processes.rs", "output/prompt.rs"]),
    ("std::os::unix::net", &["commands/interrupt.rs", "consumer/wait.rs"]),
    ("std::os::unix::process", &["commands/consume/exec.rs"]),
    ("rustix::pipe", &["fs/pipe.rs"]),
    ("target_os", &["consumer/notifier/mod.rs", "fs/file.rs", "fs/pipe.rs", "fs/system.rs"]),
];

#[test]
fn what_is_of_the_system_is_named_where_the_map_says() {
    let mut seen = BTreeSet::new();
    for (path, text) in rust_files("src") {
        let name = path.to_str().unwrap();
        let is_test = name.contains("tests") || name == "fs/schedule.rs";
        let code = without_tests(&text);
        for (line, number) in code.lines().zip(1..).filter(|_| !is_test) {
            let line = line.split("//").next().unwrap();
            for (what, files) in OF_THE_SYSTEM.iter().filter(|(what, _)| line.contains(what)) {
                assert!(
                    files.contains(&name),
                    "src/{name}:{number} names {what}, and lib.rs says where that is"
                );
                seen.insert((*what, name.to_owned()));
            }
        }
    }
    for (what, files) in OF_THE_SYSTEM {
        for file in *files {
            assert!(seen.contains(&(*what, (*file).to_owned())), "src/{file} does not name {what} any more");
        }
    }
}

#[test]
fn only_output_prints() {
    let macros = ["print", "println", "eprint", "eprintln", "dbg"];
    let mut wrong = Vec::new();
    for (path, text) in rust_files("src") {
        // Tests that are files of their own say how much they have covered.
        let is_test = path.file_stem().is_some_and(|stem| stem.to_string_lossy().ends_with("_tests"));
        if module_of(&path) == "output" || is_test {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            let calls = |name: &str| {
                line.match_indices(&format!("{name}!("))
                    .any(|(at, _)| !line[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_'))
            };
            if macros.iter().any(|name| calls(name))
                || ["io::stdout()", "io::stderr()"].iter().any(|stream| line.contains(stream))
            {
                wrong.push(format!("src/{}:{}: {}", path.display(), number + 1, line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "use output::Ui:\n{}", wrong.join("\n"));
}

#[test]
fn no_file_is_too_long_to_be_found_one_s_way_in() {
    for (path, text) in rust_files("src") {
        let lines = text.lines().count();
        assert!(lines <= LINES_MAX, "src/{}: {lines} lines; split it by what it does", path.display());
    }
}

#[test]
fn every_test_file_is_run() {
    let main = std::fs::read_to_string(root().join("tests/main.rs")).unwrap();
    let modules: BTreeSet<&str> =
        main.lines().filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';')).collect();
    for (path, _) in rust_files("tests") {
        let module = module_of(&path);
        assert!(module == "main" || modules.contains(module.as_str()), "tests/main.rs lacks mod {module}");
    }
}

#[test]
fn the_root_is_bare() {
    // What git does not know is somebody's own. In a package there is no git, and not all of these.
    let known_to_git = Command::new("git").arg("ls-files").current_dir(root()).output();
    let Some(listed) = known_to_git.ok().filter(|output| output.status.success()) else { return };
    let listed = String::from_utf8(listed.stdout).unwrap();
    let there: BTreeSet<&str> = listed.lines().filter_map(|path| path.split('/').next()).collect();
    assert_eq!(there, BTreeSet::from_iter(ROOT.iter().copied()), "find what is new a folder");
}

/// The map names modules and types in backquotes; rustdoc checks those that are links, this the others.
#[test]
fn the_map_names_files_that_exist() {
    let map = std::fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let mut checked = 0;
    for name in map.split('`').skip(1).step_by(2).filter(|name| !name.contains('[') && name.contains("::")) {
        let Some(file) = LAYERS.iter().find(|(module, _)| name.starts_with(&format!("{module}::"))) else {
            continue;
        };
        let parts: Vec<&str> = name.split("::").collect();
        let module = root().join("src").join(file.0).join(parts[1]);
        let is_module = module.with_extension("rs").is_file() || module.join("mod.rs").is_file();
        let is_item =
            parts[1].starts_with(|c: char| c.is_ascii_uppercase()) || *parts.last().unwrap() == "run";
        assert!(is_module || is_item, "lib.rs names {name}");
        checked += usize::from(is_module);
    }
    assert!(checked > 5, "nothing was found to check");
}
