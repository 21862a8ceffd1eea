//! `explain`: the meaning of a code, in every family that uses it.
//!
//! It contacts no host and reads no file: the tables are part of the library.

use clap::Args;
use hvsnap::explain::{CodeEntry, Explanation, Family, look_up};
use serde::Serialize;

use crate::cli::{
    answer::Answer,
    failure::Failure,
    kind::Kind,
    render::{Line, remedy, style, table::facts},
};

/// Explain a code: an id of hvsnap, or a code of WinRM, WMI, Windows, HTTP or Hyper-V
#[derive(Debug, Args)]
#[command(after_help = "\
Several families may use the same number; all readings are shown. An unknown code ends with exit code 3.

Examples:
  hvsnap explain HVS0412
  hvsnap explain 2150858793
  hvsnap explain 0x80041002
  hvsnap explain wbemErrAccessDenied")]
pub(crate) struct Explain {
    /// A number (decimal, 0x…, negative), a name, or an id of hvsnap: HVS0412, 2150858793, 0x80041002, ERROR_ACCESS_DENIED
    #[arg(allow_hyphen_values = true)]
    code: String,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Body<'t> {
    /// The code as it was given.
    code: &'t str,
    /// It as a number; null for a name.
    decimal: Option<u32>,
    /// It as a hexadecimal number, such as 0x80041002.
    hex: Option<String>,
    /// What it can mean, one entry for each family that has it.
    readings: Vec<ReadingView>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ReadingView {
    /// The family of codes.
    #[cfg_attr(test, schemars(with = "crate::cli::schema::keys::Keys<Family>"))]
    family: &'static str,
    /// The code in the form of the family.
    code: String,
    /// Its symbol.
    name: &'static str,
    /// What it means.
    what: &'static str,
    /// The usual reason.
    why: &'static str,
    /// What to do.
    next: String,
    /// Whether the command may be repeated.
    #[cfg_attr(test, schemars(with = "crate::cli::schema::keys::Keys<hvsnap::explain::Repeat>"))]
    repeat: &'static str,
    /// Where this is documented.
    source: &'static str,
}

impl Explain {
    pub(super) fn run(&self) -> Result<Answer, Failure> {
        let text = self.code.trim();
        let explanation = look_up(text).map_err(|unknown| {
            let failure = Failure::new(Kind::UnknownCode, format!("explaining {text:?} failed"));
            let failure = failure.cause(&unknown);
            unknown
                .could_be
                .iter()
                .fold(failure, |failure, could| failure.cause(format_args!("it could be {could}")))
        })?;
        let body = Body {
            code: text,
            decimal: explanation.number,
            hex: explanation.number.map(hex),
            readings: explanation.entries.iter().map(|entry| ReadingView::from(*entry)).collect(),
        };
        Answer::new(lines(&explanation), &body)
    }
}

impl From<&CodeEntry> for ReadingView {
    fn from(entry: &CodeEntry) -> Self {
        Self {
            family: entry.family.key(),
            code: code(entry),
            name: entry.name,
            what: entry.what,
            why: entry.why,
            next: remedy::text(&entry.next()),
            repeat: entry.repeat.key(),
            source: entry.source,
        }
    }
}

fn hex(number: u32) -> String {
    format!("0x{number:08X}")
}

/// The number in the form of its family.
fn code(entry: &CodeEntry) -> String {
    match entry.family {
        Family::Hvsnap => format!("HVS{:04}", entry.code),
        Family::WsMan | Family::Wmi | Family::HResult => hex(entry.code),
        _ => entry.code.to_string(),
    }
}

fn lines(explanation: &Explanation) -> Vec<Line> {
    let mut lines = Vec::new();
    if let Some(number) = explanation.number {
        let mut head = Line::new().styled(style::STRONG, number);
        if number > 0xFFFF {
            head = head.text(format_args!(" = {} = {}", hex(number), number.cast_signed()));
        }
        if explanation.entries.len() > 1 {
            let count = explanation.entries.len();
            head =
                head.styled(style::FAINT, format_args!("   {count} readings: it depends on where it stood"));
        }
        lines.push(head);
    }
    for entry in &explanation.entries {
        if !lines.is_empty() {
            lines.push(Line::new());
        }
        let mut head = Line::new().styled(style::STRONG, entry.name);
        if entry.family != Family::Hvsnap {
            head = head.styled(style::FAINT, format_args!("   {}", entry.family));
        }
        if explanation.number != Some(entry.code) {
            head = head.styled(style::FAINT, format_args!("   {}", code(entry)));
        }
        lines.push(head);
        lines.extend(facts([
            ("what", Line::plain(entry.what)),
            ("why", Line::plain(entry.why)),
            ("next", Line::plain(remedy::text(&entry.next()))),
            ("repeat", Line::plain(entry.repeat)),
            ("source", Line::new().styled(style::FAINT, entry.source)),
        ]));
    }
    lines
}
