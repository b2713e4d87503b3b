//! Planned rows against rows that are checked one by one.

use super::*;
use proptest::prelude::*;

/// A layout with one slot of everything that a plan tells apart.
fn layout() -> Layout {
    let bounds = |required: bool| Bounds {
        max_value: (!required).then_some(9),
        required,
        ..Bounds::default()
    };
    let named =
        |name: &str, cim_type| Slot { name: name.into(), ..slot(cim_type, ArrayShape::Scalar) };
    let slots = [
        Slot { is_key: true, ..named("K", CimType::String) },
        named("Text", CimType::String),
        Slot { default: Some(Value::from(5_u8)), ..named("Given", CimType::UInt32) },
        Slot { not_null: true, ..named("Strict", CimType::UInt8) },
        Slot { not_null: true, default: Some(Value::from(1_u8)), ..named("Level", CimType::UInt8) },
        Slot { bounds: Some(Box::new(bounds(true))), ..named("Must", CimType::Boolean) },
        Slot { bounds: Some(Box::new(bounds(false))), ..named("Small", CimType::UInt8) },
        named("When", CimType::DateTime),
        Slot { array: ArrayShape::Variable, ..named("Many", CimType::UInt8) },
    ];
    Layout::from_slots(ClassId(0), ClassVersion(0), "X".into(), slots.into_iter())
}

fn values() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::null(CimType::String)),
        "[ab]{0,2}".prop_map(Value::from),
        (0_u8..20).prop_map(Value::from),
        (0_i64..300).prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(Value::from("20240229120000.000000+000")),
        Just(Value::Array(Array::new(CimType::UInt16))),
        Just(Value::Array(Array::new(CimType::UInt8))),
    ]
}

fn outcome(cells: Result<Cells<'_>, EngineError>) -> Result<Vec<(u32, Value)>, Status> {
    let mut cells: Vec<_> = cells
        .map_err(|e| e.status())?
        .iter()
        .map(|(n, v)| (*n, v.view().to_value(CimType::String, false)))
        .collect();
    cells.sort_by_key(|(n, _)| *n);
    Ok(cells)
}

proptest! {
    #[test]
    fn a_plan_does_what_the_single_checks_do(
        order in Just((0_u32..9).collect::<Vec<_>>()).prop_shuffle(),
        count in 0_usize..=9,
        given in proptest::collection::vec(values(), 9),
        wmi in any::<bool>(),
    ) {
        let (world, layout) = (World::new(), layout());
        let dialect = if wmi { Dialect::Wmi } else { Dialect::Dmtf };
        let checker = world.checker(dialect);
        let slots = &order[..count];
        let values: Vec<ValueView<'_>> = given.iter().take(count).map(ValueView::from).collect();

        let plan = checker.plan(&layout, slots).unwrap();
        let mut planned = Cells::new();
        let planned = checker.row(&layout, &plan, &values, &mut planned).map(|()| planned.clone());

        let single = slots.iter().zip(&values).map(|(number, value)| {
            Ok((*number, checker.convert(layout.slot(*number).unwrap(), *value)?))
        });
        let single = single.collect::<Result<Cells<'_>, EngineError>>().and_then(|mut cells| {
            checker.complete(&layout, &mut cells)?;
            Ok(cells)
        });
        let (planned, single) = (outcome(planned), outcome(single));
        if let Some(plain) = checker.plain_row(&plan, &values) {
            let given = plain.given().map(|(slot, value)| (slot, *value));
            let cells =
                given.chain(plain.defaults()).map(|(slot, value)| (slot, Checked::View(value)));
            let cells: Cells<'_> = cells.collect();
            let keys = keys(&layout, &cells);
            prop_assert!(plain.keys().zip(&keys).all(|(a, b)| a.is_identical(*b)));
            prop_assert_eq!(plain.keys().count(), keys.len());
            let text: usize = cells.iter().filter_map(|(_, v)| v.view().as_str()).map(str::len).sum();
            prop_assert_eq!(plain.text, text);
            prop_assert_eq!(&outcome(Ok(cells.clone())), &planned);
        }
        // Of several mistakes either may be the one that is told.
        prop_assert_eq!(planned.is_ok(), single.is_ok(), "{:?} {:?}", planned, single);
        if single.is_ok() {
            prop_assert_eq!(planned, single);
        }
    }
}

#[test]
fn an_array_is_no_scalar_of_its_elements_type() {
    let (world, layout) = (World::new(), layout());
    let checker = world.checker(Dialect::Wmi);
    // The key, and a number.
    let plan = checker.plan(&layout, &[0, 3]).unwrap();
    let array = Array::new(CimType::UInt8);
    let values = [ValueView::String("a"), ValueView::Array(&array)];
    assert!(checker.plain_row(&plan, &values).is_none());
    assert!(checker.row(&layout, &plan, &values, &mut Cells::new()).is_err());
}

#[test]
fn rows_with_a_long_default_are_no_runs() {
    let world = World::new();
    let checker = world.checker(Dialect::Wmi);
    for (length, has_runs) in [(0, true), (4096, true), (4097, false)] {
        let default = Some(Value::from("x".repeat(length).as_str()));
        let slots = [
            Slot { name: "K".into(), is_key: true, ..slot(CimType::UInt32, ArrayShape::Scalar) },
            Slot { name: "Text".into(), default, ..slot(CimType::String, ArrayShape::Scalar) },
        ];
        let layout = Layout::from_slots(ClassId(0), ClassVersion(0), "X".into(), slots.into_iter());
        let plan = checker.plan(&layout, &[0]).unwrap();
        assert_eq!(plan.keys_of_runs(checker).is_some(), has_runs, "{length}");
    }
}
