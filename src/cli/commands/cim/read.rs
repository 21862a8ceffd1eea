//! Reads values, references and instances from JSON, as `view` writes them or as users write them by hand.
//!
//! Everything is read before anything is sent. An error names the argument, the path in the JSON and what was expected.

use std::{fmt, fs::File, io::Read as _};

use hvsnap::{
    cim::{CimType, ClassName, EmbeddedInstance, Instance, Raw, Value},
    schema::{KnownClass, known_class},
    wsman::{EndpointReference, SelectorSet},
};
use serde_json::{Map, Value as Json};

use super::typed::{Kind, TypeName};
use crate::cli::failure::Failure;

/// The maximum size of a file in bytes: that of one message of a host.
const MOST_BYTES: u64 = 16 * 1024 * 1024;

/// The place of a value: an argument, and a path in its JSON.
#[derive(Clone, Debug)]
pub(super) struct Place {
    argument: String,
    path: String,
}

impl Place {
    /// The value of an argument.
    pub(super) fn new(argument: impl Into<String>) -> Self {
        Self { argument: argument.into(), path: String::new() }
    }

    fn member(&self, name: &str) -> Self {
        let dot = if self.path.is_empty() { "" } else { "." };
        Self { path: format!("{}{dot}{name}", self.path), ..self.clone() }
    }

    fn index(&self, index: usize) -> Self {
        Self { path: format!("{}[{index}]", self.path), ..self.clone() }
    }

    /// A usage error at this place.
    pub(super) fn wrong(&self, what: impl fmt::Display) -> Failure {
        let at = if self.path.is_empty() { String::new() } else { format!(" at {}:", self.path) };
        Failure::usage(format!("{}:{at} {what}", self.argument))
    }

    fn expected(&self, what: impl fmt::Display, found: &Json) -> Failure {
        let found = match found {
            Json::Array(_) => "an array".to_owned(),
            Json::Object(_) => "an object".to_owned(),
            Json::String(text) if text.chars().count() > 60 => "a long text".to_owned(),
            other => other.to_string(),
        };
        self.wrong(format_args!("expected {what}, found {found}"))
    }
}

/// The JSON in a file.
pub(super) fn file(path: &str, place: &Place) -> Result<Json, Failure> {
    let cannot = |error: std::io::Error| place.wrong(format_args!("cannot read the file {path:?}: {error}"));
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(cannot)?;
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(cannot)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > MOST_BYTES) {
        return Err(place.wrong(format_args!("the file {path:?} is larger than {MOST_BYTES} bytes")));
    }
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| place.wrong(format_args!("the file {path:?} is no UTF-8 text")))?;
    // Some editors write a byte-order mark at the start of a file.
    json(text.trim_start_matches('\u{feff}'), place)
}

/// The JSON in a text.
pub(super) fn json(text: &str, place: &Place) -> Result<Json, Failure> {
    serde_json::from_str(text).map_err(|error| place.wrong(format_args!("no JSON: {error}")))
}

/// A value of this type; `class` is the class that the schema declares for a reference or an instance.
pub(super) fn value(
    json: &Json,
    type_name: TypeName,
    class: Option<&str>,
    place: &Place,
) -> Result<Value, Failure> {
    match json {
        Json::Null => Ok(Value::Null),
        Json::Array(members) if type_name.array => {
            let members = members.iter().enumerate();
            let members = members.map(|(index, json)| one(json, type_name.kind, class, &place.index(index)));
            members.collect::<Result<_, _>>().map(Value::Array)
        }
        json if type_name.array => Err(place.expected(format_args!("{type_name}, an array"), json)),
        json => one(json, type_name.kind, class, place),
    }
}

