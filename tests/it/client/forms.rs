//! Answers that a Windows host does not send, but others do: ignored filters, unsupported association queries, errors as nested
//! instances, unreadable parts.

use std::sync::{Arc, Mutex};

use hvsnap::{
    Effect, Error, ErrorKind, Host, Until,
    hyperv::{DestroyScope, JobRecord},
};
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

use crate::{
    host::effects::{DESTROY, TREE, VM_QUERY, describe, host},
    scripted::{
        Reply, ScriptedHost,
        envelopes::{
            JOB, VM, bare_fault, cim_fault, computer_system, fault, gone, instance, items, job, output,
            service, setting, soap, tree_after, tree_before,
        },
    },
};

const OTHER: &str = "22222222-0000-4000-8000-000000000002";
const JOB_GET: &str = "transfer/Get";
const LINKS: &str = "from Msvm_AffectedJobElement";
const SERVICE: &str = "from Msvm_VirtualSystemSnapshotService";

async fn destroy(client: &Host) -> Result<hvsnap::Outcome, Error> {
    let vm = client.vm("web-01").await?;
    let tree = vm.snapshots().await?;
    let plan = tree.plan_destroy(tree.find("name-B").unwrap().id(), DestroyScope::Single).unwrap();
    vm.begin(&plan).await?.wait(Until::JobEnded, |_| {}).await
}

fn client(host: &ScriptedHost) -> Host {
    describe(host)
}

fn reference(class: &str, keys: &[(&str, &str)]) -> String {
    let keys: String = keys
        .iter()
        .map(|(name, value)| format!("<w:Selector Name=\"{name}\">{value}</w:Selector>"))
        .collect();
    format!(
        "<a:Address>anonymous</a:Address><a:ReferenceParameters><w:ResourceURI>\
         http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/{class}</w:ResourceURI>\
         <w:SelectorSet>{keys}</w:SelectorSet></a:ReferenceParameters>"
    )
}

/// A link between a VM and a job.
fn link(vm: &str, class: &str, job: &str) -> String {
    let system = reference(
        "Msvm_ComputerSystem",
        &[("CreationClassName", "Msvm_ComputerSystem"), ("Name", &vm.to_lowercase())],
    );
    let job = reference(class, &[("InstanceID", job)]);
    instance("Msvm_AffectedJobElement", &[("AffectedElement", &system), ("AffectingElement", &job)])
}

/// A VM that is busy after it was looked up and its tree was read.
async fn busy() -> ScriptedHost {
    let host = host().await;
    let (idle, busy) = (items(&[computer_system(&["2"])]), items(&[computer_system(&["11", "32770"])]));
    host.on(VM_QUERY, [idle, busy]).on(TREE, [tree_before()]).on(JOB_GET, [job(4, 0)]);
    host
}

