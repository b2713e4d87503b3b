//! What can be wrong with ASSOCIATORS OF and REFERENCES OF.

use cimarron_model::PathError;
use cimarron_model::suggest::or_did_you_mean;

/// Why a statement about associations is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AssociationError {
    /// Nothing stands in the braces.
    #[error("the braces are empty: write the path of an object, as in {{Class.Key=\"value\"}}")]
    NoPath,
    /// A brace without its counterpart.
    #[error(
        "the path in braces does not end, or was never begun: write {{path}}, and close every quote in it"
    )]
    UnclosedBraces,
    /// What stands in the braces is no object path.
    #[error("malformed object path: {0}")]
    MalformedPath(Box<PathError>),
    /// The path is that of a namespace.
    #[error("the path names a namespace: write the path of an instance or a class")]
    PathOfNamespace,
    /// ClassDefsOnly beside ResultClass.
    #[error("ClassDefsOnly and ResultClass exclude each other: remove one")]
    ClassDefsOnlyWithResultClass,
    /// SchemaOnly with the path of an instance.
    #[error(
        "SchemaOnly asks what a class declares, and the path is that of an instance: write the class alone, or ClassDefsOnly"
    )]
    SchemaOnlyOfInstance,
    /// SchemaOnly beside ClassDefsOnly.
    #[error("SchemaOnly gives classes anyway, and ClassDefsOnly does not go with it: remove one")]
    SchemaOnlyWithClassDefsOnly,
    /// A value behind a keyword that takes none.
    #[error("{keyword} takes no value: remove the `=` and what stands behind it")]
    KeywordWithValue {
        /// The keyword.
        keyword: &'static str,
    },
    /// A keyword without its value.
    #[error("{keyword} needs a value: write `{keyword} = name`")]
    KeywordWithoutValue {
        /// The keyword.
        keyword: &'static str,
    },
    /// A keyword that stands there twice.
    #[error("{keyword} may stand there once only")]
    KeywordTwice {
        /// The keyword.
        keyword: &'static str,
    },
    /// AND, OR or a comma between keywords.
    #[error("keywords follow one another with nothing between them: remove `{word}`")]
    Connective {
        /// What stands there.
        word: String,
    },
    /// An operator other than `=` behind a keyword.
    #[error("`=` is the only operator behind a keyword, and no condition can stand here")]
    Operator,
    /// What is quoted behind a keyword is no name.
    #[error(
        "the name of a class, property or qualifier stands here: letters, digits and `_`, and not TRUE, FALSE or NULL"
    )]
    QuotedName,
    /// A keyword that only ASSOCIATORS OF has, in REFERENCES OF.
    #[error("REFERENCES OF has no {keyword}: only ASSOCIATORS OF does")]
    KeywordOfAssociators {
        /// The keyword.
        keyword: &'static str,
    },
    /// A word that is no keyword of the statement.
    #[error("{statement} has no keyword `{word}`{}", or_did_you_mean(.suggestion.as_deref()))]
    UnknownKeyword {
        /// The word.
        word: String,
        /// The statement's two words.
        statement: &'static str,
        /// The likeliest keyword that was meant.
        suggestion: Option<String>,
    },
}
