//! The frame of a measurement: the sides take turns, each run is a child process of its own,
//! its CPU time is what the kernel accounts to it, and the median of the runs counts.

use std::io::IsTerminal;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use crate::error::{Error, Result};
use crate::process;

/// One row of the comparison.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Measurement {
    pub(super) name: String,
    pub(super) unit: &'static str,
    pub(super) ours: f64,
    pub(super) peer: f64,
    /// How many times better we are; above 1 we are ahead.
    pub(super) ratio: f64,
    /// What to reach, where something is set, and by what.
    pub(super) target: Option<f64>,
    pub(super) target_of: Option<TargetOf>,
    pub(super) met: Option<bool>,
}

/// What a target is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum TargetOf {
    /// The ratio.
    Ratio,
    /// Our own figure.
    Ours,
}

/// The form of `--format json`.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) rows: Vec<Measurement>,
}

impl Measurement {
    /// A row about time spent, of which less is better.
    pub(super) fn of_time(
        name: impl Into<String>,
        ours: Duration,
        peer: Duration,
        target: Option<f64>,
    ) -> Self {
        let (ours, peer) = (ours.as_secs_f64(), peer.as_secs_f64());
        // The clocks tick; nothing that ran took less than a microsecond.
        let ratio = peer / ours.max(1e-6);
        let met = target.map(|target| ratio >= target);
        let target_of = target.map(|_| TargetOf::Ratio);
        Self { name: name.into(), unit: "s", ours, peer, ratio, target, target_of, met }
    }
}

/// What one child process took.
#[derive(Debug, Clone, Copy)]
struct Sample {
    cpu: Duration,
    wall: Duration,
}

/// The runs of one side.
#[derive(Debug)]
pub(super) struct Samples {
    runs: Vec<Sample>,
    /// What each run printed.
    pub(super) outputs: Vec<Vec<u8>>,
}

impl Samples {
    /// What the last run printed.
    pub(super) fn output(&self) -> &[u8] {
        self.outputs.last().map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn cpu(&self) -> Duration {
        median(self.runs.iter().map(|run| run.cpu).collect())
    }

    pub(super) fn wall(&self) -> Duration {
        median(self.runs.iter().map(|run| run.wall).collect())
    }
}

/// How long a side runs before the run that counts, at least.
const WARM_UP: Duration = Duration::from_millis(500);

/// Runs the sides in turn, A B A B, so that whatever changes on the machine meanwhile falls
/// on all of them. Before each run that counts come some of the same side that do not: a
/// virtual machine gives the memory back that nobody uses, and getting it again takes longer
/// than a short program runs, three of these in a row and more.
pub(super) fn in_turn<const N: usize>(
    sides: [(&str, &dyn Fn() -> Command); N],
    runs: u32,
) -> Result<[Samples; N]> {
    let progress = progress(u64::from(runs) * N as u64);
    let mut samples = sides.map(|_| Samples { runs: Vec::new(), outputs: Vec::new() });
    for _ in 0..runs {
        for ((name, command), samples) in sides.iter().zip(&mut samples) {
            progress.set_message((*name).to_owned());
            let begin = Instant::now();
            timed(&mut command())?;
            while begin.elapsed() < WARM_UP {
                timed(&mut command())?;
            }
            let (sample, output) = timed(&mut command())?;
            samples.runs.push(sample);
            samples.outputs.push(output);
            progress.inc(1);
        }
    }
    progress.finish_and_clear();
    Ok(samples)
}

/// Runs one child to its end. The program runs no others meanwhile, so what the kernel has
/// accounted to its ended children since is this child's.
fn timed(command: &mut Command) -> Result<(Sample, Vec<u8>)> {
    let cpu_before = children_cpu()?;
    let begin = Instant::now();
    let output = process::capture(command.stderr(Stdio::piped()))?;
    let wall = begin.elapsed();
    let cpu = children_cpu()?.saturating_sub(cpu_before);
    Ok((Sample { cpu, wall }, output))
}

/// User and system time of all children that have ended.
#[cfg(unix)]
fn children_cpu() -> Result<Duration> {
    use nix::sys::resource::{UsageWho, getrusage};

    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)
        .map_err(|error| Error::Measurement(format!("cannot read the CPU time: {error}")))?;
    let duration = |time: nix::sys::time::TimeVal| {
        let seconds = u64::try_from(time.tv_sec()).unwrap_or(0);
        let micros = u64::try_from(time.tv_usec()).unwrap_or(0);
        Duration::from_secs(seconds) + Duration::from_micros(micros)
    };
    Ok(duration(usage.user_time()) + duration(usage.system_time()))
}

