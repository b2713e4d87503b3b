//! Bounds on what is read.

/// Bounds on what is read, against archives and includes that never end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one file.
    pub file: u64,
    /// Bytes of all files.
    pub total: u64,
    /// Number of files.
    pub files: usize,
}

impl Default for Limits {
    /// 64 MiB a file, 1 GiB in all, 100,000 files.
    fn default() -> Self {
        Self { file: 64 << 20, total: 1 << 30, files: 100_000 }
    }
}