/// One value, or a member of an array.
pub(super) fn one(json: &Json, kind: Kind, class: Option<&str>, place: &Place) -> Result<Value, Failure> {
    let cim_type = match kind {
        Kind::Instance => {
            return match json {
                Json::Null => Ok(Value::Null),
                // An instance that is text already.
                Json::String(text) => Ok(Value::String(text.clone())),
                json => embedded(json, class, place).map(Value::from),
            };
        }
        Kind::Text => CimType::String,
        Kind::Cim(cim_type) => cim_type,
    };
    let text = match (json, cim_type) {
        (Json::Null, _) => return Ok(Value::Null),
        (json, CimType::Reference) => return reference(json, class, place).map(Value::Reference),
        (json, CimType::Object) => return nested(json, class, place).map(Value::from),
        (Json::Bool(value), CimType::Boolean) => return Ok(Value::Boolean(*value)),
        (Json::String(text), CimType::String) => return Ok(Value::String(text.clone())),
        (Json::Number(number), cim_type) if is_number(cim_type) => number.to_string(),
        (Json::String(text), cim_type) if is_number(cim_type) || cim_type == CimType::Datetime => {
            text.clone()
        }
        (json, _) => return Err(place.expected(TypeName::scalar(cim_type), json)),
    };
    Raw::Text(text.into()).to_value(cim_type).ok_or_else(|| place.expected(TypeName::scalar(cim_type), json))
}

fn is_number(cim_type: CimType) -> bool {
    !matches!(
        cim_type,
        CimType::Boolean | CimType::String | CimType::Datetime | CimType::Reference | CimType::Object
    )
}

/// A reference: alone, or that of an instance, also inside a command's whole document.
pub(super) fn reference(
    json: &Json,
    class: Option<&str>,
    place: &Place,
) -> Result<EndpointReference, Failure> {
    const WHAT: &str = "a reference (resource_uri and selectors), or an instance that has one";
    let (json, place) = inner(json, place)?;
    let (json, place) = match json.get("reference") {
        Some(reference) => (reference, place.member("reference")),
        None => (json, place),
    };
    let Some(uri) = json.get("resource_uri") else { return Err(place.expected(WHAT, json)) };
    let at = place.member("resource_uri");
    let text = uri.as_str().ok_or_else(|| at.expected("a resource URI", uri))?;
    let resource_uri: hvsnap::wsman::ResourceUri = text.parse().map_err(|error| at.wrong(error))?;
    let at = place.member("selectors");
    let mut selectors = SelectorSet::new();
    match json.get("selectors") {
        None | Some(Json::Null) => {}
        Some(Json::Object(given)) => {
            for (name, json) in given {
                selectors = match json {
                    Json::String(text) => selectors.with(name, text),
                    Json::Number(number) => selectors.with(name, number.to_string()),
                    Json::Bool(value) => selectors.with(name, value.to_string()),
                    Json::Object(_) => {
                        selectors.with_reference(name, reference(json, None, &at.member(name))?)
                    }
                    json => return Err(at.member(name).expected("a text or a reference", json)),
                };
            }
        }
        Some(json) => return Err(at.expected("an object of names and texts", json)),
    }
    let mut found = EndpointReference::new(resource_uri, selectors);
    check_class(found.resource_uri.last_segment(), class, "a reference to", &place)?;
    match json.get("address") {
        None | Some(Json::Null) => {}
        Some(Json::String(address)) => found.address.clone_from(address),
        Some(json) => return Err(place.member("address").expected("a URL", json)),
    }
    Ok(found)
}

/// The only instance of a document of this program; other JSON is returned unchanged.
fn inner<'j>(json: &'j Json, place: &Place) -> Result<(&'j Json, Place), Failure> {
    if let Some(instance) = json.get("instance") {
        return Ok((instance, place.member("instance")));
    }
    match json.get("instances") {
        Some(Json::Array(instances)) => match instances.as_slice() {
            [instance] => Ok((instance, place.member("instances").index(0))),
            many => {
                let at = place.member("instances");
                Err(at.wrong(format_args!("expected one instance, found {}", many.len())))
            }
        },
        _ => Ok((json, place.clone())),
    }
}

/// An instance as an element, for a property or parameter of the type object.
fn nested(json: &Json, expected: Option<&str>, place: &Place) -> Result<Instance<'static>, Failure> {
    let shape = Shape::read(json, expected, place)?;
    let mut instance = Instance::new(&shape.class);
    for property in shape.properties() {
        let Property { name, type_name, json, place } = property?;
        let value = match type_name {
            Some(type_name) => value(json, type_name, None, &place)?,
            None => Value::Null,
        };
        instance = instance.with(name, value);
    }
    Ok(instance)
}

