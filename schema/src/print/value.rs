//! Initializers too long for one line, and instances.

use super::layout::Layout;
use super::literal::{embedded_text, flat_item, flat_value, pieces};
use super::printer::Printer;
use cimarron_model::{Array, Instance, Object, Scalar, Value};
use std::borrow::Cow;
use std::fmt;

impl Printer<'_, '_> {
    pub(super) fn instance(&mut self, instance: &Instance) -> fmt::Result {
        self.in_instance = true;
        self.qualifiers_above(&instance.qualifiers)?;
        self.instance_block(instance)?;
        self.end()
    }

    /// ` = v` on this line, or broken where it is too long for that.
    pub(super) fn initialize(&mut self, value: &Value, quote: bool) -> fmt::Result {
        self.layout.put(" =")?;
        let flat = flat_value(value, quote);
        let fits = flat.chars().count() + 1 < self.layout.room();
        if let (Value::Scalar(scalar), false) = (value, fits)
            && let Some(text) = quoted_text(scalar, quote)
        {
            return self.broken_string(&text);
        }
        self.layout.put(" ")?;
        match value {
            Value::Array(array) if !fits => self.broken_array(array, quote),
            Value::Scalar(Scalar::Object(object)) if !fits && !quote => self.object(object),
            _ => self.layout.put(&flat),
        }
    }

    /// Adjacent literals, one a line, from the next line on.
    pub(super) fn broken_string(&mut self, text: &str) -> fmt::Result {
        self.indented(|p| {
            for piece in pieces(text, p.layout.next_room().saturating_sub(2)) {
                p.layout.newline()?;
                p.layout.put(&piece)?;
            }
            Ok(())
        })
    }

    /// Elements in filled lines between braces. One that takes several lines
    /// shares them with no other.
    pub(super) fn broken_array(&mut self, array: &Array, quote: bool) -> fmt::Result {
        self.layout.put("{")?;
        self.indented(|p| {
            p.layout.newline()?;
            let mut broken = false;
            for (i, item) in array.iter().enumerate() {
                let flat = flat_item(item.as_ref(), quote);
                let columns = flat.chars().count();
                if i > 0 {
                    p.separate(if broken { usize::MAX } else { columns })?;
                }
                broken = columns >= p.layout.room();
                match &item {
                    Some(Scalar::Object(object)) if broken && !quote => p.object(object)?,
                    Some(scalar) if broken => match quoted_text(scalar, quote) {
                        Some(text) => p.broken_element(&text)?,
                        None => p.layout.put(&flat)?,
                    },
                    _ => p.layout.put(&flat)?,
                }
            }
            p.layout.newline()
        })?;
        self.layout.put("}")
    }

    /// Adjacent literals, one a line, from here on.
    fn broken_element(&mut self, text: &str) -> fmt::Result {
        let width = self.layout.next_room().saturating_sub(Layout::STEP + 1);
        for (n, piece) in pieces(text, width).iter().enumerate() {
            if n == 0 {
                self.layout.put(piece)?;
            } else {
                self.layout.newline()?;
                self.indented(|p| p.layout.put(piece))?;
            }
        }
        Ok(())
    }

    fn object(&mut self, object: &Object) -> fmt::Result {
        match object {
            Object::Instance(instance) => self.instance_block(instance),
            Object::Class(class) => self.class_block(class),
        }
    }

    fn instance_block(&mut self, instance: &Instance) -> fmt::Result {
        self.layout.put(&format!("instance of {} {{", instance.class))?;
        if instance.properties().next().is_none() {
            return self.layout.put("}");
        }
        self.layout.newline()?;
        self.indented(|p| {
            for (name, property) in instance.properties() {
                p.qualifiers_above(&property.qualifiers)?;
                p.layout.put(name.as_str())?;
                let quote = p.quotes_objects();
                p.initialize(&property.value, quote)?;
                p.end()?;
            }
            Ok(())
        })?;
        self.layout.put("}")
    }
}

/// What stands between the quotes of a scalar that is written as a string.
fn quoted_text(scalar: &Scalar, quote_objects: bool) -> Option<Cow<'_, str>> {
    match scalar {
        Scalar::String(text) => Some(Cow::Borrowed(text)),
        Scalar::DateTime(t) => Some(Cow::Owned(t.to_string())),
        Scalar::Reference(path) => Some(Cow::Owned(path.to_string())),
        Scalar::Object(object) if quote_objects => Some(Cow::Owned(embedded_text(object))),
        _ => None,
    }
}
