//! Descriptions: that they are there, and that they read well (DSP0004 5.6.3,
//! Description).

use super::subject::{Element, Kind, Subject};
use super::{Lint, Report};
use crate::source::Span;
use crate::syntax::ast::{Value, ValueKind};
use crate::syntax::block_comment;

/// MOF0500
pub(super) fn of_class(class: &Subject<'_>, report: &mut Report<'_>) {
    // What a superclass says of itself says nothing about this class.
    if let Some(element) = class.elements.first().filter(|e| e.wrote("Description").is_none()) {
        missing(class, element, Lint::ClassWithoutDescription, report);
    }
}

/// MOF0501, MOF0502, MOF0503
pub(super) fn of_members(class: &Subject<'_>, report: &mut Report<'_>) {
    for element in &class.elements {
        let lint = match element.kind {
            Kind::Class => continue,
            Kind::Property | Kind::Reference => Lint::PropertyWithoutDescription,
            Kind::Method => Lint::MethodWithoutDescription,
            Kind::Parameter => Lint::ParameterWithoutDescription,
        };
        // An override goes on with the description above.
        if element.value("Description").is_none() && element.wrote("Description").is_none() {
            missing(class, element, lint, report);
        }
    }
}

fn missing(class: &Subject<'_>, element: &Element<'_>, lint: Lint, report: &mut Report<'_>) {
    let message = format!("{} `{}` has no Description", element.kind.a(), element.name.text);
    let help = "say what it is for: [Description(\"...\")]".to_owned();
    report.say(lint, class.at(element.name.span), message, Some(help));
}

/// The written descriptions of a class, with their texts.
fn descriptions<'s>(
    class: &'s Subject<'_>,
) -> impl Iterator<Item = (&'s Element<'s>, &'s Value<'s>, &'s str)> {
    class.elements.iter().filter_map(|element| {
        let value = element.wrote("Description")?.value.as_ref()?;
        let ValueKind::String(text) = &value.kind else { return None };
        Some((element, value, &**text))
    })
}

/// MOF0506
pub(super) fn hollow(class: &Subject<'_>, report: &mut Report<'_>) {
    for (element, value, text) in descriptions(class) {
        let said = letters(text);
        let name = element.name.text;
        let bare = name.split_once('_').map_or(name, |(_, bare)| bare);
        let message = if said.is_empty() {
            format!("the description of `{name}` is empty")
        } else if [name, bare].iter().any(|name| said == letters(name)) {
            format!("the description of `{name}` only repeats the name")
        } else {
            continue;
        };
        let help = Some("say what it is for, and what its values mean".to_owned());
        report.say(Lint::HollowDescription, class.at(value.span), message, help);
    }
}

/// The letters and digits of a text without an article before them, in lower case.
fn letters(text: &str) -> String {
    let lower = text.trim().to_lowercase();
    let articles = ["the ", "a ", "an "];
    let bare = articles.iter().find_map(|article| lower.strip_prefix(article)).unwrap_or(&lower);
    bare.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// MOF0507
pub(super) fn outer_blanks(class: &Subject<'_>, report: &mut Report<'_>) {
    for (element, value, text) in descriptions(class) {
        let place = match (text.trim_start() == text, text.trim_end() == text) {
            _ if text.trim().is_empty() => continue,
            (true, true) => continue,
            (false, true) => "begins",
            (true, false) => "ends",
            (false, false) => "begins and ends",
        };
        let message = format!("the description of `{}` {place} with blanks", element.name.text);
        report.say(Lint::OuterBlanks, class.at(value.span), message, None);
    }
}

/// MOF0508
pub(super) fn joined_words(class: &Subject<'_>, report: &mut Report<'_>) {
    for (element, value, _) in descriptions(class) {
        for seam in seams(class.slice(value.span)) {
            let at = value.span.start + seam.at;
            let message = format!(
                "the description of `{}` joins `{}` and `{}` without a blank",
                element.name.text, seam.before, seam.after
            );
            let help = Some("end the one string or begin the other with a blank".to_owned());
            let span = Span::new(at, at.saturating_add(1));
            report.say(Lint::JoinedWords, class.at(span), message, help);
        }
    }
}

/// Where two strings meet in the middle of a text.
struct Seam<'a> {
    /// The offset of the second string's quote.
    at: u32,
    before: &'a str,
    after: &'a str,
}

