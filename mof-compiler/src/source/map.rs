//! The texts of a compilation and positions in them.

use super::Span;
use super::text::Text;
use std::sync::OnceLock;

/// A file of a [`SourceMap`], in the order of loading.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A text is longer than a [`Span`] can say.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is {length} bytes long; at most {} can be compiled", u32::MAX)]
pub struct TooLong {
    /// The file.
    pub name: String,
    /// Its length in bytes.
    pub length: usize,
}

/// A place as people name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
}

/// One text and its name.
#[derive(Clone, Debug)]
pub struct SourceFile {
    name: String,
    text: Text,
    /// The offset of each line's first byte; found when first asked for, as
    /// only diagnostics ask.
    lines: OnceLock<Vec<u32>>,
    /// The file that this one is once more.
    copy_of: Option<FileId>,
    part: Part,
}

/// What a file has to do with what is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// It was asked for, or is included by one that was.
    Own,
    /// It was found on the search path.
    Searched,
    /// It is no file: a text that includes one of the search path into a namespace.
    Root,
    /// It lies on the search path, and nothing needs it.
    Unused,
}

impl SourceFile {
    /// The name as the user knows it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The decoded text, its line ends as they were.
    pub fn text(&self) -> &str {
        self.text.as_str()
    }

    /// Whether there may be directives in the text.
    pub(super) const fn may_have_directives(&self) -> bool {
        self.text.signs().directives
    }

    /// Whether there may be suppressions in the text.
    pub(crate) const fn may_have_suppressions(&self) -> bool {
        self.text.signs().suppressions
    }

    /// The text between two offsets; empty when they lie outside of it or
    /// within a character.
    pub fn slice(&self, span: Span) -> &str {
        self.text().get(span.range()).unwrap_or_default()
    }

    /// The position of the byte at `offset`; past the end, that of the end.
    pub fn position(&self, offset: u32) -> Position {
        let lines = self.lines();
        let index = lines.partition_point(|start| *start <= offset).saturating_sub(1);
        let start = lines.get(index).copied().unwrap_or_default();
        let line = self.text().get(start as usize..).unwrap_or_default();
        let before = (offset - start) as usize;
        let column = line.char_indices().take_while(|(at, _)| *at < before).count();
        Position { line: narrow(index + 1), column: narrow(column + 1) }
    }

    /// The text of a line (from 1) without its line end; empty when there is
    /// no such line.
    pub fn line_text(&self, line: u32) -> &str {
        let lines = self.lines();
        let index = line as usize;
        let Some(start) = index.checked_sub(1).and_then(|i| lines.get(i)) else { return "" };
        let end = lines.get(index).map_or(self.text().len(), |next| *next as usize);
        self.text().get(*start as usize..end).unwrap_or_default().trim_end_matches(['\r', '\n'])
    }

    /// The offset of a line's first byte (lines count from 1); that of the end when
    /// there is no such line.
    pub fn line_start(&self, line: u32) -> u32 {
        let index = (line as usize).checked_sub(1);
        index.and_then(|i| self.lines().get(i)).copied().unwrap_or(narrow(self.text().len()))
    }

    /// The number of lines; an empty text has one.
    pub fn line_count(&self) -> u32 {
        narrow(self.lines().len())
    }

    fn lines(&self) -> &[u32] {
        self.lines.get_or_init(|| line_starts(self.text()))
    }
}

/// LF, CR LF and a lone CR each end a line.
fn line_starts(text: &str) -> Vec<u32> {
    let bytes = text.as_bytes();
    let follows = |at: usize| bytes.get(at) == Some(&b'\r') && bytes.get(at + 1) == Some(&b'\n');
    let ends = memchr::memchr2_iter(b'\n', b'\r', bytes).filter(|at| !follows(*at));
    std::iter::once(0).chain(ends.map(|at| narrow(at + 1))).collect()
}

/// Texts are shorter than `u32::MAX`, so this never changes a number.
fn narrow(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// All texts of a compilation.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
    has_copies: bool,
}

impl SourceMap {
    /// A map without files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text.
    ///
    /// # Errors
    /// [`TooLong`] when offsets into it would not fit a [`Span`].
    pub fn add(
        &mut self,
        name: impl Into<String>,
        text: impl Into<String>,
    ) -> Result<FileId, TooLong> {
        self.add_text(name.into(), text.into().into())
    }

    /// Makes room for so many more texts.
    pub(super) fn reserve(&mut self, texts: usize) {
        self.files.reserve_exact(texts);
    }

    /// Lets go of the texts that are not `needed`. Their files stay, as empty ones.
    pub(super) fn keep_texts(&mut self, needed: impl Fn(FileId) -> bool) {
        let nothing = Text::from(String::new());
        for (n, file) in self.files.iter_mut().enumerate() {
            if needed(FileId(narrow(n))) {
                file.text = file.text.alone();
            } else {
                file.text = nothing.clone();
                file.lines = OnceLock::new();
            }
        }
    }

