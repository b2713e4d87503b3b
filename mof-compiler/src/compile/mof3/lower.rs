//! Writing the declarations of MOF 3 as those of MOF 2.

use super::super::alias::AliasTable;
use super::super::namespace::Namespace;
use super::super::{At, Context, GlobalFlavors, instance};
use super::Placed;
use super::aliases::Within;
use super::qualifier::QualifierTypes;
use super::target::Target;
use super::typed::made;
use super::types::{Declared, Found, Member, Node, TypeId, Types};
use super::unkept::{self, Unkept};
use crate::Code;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::{FileId, Span};
use crate::syntax::ast::{self, FlavorKind};
use crate::syntax::mof3::ast::{
    ComplexDeclaration, ComplexSort, Declaration, Feature, Method, Parameter, Property, ScopeKind,
    Slot, TypeDeclaration, TypeKind, TypeSort, Value,
};
use cimarron_model::{CimType, Name};
use cimarron_schema::rules::Rule;
use hashbrown::HashSet;
use std::borrow::Cow;

/// How many values the writing out of enumerations, octet strings and aliased values
/// may make, in all namespaces: what is written of one is there until all are.
pub(super) const BUDGET: usize = 1_000_000;

/// Classes and the files that they stand in.
pub(super) type Classes<'t> = Vec<(FileId, ast::ClassDeclaration<'t>)>;

/// The declarations of a namespace in MOF 2.
#[derive(Default)]
pub(super) struct Lowered<'t> {
    pub(super) qualifiers: Vec<(FileId, ast::QualifierDeclaration<'t>)>,
    pub(super) classes: Classes<'t>,
    pub(super) instances: Vec<(FileId, ast::InstanceDeclaration<'t>)>,
    /// `value of`: nothing in the schema, but to be judged.
    values: Vec<(FileId, ast::InstanceDeclaration<'t>)>,
    /// The qualifiers of what the schema does not have.
    pub(super) unkept: Vec<Unkept<'t>>,
}

impl Lowered<'_> {
    /// Judges what leaves no trace in the schema.
    pub(super) fn judge_the_rest(&self, namespace: &mut Namespace<'_, '_>, table: &AliasTable<'_>) {
        let flavors = GlobalFlavors::default();
        unkept::judge(namespace, &self.unkept);
        for (file, value) in &self.values {
            instance::embedded(namespace, At::new(*file, value), &flavors, Some(table));
        }
    }

    /// The names of the qualifiers that the schema has.
    pub(super) fn used_qualifiers(&self) -> HashSet<Name> {
        let mut used = HashSet::new();
        let mut add = |list: &[ast::Qualifier<'_>]| {
            used.extend(list.iter().map(|qualifier| Name::new(qualifier.name.text)));
        };
        for (_, class) in &self.classes {
            class.visit_qualifiers(&mut add);
        }
        used
    }
}

/// Writes all declarations of a namespace.
pub(super) fn lower<'t>(
    declarations: &[Placed<'t>],
    types: &'t Types<'t>,
    context: &Context<'_>,
    aliases: Within<'_, 't>,
    budget: &mut Option<usize>,
    sink: &mut Diagnostics,
) -> Lowered<'t> {
    let known = QualifierTypes::new(declarations, context.base.qualifier_types(context.namespace));
    let mut writer = Writer {
        types,
        known: &known,
        aliases,
        sink,
        file: FileId::default(),
        scopes: Vec::new(),
        use_site: None,
        expanding: Vec::new(),
        budget,
        taken: Vec::new(),
    };
    writer.find_taken();
    let mut lowered = Lowered::default();
    for (id, node) in types.all() {
        writer.file = node.file;
        match node.declared {
            Declared::Complex(_) if node.is_taken => {}
            Declared::Complex(declared) => {
                let class = writer.complex_type(id, node, declared);
                lowered.classes.push((node.file, class));
            }
            Declared::Enumeration(declared) => {
                writer.enumeration_qualifiers(id, node, declared, &mut lowered);
            }
        }
    }
    for (file, declaration) in declarations {
        writer.file = *file;
        match *declaration {
            Declaration::Qualifier(node) => writer.qualifier_type(node, &mut lowered),
            Declaration::Complex(node) => writer.declared_value(node, &mut lowered),
            _ => {}
        }
    }
    lowered
}

