//! Pipes that much goes through.

use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::FileTypeExt as _;

/// As much as anybody may give a pipe (the default of Linux's `fs.pipe-max-size`), in bytes.
const WIDE: usize = 1 << 20;

/// Lets a pipe hold more than the 64 KiB that it is born with, so that who writes and who reads wait for each other
/// less often. A file that is no pipe, and a pipe that cannot be had wider, stay as they are.
pub fn widen_pipe(file: impl AsFd) {
    #[cfg(target_os = "linux")]
    if rustix::pipe::fcntl_getpipe_size(&file).is_ok_and(|size| size < WIDE) {
        let _ = rustix::pipe::fcntl_setpipe_size(&file, WIDE);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (file, WIDE);
}

/// Whether somebody else is at the other end of `file`, and may go away.
///
/// # Errors
/// When the operating system cannot say.
pub fn is_pipe_or_socket(file: &File) -> io::Result<bool> {
    let kind = file.metadata()?.file_type();
    Ok(kind.is_fifo() || kind.is_socket())
}
