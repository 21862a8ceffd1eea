//! `job wait`: waits for the end of a job.

use clap::Args;
use hvsnap::{
    Effect, Job, JobEnd, Until,
    hyperv::{JobError, JobRecord, ReturnCode},
};

use super::{JobArgs, answer, find};
use crate::cli::{
    answer::Answer, commands::HostCommand, exit::Exit, failure::Failure, kind::Kind, progress::Display,
    session::Session,
};

/// Wait for the end of a job
#[derive(Debug, Args)]
#[command(after_help = "\
Waits for the job alone; disks may still be merged afterwards (`vm show` tells).

Example:
  hvsnap job wait 5F0C2A7E-0000-4000-8000-000000000001 --timeout 10m")]
pub(crate) struct Wait {
    #[command(flatten)]
    which: JobArgs,
}

impl HostCommand for Wait {
    async fn run(&self, session: &mut Session<'_>) -> Result<Answer, Failure> {
        let (job, _) = find(session, &self.which.id).await?;
        let record = to_its_end(session, &job).await?;
        answer(session, &record, &[])
    }
}

/// Waits for the end of a job, and returns it if it has succeeded.
///
/// # Errors
/// If it ended without success, or its end was not seen.
pub(in crate::cli::commands) async fn to_its_end(
    session: &mut Session<'_>,
    job: &Job,
) -> Result<Box<JobRecord>, Failure> {
    let link = session.reattach.job(job.id());
    let stopped =
        || Failure::interrupted("the job continues on the host", Effect::Unknown).job(Some(link.clone()));
    session.interrupt.stands(stopped());
    let mut display = Display::new(None, Some(job.id().to_owned()));
    let end = {
        let console = &mut *session.console;
        let waiting = job.wait(Until::JobEnded, |at| display.show(console, at));
        session.interrupt.or(waiting).await
    };
    display.clear();
    let during = format!("waiting for the job {:?} failed", job.id());
    let known = Some(link.clone());
    let ended = match end {
        Err(_) => Err(stopped()),
        Ok(Err(error)) => Err(Failure::from(error).job(Some(link))),
        Ok(Ok(JobEnd::Ended(record))) if record.has_succeeded() => Ok(record),
        Ok(Ok(JobEnd::Ended(record))) => {
            // The job's errors are helpful but not required.
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
            .hint("the job continues on the host")),
    };
    ended.map_err(|failure| failure.about(known, None))
}

/// The failure for an unsuccessful job. This command does not know what the job has changed.
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
