//! Oracles for the answers that the client reads, each with the client's reader.
//!
//! The invariants of the exchanges are documented in `wsman` and `hyperv`.

use std::borrow::Cow;

use super::{Verdict, kept, limits, short, tree::Tree};
use crate::{
    Limits,
    cim::{ClassPath, Instance, Namespace, Raw, UriForm, decode},
    hyperv::{
        DestroyScope, JobError, JobRecord, MethodResult, Parent, ReturnCode, SettingData, SnapshotTree,
        VmRecord, return_value,
    },
    soap::MessageId,
    violation::ProtocolError,
    wsman::{
        AnswerError, EndpointReference, Enumerate, EnumerationMode, Fault, Get, Identify, Invoke, Item, Page,
        Pull, SelectorSet, answer,
    },
    xml::{self, Element, Reader},
};

/// The VM of the answers.
const VM_ID: &str = "0A1B2C3D-0001-4000-8000-00000000A001";
/// Plans are made for at most this many snapshots of a tree.
const MOST_PLANS: usize = 16;

/// The message id that answers relate to, in `fixtures` too.
fn id() -> MessageId {
    MessageId::from_random(0x0000_0000_0000_4000_8000_0000_0000_0001)
}

fn path(class: Option<&str>) -> ClassPath {
    let class = class.map(|name| kept(name.parse(), "a class of ours has a good name"));
    ClassPath { namespace: Namespace::virtualization(), class, form: UriForm::Wmi }
}

fn text(bytes: &[u8]) -> Result<Cow<'_, str>, AnswerError> {
    Ok(xml::decode(bytes, None)?)
}

/// Reads an instance, which must stay within the limits.
fn instance<'a>(reader: &mut Reader<'a>, element: &Element<'a>) -> Result<Instance<'a>, ProtocolError> {
    let instance = decode::instance(reader, element)?;
    assert_within(&instance, reader.limits());
    Ok(instance)
}

pub(super) fn assert_within(instance: &Instance<'_>, limits: &Limits) {
    let bound = limits.instance_properties;
    assert!(instance.properties().count() <= bound, "more properties than allowed");
    for property in instance.properties() {
        assert!(property.values().len() <= bound, "more members of {:?} than allowed", property.name());
        for value in property.values() {
            match value {
                Raw::Text(text) | Raw::Datetime(text) => {
                    assert!(text.len() <= limits.xml_text_bytes, "a longer text than allowed");
                }
                Raw::Reference(reference) => assert_keys_within(&reference.selectors, limits),
                Raw::Object(inner) => assert_within(inner, limits),
                _ => {}
            }
        }
    }
}

fn assert_keys_within(keys: &SelectorSet, limits: &Limits) {
    assert!(keys.iter().count() <= limits.selectors, "more selectors than allowed");
}

/// Any answer: its envelope, its headers, the first element of its body.
pub fn envelope(bytes: &[u8]) -> Verdict {
    fn open(text: &str, limits: &Limits, id: Option<&MessageId>) -> Result<(), AnswerError> {
        let mut reader = Reader::new(text, limits);
        let element = answer::open(&mut reader, id)?;
        instance(&mut reader, &element)?;
        Ok(reader.finish()?)
    }
    let limits = limits();
    let text = match text(bytes) {
        Ok(text) => text,
        Err(error) => return error.into(),
    };
    let tree = Tree::read(&text, &limits);
    // A text that cannot be written is refused; nothing else may happen.
    if let Ok(tree) = &tree
        && let Ok(again) = tree.write()
    {
        let again = kept(Tree::read(&again, &Limits::default()), "what was written can be read");
        assert_eq!(again, *tree, "what was written means the same");
    }
    Verdict::of(open(&text, &limits, None));
    let outcome = open(&text, &limits, Some(&id()));
    let understood = matches!(outcome, Ok(()) | Err(AnswerError::Fault(_)));
    assert!(!understood || tree.is_ok(), "an answer was understood that is no document: {tree:?}");
    Verdict::of(outcome)
}

/// An answer that should be a fault.
pub fn fault(bytes: &[u8]) -> Verdict {
    fn read(bytes: &[u8], limits: &Limits) -> Result<(), AnswerError> {
        answer::open(&mut Reader::new(&text(bytes)?, limits), Some(&id())).map(|_| ())
    }
    let outcome = read(bytes, &limits());
    if let Err(AnswerError::Fault(fault)) = &outcome {
        assert_tells(fault);
    }
    Verdict::of(outcome)
}

