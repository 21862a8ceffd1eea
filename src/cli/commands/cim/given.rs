//! Arguments of the form `NAME[:TYPE]=VALUE`: parameters of a method, and keys of an instance.

use std::str::FromStr;

use hvsnap::{
    cim::{CimType, ClassName, Raw, Value},
    schema::{KnownClass, KnownMember, KnownMethod},
};

use super::{
    read::{self, Place},
    typed::{Kind, TypeName, Typed},
};
use crate::cli::failure::Failure;

/// One argument.
#[derive(Clone, Debug)]
pub(super) struct Given {
    name: String,
    declared: Option<Declared>,
    value: String,
}

/// The text after the colon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Declared {
    Null,
    Type(TypeName),
}

impl FromStr for Given {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (head, value) = match text.split_once('=') {
            Some((head, value)) => (head, Some(value)),
            None => (text, None),
        };
        let (name, declared) = match head.split_once(':') {
            Some((name, "null")) => (name, Some(Declared::Null)),
            Some((name, type_name)) => (name, Some(Declared::Type(type_name.parse()?))),
            None => (head, None),
        };
        if name.parse::<ClassName>().is_err() {
            return Err(format!("{name:?} cannot be a name; write NAME=VALUE or NAME:TYPE=VALUE"));
        }
        let value = match (value, declared) {
            (None, Some(Declared::Null)) => "",
            (Some(value), Some(Declared::Null)) if !value.is_empty() => {
                return Err("a null has no value; write NAME:null".to_owned());
            }
            (Some(value), _) => value,
            (None, _) => return Err("a value is missing; write NAME=VALUE or NAME:TYPE=VALUE".to_owned()),
        };
        Ok(Self { name: name.to_owned(), declared, value: value.to_owned() })
    }
}

impl Given {
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The text after the equals sign.
    pub(super) fn text(&self) -> &str {
        &self.value
    }

    /// The argument as messages show it: without a long value, but with the name of a file.
    fn place(&self) -> Place {
        let file = if self.value.starts_with('@') { self.value.as_str() } else { "…" };
        Place::new(format!("{}={file}", self.name))
    }
}

/// The parameters of a call, typed and in the order in which they are sent.
pub(super) fn parameters(
    class: Option<KnownClass>,
    method: &str,
    given: &[Given],
) -> Result<Vec<(Typed, Value)>, Failure> {
    match class.and_then(|class| class.method(method)) {
        Some(method) => of_schema(method, given),
        None => {
            let mut names: Vec<&str> = Vec::new();
            for one in given.iter().map(Given::name) {
                if !names.iter().any(|name| name.eq_ignore_ascii_case(one)) {
                    names.push(one);
                }
            }
            names.into_iter().map(|name| parameter(name, None, &called(given, name))).collect()
        }
    }
}

fn called<'g>(given: &'g [Given], name: &str) -> Vec<&'g Given> {
    given.iter().filter(|given| given.name.eq_ignore_ascii_case(name)).collect()
}

fn of_schema(method: KnownMethod, given: &[Given]) -> Result<Vec<(Typed, Value)>, Failure> {
    let inputs: Vec<_> = method.parameters().filter(|parameter| parameter.is_input()).collect();
    let list = || {
        let shown = inputs.iter().map(|input| {
            let optional = if input.is_optional() { " (optional)" } else { "" };
            format!("{}:{}{optional}", input.member().name(), TypeName::of(input.member()))
        });
        let shown: Vec<String> = shown.collect();
        if shown.is_empty() { "none".to_owned() } else { shown.join(", ") }
    };
    for one in given {
        let is_input =
            |input: &hvsnap::schema::KnownParameter| input.member().name().eq_ignore_ascii_case(&one.name);
        if !inputs.iter().any(is_input) {
            let what = if method.parameter(&one.name).is_some() { "gives" } else { "does not have" };
            return Err(Failure::usage(format!(
                "{} {what} the parameter {:?}; it takes: {}",
                method.name(),
                one.name,
                list()
            )));
        }
    }
    let mut parameters = Vec::new();
    for input in &inputs {
        let member = input.member();
        let values = called(given, member.name());
        if values.is_empty() && !input.is_optional() {
            return Err(Failure::usage(format!(
                "{} needs the parameter {}; it takes: {}",
                method.name(),
                member.name(),
                list()
            )));
        }
        if !values.is_empty() {
            parameters.push(parameter(member.name(), Some(member), &values)?);
        }
    }
    Ok(parameters)
}