async fn in_the_way(host: &ScriptedHost) -> Option<Box<JobRecord>> {
    let error = destroy(&client(host)).await.unwrap_err();
    assert_eq!((error.effect(), host.count(DESTROY)), (Effect::None, 0));
    match error.kind() {
        ErrorKind::Busy { job, .. } => job.clone(),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn the_job_in_the_way_is_named_where_an_association_cannot_be_asked_for() {
    for refusal in [
        fault("Sender", "CannotProcessFilter", 2_150_858_778),
        fault("Sender", "FilterDialectRequestedUnavailable", 2_150_858_777),
        fault("Receiver", "InternalError", 2_150_859_010),
        cim_fault("OMI_Error", &[("CIMStatusCode", "7"), ("OMI_Code", "7"), ("OMI_Type", "MI")]),
        bare_fault("w:UnsupportedFeature"),
    ] {
        let host = busy().await;
        let links = [
            link(OTHER, "Msvm_ConcreteJob", "OF-ANOTHER"),
            link(VM, "Msvm_StorageJob", "OF-ANOTHER-CLASS"),
            link(VM, "Msvm_ConcreteJob", "GONE"),
            link(VM, "Msvm_ConcreteJob", JOB),
        ];
        host.on("associators of", [refusal.clone()])
            .on(LINKS, [items(&links)])
            .on(
                "from Msvm_AffectedStorageJobElement",
                [fault("Sender", "CannotProcessFilter", 2_150_858_778)],
            )
            .on(">GONE<", [gone()]);
        let found = in_the_way(&host).await.unwrap_or_else(|| panic!("{refusal:?}: no job was found"));
        assert_eq!(found.instance_id, JOB);
        assert_eq!((host.count(">OF-ANOTHER<"), host.count(">OF-ANOTHER-CLASS<")), (0, 0));
    }
}

#[tokio::test]
async fn a_list_of_jobs_that_was_denied_or_cannot_be_read_is_not_empty() {
    let cut = instance("Msvm_AffectedJobElement", &[("AffectingElement", "no reference")]);
    for (asked, links) in [
        (fault("Sender", "AccessDenied", 5), items(&[link(VM, "Msvm_ConcreteJob", JOB)])),
        (fault("Sender", "CannotProcessFilter", 2_150_858_778), items(&[cut])),
    ] {
        let host = busy().await;
        host.on("associators of", [asked.clone()]).on(LINKS, [links]);
        let (log, guard) = Log::start();
        assert!(in_the_way(&host).await.is_none(), "{asked:?}");
        drop(guard);
        assert!(log.holds("the conflicting job cannot be named"), "{:?}", log.lines());
    }
}

#[tokio::test]
async fn settings_of_another_vm_are_left_out_and_said() {
    let foreign = || setting("X", "").replace("11111111-", "22222222-");
    let host = host().await;
    let all = items(&[foreign(), setting("A", ""), setting("", "A"), foreign()]);
    host.on(TREE, [all]);
    let (log, guard) = Log::start();
    let tree = client(&host).vm("web-01").await.unwrap().snapshots().await.unwrap();
    drop(guard);
    assert_eq!((tree.len(), tree.current().map(|snapshot| snapshot.element_name())), (1, Some("name-A")));
    assert!(log.holds("takes no notice of the filter"), "{:?}", log.lines());
    // An answer without the VM proves nothing about it, not even that it has no snapshots.
    host.on(TREE, [items(&[foreign()])]);
    let error = client(&host).vm("web-01").await.unwrap().snapshots().await.unwrap_err();
    assert!(error.kind().to_string().contains("another instance"), "{}", error.kind());
}

#[tokio::test]
async fn another_vm_another_service_and_other_instances_are_left_out() {
    let host = host().await;
    let other = computer_system(&["2"]).replace(VM, OTHER).replace("web-01", "web-02");
    let management = instance(
        "Msvm_VirtualSystemManagementService",
        &[("CreationClassName", "Msvm_VirtualSystemManagementService"), ("Name", "vmms")],
    );
    let Reply::Soap(_, snapshot_service) = service() else { unreachable!() };
    let both = snapshot_service.replace("<w:Items>", &format!("<w:Items>{management}"));
    host.on(VM_QUERY, [items(&[other.clone(), computer_system(&["2"])])])
        .on(SERVICE, [Reply::Soap(200, both)])
        .on("wsman/SelectorFilter", [items(&[other, computer_system(&["2"])])]);
    let client = client(&host);
    assert_eq!(client.vm("web-01").await.unwrap().id(), VM);
    assert_eq!(client.vm(VM).await.unwrap().name(), "web-01");
    destroy(&client).await.unwrap();
    assert_eq!(host.count("Msvm_VirtualSystemManagementService"), 0, "no call goes to another service");

    let filter = hvsnap::wsman::SelectorSet::new().with("Name", VM.to_lowercase());
    let mut found = client.cim().instances("Msvm_ComputerSystem".parse().unwrap(), filter).await.unwrap();
    let first = found.next().await.unwrap().unwrap();
    assert_eq!(first.read::<String>("Name").unwrap().as_deref(), Some(VM));
    assert!(found.next().await.unwrap().is_none());
}

#[tokio::test]
async fn the_errors_of_a_job_are_read_nested_or_as_text_and_are_kept_where_they_cannot_be() {
    let nested = |message: &str| {
        format!(
            "<p:Errors xmlns:p1=\"http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/Msvm_Error\" \
             xsi:type=\"p1:Msvm_Error_Type\"><p1:CIMStatusCode>1</p1:CIMStatusCode><p1:Message>{message}</p1:Message>\
             <p1:ProbableCauseDescription>The disk is full.</p1:ProbableCauseDescription>\
             <p1:RecommendedActions>Make room.</p1:RecommendedActions></p:Errors>"
        )
    };
    let text = "<p:Errors>&lt;INSTANCE CLASSNAME=\"Msvm_Error\"&gt;&lt;PROPERTY NAME=\"Message\" TYPE=\"string\"&gt;\
                &lt;VALUE&gt;As text.&lt;/VALUE&gt;&lt;/PROPERTY&gt;&lt;/INSTANCE&gt;</p:Errors>";
    let errors = [nested("Nested."), text.to_owned(), "<p:Errors>neither</p:Errors>".to_owned()].concat();
    let host = host().await;
    host.on(TREE, [tree_before()]).on(JOB_GET, [job(10, 32768)]).on(
        "GetErrorEx_INPUT",
        [soap(&format!(
            "<p:GetErrorEx_OUTPUT xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
             xmlns:p=\"http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/Msvm_ConcreteJob\">{errors}\
             <p:ReturnValue>0</p:ReturnValue></p:GetErrorEx_OUTPUT>"
        ))],
    );
    let (log, guard) = Log::start();
    let error = destroy(&client(&host)).await.unwrap_err();
    drop(guard);
    let ErrorKind::JobFailed { errors, .. } = error.kind() else { panic!("{error}") };
    let messages: Vec<_> = errors.iter().map(|error| error.message.as_deref()).collect();
    assert_eq!(messages, [Some("Nested."), Some("As text."), None]);
    assert_eq!(errors[2].raw, "neither");
    assert_eq!((errors[0].unreadable.len(), errors[2].unreadable.len()), (0, 1));
    let report = error.report();
    assert_eq!((report.why.as_str(), report.next.to_string().as_str()), ("The disk is full.", "Make room."));
    for part in ["Message: Nested.", "As text.", "neither"] {
        assert!(report.raw.as_ref().unwrap().contains(part), "{report:?}");
    }
    assert!(log.holds("an error of a job is read without this"), "{:?}", log.lines());
}

#[tokio::test]
async fn a_status_that_cannot_be_read_is_no_proof_of_idleness() {
    let host = host().await;
    host.on(VM_QUERY, [items(&[computer_system(&["what?"])])]);
    let (log, guard) = Log::start();
    let error = destroy(&client(&host)).await.unwrap_err();
    drop(guard);
    assert!(matches!(error.kind(), ErrorKind::Busy { .. }), "{}", error.kind());
    assert_eq!(host.count(DESTROY), 0);
    assert!(log.holds("OperationalStatus is no uint16"), "{:?}", log.lines());
}

#[tokio::test]
async fn a_job_whose_reference_has_a_reference_as_key_is_followed_by_that_key() {
    let host = host().await;
    let inner = reference("Msvm_ComputerSystem", &[("Name", VM)]);
    let Reply::Soap(status, body) = output(true, 4096) else { unreachable!() };
    let key = format!("</w:Selector><w:Selector Name=\"Owner\">{inner}</w:Selector></w:SelectorSet>");
    host.on(DESTROY, [Reply::Soap(status, body.replace("</w:Selector></w:SelectorSet>", &key))])
        .on(TREE, [tree_before(), tree_before(), tree_after()]);
    destroy(&client(&host)).await.unwrap();
    assert!(
        host.count("<w:Selector Name=\"Owner\"><a:EndpointReference>") > 0,
        "the key is sent as specified"
    );
}

/// All events of the thread, as text.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    /// Records the events of this thread until the guards are dropped.
    fn start() -> (Self, (tracing::Dispatch, tracing::subscriber::DefaultGuard)) {
        let log = Self::default();
        // With a single subscriber, the thread that logs first decides for the process whether events are enabled; that may be
        // a thread of another test, which has no subscriber.
        let second = tracing::Dispatch::new(log.clone());
        (log.clone(), (second, tracing::subscriber::set_default(log)))
    }

    fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    fn holds(&self, text: &str) -> bool {
        self.lines().iter().any(|line| line.contains(text))
    }
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("hvsnap") && *metadata.level() <= tracing::Level::WARN
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(String::new());
        event.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.0.push_str(&format!("{}={value:?} ", field.name()));
    }
}
