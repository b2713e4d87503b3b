//! Any text, read as a datetime: never a panic; what is read prints back as the same 25
//! characters and packs into its bits and back.
#![no_main]

use cimarron_model::DateTime;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(datetime) = DateTime::parse(text) else { return };
    assert_eq!(datetime.to_string(), text);
    assert_eq!(DateTime::parse(&datetime.to_string()), Ok(datetime));
    assert_eq!(DateTime::from_bits(datetime.to_bits()), Some(datetime));
    let _ = datetime.compare(datetime);
    let _ = (datetime.utc_micros(), datetime.unix_micros(), datetime.has_wildcards());
});