/// One parameter from its arguments; an array may have several.
fn parameter(name: &str, member: Option<KnownMember>, given: &[&Given]) -> Result<(Typed, Value), Failure> {
    let known = member.map(TypeName::of);
    let mut type_name = known;
    for one in given {
        let Some(Declared::Type(declared)) = one.declared else { continue };
        if let Some(before) = type_name.filter(|before| !before.fits(declared)) {
            let whose = if known.is_some() { "in the schema" } else { "where it was given before" };
            return Err(one.place().wrong(format_args!("{name} is {before} {whose}, not {declared}")));
        }
        type_name = Some(type_name.unwrap_or(declared));
    }
    // The wire carries no types: a number, a boolean and a string look alike on it.
    let type_name = type_name.unwrap_or(TypeName::STRING);
    let class = member.and_then(|member| member.reference_class().or(member.embedded_class()));
    let value = match given {
        [one] if one.declared == Some(Declared::Null) => Value::Null,
        many if type_name.array => array(many, type_name, class)?,
        [one] => scalar(one, type_name.kind, class)?,
        [_, again, ..] => {
            return Err(again
                .place()
                .wrong(format_args!("{name} is given twice, and {type_name} is no array")));
        }
        [] => Value::Null,
    };
    Ok((Typed::of(name, type_name, &value), value))
}

fn array(given: &[&Given], type_name: TypeName, class: Option<&str>) -> Result<Value, Failure> {
    let mut members = Vec::new();
    for one in given {
        let place = one.place();
        let json = match one.value.as_str() {
            _ if one.declared == Some(Declared::Null) => {
                return Err(
                    place.wrong("null is not a member of an array here; give the whole array as JSON")
                );
            }
            text if text.starts_with('[') => Some(read::json(text, &place)?),
            text => match text.strip_prefix('@') {
                Some(file) => Some(read::file(file, &place)?),
                None => None,
            },
        };
        match json {
            Some(json @ serde_json::Value::Array(_)) => {
                if let Value::Array(more) = read::value(&json, type_name, class, &place)? {
                    members.extend(more);
                }
            }
            Some(json) => members.push(read::one(&json, type_name.kind, class, &place)?),
            None => members.push(scalar(one, type_name.kind, class)?),
        }
    }
    Ok(Value::Array(members))
}

fn scalar(given: &Given, kind: Kind, class: Option<&str>) -> Result<Value, Failure> {
    let (place, text) = (given.place(), given.value.as_str());
    let expected = |what: &str| {
        let found: String = text.chars().take(60).collect();
        place.wrong(format_args!("expected {what}, found {found:?}"))
    };
    match kind {
        Kind::Text | Kind::Cim(CimType::String) => Ok(Value::String(text.to_owned())),
        // Also no text: `CreateSnapshot` takes it for the default settings.
        Kind::Instance if text.is_empty() || text.starts_with('<') => Ok(Value::String(text.to_owned())),
        Kind::Instance | Kind::Cim(CimType::Reference | CimType::Object) => {
            let json = match text.strip_prefix('@') {
                Some(file) => read::file(file, &place)?,
                None if text.starts_with('{') || text == "null" => read::json(text, &place)?,
                None => {
                    let what =
                        if kind == Kind::Cim(CimType::Reference) { "a reference" } else { "an instance" };
                    return Err(expected(&format!("{what} as JSON ({{…}}) or in a file (@FILE)")));
                }
            };
            read::one(&json, kind, class, &place)
        }
        Kind::Cim(_) if text == "null" => Ok(Value::Null),
        Kind::Cim(cim_type) => {
            let value = Raw::Text(text.into()).to_value(cim_type);
            value.ok_or_else(|| expected(&cim_type.to_string()))
        }
    }
}

/// The value of a key: a text, or a reference.
pub(super) enum Key {
    Text(String),
    Reference(hvsnap::wsman::EndpointReference),
}

/// A key of an instance; `member` is its entry in the schema, if known. Its text must be of the type, and is sent unchanged.
pub(super) fn key(given: &Given, member: Option<KnownMember>) -> Result<Key, Failure> {
    let (typed, value) = parameter(&given.name, member, &[given])?;
    match value {
        Value::Reference(reference) => Ok(Key::Reference(reference)),
        Value::Null | Value::Array(_) | Value::Object(_) => {
            let type_name = typed.type_name.unwrap_or(TypeName::STRING);
            Err(given.place().wrong(format_args!("a key is one value, not null and not {type_name}")))
        }
        _ => Ok(Key::Text(given.value.clone())),
    }
}

#[cfg(test)]
mod tests {
    use hvsnap::schema::known_class;

    use super::*;

    fn given(texts: &[&str]) -> Vec<Given> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    fn values(texts: &[&str]) -> Result<Vec<Value>, Failure> {
        let parameters = parameters(None, "Any", &given(texts))?;
        Ok(parameters.into_iter().map(|(_, value)| value).collect())
    }

