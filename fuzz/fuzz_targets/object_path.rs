//! Any text, read as an object path of either form: never a panic; errors point into the text;
//! what is read prints, in both forms, as text that reads back as the same path.
#![no_main]

use cimarron_model::{KeyCase, ObjectPath};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = ObjectPath::parse_namespace(text);
    for read in [ObjectPath::parse_wmi, ObjectPath::parse_uri] {
        let path = match read(text) {
            Ok(path) => path,
            Err(error) => {
                assert!(text.get(error.span()).is_some(), "{error}");
                continue;
            }
        };
        let wmi = path.to_wmi();
        assert_eq!(ObjectPath::parse_wmi(&wmi).as_ref(), Ok(&path), "{wmi}");
        let uri = path.to_uri();
        assert_eq!(ObjectPath::parse_uri(&uri).as_ref(), Ok(&path), "{uri}");
        for case in [KeyCase::Exact, KeyCase::Insensitive] {
            assert!(path.same_object(&path, case));
            let again = ObjectPath::parse_wmi(&wmi).map(|path| path.canonical(case));
            assert_eq!(again, Ok(path.canonical(case)));
        }
    }
});
