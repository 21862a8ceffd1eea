//! `cim query`: the answer to a WQL query.

use clap::Args;
use hvsnap::cim::Wql;

use super::{ListArgs, by_keys, list};
use crate::cli::{answer::Answer, commands::HostCommand, failure::Failure, session::Session};

/// List the answer to a WQL query
#[derive(Debug, Args)]
#[command(after_help = "\
The query is sent as it is. In a text, a backslash and the quote around it are escaped by a
backslash. `select *` brings each instance with its reference; a query for named properties brings
neither class nor reference.

Examples:
  hvsnap cim query 'select * from Msvm_ComputerSystem where ElementName = \"web-01\"'
  hvsnap cim query 'select Name, State from Win32_Service' --namespace root/cimv2")]
pub(crate) struct Query {
    /// The query, as one argument
    #[arg(value_name = "WQL")]
    query: String,

    #[command(flatten)]
    list: ListArgs,
}

impl HostCommand for Query {
    async fn run(&self, session: &mut Session<'_>) -> Result<Answer, Failure> {
        let namespace = session.host.cim().clone();
        let query = Wql::verbatim(&self.query);
        if is_of_whole_instances(&self.query) {
            let opened = namespace.query_with_references(&query);
            list(session, &namespace, &self.list, opened, |_, (instance, reference)| {
                (instance, Some(reference))
            })
            .await
        } else {
            list(session, &namespace, &self.list, namespace.query(&query), by_keys).await
        }
    }
}

/// Whether the query begins with `select *`: other queries may have answers without references.
fn is_of_whole_instances(query: &str) -> bool {
    let query = query.trim_start();
    let Some((verb, rest)) = query.split_at_checked("select".len()) else { return false };
    verb.eq_ignore_ascii_case("select") && rest.trim_start().starts_with('*')
}

#[cfg(test)]
mod tests {
    use super::is_of_whole_instances;

    #[test]
    fn only_a_query_for_all_properties_brings_references() {
        assert!(
            ["select * from X", " SELECT  *from X", "select*from X"].into_iter().all(is_of_whole_instances)
        );
        let others = ["select A from X", "associators of {X.A=1}", "references of {X.A=1}", "", "sel"];
        assert!(!others.into_iter().any(is_of_whole_instances));
    }
}
