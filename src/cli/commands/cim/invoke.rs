//! `cim invoke`: calls a method, once.

use std::cell::Cell;

use clap::Args;
use hvsnap::{
    Effect,
    cim::{ClassName, MethodOutput, Parameters, Value},
    explain::{ErrorId, Family, reading},
    hyperv::{JobRecord, ReturnCode, StateChangeCode},
    schema::{KnownClass, KnownMethod, known_class},
    wsman::EndpointReference,
};
use serde::Serialize;

use super::{
    given::{self, Given},
    namespace_of,
    target::{Target, failed},
    text,
    typed::{self, Content, Item, Typed},
    view::{MembersView, ReferenceView},
};
use crate::cli::{
    answer::Answer,
    commands::{
        HostCommand,
        job::{self, wait::to_its_end},
    },
    consent,
    exit::Exit,
    failure::Failure,
    kind::Kind,
    render::{Line, style},
    session::{Session, nothing_changed},
    view::{JobLink, JobView},
};

/// Shown in both helps.
macro_rules! examples {
    () => {
        "\
Examples:
  hvsnap cim invoke Msvm_VirtualSystemManagementService ModifySystemSettings SystemSettings=@vm.json
  hvsnap cim invoke Msvm_VirtualSystemSnapshotService DestroySnapshot AffectedSnapshot=@snapshot.json
  hvsnap cim invoke @vm.json RequestStateChange RequestedState=3 --yes --wait
  hvsnap cim invoke Win32_Service -k Name=vmms StopService --namespace root/cimv2"
    };
}

/// Call a method of an instance: show the call, ask, send it once
#[derive(Debug, Args)]
#[command(after_help = concat!("The types of parameters, and more: hvsnap cim invoke --help\n\n", examples!()))]
#[command(after_long_help = concat!(
    "\
The call is always shown first. Without --yes it asks on the terminal; without a terminal it
refuses. Any method may change the host, also one whose name says that it reads: each needs
consent. The call is sent once, outside of the journal and without a lock of the VM; `snapshot
destroy` has both, and reads the tree back.
Keys of the instance are options and parameters follow the method, so that neither is taken for
the other. A service is the only instance of its class and needs no keys.

A parameter has the type that the schema of this version gives it; where it knows none, the type
behind the colon, else string. Types: string, boolean, uint8 to uint64, sint8 to sint64, real32,
real64, char16, datetime, reference, instance, object, each with [] for an array.
  Count:uint32=3              a number; null for no value, and NAME:null for any type
  When:datetime=2026-03-09T14:30:00Z
  For:datetime=PT5M           an interval
  Codes:uint32[]=[1,2]        an array in JSON, or the parameter once for each member
  Ref:reference=@vm.json      a reference: as printed, or that of an instance as printed
  New:instance=@vm.json       an embedded instance as CIM-XML text; without a value, no text
In the place of @FILE the JSON itself may stand. A string is taken as it stands; in an array a [
begins JSON and an @ the name of a file.

Exit code: 0 if the method returned 0 or started a job (with --wait: if the job succeeded), 1 if
it returned another value, 5 if the answer was lost: look at the host before calling again.

",
    examples!()
))]
pub(crate) struct Invoke {
    /// Class of the instance; or @FILE with JSON that names it: a reference, or an instance that was printed
    #[arg(value_name = "CLASS|@FILE")]
    target: String,

    /// Method
    method: ClassName,

    /// Parameters of the method; those that are left out are null
    #[arg(value_name = "NAME[:TYPE]=VALUE")]
    parameters: Vec<Given>,

    /// Key of the instance; may be given again. None for the only instance of its class
    #[arg(short, long = "key", value_name = "KEY=VALUE")]
    keys: Vec<Given>,

    /// Show the call and send nothing, even with --yes
    #[arg(long)]
    dry_run: bool,

    /// Do not ask for confirmation
    #[arg(short, long)]
    yes: bool,

