//! Names of files and anchors.
//!
//! A class name becomes a file name that every file system takes: ASCII letters,
//! digits and `_` stay, every other byte of UTF-8 is `-` and two hex digits.
//! Names that differ by more than case stay apart on file systems without case,
//! because that is what CIM asks of class names. Windows reserves names such as
//! `con`, with any extension; they and long names end in a form that an escape
//! cannot have.

use cimarron_model::fold;
use hashbrown::HashSet;
use std::fmt::Write;

/// The longest name of a file, without `.html`.
const LONGEST: usize = 120;

/// A name in the letters that file names and anchors may have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slug<'a>(pub(super) &'a str);

impl Slug<'_> {
    /// Appends the slug.
    pub(super) fn write_to(self, out: &mut String) {
        for byte in self.0.bytes() {
            if byte.is_ascii_alphanumeric() || byte == b'_' {
                out.push(char::from(byte));
            } else {
                // A `String` takes everything that is written to it.
                let _ = write!(out, "-{byte:02x}");
            }
        }
    }

    fn to_text(self) -> String {
        let mut out = String::with_capacity(self.0.len());
        self.write_to(&mut out);
        out
    }
}

/// Gives out file names, each once, without case.
#[derive(Default)]
pub(super) struct FileNames {
    taken: HashSet<String>,
}

impl FileNames {
    /// The file name of a class, without `.html`.
    pub(super) fn class(&mut self, name: &str) -> String {
        let mut slug = Slug(name).to_text();
        if slug.len() > LONGEST {
            slug.truncate(LONGEST - 20);
            let _ = write!(slug, "--{:016x}", fold::hash(name));
        } else if is_reserved(&slug) || slug.is_empty() {
            slug.push('-');
        }
        self.unique(&slug)
    }

    /// The folder of a namespace: `root.cimv2`.
    pub(super) fn namespace(&mut self, name: &str) -> String {
        let parts: Vec<_> =
            name.split(['/', '\\']).filter(|p| !p.is_empty()).map(|p| Slug(p).to_text()).collect();
        let mut slug = parts.join(".");
        if slug.len() > LONGEST {
            slug.truncate(LONGEST - 20);
            let _ = write!(slug, "--{:016x}", fold::hash(name));
        }
        if slug.is_empty() || is_reserved(slug.split('.').next().unwrap_or_default()) {
            slug.insert(0, '-');
        }
        self.unique(&slug)
    }

    /// Only names cut short could meet, and only where their hashes do.
    fn unique(&mut self, slug: &str) -> String {
        let mut name = slug.to_owned();
        let mut next = 2;
        while !self.taken.insert(name.to_ascii_lowercase()) {
            name = format!("{slug}--{next}");
            next += 1;
        }
        name
    }
}

fn is_reserved(slug: &str) -> bool {
    let lower = slug.to_ascii_lowercase();
    match lower.as_str() {
        "con" | "prn" | "aux" | "nul" => true,
        _ => lower
            .strip_prefix("com")
            .or_else(|| lower.strip_prefix("lpt"))
            .is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|b| b.is_ascii_digit())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_safe() {
        for (name, expected) in [
            ("CIM_Fan", "CIM_Fan"),
            ("__Namespace", "__Namespace"),
            ("Con", "Con-"),
            ("lpt9", "lpt9-"),
            ("COM10", "COM10"),
            ("CON_", "CON_"),
            ("X_Größe", "X_Gr-c3-b6-c3-9fe"),
            ("../../etc/x", "-2e-2e-2f-2e-2e-2fetc-2fx"),
            ("", "-"),
            ("a.b c", "a-2eb-20c"),
        ] {
            assert_eq!(FileNames::default().class(name), expected);
        }
        let long = "L".repeat(4_000);
        let name = FileNames::default().class(&long);
        assert!(name.len() <= LONGEST && name.contains("--"), "{name}");
    }

    #[test]
    fn namespaces_are_folders() {
        for (name, expected) in [
            ("root/cimv2", "root.cimv2"),
            ("root\\cimv2", "root.cimv2"),
            ("root/a b", "root.a-20b"),
            ("..", "-2e-2e"),
            ("nul/x", "-nul.x"),
            ("", "-"),
        ] {
            assert_eq!(FileNames::default().namespace(name), expected);
        }
    }

    #[test]
    fn no_name_is_given_twice() {
        let mut names = FileNames::default();
        assert_eq!(names.class("a"), "a");
        assert_eq!(names.class("A"), "A--2");
        assert_eq!(names.class("A"), "A--3");
    }

    proptest::proptest! {
        #[test]
        fn different_names_have_different_slugs(a in "[a-c.é -]{0,6}", b in "[a-c.é -]{0,6}") {
            proptest::prop_assume!(a != b);
            proptest::prop_assert_ne!(Slug(&a).to_text(), Slug(&b).to_text());
        }
    }
}
