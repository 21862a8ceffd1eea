//! How the steps of many VMs end together: the exit code, the effect on the host, and whether one failure ends them all.

use hvsnap::Effect;

use crate::cli::{commands::operation, exit::Exit, failure::Failure, kind::Kind};

/// The most serious exit code. One that says that nothing was sent holds only if nothing was.
pub(super) fn worst(exits: &[Exit]) -> Exit {
    let was_sent = |exit: &Exit| matches!(exit, Exit::Done | Exit::MergePending | Exit::Failed);
    match Exit::worst(exits) {
        Exit::NotReached | Exit::Access | Exit::NotFound | Exit::Usage | Exit::NotBegun
            if exits.iter().any(was_sent) =>
        {
            Exit::Failed
        }
        worst => worst,
    }
}

/// The effect of two steps together.
pub(super) fn together(one: Effect, other: Effect) -> Effect {
    match (one, other) {
        (Effect::None, other) => other,
        (one, Effect::None) => one,
        (Effect::Applied, Effect::Applied) => Effect::Applied,
        _ => Effect::Unknown,
    }
}

/// An interruption after steps with this effect on the host.
pub(super) fn after(failure: Failure, steps: Effect) -> Failure {
    let own = failure.parts().effect.unwrap_or(Effect::Unknown);
    match together(steps, own) {
        effect if effect == own => failure,
        Effect::Unknown => failure.effect(Some(Effect::Unknown)).hint(operation::RESOLVE_FIRST),
        effect => failure.effect(Some(effect)),
    }
}

/// True if what failed would fail for every other VM as well.
pub(super) fn ends_all(failure: &Failure) -> bool {
    let parts = failure.parts();
    match parts.exit_alone() {
        Exit::Access => true,
        // A host that was read after the call is reached.
        Exit::NotReached => parts.outcome.is_none(),
        _ => matches!(parts.kind, Kind::Interrupted | Kind::Timeout),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interruption_says_that_nothing_was_changed_only_if_no_step_may_have_changed_anything() {
        let stopped = || Failure::interrupted("stopped", Effect::None);
        for (steps, effect) in [
            (&[][..], Effect::None),
            (&[Effect::None], Effect::None),
            (&[Effect::Applied, Effect::None], Effect::Applied),
            (&[Effect::Unknown, Effect::Applied], Effect::Unknown),
            (&[Effect::Applied, Effect::Unknown, Effect::None], Effect::Unknown),
        ] {
            let effects = steps.iter().copied().fold(Effect::None, together);
            assert_eq!(after(stopped(), effects).parts().effect, Some(effect), "{steps:?}");
        }
        let hint = after(stopped(), Effect::Unknown).parts().hint.clone().unwrap_or_default();
        assert!(hint.contains("hvsnap resume"), "{hint}");
    }

    #[test]
    fn a_code_that_says_that_nothing_was_sent_holds_only_if_nothing_was() {
        for (exits, code) in [
            (&[Exit::NotBegun, Exit::NotReached][..], 7),
            (&[Exit::NotBegun, Exit::Done], 1),
            (&[Exit::Failed, Exit::NotBegun], 1),
            (&[Exit::Unknown, Exit::NotBegun, Exit::Done], 5),
            (&[Exit::MergePending, Exit::Done], 6),
            (&[], 0),
        ] {
            assert_eq!(worst(exits).code(), code, "{exits:?}");
        }
    }
}
