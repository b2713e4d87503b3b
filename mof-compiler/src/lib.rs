//! The MOF compiler: lex, parse, resolve, check, archive.
//!
//! ```
//! use cimarron_mof::{CompileOptions, Diagnostics, EmptyBase, Loader, OsFileSystem, compile};
//!
//! let mut loader = Loader::new(&OsFileSystem);
//! loader.add_text("fan.mof", "class X_Fan { [key] string Id; uint32 Speed = 5; };")?;
//! let mut said = Diagnostics::new();
//! let sources = loader.finish(&mut said);
//! let compiled = compile(&sources, &CompileOptions::default(), &EmptyBase, said);
//! assert!(!compiled.has_errors());
//! assert_eq!(compiled.statistics().classes, 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The compiler never stops at the first mistake: a [`Compiled`] always comes back,
//! with everything there was to say in its [`Diagnostics`].
//!
//! The way of a text, module by module:
//!
//! * [`source`] reads files, directories and zip archives, decodes them and follows
//!   includes; everything it asks of the world goes through a [`source::FileSystem`].
//! * [`syntax`] makes tokens and trees of them, of MOF 2 and of MOF 3 ([`Language`]), and
//!   goes on behind mistakes.
//! * [`compile()`] puts the trees in order, resolves names and inheritance, judges, and
//!   gives a [`Compiled`], on top of what a [`Base`] holds already.
//! * [`lint`] looks for what is legal and still doubtful, where [`CompileOptions`] ask.
//! * [`diagnostic`] has the codes with their explanations, the levels that a project sets
//!   for them, and the sink that all of the above write to.
//!
//! What else is made of MOF and of compiled schemas:
//!
//! * [`format`](mod@format) rewrites a text in the house style and proves that it still
//!   means the same.
//! * [`emit`] writes an archive as MOF, JSON, CIM-XML or a diagram.
//! * [`evolution`] compares two archives and says of each change whom it breaks.
//! * [`document`] makes a static site of an archive.
//! * [`split`] parts a text into its neutral and its localised half, as `mofcomp` does.
//! * [`build`] compiles in a Cargo build script.

mod amend;
mod build_script;
mod compile;
pub mod diagnostic;
pub mod document;
pub mod emit;
pub mod evolution;
pub mod format;
mod language;
pub mod lint;
pub mod source;
pub mod syntax;

pub use amend::{Split, split};
pub use build_script::{Build, BuildError, build};
pub use compile::{
    Base, Changes, CompileOptions, Compiled, DEFAULT_NAMESPACE, Deletion, DeletionTarget,
    EmbeddedForm, EmptyBase, Existence, Statistics, SystemPlace, UpdateFlags, UpdateMode, compile,
    system_classes,
};
pub use diagnostic::{Code, Diagnostic, Diagnostics, Label, Severity};
pub use emit::Emit;
pub use language::Language;
pub use source::{FileId, Loader, OsFileSystem, SourceMap, Sources, Span};
