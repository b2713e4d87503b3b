//! The names of the files of a data directory. A name that is not exactly one of them is a file
//! of somebody else.

/// The file that is locked.
pub(crate) const LOCK: &str = "LOCK";
/// The file that says what holds.
pub(crate) const MANIFEST: &str = "MANIFEST";
/// What a name ends in while its file is being written.
const NEW: &str = ".new";

/// A file of a data directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileName {
    Lock,
    Manifest,
    Segment(u32),
    Log(u64),
    /// The file beside a log's database.
    Ahead(u64),
    /// One that was being written; whatever it is, it was never used.
    New,
}

impl FileName {
    pub(crate) fn parse(name: &str) -> Option<Self> {
        if let Some(name) = name.strip_suffix(NEW) {
            let ours = matches!(Self::parse(name), Some(Self::Manifest | Self::Log(_)));
            return ours.then_some(Self::New);
        }
        let known = match name {
            LOCK => Self::Lock,
            MANIFEST => Self::Manifest,
            _ => {
                if let Some(number) = name.strip_prefix("segment-") {
                    Self::Segment(number.parse().ok()?)
                } else {
                    let number = name.strip_prefix("log-")?;
                    match number.strip_suffix(".ahead") {
                        Some(number) => Self::Ahead(number.parse().ok()?),
                        None => Self::Log(number.strip_suffix(".redb")?.parse().ok()?),
                    }
                }
            }
        };
        let written = match known {
            Self::Segment(number) => segment(number),
            Self::Log(number) => log(number),
            Self::Ahead(number) => ahead(number),
            _ => return Some(known),
        };
        (written == name).then_some(known)
    }
}

/// The name of a segment.
pub(crate) fn segment(number: u32) -> String {
    format!("segment-{number:08}")
}

/// The name of a log.
pub(crate) fn log(number: u64) -> String {
    format!("log-{number:08}.redb")
}

/// The name of the file beside a log's database.
pub(crate) fn ahead(number: u64) -> String {
    format!("log-{number:08}.ahead")
}

/// The name of a file while it is being written.
pub(crate) fn new(name: &str) -> String {
    format!("{name}{NEW}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_ours() {
        let ours = [
            (LOCK.to_owned(), FileName::Lock),
            (MANIFEST.to_owned(), FileName::Manifest),
            (segment(7), FileName::Segment(7)),
            (segment(u32::MAX), FileName::Segment(u32::MAX)),
            (log(3), FileName::Log(3)),
            (log(u64::MAX), FileName::Log(u64::MAX)),
            (ahead(3), FileName::Ahead(3)),
            (new(MANIFEST), FileName::New),
            (new(&log(3)), FileName::New),
        ];
        for (name, known) in ours {
            assert_eq!(FileName::parse(&name), Some(known), "{name}");
        }
        let foreign = [
            "",
            "lock",
            "LOCK.new",
            "segment-7",
            "segment-+0000007",
            "segment-000000007",
            "segment-00000007.new",
            "log-00000001",
            "log-.redb",
            "log-1.ahead",
            "log-00000001.ahead.new",
            "notes.txt",
            ".new",
            "MANIFEST.new.new",
        ];
        for name in foreign {
            assert_eq!(FileName::parse(name), None, "{name}");
        }
    }
}