/// An instance as CIM-XML text, for a property or parameter of the type string.
fn embedded(json: &Json, expected: Option<&str>, place: &Place) -> Result<EmbeddedInstance, Failure> {
    let shape = Shape::read(json, expected, place)?;
    let mut instance = EmbeddedInstance::new(shape.class.clone());
    for property in shape.properties() {
        let Property { name, type_name, json, place } = property?;
        let cim_type = match type_name.map(|type_name| type_name.kind) {
            Some(Kind::Cim(CimType::Reference | CimType::Object)) => {
                let text = "a reference or nested instance has no place in an embedded instance: leave it out, or \
                            give the object path as a string";
                return Err(place.wrong(text));
            }
            Some(Kind::Cim(cim_type)) => cim_type,
            Some(Kind::Instance) => CimType::String,
            Some(Kind::Text) | None => {
                let text = format_args!(
                    "the type of {}.{name} is not known: give it under \"types\", or leave the property out",
                    shape.class
                );
                return Err(place.wrong(text));
            }
        };
        let class = shape.known.and_then(|class| class.property(name)?.embedded_class());
        let type_name = type_name.unwrap_or(TypeName::scalar(cim_type));
        let written = match value(json, type_name, class, &place)? {
            Value::Array(members) => instance.with_array(name, cim_type, Some(members)),
            Value::Null if type_name.array => instance.with_array(name, cim_type, None),
            Value::Null => instance.with_null(name, cim_type),
            value => instance.with(name, value),
        };
        instance = written.map_err(|error| place.wrong(error))?;
    }
    Ok(instance)
}

/// An instance in JSON: its class, its properties, and their types.
struct Shape<'j> {
    class: ClassName,
    known: Option<KnownClass>,
    properties: &'j Map<String, Json>,
    types: Option<&'j Map<String, Json>>,
    place: Place,
}

/// A property, with its type if given.
struct Property<'j> {
    name: &'j str,
    type_name: Option<TypeName>,
    json: &'j Json,
    place: Place,
}

impl<'j> Shape<'j> {
    fn read(json: &'j Json, expected: Option<&str>, place: &Place) -> Result<Self, Failure> {
        const WHAT: &str = "an instance (class, properties and types)";
        let (json, place) = inner(json, place)?;
        let at = place.member("properties");
        let properties = match json.get("properties") {
            Some(Json::Object(properties)) => properties,
            Some(other) => return Err(at.expected("an object of names and values", other)),
            None => return Err(place.expected(WHAT, json)),
        };
        let at = place.member("class");
        let class: ClassName = match json.get("class") {
            Some(Json::String(class)) => class.parse().map_err(|error| at.wrong(error))?,
            Some(other) => return Err(at.expected("the name of a class", other)),
            None => return Err(place.expected(WHAT, json)),
        };
        check_class(class.as_str(), expected, "an instance of", &at)?;
        let at = place.member("types");
        let types = match json.get("types") {
            None | Some(Json::Null) => None,
            Some(Json::Object(types)) => Some(types),
            Some(other) => return Err(at.expected("an object of names and types", other)),
        };
        let known = known_class(class.as_str());
        Ok(Self { class, known, properties, types, place })
    }

    fn properties(&self) -> impl Iterator<Item = Result<Property<'j>, Failure>> + use<'_, 'j> {
        self.properties.iter().map(|(name, json)| {
            let place = self.place.member("properties").member(name);
            if name.parse::<ClassName>().is_err() {
                return Err(place.wrong(format_args!("{name:?} cannot be the name of a property")));
            }
            let is_same = |other: &String| other != name && other.eq_ignore_ascii_case(name);
            if let Some(other) = self.properties.keys().find(|other| is_same(other)) {
                return Err(place.wrong(format_args!("{other} is the same property")));
            }
            let type_name = self.type_name(name, json, &place)?;
            Ok(Property { name, type_name, json, place })
        })
    }

    /// From the schema, otherwise from the given type, otherwise from the form of the JSON.
    fn type_name(&self, name: &str, json: &Json, place: &Place) -> Result<Option<TypeName>, Failure> {
        let at = self.place.member("types").member(name);
        let given = match self.types.and_then(|types| types.get(name)) {
            None => None,
            Some(Json::String(text)) => Some(text.parse::<TypeName>().map_err(|error| at.wrong(error))?),
            Some(other) => return Err(at.expected("the name of a type", other)),
        };
        let known = self.known.and_then(|class| class.property(name)).map(TypeName::of);
        match (known, given) {
            (Some(known), Some(given)) if given.kind != Kind::Text && !known.fits(given) => {
                Err(at.wrong(format_args!("{}.{name} is {known}, not {given}", self.class)))
            }
            (Some(known), _) => Ok(Some(known)),
            (None, Some(given)) => Ok(Some(given)),
            (None, None) => match by_form(json) {
                Ok(type_name) => Ok(type_name),
                Err(()) => Err(place.wrong(format_args!(
                    "the type of {}.{name} is not known: give it under \"types\"",
                    self.class
                ))),
            },
        }
    }
}

