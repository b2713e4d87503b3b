//! A case as its file gives it.

use crate::finding::Expected;
use cimarron_conformance::Case;
use cimarron_model::Dialect;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A case of the suite.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MofCase {
    pub(crate) name: String,
    pub(crate) spec: String,
    /// Both when absent.
    pub(crate) dialect: Option<String>,
    #[serde(default)]
    pub(crate) mof: String,
    #[serde(default)]
    pub(crate) encoding: Encoding,
    /// Further files, for includes.
    #[serde(default)]
    pub(crate) files: BTreeMap<String, String>,
    /// Files to compile after `mof`, each on its own.
    #[serde(default)]
    pub(crate) also: Vec<String>,
    /// What is there already, in the language of the suite.
    #[serde(default)]
    pub(crate) base: String,
    /// The same in MOF 2, behind DMTF's qualifiers.
    #[serde(default)]
    pub(crate) mof2_base: String,
    /// Whether DMTF's qualifiers are declared first: in the DMTF dialect unless
    /// the case says otherwise.
    pub(crate) qualifiers: Option<bool>,
    #[serde(default)]
    pub(crate) errors: Vec<Expected>,
    #[serde(default)]
    pub(crate) warnings: Vec<Expected>,
    /// Lines of `path = JSON`.
    #[serde(default)]
    pub(crate) check: String,
    /// The instances of the namespace, as JSON.
    pub(crate) instances: Option<String>,
    #[serde(default)]
    pub(crate) counts: BTreeMap<String, usize>,
}

impl Case for MofCase {
    fn name(&self) -> &str {
        &self.name
    }

    fn spec(&self) -> &str {
        &self.spec
    }
}

/// How the text of a case becomes bytes.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Encoding {
    #[default]
    Utf8,
    Utf8Bom,
    Utf16le,
    Utf16be,
    Utf16leBom,
    Utf16beBom,
    /// Each character is the byte of its number.
    Bytes,
}

impl Encoding {
    pub(crate) fn encode(self, text: &str) -> Vec<u8> {
        let utf16 = |mark: &str, bytes: fn(u16) -> [u8; 2]| {
            let units = mark.encode_utf16().chain(text.encode_utf16());
            units.flat_map(bytes).collect()
        };
        match self {
            Self::Utf8 => text.as_bytes().to_vec(),
            Self::Utf8Bom => format!("\u{FEFF}{text}").into_bytes(),
            Self::Utf16le => utf16("", u16::to_le_bytes),
            Self::Utf16be => utf16("", u16::to_be_bytes),
            Self::Utf16leBom => utf16("\u{FEFF}", u16::to_le_bytes),
            Self::Utf16beBom => utf16("\u{FEFF}", u16::to_be_bytes),
            Self::Bytes => text.chars().map(|c| u8::try_from(c).unwrap()).collect(),
        }
    }
}

impl MofCase {
    pub(crate) fn dialects(&self) -> Vec<Dialect> {
        match self.dialect.as_deref() {
            None => vec![Dialect::Wmi, Dialect::Dmtf],
            Some(one) => vec![one.parse().unwrap()],
        }
    }

    pub(crate) fn expected(&self) -> impl Iterator<Item = &Expected> {
        self.errors.iter().chain(&self.warnings)
    }
}
