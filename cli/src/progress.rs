//! A sign of life while something long is under way.

use crate::terminal;
use indicatif::{ProgressBar, ProgressDrawTarget};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{JoinHandle, spawn};
use std::time::Duration;

/// Work that is done sooner shows nothing.
const PATIENCE: Duration = Duration::from_millis(400);

/// A spinner on standard error, where that is a terminal; gone when dropped.
pub(crate) struct Progress {
    bar: ProgressBar,
    /// The thread that shows the spinner when its time has come, and the channel
    /// whose end tells it that the work is done; none where nothing would show.
    shower: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// Begins, with a message such as `compiling`.
    pub(crate) fn new(message: &'static str) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        let bar = bar.with_message(message);
        bar.set_style(indicatif::ProgressStyle::default_spinner());
        if !terminal::stderr_is_animated() {
            return Self { bar, shower: None };
        }
        let (done, work) = channel();
        let shown = bar.clone();
        let thread = spawn(move || {
            if work.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                // Draws on terminals only.
                shown.set_draw_target(ProgressDrawTarget::stderr());
                shown.enable_steady_tick(Duration::from_millis(100));
            }
        });
        Self { bar, shower: Some((done, thread)) }
    }

    /// The same with a bar of so many bytes, to [`Progress::advance`].
    pub(crate) fn of_bytes(message: &'static str, bytes: u64) -> Self {
        let progress = Self::new(message);
        progress.bar.set_length(bytes);
        let template = "{spinner} {msg} {wide_bar} {bytes} of {total_bytes}";
        if let Ok(style) = indicatif::ProgressStyle::with_template(template) {
            progress.bar.set_style(style);
        }
        progress
    }

    /// That many bytes more are done.
    pub(crate) fn advance(&self, bytes: u64) {
        self.bar.inc(bytes);
    }

    /// Names the next step.
    pub(crate) fn step(&self, message: &'static str) {
        self.bar.set_message(message);
    }

    /// Clears the spinner's line for `body` to write on.
    pub(crate) fn aside<T>(&self, body: impl FnOnce() -> T) -> T {
        self.bar.suspend(body)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((done, thread)) = self.shower.take() {
            drop(done);
            // It only draws, and has nothing to say in the end.
            let _ = thread.join();
        }
        self.bar.finish_and_clear();
    }
}