#[cfg(not(unix))]
fn children_cpu() -> Result<Duration> {
    Err(Error::Measurement("CPU times of child processes are read on Unix only".to_owned()))
}

/// The middle value, or the mean of the middle two; zero of none.
fn median(mut values: Vec<Duration>) -> Duration {
    values.sort();
    let middle = values.len() / 2;
    let upper = values.get(middle).copied().unwrap_or_default();
    if values.len() % 2 == 1 {
        return upper;
    }
    let lower = middle.checked_sub(1).and_then(|at| values.get(at)).copied().unwrap_or_default();
    (lower + upper) / 2
}

/// A bar on a terminal, nothing anywhere else.
fn progress(steps: u64) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
    }
    let bar = ProgressBar::new(steps);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}") {
        bar.set_style(style);
    }
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(values: &[u64]) -> Vec<Duration> {
        values.iter().copied().map(Duration::from_millis).collect()
    }

    #[test]
    fn median_of_odd_even_and_none() {
        let cases = [(&[][..], 0), (&[7], 7), (&[9, 1, 5], 5), (&[4, 1, 2, 9], 3)];
        for (values, expected) in cases {
            assert_eq!(median(millis(values)), Duration::from_millis(expected), "{values:?}");
        }
    }

    #[test]
    fn ratio_above_one_means_ahead() {
        let row = |ours, peer, target| {
            let [ours, peer] = [ours, peer].map(Duration::from_millis);
            let row = Measurement::of_time("x", ours, peer, target);
            (row.ratio, row.met)
        };
        assert_eq!(row(10, 200, None), (20.0, None));
        assert_eq!(row(10, 200, Some(20.0)), (20.0, Some(true)));
        assert_eq!(row(20, 10, Some(1.0)), (0.5, Some(false)));
        assert!(row(0, 10, None).0.is_finite());
    }

    #[test]
    fn report_is_the_documented_json() {
        let ours = Duration::from_millis(500);
        let row = Measurement::of_time("a", ours, ours * 4, Some(2.0));
        assert_eq!(
            serde_json::to_string(&Report { rows: vec![row] }).unwrap(),
            r#"{"rows":[{"name":"a","unit":"s","ours":0.5,"peer":2.0,"ratio":4.0,"target":2.0,"target_of":"ratio","met":true}]}"#
        );
        let row = Measurement::of_time("a", ours, ours, None);
        let json = serde_json::to_string(&row).unwrap();
        assert!(json.ends_with(r#""target":null,"target_of":null,"met":null}"#), "{json}");
    }

    #[cfg(unix)]
    #[test]
    fn sides_take_turns_and_keep_their_output() {
        let echo = |word: &'static str| {
            move || {
                let mut command = process::command("echo");
                command.arg(word);
                command
            }
        };
        let (a, b) = (echo("a"), echo("b"));
        let [a, b] = in_turn([("a", &a), ("b", &b)], 2).unwrap();
        assert_eq!((a.runs.len(), b.runs.len()), (2, 2));
        assert_eq!((a.output(), b.output()), (&b"a\n"[..], &b"b\n"[..]));
        assert!(a.wall() > Duration::ZERO);
    }
}
