//! Compiling MOF into a namespace: the one place where the engine meets the
//! compiler.
//!
//! The text is compiled on top of what the namespaces hold, and what comes out is
//! loaded as one commit. Compilation itself takes no lock: what changes meanwhile
//! is found when the result is loaded.

use crate::check::check_filter_text;
use crate::context::CallContext;
use crate::error::EngineError;
use crate::limits::Limits;
use crate::repository::Repository;
use crate::schema::Schema;
use crate::session::{Loaded, Operation, PropertyList, Session};
use crate::system;
use cimarron_model::{Name, ObjectPath, QualifierType, Status};
use cimarron_mof::source::MemoryFileSystem;
use cimarron_mof::{
    Base, Changes, Code, CompileOptions, Deletion, DeletionTarget, Diagnostic, Diagnostics,
    EmbeddedForm, FileId, Language, Loader, Sources, Span, compile,
};
use cimarron_schema::{Archive, ResolvedClass, Shared};
use hashbrown::HashMap;
use std::cell::RefCell;
use std::sync::Arc;

/// MOF that was compiled for a repository, to be loaded by [`Repository::load_mof`].
#[derive(Debug)]
pub struct CompiledMof {
    archive: Arc<Archive>,
    changes: Changes,
    said: Diagnostics,
    /// Those that it was compiled by: where it goes, and the dialect of what is created.
    options: CompileOptions,
}

impl Session {
    /// Compiles MOF sources into this namespace, and into others where a
    /// `#pragma namespace` says so; those that are not there are created.
    ///
    /// All of it takes effect or, on an error, nothing. `said` holds what was said
    /// while the sources were loaded; what there was to say in the end comes back
    /// beside the counts, warnings for instance.
    ///
    /// # Errors
    /// [`EngineError::Mof`] with the diagnostics when the MOF has errors, or declares what
    /// the repository refuses, and what [`Session::load_archive`] fails with beside that.
    pub fn compile_mof(
        &self,
        context: &CallContext,
        sources: &Sources,
        said: Diagnostics,
    ) -> Result<(Loaded, Diagnostics), EngineError> {
        self.compile_mof_with(context, CompileOptions::default(), sources, said)
    }

    /// As [`Session::compile_mof`], for sources in a language. MOF 3 goes into
    /// namespaces of the DMTF dialect.
    ///
    /// # Errors
    /// As [`Session::compile_mof`].
    pub fn compile_mof_as(
        &self,
        context: &CallContext,
        language: Language,
        sources: &Sources,
        said: Diagnostics,
    ) -> Result<(Loaded, Diagnostics), EngineError> {
        let options = CompileOptions { language, ..CompileOptions::default() };
        self.compile_mof_with(context, options, sources, said)
    }

    /// As [`Session::compile_mof`], with other options, such as the update flags that hold
    /// until the text sets others (`mofcomp -class` and `-instance`). Dialect and
    /// namespace are the session's.
    ///
    /// # Errors
    /// As [`Session::compile_mof`], and when the flags keep something from being created
    /// or changed.
    pub fn compile_mof_with(
        &self,
        context: &CallContext,
        options: CompileOptions,
        sources: &Sources,
        said: Diagnostics,
    ) -> Result<(Loaded, Diagnostics), EngineError> {
        let compiled = self.prepare_mof(context, options, sources, said)?;
        self.load_mof(context, &compiled)
    }

    /// Compiles MOF sources on top of what the namespaces hold, and loads nothing yet.
    fn prepare_mof(
        &self,
        context: &CallContext,
        options: CompileOptions,
        sources: &Sources,
        said: Diagnostics,
    ) -> Result<CompiledMof, EngineError> {
        self.enter(context, Operation::WriteSchema, "")?;
        let options = CompileOptions {
            dialect: self.dialect(),
            namespace: self.namespace().as_str().to_owned(),
            embedded: EmbeddedForm::Objects,
            ..options
        };
        let base = LiveBase::new(self.clone());
        let compiled = compile(sources, &options, &base, said);
        if compiled.has_errors() {
            return Err(EngineError::Mof(Box::new(compiled.diagnostics)));
        }
        for deletion in &compiled.changes.deletions {
            base.check_deletion(deletion)?;
        }
        let archive = Arc::new(Archive::from_bytes(compiled.archive()?)?);
        let (changes, said) = (compiled.changes, compiled.diagnostics);
        Ok(CompiledMof { archive, changes, said, options })
    }

