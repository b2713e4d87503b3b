//! Initializers too long for one line, and instances.

use super::literal::{flat_item, flat_value, pieces};
use super::printer::Printer;
use cimarron_model::{Array, Instance, Object, Scalar, Value};
use std::fmt;

impl Printer<'_, '_> {
    pub(super) fn instance(&mut self, instance: &Instance) -> fmt::Result {
        self.qualifiers_above(&instance.qualifiers)?;
        self.instance_block(instance)?;
        self.end()
    }

    /// ` = v` on this line, or broken where it is too long for that.
    pub(super) fn initialize(&mut self, value: &Value, quote: bool) -> fmt::Result {
        self.layout.put(" =")?;
        let flat = flat_value(value, quote);
        let fits = flat.chars().count() + 1 < self.layout.room();
        if let (Value::Scalar(Scalar::String(text)), false) = (value, fits) {
            return self.broken_string(text);
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

    /// Elements in filled lines between braces.
    pub(super) fn broken_array(&mut self, array: &Array, quote: bool) -> fmt::Result {
        self.layout.put("{")?;
        self.indented(|p| {
            p.layout.newline()?;
            for (i, item) in array.iter().enumerate() {
                let flat = flat_item(item.as_ref(), quote);
                let columns = flat.chars().count();
                if i > 0 {
                    p.separate(columns)?;
                }
                match &item {
                    _ if columns < p.layout.room() => p.layout.put(&flat)?,
                    Some(Scalar::String(text)) => {
                        for (n, piece) in
                            pieces(text, p.layout.next_room().saturating_sub(1)).iter().enumerate()
                        {
                            if n > 0 {
                                p.layout.newline()?;
                            }
                            p.layout.put(piece)?;
                        }
                    }
                    Some(Scalar::Object(object)) if !quote => p.object(object)?,
                    _ => p.layout.put(&flat)?,
                }
            }
            p.layout.newline()
        })?;
        self.layout.put("}")
    }

    fn object(&mut self, object: &Object) -> fmt::Result {
        match object {
            Object::Instance(instance) => self.instance_block(instance),
            Object::Class(class) => self.class_block(class),
        }
    }

    fn instance_block(&mut self, instance: &Instance) -> fmt::Result {
        self.layout.put(&format!("instance of {} {{", instance.class))?;
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