/// The places in written strings where the end of one and the beginning of the next are
/// both parts of words.
fn seams(written: &str) -> Vec<Seam<'_>> {
    let mut found = Vec::new();
    let mut last: Option<&str> = None;
    let mut rest = written;
    let mut offset = 0;
    while let Some(quote) = opening(rest) {
        let inside = rest.get(quote + 1..).unwrap_or_default();
        let end = closing(inside);
        let text = inside.get(..end).unwrap_or_default();
        if let (Some(before), Ok(at)) = (last.and_then(last_word), u32::try_from(offset + quote))
            && let Some(after) = first_word(text)
        {
            found.push(Seam { at, before, after });
        }
        last = Some(text);
        let past = (quote + 1 + end + 1).min(rest.len());
        offset += past;
        rest = rest.get(past..).unwrap_or_default();
    }
    found
}

/// The offset of the next quote outside of comments.
fn opening(text: &str) -> Option<usize> {
    let mut at = 0;
    loop {
        let rest = text.get(at..)?;
        let next = rest.find(['"', '/'])?;
        let found = rest.get(next..)?;
        let skip = if found.starts_with("//") {
            found.find(['\n', '\r'])?
        } else if found.starts_with("/*") {
            block_comment(found)?
        } else if found.starts_with('"') {
            return Some(at + next);
        } else {
            1
        };
        at += next + skip;
    }
}

/// The offset of the quote that closes a string.
fn closing(inside: &str) -> usize {
    let mut escaped = false;
    for (at, c) in inside.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at,
            _ => {}
        }
    }
    inside.len()
}

/// The word that a text ends with, unless something stands behind it that separates.
fn last_word(text: &str) -> Option<&str> {
    let word = text.rsplit([' ', '\t']).next()?;
    let c = word.chars().next_back()?;
    let ends = c.is_alphanumeric() || matches!(c, '.' | ',' | ';' | ':' | '!' | '?');
    (ends && word.len() > 1 && !word.contains(['\\', '_', '/', '"'])).then_some(word)
}

/// The word that a text begins with.
fn first_word(text: &str) -> Option<&str> {
    let word = text.split([' ', '\t']).next()?;
    let c = word.chars().next()?;
    (c.is_alphabetic() && word.len() > 1 && !word.contains(['\\', '_', '/'])).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::seams;

    #[test]
    fn strings_join_where_words_meet() {
        for (written, expected) in [
            (r#""one " "two""#, vec![]),
            (r#""one" " two""#, vec![]),
            (r#""one" "two""#, vec![(6, "one", "two")]),
            (r#""It ends." "Next one""#, vec![(11, "ends.", "Next")]),
            (r#""a\n" "two""#, vec![]),
            (r#""one\"" "two""#, vec![]),
            (r#""CIM_" "Fan""#, vec![]),
            (r#""path/" "to""#, vec![]),
            (
                "\"one\" // \"comment\"\n \"two\" /* \"x\" */ \"three\"",
                vec![(20, "one", "two"), (36, "two", "three")],
            ),
            (r#""one" "#, vec![]),
            (r#""one" ""#, vec![]),
            ("\"", vec![]),
            ("// \"", vec![]),
            ("", vec![]),
        ] {
            let found = seams(written);
            let found: Vec<_> = found.iter().map(|s| (s.at, s.before, s.after)).collect();
            assert_eq!(found, expected, "{written}");
        }
    }
}
