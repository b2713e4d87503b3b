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

/// The prefixes of `Units`, and the powers of ten that they are.
const PREFIXES: [(&str, i32); 9] = [
    ("", 0),
    ("kilo", 3),
    ("mega", 6),
    ("giga", 9),
    ("tera", 12),
    ("centi", -2),
    ("milli", -3),
    ("micro", -6),
    ("nano", -9),
];

/// What may stand before the unit in `Units`, and the power of ten that it is.
const PARTS: [(&str, i32); 3] =
    [("tenths of ", -1), ("hundredths of ", -2), ("thousandths of ", -3)];

/// Whether the text of `Units` says what the programmatic unit does, as far as that can be told:
/// `KiloBytes per Second` is `byte / second * 10^3`. Where people write of thousands of bits and
/// bytes, they also mean 1024 of them.
pub fn is_same_unit(units: &str, programmatic: &str) -> bool {
    let units = units.trim().to_ascii_lowercase();
    let part = PARTS.into_iter().find_map(|(word, power)| Some((units.strip_prefix(word)?, power)));
    let (units, part) = part.unwrap_or((&units, 0));
    let mut written = units.split(" per ").map(str::trim);
    let Some(first) = written.next() else { return false };

    let programmatic = programmatic.to_ascii_lowercase();
    let (mut bases, mut power) = (Vec::new(), None);
    for (i, divided) in programmatic.split('/').enumerate() {
        for (j, term) in divided.split('*').map(str::trim).enumerate() {
            match Term::of(term) {
                Some(Term::Base(name)) if i == bases.len() && j == 0 => bases.push(name),
                // Behind a `/` it divides.
                Some(Term::Power) if j > 0 && power.is_none() => power = term.split_once('^'),
                _ => return false,
            }
        }
    }
    let Some((base, divisors)) = bases.split_first() else { return false };
    let says_power = |ten: i32| match power {
        None => ten == 0,
        Some((of, exponent)) => match (of.trim(), exponent.trim().parse::<i32>()) {
            ("10", Ok(exponent)) => exponent == ten,
            ("2", Ok(exponent)) => {
                matches!(*base, "bit" | "byte")
                    && part == 0
                    && exponent.checked_mul(3) == Some(ten * 10)
            }
            _ => false,
        },
    };
    let first_fits = PREFIXES.into_iter().any(|(prefix, ten)| {
        let rest = first.strip_prefix(prefix);
        rest.is_some_and(|rest| is_word_for(rest.trim_start(), base)) && says_power(ten + part)
    });
    let written: Vec<&str> = written.collect();
    let same = |(word, base): (&&str, &&str)| is_word_for(word, base);
    first_fits && written.len() == divisors.len() && written.iter().zip(divisors).all(same)
}

/// Whether a word names a base unit, in the singular or the plural.
fn is_word_for(word: &str, base: &str) -> bool {
    let plural = |ending: &str| word.strip_suffix(ending) == Some(base);
    word == base
        || plural("s")
        || plural("es")
        || matches!((word, base), ("feet", "foot") | ("percentage", "percent"))
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
    use super::{UnitError, check_unit, is_same_unit};

    #[test]
    fn what_units_say_in_programmatic_form() {
        for (units, programmatic) in [
            ("Bytes", "byte"),
            ("Percentage", "percent"),
            ("KiloBytes", "byte * 10^3"),
            ("KiloBytes", "byte*2^10"),
            ("MegaBits per Second", "bit / second * 10^6"),
            ("MegaBits per Second", "bit * 2^20 / second"),
            ("MilliSeconds", "second * 10^-3"),
            ("Tenths of MilliVolts", "volt * 10^-4"),
            ("Revolutions per Minute", "revolution / minute"),
            ("Inches", "Inch"),
            ("Feet", "foot"),
            ("Pixels per Inch", "pixel / inch"),
        ] {
            assert!(is_same_unit(units, programmatic), "{units:?} {programmatic:?}");
        }
        for (units, programmatic) in [
            ("Bytes", "bit"),
            ("Bytes", "byte * 10^3"),
            ("KiloBytes", "byte"),
            ("KiloBytes", "byte * 2^20"),
            ("KiloBytes", "byte * 3^10"),
            ("MegaHertz", "hertz * 2^20"),
            ("Tenths of KiloBytes", "byte * 2^10"),
            ("Bytes per Second", "byte"),
            ("Bytes", "byte / second"),
            ("Bytes", "byte * second"),
            ("Bytes", "byte * 8"),
            ("Bytes", "byte * 10^99999999999"),
            ("KiloBytes", "byte * 2^999999999"),
            ("Bytes", ""),
            ("", ""),
            ("250 nanoseconds", "second * 250 * 10^-9"),
        ] {
            assert!(!is_same_unit(units, programmatic), "{units:?} {programmatic:?}");
        }
    }

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
