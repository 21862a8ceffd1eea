//! `schema`: the JSON Schema of the documents that the commands print.

use clap::Args;
use serde_json::Value;

use crate::cli::{
    answer::Answer, args, console::Format, failure::Failure, kind::Kind, render::Line, run::Run, schema,
};

/// Print the JSON Schema (draft 2020-12) of the documents of --output json and jsonl
#[derive(Debug, Args)]
#[command(after_help = "\
Without a command, that of all documents. The failure of any command is an `error`; `progress` is a line
of --output jsonl.

The promise of hvsnap/1: fields are only added, never removed or changed in meaning; ignore those that
you do not know. Enumerations may get further values.

Examples:
  hvsnap schema > hvsnap-1.json
  hvsnap schema snapshot list
  hvsnap schema error
  hvsnap schema --list")]
pub(crate) struct Schema {
    /// The command, such as snapshot list; or error, or progress
    #[arg(value_name = "COMMAND")]
    command: Vec<String>,

    /// List the names that can be given
    #[arg(long, conflicts_with = "command")]
    list: bool,
}

impl Schema {
    pub(super) fn run(&self, run: Run<'_>) -> Result<Answer, Failure> {
        let whole: Value = serde_json::from_str(schema::TEXT)
            .map_err(|error| Failure::new(Kind::System, "reading the schema failed").cause(error))?;
        if self.list {
            let names = schema::names(&whole).into_iter().map(Line::plain);
            return Ok(Answer { lines: names.collect(), ..Answer::nothing() });
        }
        let part = match self.command.as_slice() {
            [] => whole,
            words => schema::part(&whole, &schema::definition(&names(words))).ok_or_else(|| {
                Failure::usage(format!("no command {:?} prints JSON", words.join(" ")))
                    .hint("see hvsnap schema --list")
            })?,
        };
        let text = match run.console.format() {
            Format::Jsonl => format!("{part}\n"),
            _ => format!("{part:#}\n"),
        };
        run.console.script(text.as_bytes());
        Ok(Answer::nothing())
    }
}

/// The words with the names of commands in place of their aliases.
fn names(words: &[String]) -> Vec<String> {
    let grammar = args::grammar();
    let mut command = Some(&grammar);
    let name = |word: &String| {
        command = command.and_then(|command| command.find_subcommand(word));
        command.map_or_else(|| word.clone(), |command| command.get_name().to_owned())
    };
    words.iter().map(name).collect()
}
