//! Suppressions in the text: `// cimarron: allow(MOF0501, style)`.
//!
//! Before the first declaration such a comment holds for its file. Behind something on
//! the same line it holds for that line. Alone on a line it holds for what follows: the
//! head of a class or instance up to its `{`, a member or directive up to its `;`, a
//! parameter up to its `,` or `)`. Comments are looked for only in files that have
//! findings, after everything else, so they cost nothing where nothing is found.

use super::{Code, Diagnostic, Diagnostics, Selector, Severity};
use crate::source::{FileId, SourceMap};
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

/// What begins a suppression, after `//` and blanks.
const MARK: &str = "cimarron:";

/// Takes out the findings that the texts suppress.
pub(crate) fn suppress(diagnostics: &mut Diagnostics, sources: &SourceMap) {
    let mut files: HashMap<FileId, Suppressions> = HashMap::new();
    diagnostics.retain(|found| {
        if found.severity == Severity::Error && found.code.is_hard() {
            return true;
        }
        let of_file = files.entry(found.file).or_insert_with(|| scan(sources.text(found.file)));
        !of_file.hold_for(found)
    });
}

/// The suppressions of a text.
#[derive(Debug, Default)]
struct Suppressions {
    file: BTreeSet<Selector>,
    /// Apart from each other and in the order of the text.
    lines: Vec<Region>,
    /// The same; a region of several lines may hold one of a line.
    blocks: Vec<Region>,
}

/// A part of a text and what is allowed in it.
#[derive(Debug)]
struct Region {
    place: Range<usize>,
    selectors: BTreeSet<Selector>,
}

impl Suppressions {
    fn hold_for(&self, found: &Diagnostic) -> bool {
        let at = found.span.start as usize;
        let region = |regions: &'_ [Region]| {
            let before = regions.partition_point(|region| region.place.start <= at);
            let region = before.checked_sub(1).and_then(|last| regions.get(last));
            region.is_some_and(|r| r.place.contains(&at) && select(&r.selectors, found))
        };
        select(&self.file, found) || region(&self.lines) || region(&self.blocks)
    }
}

fn select(selectors: &BTreeSet<Selector>, found: &Diagnostic) -> bool {
    selectors.iter().any(|selector| match selector {
        Selector::Code(code) => *code == found.code,
        Selector::Group(group) => match found.code {
            Code::Lint(lint) => group.holds(lint),
            _ => group.holds_warnings() && found.severity == Severity::Warning,
        },
    })
}

fn scan(text: &str) -> Suppressions {
    if !text.contains(MARK) {
        return Suppressions::default();
    }
    let mut scanner = Scanner { text, ..Scanner::default() };
    scanner.run();
    scanner.close(text.len());
    scanner.found
}

/// Walks over a text as far as strings, comments and brackets matter.
#[derive(Default)]
struct Scanner<'a> {
    text: &'a str,
    found: Suppressions,
    /// Whether the end of the last block is not reached.
    open: bool,
    /// Whether anything but blanks and comments stood before, in the file and the line.
    begun: bool,
    line_begun: bool,
    line_start: usize,
    /// Brackets of any kind but the braces of bodies.
    depth: usize,
    /// Where `depth` stood at the beginning of the last block.
    depth_at_open: usize,
    /// Whether a `=` makes the next `{` an array.
    in_value: bool,
}

impl Scanner<'_> {
    fn run(&mut self) {
        let bytes = self.text.as_bytes();
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            let next = bytes.get(at + 1);
            at = match (byte, next) {
                (b'/', Some(b'/')) => self.comment(at),
                (b'/', Some(b'*')) => after(self.text, at + 2, "*/"),
                (b'\n' | b'\r', _) => {
                    self.line_start = at + 1;
                    self.line_begun = false;
                    at + 1
                }
                (b' ' | b'\t', _) => at + 1,
                (b'"', _) => {
                    self.token();
                    string_end(bytes, at)
                }
                (other, _) => {
                    self.token();
                    self.punctuation(*other, at);
                    at + 1
                }
            };
        }
    }

    fn token(&mut self) {
        self.begun = true;
        self.line_begun = true;
    }

    /// A line comment; gives its end.
    fn comment(&mut self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or_default();
        let line = rest.lines().next().unwrap_or_default().split('\r').next().unwrap_or_default();
        let end = at + line.len();
        let selectors = selectors(line);
        if !selectors.is_empty() {
            self.suppression(at..end, selectors);
        }
        end
    }

    fn suppression(&mut self, comment: Range<usize>, selectors: BTreeSet<Selector>) {
        if !self.begun {
            self.found.file.extend(selectors);
        } else if self.line_begun {
            self.found.lines.push(Region { place: self.line_start..comment.end, selectors });
        } else if let Some(block) = self.found.blocks.last_mut().filter(|_| self.open) {
            block.selectors.extend(selectors);
        } else {
            self.open = true;
            self.depth_at_open = self.depth;
            self.in_value = false;
            self.found.blocks.push(Region { place: comment, selectors });
        }
    }

    fn punctuation(&mut self, byte: u8, at: usize) {
        let level = self.depth == self.depth_at_open;
        match byte {
            b'(' | b'[' => self.depth += 1,
            b'{' if self.in_value || self.depth > 0 => self.depth += 1,
            b')' | b']' | b'}' if self.depth > 0 => {
                if level {
                    self.close(at);
                }
                self.depth -= 1;
            }
            b'{' | b'}' => self.close(at),
            b';' => {
                // Nothing between brackets holds one: this repairs unbalanced text.
                self.close(at + 1);
                self.depth = 0;
            }
            b',' if level && self.depth > 0 => self.close(at),
            b'=' if self.depth == 0 => self.in_value = true,
            _ => return,
        }
        if matches!(byte, b';' | b'{') && self.depth == 0 {
            self.in_value = false;
        }
    }

    fn close(&mut self, at: usize) {
        if let Some(block) = self.found.blocks.last_mut().filter(|_| self.open) {
            block.place.end = at;
        }
        self.open = false;
    }
}

