//! Arrays, whose elements may be NULL one by one.

use super::scalar::{Elements, Scalar};
use crate::CimType;
use std::sync::Arc;

/// An array value. Its elements may be NULL one by one, and an empty array is
/// not a NULL array (DSP0004 5.2.3).
#[derive(Clone, Debug)]
pub struct Array(Kept);

/// There are many values and few arrays with NULL elements, so a value keeps no room for which
/// those are.
#[derive(Clone, Debug)]
enum Kept {
    /// No element is NULL.
    Whole(Elements),
    /// Some are.
    Marked(Box<Marked>),
    /// What many arrays have together; itself not shared.
    Shared(Arc<Array>),
}

/// Elements, and for each whether it is NULL: then it is a placeholder.
#[derive(Clone, Debug)]
struct Marked {
    elements: Elements,
    nulls: Vec<bool>,
}

/// An element of another type than the array's was offered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an array of {expected} cannot hold a value of type {found}")]
pub struct ElementTypeError {
    /// The array's element type.
    pub expected: CimType,
    /// The type of the value that was offered.
    pub found: CimType,
}

impl Array {
    /// An empty array of this type.
    pub fn new(cim_type: CimType) -> Self {
        Self::from_elements(Elements::new(cim_type))
    }

    /// An empty array with room for so many elements of this type.
    pub fn with_capacity(cim_type: CimType, capacity: usize) -> Self {
        Self::from_elements(Elements::with_capacity(cim_type, capacity))
    }

    /// An array without NULL elements.
    pub const fn from_elements(elements: Elements) -> Self {
        Self(Kept::Whole(elements))
    }

    /// Builds from elements in order, `None` being NULL.
    pub fn from_options(
        cim_type: CimType,
        items: impl IntoIterator<Item = Option<Scalar>>,
    ) -> Result<Self, ElementTypeError> {
        let mut array = Self::new(cim_type);
        for item in items {
            match item {
                Some(scalar) => array.push(scalar)?,
                None => array.push_null(),
            }
        }
        Ok(array)
    }

    /// Has copies share the elements from here on, until one of them is changed. Few elements
    /// are copied as fast, and stay as they are.
    pub fn share(&mut self) {
        const FEW: usize = 16;
        if self.shared().is_none() && self.len() > FEW {
            let own = std::mem::replace(self, Self::new(self.cim_type()));
            self.0 = Kept::Shared(Arc::new(own));
        }
    }

    /// What copies have together, after [`Array::share`]: while it is kept, its address tells
    /// them from all other arrays.
    pub const fn shared(&self) -> Option<&Arc<Self>> {
        match &self.0 {
            Kept::Shared(shared) => Some(shared),
            Kept::Whole(_) | Kept::Marked(_) => None,
        }
    }

    fn kept(&self) -> &Kept {
        self.shared().map_or(&self.0, |shared| &shared.0)
    }

    /// To be changed: others keep what they share.
    fn kept_mut(&mut self) -> &mut Kept {
        if let Some(shared) = self.shared() {
            self.0 = shared.0.clone();
        }
        &mut self.0
    }

    /// The type of the elements.
    pub fn cim_type(&self) -> CimType {
        self.slots().cim_type()
    }

    /// How many elements there are, NULL ones included.
    pub fn len(&self) -> usize {
        self.slots().len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.slots().is_empty()
    }

    /// Whether some element is NULL.
    pub fn has_nulls(&self) -> bool {
        matches!(self.kept(), Kept::Marked(_))
    }

    /// Appends an element.
    pub fn push(&mut self, value: Scalar) -> Result<(), ElementTypeError> {
        let expected = self.cim_type();
        let pushed = match self.kept_mut() {
            Kept::Whole(elements) => elements.push(value),
            Kept::Marked(marked) => {
                let pushed = marked.elements.push(value);
                if pushed.is_ok() {
                    marked.nulls.push(false);
                }
                pushed
            }
            Kept::Shared(_) => Err(value),
        };
        pushed.map_err(|other| ElementTypeError { expected, found: other.cim_type() })
    }

