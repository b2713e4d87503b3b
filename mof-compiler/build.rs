//! Generates the table of the explanations in `src/diagnostic/explain`.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let out = std::env::var("OUT_DIR")?;
    write_explanations(Path::new(&out))
}

/// Writes `(code, text)` for every `MOFnnnn.md`, sorted, so that adding a file is all
/// that an explanation takes.
fn write_explanations(out: &Path) -> Result<(), Box<dyn Error>> {
    const FOLDER: &str = "src/diagnostic/explain";
    println!("cargo:rerun-if-changed={FOLDER}");
    let mut codes = Vec::new();
    for entry in std::fs::read_dir(FOLDER)? {
        let name = entry?.file_name();
        let name = name.to_str().ok_or("a file name is not Unicode")?;
        codes.extend(name.strip_suffix(".md").map(str::to_owned));
    }
    codes.sort_unstable();
    let mut table = String::from("&[\n");
    for code in codes {
        let path = format!("/{FOLDER}/{code}.md");
        let text = format!("include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {path:?}))");
        writeln!(table, "    ({code:?}, {text}),")?;
    }
    table.push_str("]\n");
    Ok(std::fs::write(out.join("explanations.rs"), table)?)
}