    /// Wait for the end of the job that the method starts
    #[arg(long)]
    wait: bool,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Body {
    /// URL of the endpoint that was asked.
    endpoint: String,
    /// True if nothing was sent.
    dry_run: bool,
    /// The call, as it was or would be sent.
    call: CallView,
    /// The return value; left out if nothing was called, or the method returns nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    return_value: Option<ReturnView>,
    /// The output parameters, as properties.
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<MembersView>,
    /// The job that the method has started.
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<JobLink>,
    /// The job at its end, if the command waited for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended: Option<JobView>,
    /// The exit code of the command.
    exit_code: u8,
}

#[derive(Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct CallView {
    /// The instance that is called.
    target: ReferenceView,
    /// Name of the method.
    method: String,
    /// The parameters.
    parameters: MembersView,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ReturnView {
    /// The number.
    code: u32,
    /// Its meaning; null if it is unknown.
    name: Option<String>,
}

/// A call to be made.
struct Call {
    target: EndpointReference,
    method: String,
    known: Option<KnownMethod>,
    shown: Vec<Typed>,
    parameters: Parameters,
}

impl HostCommand for Invoke {
    async fn run(&self, session: &mut Session<'_>) -> Result<Answer, Failure> {
        // All arguments are read before anything is sent.
        let target = Target::read(session, &self.target, &self.keys)?;
        let class = known_class(target.class());
        let parameters = given::parameters(class, self.method.as_str(), &self.parameters)?;
        let target = target.find(session).await?;
        let call = Call::new(target, class, self.method.as_str(), parameters);
        if self.dry_run {
            let body = Body {
                endpoint: session.host.endpoint().to_string(),
                dry_run: true,
                call: call.view(),
                return_value: None,
                output: None,
                job: None,
                ended: None,
                exit_code: Exit::Done.code(),
            };
            return Answer::new(call.lines(session), &body);
        }
        for line in call.lines(session) {
            session.console.proposal(&line, self.yes);
        }
        let question = format!("Call {} on {}? [y/N]", call.name(), session.host.endpoint());
        consent::obtain_for(session, self.yes, &question, || {
            let text = "a call needs a yes, and there is no terminal to ask on";
            Failure::new(Kind::NoConsent, text).hint("look at the call, then say --yes")
        })
        .await?;
        let output = send(session, &call).await?;
        self.told(session, &call, &output).await
    }
}

impl Invoke {
    /// The answer: return value, outputs, and with `--wait` the job at its end.
    async fn told(
        &self,
        session: &mut Session<'_>,
        call: &Call,
        output: &MethodOutput,
    ) -> Result<Answer, Failure> {
        let code = output.return_value();
        let started = code == Some(ReturnCode::JOB_STARTED.0);
        let mut exit = match code {
            // An unknown method may return nothing.
            None if call.known.is_some_and(|method| method.returns().is_some()) => Exit::Unknown,
            None => Exit::Done,
            Some(code) if started || code == ReturnCode::COMPLETED.0 => Exit::Done,
            Some(_) => Exit::Failed,
        };
        let id = output.read::<EndpointReference>(JOB).ok().flatten();
        let id = id.and_then(|job| job.selectors.text("InstanceID").map(str::to_owned));
        let link = id.as_deref().map(|id| call.job(session, id));
        let shown = call.outputs(output);
        let name = code.and_then(|code| meaning(call.known, code));
        let returned = match (code, &name) {
            (None, _) => "nothing".to_owned(),
            (Some(code), None) => code.to_string(),
            (Some(code), Some(name)) => format!("{code} ({name})"),
        };
        let line = Typed {
            name: RETURN_VALUE.to_owned(),
            type_name: None,
            content: Content::One(Item::Text(returned.clone())),
            member: None,
        };
        let all: Vec<Typed> = std::iter::once(line).chain(shown.iter().cloned()).collect();
        let mut lines = vec![Line::new().styled(style::STRONG, call.name())];
        lines.extend(text::members(&all));
        let (mut warnings, mut remarks, mut ended) = (Vec::new(), Vec::new(), None);
        match (&id, &link) {
            (Some(id), _) if started && self.wait => {
                session.console.note(&Line::plain("The host has started the job ").styled(style::STRONG, id));
                let record = follow(session, call, id).await?;
                lines.push(Line::new());
                lines.extend(job::lines(&record, &[]));
                ended = Some(JobView::new(&record, &[]));
            }
            (_, Some(link)) if started => {
                remarks.push(
                    Line::new().styled(style::CAUTION, "The job continues on the host. To wait for it:"),
                );
                remarks.push(Line::plain("  ").text(&link.reattach));
            }
            _ if started => {
                warnings.push("the method says that it started a job, and names none".to_owned());
                exit = Exit::Unknown;
            }
            _ if exit == Exit::Unknown => {
                warnings.push("the answer has no return value: what the method did is not known".to_owned());
            }
            _ => {}
        }
        if exit == Exit::Failed {
            let text = format!("{} returned {returned}, which is neither success nor a job", call.name());
            remarks.push(Line::new().styled(style::BAD, text));
        }
        let body = Body {
            endpoint: session.host.endpoint().to_string(),
            dry_run: false,
            call: call.view(),
            return_value: code.map(|code| ReturnView { code, name }),
            output: Some(MembersView::new(&shown)),
            job: link,
            ended,
            exit_code: exit.code(),
        };
        let mut answer = Answer::new(lines, &body)?;
        (answer.exit, answer.warnings, answer.remarks) = (exit, warnings, remarks);
        Ok(answer)
    }
}

/// The output parameter with the job (CIM 2.32, as in all methods of Hyper-V).
const JOB: &str = "Job";
/// The return value among a method's outputs.
const RETURN_VALUE: &str = "ReturnValue";

/// The one call.
async fn send(session: &mut Session<'_>, call: &Call) -> Result<MethodOutput, Failure> {
    let look = "the host may have carried it out: look before calling again";
    let text = "stopped after the call was sent, before the host answered";
    let stopped = Failure::interrupted(text, Effect::Unknown).exit(Exit::Unknown).hint(look);
    session.interrupt.stands(stopped.clone());
    let client = session.host.client().clone();
    let is_called = Cell::new(false);
    let answered = session.interrupt.or(async {
        is_called.set(true);
        client.invoke(&call.target, &call.method, &call.parameters).await
    });
    let stopped = |interrupted| if is_called.get() { stopped } else { nothing_changed(interrupted) };
    answered.await.map_err(stopped)?.map_err(|error| {
        let is_unknown = error.effect() == Effect::Unknown;
        let is_no_method = error.report().id == ErrorId::NOT_SUPPORTED;
        let failure = failed(error);
        match (is_unknown, is_no_method) {
            (true, _) => failure.hint(look),
            (_, true) => {
                failure.hint(format!("check the name of the method: the host knows no {}", call.method))
            }
            _ => failure,
        }
    })
}

/// Waits for a job that the call has started. A failure from here on does not undo the call.
async fn follow(session: &mut Session<'_>, call: &Call, id: &str) -> Result<Box<JobRecord>, Failure> {
    let link = call.job(session, id);
    let namespace = namespace_of(session, &call.target).name().clone();
    if namespace != *session.host.cim().name() {
        session.host = session.host.clone().namespace(namespace);
    }
    match job::find(session, id).await {
        Ok((job, _)) => to_its_end(session, &job).await.map_err(|failure| {
            let may_go_on = failure.parts().job.is_some();
            failure.job(Some(link.clone()).filter(|_| may_go_on)).about(Some(link), None)
        }),
        Err(failure) => Err(failure.effect(Some(Effect::Unknown)).exit(Exit::Unknown).job(Some(link))),
    }
}

impl Call {
    fn new(
        target: EndpointReference,
        class: Option<KnownClass>,
        method: &str,
        parameters: Vec<(Typed, Value)>,
    ) -> Self {
        let known = class.and_then(|class| class.method(method));
        let (mut shown, mut sent) = (Vec::new(), Parameters::new());
        for (typed, value) in parameters {
            sent = sent.with(typed.name.as_str(), value);
            shown.push(typed);
        }
        // In the schema's case, which is part of the message.
        let method = known.map_or_else(|| method.to_owned(), |known| known.name().to_owned());
        Self { target, method, known, shown, parameters: sent }
    }

