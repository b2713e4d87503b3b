//! Everything that an operation can end with.
//!
//! Conditions are finer than the codes of any protocol; [`EngineError::status`]
//! names the one that front ends translate.

mod status;
mod text;
mod typed;

pub use typed::{TypedError, TypedProblem};

use cimarron_journal::JournalError;
use cimarron_model::suggest::or_did_you_mean;
use cimarron_model::{ArrayShape, CimType, DataType, KeyError, Name, ObjectPath, PathError, Scope};
use cimarron_mof::{Diagnostics, Severity};
use cimarron_schema::rules::Violation;
use cimarron_schema::{OpenError, WriteError};
use cimarron_wql::WqlError;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;
use text::{article, idle_text, list, or_none};

/// Why an operation failed. Nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// The call was cancelled.
    #[error("the call was cancelled")]
    Cancelled,
    /// The call's deadline passed.
    #[error("the call did not finish before its deadline")]
    DeadlinePassed,
    /// What the call found takes more memory than its context allows.
    #[error(
        "the call needs more than its memory budget of {budget} bytes: ask for less, or raise it"
    )]
    OverMemoryBudget {
        /// The budget.
        budget: usize,
    },
    /// The sum of integers is beyond the type of sums.
    #[error("`{heading}` is {sum}, which is beyond {cim_type}: sum fewer rows, or take AVG")]
    SumOutOfRange {
        /// What the sum is called.
        heading: Name,
        /// The sum.
        sum: i128,
        /// The type of sums of such integers.
        cim_type: CimType,
    },
    /// A limit of the repository was passed.
    #[error("the {what} has {length} bytes and the limit is {limit}")]
    TooLong {
        /// What is too long.
        what: &'static str,
        /// Its length.
        length: usize,
        /// The limit.
        limit: usize,
    },

    /// The data directory cannot be opened, or something of it cannot be read or written.
    #[error("the data directory: {0}")]
    Storage(Arc<JournalError>),
    /// What the data directory holds is not what was written.
    #[error(
        "the data directory is damaged: {place}: {problem}; restore a backup, or what the last \
         checkpoint has (`cimarron data restore --checkpoint`)"
    )]
    DataDamaged {
        /// Where.
        place: String,
        /// What is wrong.
        problem: String,
    },
    /// The log of commits could not be written.
    #[error(
        "nothing can be written any more, for the data directory failed: {cause}; what was \
         acknowledged is safe: mend the disk and open the directory again"
    )]
    WritesStopped {
        /// The first failure.
        cause: Arc<JournalError>,
    },
    /// Rows cannot be kept in a data directory.
    #[error("the data directory cannot have it: {problem}")]
    Unstorable {
        /// Why.
        problem: String,
    },
    /// The repository has no data directory.
    #[error("the repository is in memory only: open it with a data directory")]
    NotDurable,

    /// No more rows can be numbered.
    #[error("the namespace holds as many rows as it can: delete some or use another namespace")]
    StoreFull,

    /// A snapshot was to write.
    #[error("a snapshot is only read: write through the session that it was made from")]
    SnapshotIsReadOnly,
    /// A snapshot was given up: too much was kept for it.
    #[error("the snapshot has expired: too many rows were changed since it was made; make another")]
    SnapshotExpired,

    /// A listener was too slow, and changes were not kept.
    #[error("{commits} commits were not kept for this listener: read the whole state again")]
    ChangesLost {
        /// How many.
        commits: u64,
    },

    /// A query reaches classes whose instances raise no events by themselves.
    #[error(
        "instances of `{class}` raise no events by themselves: say in WITHIN how often to look at them, in seconds"
    )]
    MissingWithin {
        /// One of the classes.
        class: Name,
    },
    /// There are as many subscriptions as there may be.
    #[error("there are {limit} subscriptions, and there may be no more: end some")]
    TooManySubscriptions {
        /// How many there may be.
        limit: usize,
    },
    /// A subscription ended because more events waited than may.
    #[error("more events came than may wait, and that ends this subscription: subscribe again")]
    EventQueueFull,
    /// A subscription has ended.
    #[error("the subscription has ended: {problem}")]
    SubscriptionEnded {
        /// Why.
        problem: String,
    },
    /// A text is no bookmark.
    #[error("`{text}` is no bookmark: use one that a subscription gave")]
    MalformedBookmark {
        /// The text.
        text: String,
    },
    /// What is behind a bookmark is not kept, or not here.
    #[error("what happened since the bookmark is not kept any more: read the whole state again")]
    BookmarkExpired,
    /// Only classes below `__ExtrinsicEvent` are for anybody to raise.
    #[error("`{class}` does not derive from `__ExtrinsicEvent`, so nobody raises it")]
    NotExtrinsicEvent {
        /// The class.
        class: Name,
    },
    /// Events of the class tell of events, and only the engine raises them.
    #[error("events of `{class}` are the engine's: derive a class from `__ExtrinsicEvent`")]
    SystemEvent {
        /// The class.
        class: Name,
    },

    /// There is no namespace of this name.
    #[error("there is no namespace `{name}`: create it first")]
    NoSuchNamespace {
        /// The name.
        name: Name,
    },
    /// The text is no namespace name.
    #[error("`{name}` is not a namespace name: write names such as `root/cimv2`")]
    InvalidNamespaceName {
        /// The text.
        name: String,
    },
    /// The namespace exists already.
    #[error("the namespace `{name}` exists already")]
    NamespaceExists {
        /// The name.
        name: Name,
    },
    /// The namespace holds something and its dialect does not delete that too.
    #[error("the namespace `{name}` holds {what}: delete that first")]
    NamespaceNotEmpty {
        /// The name.
        name: Name,
        /// What it holds.
        what: &'static str,
    },

    /// The class that an operation works on is not there.
    #[error("unknown class `{class}`{}", or_did_you_mean(.suggestion.as_ref()))]
    UnknownClass {
        /// The name.
        class: Name,
        /// The likeliest class that was meant.
        suggestion: Option<Name>,
    },
    /// The class that was asked for is not there.
    #[error("there is no class `{class}`{}", or_did_you_mean(.suggestion.as_ref()))]
    ClassNotFound {
        /// The name.
        class: Name,
        /// The likeliest class that was meant.
        suggestion: Option<Name>,
    },
    /// The class that a filter names is not there.
    #[error("the filter's class `{class}` is not there{}", or_did_you_mean(.suggestion.as_ref()))]
    FilterClassNotFound {
        /// The name.
        class: Name,
        /// The likeliest class that was meant.
        suggestion: Option<Name>,
    },
    /// The class whose associations are asked for is not there.
    #[error("there is no class `{class}` to follow associations from{}", or_did_you_mean(.suggestion.as_ref()))]
    AssociationSourceNotFound {
        /// The name.
        class: Name,
        /// The likeliest class that was meant.
        suggestion: Option<Name>,
    },
    /// Parts of a filter exclude each other, or the operation excludes one.
    #[error("the filter asks for class definitions only, {problem}: leave one out")]
    ContradictoryFilter {
        /// Beside what.
        problem: &'static str,
    },
    /// The qualifier type that was asked for is not there.
    #[error("there is no qualifier type `{name}`")]
    QualifierTypeNotFound {
        /// The name.
        name: Name,
    },
    /// A qualifier type is none.
    #[error("qualifier type `{name}`: {problem}")]
    InvalidQualifierType {
        /// The name.
        name: Name,
        /// What is wrong with it.
        problem: String,
    },
    /// Classes use the qualifier type in a way that it would not allow any more.
    #[error("the qualifier `{name}` is used by class `{class}`: {problem}")]
    QualifierTypeInUse {
        /// The name.
        name: Name,
        /// One of the classes.
        class: Name,
        /// What stands in the way.
        problem: &'static str,
    },
    /// A qualifier's value is not of its declared type.
    #[error("the qualifier `{name}` is declared as {expected} and has {found}")]
    QualifierValue {
        /// The name.
        name: Name,
        /// The declared type.
        expected: DataType,
        /// The value.
        found: String,
    },
    /// The class exists already.
    #[error("the class `{class}` exists already")]
    ClassExists {
        /// The name.
        class: Name,
    },
    /// The class is one that only the engine declares.
    #[error("`{class}` is a system class: it is neither declared nor changed nor deleted")]
    SystemClass {
        /// The class.
        class: Name,
    },
    /// The superclass of a new class is not there.
    #[error("class `{class}`: its superclass `{superclass}` is not there{}", or_did_you_mean(.suggestion.as_ref()))]
    SuperclassNotFound {
        /// The class.
        class: Name,
        /// The superclass that it names.
        superclass: Name,
        /// The likeliest class that was meant.
        suggestion: Option<Name>,
    },
    /// The change of a class would give it another superclass.
    #[error("class `{class}`: its superclass is {} and stays that", or_none(.superclass.as_ref()))]
    SuperclassChanged {
        /// The class.
        class: Name,
        /// Its superclass.
        superclass: Option<Name>,
    },
    /// The superclass of a class is the class itself or one below it.
    #[error("class `{class}`: its superclass `{superclass}` derives from it")]
    CircularSuperclass {
        /// The class.
        class: Name,
        /// The superclass that it names.
        superclass: Name,
    },
    /// The class was compiled against another definition of its superclass.
    #[error(
        "class `{class}` was compiled against another definition of `{superclass}`: compile it again"
    )]
    SuperclassDiffers {
        /// The class.
        class: Name,
        /// Its superclass.
        superclass: Name,
    },
    /// The class has subclasses that the change would break.
    #[error("the class `{class}` has subclasses, `{child}` among them: change or delete those too")]
    ClassHasChildren {
        /// The class.
        class: Name,
        /// One of its subclasses.
        child: Name,
    },
    /// The class has instances that the change would break.
    #[error("the class `{class}` has instances: delete them first")]
    ClassHasInstances {
        /// The class.
        class: Name,
    },
    /// A declaration breaks rules.
    #[error("class `{class}`: {}", list(.violations))]
    InvalidClass {
        /// The class.
        class: Name,
        /// Which rules; at least one.
        violations: Vec<Violation>,
    },

    /// The class is abstract.
    #[error("`{class}` is abstract and has no instances of its own: use one of its subclasses")]
    AbstractClass {
        /// The class.
        class: Name,
    },
    /// The class holds localised qualifiers.
    #[error("`{class}` is an amendment of another class and has no instances")]
    AmendmentClass {
        /// The class.
        class: Name,
    },
    /// Instances of the class are only embedded in others or delivered.
    #[error("`{class}` is {kind}: its instances have no path and are not stored")]
    TransientClass {
        /// The class.
        class: Name,
        /// What it is.
        kind: &'static str,
    },
    /// The class has neither keys nor the Singleton qualifier.
    #[error(
        "`{class}` has no key, so its instances could not be told apart: declare a key property"
    )]
    NoKey {
        /// The class.
        class: Name,
    },
    /// An instance with this key is there already.
    #[error("`{path}` exists already")]
    InstanceExists {
        /// Its path.
        path: Box<ObjectPath>,
    },
    /// The instance that was asked for is not there.
    #[error("there is no instance `{path}`")]
    InstanceNotFound {
        /// Its path.
        path: Box<ObjectPath>,
    },
    /// The class changed while rows were prepared for it.
    #[error("the class `{class}` was changed meanwhile: start again")]
    ClassChanged {
        /// The class.
        class: Name,
    },

    /// The class has no such property.
    #[error("class `{class}` has no property `{property}`{}", or_did_you_mean(.suggestion.as_ref()))]
    NoSuchProperty {
        /// The class.
        class: Name,
        /// The property.
        property: Name,
        /// The likeliest property that was meant.
        suggestion: Option<Name>,
    },
    /// System properties are derived and cannot be set.
    #[error("`{property}` is a system property and cannot be set: leave it out")]
    SystemProperty {
        /// The property.
        property: Name,
    },
    /// A property is given twice.
    #[error("the property `{property}` is given twice: drop one")]
    DuplicateProperty {
        /// The property.
        property: Name,
    },
    /// The numbers of properties and of values differ.
    #[error("{values} values were given for {properties} properties")]
    ValueCount {
        /// How many values.
        values: usize,
        /// How many properties.
        properties: usize,
    },
    /// A value is of a type that does not convert.
    #[error("property `{property}` is {}{expected} and cannot take {}{found}{hint}", article(.array.is_array()), article(*.found_array))]
    TypeMismatch {
        /// The property.
        property: Name,
        /// Its type.
        expected: CimType,
        /// Whether it is an array.
        array: ArrayShape,
        /// The value's type.
        found: CimType,
        /// Whether the value is an array.
        found_array: bool,
        /// What would do.
        hint: &'static str,
    },
    /// A text does not read as the property's type.
    #[error("property `{property}`: {problem}")]
    Unreadable {
        /// The property.
        property: Name,
        /// What is wrong with the text.
        problem: String,
    },
    /// A value is outside its type's range or its property's bounds.
    #[error("property `{property}`: {problem}")]
    OutOfRange {
        /// The property.
        property: Name,
        /// Which bound, and by what it is passed.
        problem: String,
    },
    /// An array has another number of elements than its property.
    #[error("property `{property}`: the array has {found} elements instead of {expected}")]
    ArraySize {
        /// The property.
        property: Name,
        /// The declared size.
        expected: usize,
        /// The size of the value.
        found: usize,
    },
    /// The ordered index is there already.
    #[error("`{class}` has an index of `{property}` already")]
    IndexExists {
        /// The class.
        class: Name,
        /// The property.
        property: Name,
    },
    /// There is no such ordered index.
    #[error("`{class}` has no index of `{property}`")]
    IndexNotFound {
        /// The class.
        class: Name,
        /// The property.
        property: Name,
    },
    /// The class declares the index, so it is there as long as the class says so.
    #[error("`{class}` declares `{property}` as Indexed: change the class to drop the index")]
    IndexDeclared {
        /// The class.
        class: Name,
        /// The property.
        property: Name,
    },
    /// The values of a property have no order.
    #[error(
        "`{class}.{property}` has no order: arrays and embedded objects have none, nor has a \
         property whose type differs among the classes below"
    )]
    NotOrdered {
        /// The class.
        class: Name,
        /// The property.
        property: Name,
    },
    /// A NULL where a value must be.
    #[error("property `{property}` cannot be NULL: {reason}")]
    IllegalNull {
        /// The property.
        property: Name,
        /// Why not.
        reason: &'static str,
    },
    /// An array has a NULL element in a namespace that does not allow it.
    #[error("property `{property}`: array elements cannot be NULL in the wmi dialect")]
    NullElement {
        /// The property.
        property: Name,
    },
    /// A key's text holds characters that paths cannot carry.
    #[error("key `{property}`: key text needs a character above U+0020 and no control characters")]
    InvalidKeyText {
        /// The key.
        property: Name,
    },
    /// A modify would change a key.
    #[error(
        "the key `{property}` of an instance cannot change: delete the instance and create another"
    )]
    KeyImmutable {
        /// The key.
        property: Name,
    },
    /// A reference or embedded object is of a class that the property does not allow.
    #[error(
        "property `{property}` takes `{expected}` and its subclasses, and `{found}` is none of them"
    )]
    WrongClass {
        /// The property.
        property: Name,
        /// The declared class.
        expected: Name,
        /// The class of the value.
        found: Name,
    },
    /// A reference or embedded object is of a class that the namespace does not have.
    #[error("property `{property}`: unknown class `{class}`{}", or_did_you_mean(.suggestion.as_ref()))]
    UnknownValueClass {
        /// The property.
        property: Name,
        /// The class of the value.
        class: Name,
        /// The likeliest class that was meant.
        suggestion: Option<Name>,
    },
    /// A class where only an instance can be embedded.
    #[error("property `{property}` takes instances, and `class {class}` is a class")]
    ClassEmbedded {
        /// The property.
        property: Name,
        /// The class.
        class: Name,
    },
    /// A qualifier of an instance is not declared.
    #[error("the qualifier `{qualifier}` is not declared: declare its type first")]
    UndeclaredQualifier {
        /// The qualifier.
        qualifier: Name,
    },
    /// A qualifier of an instance stands where its declaration does not allow it.
    #[error("the qualifier `{qualifier}` cannot stand on a {element}")]
    QualifierOutOfScope {
        /// The qualifier.
        qualifier: Name,
        /// What it stands on: of an instance, the kind of its class.
        element: Scope,
    },
    /// A qualifier of an instance has another type than its declaration says.
    #[error("the qualifier `{qualifier}` takes {expected}")]
    QualifierType {
        /// The qualifier.
        qualifier: Name,
        /// The declared type.
        expected: Box<DataType>,
    },
    /// A qualifier that the class decides.
    #[error("the qualifier `{qualifier}` belongs to the class: leave it out")]
    ReservedQualifier {
        /// The qualifier.
        qualifier: Name,
    },
    /// Objects are embedded in one another too deeply.
    #[error(
        "`{property}`: objects are embedded more than {} deep",
        cimarron_model::Object::MAX_DEPTH
    )]
    TooDeep {
        /// The property or qualifier.
        property: Name,
    },

    /// The path does not name what the operation needs.
    #[error("the path `{path}` {problem}")]
    InvalidPath {
        /// The path.
        path: Box<ObjectPath>,
        /// What is wrong with it.
        problem: String,
    },
    /// A text is no path.
    #[error("`{text}` is not an object path: {cause}")]
    UnreadablePath {
        /// The text.
        text: String,
        /// What is wrong with it.
        cause: PathError,
    },
    /// A key of a path does not convert to its property's type.
    #[error("the path `{path}`: key `{key}`: {cause}")]
    InvalidKey {
        /// The path.
        path: Box<ObjectPath>,
        /// The key.
        key: Name,
        /// What is wrong with it.
        cause: KeyError,
    },

    /// There is no open sequence of this name, or it is another caller's.
    #[error("there is no open enumeration `{id}`: it was closed, or read to its end")]
    NoSuchSequence {
        /// The name.
        id: String,
    },
    /// The sequence was left alone for too long.
    #[error("the enumeration `{id}` expired: it was not used for {idle:?}")]
    SequenceExpired {
        /// The name.
        id: String,
        /// How long it may be left alone.
        idle: Duration,
    },
    /// The sequence was closed while the pull was under way.
    #[error("the enumeration was closed while items were taken from it")]
    PullAbandoned,
    /// The caller, or everybody together, has too many sequences open.
    #[error("{limit} enumerations are open: close one, or read it to its end")]
    TooManySequences {
        /// How many may be open.
        limit: usize,
    },
    /// A sequence may not be left alone for so long.
    #[error("an enumeration cannot be kept idle for {}: {longest:?} is the most", idle_text(*.asked))]
    InvalidOperationTimeout {
        /// What was asked for; zero means for ever.
        asked: Duration,
        /// The longest time.
        longest: Duration,
    },
    /// The sequence cannot go back, and there cannot be two of it.
    #[error("the enumeration is forward-only: it cannot be reset or cloned")]
    ForwardOnly,
    /// A row or instance and a program's own type do not go together.
    #[error(transparent)]
    Typed(#[from] TypedError),
    /// The query is answered with something else than the operation gives.
    #[error(
        "the query is answered with {given}: use `{call}`, or `execute` for queries of any kind"
    )]
    OtherAnswer {
        /// What the answer is.
        given: &'static str,
        /// The operation of [`Session`](crate::Session) that gives that.
        call: &'static str,
    },
    /// The query is wrong.
    #[error(transparent)]
    Query(#[from] WqlError),
    /// A filter's query is in a language that is not there.
    #[error("no queries in `{language}` are known: write WQL")]
    QueryLanguage {
        /// The language.
        language: String,
    },
    /// Something that the query names is wrong, or not there.
    #[error("{error}")]
    InQuery {
        /// What is wrong.
        error: Box<EngineError>,
        /// Where the query names it, in bytes.
        span: Range<usize>,
    },
    /// The archive is wrong.
    #[error(transparent)]
    Archive(#[from] OpenError),
    /// A class could not be archived.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The MOF has errors.
    #[error("the MOF has {} errors", .0.count(Severity::Error))]
    Mof(Box<Diagnostics>),
}
