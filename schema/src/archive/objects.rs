//! Instances in the archive, and objects that are values.

use super::format::{EmbeddedRecord, InstancePropertyRecord, InstanceRecord, Run};
use super::write::{WriteError, Writer, append, number};
use cimarron_model::{Instance, Object};

impl<'a> Writer<'a, '_> {
    pub(super) fn instances(&mut self, instances: &'a [Instance]) -> Result<Run, WriteError> {
        let mut records = Vec::with_capacity(instances.len());
        for instance in instances {
            records.push(self.instance_record(instance)?);
        }
        append(&mut self.root.instances, records)
    }

    /// The number of an object that is a value. What it embeds is written before
    /// it, so that it only holds lower numbers.
    pub(super) fn embedded(&mut self, object: &'a Object) -> Result<u32, WriteError> {
        if self.depth >= Object::MAX_DEPTH {
            return Err(WriteError::TooDeep);
        }
        self.depth += 1;
        let record = match object {
            Object::Instance(instance) => {
                let record = self.instance_record(instance)?;
                self.root.embedded_instances.push(record);
                EmbeddedRecord {
                    is_class: false,
                    number: number(self.root.embedded_instances.len() - 1)?,
                }
            }
            Object::Class(class) => {
                let record = self.class_as_given(class)?;
                self.root.embedded_classes.push(record);
                EmbeddedRecord {
                    is_class: true,
                    number: number(self.root.embedded_classes.len() - 1)?,
                }
            }
        };
        self.depth -= 1;
        self.root.embedded.push(record);
        number(self.root.embedded.len() - 1)
    }

    fn instance_record(&mut self, instance: &'a Instance) -> Result<InstanceRecord, WriteError> {
        let mut records = Vec::with_capacity(instance.len());
        for (name, property) in instance.properties() {
            records.push(InstancePropertyRecord {
                name: self.symbol(name.as_str())?,
                value: self.value(&property.value)?,
                qualifiers: self.qualifiers(&property.qualifiers)?,
            });
        }
        Ok(InstanceRecord {
            class: self.symbol(instance.class.as_str())?,
            qualifiers: self.qualifiers(&instance.qualifiers)?,
            properties: append(&mut self.root.instance_properties, records)?,
        })
    }
}