/// What `// cimarron: allow(...)` allows; words that select nothing are passed over, and
/// their findings stay.
fn selectors(comment: &str) -> BTreeSet<Selector> {
    let words = || {
        let rest = comment.strip_prefix("//")?.trim_start().strip_prefix(MARK)?;
        let rest = rest.trim_start().strip_prefix("allow")?.trim_start().strip_prefix('(')?;
        rest.split_once(')').map(|(inside, _)| inside)
    };
    let words = words().unwrap_or_default().split(',');
    words.filter_map(|word| word.trim().parse().ok()).collect()
}

/// The offset behind the next `end`.
fn after(text: &str, from: usize, end: &str) -> usize {
    let found = text.get(from..).and_then(|rest| rest.find(end));
    found.map_or(text.len(), |at| from + at + end.len())
}

/// The offset behind a string, which ends at its line's end at the latest.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'"' => return at + 1,
            b'\n' | b'\r' => return at,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The parts of a text for which its suppressions hold.
    fn places(text: &str) -> Vec<&str> {
        let found = scan(text);
        let whole = (!found.file.is_empty()).then_some(text).into_iter();
        whole
            .chain(found.lines.iter().chain(&found.blocks).map(|r| &text[r.place.clone()]))
            .collect()
    }

    #[test]
    fn a_suppression_holds_for_what_follows() {
        let head = "// cimarron: allow(style)\nclass A { };\n";
        assert_eq!(places(head), [head]);
        for (text, held) in [
            (
                "class A { uint8 P; // cimarron: allow(MOF0501)\nuint8 Q; };",
                "class A { uint8 P; // cimarron: allow(MOF0501)",
            ),
            (
                "class A {\n// cimarron: allow(MOF0501)\n[V{\"a;\", \"{\"}] uint8 P;\nuint8 Q; };",
                "// cimarron: allow(MOF0501)\n[V{\"a;\", \"{\"}] uint8 P;",
            ),
            (
                "#pragma x ()\n// cimarron: allow(500)\n[V{\"a\"}]\nclass A {\nuint8 Q; };",
                "// cimarron: allow(500)\n[V{\"a\"}]\nclass A ",
            ),
            (
                "class A {\n// cimarron: allow(501)\nuint8 P[] = { 1, 2 };\nuint8 Q; };",
                "// cimarron: allow(501)\nuint8 P[] = { 1, 2 };",
            ),
            (
                "class A { uint8 M(\n// cimarron: allow(503)\n[In, B(\",)\")] uint8 P,\nuint8 Q); };",
                "// cimarron: allow(503)\n[In, B(\",)\")] uint8 P",
            ),
            (
                "class A { uint8 M(uint8 Q,\n// cimarron: allow(503)\nuint8 P);\nuint8 Q; };",
                "// cimarron: allow(503)\nuint8 P",
            ),
            (
                "class A { uint8 P;\n/* \" */ // cimarron: allow(501)\n/* ; */ uint8 R; };",
                "// cimarron: allow(501)\n/* ; */ uint8 R;",
            ),
        ] {
            assert_eq!(places(text), [held], "{text}");
        }
    }

    #[test]
    fn what_is_no_suppression_is_none() {
        for text in [
            "// cimarron: forbid(MOF0501)\n",
            "// cimarron: allow(nothing)\n",
            "// cimarron: allow(MOF0501\n",
            "// allow(MOF0501) cimarron:\n",
            "/* // cimarron: allow(MOF0501) */",
            "class A { string S = \"// cimarron: allow(MOF0501)\"; };",
            "\"// cimarron: allow(MOF0501)",
            "\"cimarron:\\",
        ] {
            assert_eq!(places(text), Vec::<&str>::new(), "{text}");
        }
        for text in [
            ")]}\n// cimarron: allow(501)\n)]}{;",
            "x\n// cimarron: allow(501)\n([{",
            "x\n// cimarron: allow(501)",
        ] {
            assert_eq!(places(text).len(), 1, "{text}");
        }
    }

    proptest::proptest! {
        /// Whatever the text, regions lie in it, apart from each other and in order.
        #[test]
        fn regions_are_in_order(parts in proptest::collection::vec(0..PIECES.len(), 0..40)) {
            let text: String = parts.into_iter().map(|i| PIECES[i]).collect();
            let found = scan(&text);
            for regions in [&found.lines, &found.blocks] {
                for pair in regions.windows(2) {
                    assert!(pair[0].place.end <= pair[1].place.start, "{text}");
                }
                for region in regions {
                    assert!(text.get(region.place.clone()).is_some(), "{text}");
                }
            }
        }
    }

    const PIECES: [&str; 16] = [
        "// cimarron: allow(501)\n",
        "// cimarron: allow(style)\r",
        "// x\n",
        "/* */",
        "/*",
        "\"a\"",
        "\"",
        "\\",
        "{",
        "}",
        "(",
        ")",
        "[",
        ";",
        "= ",
        "é,\n",
    ];
}
