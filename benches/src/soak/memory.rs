//! How much memory the process has, and whether it grows.

/// The resident bytes of this process; `None` where the system does not say.
pub(super) fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kilobytes.checked_mul(1_024)
}

/// What is wrong with the memory over time: the last quarter must not need more than the second
/// did, but for a quarter and 32 MB, which allocators come and go with. The first quarter is for
/// growing up.
pub(super) fn growth(samples: &[u64]) -> Option<String> {
    const LEAST: usize = 40;
    const SLACK: u64 = 32 << 20;
    if samples.len() < LEAST {
        return None;
    }
    let quarter = samples.len() / 4;
    let most = |of: &[u64]| of.iter().max().copied().unwrap_or(0);
    let before = most(samples.get(quarter..2 * quarter)?);
    let after = most(samples.get(samples.len() - quarter..)?);
    let allowed = before + before / 4 + SLACK;
    (after > allowed).then(|| {
        let [before, after] = [before, after].map(|bytes| bytes as f64 / 1e6);
        format!("memory grew from {before:.1} MB to {after:.1} MB")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_seen_and_warming_up_is_not() {
        let mega = |of: fn(u64) -> u64| (0..100).map(|at| of(at) << 20).collect::<Vec<_>>();
        assert_eq!(growth(&mega(|_| 100)), None);
        assert_eq!(growth(&mega(|at| if at < 25 { at } else { 400 })), None);
        assert!(growth(&mega(|at| 100 + 2 * at)).is_some());
        assert_eq!(growth(&[]), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_has_memory() {
        assert!(resident().is_some_and(|bytes| bytes > 1 << 20));
    }
}