/// Writes MOF 2.
pub(super) struct Writer<'t, 'k, 's> {
    pub(super) types: &'t Types<'t>,
    pub(super) known: &'k QualifierTypes<'t>,
    pub(super) aliases: Within<'k, 't>,
    pub(super) sink: &'s mut Diagnostics,
    pub(super) file: FileId,
    /// The types of the text whose local types are visible, the innermost last.
    pub(super) scopes: Vec<TypeId>,
    /// Where the alias stands whose value is being written out.
    pub(super) use_site: Option<Span>,
    /// The aliases that are being written out.
    pub(super) expanding: Vec<Name>,
    /// The qualifiers that the compiler would write and the text declares as something else.
    pub(super) taken: Vec<&'static str>,
    /// How many more values may be made; `None` once it was too many.
    budget: &'s mut Option<usize>,
}

impl<'t> Writer<'t, '_, '_> {
    pub(super) fn report(&mut self, code: Code, span: Span, message: String) {
        self.advise(code, span, message, None);
    }

    /// Reports something with advice. What is wrong with the value behind an alias is
    /// reported where that is declared.
    pub(super) fn advise(&mut self, code: Code, span: Span, message: String, help: Option<String>) {
        if self.use_site.is_none() {
            let mut found = Diagnostic::new(code, self.file, span, message);
            found.help = help;
            self.sink.push(found);
        }
    }

    /// Takes from the budget; once it is used up, says so.
    pub(super) fn spend(&mut self, amount: usize, span: Span) -> bool {
        if let Some(left) = self.budget.and_then(|budget| budget.checked_sub(amount)) {
            *self.budget = Some(left);
            return true;
        }
        if self.budget.take().is_some() {
            let message = format!("written out, the text has more than {BUDGET} values");
            let span = self.use_site.unwrap_or(span);
            self.sink.push(Diagnostic::new(Code::ExpansionLimit, self.file, span, message));
        }
        false
    }

    // Complex types

