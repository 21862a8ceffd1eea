//! `job show`: the state of a job.

use clap::Args;

use super::{JobArgs, answer, find};
use crate::cli::{answer::Answer, commands::HostCommand, failure::Failure, session::Session};

/// Show a job as it is now
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  hvsnap job show 5F0C2A7E-0000-4000-8000-000000000001")]
pub(crate) struct Show {
    #[command(flatten)]
    which: JobArgs,
}

impl HostCommand for Show {
    async fn run(&self, session: &mut Session<'_>) -> Result<Answer, Failure> {
        let (job, record) = find(session, &self.which.id).await?;
        let errors = if record.has_ended() && !record.has_succeeded() {
            session.reading(job.errors()).await?
        } else {
            Vec::new()
        };
        answer(session, &record, &errors)
    }
}
