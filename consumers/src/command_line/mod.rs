//! `CommandLineEventConsumer`: starts a program for each event (WMI SDK,
//! "CommandLineEventConsumer class").
//!
//! No shell is asked. `CommandLineTemplate` is cut into arguments before anything is put into
//! its places (`arguments`), so an event cannot add one. As in WMI the template has the
//! program's own name first, and `ExecutablePath`, where it is given, is what is run under
//! that name (on Unix; Windows gets it under its own). A delivery is done when the program has
//! begun; what it ends with is its own business. `KillTimeout` kills it, on Unix with all that
//! it started. What the other properties say is about windows.

mod arguments;
mod process;

use crate::settings::{Settings, refused, too_long, verdict, verdict_of, wrong};
use crate::template::Template;
use cimarron_engine::{ConsumerSink, Delivery, Failure, Verdict};
use cimarron_model::Status;
use process::Running;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// Starts programs, those that it was allowed to start.
#[derive(Debug, Default)]
pub struct CommandLine {
    allowed: Vec<PathBuf>,
    running: Running,
}

/// How many programs may run at a time.
const MAX_RUNNING: usize = 64;

/// The variables of this process that a program gets; others may hold what is nobody's
/// business.
#[rustfmt::skip]
const ENVIRONMENT: [&str; 16] = [
    "PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "USER",
    // As Windows calls them.
    "SYSTEMROOT", "WINDIR", "COMSPEC", "PATHEXT", "TEMP", "TMP", "USERPROFILE", "USERNAME",
];

/// What a consumer asks for.
struct Asked {
    program: String,
    /// The program's name for itself, then the rest.
    arguments: Vec<String>,
    directory: Option<String>,
    limit: Option<Duration>,
}

impl CommandLine {
    /// Starts nothing.
    pub fn off() -> Self {
        Self::default()
    }

    /// Starts these programs and no others, whatever their arguments. They are named by
    /// their whole paths.
    pub fn allowing<P: Into<PathBuf>>(programs: impl IntoIterator<Item = P>) -> Self {
        let allowed = programs.into_iter().map(Into::into).collect();
        Self { allowed, running: Running::default() }
    }

    /// Waits until all programs that were started have ended.
    pub fn wait(&self) {
        self.running.wait();
    }

    fn start(&self, delivery: &Delivery<'_>) -> Result<(), Verdict> {
        if self.allowed.is_empty() {
            let text = "starting programs is not allowed here";
            return Err(Verdict::Failed(refused(text)));
        }
        let asked = Asked::read(Settings(delivery)).map_err(Verdict::Failed)?;
        let program = self.check(&asked.program)?;
        let mut command = Command::new(&program);
        command.args(asked.arguments.iter().skip(1)).env_clear();
        let kept = |name: &str| std::env::var_os(name).map(|value| (OsString::from(name), value));
        command.envs(ENVIRONMENT.into_iter().filter_map(kept));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if let Some(directory) = &asked.directory {
            command.current_dir(directory);
        }
        #[cfg(unix)]
        {
            use std::os::unix::process::CommandExt;
            command.process_group(0);
            if let Some(name) = asked.arguments.first() {
                command.arg0(name);
            }
        }
        if !self.running.enter(MAX_RUNNING) {
            let text = format!("{MAX_RUNNING} programs that were started for events still run");
            return Err(Verdict::RetryLater(Failure::of(Status::QuotaViolation, text)));
        }
        let started = self.running.start(&mut command, asked.limit);
        started.map_err(|error| verdict_of(&format!("`{}`", program.display()), &error))
    }

    /// The program, if it is one that may be started.
    fn check(&self, program: &str) -> Result<PathBuf, Verdict> {
        let path = Path::new(program);
        if !path.is_absolute() {
            let text = format!("`{program}` is not the whole path of a program");
            return Err(Verdict::Failed(wrong(text)));
        }
        // Two names of one file are one program.
        let real =
            path.canonicalize().map_err(|error| verdict_of(&format!("`{program}`"), &error))?;
        let is_it = |allowed: &PathBuf| {
            allowed == path || allowed.canonicalize().is_ok_and(|allowed| allowed == real)
        };
        // The name as it was given: some programs do what they are called.
        match self.allowed.iter().find(|allowed| is_it(allowed)) {
            Some(allowed) if allowed == path => Ok(path.to_owned()),
            Some(_) => Ok(real),
            None => Err(Verdict::Failed(refused(format!("starting `{program}` is not allowed")))),
        }
    }
}

impl Asked {
    fn read(settings: Settings<'_>) -> Result<Self, Failure> {
        let own = settings.expanded("ExecutablePath")?;
        let templates = arguments::split(settings.text("CommandLineTemplate").unwrap_or_default());
        let expand = |template: &Template| template.expand(settings.0.event).map_err(too_long);
        let mut arguments = templates.iter().map(expand).collect::<Result<Vec<_>, _>>()?;
        let program = match (own, arguments.first()) {
            (Some(own), first) => {
                if first.is_none() {
                    arguments.push(own.clone());
                }
                own
            }
            (None, Some(first)) => first.clone(),
            (None, None) => {
                let text = "neither `ExecutablePath` nor `CommandLineTemplate` is set";
                return Err(wrong(text));
            }
        };
        if arguments.iter().chain([&program]).any(|text| text.contains('\0')) {
            return Err(wrong("an argument has a NUL in it"));
        }
        let limit = settings.number("KillTimeout").filter(|seconds| *seconds > 0);
        Ok(Self {
            program,
            arguments,
            directory: settings.expanded("WorkingDirectory")?,
            limit: limit.map(Duration::from_secs),
        })
    }
}

impl ConsumerSink for CommandLine {
    fn deliver(&self, delivery: &Delivery<'_>) -> Verdict {
        verdict(self.start(delivery))
    }
}

#[cfg(test)]
mod tests;
