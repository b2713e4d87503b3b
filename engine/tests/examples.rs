//! The examples run, and print what they say that they print.

use std::error::Error;
use std::io::Write;

#[path = "../examples/associations.rs"]
#[expect(dead_code, reason = "its main is not called")]
mod associations;
#[path = "../examples/class_at_run_time.rs"]
#[expect(dead_code, reason = "its main is not called")]
mod class_at_run_time;
#[path = "../examples/snapshot_while_writing.rs"]
#[expect(dead_code, reason = "its main is not called")]
mod snapshot_while_writing;
#[path = "../examples/store_and_query.rs"]
#[expect(dead_code, reason = "its main is not called")]
mod store_and_query;

type Run = fn(&mut dyn Write) -> Result<(), Box<dyn Error>>;

/// The output that an example's documentation shows.
fn promised(source: &str) -> String {
    let lines = source.lines().skip_while(|line| *line != "//! ```text").skip(1);
    let lines = lines.take_while(|line| *line != "//! ```");
    lines.map(|line| format!("{}\n", line.strip_prefix("//! ").unwrap_or_default())).collect()
}

#[test]
fn examples_print_what_they_promise() {
    let examples: [(&str, &str, Run); 4] = [
        ("store_and_query", include_str!("../examples/store_and_query.rs"), store_and_query::run),
        (
            "class_at_run_time",
            include_str!("../examples/class_at_run_time.rs"),
            class_at_run_time::run,
        ),
        (
            "snapshot_while_writing",
            include_str!("../examples/snapshot_while_writing.rs"),
            snapshot_while_writing::run,
        ),
        ("associations", include_str!("../examples/associations.rs"), associations::run),
    ];
    for (name, source, run) in examples {
        let mut out = Vec::new();
        run(&mut out).unwrap_or_else(|error| panic!("{name}: {error}"));
        let expected = promised(source);
        assert!(!expected.is_empty(), "{name} promises nothing");
        assert_eq!(String::from_utf8(out).unwrap(), expected, "{name}");
    }
}
