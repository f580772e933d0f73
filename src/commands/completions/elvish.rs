//! What elvish needs: to be told behind which candidates a space follows.

use clap_complete::env::{Elvish, EnvCompleter as _};

use super::shell::Shell;

/// elvish. Candidates are written as clap_complete does it.
pub(super) const ELVISH: Shell = Shell {
    name: "elvish",
    script: SCRIPT,
    write_complete: |cmd, args, dir, buf| Elvish.write_complete(cmd, args, dir, buf),
};

const SCRIPT: &str = r#"use str
set edit:completion:arg-completer[BIN] = {|@words|
    var index = (- (count $words) 1)
    env VAR=elvish INDEX=$index _CLAP_IFS="\n" COMPLETER -- $@words 2>/dev/null | from-lines | each {|value|
        if (or (str:has-suffix $value =) (str:has-suffix $value /) (str:has-suffix $value :)) {
            put $value
        } elif (not-eq $value '') {
            edit:complex-candidate $value &code-suffix=' '
        }
    }
}"#;