    /// Loads what was compiled, as one commit.
    fn load_mof(
        &self,
        context: &CallContext,
        CompiledMof { archive, changes, said, .. }: &CompiledMof,
    ) -> Result<(Loaded, Diagnostics), EngineError> {
        self.enter(context, Operation::WriteSchema, "")?;
        let mut said = said.clone();
        match self.load_by_name(context, archive, changes, said.limit()) {
            Ok(loaded) => Ok((loaded, said)),
            Err(refused) => {
                refused.tell(&mut said)?;
                Err(EngineError::Mof(Box::new(said)))
            }
        }
    }

    /// What the repository's namespaces hold, each as it is when it is first asked for: with
    /// [`Loader::with_base`], what is there already is not taken from a search path.
    ///
    /// # Errors
    /// When the caller is not let in.
    pub fn base(&self, context: &CallContext) -> Result<impl Base + use<>, EngineError> {
        self.enter(context, Operation::ReadSchema, "")?;
        Ok(LiveBase::new(self.clone()))
    }

    /// Compiles a MOF text into this namespace; see [`Session::compile_mof`].
    /// Files that it includes are not read.
    ///
    /// # Errors
    /// As [`Session::compile_mof`].
    pub fn compile_mof_text(
        &self,
        context: &CallContext,
        name: &str,
        text: &str,
    ) -> Result<(Loaded, Diagnostics), EngineError> {
        let mut said = Diagnostics::new();
        let nowhere = MemoryFileSystem::new();
        let mut loader = Loader::new(&nowhere);
        if let Err(error) = loader.add_text(name, text) {
            let message = error.to_string();
            said.push(Diagnostic::new(Code::SourceLimit, FileId(0), Span::default(), message));
            return Err(EngineError::Mof(Box::new(said)));
        }
        let sources = loader.finish(&mut said);
        self.compile_mof(context, &sources, said)
    }
}

impl Repository {
    /// Compiles MOF sources into the namespace of the options, which needs not be there, and
    /// into others where a `#pragma namespace` says so. Those that get something are created,
    /// in the dialect of the options, with those above them; one that is there keeps its own
    /// dialect. See [`Session::compile_mof_with`].
    ///
    /// # Errors
    /// As [`Session::compile_mof_with`]. Nothing was created then.
    pub fn compile_mof(
        &self,
        context: &CallContext,
        options: CompileOptions,
        sources: &Sources,
        said: Diagnostics,
    ) -> Result<(Loaded, Diagnostics), EngineError> {
        let compiled = self.prepare_mof(context, options, sources, said)?;
        self.load_mof(context, &compiled)
    }

    /// Compiles MOF sources as [`Repository::compile_mof`] does, and loads nothing yet: for who
    /// loads the same into several repositories that hold the same, or tries it out in one
    /// first.
    ///
    /// ```
    /// # use cimarron_engine::{CallContext, Repository};
    /// # use cimarron_mof::{CompileOptions, Diagnostics, Loader, source::MemoryFileSystem};
    /// # let context = CallContext::new();
    /// # let (nowhere, mut said) = (MemoryFileSystem::new(), Diagnostics::new());
    /// let mut loader = Loader::new(&nowhere);
    /// loader.add_text("a.mof", "class X_Fan { [key] string Id; };")?;
    /// let sources = loader.finish(&mut said);
    /// let (trial, kept) = (Repository::new(), Repository::new());
    /// let compiled = trial.prepare_mof(&context, CompileOptions::default(), &sources, said)?;
    /// assert!(trial.namespaces().is_empty());
    /// trial.load_mof(&context, &compiled)?;
    /// assert_eq!(kept.load_mof(&context, &compiled)?.0.classes, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`EngineError::Mof`] with the diagnostics when the MOF has errors.
    pub fn prepare_mof(
        &self,
        context: &CallContext,
        options: CompileOptions,
        sources: &Sources,
        said: Diagnostics,
    ) -> Result<CompiledMof, EngineError> {
        self.session_for(&options)?.prepare_mof(context, options, sources, said)
    }

    /// Loads what [`Repository::prepare_mof`] compiled, on this repository or on another: all
    /// of it takes effect or, on an error, nothing. It is to hold what the other held when the MOF
    /// was compiled, in namespaces of the same dialects: of what differs, what would damage it is
    /// refused, as in an archive (a superclass that has other properties, a key that is taken);
    /// the rules of the declarations are not judged again.
    ///
    /// # Errors
    /// [`EngineError::Mof`] when it declares what the repository refuses, and what
    /// [`Session::load_archive`] fails with beside that.
    pub fn load_mof(
        &self,
        context: &CallContext,
        compiled: &CompiledMof,
    ) -> Result<(Loaded, Diagnostics), EngineError> {
        self.session_for(&compiled.options)?.load_mof(context, compiled)
    }

