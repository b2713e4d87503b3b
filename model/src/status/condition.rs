//! The conditions that an operation or a compilation can end with.

use super::{CimStatus, WbemStatus};
use std::fmt;

macro_rules! conditions {
    ($( $(#[doc = $doc:literal])+ $variant:ident = $cim:ident, $wbem:ident; )+) => {
        /// Why an operation failed, in the engine's own, fine-grained words.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Status {
            $(
                $(#[doc = $doc])+
                #[doc = concat!("\n\n`", stringify!($wbem), "`")]
                $variant,
            )+
        }

        impl Status {
            /// Every condition.
            pub const ALL: &'static [Self] = &[$( Self::$variant, )+];

            /// The condition's name as it is spelled here.
            pub const fn name(self) -> &'static str {
                match self { $( Self::$variant => stringify!($variant), )+ }
            }

            /// What happened, in a phrase without a full stop.
            pub fn summary(self) -> &'static str {
                match self { $( Self::$variant => concat!($( $doc ),+).trim_ascii(), )+ }
            }

            /// The CIM status code (DSP0200 5.2.2).
            pub const fn cim(self) -> CimStatus {
                match self { $( Self::$variant => CimStatus::$cim, )+ }
            }

            /// The HRESULT (MS-WMI 2.2.11).
            pub const fn wbem(self) -> WbemStatus {
                match self { $( Self::$variant => WbemStatus::$wbem, )+ }
            }
        }
    };
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.summary())
    }
}

