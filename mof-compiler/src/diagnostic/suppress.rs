//! Suppressions in the text: `// cimarron: allow(MOF0501, style)`.
//!
//! Before the first declaration such a comment holds for its file. Behind something on
//! the same line it holds for that line. Alone on a line it holds for what follows: the
//! head of a class or instance up to its `{`, a member or directive up to its `;`, a
//! parameter up to its `,` or `)`. Comments are looked for only in files that hold the mark
//! of one, after everything else, so they cost next to nothing where there is none. One that
//! has the mark and is not understood is a finding: nobody means to write it for nothing.

use super::{Code, Diagnostic, Diagnostics, Level, LevelError, Selector, Severity};
use crate::source::{FileId, SourceMap, Span};
use cimarron_model::suggest;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

/// What begins a suppression, after `//` and blanks.
pub(crate) const SUPPRESSION: &str = "cimarron:";

/// Takes out the findings that the texts suppress, and adds those about suppressions that
/// are not understood.
pub(crate) fn suppress(diagnostics: &mut Diagnostics, sources: &SourceMap) {
    let marked = sources.iter().filter(|(_, file)| file.may_have_suppressions());
    let mut files: HashMap<FileId, Suppressions> =
        marked.map(|(id, file)| (id, scan(file.text()))).collect();
    if files.is_empty() {
        return;
    }
    let mut mistakes: Vec<(FileId, Mistake)> = Vec::new();
    for (id, file) in &mut files {
        mistakes.extend(file.mistakes.drain(..).map(|mistake| (*id, mistake)));
    }
    mistakes.sort_by_key(|(id, mistake)| (*id, mistake.place.start));
    for (id, mistake) in mistakes {
        diagnostics.push(mistake.finding(id));
    }
    diagnostics.retain(|found| files.get(&found.file).is_none_or(|of_file| of_file.leave(found)));
}

/// Whether the suppressions of a text leave a finding that is about it.
pub(crate) fn unsuppressed(text: &str) -> impl Fn(&Diagnostic) -> bool + use<> {
    let of_text = scan(text);
    move |found| of_text.leave(found)
}

/// The suppressions of a text.
#[derive(Debug, Default)]
struct Suppressions {
    file: BTreeSet<Selector>,
    /// Apart from each other and in the order of the text.
    lines: Vec<Region>,
    /// The same; a region of several lines may hold one of a line.
    blocks: Vec<Region>,
    mistakes: Vec<Mistake>,
}

/// A comment, or a word of one, that is not understood.
#[derive(Debug)]
struct Mistake {
    place: Range<usize>,
    message: String,
    help: Option<String>,
}

impl Mistake {
    fn finding(self, file: FileId) -> Diagnostic {
        let span = Span::from(self.place);
        let mut found = Diagnostic::new(Code::UnheededComment, file, span, self.message);
        found.help = self.help;
        found
    }
}

/// A part of a text and what is allowed in it.
#[derive(Debug)]
struct Region {
    place: Range<usize>,
    selectors: BTreeSet<Selector>,
}

