//! What the tests of all consumers use: an event, and a delivery of it.

use cimarron_engine::{ConsumerSink, Delivery, Verdict};
use cimarron_model::{Array, CimType, Instance, KeyValue, Name, Object, ObjectPath, Scalar, Value};
use std::sync::Arc;

pub(crate) fn embedded(instance: Instance) -> Scalar {
    Scalar::Object(Arc::new(Object::Instance(instance)))
}

pub(crate) fn array<T: Into<Scalar>>(of: CimType, elements: impl IntoIterator<Item = T>) -> Value {
    let elements = elements.into_iter().map(|e| Some(e.into()));
    Value::Array(Array::from_options(of, elements).unwrap())
}

pub(crate) fn texts<'t>(elements: impl IntoIterator<Item = &'t str>) -> Value {
    array(CimType::String, elements.into_iter().map(|text| Scalar::String(text.into())))
}

/// A disk of 90 was modified at the beginning of 2030.
pub(crate) fn modification() -> Instance {
    let mut disk = Instance::new("X_Disk")
        .with("Name", "C:")
        .with("Size", 90_u32)
        .with("Online", true)
        .with("Tags", texts(["a b", "c"]));
    let keys = [("Name", KeyValue::String("C:".into()))].into_iter().collect();
    let mut path = ObjectPath::of_instance("X_Disk", keys);
    path.namespace = Some("root/x".into());
    disk.path = Some(path);
    Instance::new("__InstanceModificationEvent")
        .with("PreviousInstance", Value::null(CimType::Object))
        .with("TargetInstance", Value::Scalar(embedded(disk)))
        .with("TIME_CREATED", 135_379_296_000_000_000_u64)
}

/// Hands an event to a consumer.
pub(crate) fn deliver(sink: &dyn ConsumerSink, consumer: &Instance, event: &Instance) -> Verdict {
    let namespace = Name::new("root/subscription");
    let path = ObjectPath::of_class(consumer.class.clone());
    let (server, retries) = ("here.example", 0);
    let (namespace, path, whole) = (&namespace, &path, None);
    sink.deliver(&Delivery { server, namespace, path, consumer, event, whole, retries })
}
