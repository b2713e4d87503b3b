//! What happens, cut out of lines: steps of a scenario, one a line, and MOF.
//!
//! MOF goes over many lines and its declarations may need each other (`as $F`), so it is
//! taken together up to an empty line, a step, or the end. Whether a line may be such an end
//! depends on where the text is: inside braces, texts and comments it says nothing.

/// One thing that happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// A step, as JSON.
    Step(String),
    /// Declarations.
    Mof(String),
}

/// Cuts lines into pieces.
#[derive(Debug, Default)]
pub(crate) struct Cutter {
    mof: String,
    place: Place,
}

/// Where in MOF a line ends.
#[derive(Debug, Default)]
struct Place {
    depth: usize,
    inside: Inside,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Inside {
    #[default]
    Nothing,
    Text(char),
    Comment,
}

impl Cutter {
    /// Takes a line; what it ends or is.
    pub(crate) fn line(&mut self, line: &str) -> Vec<Piece> {
        let trimmed = line.trim();
        let between = self.place.is_between();
        if between && trimmed.is_empty() {
            return self.end().into_iter().collect();
        }
        if between && self.is_step(trimmed) {
            return self.end().into_iter().chain([Piece::Step(trimmed.to_owned())]).collect();
        }
        self.mof.push_str(line);
        self.mof.push('\n');
        self.place.pass(line);
        Vec::new()
    }

    /// Whether a line is a step. Behind the head of a declaration a brace opens its body, unless
    /// it opens an object.
    fn is_step(&self, line: &str) -> bool {
        let inside = line.strip_prefix('{').map(str::trim_start);
        inside.is_some_and(|inside| self.mof.trim().is_empty() || inside.starts_with('"'))
    }

    /// Ends what was begun.
    pub(crate) fn end(&mut self) -> Option<Piece> {
        self.place = Place::default();
        let mof = std::mem::take(&mut self.mof);
        (!mof.trim().is_empty()).then_some(Piece::Mof(mof))
    }

    /// How many bytes are held for a piece that is not whole.
    pub(crate) const fn held(&self) -> usize {
        self.mof.len()
    }
}

impl Place {
    fn is_between(&self) -> bool {
        self.depth == 0 && self.inside == Inside::Nothing
    }

    fn pass(&mut self, line: &str) {
        let mut chars = line.chars().peekable();
        while let Some(c) = chars.next() {
            match (self.inside, c) {
                (Inside::Nothing, '/') if chars.peek() == Some(&'/') => return self.end_line(),
                (Inside::Nothing, '/') if chars.next_if_eq(&'*').is_some() => {
                    self.inside = Inside::Comment;
                }
                (Inside::Comment, '*') if chars.next_if_eq(&'/').is_some() => {
                    self.inside = Inside::Nothing;
                }
                (Inside::Nothing, '"' | '\'') => self.inside = Inside::Text(c),
                (Inside::Text(_), '\\') => {
                    chars.next();
                }
                (Inside::Text(mark), c) if c == mark => self.inside = Inside::Nothing,
                (Inside::Nothing, '{' | '(' | '[') => self.depth += 1,
                (Inside::Nothing, '}' | ')' | ']') => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
        }
        self.end_line();
    }

    /// A text that is not closed is a mistake of that line, not of all behind it.
    fn end_line(&mut self) {
        if let Inside::Text(_) = self.inside {
            self.inside = Inside::Nothing;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<Piece> {
        let mut cutter = Cutter::default();
        let mut pieces: Vec<Piece> = text.lines().flat_map(|line| cutter.line(line)).collect();
        pieces.extend(cutter.end());
        pieces
    }

    fn step(text: &str) -> Piece {
        Piece::Step(text.to_owned())
    }

    fn mof(text: &str) -> Piece {
        Piece::Mof(text.to_owned())
    }

    #[test]
    fn steps_are_lines_and_mof_is_what_stands_together() {
        for (text, expected) in [
            ("", vec![]),
            (" {\"op\": 1} \n\n{}", vec![step("{\"op\": 1}"), step("{}")]),
            ("class A\n{\n\n};\nclass B\n{\n};", vec![mof("class A\n{\n\n};\nclass B\n{\n};\n")]),
            (
                "class A {};\n\nclass B {};\n\n{}",
                vec![mof("class A {};\n"), mof("class B {};\n"), step("{}")],
            ),
            (
                "[Description(\n\"{\" \"\\\"\" '{')] // {\n/* {\n\n*/ class A\n{ };\n\n{}",
                vec![
                    mof("[Description(\n\"{\" \"\\\"\" '{')] // {\n/* {\n\n*/ class A\n{ };\n"),
                    step("{}"),
                ],
            ),
            ("A = \"\n\n{}", vec![mof("A = \"\n"), step("{}")]),
            (
                "instance of A\n{ B = 1; };\n{ \"op\": 1}",
                vec![mof("instance of A\n{ B = 1; };\n"), step("{ \"op\": 1}")],
            ),
            ("}}}\n\n{}", vec![mof("}}}\n"), step("{}")]),
        ] {
            assert_eq!(cut(text), expected, "{text}");
        }
    }
}
