//! `job`: a job of a host, shown, waited for, asked to end.
//!
//! It does not know what a job was for; what became of a tree, `snapshot tree` shows.

use clap::{Args, Subcommand};
use hvsnap::{
    CancelAnswer, Effect, Job, JobEnd,
    hyperv::{JobError, JobRecord, ReturnCode},
};
use serde::Serialize;

use crate::cli::{
    answer::Answer,
    exit::Exit,
    failure::Failure,
    help,
    kind::Kind,
    progress::Display,
    render::{Line, style, table::facts, time},
    session::Session,
    view::JobView,
};

/// The verbs of `job`.
#[derive(Debug, Subcommand)]
pub(crate) enum JobCommand {
    /// Show a job as it is now
    #[command(after_help = help::JOB_SHOW)]
    Show(JobArgs),
    /// Wait for the end of a job
    #[command(after_help = help::JOB_WAIT)]
    Wait(JobArgs),
    /// Ask a job to end
    #[command(after_help = help::JOB_CANCEL)]
    Cancel(JobArgs),
}

/// Which job.
#[derive(Clone, Debug, Args)]
pub(crate) struct JobArgs {
    /// InstanceID of the job; a host forgets it five minutes after its end
    pub(crate) id: String,
}

#[derive(Serialize)]
struct Body {
    endpoint: String,
    job: JobView,
}

#[derive(Serialize)]
struct CancelBody<'j> {
    endpoint: String,
    job: JobView,
    accepted: bool,
    answer: &'j str,
}

pub(crate) async fn run(session: &mut Session<'_>, command: &JobCommand) -> Result<Answer, Failure> {
    match command {
        JobCommand::Show(args) => show(session, args).await,
        JobCommand::Wait(args) => wait(session, args).await,
        JobCommand::Cancel(args) => cancel(session, args).await,
    }
}

async fn find(session: &mut Session<'_>, id: &str) -> Result<(Job, JobRecord), Failure> {
    let host = session.host.clone();
    session.reading(host.job(id)).await.map_err(|failure| match failure.parts().exit {
        Exit::NotFound => {
            failure.hint("a host deletes a job five minutes after its end; `snapshot tree` shows its effect")
        }
        _ => failure,
    })
}

async fn show(session: &mut Session<'_>, args: &JobArgs) -> Result<Answer, Failure> {
    let (job, record) = find(session, &args.id).await?;
    let errors = if record.has_ended() && !record.has_succeeded() {
        session.reading(job.errors()).await?
    } else {
        Vec::new()
    };
    answer(session, &record, &errors)
}

fn answer(session: &Session<'_>, job: &JobRecord, errors: &[JobError]) -> Result<Answer, Failure> {
    let body = Body { endpoint: session.host.endpoint().to_string(), job: JobView::new(job, errors) };
    Answer::new(lines(job, errors), &body)
}

async fn wait(session: &mut Session<'_>, args: &JobArgs) -> Result<Answer, Failure> {
    let (job, _) = find(session, &args.id).await?;
    let link = session.reattach.job(job.id());
    let stopped =
        || Failure::interrupted("the job goes on, on the host", Effect::Unknown).job(Some(link.clone()));
    session.interrupt.stands(stopped());
    let mut display = Display::new();
    let end = {
        let console = &mut *session.console;
        let waiting = job.wait(None, |at| display.show(console, at));
        session.interrupt.or(waiting).await
    };
    display.clear();
    let during = format!("waiting for the job {:?} failed", job.id());
    match end {
        Err(_) => Err(stopped()),
        Ok(Err(error)) => Err(Failure::from(error).job(Some(link))),
        Ok(Ok(JobEnd::Ended(record))) if record.has_succeeded() => answer(session, &record, &[]),
        Ok(Ok(JobEnd::Ended(record))) => {
            // What the job says besides is a help, not a need.
            let errors = session.reading(job.errors()).await.unwrap_or_default();
            Err(failed(during, &record, &errors))
        }
        Ok(Ok(JobEnd::Vanished)) => Err(Failure::new(Kind::JobVanished, during)
            .cause("the job is gone before its end was seen")
            .effect(Some(Effect::Unknown))
            .exit(Exit::Unknown)
            .hint("look at the tree of its VM, which shows its effect")),
        Ok(Ok(_)) => Err(Failure::new(Kind::Deadline, during)
            .cause("timed out before the job ended")
            .effect(Some(Effect::Unknown))
            .exit(Exit::Unknown)
            .job(Some(link))
            .hint("the job goes on, on the host")),
    }
}