conditions! {
    // Calls.

    /// a failure that no other condition describes
    Failed = Failed, WBEM_E_FAILED;
    /// an internal fault
    Internal = Failed, WBEM_E_CRITICAL_ERROR;
    /// the caller may not do this
    AccessDenied = AccessDenied, WBEM_E_ACCESS_DENIED;
    /// the caller lacks a privilege that the operation needs
    PrivilegeNotHeld = AccessDenied, WBEM_E_PRIVILEGE_NOT_HELD;
    /// the namespace is open to encrypted connections only
    EncryptionRequired = AccessDenied, WBEM_E_ACCESS_DENIED;
    /// a parameter of the operation is missing or wrong
    InvalidParameter = InvalidParameter, WBEM_E_INVALID_PARAMETER;
    /// a named value of the call context is missing or wrong
    InvalidContext = InvalidParameter, WBEM_E_INVALID_CONTEXT;
    /// the operation is not supported
    NotSupported = NotSupported, WBEM_E_NOT_SUPPORTED;
    /// the operation is not allowed on this object
    InvalidOperation = Failed, WBEM_E_INVALID_OPERATION;
    /// the call came out of sequence
    UnexpectedCall = Failed, WBEM_E_UNEXPECTED;
    /// the call did not finish before its deadline
    Timeout = Failed, WBEM_E_TIMED_OUT;
    /// the call was cancelled
    Cancelled = Failed, WBEM_E_CALL_CANCELLED;
    /// a commit that came first changed the same object
    TransactionConflict = Failed, WBEM_E_TRANSACTION_CONFLICT;
    /// the locale is malformed
    InvalidLocale = InvalidParameter, WBEM_E_INVALID_LOCALE;
    /// the locale is not supported
    UnsupportedLocale = NotSupported, WBEM_E_UNSUPPORTED_LOCALE;

    // Limits and storage.

    /// a limit on queries, paths, properties or calls was passed
    QuotaViolation = ServerLimitsExceeded, WBEM_E_QUOTA_VIOLATION;
    /// the call's memory budget or another limit of the server was reached
    ServerLimits = ServerLimitsExceeded, WBEM_E_QUOTA_VIOLATION;
    /// memory ran out
    OutOfMemory = ServerLimitsExceeded, WBEM_E_OUT_OF_MEMORY;
    /// the disk is full
    OutOfDiskSpace = ServerLimitsExceeded, WBEM_E_OUT_OF_DISK_SPACE;
    /// too much is under way
    ServerBusy = ServerLimitsExceeded, WBEM_E_SERVER_TOO_BUSY;
    /// the server is shutting down
    ServerShuttingDown = ServerIsShuttingDown, WBEM_E_SHUTTING_DOWN;
    /// an archive or a log is damaged
    CorruptArchive = Failed, WBEM_E_FAILED;
    /// an archive is of a version that is not supported
    UnsupportedArchive = NotSupported, WBEM_E_DATABASE_VER_MISMATCH;

    // Enumerations.

    /// the enumeration context is unknown or closed
    InvalidEnumerationContext = InvalidEnumerationContext, WBEM_E_INVALID_PARAMETER;
    /// the operation timeout is not supported
    InvalidOperationTimeout = InvalidOperationTimeout, WBEM_E_INVALID_PARAMETER;
    /// the enumeration was closed while a pull was under way
    PullHasBeenAbandoned = PullHasBeenAbandoned, WBEM_E_CALL_CANCELLED;
    /// the pull under way could not be stopped
    PullCannotBeAbandoned = PullCannotBeAbandoned, WBEM_E_FAILED;
    /// enumerations with a filter are not supported
    FilteredEnumerationNotSupported = FilteredEnumerationNotSupported, WBEM_E_NOT_SUPPORTED;
    /// going on after an error is not supported
    ContinuationOnErrorNotSupported = ContinuationOnErrorNotSupported, WBEM_E_NOT_SUPPORTED;
    /// the client fetched results too slowly
    ClientTooSlow = InvalidEnumerationContext, WBEM_E_CLIENT_TOO_SLOW;
    /// the handle or bookmark refers to what is no longer kept
    HandleOutOfDate = NotFound, WBEM_E_HANDLE_OUT_OF_DATE;

    // Namespaces, classes and instances.

    /// the namespace does not exist
    InvalidNamespace = InvalidNamespace, WBEM_E_INVALID_NAMESPACE;
    /// the namespace holds classes, instances or namespaces
    NamespaceNotEmpty = NamespaceNotEmpty, WBEM_E_INVALID_OPERATION;
    /// the class that the operation works on does not exist
    InvalidClass = InvalidClass, WBEM_E_INVALID_CLASS;
    /// the class that was asked for does not exist
    ClassNotFound = NotFound, WBEM_E_NOT_FOUND;
    /// the class that a filter names does not exist
    FilterClassNotFound = InvalidParameter, WBEM_E_INVALID_CLASS;
    /// the class whose associations are asked for does not exist
    AssociationSourceNotFound = InvalidParameter, WBEM_E_NOT_FOUND;
    /// the instance that was asked for does not exist
    NotFound = NotFound, WBEM_E_NOT_FOUND;
    /// the qualifier or qualifier type does not exist
    QualifierNotFound = NotFound, WBEM_E_NOT_FOUND;
    /// the object exists already
    AlreadyExists = AlreadyExists, WBEM_E_ALREADY_EXISTS;
    /// the class has subclasses
    ClassHasChildren = ClassHasChildren, WBEM_E_CLASS_HAS_CHILDREN;
    /// the class has instances
    ClassHasInstances = ClassHasInstances, WBEM_E_CLASS_HAS_INSTANCES;
    /// the superclass does not exist or cannot be one
    InvalidSuperclass = InvalidSuperclass, WBEM_E_INVALID_SUPERCLASS;
    /// the superclass of the class being put does not exist
    SuperclassNotFound = InvalidSuperclass, WBEM_E_NOT_FOUND;
    /// the superclass of a class cannot change
    SuperclassChanged = InvalidSuperclass, WBEM_E_INVALID_SUPERCLASS;
    /// the superclass is Terminal
    TerminalSuperclass = InvalidParameter, WBEM_E_INVALID_SUPERCLASS;
    /// the class would derive from itself
    CircularReference = InvalidSuperclass, WBEM_E_CIRCULAR_REFERENCE;
    /// the value would contain or name itself
    CircularValue = InvalidParameter, WBEM_E_CIRCULAR_REFERENCE;
    /// the class cannot be changed in this way
    UnsupportedClassUpdate = NotSupported, WBEM_E_UNSUPPORTED_CLASS_UPDATE;
    /// the class is the system's and cannot be declared, changed or deleted
    SystemClass = Failed, WBEM_E_INVALID_OPERATION;
    /// the class definition is not complete
    IncompleteClass = InvalidParameter, WBEM_E_INCOMPLETE_CLASS;
    /// the class is abstract and has no instances of its own
    AbstractClass = InvalidClass, WBEM_E_INVALID_CLASS;
    /// the class holds localised qualifiers and has no instances
    AmendmentClass = InvalidClass, WBEM_E_INVALID_OPERATION;
    /// a localised object was written without saying so
    AmendedObject = InvalidParameter, WBEM_E_AMENDED_OBJECT;
    /// the object lacks required information
    InvalidObject = InvalidParameter, WBEM_E_INVALID_OBJECT;
    /// the object path is malformed
    InvalidObjectPath = InvalidParameter, WBEM_E_INVALID_OBJECT_PATH;
    /// the name is not an identifier
    InvalidName = InvalidParameter, WBEM_E_INVALID_PARAMETER;
    /// a class name starts with an underscore, which is for system classes
    LeadingUnderscore = InvalidParameter, WBEM_E_INVALID_OPERATION;
    /// a class name ends with an underscore
    TrailingUnderscore = InvalidParameter, WBEM_E_INVALID_OBJECT;
    /// the class name is too long
    ClassNameTooLong = InvalidParameter, WBEM_E_CLASS_NAME_TOO_WIDE;
    /// the property name is too long
    PropertyNameTooLong = InvalidParameter, WBEM_E_PROPERTY_NAME_TOO_WIDE;
    /// the method name is too long
    MethodNameTooLong = InvalidParameter, WBEM_E_METHOD_NAME_TOO_WIDE;
    /// the qualifier name is too long
    QualifierNameTooLong = InvalidParameter, WBEM_E_QUALIFIER_NAME_TOO_WIDE;

    // Properties and values.

    /// the property does not exist
    NoSuchProperty = NoSuchProperty, WBEM_E_NOT_FOUND;
    /// the value does not fit the type
    TypeMismatch = TypeMismatch, WBEM_E_TYPE_MISMATCH;
    /// the value is outside the range of its type
    ValueOutOfRange = InvalidParameter, WBEM_E_VALUE_OUT_OF_RANGE;
    /// the type is not a CIM type
    InvalidCimType = InvalidParameter, WBEM_E_INVALID_CIM_TYPE;
    /// the type is not one that a property can have
    InvalidPropertyType = InvalidParameter, WBEM_E_INVALID_PROPERTY_TYPE;
    /// NULL was given where a value must be
    IllegalNull = InvalidParameter, WBEM_E_ILLEGAL_NULL;
    /// an array has a NULL element
    NullArrayElement = InvalidParameter, WBEMMOF_E_NULL_ARRAY_ELEM;
    /// the class has no key
    NoKey = InvalidParameter, WBEM_E_NO_KEY;
    /// a key's text holds characters at or below U+0020
    InvalidKeyText = InvalidParameter, WBEM_E_INVALID_OBJECT;
    /// a key of an existing instance cannot change
    KeyImmutable = InvalidParameter, WBEM_E_INVALID_PARAMETER;
    /// the property cannot be written
    ReadOnly = InvalidParameter, WBEM_E_READ_ONLY;
    /// system properties have no qualifiers and cannot be declared
    SystemProperty = InvalidParameter, WBEM_E_SYSTEM_PROPERTY;
    /// the property is inherited and cannot be deleted here
    PropagatedProperty = InvalidParameter, WBEM_E_PROPAGATED_PROPERTY;

    // Declarations.

    /// the property cannot be a key
    CannotBeKey = InvalidParameter, WBEM_E_CANNOT_BE_KEY;
    /// the class cannot be a singleton
    CannotBeSingleton = InvalidParameter, WBEM_E_CANNOT_BE_SINGLETON;
    /// the class cannot be abstract under a concrete superclass
    CannotBeAbstract = InvalidParameter, WBEM_E_CANNOT_BE_ABSTRACT;
    /// a key cannot change while subclasses or instances use it
    CannotChangeKeyInheritance = InvalidParameter, WBEM_E_CANNOT_CHANGE_KEY_INHERITANCE;
    /// an index cannot change while subclasses or instances use it
    CannotChangeIndexInheritance = InvalidParameter, WBEM_E_CANNOT_CHANGE_INDEX_INHERITANCE;
    /// the class has too many properties
    TooManyProperties = ServerLimitsExceeded, WBEM_E_TOO_MANY_PROPERTIES;
    /// the property is declared twice
    DuplicateProperty = InvalidParameter, WBEMMOF_E_DUPLICATE_PROPERTY;
    /// the property's type differs from the superclass's
    PropertyTypeChanged = InvalidParameter, WBEM_E_UPDATE_TYPE_MISMATCH;
    /// the Override qualifier is missing or names no fitting element
    InvalidOverride = InvalidParameter, WBEM_E_INVALID_PARAMETER;
    /// the references do not make an association
    InvalidAssociation = InvalidParameter, WBEM_E_INVALID_ASSOCIATION;
    /// the class of a reference or embedded object does not exist or does not narrow
    InvalidReferenceClass = InvalidParameter, WBEM_E_INVALID_CLASS;
    /// the MOF construct belongs to another version of the language
    TypeNotSupported = NotSupported, WBEMMOF_E_TYPEDEF_NOT_SUPPORTED;

    // Qualifiers.

    /// the qualifier cannot stand on this element or beside its neighbours
    InvalidQualifier = InvalidParameter, WBEM_E_INVALID_QUALIFIER;
    /// the qualifier is used outside its scope
    QualifierOutOfScope = InvalidParameter, WBEMMOF_E_QUALIFIER_USED_OUTSIDE_SCOPE;
    /// the qualifier's value is of another type than declared, or of none allowed
    InvalidQualifierType = InvalidParameter, WBEM_E_INVALID_QUALIFIER_TYPE;
    /// classes use the qualifier
    QualifierTypeInUse = Failed, WBEM_E_INVALID_OPERATION;
    /// the qualifier is not declared
    UndeclaredQualifier = InvalidParameter, WBEM_E_INVALID_QUALIFIER;
    /// the qualifier is written twice on one element
    DuplicateQualifier = InvalidParameter, WBEMMOF_E_DUPLICATE_QUALIFIER;
    /// the qualifier is set by the compiler and cannot be written
    ReservedQualifier = InvalidParameter, WBEMMOF_E_CIMTYPE_QUALIFIER;
    /// a subclass changes a qualifier that cannot be overridden
    OverrideNotAllowed = InvalidParameter, WBEM_E_UPDATE_OVERRIDE_NOT_ALLOWED;
    /// the object does not allow this qualifier of it to be overridden
    QualifierNotOverridable = InvalidParameter, WBEM_E_OVERRIDE_NOT_ALLOWED;
    /// the qualifier is inherited and cannot be deleted here
    PropagatedQualifier = InvalidParameter, WBEM_E_PROPAGATED_QUALIFIER;
    /// the flavor is not known or not allowed
    InvalidFlavor = InvalidParameter, WBEM_E_INVALID_FLAVOR;
    /// EnableOverride and DisableOverride exclude each other
    IncompatibleOverrideFlavors = Failed, WBEMMOF_E_INCOMPATIBLE_FLAVOR_TYPES;
    /// Restricted excludes ToSubclass and ToInstance
    IncompatiblePropagationFlavors = Failed, WBEMMOF_E_INCOMPATIBLE_FLAVOR_TYPES2;

    // Methods.

    /// the method does not exist
    MethodNotFound = MethodNotFound, WBEM_E_INVALID_METHOD;
    /// the method cannot be executed now
    MethodNotAvailable = MethodNotAvailable, WBEM_E_NOT_AVAILABLE;
    /// no class implements the method
    MethodNotImplemented = MethodNotAvailable, WBEM_E_METHOD_NOT_IMPLEMENTED;
    /// the method is disabled
    MethodDisabled = MethodNotAvailable, WBEM_E_METHOD_DISABLED;
    /// the arguments do not fit the method
    InvalidMethodParameters = InvalidParameter, WBEM_E_INVALID_METHOD_PARAMETERS;
    /// the method's signature differs from the superclass's
    MethodSignatureChanged = InvalidParameter, WBEM_E_UPDATE_PROPAGATED_METHOD;
    /// the method has the name of an inherited one with another signature
    PropagatedMethod = InvalidParameter, WBEM_E_PROPAGATED_METHOD;
    /// the parameter is declared twice
    DuplicateParameter = InvalidParameter, WBEM_E_INVALID_DUPLICATE_PARAMETER;
    /// the parameter is called ReturnValue
    ReservedParameterName = InvalidParameter, WBEM_E_INVALID_PARAMETER;
    /// the parameter is neither In nor Out
    ParameterWithoutDirection = InvalidParameter, WBEMMOF_E_MUST_BE_IN_OR_OUT;
    /// a parameter's ID is missing
    MissingParameterId = InvalidParameter, WBEM_E_MISSING_PARAMETER_ID;
    /// a parameter's ID is not one
    InvalidParameterId = InvalidParameter, WBEM_E_INVALID_PARAMETER_ID;
    /// the parameters' IDs leave a gap
    NonconsecutiveParameterIds = InvalidParameter, WBEM_E_NONCONSECUTIVE_PARAMETER_IDS;
    /// a return value has an ID
    ParameterIdOnReturnValue = InvalidParameter, WBEM_E_PARAMETER_ID_ON_RETVAL;
    /// a method cannot return an array
    ArrayReturned = InvalidParameter, WBEMMOF_E_NO_ARRAYS_RETURNED;

    // Queries and events.

    /// the query language is not supported
    QueryLanguageNotSupported = QueryLanguageNotSupported, WBEM_E_INVALID_QUERY_TYPE;
    /// the query uses a feature that is not supported
    QueryFeatureNotSupported = QueryFeatureNotSupported, WBEM_E_NOT_SUPPORTED;
    /// the query is not valid
    InvalidQuery = InvalidQuery, WBEM_E_INVALID_QUERY;
    /// the event query cannot be parsed
    UnparsableQuery = InvalidQuery, WBEM_E_UNPARSABLE_QUERY;
    /// the operator does not apply to the property's type
    InvalidOperator = InvalidQuery, WBEM_E_INVALID_OPERATOR;
    /// the class after FROM is not an event class
    NotEventClass = InvalidQuery, WBEM_E_NOT_EVENT_CLASS;
    /// the GROUP clause has no WITHIN
    MissingGroupWithin = InvalidQuery, WBEM_E_MISSING_GROUP_WITHIN;
    /// the BY clause names no property
    MissingAggregationList = InvalidQuery, WBEM_E_MISSING_AGGREGATION_LIST;
    /// a dot stands after a property that is not an embedded object
    PropertyNotAnObject = InvalidQuery, WBEM_E_PROPERTY_NOT_AN_OBJECT;
    /// the BY clause names an embedded object instead of one of its properties
    AggregatingByObject = InvalidQuery, WBEM_E_AGGREGATING_BY_OBJECT;
    /// events of this class must be polled for and the query has no WITHIN
    MissingWithin = InvalidQuery, WBEMESS_E_REGISTRATION_TOO_PRECISE;
    /// a provider registers for events of the system
    RegistrationTooBroad = InvalidParameter, WBEMESS_E_REGISTRATION_TOO_BROAD;
    /// an event queue overflowed
    QueueOverflow = ServerLimitsExceeded, WBEM_E_QUEUE_OVERFLOW;

    // Providers.

    /// the provider is not registered
    ProviderNotFound = Failed, WBEM_E_PROVIDER_NOT_FOUND;
    /// the provider's registration is wrong or incomplete
    InvalidProviderRegistration = Failed, WBEM_E_INVALID_PROVIDER_REGISTRATION;
    /// the provider cannot be loaded
    ProviderLoadFailure = Failed, WBEM_E_PROVIDER_LOAD_FAILURE;
    /// the provider cannot start
    InitializationFailure = Failed, WBEM_E_INITIALIZATION_FAILURE;
    /// the provider failed
    ProviderFailure = Failed, WBEM_E_PROVIDER_FAILURE;
    /// the provider lacks the capability
    ProviderNotCapable = NotSupported, WBEM_E_PROVIDER_NOT_CAPABLE;
    /// the provider did not answer in time
    ProviderTimedOut = Failed, WBEM_E_PROVIDER_TIMED_OUT;
    /// the provider is disabled
    ProviderDisabled = Failed, WBEM_E_PROVIDER_DISABLED;
    /// the provider is suspended
    ProviderSuspended = Failed, WBEM_E_PROVIDER_SUSPENDED;
    /// the provider refuses to write the object
    VetoPut = NotSupported, WBEM_E_VETO_PUT;
    /// the provider refuses to delete the object
    VetoDelete = NotSupported, WBEM_E_VETO_DELETE;

    // MOF text.

    /// the MOF text cannot be parsed
    MofSyntax = Failed, WBEMMOF_E_UNRECOGNIZED_TOKEN;
    /// a qualifier's name is expected
    ExpectedQualifierName = Failed, WBEMMOF_E_EXPECTED_QUALIFIER_NAME;
    /// a semicolon is expected
    ExpectedSemicolon = Failed, WBEMMOF_E_EXPECTED_SEMI;
    /// an opening brace is expected
    ExpectedOpenBrace = Failed, WBEMMOF_E_EXPECTED_OPEN_BRACE;
    /// a closing brace is expected
    ExpectedCloseBrace = Failed, WBEMMOF_E_EXPECTED_CLOSE_BRACE;
    /// a closing bracket is expected
    ExpectedCloseBracket = Failed, WBEMMOF_E_EXPECTED_CLOSE_BRACKET;
    /// a closing parenthesis is expected
    ExpectedCloseParen = Failed, WBEMMOF_E_EXPECTED_CLOSE_PAREN;
    /// a type is expected
    ExpectedTypeIdentifier = Failed, WBEMMOF_E_EXPECTED_TYPE_IDENTIFIER;
    /// an opening parenthesis is expected
    ExpectedOpenParen = Failed, WBEMMOF_E_EXPECTED_OPEN_PAREN;
    /// a property's name is expected
    ExpectedPropertyName = Failed, WBEMMOF_E_EXPECTED_PROPERTY_NAME;
    /// a class name is expected
    ExpectedClassName = Failed, WBEMMOF_E_EXPECTED_CLASS_NAME;
    /// an alias is expected, which begins with a dollar sign
    ExpectedDollar = Failed, WBEMMOF_E_EXPECTED_DOLLAR;
    /// a name is expected behind the dollar sign of an alias
    ExpectedAliasName = Failed, WBEMMOF_E_EXPECTED_ALIAS_NAME;
    /// the declaration of an instance is malformed
    InvalidInstanceDeclaration = Failed, WBEMMOF_E_INVALID_INSTANCE_DECLARATION;
    /// a flavor is expected
    ExpectedFlavor = Failed, WBEMMOF_E_EXPECTED_FLAVOR_TYPE;
    /// a type or the end of the class is expected
    ExpectedBraceOrType = Failed, WBEMMOF_E_EXPECTED_BRACE_OR_BAD_TYPE;
    /// the file is neither MOF text nor a MOF archive
    InvalidMofFile = Failed, WBEMMOF_E_INVALID_FILE;
    /// the included file cannot be read
    InvalidIncludeFile = Failed, WBEMMOF_E_ERROR_INVALID_INCLUDE_FILE;
    /// the pragma is not known
    InvalidPragma = Failed, WBEMMOF_E_INVALID_PRAGMA;
    /// the namespace of a pragma is malformed
    InvalidNamespaceSyntax = Failed, WBEMMOF_E_INVALID_NAMESPACE_SYNTAX;
    /// the namespace of a pragma is on another server
    InvalidNamespaceSpecification = Failed, WBEMMOF_E_INVALID_NAMESPACE_SPECIFICATION;
    /// the flags of a pragma are malformed
    InvalidFlagsSyntax = Failed, WBEMMOF_E_INVALID_FLAGS_SYNTAX;
    /// the amendment pragma is malformed
    InvalidAmendmentSyntax = Failed, WBEMMOF_E_INVALID_AMENDMENT_SYNTAX;
    /// a second amendment pragma
    DuplicateAmendment = Failed, WBEMMOF_E_INVALID_DUPLICATE_AMENDMENT;
    /// the deleteclass pragma is malformed
    InvalidDeleteClassSyntax = Failed, WBEMMOF_E_INVALID_DELETECLASS_SYNTAX;
    /// the deleteinstance pragma is malformed
    InvalidDeleteInstanceSyntax = Failed, WBEMMOF_E_INVALID_DELETEINSTANCE_SYNTAX;
    /// the qualifier declaration is malformed
    InvalidQualifierSyntax = Failed, WBEMMOF_E_INVALID_QUALIFIER_SYNTAX;
    /// the constant is malformed
    IllegalConstant = InvalidParameter, WBEMMOF_E_ILLEGAL_CONSTANT_VALUE;
    /// the constant is outside the range of its type
    ConstantOutOfRange = InvalidParameter, WBEMMOF_E_OUT_OF_RANGE;
    /// the constant does not fit the type
    ConstantTypeMismatch = TypeMismatch, WBEMMOF_E_TYPE_MISMATCH;
    /// the type is not known
    UnrecognizedType = InvalidParameter, WBEMMOF_E_UNRECOGNIZED_TYPE;
    /// an array initialises what is not an array
    UnexpectedArray = TypeMismatch, WBEMMOF_E_UNEXPECTED_ARRAY_INIT;
    /// the alias is defined twice
    DuplicateAlias = InvalidParameter, WBEMMOF_E_MULTIPLE_ALIASES;
    /// the alias is used and never defined
    UndefinedAlias = InvalidParameter, WBEM_E_NOT_FOUND;
    /// an alias stands where no reference can be
    UnexpectedAlias = InvalidParameter, WBEMMOF_E_UNEXPECTED_ALIAS;
    /// an embedded object has an alias
    AliasInEmbeddedObject = InvalidParameter, WBEMMOF_E_ALIASES_IN_EMBEDDED;
}
