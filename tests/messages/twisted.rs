//! Answers that violate the protocol, each with its violation.

use super::{fixture, read_destroy, read_job, read_page};
use crate::{
    Violation,
    wsman::{AnswerError, EnumerationMode},
};

fn offence<T: std::fmt::Debug>(outcome: Result<T, AnswerError>) -> Violation {
    match outcome {
        Err(AnswerError::Protocol(error)) => error.violation(),
        other => panic!("no offence: {other:?}"),
    }
}

fn twisted(name: &str, from: &str, to: &str) -> String {
    let text = fixture(name);
    assert!(text.contains(from), "{name} does not hold {from:?}");
    text.replace(from, to)
}

#[test]
fn a_destroy_answer_that_contradicts_itself_is_an_offence() {
    let name = "destroy-job-started";
    for (from, to, violation) in [
        ("ReturnValue>4096<", "ReturnValue><", Violation::BadReturnValue),
        ("ReturnValue>4096<", "ReturnValue>-1<", Violation::BadReturnValue),
        ("ReturnValue>4096<", "ReturnValue>4096.0<", Violation::BadReturnValue),
        ("p:ReturnValue>", "p:ReturnValve>", Violation::NoReturnValue),
        ("p:Job", "p:Jab", Violation::NoJobReference),
        ("w:ResourceURI>", "w:ResourceURL>", Violation::BadReference),
        ("p:DestroySnapshot_OUTPUT", "p:ApplySnapshot_OUTPUT", Violation::UnexpectedBody),
        ("/wbem/wsman/1/wmi/", "/else/where/", Violation::UnexpectedBody),
        ("s:Body>", "s:Bodies>", Violation::NoBody),
        ("2003/05/soap-envelope", "2001/12/soap-envelope", Violation::NotAnEnvelope),
        ("a:RelatesTo>", "a:RelatesFrom>", Violation::WrongRelatesTo),
    ] {
        assert_eq!(offence(read_destroy(&twisted(name, from, to))), violation, "{from} -> {to}");
    }
}

#[test]
fn two_return_values_are_no_return_value() {
    let text = twisted(
        "destroy-job-started",
        "<p:ReturnValue>4096</p:ReturnValue>",
        "<p:ReturnValue>0</p:ReturnValue><p:ReturnValue>4096</p:ReturnValue>",
    );
    assert_eq!(offence(read_destroy(&text)), Violation::BadReturnValue);
}

#[test]
fn a_job_without_id_or_state_is_an_offence() {
    for (from, to) in
        [("JobState>4<", "JobState>x<"), ("p:JobState>", "p:JabState>"), ("p:InstanceID>", "p:InstanceIE>")]
    {
        assert_eq!(offence(read_job(&twisted("job-running", from, to))), Violation::BadProperty, "{from}");
    }
}

#[test]
fn an_enumeration_that_neither_ends_nor_goes_on_is_an_offence() {
    for (name, from, to, violation) in [
        ("enumerate-context-only", "uuid:C1", " ", Violation::NoEnumerationContext),
        ("pull-last", "<n:EndOfSequence/>", "", Violation::NoEnumerationContext),
        ("pull-last", "n:PullResponse", "n:PushResponse", Violation::UnexpectedBody),
    ] {
        let outcome = read_page(&twisted(name, from, to), EnumerationMode::Object);
        assert_eq!(offence(outcome), violation, "{name}");
    }
    let text = fixture("pull-last");
    let (head, rest) = text.split_once("<n:Items>").unwrap();
    let (item, tail) = rest.split_once("</n:Items>").unwrap();
    let many = format!("{head}<n:Items>{}</n:Items>{tail}", item.repeat(101));
    assert_eq!(offence(read_page(&many, EnumerationMode::Object)), Violation::TooManyItems);
}

#[test]
fn a_fault_without_a_code_is_an_offence() {
    let text = twisted("fault-timed-out", "s:Code>", "s:Cod>");
    assert_eq!(offence(read_job(&text)), Violation::FaultWithoutCode);
}
