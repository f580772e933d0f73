//! Manual pages and completions are made from the command line's definitions and committed. Here they are
//! compared, or written anew when MKAFKA_BLESS=1 is set.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::common::Sandbox;

/// The day that the pages bear: that of the version.
const DATE: &str = "2026-11-21";

/// The files that belong in a folder, by name.
type Files = BTreeMap<String, Vec<u8>>;

#[test]
fn completions_are_what_the_program_prints() {
    let sandbox = Sandbox::new();
    let mut files = Files::new();
    for (shell, name) in [
        ("bash", "mkafka.bash"),
        ("elvish", "mkafka.elv"),
        ("fish", "mkafka.fish"),
        ("powershell", "_mkafka.ps1"),
        ("zsh", "_mkafka"),
    ] {
        let script = sandbox.ok(&format!("completions {shell}"));
        files.insert(name.to_owned(), script.into_bytes());
    }
    compare("completions", &files);
}

#[test]
fn manual_pages_are_made_from_the_arguments() {
    let mut command = mkafka::cli::command().disable_help_subcommand(true);
    command.build();
    let mut files = Files::new();
    add_pages(&command, &[], &mut files);
    compare("man", &files);
}

/// Each page has the sections that a reader looks for, and what stands in them is about that subcommand.
#[test]
fn every_manual_page_is_whole() {
    const SECTIONS: [&str; 9] = [
        "NAME",
        "SYNOPSIS",
        "DESCRIPTION",
        "OPTIONS",
        "EXAMPLES",
        "EXIT STATUS",
        "ENVIRONMENT",
        "FILES",
        "SEE ALSO",
    ];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("man");
    let pages: BTreeSet<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    for page in &pages {
        let text = std::fs::read_to_string(folder.join(page)).unwrap();
        let mut titles = Vec::new();
        let mut bodies: BTreeMap<&str, &str> = BTreeMap::new();
        for section in text.split("\n.SH ").skip(1) {
            let (title, body) = section.split_once('\n').unwrap();
            titles.push(title.trim_matches('"'));
            bodies.insert(title.trim_matches('"'), body);
        }
        let wanted = titles.iter().filter(|title| SECTIONS.contains(title)).copied();
        assert_eq!(wanted.collect::<Vec<_>>(), SECTIONS, "{page}");
        // The examples are of this command, and other pages that it names are there.
        let command = page
            .strip_suffix(".1")
            .unwrap()
            .replace('-', " ")
            .replace("dump log segments", "dump-log-segments");
        let command = ["reset offsets", "delete offsets", "delete records"]
            .iter()
            .fold(command, |command, name| command.replace(name, &name.replace(' ', "-")));
        let typed = bodies["EXAMPLES"].replace("\\-", "-");
        let has_options = command.split(' ').collect::<Vec<_>>();
        let is_shown = typed.contains(&command)
            // `mkafka topics --describe` is an example of both.
            || matches!(has_options[..], [_, tool, action] if typed.contains(&format!("{tool} --{action}")));
        assert!(is_shown, "{page}: no example of {command}");
        for reference in bodies["SEE ALSO"].replace("\\-", "-").lines() {
            let name = reference.trim_start_matches("\\fB").split("\\fR").next().unwrap();
            assert!(pages.contains(&format!("{name}.1")), "{page} names {reference}");
        }
    }
    assert!(pages.len() > 20);
}

/// Compares `folder` of the repository with `expected`, or writes it.
#[track_caller]
fn compare(folder: &str, expected: &Files) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let there: Vec<PathBuf> = std::fs::read_dir(&root)
        .map(|entries| entries.map(|entry| entry.unwrap().path()).collect())
        .unwrap_or_default();
    let is_expected = |path: &PathBuf| expected.contains_key(path.file_name().unwrap().to_str().unwrap());
    if std::env::var_os("MKAFKA_BLESS").is_some_and(|value| value == "1") {
        std::fs::create_dir_all(&root).unwrap();
        for path in there.iter().filter(|path| !is_expected(path)) {
            std::fs::remove_file(path).unwrap();
        }
        for (name, content) in expected {
            std::fs::write(root.join(name), content).unwrap();
        }
        return;
    }
    let mut wrong: Vec<String> = there
        .iter()
        .filter(|path| !is_expected(path))
        .map(|path| format!("{} belongs to nothing", path.display()))
        .collect();
    for (name, content) in expected {
        if std::fs::read(root.join(name)).ok().as_ref() != Some(content) {
            wrong.push(format!("{folder}/{name} is missing or not what the arguments give"));
        }
    }
    assert!(wrong.is_empty(), "{}\nMKAFKA_BLESS=1 cargo test generated writes them", wrong.join("\n"));
}

