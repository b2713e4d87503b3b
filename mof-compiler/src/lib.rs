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
    EmptyBase, Existence, Statistics, UpdateFlags, UpdateMode, compile,
};
pub use diagnostic::{Code, Diagnostic, Diagnostics, Label, Severity};
pub use emit::Emit;
pub use language::Language;
pub use source::{FileId, Loader, OsFileSystem, SourceMap, Sources, Span};
