//! What string literals say.

use smol_str::SmolStr;
use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// What string literals say.
#[derive(Clone)]
pub enum Text<'a> {
    /// What stands in the text as it is.
    Written(&'a str),
    /// What was unescaped or joined, for values to share.
    Made(Arc<str>),
}

impl Text<'_> {
    /// The text as values keep it.
    pub fn to_smol(&self) -> SmolStr {
        match self {
            Self::Written(text) => SmolStr::new(text),
            Self::Made(text) => text.clone().into(),
        }
    }
}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Written(text) => text,
            Self::Made(text) => text,
        }
    }
}

impl PartialEq for Text<'_> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl<'a> From<Cow<'a, str>> for Text<'a> {
    fn from(text: Cow<'a, str>) -> Self {
        match text {
            Cow::Borrowed(text) => Self::Written(text),
            Cow::Owned(text) => Self::Made(text.into()),
        }
    }
}

impl<'a> From<Text<'a>> for Cow<'a, str> {
    fn from(text: Text<'a>) -> Self {
        match text {
            Text::Written(text) => Self::Borrowed(text),
            Text::Made(text) => Self::Owned(text.as_ref().to_owned()),
        }
    }
}
