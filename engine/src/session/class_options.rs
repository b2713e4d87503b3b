//! What a read of classes returns of them (DSP0200 5.3.2.2, 5.3.2.9; WMI SDK,
//! "Localizing WMI class information").

use cimarron_model::{Class, Method, Name, Property, Qualifiers};
use cimarron_schema::ClassForm;
use hashbrown::HashSet;

/// How a class is returned. The default is all of it: what it inherits, qualifiers, and
/// where each member comes from.
///
/// ```
/// use cimarron_engine::ClassOptions;
///
/// // DSP0200's GetClass with LocalOnly=true, IncludeClassOrigin=false and a property list.
/// let options = ClassOptions::new().local_only().without_class_origin().properties(["Name"]);
/// # let _ = options;
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassOptions {
    pub(super) form: ClassForm,
    without_qualifiers: bool,
    without_class_origin: bool,
    pub(super) amended: bool,
    properties: Option<Vec<Name>>,
}

impl Default for ClassOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl From<ClassForm> for ClassOptions {
    fn from(form: ClassForm) -> Self {
        Self { form, ..Self::new() }
    }
}

impl From<&Self> for ClassOptions {
    fn from(options: &Self) -> Self {
        options.clone()
    }
}

impl ClassOptions {
    /// All of a class.
    pub const fn new() -> Self {
        Self {
            form: ClassForm::Resolved,
            without_qualifiers: false,
            without_class_origin: false,
            amended: false,
            properties: None,
        }
    }

    /// Only members and qualifiers that the class itself declares (`LocalOnly`).
    #[must_use]
    pub const fn local_only(mut self) -> Self {
        self.form = ClassForm::Local;
        self
    }

    /// No qualifiers on anything (`IncludeQualifiers` false).
    #[must_use]
    pub const fn without_qualifiers(mut self) -> Self {
        self.without_qualifiers = true;
        self
    }

    /// Members do not say which class introduced them (`IncludeClassOrigin` false).
    #[must_use]
    pub const fn without_class_origin(mut self) -> Self {
        self.without_class_origin = true;
        self
    }

    /// With the qualifiers that people read, in the call's or the session's locale: the
    /// first locale counts whose namespace (`root/cimv2/ms_409`) has the class
    /// (`WBEM_FLAG_USE_AMENDED_QUALIFIERS`).
    #[must_use]
    pub const fn amended(mut self) -> Self {
        self.amended = true;
        self
    }

    /// Only these properties, `PropertyList`. Names that the class does not have, and
    /// names given twice, mean nothing more; without any name there is no property.
    #[must_use]
    pub fn properties<N: Into<Name>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.properties = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Takes out of a class what is not asked for.
    pub(super) fn reduce(&self, class: &mut Class) {
        if let Some(names) = &self.properties {
            let wanted: HashSet<&Name> = names.iter().collect();
            class.properties.retain(|property| wanted.contains(&property.name));
        }
        if self.without_qualifiers {
            class.qualifiers = Qualifiers::new();
            class.properties.iter_mut().for_each(|p| p.qualifiers = Qualifiers::new());
            class.methods.iter_mut().for_each(strip_method);
        }
        if self.without_class_origin {
            class.properties.iter_mut().for_each(|Property { origin, .. }| *origin = None);
            class.methods.iter_mut().for_each(|Method { origin, .. }| *origin = None);
        }
    }
}

fn strip_method(method: &mut Method) {
    method.qualifiers = Qualifiers::new();
    method.parameters.iter_mut().for_each(|p| p.qualifiers = Qualifiers::new());
}
