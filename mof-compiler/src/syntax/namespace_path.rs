//! Namespace paths before the class of an object path outside of quotes (DSP0221 7.6.4).
//!
//! The rule wants no white space between the parts, so such a path is one token, seen by
//! all of its shape: `root/cimv2:` is one where `Class.Key=` follows, and nothing else of
//! the language looks like that.

use super::scan;

/// The length of the namespace path and its colon that the bytes begin with.
pub(super) fn length(bytes: &[u8]) -> Option<usize> {
    let server = server(bytes);
    let behind = |length: usize| names(bytes, length).filter(|end| begins_instance(bytes, *end));
    server.and_then(behind).or_else(|| behind(0))
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

/// `host[:port]/`
fn server(bytes: &[u8]) -> Option<usize> {
    let run = |from: usize, accepts: fn(u8) -> bool| {
        let rest = bytes.get(from..).unwrap_or_default();
        from + rest.iter().position(|byte| !accepts(*byte)).unwrap_or(rest.len())
    };
    let host = if bytes.first() == Some(&b'[') {
        let end = run(1, |byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.'));
        if bytes.get(end) != Some(&b']') {
            return None;
        }
        end + 1
    } else {
        run(0, |byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'~' | b'%')
        })
    };
    let end = match bytes.get(host) {
        Some(b':') => run(host + 1, |byte| byte.is_ascii_digit()),
        _ => host,
    };
    (host > 0 && bytes.get(end) == Some(&b'/')).then_some(end + 1)
}

/// `name/name:` from an offset: where it ends.
fn names(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at = name(bytes, at)?;
        match bytes.get(at) {
            Some(b'/') => at += 1,
            Some(b':') => return Some(at + 1),
            _ => return None,
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
            let found = length(text.as_bytes()).map(|length| parts(&text[..length]));
            assert_eq!(found, expected, "{text}");
        }
    }
}
