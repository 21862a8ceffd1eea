//! The commands of the README and of the pages in `docs/`.
//!
//! A block of commands under `<!-- run: LAB -->` is run in order against a simulated host with that lab of `fixtures/lab`, with the
//! host's address, a user with all rights and the password in the environment; each command must end with 0. The marker may say how
//! often a method is called: `<!-- run: life.toml, CreateSnapshot 2 -->`. A block under `<!-- file: NAME -->` is a file in the folder that
//! the commands of its page are run in. That every command can be typed, marked or not, is a test of
//! the grammar (`src/cli/args.rs`); recipes for other programs are run by `tests/docs/recipes.py`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{Bench, Ran};

/// A block of commands that is run.
struct Block {
    page: String,
    lab: String,
    /// Methods, and how often they are called.
    calls: Vec<(String, usize)>,
    commands: Vec<String>,
    /// Names and contents of the files of the page.
    files: Vec<(String, String)>,
}

/// The README and every page: path and text.
fn pages() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages: Vec<_> =
        fs::read_dir(root.join("docs")).unwrap().map(|page| page.unwrap().path()).collect();
    pages.retain(|page| page.extension().is_some_and(|extension| extension == "md"));
    pages.push(root.join("README.md"));
    pages.sort();
    let read = |page: PathBuf| {
        let text = fs::read_to_string(&page).unwrap();
        (page, text)
    };
    pages.into_iter().map(read).collect()
}

/// The blocks that are run.
fn blocks() -> Vec<Block> {
    pages().iter().flat_map(|(page, text)| blocks_of(&page.display().to_string(), text)).collect()
}

fn blocks_of(page: &str, text: &str) -> Vec<Block> {
    let files = text.split("\n<!-- file: ").skip(1).map(|rest| {
        let (name, rest) = rest.split_once(" -->\n```").expect(page);
        let (content, _) = rest.split_once("\n```").expect(page);
        let (_, content) = content.split_once('\n').expect(page);
        (name.to_owned(), format!("{content}\n"))
    });
    let files: Vec<_> = files.collect();
    let marked = text.split("\n<!-- run: ").skip(1);
    let block = marked.map(|rest| {
        let (marker, rest) = rest.split_once(" -->\n```console\n").expect(page);
        let (commands, _) = rest.split_once("\n```").expect(page);
        let mut words = marker.split(", ").map(str::to_owned);
        let lab = words.next().unwrap();
        let calls = words.map(|call| {
            let (method, times) = call.split_once(' ').expect(page);
            (method.to_owned(), times.parse().unwrap())
        });
        Block {
            page: page.to_owned(),
            lab,
            calls: calls.collect(),
            commands: commands
                .lines()
                .filter_map(|line| line.strip_prefix("$ hvsnap "))
                .map(str::to_owned)
                .collect(),
            files: files.clone(),
        }
    });
    block.collect()
}

/// Words as a shell reads them; what is between quotes is one.
fn words(command: &str) -> Vec<&str> {
    let parts = command.split('\'').enumerate();
    let words = parts.flat_map(|(at, part)| match at % 2 {
        0 => part.split_whitespace().collect(),
        _ => vec![part],
    });
    words.collect()
}

/// Runs the commands of the block, up to the first that fails.
async fn run(bench: &Bench, block: &Block) -> Result<(), String> {
    for (name, content) in &block.files {
        bench.file(name, content);
    }
    let nodes: Vec<_> = bench.sim.nodes().into_iter().map(|(node, url)| format!("{node}={url}")).collect();
    for line in &block.commands {
        let (command, file) =
            line.split_once(" > ").map_or((line.as_str(), None), |(command, file)| (command, Some(file)));
        let mut process = bench.command(&words(command));
        process.current_dir(bench.home()).env("HVSNAP_NODE", nodes.join(","));
        let ran = Ran::of(process).await;
        if ran.code != Some(0) {
            return Err(format!("{}: hvsnap {command}: {ran:#?}", block.page));
        }
        if let Some(file) = file {
            fs::write(Path::new(bench.home()).join(file), &ran.stdout).unwrap();
        }
    }
    for (method, times) in &block.calls {
        let called = bench.sim.calls(method);
        if called != *times {
            return Err(format!(
                "{}, {}: {method} is called {called} times, not {times}",
                block.page, block.lab
            ));
        }
    }
    Ok(())
}

#[tokio::test]
async fn the_commands_of_the_readme_and_of_the_pages_do_what_they_say() {
    let blocks = blocks();
    assert!(blocks.len() >= 10, "{} blocks", blocks.len());
    let mut problems = Vec::new();
    for block in &blocks {
        assert!(!block.commands.is_empty(), "{}: a block without a command", block.page);
        problems.extend(run(&Bench::of(&block.lab).await, block).await.err());
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[tokio::test]
async fn the_commands_for_a_cluster_call_the_owners_of_the_vms() {
    let bench = Bench::of("cluster.toml").await;
    let blocks = blocks();
    let block = blocks.iter().find(|block| block.lab == "cluster.toml").unwrap();
    run(&bench, block).await.unwrap();
    assert_eq!(super::cluster::called_on(&bench.sim, "DestroySnapshot"), ["HV02", "HV01"]);
}

#[test]
fn every_link_to_a_file_leads_to_one() {
    let mut links = 0;
    for (page, text) in pages() {
        let targets = text.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
        for (target, _) in targets.filter(|(target, _)| !target.contains("://")) {
            let target = target.split('#').next().unwrap();
            assert!(page.parent().unwrap().join(target).exists(), "{}: {target}", page.display());
            links += 1;
        }
    }
    assert!(links > 10, "{links}");
}

#[test]
fn every_example_is_named_on_the_page_about_embedding() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/embedding.md")).unwrap();
    for example in fs::read_dir(root.join("examples")).unwrap() {
        let path = example.unwrap().path();
        let command = format!("$ cargo run --example {} ", path.file_stem().unwrap().display());
        assert!(page.contains(&command), "{command}");
    }
}

#[test]
fn a_marked_block_is_found_with_its_lab_and_its_calls() {
    let text = "\n<!-- file: a.txt -->\n```toml\nx = 1\ny = 2\n```\n<!-- run: a.toml, CreateSnapshot 2 -->\n```console\n$ hvsnap vm list\n$ echo\n```\n<!-- run: b.toml -->\n```console\n$ hvsnap x\n```\n";
    let found = blocks_of("page", text);
    assert_eq!(found.len(), 2);
    assert_eq!(found[1].files, [("a.txt".to_owned(), "x = 1\ny = 2\n".to_owned())]);
    assert_eq!(
        (found[0].lab.as_str(), found[0].calls.as_slice()),
        ("a.toml", &[("CreateSnapshot".to_owned(), 2)][..])
    );
    assert_eq!(
        (&found[0].commands, &found[1].commands),
        (&vec!["vm list".to_owned()], &vec!["x".to_owned()])
    );
    assert_eq!(words("cim query 'a b' @x"), ["cim", "query", "a b", "@x"]);
}
