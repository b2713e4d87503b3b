//! Trees drawn with lines.

/// Draws nodes given in depth-first order with their depths. Nodes of depth 0
/// are roots and stand at the margin.
pub(crate) fn draw(nodes: &[(usize, &str)]) -> Vec<String> {
    // Going backwards, `later[d]` says whether a sibling at depth `d` follows.
    let mut later: Vec<bool> = Vec::new();
    let mut lines: Vec<String> = nodes
        .iter()
        .rev()
        .map(|&(depth, name)| {
            later.resize(depth + 1, false);
            let mut line = String::new();
            for (level, follows) in later.iter().enumerate().skip(1) {
                line.push_str(match (level == depth, *follows) {
                    (true, true) => "├── ",
                    (true, false) => "└── ",
                    (false, true) => "│   ",
                    (false, false) => "    ",
                });
            }
            if let Some(here) = later.last_mut() {
                *here = true;
            }
            line + name
        })
        .collect();
    lines.reverse();
    lines
}

#[cfg(test)]
mod tests {
    use super::draw;

    #[test]
    fn draws_siblings_and_descendants() {
        let nodes = [
            (0, "A"),
            (1, "B"),
            (2, "C"),
            (3, "D"),
            (2, "E"),
            (1, "F"),
            (2, "G"),
            (0, "H"),
            (1, "I"),
        ];
        let expected = "\
A
├── B
│   ├── C
│   │   └── D
│   └── E
└── F
    └── G
H
└── I";
        assert_eq!(draw(&nodes).join("\n"), expected);
        assert!(draw(&[]).is_empty());
    }
}
