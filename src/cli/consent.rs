//! Consent to a command that changes a host: `--yes`, or an answer on the terminal.
//!
//! Only `y` or `yes` counts. Without a terminal it does not ask.

use crate::cli::{
    console::Console,
    failure::Failure,
    interrupt::Question,
    kind::Kind,
    present,
    proposal::Proposal,
    render::{Line, style},
    session::{Session, nothing_changed},
};

/// Asks for consent to the steps of a command.
pub(crate) async fn obtain(session: &mut Session<'_>, yes: bool, proposal: &Proposal) -> Result<(), Failure> {
    let (main, vm) = (proposal.main(), proposal.first().vm_name());
    let question = format!("{vm}: {}? [y/N]", present::question_of(proposal));
    obtain_for(session, yes, &question, || {
        let text = format!("{} needs a yes, and there is no terminal to ask on", main.doing());
        Failure::new(Kind::NoConsent, text).hint(format!(
            "look at the plan, then say --yes; with --fingerprint {} for exactly this plan",
            proposal.fingerprint()
        ))
    })
    .await
}

/// The same for any question; `unasked` is the failure without a terminal.
pub(crate) async fn obtain_for(
    session: &mut Session<'_>,
    yes: bool,
    question: &str,
    unasked: impl FnOnce() -> Failure,
) -> Result<(), Failure> {
    if yes {
        return Ok(());
    }
    if !Console::can_ask() {
        return Err(unasked());
    }
    session.console.say(&Line::new());
    session.console.ask(&Line::new().styled(style::STRONG, question));
    // On its own thread, which is abandoned at an interruption.
    let answer = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).map(|_| line)
    });
    let question = Question::open();
    let answer = session.interrupt.or(answer).await;
    drop(question);
    if answer.is_err() {
        // The cursor is still on the question's line.
        session.console.say(&Line::new());
    }
    match answer.map_err(nothing_changed)? {
        Ok(Ok(line)) if is_yes(&line) => Ok(()),
        _ => Err(not_confirmed()),
    }
}

/// The same for commands without a host: nothing else runs meanwhile, and an interruption ends the process.
pub(crate) fn obtain_at_once(console: &mut Console, yes: bool, question: &str) -> Result<(), Failure> {
    if yes {
        return Ok(());
    }
    if !Console::can_ask() {
        let text = "this needs a yes, and there is no terminal to ask on";
        return Err(Failure::new(Kind::NoConsent, text).hint("check it, then repeat with --yes"));
    }
    console.say(&Line::new());
    console.ask(&Line::new().styled(style::STRONG, question));
    let open = Question::open();
    let mut line = String::new();
    let answer = std::io::stdin().read_line(&mut line);
    drop(open);
    match answer {
        Ok(_) if is_yes(&line) => Ok(()),
        _ => Err(not_confirmed()),
    }
}

fn not_confirmed() -> Failure {
    Failure::new(Kind::NoConsent, "not confirmed")
}

fn is_yes(line: &str) -> bool {
    matches!(line.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}

#[cfg(test)]
mod tests {
    use super::is_yes;

    #[test]
    fn only_a_plain_yes_is_one() {
        assert!(["y", "Y\n", " yes \n", "YES"].into_iter().all(is_yes));
        assert!(!["", "\n", "n", "yess", "y n", "ja", "да"].into_iter().any(is_yes));
    }
}
