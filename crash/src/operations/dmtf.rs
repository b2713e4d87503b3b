//! The same kinds of things in the DMTF dialect, where keys belong to classes.

use super::values::{self, path};
use super::{context, sorted_paths};
use crate::numbers::Numbers;
use cimarron_engine::{ClassForm, EngineError, PutMode, Session, Update};
use cimarron_model::{CimType, DataType, Instance, Object, Property, Value};

fn item(numbers: &mut Numbers) -> Instance {
    let class = numbers.one_of(&["Y_Item", "Y_Part"]);
    let mut item = Instance::new(class)
        .with("Id", format!("item {}", numbers.below(30)))
        .with("Level", numbers.below(1000) as i32);
    if numbers.once_in(2) {
        item.set("Up", numbers.once_in(2));
    }
    if class == "Y_Part" {
        item.set("Letter", values::letter(numbers));
        if numbers.once_in(2) {
            let inner = Instance::new("Y_Item").with("Id", "inside");
            item.set("Inner", Value::from(Object::Instance(inner)));
        }
    }
    item
}

fn link(numbers: &mut Numbers) -> Instance {
    let what = path(&format!("Y_Item.Id=\"item {}\"", numbers.below(30)));
    let place = path(&format!("Y_Rack.Number={}", numbers.below(4)));
    Instance::new("Y_In").with("What", Value::from(what)).with("Where", Value::from(place))
}

pub(super) fn one(session: &Session, numbers: &mut Numbers) -> Result<(), EngineError> {
    let context = &context();
    match numbers.below(11) {
        0..=2 => session.create_instance(context, &item(numbers)).map(drop),
        3 => {
            let rack = Instance::new("Y_Rack").with("Number", numbers.below(4) as u32);
            let rack = rack.with("Place", values::text(numbers));
            session.put_instance(context, &rack, PutMode::CreateOrUpdate, &Update::Whole).map(drop)
        }
        4 => session.create_instance(context, &link(numbers)).map(drop),
        5 => {
            let batch = (0..10).fold(session.batch(), |batch, _| {
                batch.put(item(numbers), PutMode::CreateOrUpdate, Update::Given)
            });
            batch.commit(context).map(drop)
        }
        6 => {
            let class = numbers.one_of(&["Y_Item", "Y_In", "Y_Rack"]);
            let paths = sorted_paths(session, class)?;
            let at = numbers.below(paths.len() as u64) as usize;
            paths.get(at).map_or(Ok(()), |at| session.delete_instance(context, at))
        }
        7 => {
            let mut class = session.get_class(context, "Y_Item", ClassForm::Resolved)?;
            if class.property("Added").is_some() {
                class.properties.retain(|property| !property.name.is("Added"));
            } else {
                class.properties.push(Property::new("Added", DataType::scalar(CimType::SInt16)));
            }
            session.modify_class(context, &class)
        }
        8 if numbers.once_in(2) => session.create_index(context, "Y_Item", "Level"),
        8 => session.drop_index(context, "Y_Item", "Level"),
        9 => session.delete_class(context, numbers.one_of(&["Y_More", "Y_Item"])),
        _ => {
            let kind = numbers.one_of(&["uint8", "string", "datetime"]);
            let text = format!(
                "class Y_More {{ [Key, Description(\"{kind}\")] uint32 N; {kind} Value; }};\n\
                 instance of Y_More {{ N = {}; }};",
                numbers.below(5)
            );
            session.compile_mof_text(context, "more.mof", &text).map(drop)
        }
    }
}
