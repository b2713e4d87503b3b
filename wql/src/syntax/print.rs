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
            Self::Schema(query) => query.fmt(f),
            Self::Association(query) => query.fmt(f),
            Self::Event(query) => query.fmt(f),
        }
    }
}

impl Display for DataQuery {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("SELECT ")?;
        let extended = self.extended.as_deref();
        if extended.is_some_and(|clauses| clauses.distinct.is_some()) {
            f.write_str("DISTINCT ")?;
        }
        if let Some(top) = extended.and_then(|clauses| clauses.top) {
            write!(f, "TOP {} ", top.rows)?;
        }
        write!(f, "{} FROM {}", self.select, self.class.name)?;
        condition(f, "WHERE", self.filter.as_ref())?;
        match extended {
            Some(clauses) => clauses.fmt(f),
            None => Ok(()),
        }
    }
}

/// The clauses behind the condition.
impl Display for Extended {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if !self.order_by.is_empty() {
            f.write_str(" ORDER BY ")?;
            separated(f, &self.order_by, ", ", |f, key| match key.direction {
                Direction::Ascending => key.property.fmt(f),
                Direction::Descending => write!(f, "{} DESC", key.property),
            })?;
        }
        if let Some(limit) = self.limit {
            write!(f, " LIMIT {}", limit.rows)?;
        }
        if let Some(offset) = self.offset {
            write!(f, " OFFSET {}", offset.rows)?;
        }
        Ok(())
    }
}

impl Display for SchemaQuery {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("SELECT * FROM meta_class")?;
        condition(f, "WHERE", self.filter.as_ref())
    }
}

impl Display for AssociationQuery {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {{{}}}", self.kind.as_str(), self.path)?;
        let named = [
            ("AssocClass", &self.assoc_class),
            ("ResultClass", &self.result_class),
            ("Role", &self.role),
            ("ResultRole", &self.result_role),
            ("RequiredQualifier", &self.required_qualifier),
            ("RequiredAssocQualifier", &self.required_assoc_qualifier),
        ];
        let flags = [
            ("ClassDefsOnly", self.class_defs_only),
            ("KeysOnly", self.keys_only),
            ("SchemaOnly", self.schema_only),
        ];
        let mut lead = " WHERE";
        for (keyword, value) in named {
            if let Some(value) = value {
                write!(f, "{lead} {keyword} = {}", value.name)?;
                lead = "";
            }
        }
        for (keyword, span) in flags {
            if span.is_some() {
                write!(f, "{lead} {keyword}")?;
                lead = "";
            }
        }
        Ok(())
    }
}

impl Display for EventQuery {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "SELECT {} FROM {}", self.select, self.class.name)?;
        if let Some(within) = self.within {
            write!(f, " WITHIN {within}")?;
        }
        condition(f, "WHERE", self.filter.as_ref())?;
        match &self.group {
            Some(group) => group.fmt(f),
            None => Ok(()),
        }
    }
}

impl Display for Group {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, " GROUP WITHIN {}", self.within)?;
        if !self.by.is_empty() {
            f.write_str(" BY ")?;
            separated(f, &self.by, ", ", |f, path| path.fmt(f))?;
        }
        condition(f, "HAVING", self.having.as_ref())
    }
}

/// In seconds.
impl Display for Interval {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (seconds, rest) = (self.milliseconds / 1000, self.milliseconds % 1000);
        if rest == 0 {
            return write!(f, "{seconds}");
        }
        let digits = format!("{rest:03}");
        write!(f, "{seconds}.{}", digits.trim_end_matches('0'))
    }
}

impl Display for SelectList {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("*"),
            Self::Properties(paths) => separated(f, paths, ", ", |f, path| path.fmt(f)),
            Self::Items(items) => separated(f, items, ", ", |f, item| item.fmt(f)),
        }
    }
}

impl Display for SelectItem {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.selected {
            Selected::Property(path) => path.fmt(f)?,
            Selected::Aggregate(Aggregate { function, property: None, .. }) => {
                write!(f, "{function}(*)")?;
            }
            Selected::Aggregate(Aggregate { function, property: Some(path), .. }) => {
                write!(f, "{function}({path})")?;
            }
        }
        match &self.alias {
            Some(alias) => write!(f, " AS {}", alias.name),
            None => Ok(()),
        }
    }
}

/// A clause that is a condition, if there is one.
fn condition(f: &mut Formatter<'_>, clause: &str, condition: Option<&Expr>) -> fmt::Result {
    match condition {
        Some(condition) => write!(f, " {clause} {condition}"),
        None => Ok(()),
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
            Self::In(In { property, values }) => {
                write!(f, "{property} IN (")?;
                separated(f, values, ", ", |f, value| value.value.fmt(f))?;
                f.write_char(')')
            }
            Self::Between(Between { property, low, high }) => {
                write!(f, "{property} BETWEEN {} AND {}", low.value, high.value)
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
