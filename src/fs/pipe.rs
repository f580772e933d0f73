//! Pipes that much goes through.

use std::os::fd::AsFd;

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
