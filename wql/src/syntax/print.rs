//! Syntax tree to text.
//!
//! The text is canonical: keywords in capitals, single spaces, double quotes,
//! `<>` for inequality, and just the parentheses that keep the tree's shape.

use super::ast::*;
use std::fmt::{self, Display, Formatter, Write as _};

impl Display for Query {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Data(query) => query.fmt(f),
        }
    }
}

impl Display for DataQuery {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("SELECT ")?;
        match &self.select {
            SelectList::All => f.write_str("*")?,
            SelectList::Properties(paths) => separated(f, paths, ", ", |f, path| path.fmt(f))?,
        }
        write!(f, " FROM {}", self.class.name)?;
        match &self.filter {
            Some(filter) => write!(f, " WHERE {filter}"),
            None => Ok(()),
        }
    }
}

impl Display for PropertyPath {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.property.name.fmt(f)?;
        self.members.iter().try_for_each(|member| write!(f, ".{}", member.name))
    }
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Or(items) => separated(f, items, " OR ", |f, item| {
                parenthesised(f, item, matches!(item, Self::Or(_)))
            }),
            Self::And(items) => separated(f, items, " AND ", |f, item| {
                parenthesised(f, item, matches!(item, Self::Or(_) | Self::And(_)))
            }),
            Self::Not(item) => {
                f.write_str("NOT ")?;
                parenthesised(f, item, matches!(**item, Self::Or(_) | Self::And(_)))
            }
            Self::Compare(c) => write!(f, "{} {} {}", c.left, c.operator, c.right),
            Self::Like(like) => write!(f, "{} LIKE {}", like.property, like.pattern.value),
            Self::IsNull(IsNull { property, test: NullTest::Null }) => {
                write!(f, "{property} IS NULL")
            }
            Self::IsNull(IsNull { property, test: NullTest::NotNull }) => {
                write!(f, "{property} IS NOT NULL")
            }
            Self::IsA(isa) => {
                write!(f, "{} ISA ", isa.property)?;
                quoted(f, isa.class.name.as_str())
            }
        }
    }
}

impl Display for Operand {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Property(path) => path.fmt(f),
            Self::Constant(literal) => literal.value.fmt(f),
        }
    }
}

impl Display for LiteralValue {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::String(text) => quoted(f, text),
            Self::Integer(digits) | Self::Real(digits) => f.write_str(digits),
            Self::Boolean(true) => f.write_str("TRUE"),
            Self::Boolean(false) => f.write_str("FALSE"),
            Self::Null => f.write_str("NULL"),
        }
    }
}

fn separated<T>(
    f: &mut Formatter<'_>,
    items: &[T],
    separator: &str,
    mut print: impl FnMut(&mut Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            f.write_str(separator)?;
        }
        print(f, item)?;
    }
    Ok(())
}

fn parenthesised(f: &mut Formatter<'_>, item: &Expr, needed: bool) -> fmt::Result {
    if needed { write!(f, "({item})") } else { item.fmt(f) }
}

/// Every backslash is doubled, which reads as one backslash in a LIKE pattern
/// as well as outside.
fn quoted(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            f.write_char('\\')?;
        }
        f.write_char(c)?;
    }
    f.write_char('"')
}
