//! Signals. SIGINT, SIGTERM and SIGHUP: the first asks for an orderly end, another a moment later ends at once. The only
//! file that names signal_hook.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};

use crate::fs::processes;
use crate::input::wait_for_input;

/// How long after the first signal another does not end the process at once: who passes signals on, as timeout(1) does,
/// may send each to the process and once more to its group.
const REPETITION: Duration = Duration::from_millis(100);

/// How long a command that is asked to end may take to do so.
const GRACE: Duration = Duration::from_secs(1);

/// Tells whether the process has been asked to end.
#[derive(Debug)]
pub(super) struct Interrupt {
    signal: Arc<AtomicUsize>,
    readable_when_asked: UnixStream,
    /// Whether there is no hurry.
    has_time: Arc<AtomicBool>,
}

impl Interrupt {
    /// Takes over SIGINT and SIGTERM; and SIGHUP, unless the process was told to outlive its terminal, as by nohup(1).
    ///
    /// # Errors
    /// When the operating system refuses.
    pub(super) fn install() -> io::Result<Self> {
        let (readable_when_asked, written_by_handler) = UnixStream::pair()?;
        let signal = Arc::new(AtomicUsize::new(0));
        let ends_at_once = Arc::new(AtomicBool::new(false));
        let mut numbers = vec![SIGINT, SIGTERM];
        // Where that cannot be told it does what it does to any process.
        numbers.extend(processes::ignores_signal(SIGHUP).is_some_and(|ignores| !ignores).then_some(SIGHUP));
        for &number in &numbers {
            // Handlers run in the order of registration.
            signal_hook::flag::register_conditional_shutdown(
                number,
                128 + number,
                Arc::clone(&ends_at_once),
            )?;
            let value = usize::try_from(number).unwrap_or(0);
            signal_hook::flag::register_usize(number, Arc::clone(&signal), value)?;
            signal_hook::low_level::pipe::register(number, written_by_handler.try_clone()?)?;
        }
        let interrupt = Self { signal, readable_when_asked, has_time: Arc::default() };
        let later = Arc::clone(&ends_at_once);
        let waits = interrupt.when_asked(move |_| {
            std::thread::sleep(REPETITION);
            later.store(true, Ordering::Relaxed);
        });
        if waits.is_err() {
            // Without another thread the second signal does it, however soon.
            for number in numbers {
                signal_hook::flag::register(number, Arc::clone(&ends_at_once))?;
            }
        }
        Ok(interrupt)
    }

    /// The customary exit status (128 + the signal's number), once the process has been asked to end.
    pub(super) fn status(&self) -> Option<u8> {
        status_of(&self.signal)
    }

    /// Sleeps for `duration`, or until the process is asked to end.
    pub(super) fn sleep(&self, duration: Duration) {
        // Whatever ends it early: the caller looks at the status.
        let _ = wait_for_input(&self.readable_when_asked, None, Some(duration));
    }

    /// A descriptor that becomes readable when the process is asked to end.
    pub(super) fn as_fd(&self) -> BorrowedFd<'_> {
        self.readable_when_asked.as_fd()
    }

    /// Calls `wake` when the process is asked to end, from a thread of its own; and ends the process if it has
    /// not come to an end by itself [`GRACE`] later, for it may be writing to a pipe that nobody reads, unless it was
    /// told to [`Interrupt::take_time`].
    ///
    /// # Errors
    /// When there can be no such thread.
    pub(super) fn end_soon(&self, wake: impl FnOnce() + Send + 'static) -> io::Result<()> {
        let has_time = Arc::clone(&self.has_time);
        self.when_asked(move |status| {
            wake();
            std::thread::sleep(GRACE);
            if !has_time.load(Ordering::Relaxed) {
                std::process::exit(i32::from(status));
            }
        })
    }

    /// Lets the command end by itself, however long it takes: everything is written, and what is left to be done must
    /// be. Another signal ends it all the same.
    pub(super) fn take_time(&self) {
        self.has_time.store(true, Ordering::Relaxed);
    }

    /// Calls `then` with the customary exit status when the process is asked to end, from a thread of its own.
    ///
    /// # Errors
    /// When there can be no such thread.
    pub(super) fn when_asked(&self, then: impl FnOnce(u8) + Send + 'static) -> io::Result<()> {
        let asked = self.readable_when_asked.try_clone()?;
        let signal = Arc::clone(&self.signal);
        std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
            // It stays readable for the others who wait for it.
            if wait_for_input(&asked, None, None).is_ok() {
                then(status_of(&signal).unwrap_or(1));
            }
        })?;
        Ok(())
    }
}

/// Makes passing the limit on file sizes (`ulimit -f`) an error of the write, like a full disk, where it
/// would otherwise end the process in the middle of it.
pub(super) fn survive_file_size_limit() {
    static SEEN: AtomicBool = AtomicBool::new(false);
    // A handler that does next to nothing is enough. Where there is no such signal there is none to survive.
    let _ = signal_hook::flag::register(SIGXFSZ, &SEEN);
}

/// The exit status that tells of the signal, if there was one.
fn status_of(signal: &AtomicUsize) -> Option<u8> {
    match signal.load(Ordering::Relaxed) {
        0 => None,
        number => u8::try_from(128 + number).ok(),
    }
}