impl Suppressions {
    fn leave(&self, found: &Diagnostic) -> bool {
        let is_hard = found.severity == Severity::Error && found.code.is_hard();
        is_hard || !self.hold_for(found)
    }

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
                (b'/', Some(b'*')) => self.block_comment(at),
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
        if let Some(told) = Told::of(line.get(2..).unwrap_or_default(), at + 2) {
            let selectors = told.selectors(&mut self.found.mistakes);
            if !selectors.is_empty() {
                self.suppression(at..end, selectors);
            }
        }
        end
    }

    /// A comment that suppresses nothing; gives its end.
    fn block_comment(&mut self, at: usize) -> usize {
        let end = after(self.text, at + 2, "*/");
        if Told::of(self.text.get(at + 2..end).unwrap_or_default(), at + 2).is_some() {
            self.found.mistakes.push(Mistake {
                place: at..end,
                message: "a block comment allows nothing".to_owned(),
                help: Some(format!("write a line comment: {EXAMPLE}")),
            });
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

/// How findings are allowed.
const EXAMPLE: &str = "`// cimarron: allow(MOF0501)`";

/// What a comment tells the compiler: a word, and what follows it.
struct Told<'a> {
    word: &'a str,
    /// Where the word begins in the text.
    at: usize,
    rest: &'a str,
}

impl<'a> Told<'a> {
    /// What the inside of a comment, which begins at `at`, tells; `None` where it only
    /// happens to begin like that.
    fn of(inside: &'a str, at: usize) -> Option<Self> {
        let told = inside.trim_start().strip_prefix(SUPPRESSION)?.trim_start();
        let is_over = |c: char| !c.is_alphanumeric() && c != '_';
        let (word, rest) = told.split_at_checked(told.find(is_over).unwrap_or(told.len()))?;
        let is_meant = rest.trim_start().starts_with('(') || Self::is_level(word);
        is_meant.then_some(Self { word, at: at + inside.len() - told.len(), rest })
    }

    /// Whether a word is that of a level, well spelled or badly.
    fn is_level(word: &str) -> bool {
        suggest::nearest(word, ["allow", "warn", "deny", "forbid", "expect"]).is_some()
    }

    /// What it allows. Words that select nothing are passed over, and their findings stay.
    fn selectors(&self, mistakes: &mut Vec<Mistake>) -> BTreeSet<Selector> {
        let mut mistake = |place: Range<usize>, message: String, help: Option<String>| {
            mistakes.push(Mistake { place, message, help });
        };
        let word = self.at..self.at + self.word.len();
        if self.word != "allow" {
            let help = match suggest::nearest(self.word, ["allow"]) {
                Some(allow) => suggest::did_you_mean(allow),
                None => format!(
                    "a comment only allows ({EXAMPLE}); --deny, --warn and cimarron.toml set \
                     other levels"
                ),
            };
            mistake(word, format!("a comment cannot say `{}`", self.word), Some(help));
            return BTreeSet::new();
        }
        let list = self.rest.trim_start().strip_prefix('(').and_then(|list| {
            let (inside, _) = list.split_once(')')?;
            (!inside.trim().is_empty()).then_some((inside, word.end + self.rest.len() - list.len()))
        });
        let Some((list, mut at)) = list else {
            let message = "`allow` needs codes or groups in parentheses".to_owned();
            mistake(word, message, Some(format!("write {EXAMPLE}")));
            return BTreeSet::new();
        };
        let mut selectors = BTreeSet::new();
        for part in list.split(',') {
            let (name, blank) = (part.trim(), part.len() - part.trim_start().len());
            match allowed(name) {
                Ok(selector) => drop(selectors.insert(selector)),
                Err(_) if name.is_empty() => {}
                Err(error) => {
                    let start = at + blank;
                    mistake(start..start + name.len(), error.to_string(), None);
                }
            }
            at += part.len() + 1;
        }
        selectors
    }
}

/// What a word in parentheses allows.
fn allowed(name: &str) -> Result<Selector, LevelError> {
    let selector: Selector = name.parse()?;
    selector.check(Level::Allow)?;
    Ok(selector)
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

    #[test]
    fn what_is_not_understood_is_found() {
        for (text, place, message) in [
            (
                "// cimarron: allow(MOF9999)\n",
                "MOF9999",
                "there is no diagnostic code MOF9999; near",
            ),
            ("// cimarron: allow(501, stile)\n", "stile", "did you mean `style`?"),
            ("class A { }; // cimarron: allow( x ,501)", "x", "`x` is no diagnostic code"),
            (
                "// cimarron: allow(MOF0221)\n",
                "MOF0221",
                "always an error and cannot be set to `allow`",
            ),
            ("// cimarron: alow(MOF0501)\n", "alow", "a comment cannot say `alow`"),
            ("//cimarron:Allow (MOF0501)\r\n", "Allow", "a comment cannot say `Allow`"),
            ("// cimarron: deny(MOF0501)\n", "deny", "a comment cannot say `deny`"),
            ("// cimarron: deny all", "deny", "a comment cannot say `deny`"),
            ("// cimarron: allow MOF0501\n", "allow", "needs codes"),
            ("// cimarron: allow(MOF0501\n", "allow", "needs codes"),
            ("// cimarron: allow( )\n", "allow", "needs codes"),
            ("/* cimarron: allow(501) */", "/* cimarron: allow(501) */", "a block comment"),
        ] {
            let found = scan(text).mistakes;
            let [found] = found.as_slice() else { panic!("{text}: {found:?}") };
            assert_eq!(&text[found.place.clone()], place, "{text}");
            assert!(found.message.contains(message), "{text}: {}", found.message);
        }
        for text in [
            "// cimarron: the compiler of this file\n",
            "// cimarron: allow(501, style,) as it was\n",
            "// see cimarron: allow(none)\n",
            "class A { string S = \"// cimarron: alow(x)\"; };",
            "// cimarron:",
        ] {
            assert!(scan(text).mistakes.is_empty(), "{text}");
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
