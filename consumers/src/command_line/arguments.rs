//! A command line template as the templates of its arguments.
//!
//! White space separates arguments outside of quotes; quotes hold one together and are taken
//! off; `\"` is a quote, and backslashes before a quote stand for half as many. What is
//! between quotes is not replaced, as in every template.

use crate::template::Template;

/// Cuts a template where its own text has spaces.
pub(super) fn split(text: &str) -> Vec<Template> {
    let mut arguments = Vec::new();
    let mut current: Option<Template> = None;
    let mut quoted = false;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let (one, behind) = rest.split_at(c.len_utf8());
        match c {
            _ if c.is_whitespace() && !quoted => {
                arguments.extend(current.take());
                rest = behind;
            }
            '"' => {
                // An argument may be empty.
                current.get_or_insert_default();
                quoted = !quoted;
                rest = behind;
            }
            '\\' => {
                let (text, behind) = backslashes(rest);
                current.get_or_insert_default().push_text(&text);
                rest = behind;
            }
            '%' if !quoted => rest = current.get_or_insert_default().push_place(rest),
            _ => {
                current.get_or_insert_default().push_text(one);
                rest = behind;
            }
        }
    }
    arguments.extend(current);
    arguments
}

/// What a run of backslashes stands for, with a quote that belongs to it; and the rest.
fn backslashes(text: &str) -> (String, &str) {
    let rest = text.trim_start_matches('\\');
    let count = text.len() - rest.len();
    match rest.strip_prefix('"') {
        None => ("\\".repeat(count), rest),
        Some(_) if count.is_multiple_of(2) => ("\\".repeat(count / 2), rest),
        Some(behind) => (format!("{}\"", "\\".repeat(count / 2)), behind),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cimarron_model::Instance;
    use proptest::prelude::*;

    fn arguments(text: &str, event: &Instance) -> Vec<String> {
        split(text).iter().map(|template| template.expand(event).unwrap()).collect()
    }

    #[test]
    fn templates_are_cut_first() {
        let event = Instance::new("X").with("Who", "a b\" \\ $(x)").with("No", "");
        for (text, expected) in [
            ("", &[] as &[&str]),
            ("  ", &[]),
            ("/bin/echo  a\tb", &["/bin/echo", "a", "b"]),
            (r#""/my programs/x" "a b"c d"#, &["/my programs/x", "a bc", "d"]),
            (r#"x "" y"#, &["x", "", "y"]),
            ("x %Who% y", &["x", "a b\" \\ $(x)", "y"]),
            ("x -n=%Who%%Who%", &["x", "-n=a b\" \\ $(x)a b\" \\ $(x)"]),
            ("x %No% y", &["x", "", "y"]),
            (r#"x "%Who%" 100%%"#, &["x", "%Who%", "100%"]),
            (r#"x a\b \"q\" "a\\" b\\"c d""#, &["x", r"a\b", "\"q\"", r"a\", r"b\c d"]),
            (r#"x "not closed %Who%"#, &["x", "not closed %Who%"]),
            ("x 5 % 6", &["x", "5", "%", "6"]),
        ] {
            assert_eq!(arguments(text, &event), expected, "{text}");
        }
    }

    proptest! {
        /// Whatever an event says, there are as many arguments.
        #[test]
        fn events_add_no_arguments(said in "\\PC{0,20}", text in "[a %\"\\\\]{0,12}") {
            let template = format!("{text} %Said% {text}");
            let with = |said: &str| arguments(&template, &Instance::new("X").with("Said", said)).len();
            prop_assert_eq!(with(&said), with("x"));
        }
    }
}
