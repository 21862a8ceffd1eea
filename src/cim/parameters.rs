//! The parameters of a method and its results.

use crate::{
    cim::{FromRaw, Instance, PropertyError, Value},
    violation::{ProtocolError, Violation},
};

/// Parameters of a method, in the order in which they are sent; that of the schema is safe.
///
/// ```
/// use hvsnap::cim::{Parameters, Value};
///
/// let parameters = Parameters::new().with("RequestedState", 4_u16).with("TimeoutPeriod", Value::Null);
/// assert_eq!(parameters.iter().count(), 2);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parameters(Vec<(String, Value)>);

impl Parameters {
    /// No parameters.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a parameter. Leave out an optional parameter to send null.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.0.push((name.into(), value.into()));
        self
    }

    /// Each name with its value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }
}

/// The result of a method: its return value and its output parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct MethodOutput {
    return_value: Option<u32>,
    parameters: Instance<'static>,
}

impl MethodOutput {
    /// Reads the output of a method. Any return value is accepted, and none at all.
    ///
    /// # Errors
    /// If the return value is not a number.
    pub(crate) fn from_output(output: &Instance<'_>) -> Result<Self, ProtocolError> {
        match output.read::<u32>("ReturnValue") {
            Ok(return_value) => Ok(Self { return_value, parameters: output.clone().into_owned() }),
            Err(error) => Err(ProtocolError::new(Violation::BadReturnValue, error.to_string())),
        }
    }

    /// `ReturnValue`; `None` if the method returns nothing. Its meaning depends on the method; for most, 0 is success and 4096
    /// means that a job was started.
    pub fn return_value(&self) -> Option<u32> {
        self.return_value
    }

    /// The output parameter `name`; `None` if it is null or was not sent.
    ///
    /// # Errors
    /// If it is not of type `T`, or is an array.
    pub fn read<T: FromRaw>(&self, name: &str) -> Result<Option<T>, PropertyError> {
        self.parameters.read(name)
    }

    /// The output parameter `name` as an array.
    ///
    /// # Errors
    /// If a member is not of type `T`.
    pub fn list<T: FromRaw>(&self, name: &str) -> Result<Vec<T>, PropertyError> {
        self.parameters.list(name)
    }

    /// All output parameters, including the return value.
    pub fn parameters(&self) -> &Instance<'static> {
        &self.parameters
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_may_return_nothing_but_no_text() {
        let class = "Stop_OUTPUT".parse().unwrap();
        let output =
            |value: Value| MethodOutput::from_output(&Instance::new(&class).with("ReturnValue", value));
        let nothing = MethodOutput::from_output(&Instance::new(&class)).unwrap();
        assert_eq!(nothing.return_value(), None);
        assert_eq!(output(4096_u32.into()).unwrap().return_value(), Some(4096));
        assert_eq!(output("x".into()).unwrap_err().violation(), Violation::BadReturnValue);
    }
}
