//! Generates the MOF parser from `src/syntax/grammar.lalrpop`.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let out = std::env::var("OUT_DIR")?;
    lalrpop::Configuration::new()
        .set_in_dir("src/syntax")
        .set_out_dir(out)
        .emit_rerun_directives(true)
        .process()
}
