//! Classes as a read returns them.

use super::Session;
use super::class_options::ClassOptions;
use crate::context::CallContext;
use crate::schema::ClassRef;
use cimarron_model::Class;
use cimarron_schema::{ClassForm, is_locale, merge_localised};

impl Session {
    /// A class as the options want it.
    pub(super) fn shown(
        &self,
        context: &CallContext,
        class: ClassRef<'_>,
        options: &ClassOptions,
    ) -> Class {
        let mut shown = class.def().to_class(options.form);
        if options.amended
            && let Some(localised) = self.localised(context, class, options.form)
        {
            merge_localised(&mut shown, &localised);
        }
        options.reduce(&mut shown);
        shown
    }

    /// The class of the same name in the namespace of the first locale that has one.
    fn localised(
        &self,
        context: &CallContext,
        class: ClassRef<'_>,
        form: ClassForm,
    ) -> Option<Class> {
        let of_call = context.locales().iter().map(smol_str::SmolStr::as_str);
        let locales = of_call.chain(self.locale()).filter(|locale| is_locale(locale));
        locales.into_iter().find_map(|locale| {
            let namespace =
                self.repository().namespace(&format!("{}/{locale}", self.namespace())).ok()?;
            let schema = namespace.schema();
            Some(schema.class(class.name().as_str())?.def().to_class(form))
        })
    }
}
