//! File hygiene: length, white space, module docs, where `unsafe` may stand, paths of
//! somebody's machine, the changelog.

use super::source::lines_with_word;
use super::{Finding, Tree};

/// Files that people write; white space in test data and snapshots may be the point of them.
const WRITTEN: &[&str] = &["lalrpop", "md", "py", "rs", "sh", "toml", "yaml", "yml"];

/// A source file of more lines is refused.
const MOST_LINES: usize = 1_200;

/// A source file of more lines is pointed out.
const MANY_LINES: usize = 700;

/// The only files in which `unsafe` may stand, each with the reason.
const UNSAFE_FILES: &[(&str, &str)] = &[
    ("cells/src/storage.rs", "elements that one thread writes while others read those before"),
    ("cells/src/blocks.rs", "the same in blocks that are added and never move"),
    ("cells/src/rows.rs", "says from where on those elements are being written"),
    ("cells/src/published.rs", "says from where on those elements are being written"),
    ("cells/src/growing.rs", "says from where on those elements are being written"),
    ("cells/tests/model/registry.rs", "shares what loom watches, to have it find the race"),
    ("cells/src/prefetch.rs", "gives the processor a hint about an address"),
    ("cells/src/text.rs", "the same for bytes, and that they are text"),
    ("cells/src/texts.rs", "cuts texts out of a piece at places that were judged before"),
    ("schema/src/archive/memory.rs", "maps an archive file into memory and reads it in place"),
    ("benches/peers/src/memory.rs", "counts what the allocator gives out, and asks SQLite"),
    ("benches/benches/archive.rs", "measures opening an archive that the caller vouches for"),
];

/// How absolute paths begin that exist on one machine only. Put together from halves, because
/// this file is checked too. Root's home counts by its hidden folders: without the dot it is how
/// the paths of CIM namespaces begin.
const MACHINE_PATHS: &[&str] =
    &[concat!("/ho", "me/"), concat!("/ro", "ot/."), concat!("/wo", "rk/"), concat!("/Us", "ers/")];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings: Vec<_> = changelog(tree).into_iter().collect();
    for (path, text) in &tree.texts {
        let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
        if WRITTEN.contains(&extension) {
            findings.extend(white_space(path, text));
        }
        if extension == "rs" {
            findings.extend(tabs(path, text));
            findings.extend(length(path, text));
            findings.extend(module_doc(path, text));
            findings.extend(unsafe_code(path, text, UNSAFE_FILES));
        }
        findings.extend(machine_paths(path, text));
    }
    findings
}

fn white_space(path: &str, text: &str) -> Vec<Finding> {
    let mut findings: Vec<_> = numbered(text)
        .filter(|(_, line)| line.ends_with(char::is_whitespace))
        .map(|(number, _)| Finding::error(path, Some(number), "trailing white space"))
        .collect();
    if !text.is_empty() && !text.ends_with('\n') {
        findings.push(Finding::error(path, None, "no newline at the end"));
    } else if text.ends_with("\n\n") {
        findings.push(Finding::error(path, None, "empty lines at the end"));
    }
    findings
}

fn tabs(path: &str, text: &str) -> Vec<Finding> {
    numbered(text)
        .filter(|(_, line)| line.contains('\t'))
        .map(|(number, _)| Finding::error(path, Some(number), "a tab; write `\\t` in a literal"))
        .collect()
}

fn length(path: &str, text: &str) -> Option<Finding> {
    match text.lines().count() {
        count if count > MOST_LINES => {
            let message = format!("{count} lines, {MOST_LINES} are the most; split it by concept");
            Some(Finding::error(path, None, message))
        }
        count if count > MANY_LINES => {
            Some(Finding::warning(path, None, format!("{count} lines; split it by concept")))
        }
        _ => None,
    }
}

/// Every module says what it is for before anything else.
fn module_doc(path: &str, text: &str) -> Option<Finding> {
    let is_module = path.starts_with("src/") || path.contains("/src/");
    (is_module && !text.starts_with("//!"))
        .then(|| Finding::error(path, Some(1), "does not begin with a `//!` module doc"))
}

fn unsafe_code(path: &str, text: &str, allowed: &[(&str, &str)]) -> Vec<Finding> {
    let found = lines_with_word(text, "unsafe");
    let is_allowed = allowed.iter().any(|(file, _)| *file == path);
    match (is_allowed, found.is_empty()) {
        (true, true) => {
            let message =
                "listed in UNSAFE_FILES of xtask/src/tidy/hygiene.rs, but has no `unsafe`";
            vec![Finding::error(path, None, message)]
        }
        (false, false) => {
            let message =
                "`unsafe` outside the files that UNSAFE_FILES of xtask/src/tidy/hygiene.rs names";
            found.into_iter().map(|line| Finding::error(path, Some(line), message)).collect()
        }
        _ => Vec::new(),
    }
}

fn machine_paths(path: &str, text: &str) -> Vec<Finding> {
    let begins_path = |before: Option<char>| {
        !before.is_some_and(|c| c.is_alphanumeric() || "_.-/~}>*".contains(c))
    };
    let has = |line: &str, beginning: &str| {
        line.match_indices(beginning).any(|(at, _)| {
            begins_path(line.get(..at).and_then(|before| before.chars().next_back()))
        })
    };
    numbered(text)
        .filter_map(|(number, line)| {
            let beginning = MACHINE_PATHS.iter().find(|beginning| has(line, beginning))?;
            let message = format!("`{beginning}…` is a path of one machine; make it relative");
            Some(Finding::error(path, Some(number), message))
        })
        .collect()
}

