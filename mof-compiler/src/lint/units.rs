//! What numbers count (DSP0004 5.6.3, Units, PUnit and Octetstring).

use super::subject::Subject;
use super::{Lint, Report};
use cimarron_model::CimType;

/// MOF0525
pub(super) fn without_punit(class: &Subject<'_>, report: &mut Report<'_>) {
    for element in &class.elements {
        let Some(units) = element.wrote("Units") else { continue };
        if element.value("PUnit").is_none() && element.wrote("PUnit").is_none() {
            let message = format!("programs cannot read the unit of `{}`", element.name.text);
            let help = Some("write PUnit too, such as PUnit(\"byte * 2^10\")".to_owned());
            report.say(Lint::UnitsWithoutPUnit, class.at(units.name.span), message, help);
        }
    }
}

/// MOF0524
pub(super) fn plain_octets(class: &Subject<'_>, report: &mut Report<'_>) {
    for element in &class.elements {
        let octets = element.intrinsic() == Some(CimType::UInt8) && element.is_array();
        if octets && !element.is_true("Octetstring") {
            let message =
                format!("`{}` is an array of octets and no Octetstring", element.name.text);
            let help = Some("write [Octetstring] if it is one value of many octets".to_owned());
            report.say(Lint::PlainOctets, class.at(element.name.span), message, help);
        }
    }
}