/// A fault must return the number and the text that are nearest to the cause.
fn assert_tells(fault: &Fault) {
    let shown = fault.to_string();
    assert!(shown.contains(fault.text()), "the text is shown");
    if let Some(number) = fault.number() {
        assert!(shown.contains(&format!("{number} (0x{number:08X})")), "the number is shown");
    }
}

/// The answer to Identify.
pub fn identify(bytes: &[u8]) -> Verdict {
    Verdict::of(text(bytes).and_then(|text| Identify::answer(&text, &limits())))
}

/// The answer of `DestroySnapshot`.
pub fn destroy(bytes: &[u8]) -> Verdict {
    fn read(bytes: &[u8], limits: &Limits) -> Result<MethodResult, AnswerError> {
        let (uri, keys) =
            (path(Some("Msvm_VirtualSystemSnapshotService")).resource_uri(), SelectorSet::new());
        let invoke = Invoke { resource_uri: &uri, selectors: &keys, method: "DestroySnapshot" };
        invoke.answer(&text(bytes)?, limits, &id(), |reader, element| {
            MethodResult::from_output(&instance(reader, element)?)
        })
    }
    let limits = limits();
    let outcome = read(bytes, &limits);
    if let Ok(result) = &outcome {
        let started = result.return_code == ReturnCode::JOB_STARTED;
        assert!(!started || result.job.is_some(), "a started job can be asked after");
        result.job.iter().for_each(|job| assert_keys_within(&job.selectors, &limits));
    }
    Verdict::of(outcome)
}

/// The answer to Get of a job.
pub fn job(bytes: &[u8]) -> Verdict {
    fn read(bytes: &[u8], limits: &Limits) -> Result<JobRecord, AnswerError> {
        let keys = SelectorSet::new().with("InstanceID", "5F0C2A7E");
        let job = EndpointReference::new(path(Some("Msvm_ConcreteJob")).resource_uri(), keys);
        Get::of(&job).answer(&text(bytes)?, limits, &id(), |reader, element| {
            JobRecord::from_instance(&instance(reader, element)?)
        })
    }
    let outcome = read(bytes, &limits());
    if let Ok(job) = &outcome {
        assert!(!job.has_succeeded() || job.has_ended(), "only what has ended has succeeded");
        assert!(!job.has_succeeded() || job.error_code.unwrap_or(0) == 0, "a success has no error");
        job.unreadable.iter().map(short).for_each(drop);
    }
    Verdict::of(outcome)
}

/// The answer of `GetErrorEx`.
pub fn job_errors(bytes: &[u8]) -> Verdict {
    fn read(bytes: &[u8], limits: &Limits) -> Result<(), AnswerError> {
        let (uri, keys) = (path(Some("Msvm_ConcreteJob")).resource_uri(), SelectorSet::new());
        let invoke = Invoke { resource_uri: &uri, selectors: &keys, method: "GetErrorEx" };
        invoke.answer(&text(bytes)?, limits, &id(), |reader, element| {
            let output = instance(reader, element)?;
            for error in JobError::list(&output, limits) {
                assert!(!error.raw.trim().is_empty(), "what cannot be decoded is kept");
                error.unreadable.iter().map(short).for_each(drop);
            }
            return_value(&output)
        })?;
        Ok(())
    }
    Verdict::of(read(bytes, &limits()))
}

