//! What zsh needs: a script that can be a file in `$fpath`, and no space where a value follows.

use clap_complete::env::{EnvCompleter as _, Zsh};

use super::shell::Shell;

/// zsh. Candidates are written as clap_complete does it.
pub(super) const ZSH: Shell = Shell {
    name: "zsh",
    script: SCRIPT,
    write_complete: |cmd, args, dir, buf| Zsh.write_complete(cmd, args, dir, buf),
};

/// Loaded from $fpath the file itself is the function, at the first Tab; sourced, it only defines it.
const SCRIPT: &str = r##"#compdef BIN
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