    /// What is there for sources that [`Repository::compile_mof`] is to compile; see
    /// [`Session::base`].
    ///
    /// # Errors
    /// When the name of the namespace is none.
    pub fn base(
        &self,
        context: &CallContext,
        options: &CompileOptions,
    ) -> Result<impl Base + use<>, EngineError> {
        self.session_for(options)?.base(context)
    }

    fn session_for(&self, options: &CompileOptions) -> Result<Session, EngineError> {
        match self.session(&options.namespace) {
            Err(EngineError::NoSuchNamespace { .. }) => {
                self.imagine(&options.namespace, options.dialect)
            }
            found => found,
        }
    }
}

/// What the repository's namespaces hold, each as it was first asked for.
struct LiveBase {
    session: Session,
    seen: RefCell<HashMap<Name, LiveNamespace>>,
}

struct LiveNamespace {
    schema: Arc<Schema>,
    classes: HashMap<Name, Arc<ResolvedClass>>,
}

impl LiveBase {
    fn new(session: Session) -> Self {
        Self { session, seen: RefCell::default() }
    }

    fn on<T>(&self, namespace: &str, read: impl FnOnce(&mut LiveNamespace) -> T) -> T {
        let mut seen = self.seen.borrow_mut();
        let name = Name::new(namespace);
        read(seen.entry(name.clone()).or_insert_with(|| LiveNamespace {
            schema: match self.session.repository().namespace(namespace) {
                Ok(there) => there.schema(),
                // What loading would create.
                Err(_) => system::schema(&name, self.session.dialect()),
            },
            classes: HashMap::new(),
        }))
    }

    /// That what a text deletes may be deleted.
    fn check_deletion(&self, deletion: &Deletion) -> Result<(), EngineError> {
        let DeletionTarget::Class(name) = &deletion.target else { return Ok(()) };
        let is_system = self.on(deletion.namespace.as_str(), |live| {
            live.schema.class(name.as_str()).is_some_and(|class| class.def().is_system())
        });
        if is_system { Err(EngineError::SystemClass { class: name.clone() }) } else { Ok(()) }
    }
}

impl Base for LiveBase {
    fn class(&self, namespace: &str, name: &str) -> Option<Arc<ResolvedClass>> {
        self.on(namespace, |live| {
            let class = live.schema.class(name)?;
            if let Some(known) = live.classes.get(class.name()) {
                return Some(known.clone());
            }
            let resolved = Arc::new(class.def().view()?.to_resolved(&mut Shared::default()));
            live.classes.insert(class.name().clone(), resolved.clone());
            Some(resolved)
        })
    }

    fn class_names(&self, namespace: &str) -> Vec<Name> {
        self.on(namespace, |live| live.schema.classes().map(|c| c.name().clone()).collect())
    }

    fn qualifier_types(&self, namespace: &str) -> Vec<QualifierType> {
        self.on(namespace, |live| live.schema.qualifier_types().values().cloned().collect())
    }

    fn has_instance(&self, namespace: &str, path: &ObjectPath) -> bool {
        let none = PropertyList::Names(Vec::new());
        let session = self.session.repository().session(namespace);
        session.is_ok_and(|s| s.get_instance(&CallContext::new(), path, &none).is_ok())
    }

    fn check_event_filter(&self, property: &str, text: &str) -> Result<(), (Status, String)> {
        filter_text(property, text, self.session.repository().limits())
    }
}

/// Nothing is there, and event filters are judged as a repository does: to compile what a
/// repository is to load.
#[derive(Clone, Copy, Debug, Default)]
pub struct EmptyRepository;

impl Base for EmptyRepository {
    fn class(&self, _: &str, _: &str) -> Option<Arc<ResolvedClass>> {
        None
    }

    fn class_names(&self, _: &str) -> Vec<Name> {
        Vec::new()
    }

    fn qualifier_types(&self, _: &str) -> Vec<QualifierType> {
        Vec::new()
    }

    fn check_event_filter(&self, property: &str, text: &str) -> Result<(), (Status, String)> {
        filter_text(property, text, &Limits::default())
    }
}

fn filter_text(property: &str, text: &str, limits: &Limits) -> Result<(), (Status, String)> {
    let judged = check_filter_text(property, text, limits);
    judged.map_err(|error| (error.status(), error.to_string()))
}
