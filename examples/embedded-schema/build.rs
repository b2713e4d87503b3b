//! Compiles `mof/` to `OUT_DIR/weather.cimar`. Mistakes in the MOF fail the build
//! and are shown by cargo; a change of any of its files runs this again.

fn main() -> Result<(), cimarron_mof::BuildError> {
    cimarron_mof::build()
        .file("mof/weather.mof")
        .namespace("root/weather")
        .output("weather.cimar")
        .compile()?;
    Ok(())
}