fn changelog(tree: &Tree) -> Option<Finding> {
    let path = "CHANGELOG.md";
    let Some(text) = tree.texts.get(path) else {
        return Some(Finding::error(path, None, "there is no changelog"));
    };
    let unreleased = |line: &str| {
        line.strip_prefix("## ")
            .is_some_and(|title| title.trim_start_matches('[').starts_with("Unreleased"))
    };
    (!text.lines().any(unreleased))
        .then(|| Finding::error(path, None, "has no `## Unreleased` section"))
}

fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    // `lines` would hide a carriage return, which counts as white space here.
    text.split_terminator('\n').enumerate().map(|(index, line)| (index + 1, line))
}

#[cfg(test)]
mod tests {
    use super::super::lines;
    use super::*;

    #[test]
    fn white_space_is_clean() {
        for clean in ["", "a\n", "a\n\nb\n"] {
            assert_eq!(white_space("f.md", clean), [], "{clean:?}");
        }
        let cases = [
            ("a \nb\n", "f.md:1: error: trailing white space"),
            ("a\nb\t\n", "f.md:2: error: trailing white space"),
            ("a\r\n", "f.md:1: error: trailing white space"),
            ("a", "f.md: error: no newline at the end"),
            ("a\n\n", "f.md: error: empty lines at the end"),
        ];
        for (text, expected) in cases {
            assert_eq!(lines(&white_space("f.md", text)), [expected], "{text:?}");
        }
    }

    #[test]
    fn no_tabs_in_source() {
        assert_eq!(tabs("a.rs", "let a = \"\\t\";\n"), []);
        assert_eq!(tabs("a.rs", "a\n\tb\n").len(), 1);
    }

    #[test]
    fn length_warns_then_refuses() {
        let of = |count| length("a.rs", &"x\n".repeat(count));
        assert_eq!(of(MANY_LINES), None);
        assert_eq!(of(MANY_LINES + 1).unwrap().level, super::super::Level::Warning);
        assert_eq!(of(MOST_LINES).unwrap().level, super::super::Level::Warning);
        assert_eq!(of(MOST_LINES + 1).unwrap().level, super::super::Level::Error);
    }

    #[test]
    fn modules_begin_with_their_doc() {
        let cases = [
            ("model/src/lib.rs", "//! Doc.\n", true),
            ("model/src/a/b.rs", "// Not a doc.\n", false),
            ("model/src/lib.rs", "\n//! Doc.\n", false),
            ("model/src/lib.rs", "", false),
            ("model/tests/a.rs", "use x;\n", true),
            ("model/build.rs", "fn main() {}\n", true),
        ];
        for (path, text, fine) in cases {
            assert_eq!(module_doc(path, text).is_none(), fine, "{path} {text:?}");
        }
    }

    #[test]
    fn unsafe_only_where_listed() {
        let allowed = &[("schema/src/map.rs", "maps a file")][..];
        let code = "//! Doc.\nfn f() { unsafe { g() } }\n";
        let words = "//! unsafe\nlet s = \"unsafe\"; // unsafe\n";
        assert_eq!(unsafe_code("schema/src/map.rs", code, allowed), []);
        assert_eq!(unsafe_code("engine/src/lib.rs", words, allowed), []);
        let found = lines(&unsafe_code("engine/src/lib.rs", code, allowed));
        assert!(found.concat().starts_with("engine/src/lib.rs:2: error: `unsafe` outside"));
        let stale = lines(&unsafe_code("schema/src/map.rs", words, allowed));
        assert!(stale.concat().contains("has no `unsafe`"));
    }

    #[test]
    fn no_paths_of_one_machine() {
        assert_eq!(machine_paths("a.md", "//server/root/cimv2 /root/cimv2:CIM_A"), []);
        for root in MACHINE_PATHS {
            for line in [format!("{root}x"), format!("see `{root}x`"), format!("\"{root}\"")] {
                assert_eq!(machine_paths("a.md", &line).len(), 1, "{line}");
            }
            for line in
                [format!("https://example.org{root}x"), format!("..{root}x"), format!("a{root}")]
            {
                assert_eq!(machine_paths("a.md", &line), [], "{line}");
            }
        }
    }

    #[test]
    fn changelog_has_an_unreleased_section() {
        let of = |files: &[(&str, &str)]| changelog(&Tree::of(files)).is_none();
        assert!(of(&[("CHANGELOG.md", "# Changelog\n\n## Unreleased\n")]));
        assert!(of(&[("CHANGELOG.md", "## [Unreleased]\n")]));
        assert!(!of(&[("CHANGELOG.md", "## 0.1.0\n")]));
        assert!(!of(&[("README.md", "## Unreleased\n")]));
    }

    #[test]
    fn each_kind_of_file_gets_its_rules() {
        let tree = Tree::of(&[
            ("CHANGELOG.md", "## Unreleased\n"),
            ("conformance/mof/odd.mof", "class A {}; \t"),
            ("model/src/lib.rs", "use a;\n"),
            ("LICENSE", "text"),
        ]);
        assert_eq!(
            lines(&check(&tree)),
            ["model/src/lib.rs:1: error: does not begin with a `//!` module doc"]
        );
    }
}
