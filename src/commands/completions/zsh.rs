//! What zsh needs: a script that can be a file in `$fpath`, and no space where a value follows.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;

use clap_complete::env::EnvCompleter;

/// zsh. Candidates are written as clap_complete does it.
pub(super) struct Zsh;

impl EnvCompleter for Zsh {
    fn name(&self) -> &'static str {
        "zsh"
    }

    fn is(&self, name: &str) -> bool {
        name == self.name()
    }

    fn write_registration(
        &self,
        var: &str,
        name: &str,
        bin: &str,
        completer: &str,
        buf: &mut dyn Write,
    ) -> io::Result<()> {
        // Loaded from $fpath the file itself is the function, at the first Tab; sourced, it only defines it.
        let script = r##"#compdef BIN
_NAME() {
    local -a lines whole begun
    local line value
    lines=("${(@f)$(VAR=zsh INDEX=$((CURRENT - 1)) _CLAP_IFS=$'\n' COMPLETER -- "${words[@]}" 2>/dev/null)}")
    for line in "${lines[@]}"; do
        value=${${line//\\:/$'\v'}%%:*}
        case $value in
            '') ;;
            *[=/$'\v']) begun+=("$line") ;;
            *) whole+=("$line") ;;
        esac
    done
    (( $#begun )) && _describe -V values begun -S ''
    (( $#whole )) && _describe -V values whole
    (( $#begun + $#whole ))
}
if [[ ${funcstack[1]-} == _NAME ]]; then
    _NAME "$@"
else
    compdef _NAME BIN
fi"##;
        let script = super::filled_in(script, var, name, bin, completer);
        buf.write_all(script.as_bytes())
    }

    fn write_complete(
        &self,
        cmd: &mut clap::Command,
        args: Vec<OsString>,
        current_dir: Option<&Path>,
        buf: &mut dyn Write,
    ) -> io::Result<()> {
        clap_complete::env::Zsh.write_complete(cmd, args, current_dir, buf)
    }
}
