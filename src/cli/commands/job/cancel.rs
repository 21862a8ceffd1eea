//! `job cancel`: asks a job to end.

use clap::Args;
use hvsnap::{CancelAnswer, Effect, hyperv::JobRecord};
use serde::Serialize;

use super::{JobArgs, find};
use crate::cli::{
    answer::Answer, commands::HostCommand, exit::Exit, failure::Failure, kind::Kind, render::Line,
    session::Session, view::JobView,
};

/// Ask a job to end
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  hvsnap job cancel 5F0C2A7E-0000-4000-8000-000000000001")]
pub(crate) struct Cancel {
    #[command(flatten)]
    which: JobArgs,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Body<'j> {
    /// URL of the endpoint that was asked.
    endpoint: String,
    /// The job before it was asked to end.
    job: JobView,
    /// True if it was accepted.
    accepted: bool,
    /// The answer, in words.
    answer: &'j str,
}

impl HostCommand for Cancel {
    async fn run(&self, session: &mut Session<'_>) -> Result<Answer, Failure> {
        let (job, record) = find(session, &self.which.id).await?;
        let text = "the job was being asked to end, and its answer was not awaited";
        let link = Some(session.reattach.job(job.id()));
        let stopped =
            Failure::interrupted(text, Effect::Unknown).exit(Exit::Unknown).about(link.clone(), None);
        session.interrupt.stands(stopped.clone());
        let asked = session.interrupt.or(job.cancel()).await.map_err(|_| stopped)?;
        match asked.map_err(|error| Failure::from(error).about(link.clone(), None))? {
            CancelAnswer::Accepted(code) => {
                let text = code.to_string();
                let line = Line::plain(format_args!("The job {} was asked to end: {text}.", job.id()));
                Answer::new(
                    vec![line],
                    &Body {
                        endpoint: session.host.endpoint().to_string(),
                        job: JobView::new(&record, &[]),
                        accepted: true,
                        answer: &text,
                    },
                )
            }
            CancelAnswer::Refused(code) => Err(refused(&record, &code.to_string()).about(link, None)),
            _ => Err(refused(&record, "an answer that this version does not know").about(link, None)),
        }
    }
}

fn refused(job: &JobRecord, answer: &str) -> Failure {
    let message = format!("asking the job {:?} to end failed", job.instance_id);
    let failure = Failure::new(Kind::JobRefused, message)
        .cause(format!("the job, in state {}, answered {answer}", job.state));
    if job.has_ended() {
        failure.hint("the job has ended already")
    } else {
        failure.hint("the job continues")
    }
}
