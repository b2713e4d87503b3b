//! Values that WMI converts: numbers for strings, words for booleans, texts for integers of 64
//! bits. DMTF MOF has none of these (DSP0004 7.12).

use super::At;
use super::value::Converter;
use crate::Code;
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::Span;
use crate::syntax::number::{self, Mistake, Number};
use cimarron_model::{CimType, Scalar};

impl Converter<'_, '_, '_> {
    /// A number for a string, as the samples of the SDK have it ("MOF Arrays").
    pub(super) fn number_as_text(&mut self, span: Span, number: i128) -> Option<Scalar> {
        let message = "an integer initialises a string; its digits become the text";
        self.converted(span, message, format!("write \"{number}\""));
        Some(Scalar::String(number.to_string().into()))
    }

    /// The words TRUE and FALSE for a boolean, as the samples of the SDK have them
    /// ("Registering the View Provider").
    pub(super) fn text_as_boolean(&mut self, span: Span, text: &str) -> Option<Scalar> {
        let word = ["TRUE", "FALSE"].into_iter().find(|word| text.eq_ignore_ascii_case(word));
        let Some(word) = word else {
            let message = format!("the text \"{text}\" cannot initialise a boolean");
            let help = "write TRUE or FALSE".to_owned();
            return self.report_with_help(Code::TypeMismatch, span, message, help);
        };
        let message = "a string initialises a boolean; its word becomes the value";
        self.converted(span, message, format!("write {word}"));
        Some(Scalar::Boolean(word == "TRUE"))
    }

    /// 1 and 0 for a boolean, as in files that Microsoft has `mofcomp` compile (Intune's
    /// `WIT.mof`).
    pub(super) fn number_as_boolean(&mut self, span: Span, value: bool) -> Option<Scalar> {
        let message = "an integer initialises a boolean; 1 is TRUE and 0 is FALSE";
        self.converted(span, message, format!("write {}", if value { "TRUE" } else { "FALSE" }));
        Some(Scalar::Boolean(value))
    }

    /// The text of an integer for one of 64 bits, written as MOF writes integers. WMI prints
    /// and takes these as strings ("Numbers"), so there is nothing to warn of.
    pub(super) fn text_as_integer(
        &mut self,
        span: Span,
        text: &str,
        cim_type: CimType,
    ) -> Option<Scalar> {
        match number::parse(text) {
            Ok(Number::Integer(n)) => self.integer(span, n.value(), cim_type),
            Err(Mistake::TooLarge) => {
                let (message, help) = Mistake::TooLarge.explain();
                self.report_with_help(Code::NumberTooLarge, span, message.into(), help.into())
            }
            Ok(Number::Real(_)) | Err(_) => {
                let message = format!("the text \"{text}\" cannot initialise a {cim_type}");
                let help = "write an integer".to_owned();
                self.report_with_help(Code::TypeMismatch, span, message, help)
            }
        }
    }

    /// Warns of a value that was converted.
    fn converted(&mut self, span: Span, message: impl Into<String>, help: String) {
        let found: Diagnostic = At::new(self.file, &()).error(Code::TypeMismatch, span, message);
        self.namespace.sink.push(found.with_severity(Severity::Warning).with_help(help));
    }
}
