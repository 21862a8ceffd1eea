//! Compares a property with a literal of a query.
//!
//! Texts compare without regard to case; a number may be given as a text; a datetime as the 25 characters of CIM. Arrays cannot
//! be compared in WQL.

use std::{cmp::Ordering, time::Duration};

use super::{Literal, Operator, QueryError, refuse};
use crate::{
    schema::{CimType, Property},
    sim::{
        instance::{Scalar, Value},
        path::ObjectPath,
    },
};

impl Operator {
    pub(super) fn accepts(self, ordering: Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::Unequal => ordering.is_ne(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

/// Checks that the types of property and literal can be compared.
pub(super) fn comparable(property: &Property, literal: &Literal) -> Result<(), QueryError> {
    let name = property.name;
    if property.array {
        return refuse(format!("\"{name}\" is an array"));
    }
    let fits = match (property.cim_type, literal) {
        (CimType::Boolean, Literal::Boolean(_) | Literal::Number(0 | 1)) => true,
        (CimType::Boolean, _) | (_, Literal::Boolean(_)) => false,
        (CimType::String | CimType::Reference, literal) => matches!(literal, Literal::Text(_)),
        (CimType::Datetime, Literal::Text(text)) => text.is_empty() || time(text).is_some(),
        (CimType::Datetime, Literal::Number(_)) => false,
        (_, Literal::Number(_)) => true,
        (_, Literal::Text(text)) => text.trim().parse::<i128>().is_ok(),
    };
    if fits { Ok(()) } else { refuse(format!("\"{name}\" cannot be compared with that value")) }
}

/// The order of value and literal; `None` for null.
pub(super) fn compare(value: &Value, literal: &Literal) -> Result<Option<Ordering>, QueryError> {
    let Value::One(scalar) = value else { return Ok(None) };
    let ordering = match (scalar, literal) {
        (Scalar::Boolean(value), Literal::Boolean(wanted)) => value.cmp(wanted),
        (Scalar::Boolean(value), Literal::Number(wanted)) => i128::from(*value).cmp(wanted),
        (Scalar::Number(value), Literal::Number(wanted)) => i128::from(*value).cmp(wanted),
        (Scalar::Number(value), Literal::Text(wanted)) => match wanted.trim().parse() {
            Ok(wanted) => i128::from(*value).cmp(&wanted),
            Err(_) => return refuse("a number cannot be compared with that text"),
        },
        (Scalar::Text(value), Literal::Text(wanted)) => value.to_lowercase().cmp(&wanted.to_lowercase()),
        (Scalar::Reference(value), Literal::Text(wanted)) => match ObjectPath::parse(wanted) {
            Some(path) if path == *value => Ordering::Equal,
            _ => Ordering::Less,
        },
        (Scalar::Time(value), Literal::Text(wanted)) => match time(wanted) {
            Some(wanted) => value.cmp(&wanted),
            None => return Ok(None),
        },
        // "Never" is the year 1601: before every time that a literal can express.
        (Scalar::Never, Literal::Text(_)) => Ordering::Less,
        _ => return Ok(None),
    };
    Ok(Some(ordering))
}

/// The text that `like` is applied to.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::One(Scalar::Text(text)) => Some(text.clone()),
        Value::One(Scalar::Reference(path)) => Some(path.to_string()),
        _ => None,
    }
}

/// `yyyymmddHHMMSS.mmmmmmsUUU` as the time since 1970 (DSP0004, section 5.2.4).
fn time(text: &str) -> Option<Duration> {
    let number = |from: usize, to: usize| text.get(from..to).and_then(|digits| digits.parse::<u32>().ok());
    if text.len() != 25 || text.get(14..15) != Some(".") {
        return None;
    }
    let month = time::Month::try_from(u8::try_from(number(4, 6)?).ok()?).ok()?;
    let year = i32::try_from(number(0, 4)?).ok()?;
    let date = time::Date::from_calendar_date(year, month, u8::try_from(number(6, 8)?).ok()?).ok()?;
    let part = |from: usize| number(from, from + 2).and_then(|value| u8::try_from(value).ok());
    let clock = time::Time::from_hms_micro(part(8)?, part(10)?, part(12)?, number(15, 21)?).ok()?;
    let minutes = i32::try_from(number(22, 25)?).ok()?;
    let offset = match text.get(21..22) {
        Some("+") => minutes,
        Some("-") => -minutes,
        _ => return None,
    };
    let offset = time::UtcOffset::from_whole_seconds(offset * 60).ok()?;
    let since = time::PrimitiveDateTime::new(date, clock).assume_offset(offset);
    Duration::try_from(since - time::OffsetDateTime::UNIX_EPOCH).ok()
}