/// Adds the page of `command`, which is part of `parents`, the outermost first, and those of its subcommands.
fn add_pages(command: &clap::Command, parents: &[&clap::Command], files: &mut Files) {
    // What it is part of, what is part of it, and what is beside it.
    let visible = |command: &clap::Command| -> Vec<String> {
        let subcommands = command.get_subcommands().filter(|sub| !sub.is_hide_set());
        subcommands.map(|sub| sub.get_display_name().unwrap().to_owned()).collect()
    };
    let name_of = |command: &&clap::Command| {
        command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned()
    };
    let name = name_of(&command);
    let mut see_also: Vec<String> = parents.iter().map(name_of).collect();
    see_also.extend(visible(command));
    if let [_, .., parent] = parents {
        see_also.extend(visible(parent));
    }
    see_also.retain(|page| *page != name);
    files.insert(format!("{name}.1"), page(command, &name, &see_also));
    let parents = [parents, &[command]].concat();
    for subcommand in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        add_pages(subcommand, &parents, files);
    }
}

/// A manual page.
fn page(command: &clap::Command, name: &str, see_also: &[String]) -> Vec<u8> {
    let man = Man::new(command.clone().mut_args(with_aliases));
    let mut body = Vec::new();
    man.render_name_section(&mut body).unwrap();
    man.render_synopsis_section(&mut body).unwrap();
    man.render_description_section(&mut body).unwrap();
    if command.has_subcommands() {
        man.render_subcommands_section(&mut body).unwrap();
    }
    man.render_options_section(&mut body).unwrap();
    examples(command).to_writer(&mut body).unwrap();
    let path = name.strip_prefix("mkafka").unwrap().trim_start_matches('-');
    sections(path, see_also).to_writer(&mut body).unwrap();

    // Each part brings its own preamble; one will do. An empty line is a request in disguise, and a break
    // beside it is one too many.
    let preamble = Roff::new().render();
    let mut body = String::from_utf8(body).unwrap().replace(&preamble, "").replace("\n\n", "\n.sp\n");
    // A backslash that is to be seen; two of them are read only in the definition of a macro.
    body = body.replace(r"\\", r"\e");
    for doubled in ["\n.br\n.sp\n", "\n.sp\n.br\n"] {
        body = body.replace(doubled, "\n.sp\n");
    }
    let title = format!(
        ".TH {} 1 {DATE} \"mkafka {}\" \"User Commands\"",
        name.to_uppercase().replace('-', "\\-"),
        env!("CARGO_PKG_VERSION")
    );
    format!(".\\\" Made from the arguments in src/cli by tests/generated.rs.\n{preamble}{title}\n{body}")
        .into_bytes()
}

/// clap_mangen knows nothing of other names for an option; they go into its help.
fn with_aliases(arg: clap::Arg) -> clap::Arg {
    let Some(aliases) = arg.get_visible_aliases().filter(|aliases| !aliases.is_empty()) else { return arg };
    let note = format!(" [alias: --{}]", aliases.join(", --"));
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let long_help = arg.get_long_help().map_or_else(|| help.clone(), ToString::to_string);
    arg.help(help + &note).long_help(long_help + &note)
}

/// EXAMPLES: what is indented deeply is to be typed, the rest says what for.
fn examples(command: &clap::Command) -> Roff {
    const TYPED: &str = "      ";
    let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let mut roff = Roff::new();
    roff.control("SH", ["EXAMPLES"]);
    let mut is_first = true;
    let mut is_open = false;
    for line in help.lines().skip(1) {
        match line.strip_prefix(TYPED) {
            Some(typed) => {
                if !is_open {
                    roff.control("RS", ["4"]).control("nf", []);
                }
                roff.text([roman(typed)]);
            }
            None => {
                if is_open {
                    roff.control("fi", []).control("RE", []);
                }
                if !is_first {
                    roff.control("PP", []);
                }
                roff.text([roman(line.trim())]);
            }
        }
        is_first = false;
        is_open = line.starts_with(TYPED);
    }
    if is_open {
        roff.control("fi", []).control("RE", []);
    }
    roff
}

/// What stands at the end of a page.
fn sections(page: &str, see_also: &[String]) -> Roff {
    let mut roff = Roff::new();
    for section in &mkafka::cli::manual::SECTIONS {
        roff.control("SH", [section.title.to_uppercase().as_str()]);
        for (term, meaning) in section.entries(page) {
            roff.control("TP", []).text([bold(term)]).text([roman(meaning)]);
        }
    }
    if !see_also.is_empty() {
        roff.control("SH", ["SEE ALSO"]);
        for (i, page) in see_also.iter().enumerate() {
            let comma = if i + 1 < see_also.len() { "," } else { "" };
            roff.text([bold(page.as_str()), roman(format!("(1){comma}"))]);
        }
    }
    roff
}