/// A job that ended without success. What it had changed by then, this command cannot know.
fn failed(during: String, job: &JobRecord, errors: &[JobError]) -> Failure {
    let told = errors.iter().find_map(|error| error.message.as_deref()).or(job.error_text());
    let code = job.error_code.filter(|code| *code != 0);
    let mut cause = format!("the job ended in state {}", job.state);
    if let Some(code) = code {
        cause.push_str(&format!(", error {}", ReturnCode(code)));
    }
    if let Some(text) = told {
        cause.push_str(&format!(": {text}"));
    }
    let access = code.map(ReturnCode) == Some(ReturnCode::VENDOR_ACCESS_DENIED);
    Failure::new(Kind::JobFailed, during)
        .exit(if access { Exit::Access } else { Exit::Failed })
        .cause(cause)
        .effect(None)
        .hint("look at the tree of its VM")
}

async fn cancel(session: &mut Session<'_>, args: &JobArgs) -> Result<Answer, Failure> {
    let (job, record) = find(session, &args.id).await?;
    let text = "the job was being asked to end, and its answer was not awaited";
    let stopped = Failure::interrupted(text, Effect::Unknown).exit(Exit::Unknown);
    session.interrupt.stands(stopped.clone());
    let asked = session.interrupt.or(job.cancel()).await.map_err(|_| stopped)?;
    match asked? {
        CancelAnswer::Accepted(code) => {
            let text = code.to_string();
            let line = Line::plain(format_args!("The job {} was asked to end: {text}.", job.id()));
            Answer::new(
                vec![line],
                &CancelBody {
                    endpoint: session.host.endpoint().to_string(),
                    job: JobView::new(&record, &[]),
                    accepted: true,
                    answer: &text,
                },
            )
        }
        CancelAnswer::Refused(code) => Err(refused(&record, &code.to_string())),
        _ => Err(refused(&record, "an answer that this version does not know")),
    }
}

fn refused(job: &JobRecord, answer: &str) -> Failure {
    let message = format!("asking the job {:?} to end failed", job.instance_id);
    let failure = Failure::new(Kind::JobRefused, message)
        .cause(format!("the job, in state {}, answered {answer}", job.state));
    if job.has_ended() { failure.hint("the job has ended already") } else { failure.hint("the job goes on") }
}

fn lines(job: &JobRecord, errors: &[JobError]) -> Vec<Line> {
    let plain = |text: Option<String>| text.map(Line::plain).unwrap_or_default();
    let state = match (job.has_ended(), job.has_succeeded()) {
        (true, true) => style::GOOD,
        (true, false) => style::BAD,
        _ => style::PLAIN,
    };
    let code = job.error_code.filter(|code| *code != 0);
    let mut rows = vec![
        ("class", Line::plain(&job.class)),
        ("state", Line::new().styled(state, job.state)),
        ("percent", plain(job.percent_complete.map(|percent| percent.to_string()))),
        ("what", plain(job.caption.clone().or_else(|| job.description.clone()))),
        ("status", plain(job.status_text.clone())),
        ("owner", plain(job.owner.clone())),
        ("submitted", plain(job.submitted.map(time::full))),
        ("started", plain(job.started.map(time::full))),
        ("changed", plain(job.state_changed.map(time::full))),
        ("elapsed", plain(job.elapsed.map(time::length))),
        ("cancellable", plain(job.cancellable.map(|yes| if yes { "yes" } else { "no" }.to_owned()))),
        ("error", plain(code.map(|code| ReturnCode(code).to_string()))),
        ("because", plain(job.error_text().map(str::to_owned))),
    ];
    for error in errors {
        let message = error.message.as_deref().unwrap_or(&error.raw);
        if Some(message) != job.error_text() {
            rows.push(("it says", Line::plain(message)));
        }
        rows.push(("cause", plain(error.probable_cause.clone())));
        rows.extend(error.recommended_actions.iter().map(|action| ("advice", Line::plain(action))));
    }
    rows.extend(job.unreadable.iter().map(|error| ("unreadable", Line::new().styled(style::CAUTION, error))));
    let mut lines = vec![Line::new().styled(style::STRONG, &job.instance_id)];
    lines.extend(facts(rows));
    lines
}