    /// Appends a NULL element.
    pub fn push_null(&mut self) {
        let of = self.cim_type();
        if let Kept::Whole(elements) = self.kept_mut() {
            let elements = std::mem::replace(elements, Elements::new(of));
            let nulls = vec![false; elements.len()];
            self.0 = Kept::Marked(Box::new(Marked { elements, nulls }));
        }
        if let Kept::Marked(marked) = &mut self.0 {
            // The placeholder has the array's own type, so the push cannot be refused.
            let _ = marked.elements.push(Scalar::placeholder(of));
            marked.nulls.push(true);
        }
    }

    /// The element at `index`: `None` past the end, `Some(None)` for NULL.
    pub fn get(&self, index: usize) -> Option<Option<Scalar>> {
        if self.is_null(index) { Some(None) } else { self.slots().get(index).map(Some) }
    }

    /// The elements in order, `None` being NULL.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Option<Scalar>> + '_ {
        (0..self.len()).map(|i| self.get(i).flatten())
    }

    /// Whether the element at `index` is NULL.
    pub fn is_null(&self, index: usize) -> bool {
        matches!(self.kept(), Kept::Marked(marked) if marked.nulls.get(index) == Some(&true))
    }

    /// The typed vector, with anything where an element is NULL.
    pub fn slots(&self) -> &Elements {
        match &self.0 {
            Kept::Whole(elements) => elements,
            Kept::Marked(marked) => &marked.elements,
            Kept::Shared(shared) => shared.slots(),
        }
    }

    /// The typed vector, when no element is NULL.
    pub fn elements(&self) -> Option<&Elements> {
        if self.has_nulls() { None } else { Some(self.slots()) }
    }
}

impl PartialEq for Array {
    fn eq(&self, other: &Self) -> bool {
        if let (Some(shared), Some(others)) = (self.shared(), other.shared())
            && Arc::ptr_eq(shared, others)
        {
            return true;
        }
        self.cim_type() == other.cim_type() && self.iter().eq(other.iter())
    }
}

impl Eq for Array {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Value;

    #[test]
    fn copies_share_until_they_are_changed() {
        let of = |most: u8| Array::from_elements(Elements::UInt8((0..most).collect()));
        let (mut few, mut many) = (of(3), of(100));
        few.share();
        many.share();
        assert!(few.shared().is_none());
        let mut copy = many.clone();
        assert!(Arc::ptr_eq(copy.shared().unwrap(), many.shared().unwrap()));
        assert_eq!((&copy, copy.len(), copy.get(7)), (&of(100), 100, many.get(7)));
        copy.push_null();
        assert!(copy.has_nulls() && copy.shared().is_none());
        assert_eq!((many.len(), copy.len(), copy.get(100)), (100, 101, Some(None)));
        copy.share();
        let mut again = copy.clone();
        again.push(Scalar::UInt8(5)).unwrap();
        assert!(copy.is_null(100) && again.is_null(100) && again.elements().is_none());
        assert_eq!((copy.len(), again.len()), (101, 102));
        assert!(many.push(Scalar::Boolean(true)).is_err());
        assert_eq!(many, of(100));
    }

    #[test]
    fn arrays_mark_null_elements() {
        let array = Array::from_options(
            CimType::UInt16,
            [Some(Scalar::UInt16(1)), None, Some(Scalar::UInt16(3))],
        )
        .unwrap();
        assert_eq!(array.get(0), Some(Some(Scalar::UInt16(1))));
        assert_eq!(array.get(1), Some(None));
        assert_eq!(array.get(3), None);
        assert_eq!(Value::from(array.clone()).to_string(), "{1, NULL, 3}");
        assert_ne!(Value::from(Array::new(CimType::UInt16)), Value::null_array(CimType::UInt16));
        let refused = array.clone().push(Scalar::UInt8(1)).unwrap_err();
        assert_eq!((refused.expected, refused.found), (CimType::UInt16, CimType::UInt8));
    }
}
