//! The status codes of DSP0200 that CIM-XML and CIM_Error carry.

use std::fmt;

macro_rules! cim_statuses {
    ($( $(#[doc = $doc:literal])+ $variant:ident = $code:literal, $name:literal; )+) => {
        /// A CIM status code (DSP0200 5.2.2; 29 is CIM_Error's).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        #[non_exhaustive]
        pub enum CimStatus {
            $( $(#[doc = $doc])+ $variant = $code, )+
        }

        impl CimStatus {
            /// Every code, in order.
            pub const ALL: &'static [Self] = &[$( Self::$variant, )+];

            /// The symbol, `CIM_ERR_…`.
            pub const fn name(self) -> &'static str {
                match self { $( Self::$variant => $name, )+ }
            }

            /// What the code means, in a phrase.
            pub fn summary(self) -> &'static str {
                match self { $( Self::$variant => concat!($( $doc ),+).trim_ascii(), )+ }
            }
        }
    };
}

cim_statuses! {
    /// a failure that no other code describes
    Failed = 1, "CIM_ERR_FAILED";
    /// the caller may not do this
    AccessDenied = 2, "CIM_ERR_ACCESS_DENIED";
    /// the namespace does not exist
    InvalidNamespace = 3, "CIM_ERR_INVALID_NAMESPACE";
    /// a parameter of the operation is missing, duplicate or wrong
    InvalidParameter = 4, "CIM_ERR_INVALID_PARAMETER";
    /// the class does not exist
    InvalidClass = 5, "CIM_ERR_INVALID_CLASS";
    /// the object that was asked for does not exist
    NotFound = 6, "CIM_ERR_NOT_FOUND";
    /// the operation is not supported
    NotSupported = 7, "CIM_ERR_NOT_SUPPORTED";
    /// the class has subclasses
    ClassHasChildren = 8, "CIM_ERR_CLASS_HAS_CHILDREN";
    /// the class has instances
    ClassHasInstances = 9, "CIM_ERR_CLASS_HAS_INSTANCES";
    /// the superclass does not exist
    InvalidSuperclass = 10, "CIM_ERR_INVALID_SUPERCLASS";
    /// the object exists already
    AlreadyExists = 11, "CIM_ERR_ALREADY_EXISTS";
    /// the property does not exist
    NoSuchProperty = 12, "CIM_ERR_NO_SUCH_PROPERTY";
    /// the value does not fit the type
    TypeMismatch = 13, "CIM_ERR_TYPE_MISMATCH";
    /// the query language is not supported
    QueryLanguageNotSupported = 14, "CIM_ERR_QUERY_LANGUAGE_NOT_SUPPORTED";
    /// the query is not valid in its language
    InvalidQuery = 15, "CIM_ERR_INVALID_QUERY";
    /// the method cannot be executed
    MethodNotAvailable = 16, "CIM_ERR_METHOD_NOT_AVAILABLE";
    /// the method does not exist
    MethodNotFound = 17, "CIM_ERR_METHOD_NOT_FOUND";
    /// the namespace holds objects
    NamespaceNotEmpty = 20, "CIM_ERR_NAMESPACE_NOT_EMPTY";
    /// the enumeration context is unknown or closed
    InvalidEnumerationContext = 21, "CIM_ERR_INVALID_ENUMERATION_CONTEXT";
    /// the operation timeout is not supported
    InvalidOperationTimeout = 22, "CIM_ERR_INVALID_OPERATION_TIMEOUT";
    /// the enumeration was closed while a pull was under way
    PullHasBeenAbandoned = 23, "CIM_ERR_PULL_HAS_BEEN_ABANDONED";
    /// the pull under way could not be stopped
    PullCannotBeAbandoned = 24, "CIM_ERR_PULL_CANNOT_BE_ABANDONED";
    /// enumerations with a filter are not supported
    FilteredEnumerationNotSupported = 25, "CIM_ERR_FILTERED_ENUMERATION_NOT_SUPPORTED";
    /// going on after an error is not supported
    ContinuationOnErrorNotSupported = 26, "CIM_ERR_CONTINUATION_ON_ERROR_NOT_SUPPORTED";
    /// a limit of the server was reached
    ServerLimitsExceeded = 27, "CIM_ERR_SERVER_LIMITS_EXCEEDED";
    /// the server is shutting down
    ServerIsShuttingDown = 28, "CIM_ERR_SERVER_IS_SHUTTING_DOWN";
    /// the query uses a feature that is not supported
    QueryFeatureNotSupported = 29, "CIM_ERR_QUERY_FEATURE_NOT_SUPPORTED";
}

impl CimStatus {
    /// The number on the wire.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The status with this number; 18 and 19 have none.
    pub fn from_code(code: u32) -> Option<Self> {
        Self::ALL.iter().copied().find(|status| u32::from(status.code()) == code)
    }
}

impl fmt::Display for CimStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