    #[track_caller]
    fn refused(class: &str, method: &str, texts: &[&str], wanted: &str) {
        let failure = parameters(known_class(class), method, &given(texts)).unwrap_err();
        assert!(failure.parts().message.contains(wanted), "{}", failure.parts().message);
    }

    #[test]
    fn an_argument_is_a_name_a_type_and_a_value() {
        for (text, name, value) in [
            ("Name=a=b:c", "Name", "a=b:c"),
            ("Count:uint32=3", "Count", "3"),
            ("Empty=", "Empty", ""),
            ("Nothing:null", "Nothing", ""),
        ] {
            let given: Given = text.parse().unwrap();
            assert_eq!((given.name(), given.value.as_str()), (name, value));
        }
        for text in ["Name", "=x", "a b=c", "Count:uint32", "Count:int=3", "Nothing:null=x"] {
            assert!(text.parse::<Given>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_suffix_gives_the_type_where_the_schema_knows_none() {
        let found = values(&[
            "A:uint32=3",
            "B=3",
            "C:boolean=true",
            "D:datetime=PT5M",
            "E:datetime=2026-03-09T14:30:00Z",
            "F:uint64=18446744073709551615",
            "G:uint16=null",
            "H:null",
            "I=@literal",
        ]);
        let found = found.unwrap();
        assert_eq!(found[..3], [Value::Uint32(3), "3".into(), true.into()]);
        assert!(matches!((&found[3], &found[4]), (Value::Datetime(_), Value::Datetime(_))));
        assert_eq!(found[5..], [u64::MAX.into(), Value::Null, Value::Null, "@literal".into()]);
    }

    #[test]
    fn an_array_is_repeated_or_json() {
        let both = [
            vec!["A:uint8[]=1", "A:uint8[]=2"],
            vec!["A:uint8[]=[1,2]"],
            vec!["A:uint8[]=[1]", "a:uint8[]=2"],
        ];
        for texts in both {
            let wanted = Value::Array(vec![Value::Uint8(1), Value::Uint8(2)]);
            assert_eq!(values(&texts).unwrap(), [wanted], "{texts:?}");
        }
        assert_eq!(values(&["A:string[]=[]"]).unwrap(), [Value::Array(Vec::new())]);
        refused("X", "Any", &["A:uint8=1", "A:uint8=2"], "given twice");
        refused(
            "X",
            "Any",
            &["A:uint8[]=1", "A:uint16[]=2"],
            "is uint8[] where it was given before, not uint16[]",
        );
        refused("X", "Any", &["A:uint8[]=[1,"], "no JSON: EOF");
        refused("X", "Any", &["A:uint8[]=[1,300]"], "A=…: at [1]: expected uint8, found 300");
        refused("X", "Any", &["A:uint8=300"], "A=…: expected uint8, found \"300\"");
        refused("X", "Any", &["A:ref=\\\\HV01"], "expected a reference as JSON");
        refused("X", "Any", &["A:ref=@/no/such.json"], "A=@/no/such.json: cannot read the file");
    }

    #[test]
    fn the_schema_types_what_it_knows_and_refuses_what_it_does_not() {
        let (vm, change) = ("Msvm_ComputerSystem", "RequestStateChange");
        let typed =
            parameters(known_class(vm), change, &given(&["timeoutperiod=PT1M", "RequestedState=3"])).unwrap();
        let names: Vec<_> = typed.iter().map(|(typed, _)| typed.name.as_str()).collect();
        assert_eq!(names, ["RequestedState", "TimeoutPeriod"], "in the order of the schema");
        assert_eq!(typed[0].1, Value::Uint16(3));
        refused(vm, change, &["RequestedState=on"], "RequestedState=…: expected uint16, found \"on\"");
        refused(
            vm,
            change,
            &["RequestedState:uint32=3"],
            "RequestedState is uint16 in the schema, not uint32",
        );
        refused(
            vm,
            change,
            &["State=3"],
            "does not have the parameter \"State\"; it takes: RequestedState:uint16, Time",
        );
        refused(vm, change, &["Job=x", "RequestedState=3"], "gives the parameter \"Job\"");
        refused(vm, change, &[], "needs the parameter RequestedState");
        let service = "Msvm_VirtualSystemManagementService";
        refused(service, "ModifySystemSettings", &["SystemSettings=x"], "expected an instance as JSON");
        let text = given(&["SystemSettings=<INSTANCE CLASSNAME=\"X\"/>"]);
        let typed = parameters(known_class(service), "ModifySystemSettings", &text).unwrap();
        assert_eq!(typed[0].1, "<INSTANCE CLASSNAME=\"X\"/>".into());
    }
}