/// A string is a string, true and false are booleans, and null has no type; anything else needs one.
fn by_form(json: &Json) -> Result<Option<TypeName>, ()> {
    let scalar = |json: &Json| match json {
        Json::String(_) => Ok(TypeName::STRING),
        Json::Bool(_) => Ok(TypeName::scalar(CimType::Boolean)),
        _ => Err(()),
    };
    match json {
        Json::Null => Ok(None),
        Json::Array(members) => {
            let first = scalar(members.first().ok_or(())?)?;
            Ok(Some(TypeName { array: true, ..first }))
        }
        json => scalar(json).map(Some),
    }
}

/// Refuses a class that, according to the schema, is not the declared one.
fn check_class(class: &str, expected: Option<&str>, what: &str, place: &Place) -> Result<(), Failure> {
    let Some(expected) = expected else { return Ok(()) };
    let is_other =
        known_class(expected).is_some() && known_class(class).is_some_and(|known| !known.is_a(expected));
    if is_other {
        return Err(place.wrong(format_args!("expected {what} {expected}, found one of {class}")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use hvsnap::{Limits, cim::parse_embedded};
    use serde_json::json;

    use super::{super::view::InstanceView, *};

    fn place() -> Place {
        Place::new("X=@x.json")
    }

    #[track_caller]
    fn says<T: fmt::Debug>(refused: Result<T, Failure>, text: &str) {
        let message = refused.unwrap_err().parts().message.clone();
        assert!(message.starts_with("X=@x.json:") && message.contains(text), "{message}");
    }

    #[test]
    fn an_instance_comes_back_as_it_was_shown() {
        let class = "Msvm_StorageAllocationSettingData".parse().unwrap();
        let instance = Instance::new(&class)
            .with("Limit", u64::MAX)
            .with("HostResource", vec!["a".to_owned(), "b".to_owned()])
            .with("AutomaticAllocation", true)
            .with("Caption", Value::Null)
            .with("ResourceType", 31_u16);
        let view = InstanceView::new(&instance, "root/virtualization/v2", None, &[]);
        let json = serde_json::to_value(&view).unwrap();
        assert_eq!(json["properties"]["Limit"], "18446744073709551615", "{json:#}");
        assert_eq!(json["types"]["HostResource"], "string[]", "{json:#}");
        assert_eq!(
            nested(&json, None, &place()).unwrap().value("Limit", CimType::Uint64, false).unwrap(),
            u64::MAX.into()
        );
        let text = embedded(&json, None, &place()).unwrap().to_string();
        let read = parse_embedded(&text, &Limits::default()).unwrap();
        let again = InstanceView::new(&read, "root/virtualization/v2", None, &[]);
        assert_eq!(serde_json::to_value(&again).unwrap(), json);
    }

    #[test]
    fn the_types_of_a_class_that_is_not_known_stand_beside_its_values() {
        let typed = json!({"class": "X_Any", "properties": {"When": "2026-03-09T14:30:00Z", "Codes": [1, 2], "Empty": [],
            "Far": "-9223372036854775808", "Part": 0.5, "For": "P0DT0H5M0S"},
            "types": {"When": "datetime", "Codes": "uint16[]", "Empty": "string[]", "Far": "sint64", "Part": "real32",
            "For": "datetime"}});
        let text = embedded(&typed, None, &place()).unwrap().to_string();
        for part in [
            "NAME=\"When\" TYPE=\"datetime\"><VALUE>20260309143000.000000+000</VALUE>",
            "NAME=\"Codes\" TYPE=\"uint16\"><VALUE.ARRAY><VALUE>1</VALUE><VALUE>2</VALUE></VALUE.ARRAY>",
            "NAME=\"Empty\" TYPE=\"string\"><VALUE.ARRAY></VALUE.ARRAY>",
            "NAME=\"Far\" TYPE=\"sint64\"><VALUE>-9223372036854775808</VALUE>",
            "NAME=\"Part\" TYPE=\"real32\"><VALUE>0.5</VALUE>",
            "NAME=\"For\" TYPE=\"datetime\"><VALUE>00000000000500.000000:000</VALUE>",
        ] {
            assert!(text.contains(part), "no {part} in {text}");
        }
        let untyped = json!({"class": "X_Any", "properties": {"Count": 3}});
        says(embedded(&untyped, None, &place()), "at properties.Count: the type of X_Any.Count is not known");
        let text = json!({"class": "X_Any", "properties": {"Count": "3"}, "types": {"Count": "text"}});
        says(embedded(&text, None, &place()), "the type of X_Any.Count is not known");
        assert_eq!(nested(&text, None, &place()).unwrap().read::<u8>("Count").unwrap(), Some(3));
    }

    #[test]
    fn what_is_wrong_names_its_place_and_what_was_expected() {
        let instance = |properties: Json, types: Json| {
            let document = json!({"schema": "hvsnap/1", "instance":
                {"class": "Msvm_VirtualSystemSettingData", "properties": properties, "types": types}});
            embedded(&document, Some("Msvm_VirtualSystemSettingData"), &place())
        };
        says(
            instance(json!({"ElementName": 5}), json!({})),
            "at instance.properties.ElementName: expected string, found 5",
        );
        says(instance(json!({"Notes": "x"}), json!({})), "expected string[], an array, found \"x\"");
        says(
            instance(json!({"Notes": ["x", 1]}), json!({})),
            "at instance.properties.Notes[1]: expected string",
        );
        says(instance(json!({"CreationTime": "soon"}), json!({})), "expected datetime, found \"soon\"");
        says(instance(json!({"IsSaved": "true"}), json!({})), "expected boolean");
        says(instance(json!({"AutomaticStartupAction": 70000}), json!({})), "expected uint16, found 70000");
        says(instance(json!({"ElementName": "x"}), json!({"ElementName": "uint8"})), "is string, not uint8");
        says(
            instance(json!({"ElementName": "x"}), json!({"ElementName": "int"})),
            "at instance.types.ElementName: no type",
        );
        says(instance(json!({"a b": "x"}), json!({})), "cannot be the name of a property");
        let twice = json!({"ElementName": "x", "elementname": "y"});
        says(
            instance(twice, json!({})),
            "at instance.properties.ElementName: elementname is the same property",
        );
        says(instance(json!(5), json!({})), "at instance.properties: expected an object");
        says(embedded(&json!([1]), None, &place()), "expected an instance");
        let other = json!({"class": "Msvm_ComputerSystem", "properties": {}});
        says(
            embedded(&other, Some("CIM_SettingData"), &place()),
            "at class: expected an instance of CIM_SettingData",
        );
        says(json("{\n  \"class\": ]", &place()), "line 2 column 12");
        says(file("/no/such/file.json", &place()), "cannot read the file");
    }

    #[test]
    fn a_reference_is_taken_from_itself_an_instance_or_a_document() {
        let uri = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/Msvm_X";
        let bare = json!({"resource_uri": uri, "selectors": {"Name": "a", "Number": 7,
            "Of": {"resource_uri": uri, "selectors": {"Name": "b"}}}});
        let wanted = reference(&bare, None, &place()).unwrap();
        assert_eq!((wanted.selectors.text("Name"), wanted.selectors.text("Number")), (Some("a"), Some("7")));
        for holder in [
            json!({"class": "Msvm_X", "properties": {}, "reference": bare}),
            json!({"instance": {"reference": bare}}),
            json!({"instances": [{"reference": bare}]}),
        ] {
            assert_eq!(reference(&holder, None, &place()).unwrap(), wanted);
        }
        says(
            reference(&json!({"instances": [1, 2]}), None, &place()),
            "at instances: expected one instance, found 2",
        );
        says(reference(&json!({"instance": {}}), None, &place()), "at instance: expected a reference");
        says(reference(&json!({"resource_uri": "x"}), None, &place()), "at resource_uri: not a resource URI");
        says(
            reference(&json!({"resource_uri": uri, "selectors": {"A": []}}), None, &place()),
            "at selectors.A: expected",
        );
        let vm = json!({"resource_uri": uri.replace("Msvm_X", "Msvm_ComputerSystem")});
        says(
            reference(&vm, Some("CIM_VirtualSystemSettingData"), &place()),
            "expected a reference to CIM_Virtual",
        );
    }
}