/// A page of an enumeration in `mode`; its root shows whether it is the first one.
fn read_page<T>(
    bytes: &[u8],
    mode: EnumerationMode,
    mut take: impl FnMut(Item<Instance<'_>>) -> Result<T, ProtocolError>,
) -> Result<Page<T>, AnswerError> {
    const FIRST: &str = include_str!("../../fixtures/answers/enumerate-context-only.xml");
    const MOST: u32 = 50;
    let (limits, uri, selectors) = (limits(), path(None).resource_uri(), SelectorSet::new());
    let exchange =
        Enumerate { resource_uri: &uri, selectors: &selectors, filter: None, mode, max_elements: MOST };
    let text = text(bytes)?;
    let page = if text.contains("EnumerateResponse>") {
        exchange.answer(&text, &limits, &id(), instance, take)?
    } else {
        let page = kept(exchange.answer(FIRST, &limits, &id(), instance, |_| Ok(())), "the fixture is good");
        let context = kept(page.next.ok_or(FIRST), "the fixture goes on");
        let pull = Pull { resource_uri: &uri, context: &context, mode, max_elements: MOST };
        pull.answer(&text, &limits, &id(), instance, &mut take)?
    };
    assert!(page.items.len() <= limits.page_items.min(50), "more items than asked for");
    Ok(page)
}

/// A page of instances.
pub fn page(bytes: &[u8]) -> Verdict {
    Verdict::of(read_page(bytes, EnumerationMode::Object, |item| {
        assert!(item.object.is_some() && item.reference.is_none(), "an item is what was asked for");
        Ok(())
    }))
}

/// A page of references, alone or beside the instances.
pub fn references(bytes: &[u8]) -> Verdict {
    let limits = limits();
    let take = |item: Item<Instance<'_>>| {
        item.reference.iter().for_each(|reference| assert_keys_within(&reference.selectors, &limits));
        Ok(())
    };
    Verdict::of(read_page(bytes, EnumerationMode::ObjectAndReference, take));
    Verdict::of(read_page(bytes, EnumerationMode::Reference, take))
}

/// A page of VMs.
pub fn vms(bytes: &[u8]) -> Verdict {
    Verdict::of(read_page(bytes, EnumerationMode::Object, |item| {
        let record = item.object.map(|instance| VmRecord::from_instance(&instance)).transpose()?.flatten();
        record.iter().flat_map(|record| &record.unreadable).map(short).for_each(drop);
        Ok(())
    }))
}

/// A page of a VM's settings: the tree from them, and the plans on it.
pub fn snapshots(bytes: &[u8]) -> Verdict {
    let page = read_page(bytes, EnumerationMode::Object, |item| {
        item.object.map(|instance| SettingData::from_instance(&instance, VM_ID)).transpose()
    });
    let mut settings: Vec<SettingData> = match page {
        Ok(page) => page.items.into_iter().flatten().collect(),
        Err(error) => return error.into(),
    };
    let tree = match SnapshotTree::build(VM_ID, "web-01", settings.clone()) {
        Ok(tree) => tree,
        Err(error) => return error.into(),
    };
    assert_is_tree(&tree);
    tree.snapshots().iter().take(MOST_PLANS).for_each(|snapshot| assert_plans(&tree, snapshot.id()));
    // This oracle does not decide which of several own settings counts.
    let own = settings.iter().filter(|setting| matches!(setting, SettingData::System(_))).count();
    settings.reverse();
    let reversed = kept(SnapshotTree::build(VM_ID, "web-01", settings), "the order decides nothing");
    assert!(own > 1 || reversed.fingerprint() == tree.fingerprint(), "the order is no part of the state");
    Verdict::Taken
}

fn assert_is_tree(tree: &SnapshotTree) {
    for (index, snapshot) in tree.snapshots().iter().enumerate() {
        let found = tree.find(snapshot.id().as_str()).map(|found| found.id());
        assert_eq!(found, Ok(snapshot.id()), "a snapshot is found by its id");
        if let Parent::Of(parent) = &snapshot.parent {
            let place = tree.snapshots().iter().position(|other| other.id() == parent);
            assert!(place.is_none_or(|place| place < index), "parents stand before their children");
        }
    }
}

fn assert_plans(tree: &SnapshotTree, target: &crate::hyperv::SnapshotId) {
    for scope in [DestroyScope::Single, DestroyScope::Tree] {
        let plan = kept(tree.plan_destroy(target, scope), "what is in the tree can be planned");
        let (gone, kept) = (plan.destroyed().len(), plan.kept().count());
        assert_eq!(gone + kept, tree.len(), "each snapshot goes or is kept");
        assert!(scope == DestroyScope::Tree || gone == 1, "a single snapshot goes alone");
        let children = tree.children(target).count();
        assert!(plan.dependents().len() >= children, "the children depend on it");
        assert!(plan.kept().all(|snapshot| snapshot.id() != target), "the target is not kept");
        assert!(plan.difference(tree).is_none(), "a tree does not differ from itself");
    }
}
