//! The two languages that go by the name of MOF.

/// Which language a text is written in.
///
/// The dialect decides what a text means where DMTF's and Microsoft's rules differ; the
/// language decides how it is read. MOF 3 comes with DMTF's rules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// MOF 2 (DSP0004 Annex A) and the forms that WMI adds to it.
    #[default]
    Mof2,
    /// MOF 3 (DSP0221 3.0.1).
    Mof3,
}
