//! What declarations say about the values themselves.

use crate::schema::Bounds;
use crate::view::ValueView;
use cimarron_model::Char16;

/// Which of `MaxLen`, `MinLen`, `MaxValue` and `MinValue` a value passes (DSP0004
/// 5.6.3), in words; NULL passes none.
pub(super) fn passed_bound(bounds: &Bounds, value: ValueView<'_>) -> Option<String> {
    if let ValueView::String(text) = value {
        if lengths_hold(bounds, text.len() as i128) {
            return None;
        }
        let length = text.chars().count() as i128;
        return match (bounds.min_len, bounds.max_len) {
            (Some(min), _) if length < min => {
                Some(format!("the text has {length} characters and MinLen is {min}"))
            }
            (_, Some(max)) if length > max => {
                Some(format!("the text has {length} characters and MaxLen is {max}"))
            }
            _ => None,
        };
    }
    let (below, above) = match value {
        ValueView::Real32(x) => outside(f64::from(x), bounds, |n| n as f64),
        ValueView::Real64(x) => outside(x, bounds, |n| n as f64),
        other => outside(other.as_integer()?, bounds, |n| n),
    };
    match (bounds.min_value, bounds.max_value) {
        (Some(min), _) if below => Some(format!("the number is below its MinValue, {min}")),
        (_, Some(max)) if above => Some(format!("the number is above its MaxValue, {max}")),
        _ => None,
    }
}

/// Whether a text of so many bytes cannot but keep `MaxLen` and `MinLen`.
fn lengths_hold(bounds: &Bounds, bytes: i128) -> bool {
    bounds.max_len.is_none_or(|max| bytes <= max)
        && bounds.min_len.is_none_or(|min| bytes >= 4 * min)
}

fn outside<T: PartialOrd + Copy>(
    value: T,
    bounds: &Bounds,
    bound: impl Fn(i128) -> T,
) -> (bool, bool) {
    (
        bounds.min_value.is_some_and(|min| value < bound(min)),
        bounds.max_value.is_some_and(|max| value > bound(max)),
    )
}

/// Whether a text has neither spaces nor control characters, as keys mostly have not.
#[inline]
pub(super) fn is_dense(text: &str) -> bool {
    text.bytes().all(|b| b > 0x20)
}

/// Whether a key may have this text in WMI.
///
/// WMI SDK, "Key Qualifier": key text "must contain values greater than U+0020",
/// for paths cannot hold unprintable characters. Spaces between words are common
/// in the keys of Windows's own instances, so what is refused is control
/// characters, and text of nothing but spaces.
pub(super) fn is_key_text(value: ValueView<'_>) -> bool {
    match value {
        ValueView::String(text) => {
            text.is_empty() || (text.bytes().all(|b| b >= 0x20) && text.bytes().any(|b| b > 0x20))
        }
        ValueView::Char16(Char16(unit)) => unit > 0x20,
        _ => true,
    }
}
