//! What elvish needs: to be told behind which candidates a space follows.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;

use clap_complete::env::EnvCompleter;

/// elvish. Candidates are written as clap_complete does it.
pub(super) struct Elvish;

impl EnvCompleter for Elvish {
    fn name(&self) -> &'static str {
        "elvish"
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
        let script = r#"use str
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
        clap_complete::env::Elvish.write_complete(cmd, args, current_dir, buf)
    }
}
