//! Programmatic units (DSP0004 Annex C).
//!
//! A unit is base units multiplied and divided, then at most a number and at most a
//! power: `byte / second * 10^3`. The DMTF's own schemas also put the power before a
//! divisor (`byte * 10^3 / second`), which means the same; any order is taken.

/// What is wrong with the text of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnitError {
    /// It is not of the form.
    Malformed(String),
    /// It names a base unit that Annex C does not have.
    UnknownBase(String),
}

/// The base units of Annex C.
const BASE_UNITS: [&str; 62] = [
    "percent",
    "permille",
    "decibel",
    "count",
    "revolution",
    "degree",
    "radian",
    "steradian",
    "bit",
    "byte",
    "dataword",
    "MSU",
    "meter",
    "inch",
    "rack unit",
    "foot",
    "yard",
    "mile",
    "liter",
    "fluid ounce",
    "liquid gallon",
    "mole",
    "kilogram",
    "ounce",
    "pound",
    "second",
    "minute",
    "hour",
    "day",
    "week",
    "hertz",
    "gravity",
    "degree celsius",
    "degree fahrenheit",
    "kelvin",
    "candela",
    "lumen",
    "nit",
    "lux",
    "newton",
    "pascal",
    "bar",
    "decibel(A)",
    "decibel(C)",
    "decibel(m)",
    "joule",
    "watt",
    "volt ampere",
    "volt ampere reactive",
    "british thermal unit",
    "ampere",
    "coulomb",
    "volt",
    "farad",
    "ohm",
    "siemens",
    "weber",
    "tesla",
    "henry",
    "becquerel",
    "gray",
    "sievert",
];

/// Checks the text of a programmatic unit. The empty text is one without a unit.
pub fn check_unit(text: &str) -> Result<(), UnitError> {
    if text.trim().is_empty() {
        return Ok(());
    }
    let (mut numbers, mut powers) = (0, 0);
    let mut unknown = None;
    for (i, term) in text.split(['*', '/']).map(str::trim).enumerate() {
        match Term::of(term) {
            Some(Term::Base(name)) if unknown.is_none() && !is_known(name) => {
                unknown = Some(name.to_owned());
            }
            Some(Term::Base(_)) => {}
            Some(_) if i == 0 => {
                return Err(UnitError::Malformed("it begins with no base unit".to_owned()));
            }
            Some(Term::Number) => numbers += 1,
            Some(Term::Power) => powers += 1,
            None if term.is_empty() => {
                return Err(UnitError::Malformed("an operator has nothing beside it".to_owned()));
            }
            None => {
                let problem = format!("`{term}` is no base unit, number or power");
                return Err(UnitError::Malformed(problem));
            }
        }
    }
    if numbers > 1 || powers > 1 {
        return Err(UnitError::Malformed("it has a second number or power".to_owned()));
    }
    unknown.map_or(Ok(()), |name| Err(UnitError::UnknownBase(name)))
}

/// The base unit whose name is nearest to a name.
pub(super) fn nearest_base(name: &str) -> Option<&'static str> {
    cimarron_model::suggest::nearest(name, BASE_UNITS)
}

enum Term<'a> {
    Base(&'a str),
    Number,
    Power,
}

impl<'a> Term<'a> {
    fn of(term: &'a str) -> Option<Self> {
        let first = term.chars().next()?;
        if first.is_ascii_digit() || matches!(first, '+' | '-') {
            let is_whole = |t: &str| !t.starts_with('0') && is_digits(t);
            return match term.split_once('^') {
                Some((base, exponent)) => {
                    let exponent = exponent.trim_start();
                    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
                    (is_whole(base.trim_end()) && is_whole(exponent)).then_some(Self::Power)
                }
                None => {
                    let number = term.strip_prefix(['+', '-']).unwrap_or(term);
                    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
                    let fits = is_whole(whole) || (whole == "0" && number.contains('.'));
                    (fits && fraction.bytes().all(|b| b.is_ascii_digit())).then_some(Self::Number)
                }
            };
        }
        is_base_unit(term).then_some(Self::Base(term))
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// `simple-name`, `decibel(name)`, and both with the prefix of an organisation.
fn is_base_unit(term: &str) -> bool {
    let (organisation, unit) = match term.split_once(':') {
        Some((organisation, unit)) => (organisation, unit.trim()),
        None => ("own", term),
    };
    let (name, reference) = match unit.split_once('(') {
        Some((name, rest)) => match rest.strip_suffix(')') {
            Some(reference) if name.trim_end().eq_ignore_ascii_case("decibel") => {
                (name.trim_end(), reference.trim())
            }
            _ => return false,
        },
        None => (unit, "own"),
    };
    [organisation, name, reference].into_iter().all(is_simple_name)
}

fn is_simple_name(text: &str) -> bool {
    let letter = |c: char| c.is_ascii_alphabetic() || c == '_' || c >= '\u{80}';
    let mut chars = text.chars();
    chars.next().is_some_and(letter)
        && chars.all(|c| letter(c) || c.is_ascii_digit() || matches!(c, '-' | ' '))
}

fn is_known(name: &str) -> bool {
    // An organisation's own units are its own to know.
    let letters = |t: &str| -> Vec<u8> {
        t.bytes().filter(|b| *b != b' ').map(|b| b.to_ascii_lowercase()).collect()
    };
    name.contains(':')
        || BASE_UNITS.iter().any(|known| known.eq_ignore_ascii_case(name))
        || (name.contains('(') && BASE_UNITS.iter().any(|known| letters(known) == letters(name)))
}

#[cfg(test)]
mod tests {
    use super::{UnitError, check_unit};

    #[test]
    fn units_in_every_form() {
        for text in [
            "",
            "byte",
            "Byte",
            "byte / second",
            "byte/second*10^3",
            "byte * 10^3 / second",
            "volt * 10^-3",
            "decibel(m) * -1",
            "decibel ( A )",
            "second * 250 * 10^-9",
            "rack unit",
            "hertz * 1.5",
            "hertz * 0.5",
            "acme:furlong / week",
        ] {
            assert_eq!(check_unit(text), Ok(()), "{text:?}");
        }
        for text in [
            "10^3",
            "byte *",
            "* byte",
            "byte ** 2",
            "byte * 10^0",
            "byte * 10^",
            "byte * 2 * 3",
            "byte * 10^3 * 10^3",
            "gram / (meter * meter)",
            "byte + second",
            "meter^2",
            "byte * 05",
            "bel(m)",
            ":byte",
        ] {
            assert!(matches!(check_unit(text), Err(UnitError::Malformed(_))), "{text:?}");
        }
        assert_eq!(check_unit("Bytes"), Err(UnitError::UnknownBase("Bytes".to_owned())));
    }
}