    /// Adds a file once more.
    pub(super) fn add_again(&mut self, file: FileId) -> Option<FileId> {
        let original = self.get(file)?.clone();
        let copy = self.add_text(original.name, original.text).ok()?;
        let last = self.files.last_mut()?;
        (last.copy_of, last.part) = (Some(file), original.part);
        self.has_copies = true;
        Some(copy)
    }

    /// Whether there are files more than once.
    pub(crate) const fn has_copies(&self) -> bool {
        self.has_copies
    }

    /// The file that another one is once more, or the file itself.
    pub(crate) fn original(&self, file: FileId) -> FileId {
        self.get(file).and_then(|copy| copy.copy_of).unwrap_or(file)
    }

    /// What a file has to do with what is compiled.
    pub(super) fn part(&self, file: FileId) -> Part {
        self.get(file).map_or(Part::Own, |file| file.part)
    }

    pub(super) fn set_part(&mut self, file: FileId, part: Part) {
        if let Some(file) = self.files.get_mut(file.0 as usize) {
            file.part = part;
        }
    }

    /// The files that were found on the search path.
    pub(crate) fn searched(&self) -> impl Iterator<Item = FileId> {
        self.all_of(|part| part == Part::Searched)
    }

    /// The files that nothing needs, and the texts that are no files.
    pub(crate) fn unheard(&self) -> impl Iterator<Item = FileId> {
        self.all_of(|part| matches!(part, Part::Unused | Part::Root))
    }

    fn all_of(&self, is_one: impl Fn(Part) -> bool) -> impl Iterator<Item = FileId> {
        self.iter().filter(move |(_, file)| is_one(file.part)).map(|(file, _)| file)
    }

    pub(super) fn add_text(&mut self, name: String, text: Text) -> Result<FileId, TooLong> {
        let length = text.as_str().len();
        if u32::try_from(length).is_err() {
            return Err(TooLong { name, length });
        }
        let id = FileId(narrow(self.files.len()));
        self.files.push(SourceFile {
            name,
            text,
            lines: OnceLock::new(),
            copy_of: None,
            part: Part::Own,
        });
        Ok(id)
    }

    /// The file, if it is one of this map.
    pub fn get(&self, file: FileId) -> Option<&SourceFile> {
        self.files.get(file.0 as usize)
    }

    /// The text of a file; empty for a file of another map.
    pub fn text(&self, file: FileId) -> &str {
        self.get(file).map_or("", SourceFile::text)
    }

    /// The name of a file; empty for a file of another map.
    pub fn name(&self, file: FileId) -> &str {
        self.get(file).map_or("", SourceFile::name)
    }

    /// The files in the order of loading.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (FileId, &SourceFile)> {
        self.files.iter().enumerate().map(|(n, file)| (FileId(narrow(n)), file))
    }

    /// The number of files.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there is no file.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::super::text::Signs;
    use super::*;

    #[test]
    fn lines_and_columns() {
        let mut map = SourceMap::new();
        let id = map.add("f", "ab\r\nçd\n\re").unwrap();
        let file = map.get(id).unwrap();
        assert_eq!(file.line_count(), 4);
        let lines: Vec<&str> = (0..=5).map(|n| file.line_text(n)).collect();
        assert_eq!(lines, ["", "ab", "çd", "", "e", ""]);
        let starts: Vec<u32> = (1..=5).map(|n| file.line_start(n)).collect();
        assert_eq!(starts, [0, 4, 8, 9, 10]);
        for (offset, line, column) in [
            (0, 1, 1),
            (1, 1, 2),
            (4, 2, 1),
            (6, 2, 2),
            (7, 2, 3),
            (8, 3, 1),
            (9, 4, 1),
            (99, 4, 2),
        ] {
            assert_eq!(file.position(offset), Position { line, column }, "{offset}");
        }
        assert_eq!(file.slice(Span::new(4, 6)), "ç");
        assert_eq!(file.slice(Span::new(5, 6)), "");
        assert_eq!(map.text(FileId(9)), "");
    }

    #[test]
    fn texts_are_kept_or_let_go() {
        let whole = std::sync::Arc::new("one\ntwo\n".to_owned());
        let part = |place| Text::part(whole.clone(), place, Signs::of(b""));
        let mut map = SourceMap::new();
        map.add_text("a".to_owned(), part(0..4)).unwrap();
        map.add_text("b".to_owned(), part(4..8)).unwrap();
        map.add("c", "three").unwrap();
        assert!(map.iter().all(|(_, file)| file.line_count() > 0));
        map.keep_texts(|file| file != FileId(0));
        let texts: Vec<_> = map.iter().map(|(_, f)| (f.name(), f.text(), f.line_count())).collect();
        assert_eq!(texts, [("a", "", 1), ("b", "two\n", 2), ("c", "three", 1)]);
        assert_eq!(std::sync::Arc::strong_count(&whole), 1);
    }
}
