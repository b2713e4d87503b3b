//! Rules for make: which files an output was made from.
//!
//! The spelling is what GNU make and ninja both read, and compilers write: a space,
//! `#` and `:` take a backslash, backslashes before them are doubled, `$` is
//! doubled. Each input is a target of its own without a recipe, so that make does
//! not stop when one is gone (`gcc -MP`).
//!
//! What make would match with other files takes a backslash too: `[`, `?` and `*`
//! everywhere, `%` in targets, where alone it means something. Ninja has no escape for
//! these and takes the backslash for a part of the name, so that it builds once too often;
//! make without it would build too rarely.
//!
//! `=` makes a line of make an assignment and has no escape: it comes from a variable,
//! which is defined where a name needs it. Ninja knows no variables here and refuses such
//! a file.

/// The variable that stands for `=`.
const EQUALS: &str = "cimarron_equals";

/// Where in a rule a name stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Target,
    Input,
}

/// The rule, or the first name that no rule can hold: lines, `;` and `|` are make's syntax, and
/// it knows no escape for a tab in a target.
pub(crate) fn rule<N: AsRef<str>>(targets: &[N], inputs: &[N]) -> Result<String, String> {
    let mut all = targets.iter().chain(inputs).map(AsRef::as_ref);
    if let Some(name) = all.find(|name| name.contains(['\n', '\r', '\t', ';', '|'])) {
        return Err(name.to_owned());
    }
    let escaped = |names: &[N], role| {
        names.iter().map(|name| escape(name.as_ref(), role)).collect::<Vec<String>>()
    };
    let escaped_targets = escaped(targets, Role::Target);
    let mut text = String::new();
    if targets.iter().chain(inputs).any(|name| name.as_ref().contains('=')) {
        text = format!("{EQUALS} := =\n\n");
    }
    text.push_str(&escaped_targets.join(" "));
    text.push(':');
    for input in escaped(inputs, Role::Input) {
        text.push_str(" \\\n  ");
        text.push_str(&input);
    }
    text.push('\n');
    for input in
        escaped(inputs, Role::Target).iter().filter(|input| !escaped_targets.contains(input))
    {
        text.push('\n');
        text.push_str(input);
        text.push_str(":\n");
    }
    Ok(text)
}

fn escape(name: &str, role: Role) -> String {
    let name = plain(name);
    let mut text = String::with_capacity(name.len());
    let mut backslashes = 0;
    for c in name.chars() {
        let is_special = match c {
            ' ' | '#' | '[' | '?' | '*' => true,
            ':' => !is_drive(name, &text),
            '%' => role == Role::Target,
            _ => false,
        };
        if c == '=' {
            text.push_str(&format!("$({EQUALS})"));
            backslashes = 0;
            continue;
        }
        if is_special {
            text.extend(std::iter::repeat_n('\\', backslashes + 1));
        } else if c == '$' {
            text.push('$');
        }
        backslashes = if c == '\\' { backslashes + 1 } else { 0 };
        text.push(c);
    }
    text
}

/// A path of Windows without the `\\?\` that lets it be long: make takes the `?` for a pattern.
fn plain(name: &str) -> &str {
    let rest = name.strip_prefix(r"\\?\").filter(|_| cfg!(windows));
    rest.filter(|rest| rest.get(1..2) == Some(":")).unwrap_or(name)
}

/// The colon behind a drive letter of Windows is part of the path there.
fn is_drive(name: &str, before: &str) -> bool {
    cfg!(windows) && before.len() == 1 && name.len() > 2
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
            ("xy:z", "xy\\:z"),
            ("a\\ b", "a\\\\\\ b"),
            ("a\\b", "a\\b"),
            ("ä%.mof", "ä%.mof"),
            ("a[1]/b?.mof", "a\\[1]/b\\?.mof"),
            ("a\\*", "a\\\\\\*"),
        ] {
            assert_eq!(escape(name, Role::Input), expected, "{name}");
        }
        assert_eq!(escape("a%\\%", Role::Target), "a\\%\\\\\\%");
        if cfg!(windows) {
            assert_eq!(escape(r"\\?\C:\a b", Role::Input), r"C:\a\ b");
        }
    }

    #[test]
    fn inputs_are_targets_without_a_recipe() {
        let text = rule(&["o.cimar", "o.mof"], &["a b.mof", "c.mof"]).unwrap();
        assert_eq!(text, "o.cimar o.mof: \\\n  a\\ b.mof \\\n  c.mof\n\na\\ b.mof:\n\nc.mof:\n");
        assert_eq!(rule(&["o"], &[]).unwrap(), "o:\n");
        let text = rule(&["o%"], &["a%b"]).unwrap();
        assert_eq!(text, "o\\%: \\\n  a%b\n\na\\%b:\n");
        let text = rule(&["o=1"], &["a=b=c", "d"]).unwrap();
        let [o, a] = ["o$(cimarron_equals)1", "a$(cimarron_equals)b$(cimarron_equals)c"];
        let expected = format!("cimarron_equals := =\n\n{o}: \\\n  {a} \\\n  d\n\n{a}:\n\nd:\n");
        assert_eq!(text, expected);
        for name in ["a\nb", "a\tb", "a;b", "a|b"] {
            assert_eq!(rule(&["o"], &[name]), Err(name.to_owned()));
        }
    }
}
