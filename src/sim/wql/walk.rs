//! Evaluates `associators of` and `references of`: from one object through associations to others.
//!
//! An association whose other end does not exist leads nowhere; an object that two associations lead to is returned once. Only
//! one step is followed. Follows Microsoft's "ASSOCIATORS OF statement" and "REFERENCES OF statement".

use std::collections::HashSet;

use super::{Found, Instance, Objects, QueryError, Walk, refuse};
use crate::{
    schema::{self, Class},
    sim::{
        instance::{Scalar, Value},
        path::ObjectPath,
    },
};

pub(super) fn walk(walk: &Walk, objects: &dyn Objects) -> Result<Found, QueryError> {
    let over = if walk.rows { &walk.result_class } else { &walk.assoc_class };
    let mut found: Vec<Instance> = Vec::new();
    let mut known = HashSet::new();
    for class in associations(over.as_deref(), objects)? {
        for row in objects.instances(class) {
            for end in ends(walk, &row) {
                collect(walk, &row, end, objects, &mut known, &mut found);
            }
        }
    }
    if let Some(wanted) = walk.result_class.as_deref().filter(|_| !walk.rows) {
        if objects.derived(wanted).is_empty() {
            return refuse(format!("there is no class \"{wanted}\""));
        }
        found.retain(|instance| instance.class.is_a(wanted));
    }
    Ok(Found { instances: found, properties: None })
}

fn collect(
    walk: &Walk,
    row: &Instance,
    end: &str,
    objects: &dyn Objects,
    known: &mut HashSet<String>,
    found: &mut Vec<Instance>,
) {
    if walk.rows {
        if known.insert(row.path().folded()) {
            found.push(row.clone());
        }
        return;
    }
    for (name, path) in references(row) {
        let plays = walk.result_role.as_ref().is_none_or(|role| role.eq_ignore_ascii_case(name));
        if name != end && plays && known.insert(path.folded()) {
            found.extend(objects.object(path));
        }
    }
}

fn associations(name: Option<&str>, objects: &dyn Objects) -> Result<Vec<&'static Class>, QueryError> {
    let is_association = |class: &&'static Class| class.keys().any(|key| key.reference.is_some());
    let Some(name) = name else {
        let all = schema::CLASSES.iter().copied();
        return Ok(all.filter(|class| objects.has(class)).filter(is_association).collect());
    };
    let classes: Vec<_> = objects.derived(name).into_iter().filter(is_association).collect();
    if classes.is_empty() { refuse(format!("there is no association \"{name}\"")) } else { Ok(classes) }
}

/// The references of the association that name the object to start from, in an allowed role.
fn ends<'a>(walk: &'a Walk, row: &'a Instance) -> impl Iterator<Item = &'static str> + 'a {
    references(row)
        .filter(|(name, path)| {
            **path == walk.from && walk.role.as_ref().is_none_or(|role| role.eq_ignore_ascii_case(name))
        })
        .map(|(name, _)| name)
}

fn references(row: &Instance) -> impl Iterator<Item = (&'static str, &ObjectPath)> {
    row.properties().filter_map(|(property, value)| match value {
        Value::One(Scalar::Reference(path)) => Some((property.name, path)),
        _ => None,
    })
}
