//! What bash needs: it hands words over in pieces, and takes what it gets as it is.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;

use super::line::Line;
use super::shell::Shell;

/// bash. Its script differs from clap_complete's in that it keeps quiet, and tells when a quote is open.
pub(super) const BASH: Shell = Shell { name: "bash", script: SCRIPT, write_complete };

/// Stands between two candidates: no terminal can type it (vertical tab).
const SEPARATOR: u8 = 0x0b;

/// What bash would take for something else than a part of a word.
const SPECIAL: &str = " \t\n\"'\\$`&;|<>()*?[]{}!#";

/// Behind `=` and the like no space follows, for a value does. bash before 4.4 has no nosort.
const SCRIPT: &str = r#"_NAME() {
    local typed=${COMP_WORDS[COMP_CWORD]} current=$2 words=("${COMP_WORDS[@]}")
    case $typed in
        [\"\']*) current=${typed:0:1}${current#[\"\']} ;;
        [=:]*) [[ $current ]] || current=$typed ;;
    esac
    words[COMP_CWORD]=$current
    IFS=$'\013' read -r -d '' -a COMPREPLY \
        < <(VAR=bash INDEX=$COMP_CWORD COMPLETER -- "${words[@]}" 2>/dev/null)
    [[ ${COMPREPLY-} == *[=/:] ]] && compopt -o nospace 2>/dev/null
    return 0
}
complete -o bashdefault -o nosort -F _NAME BIN 2>/dev/null || complete -o bashdefault -F _NAME BIN"#;

/// Writes what the words may go on as: of the one that is completed only what bash takes for a word.
fn write_complete(
    cmd: &mut clap::Command,
    args: Vec<OsString>,
    current_dir: Option<&Path>,
    buf: &mut dyn Write,
) -> io::Result<()> {
    let line = Line::new(args, super::index(), true);
    let candidates = clap_complete::engine::complete(cmd, line.words, line.index, current_dir)?;
    for (i, candidate) in candidates.iter().enumerate() {
        if i > 0 {
            buf.write_all(&[SEPARATOR])?;
        }
        let value = candidate.get_value().to_string_lossy();
        let value = value.get(line.kept..).unwrap_or(&value);
        match line.is_quoted {
            true => buf.write_all(value.as_bytes())?,
            false => buf.write_all(escaped(value).as_bytes())?,
        }
    }
    Ok(())
}

/// `text` such that bash takes it for one word.
fn escaped(text: &str) -> String {
    let mut word = String::with_capacity(text.len());
    for c in text.chars() {
        if SPECIAL.contains(c) {
            word.push('\\');
        }
        word.push(c);
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_candidate_is_one_word() {
        assert_eq!(escaped("my group (old)"), r"my\ group\ \(old\)");
        assert_eq!(escaped("retention.ms=-1"), "retention.ms=-1");
        assert_eq!(escaped("~/data/é"), "~/data/é");
    }
}
