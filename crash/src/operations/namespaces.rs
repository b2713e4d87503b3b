//! Namespaces that come and go, by themselves and as instances.

use super::values::path;
use super::{At, classes, context};
use crate::numbers::Numbers;
use cimarron_engine::EngineError;
use cimarron_model::{Dialect, Instance};

pub(super) fn one(at: At<'_>, numbers: &mut Numbers) -> Result<(), EngineError> {
    let context = &context();
    let (wmi, dmtf) = (at.lane.wmi(), at.lane.dmtf());
    let sub = format!("sub{}", numbers.below(3));
    match numbers.below(9) {
        0 => at.repository.create_namespace(&format!("{wmi}/{sub}"), Dialect::Wmi),
        1 => at.repository.create_namespace(&format!("{wmi}/{sub}/deep"), Dialect::Dmtf),
        2 => at.repository.create_namespace(&format!("{dmtf}/{sub}"), Dialect::Dmtf),
        3 => at.repository.delete_namespace(&format!("{wmi}/{sub}")),
        4 => at.repository.delete_namespace(&format!("{dmtf}/{sub}")),
        5 => {
            let instance = Instance::new("__NAMESPACE").with("Name", sub);
            at.repository.session(&wmi)?.create_instance(context, &instance).map(drop)
        }
        6 => {
            let at_instance = path(&format!("__NAMESPACE.Name=\"{sub}\""));
            at.repository.session(&wmi)?.delete_instance(context, &at_instance)
        }
        7 => {
            let session = at.repository.session(&format!("{wmi}/{sub}"))?;
            let text = "class Z_Small { [key] uint32 Id; string Text = \"t\"; };";
            session.compile_mof_text(context, "small.mof", text).map(drop)
        }
        _ => {
            let session = at.repository.session(&format!("{wmi}/{sub}"))?;
            session.create_instance(context, &classes::small(numbers)).map(drop)
        }
    }
}
