//! `job`: lists the jobs of a host, shows, waits for and cancels one.
//!
//! A job does not tell what it was for; `snapshot tree` shows its effect.

pub(crate) mod cancel;
pub(crate) mod list;
mod show;
pub(super) mod wait;

use clap::Args;
use hvsnap::{
    Job as HostJob,
    hyperv::{JobError, JobRecord, ReturnCode},
};
use serde::Serialize;

use crate::cli::{
    answer::Answer,
    commands::host_verbs,
    exit::Exit,
    failure::Failure,
    render::{Line, style, table::facts, time},
    session::Session,
    view::JobView,
};

host_verbs! {
    /// Jobs of the host
    Job {
        List(list::List),
        Show(show::Show),
        Wait(wait::Wait),
        Cancel(cancel::Cancel),
    }
}

/// Which job.
#[derive(Clone, Debug, Args)]
struct JobArgs {
    /// InstanceID of the job; a host forgets it five minutes after its end
    id: String,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Body {
    /// URL of the endpoint that was asked.
    endpoint: String,
    /// The job.
    job: JobView,
}

pub(super) async fn find(session: &mut Session<'_>, id: &str) -> Result<(HostJob, JobRecord), Failure> {
    let host = session.host.clone();
    let cluster = session.cluster()?;
    let found = async {
        match &cluster {
            Some(cluster) => cluster.job(id).await,
            None => host.job(id).await,
        }
    };
    let found = session.reading(found).await.inspect(|(job, _)| {
        session.node = job.node().map(str::to_owned);
    });
    found.map_err(|failure| match failure.parts().exit {
        Exit::NotFound => {
            failure.hint("a host deletes a job five minutes after its end; `snapshot tree` shows its effect")
        }
        _ => failure,
    })
}

fn answer(session: &Session<'_>, job: &JobRecord, errors: &[JobError]) -> Result<Answer, Failure> {
    let body = Body { endpoint: session.host.endpoint().to_string(), job: JobView::new(job, errors) };
    Answer::new(lines(job, errors), &body)
}

pub(super) fn lines(job: &JobRecord, errors: &[JobError]) -> Vec<Line> {
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
