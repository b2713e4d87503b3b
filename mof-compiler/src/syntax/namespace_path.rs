//! Namespace paths before the class of an object path outside of quotes (DSP0221 7.6.4).
//!
//! The rule wants no white space between the parts, so such a path is one token, seen by
//! all of its shape: `root/cimv2:` is one where `Class.Key=` follows, and nothing else of
//! the language looks like that.

use super::scan;
use std::ops::Range;

/// Looks for namespace paths from the beginnings of the tokens of a text.
///
/// What looks like a path is read to its end, and the next token lies within it where it
/// turns out to be none. So that `a/a/a/...` is not read again for each of its tokens, the
/// finder keeps in mind where reading is known to lead nowhere.
#[derive(Debug, Default)]
pub(super) struct Finder {
    /// Within these, the host of a server ends where no path does.
    servers: Range<usize>,
    /// Within these, names do.
    names: Range<usize>,
}

impl Finder {
    /// The length of the namespace path and its colon that begin at an offset.
    pub(super) fn length(&mut self, bytes: &[u8], at: usize) -> Option<usize> {
        let end = self.behind_server(bytes, at).or_else(|| self.behind_names(bytes, at))?;
        end.checked_sub(at)
    }

    fn behind_server(&mut self, bytes: &[u8], at: usize) -> Option<usize> {
        if self.servers.contains(&at) {
            return None;
        }
        let host = host(bytes, at)?;
        let found = server(bytes, host).and_then(|end| self.behind_names(bytes, end));
        // What stands between brackets is none of the characters of other hosts.
        if found.is_none() && bytes.get(at) != Some(&b'[') {
            self.servers = at..host;
        }
        found
    }

    fn behind_names(&mut self, bytes: &[u8], from: usize) -> Option<usize> {
        if self.names.contains(&from) {
            return None;
        }
        let failed = match names(bytes, from) {
            Ok(end) if begins_instance(bytes, end) => return Some(end),
            Ok(end) | Err(end) => end,
        };
        if failed > self.names.end {
            self.names = from..failed;
        }
        None
    }
}

/// The parts of a namespace path: its server, where it names one, and its namespace. What
/// could be the first name of a namespace is that, but for `localhost`.
pub(crate) fn parts(path: &str) -> (Option<&str>, &str) {
    let path = path.strip_suffix(':').unwrap_or(path);
    let Some((first, rest)) = path.split_once('/') else { return (None, path) };
    let is_name = name(first.as_bytes(), 0) == Some(first.len());
    let is_server = !is_name || first.eq_ignore_ascii_case("localhost");
    if is_server { (Some(first), rest) } else { (None, path) }
}

/// Where the host at an offset ends: a name, or an address in brackets.
fn host(bytes: &[u8], at: usize) -> Option<usize> {
    if bytes.get(at) != Some(&b'[') {
        let end = run(bytes, at, |byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'~' | b'%')
        });
        return (end > at).then_some(end);
    }
    let end = run(bytes, at + 1, |byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.'));
    (bytes.get(end) == Some(&b']')).then_some(end + 1)
}

/// Where the server ends whose host does at an offset: `host[:port]/`.
fn server(bytes: &[u8], host: usize) -> Option<usize> {
    let end = match bytes.get(host) {
        Some(b':') => run(bytes, host + 1, |byte| byte.is_ascii_digit()),
        _ => host,
    };
    (bytes.get(end) == Some(&b'/')).then_some(end + 1)
}

/// Where the run of these characters from an offset ends.
fn run(bytes: &[u8], from: usize, accepts: impl Fn(u8) -> bool) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    from + rest.iter().position(|byte| !accepts(*byte)).unwrap_or(rest.len())
}

/// `name/name:` from an offset: where it ends, or where it turns out not to be that.
fn names(bytes: &[u8], from: usize) -> Result<usize, usize> {
    let mut at = from;
    loop {
        let end = name(bytes, at).ok_or(at)?;
        match bytes.get(end) {
            Some(b'/') => at = end + 1,
            Some(b':') => return Ok(end + 1),
            _ => return Err(end),
        }
    }
}

/// Whether `Class.Key=` stands at an offset. As where no namespace is written, blanks may
/// stand before the `=`.
fn begins_instance(bytes: &[u8], at: usize) -> bool {
    let dot = name(bytes, at).filter(|end| bytes.get(*end) == Some(&b'.'));
    let key = dot.and_then(|dot| name(bytes, dot + 1));
    key.is_some_and(|end| {
        let rest = bytes.get(end..).unwrap_or_default();
        rest.trim_ascii_start().first() == Some(&b'=')
    })
}

/// The end of the name at an offset.
fn name(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    let (length, ascii) = scan::word(rest);
    let begins = rest.first().is_some_and(|byte| !byte.is_ascii_digit());
    (begins && ascii && length > 0).then_some(at + length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn paths_are_seen_by_their_shape() {
        for (text, expected) in [
            ("root:C.K=1", Some((None, "root"))),
            ("root/cimv2:C.K=1", Some((None, "root/cimv2"))),
            ("LocalHost/root/cimv2:C.K=1", Some((Some("LocalHost"), "root/cimv2"))),
            ("localhost:5989/root:C.K=1", Some((Some("localhost:5989"), "root"))),
            ("a.b-c:1/root:C.K=1", Some((Some("a.b-c:1"), "root"))),
            ("10.0.0.1/root:C.K=1", Some((Some("10.0.0.1"), "root"))),
            ("[::1]:5989/root:C.K=1", Some((Some("[::1]:5989"), "root"))),
            ("root:C.K = 1", Some((None, "root"))),
            ("C.K=1", None),
            ("A:B {", None),
            ("E.V;", None),
            ("root/cimv2:C", None),
            ("root/cimv2 :C.K=1", None),
            ("root//cimv2:C.K=1", None),
            ("root/* */:C.K=1", None),
            ("[Key]", None),
            ("1.5", None),
            ("", None),
        ] {
            let found = Finder::default().length(text.as_bytes(), 0);
            let found = found.map(|length| parts(&text[..length]));
            assert_eq!(found, expected, "{text}");
        }
    }

    proptest! {
        /// What a finder keeps in mind changes nothing of what it finds.
        #[test]
        fn paths_are_found_in_their_order(text in "[aB1./:%=\\[\\] -]{0,30}", tail: bool) {
            let text = if tail { text + "/a:C.K=1" } else { text };
            let (mut finder, bytes) = (Finder::default(), text.as_bytes());
            for at in 0..bytes.len() {
                let alone = Finder::default().length(bytes, at);
                prop_assert_eq!(finder.length(bytes, at), alone, "at {}", at);
            }
        }
    }
}
