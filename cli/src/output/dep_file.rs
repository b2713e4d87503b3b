//! Rules for make: which files an output was made from.
//!
//! The spelling is what GNU make and ninja both read, and compilers write: a blank,
//! `#` and `:` take a backslash, backslashes before them are doubled, `$` is
//! doubled. Each input is a target of its own without a recipe, so that make does
//! not stop when one is gone (`gcc -MP`).

/// The rule, or the first name that no rule can hold: lines are make's syntax.
pub(crate) fn rule<N: AsRef<str>>(targets: &[N], inputs: &[N]) -> Result<String, String> {
    let mut all = targets.iter().chain(inputs).map(AsRef::as_ref);
    if let Some(name) = all.find(|name| name.contains(['\n', '\r'])) {
        return Err(name.to_owned());
    }
    let escaped = |names: &[N]| names.iter().map(|name| escape(name.as_ref())).collect::<Vec<_>>();
    let (targets, inputs) = (escaped(targets), escaped(inputs));
    let mut text = targets.join(" ");
    text.push(':');
    for input in &inputs {
        text.push_str(" \\\n  ");
        text.push_str(input);
    }
    text.push('\n');
    for input in inputs.iter().filter(|input| !targets.contains(input)) {
        text.push('\n');
        text.push_str(input);
        text.push_str(":\n");
    }
    Ok(text)
}

fn escape(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    let mut backslashes = 0;
    for c in name.chars() {
        match c {
            ' ' | '\t' | '#' | ':' if !is_drive(name, c, &text) => {
                text.extend(std::iter::repeat_n('\\', backslashes + 1));
            }
            '$' => text.push('$'),
            _ => {}
        }
        backslashes = if c == '\\' { backslashes + 1 } else { 0 };
        text.push(c);
    }
    text
}

/// The colon behind a drive letter of Windows is part of the path there.
fn is_drive(name: &str, c: char, before: &str) -> bool {
    cfg!(windows) && c == ':' && before.len() == 1 && name.len() > 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_what_make_would_read() {
        for (name, expected) in [
            ("a/b.mof", "a/b.mof"),
            ("a b.mof", "a\\ b.mof"),
            ("a#b$c", "a\\#b$$c"),
            ("x:y", "x\\:y"),
            ("a\\ b", "a\\\\\\ b"),
            ("a\\b", "a\\b"),
            ("ä%.mof", "ä%.mof"),
        ] {
            assert_eq!(escape(name), expected, "{name}");
        }
    }

    #[test]
    fn inputs_are_targets_without_a_recipe() {
        let text = rule(&["o.cimar", "o.mof"], &["a b.mof", "c.mof"]).unwrap();
        assert_eq!(text, "o.cimar o.mof: \\\n  a\\ b.mof \\\n  c.mof\n\na\\ b.mof:\n\nc.mof:\n");
        assert_eq!(rule(&["o"], &[]).unwrap(), "o:\n");
        assert_eq!(rule(&["o"], &["a\nb"]), Err("a\nb".to_owned()));
    }
}