    fn name(&self) -> String {
        format!("{} of {}", self.method, self.target.resource_uri.last_segment())
    }

    /// The job that the call has started, and the command that waits for it in the namespace of the call.
    fn job(&self, session: &Session<'_>, id: &str) -> JobLink {
        let namespace = namespace_of(session, &self.target);
        let name = namespace.name();
        if name == session.host.cim().name() {
            return session.reattach.job(id);
        }
        let reattach = session.reattach.there(None);
        let reattach = reattach.command(&["job", "wait", id, "--namespace", name.as_str()]);
        JobLink { id: id.to_owned(), reattach }
    }

    fn view(&self) -> CallView {
        CallView {
            target: ReferenceView::new(&self.target),
            method: self.method.clone(),
            parameters: MembersView::new(&self.shown),
        }
    }

    fn lines(&self, session: &Session<'_>) -> Vec<Line> {
        let namespace = namespace_of(session, &self.target);
        let head = Line::new()
            .styled(style::STRONG, format_args!("Call: {}", self.name()))
            .styled(style::FAINT, format_args!(" in {}", namespace.name()));
        let of = Line::plain("  ").styled(style::FAINT, "instance  ").text(text::path(&self.target));
        let mut lines = vec![head, Line::new(), of];
        if self.shown.is_empty() {
            lines.push(Line::plain("  ").styled(style::FAINT, "no parameters"));
        } else {
            lines.push(Line::plain("  ").styled(style::FAINT, "parameters"));
            lines.extend(text::members(&self.shown).into_iter().map(|line| Line::plain("  ").join(line)));
        }
        lines
    }

    /// The output parameters, without the return value.
    fn outputs(&self, output: &MethodOutput) -> Vec<Typed> {
        let mut shown = typed::members(output.parameters(), &[], |name| {
            self.known.and_then(|method| method.parameter(name)).map(|parameter| parameter.member())
        });
        shown.retain(|member| !member.name.eq_ignore_ascii_case(RETURN_VALUE));
        shown
    }
}

/// The meaning of a return value, if the schema knows its family.
fn meaning(method: Option<KnownMethod>, code: u32) -> Option<String> {
    Some(match method?.returns()? {
        Family::Method => ReturnCode(code).meaning().to_owned(),
        Family::StateChange => StateChangeCode(code).meaning().to_owned(),
        family => reading(family, code)?.title?.to_owned(),
    })
}
