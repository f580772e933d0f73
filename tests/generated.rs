//! Manual pages and completions are made from the command line's definitions and committed. Here they are
//! compared, or written anew when MKAFKA_BLESS=1 is set.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::common::Sandbox;

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
    add_pages(&command, "mkafka", &mut files);
    compare("man", &files);
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

/// Adds the page of `command`, which is part of `parent`, and those of its subcommands.
fn add_pages(command: &clap::Command, parent: &str, files: &mut Files) {
    let name = command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned();
    let mut see_also = vec![parent.to_owned()];
    for subcommand in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        see_also.push(subcommand.get_display_name().unwrap().to_owned());
        add_pages(subcommand, &name, files);
    }
    see_also.retain(|page| *page != name);
    files.insert(format!("{name}.1"), page(command, &name, &see_also));
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
    sections(see_also).to_writer(&mut body).unwrap();

    // Each part brings its own preamble; one will do. An empty line is a request in disguise, and a break
    // beside it is one too many.
    let preamble = Roff::new().render();
    let mut body = String::from_utf8(body).unwrap().replace(&preamble, "").replace("\n\n", "\n.sp\n");
    for doubled in ["\n.br\n.sp\n", "\n.sp\n.br\n"] {
        body = body.replace(doubled, "\n.sp\n");
    }
    // The title is written here because clap_mangen leaves an empty date out, and with it the place where a
    // date stands.
    let title = format!(
        ".TH {} 1 \"\" \"mkafka {}\" \"User Commands\"",
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

/// What stands at the end of all pages.
fn sections(see_also: &[String]) -> Roff {
    let mut roff = Roff::new();
    for section in &mkafka::cli::manual::SECTIONS {
        roff.control("SH", [section.title.to_uppercase().as_str()]);
        for (term, meaning) in section.entries {
            roff.control("TP", []).text([bold(*term)]).text([roman(*meaning)]);
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
