//! Evaluates `select`: finds the instances of a class, and of derived classes, that meet the condition.
//!
//! A comparison with null is false. A property that no such class has, or a value of a type that does not match, makes the whole
//! query invalid, as in WMI.

use super::{Condition, Found, Instance, Objects, QueryError, Select, like, literal, refuse};
use crate::{
    schema::{CimType, Class, Property},
    sim::instance::Value,
};

const CLASS_PROPERTY: &str = "__CLASS";

pub(super) fn select(select: Select, objects: &dyn Objects) -> Result<Found, QueryError> {
    let classes = objects.derived(&select.class);
    if classes.is_empty() {
        return refuse(format!("there is no class \"{}\"", select.class));
    }
    for name in select.properties.iter().flatten() {
        known(&classes, name)?;
    }
    if let Some(condition) = &select.condition {
        check(condition, &classes)?;
    }
    let mut instances = Vec::new();
    for class in classes {
        for instance in objects.instances(class) {
            let meets = match &select.condition {
                None => true,
                Some(condition) => holds(condition, &instance)?,
            };
            if meets {
                instances.push(instance);
            }
        }
    }
    Ok(Found { instances, properties: select.properties })
}

fn known(classes: &[&'static Class], name: &str) -> Result<&'static Property, QueryError> {
    match classes.iter().find_map(|class| class.property(name)) {
        Some(property) => Ok(property),
        None => refuse(format!("no such class has a property \"{name}\"")),
    }
}

/// The property of a condition; none for a member of an embedded instance, whatever its name: hosts do not check that.
fn member(classes: &[&'static Class], name: &str) -> Result<Option<&'static Property>, QueryError> {
    match name.split_once('.') {
        Some((outer, _)) if known(classes, outer)?.cim_type == CimType::Object => Ok(None),
        _ => known(classes, name).map(Some),
    }
}

/// Finds errors that do not depend on the instances.
fn check(condition: &Condition, classes: &[&'static Class]) -> Result<(), QueryError> {
    match condition {
        Condition::And(left, right) | Condition::Or(left, right) => {
            check(left, classes)?;
            check(right, classes)
        }
        Condition::Not(inner) => check(inner, classes),
        Condition::IsA(_) => Ok(()),
        Condition::IsNull(property) => member(classes, property).map(drop),
        Condition::Compare { property, .. } | Condition::Like { property, .. }
            if property.eq_ignore_ascii_case(CLASS_PROPERTY) =>
        {
            Ok(())
        }
        Condition::Compare { property, literal, .. } => match member(classes, property)? {
            Some(property) => literal::comparable(property, literal),
            None => Ok(()),
        },
        Condition::Like { property, pattern } => {
            let property = member(classes, property)?;
            like::check(pattern)?;
            let literal = super::Literal::Text(String::new());
            property.map_or(Ok(()), |property| literal::comparable(property, &literal))
        }
    }
}

fn holds(condition: &Condition, instance: &Instance) -> Result<bool, QueryError> {
    Ok(match condition {
        Condition::And(left, right) => holds(left, instance)? && holds(right, instance)?,
        Condition::Or(left, right) => holds(left, instance)? || holds(right, instance)?,
        Condition::Not(inner) => !holds(inner, instance)?,
        Condition::IsA(class) => instance.class.is_a(class),
        Condition::IsNull(property) => match instance.value(property) {
            Value::Null => true,
            Value::One(_) => false,
            Value::Many(members) => members.is_empty(),
        },
        Condition::Compare { property, operator, literal } => {
            literal::compare(&value(instance, property), literal)?
                .is_some_and(|ordering| operator.accepts(ordering))
        }
        Condition::Like { property, pattern } => {
            literal::text(&value(instance, property)).is_some_and(|text| like::matches(pattern, &text))
        }
    })
}

fn value(instance: &Instance, property: &str) -> Value {
    if property.eq_ignore_ascii_case(CLASS_PROPERTY) {
        return instance.class.name.into();
    }
    instance.value(property).clone()
}
