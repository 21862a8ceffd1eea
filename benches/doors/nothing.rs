//! For the benchmarks: the call that destroys a snapshot, for a snapshot that does not exist on any host.
//!
//! It is the same as in a destroy (`destroy`), from the call to its result, without the parts around it: the reference to the
//! snapshot is made once, as a tree provides it. The identifier consists of zeros, so no host finds it: it answers with a return
//! value and changes nothing.

use crate::{
    client::{ClientError, ClientErrorKind},
    host::{Error, Host, operation::ready::Ready},
    hyperv::{Action, DestroyAction, DestroyScope, MergeExpectation, SnapshotName},
    soap::MessageId,
    wsman::Exchange as _,
};

const NOBODY: &str = "Microsoft:00000000-0000-0000-0000-000000000000";
const DURING: &str = "destroying nothing";

/// Destroys a snapshot that does not exist.
#[derive(Debug)]
pub struct Nothing {
    host: Host,
    call: Ready,
}

impl Nothing {
    /// Reads the keys of the host's service.
    ///
    /// # Errors
    /// If they cannot be read.
    pub async fn on(host: &Host) -> Result<Self, Error> {
        let target = SnapshotName { id: NOBODY.to_owned(), name: String::new() };
        let nothing = Action::Destroy(DestroyAction {
            scope: DestroyScope::Single,
            destroyed: vec![target],
            kept: Vec::new(),
            merge: MergeExpectation::None,
            merging: None,
        });
        let call = nothing.judged().call();
        Ok(Self { host: host.clone(), call: host.0.ready("", call).await? })
    }

    /// Calls; the return value is the host's refusal.
    ///
    /// # Errors
    /// As for any call.
    pub async fn destroy(&self) -> Result<u32, ClientError> {
        let result = self.host.0.client().call(DURING, &self.call.exchange()).await;
        result.map(|result| result.return_code.0)
    }

    /// The request of the call, as a message with this number.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn request(&self, number: u128) -> Result<String, ClientError> {
        self.call
            .exchange()
            .request(&self.host.0.client().settings, &MessageId::from_random(number))
            .map_err(|error| ClientError::before(ClientErrorKind::Unwritable(error), DURING))
    }
}
