//! Kinds of queries, and what is no part of them.

use std::fmt;

/// The kinds of WQL queries besides the data query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum QueryKind {
    /// `SELECT * FROM meta_class …`
    Schema,
    /// `ASSOCIATORS OF {…}`
    AssociatorsOf,
    /// `REFERENCES OF {…}`
    ReferencesOf,
    /// A query for events.
    Event,
}

impl fmt::Display for QueryKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Schema => "a schema query",
            Self::AssociatorsOf => "an ASSOCIATORS OF query",
            Self::ReferencesOf => "a REFERENCES OF query",
            Self::Event => "an event query",
        })
    }
}

macro_rules! constructs {
    (
        extended: $( $extended:ident )*;
        $( $variant:ident, $name:literal, $instead:literal; )*
    ) => {
        /// What people write who come from SQL, and WQL does not have.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Construct {
            $( #[doc = $name] $variant, )*
        }

        impl Construct {
            /// Every construct.
            pub const ALL: &[Self] = &[$( Self::$variant, )*];

            /// What it is called.
            pub const fn name(self) -> &'static str {
                match self { $( Self::$variant => $name, )* }
            }

            /// What to do instead.
            pub const fn instead(self) -> &'static str {
                match self { $( Self::$variant => $instead, )* }
            }

            /// Whether [`Level::Extended`](crate::Level::Extended) has it.
            pub const fn is_extended(self) -> bool {
                matches!(self, $( Self::$extended )|*)
            }
        }
    };
}

constructs! {
    extended: Aggregate Alias Between Count Distinct In Limit NotLike OrderBy Top;
    Aggregate, "MIN, MAX, SUM and AVG", "select the property and compute in the client";
    Alias, "column alias (AS)", "name the columns in the client";
    Arithmetic, "arithmetic", "compute the constant first and compare with that";
    ArrayIndex, "array index", "arrays can be selected but not tested; test the elements in the client";
    Between, "BETWEEN", "write `P >= low AND P <= high`";
    Braces, "braces outside ASSOCIATORS OF and REFERENCES OF", "name a class in FROM and test its keys in WHERE";
    ClassAlias, "class alias", "write class and property names in full";
    Comment, "comments", "remove this one";
    Count, "COUNT", "count the rows in the client";
    Distinct, "DISTINCT", "remove duplicates in the client";
    DoubleEqual, "==", "write =";
    Function, "functions", "select the properties and compute in the client";
    GroupBy, "GROUP BY", "group rows in the client (event queries have GROUP WITHIN seconds BY)";
    In, "IN", "write `P = a OR P = b`";
    Having, "HAVING without GROUP WITHIN", "test the rows in WHERE (event queries have GROUP WITHIN seconds HAVING)";
    IsValue, "IS before anything but NULL or NOT NULL", "write = or <>";
    Join, "JOIN", "query one class, or use ASSOCIATORS OF {path}";
    Limit, "LIMIT or OFFSET", "take as many rows as you want in the client";
    LogicSymbol, "symbols for logic", "write AND, OR and NOT";
    NotLike, "NOT behind the property", "write NOT in front of it: `NOT P LIKE \"…\"`";
    OrderBy, "ORDER BY", "sort the rows in the client";
    Semicolon, "semicolon", "write one query, without it";
    SeveralClasses, "list of classes in FROM", "query one class at a time, or a common superclass";
    StarInList, "`*` beside properties", "write either * or a list of properties";
    SubSelect, "sub-select", "run two queries";
    Top, "TOP", "take as many rows as you want in the client";
    Union, "UNION", "run two queries, or query a common superclass";
    Write, "statement that changes data", "use the create, modify and delete operations";
}
