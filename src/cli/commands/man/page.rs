//! One manual page: man(7) source from the grammar and the help of a command.
//!
//! Options that all commands take are on the page of the program only.

use std::{
    collections::BTreeMap,
    io::{self, Write as _},
};

use clap::Command;
use clap_mangen::{
    Man,
    roff::{Inline, Roff, bold, roman},
};

/// The beginning of each page.
pub(super) const MARK: &str = ".\\\" A manual page of hvsnap, written by `hvsnap man`.\n";

/// The pages of a program, by file name.
pub(super) fn all(program: &Command) -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut program = program.clone().disable_help_subcommand(true);
    program.build();
    let mut pages = BTreeMap::new();
    let mut waiting = vec![(&program, None)];
    while let Some((command, above)) = waiting.pop() {
        waiting.extend(command.get_subcommands().map(|inner| (inner, Some(command))));
        pages.insert(format!("{}.1", name(command)), page(command, above)?);
    }
    Ok(pages.into_iter().collect())
}

fn name(command: &Command) -> &str {
    command.get_display_name().unwrap_or_else(|| command.get_name())
}

fn page(command: &Command, above: Option<&Command>) -> io::Result<Vec<u8>> {
    let is_program = above.is_none();
    // Only long help is rendered of options that the short help hides.
    let shown = command.clone().mut_args(|arg| {
        let is_elsewhere =
            !is_program && (arg.is_global_set() || ["help", "version"].contains(&arg.get_id().as_str()));
        let help = arg.get_long_help().or(arg.get_help()).cloned();
        let is_hidden = arg.is_hide_set() || is_elsewhere;
        arg.hide(is_hidden).long_help(help.unwrap_or_default()).hide_short_help(false)
    });
    let man = Man::new(shown.clone());
    let mut page = Vec::from(MARK);
    // Without a date, so that the same program writes the same pages; identifiers are neither broken nor stretched.
    let source = concat!("hvsnap ", env!("CARGO_PKG_VERSION"));
    let title = name(command).to_uppercase();
    writeln!(page, ".TH \"{title}\" 1 \"\" \"{source}\" \"hvsnap manual\"\n.nh\n.ad l")?;
    man.render_name_section(&mut page)?;
    section("SYNOPSIS", |roff| synopsis(roff, command)).to_writer(&mut page)?;
    section("DESCRIPTION", |roff| description(roff, command)).to_writer(&mut page)?;
    if shown.get_arguments().any(|arg| !arg.is_hide_set()) {
        man.render_options_section(&mut page)?;
    }
    if shown.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    rest(command).to_writer(&mut page)?;
    if let Some(above) = above {
        section("SEE ALSO", |roff| see_also(roff, command, above)).to_writer(&mut page)?;
    }
    Ok(page)
}

fn section(heading: &str, content: impl FnOnce(&mut Roff)) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", [heading]);
    content(&mut roff);
    roff
}

/// The usage; all options are in their section.
fn synopsis(roff: &mut Roff, command: &Command) {
    let usage = command.clone().render_usage().to_string();
    for line in usage.lines() {
        let line = line.trim_start_matches("Usage:").trim();
        let full = command.get_bin_name().unwrap_or_else(|| command.get_name());
        match line.strip_prefix(full) {
            Some(rest) => roff.text([bold(full), roman(rest)]),
            None => roff.text([roman(line)]),
        };
        roff.control("br", []);
    }
}

fn description(roff: &mut Roff, command: &Command) {
    let about = command.get_long_about().or(command.get_about()).map(ToString::to_string).unwrap_or_default();
    roff.text([roman(if about.ends_with('.') { about } else { about + "." })]);
    let aliases: Vec<&str> = command.get_visible_aliases().collect();
    if !aliases.is_empty() {
        roff.control("PP", []);
        roff.text([roman(format!("Also called {}.", aliases.join(", ")))]);
    }
}

fn see_also(roff: &mut Roff, command: &Command, above: &Command) {
    let program = "hvsnap";
    let mut names = vec![program.to_owned()];
    if name(above) != program {
        names.push(name(above).to_owned());
        names.extend(above.get_subcommands().map(|beside| name(beside).to_owned()));
    }
    names.retain(|beside| beside != name(command));
    let mut line: Vec<Inline> = Vec::new();
    for (at, name) in names.into_iter().enumerate() {
        if at > 0 {
            line.push(roman(", "));
        }
        line.extend([bold(name), roman("(1)")]);
    }
    roff.text(line);
    roff.control("PP", []);
    roff.text([
        bold("hvsnap"),
        roman("(1) describes the options that all commands take, exit codes, profiles and the journal."),
    ]);
}

/// What stands below the options in the help: first the paragraphs, then the sections with a heading.
fn rest(command: &Command) -> Roff {
    let help = command.get_after_long_help().or(command.get_after_help()).map(ToString::to_string);
    let help = help.unwrap_or_default();
    let (sections, notes): (Vec<Block<'_>>, Vec<Block<'_>>) = help
        .split("\n\n")
        .filter(|text| !text.is_empty())
        .map(Block::of)
        .partition(|block| block.heading.is_some());
    let mut roff = Roff::new();
    for (at, block) in notes.iter().enumerate() {
        match at {
            0 => roff.control("SH", ["NOTES"]),
            _ => roff.control("PP", []),
        };
        block.lines(&mut roff);
    }
    for block in &sections {
        roff.control("SH", [block.heading.unwrap_or_default().to_uppercase().as_str()]);
        block.lines(&mut roff);
    }
    roff
}

/// Lines of the help without an empty one in between.
struct Block<'h> {
    heading: Option<&'h str>,
    lines: Vec<&'h str>,
}

impl<'h> Block<'h> {
    fn of(text: &'h str) -> Self {
        let mut lines: Vec<&str> = text.lines().collect();
        let is_heading =
            |line: &&str| !line.starts_with(' ') && line.ends_with(':') && line.split(' ').count() <= 2;
        let heading = lines.first().filter(|line| is_heading(line)).and_then(|line| line.strip_suffix(':'));
        if heading.is_some() {
            lines.remove(0);
        }
        Self { heading, lines }
    }

    /// Text is filled; what is indented stays as it is, but for a list of codes.
    fn lines(&self, roff: &mut Roff) {
        let is_of_codes = self.heading == Some("Exit codes");
        let mut is_verbatim = false;
        for line in &self.lines {
            let indented = line.strip_prefix("  ").filter(|_| !is_of_codes);
            if indented.is_some() != is_verbatim {
                is_verbatim = indented.is_some();
                match is_verbatim {
                    true => {
                        roff.control("PP", []);
                        roff.control("RS", ["4"]);
                        roff.control("nf", []);
                    }
                    false => {
                        roff.control("fi", []);
                        roff.control("RE", []);
                        roff.control("PP", []);
                    }
                }
            }
            if let Some(line) = indented {
                roff.text([roman(line)]);
                continue;
            }
            match line.trim_start().split_once("  ") {
                Some((code, meaning)) if is_of_codes && code.parse::<u8>().is_ok() => {
                    roff.control("TP", []);
                    roff.text([bold(code)]);
                    roff.text([roman(meaning)]);
                }
                // A remark below the codes, and not a line that continues one.
                _ if is_of_codes && !line.starts_with("   ") => {
                    roff.control("PP", []);
                    roff.text([roman(line.trim_start())]);
                }
                _ => {
                    roff.text([roman(line.trim_start())]);
                }
            }
        }
        if is_verbatim {
            roff.control("fi", []);
            roff.control("RE", []);
        }
    }
}
