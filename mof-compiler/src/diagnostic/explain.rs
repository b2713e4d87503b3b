//! What every code means, why, and what to do: the text of `cimarron explain`.
//!
//! An explanation is a Markdown file `explain/MOFnnnn.md`; the build script puts all
//! of them into one table. The form is fixed, so that tests can compile the examples
//! and programs can have the parts:
//!
//! ````text
//! # MOF0123: the title of the code
//!
//! Paragraphs.
//!
//! ## Wrong
//!
//! ```mof wmi dmtf declared
//! class X_A { ... };
//! ```
//!
//! ## Right
//! ...
//! ````

use super::Code;

/// The explanations, sorted by code.
static EXPLANATIONS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/explanations.rs"));

/// What a code means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The whole text, in Markdown.
    pub markdown: &'static str,
    /// What the code means, why, and what to do: Markdown paragraphs.
    pub text: &'static str,
    /// Examples that give the finding.
    pub wrong: Vec<Example>,
    /// The same without the mistake.
    pub right: Vec<Example>,
}

/// An example of an explanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// `mof`, or `text` where no MOF text can show the mistake.
    pub language: &'static str,
    /// Further words of the fence: `wmi`, `dmtf` and `mof3`, `declared`, `file=NAME`.
    pub words: Vec<&'static str>,
    /// The lines, the last with its line feed.
    pub text: &'static str,
}

impl Example {
    /// The dialects in which the text shows what it is to show: at least one where it
    /// is MOF.
    pub fn dialects(&self) -> impl Iterator<Item = &'static str> {
        let words = self.words.iter().copied();
        words.filter(|word| *word != "declared" && !word.contains('='))
    }

    /// Whether DMTF's qualifiers are to be declared before the text where its dialect
    /// is `dmtf`. The other dialects know theirs.
    pub fn needs_qualifiers(&self) -> bool {
        self.words.contains(&"declared")
    }

    /// The file that the text is, where it matters.
    pub fn file(&self) -> Option<&'static str> {
        self.words.iter().find_map(|word| word.strip_prefix("file="))
    }
}

impl Code {
    /// What the code means. Every code has an explanation.
    pub fn explanation(self) -> Option<Explanation> {
        let markdown = EXPLANATIONS
            .binary_search_by_key(&self.as_str(), |(code, _)| code)
            .ok()
            .and_then(|at| EXPLANATIONS.get(at))
            .map(|(_, text)| *text)?;
        Some(Explanation::read(markdown))
    }
}

impl Explanation {
    /// The codes that have an explanation, in order.
    pub fn codes() -> impl Iterator<Item = &'static str> {
        EXPLANATIONS.iter().map(|(code, _)| *code)
    }

    fn read(markdown: &'static str) -> Self {
        let (head, rest) = markdown.split_once("\n## Wrong\n").unwrap_or((markdown, ""));
        let (wrong, right) = rest.split_once("\n## Right\n").unwrap_or((rest, ""));
        let text = head.split_once('\n').map_or("", |(_, text)| text).trim();
        Self { markdown, text, wrong: examples(wrong), right: examples(right) }
    }
}

/// The fenced blocks of a section.
fn examples(section: &'static str) -> Vec<Example> {
    let mut found = Vec::new();
    let mut rest = section;
    while let Some((_, opened)) = rest.split_once("```") {
        let Some((info, body)) = opened.split_once('\n') else { break };
        let Some((text, after)) = body.split_once("```") else { break };
        let mut words = info.split_ascii_whitespace();
        let language = words.next().unwrap_or("text");
        found.push(Example { language, words: words.collect(), text });
        rest = after;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_explanation_has_its_parts() {
        let read = Explanation::read(
            "# MOF9999: a title\n\nWhat.\n\nWhy.\n\n## Wrong\n\n```mof wmi dmtf declared file=a.mof\nclass A {};\n```\n\n\
             Words.\n\n```text\nx\n```\n\n## Right\n\n```mof\nclass B {};\n```\n",
        );
        assert_eq!(read.text, "What.\n\nWhy.");
        let [first, second] = &read.wrong[..] else { panic!("{:?}", read.wrong) };
        assert_eq!((first.language, first.text), ("mof", "class A {};\n"));
        assert_eq!(first.dialects().collect::<Vec<_>>(), ["wmi", "dmtf"]);
        assert_eq!(first.file(), Some("a.mof"));
        assert!(first.needs_qualifiers());
        assert_eq!((second.language, second.dialects().count()), ("text", 0));
        assert_eq!(read.right.len(), 1);
        for broken in ["", "# x", "# x\n## Wrong\n```mof", "\n## Wrong\n```mof\nclass"] {
            assert!(Explanation::read(broken).wrong.is_empty());
        }
    }

    /// A code without its file fails here, and so does a file without its code.
    #[test]
    fn every_code_is_explained_under_its_title() {
        let codes: Vec<&str> = Code::every().map(Code::as_str).collect();
        let explained: Vec<&str> = Explanation::codes().collect();
        let missing: Vec<_> = codes.iter().filter(|c| !explained.contains(c)).collect();
        let strangers: Vec<_> = explained.iter().filter(|c| !codes.contains(c)).collect();
        assert!(missing.is_empty(), "no src/diagnostic/explain/CODE.md for {missing:?}");
        assert!(strangers.is_empty(), "no such code: {strangers:?}");
        for code in Code::every() {
            let read = code.explanation().unwrap();
            let title = format!("# {code}: {}", code.title());
            assert_eq!(read.markdown.lines().next(), Some(title.as_str()));
            assert!(!read.text.is_empty(), "{code} explains nothing");
            assert!(!read.wrong.is_empty() && !read.right.is_empty(), "{code} lacks an example");
        }
    }
}