    fn complex_type(
        &mut self,
        id: TypeId,
        node: &'t Node<'t>,
        declared: &'t TypeDeclaration<'t>,
    ) -> ast::ClassDeclaration<'t> {
        self.scopes = vec![id];
        let (on, own) = match declared.sort {
            TypeSort::Structure => (ScopeKind::Structure, Some("Structure")),
            TypeSort::Class => (ScopeKind::Class, None),
            TypeSort::Association => (ScopeKind::Association, Some("Association")),
            TypeSort::Indication => (ScopeKind::Indication, Some("Indication")),
        };
        let mut qualifiers = self.qualifiers(&declared.qualifiers, on, None);
        if let Some(name) = own {
            let mut own = made(name, declared.name.span, None);
            if declared.sort == TypeSort::Structure {
                // A class may derive from a structure and is none.
                let kind = FlavorKind::Restricted;
                own.flavors.push(ast::Flavor { span: declared.name.span, kind });
            }
            self.add(&mut qualifiers, own);
        }
        let superclass = self.supertype(node, declared);
        let features = declared.features.iter();
        let features: Vec<_> = features.filter_map(|f| self.feature(f, id, declared)).collect();
        if declared.sort == TypeSort::Association {
            self.enough_references(id, declared);
        }
        self.scopes.clear();
        ast::ClassDeclaration {
            span: declared.span,
            qualifiers,
            name: ast::Identifier { text: &node.name, span: declared.name.span },
            alias: None,
            superclass,
            features,
        }
    }

    /// The superclass, unless a type of this sort cannot derive from it.
    fn supertype(
        &mut self,
        node: &'t Node<'t>,
        declared: &'t TypeDeclaration<'t>,
    ) -> Option<ast::Identifier<'t>> {
        let written = declared.supertype?;
        // One that does not exist is reported like that of any class.
        let Some(above) = &node.above else {
            let code = Code::Rule(Rule::MissingSuperclass);
            return (!self.is_hidden(code, written)).then_some(written);
        };
        let sort = match above {
            Found::Text(id) => self.types.sort(*id),
            Found::Base(class) if class.qualifiers.is_true("Association") => {
                Some(TypeSort::Association)
            }
            Found::Base(class) if class.qualifiers.is_true("Indication") => {
                Some(TypeSort::Indication)
            }
            Found::Base(class) if class.qualifiers.is_true("Structure") => {
                Some(TypeSort::Structure)
            }
            Found::Base(_) => Some(TypeSort::Class),
        };
        let fits = match (declared.sort, sort) {
            (_, Some(TypeSort::Structure)) => true,
            (TypeSort::Structure, _) | (_, None) => false,
            (_, Some(TypeSort::Class)) => true,
            (own, Some(above)) => own == above,
        };
        if fits {
            return Some(ast::Identifier {
                text: self.types.archived_name(above),
                span: written.span,
            });
        }
        let above = sort.map_or("enumeration", TypeSort::as_str);
        let (own, name) = (declared.sort.as_str(), declared.name.text);
        let message =
            format!("the {own} `{name}` cannot derive from the {above} `{}`", written.text);
        let help = match (declared.sort, sort) {
            (TypeSort::Structure, Some(_)) => Some("a structure derives from structures only"),
            (TypeSort::Class, Some(TypeSort::Association)) => Some("declare an association"),
            (TypeSort::Class, Some(TypeSort::Indication)) => Some("declare an indication"),
            _ => None,
        };
        self.advise(Code::SupertypeSort, written.span, message, help.map(str::to_owned));
        None
    }

    /// DSP0221 7.5.3: an association has at least two scalar references.
    fn enough_references(&mut self, id: TypeId, declared: &TypeDeclaration<'_>) {
        let mut names: HashSet<Name> = HashSet::new();
        let (mut above, mut unknown) = (None, false);
        for (_, node) in self.types.line(id) {
            let Declared::Complex(declared) = node.declared else {
                // Nothing derives from an enumeration, which has been reported.
                unknown = true;
                break;
            };
            for feature in &declared.features {
                if let Feature::Property(property) = feature
                    && matches!(property.data_type.kind, TypeKind::Reference(_))
                    && property.data_type.array.is_none()
                {
                    names.insert(Name::new(property.name.text));
                }
            }
            above = node.above.as_ref();
            unknown = declared.supertype.is_some() && above.is_none();
        }
        if let Some(Found::Base(class)) = above {
            let references = class.properties.iter().map(|member| &member.declaration);
            let scalar = references
                .filter(|p| p.data_type.cim_type == CimType::Reference && !p.data_type.is_array());
            names.extend(scalar.map(|p| p.name.clone()));
        }
        if names.len() < 2 && !unknown {
            let many = match names.len() {
                1 => "one scalar reference",
                _ => "no scalar references",
            };
            let message = format!("the association `{}` has {many}", declared.name.text);
            let help = "declare the two or more ends as `Class REF Name;`".to_owned();
            let code = Code::Rule(Rule::TooFewReferences);
            self.advise(code, declared.name.span, message, Some(help));
        }
    }

    fn feature(
        &mut self,
        feature: &'t Feature<'t>,
        within: TypeId,
        of: &TypeDeclaration<'_>,
    ) -> Option<ast::Feature<'t>> {
        match feature {
            Feature::Property(property) => {
                self.narrows(property, within);
                if of.sort == TypeSort::Structure {
                    self.key_in_structure(property, of.name.text);
                }
                Some(ast::Feature::Property(self.property(property, within)))
            }
            Feature::Method(method) if of.sort == TypeSort::Structure => {
                let message = format!("the structure `{}` has a method", of.name.text);
                let help = "only classes, associations and indications have methods".to_owned();
                self.advise(Code::MethodInStructure, method.name.span, message, Some(help));
                None
            }
            Feature::Method(method) => {
                self.keeps_enumerations(method, within);
                Some(ast::Feature::Method(self.method(method, within)))
            }
            Feature::Structure(_) | Feature::Enumeration(_) => None,
        }
    }

    fn property(&mut self, property: &'t Property<'t>, within: TypeId) -> ast::Property<'t> {
        let typed = self.typed(&property.data_type, within);
        self.counts_without_sign(&property.data_type, property.name, &property.qualifiers);
        let on = match typed.data_type.kind {
            ast::TypeKind::Reference(_) => ScopeKind::Reference,
            _ => ScopeKind::Property,
        };
        let name = property.name;
        let mut qualifiers = self.qualifiers(&property.qualifiers, on, Some(name.text));
        typed.qualifiers.into_iter().for_each(|one| self.add(&mut qualifiers, one));
        let target = typed.target.with(&property.qualifiers);
        let default = self.default(property.default.as_ref(), &target);
        let data_type = typed.data_type;
        ast::Property { span: property.span, qualifiers, data_type, name, default }
    }

    fn method(&mut self, method: &'t Method<'t>, within: TypeId) -> ast::Method<'t> {
        let typed = self.typed(&method.return_type, within);
        self.counts_without_sign(&method.return_type, method.name, &method.qualifiers);
        let name = method.name;
        let mut qualifiers =
            self.qualifiers(&method.qualifiers, ScopeKind::Method, Some(name.text));
        typed.qualifiers.into_iter().for_each(|one| self.add(&mut qualifiers, one));
        let parameters = method.parameters.iter().map(|p| self.parameter(p, within)).collect();
        let return_type = typed.data_type;
        ast::Method { span: method.span, qualifiers, return_type, name, parameters }
    }

    fn parameter(&mut self, parameter: &'t Parameter<'t>, within: TypeId) -> ast::Parameter<'t> {
        let typed = self.typed(&parameter.data_type, within);
        self.counts_without_sign(&parameter.data_type, parameter.name, &parameter.qualifiers);
        let name = parameter.name;
        let mut qualifiers =
            self.qualifiers(&parameter.qualifiers, ScopeKind::Parameter, Some(name.text));
        typed.qualifiers.into_iter().for_each(|one| self.add(&mut qualifiers, one));
        let target = typed.target.with(&parameter.qualifiers);
        let default = self.default(parameter.default.as_ref(), &target);
        let data_type = typed.data_type;
        ast::Parameter { span: parameter.span, qualifiers, data_type, name, default }
    }

    /// A default; that of an unknown type is nothing.
    pub(super) fn default(
        &mut self,
        written: Option<&'t Value<'t>>,
        target: &Target<'t>,
    ) -> Option<ast::Value<'t>> {
        let written = written.filter(|_| !matches!(target, Target::Unknown))?;
        Some(self.value(written, target))
    }

    // Instances and values

    fn declared_value(&mut self, node: &'t ComplexDeclaration<'t>, lowered: &mut Lowered<'t>) {
        let found = self.types.resolve(node.class.text, None);
        if let Some(Found::Text(id)) = found
            && self.types.sort(id).is_none()
        {
            let message = format!("`{}` is an enumeration and has no instances", node.class.text);
            self.report(Code::TypeInPlaceOfValue, node.class.span, message);
            return;
        }
        match node.sort {
            ComplexSort::Instance => {
                if found.is_some_and(|found| self.types.is_structure(&found)) {
                    let message =
                        format!("`{}` is a structure and has no instances", node.class.text);
                    let help = format!("write value of {} as $alias {{ ... }};", node.class.text);
                    self.advise(Code::StructureInstance, node.class.span, message, Some(help));
                    return;
                }
            }
            ComplexSort::Value if node.alias.is_none() => {
                let message = "a value is declared without an alias".to_owned();
                let help = format!("write value of {} as $alias {{ ... }};", node.class.text);
                self.advise(Code::ValueWithoutAlias, node.keyword, message, Some(help));
            }
            ComplexSort::Value => {}
        }
        if !self.is_known(node.class) {
            return;
        }
        let alias = node.alias.map(|alias| Name::new(alias.text));
        self.expanding.extend(alias);
        let mut instance = self.complex(node);
        self.expanding.clear();
        match node.sort {
            ComplexSort::Instance => {
                instance.alias = node.alias;
                lowered.instances.push((self.file, instance));
            }
            ComplexSort::Value => lowered.values.push((self.file, instance)),
        }
    }

    /// What a property of a value is converted to.
    pub(super) fn slot_target(&self, of: Option<&Found>, slot: &Slot<'t>) -> Target<'t> {
        let name = slot.name.text;
        match of.and_then(|of| self.types.property(of, name)) {
            Some(Member::Text(property, owner)) => {
                let meaning = self.types.meaning(property.data_type.kind, Some(owner));
                let is_array = property.data_type.array.is_some();
                Target::new(meaning, is_array).with(&property.qualifiers)
            }
            Some(Member::Base(class)) => Target::of_base(&class, name, &slot.value, self.types),
            None => Target::default(),
        }
    }
}

pub(super) fn text_value(span: Span, text: Cow<'_, str>) -> ast::Value<'_> {
    ast::Value { span, kind: ast::ValueKind::String(text.into()) }
}
