//! A parser for Rust sources that is sufficient for the tests on the layout of this package.
//!
//! It understands tokens, attributes, modules and paths, but no types or macros. Test-only code (`#[cfg(test)]`) is removed
//! before paths are read. Syntax as in the Rust reference: "Lexical structure", "Paths", "Use declarations".

mod items;
mod lexer;
mod paths;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

pub(crate) use items::group_end;
pub(crate) use lexer::Token;
pub(crate) use paths::NamedPath;

/// One file.
pub(crate) struct Source {
    /// Relative to the package, with `/`.
    pub(crate) file: String,
    pub(crate) text: String,
    /// All tokens, tests included.
    pub(crate) tokens: Vec<Token>,
    /// The tokens without what only tests see.
    pub(crate) shipped: Vec<Token>,
    /// Where the file stands in its crate: `src/a/b.rs` and `src/a/b/mod.rs` are `a`, `b`.
    pub(crate) module: Vec<String>,
    /// What the file names outside of what only tests see.
    pub(crate) paths: Vec<NamedPath>,
    /// The modules that only tests see, of those that this file declares and others hold; from the crate's root.
    test_modules: Vec<Vec<String>>,
}

impl Source {
    pub(crate) fn parse(file: &str, text: &str) -> Self {
        let module = module_of(file);
        let tokens = lexer::tokens(text);
        let (shipped, names) = items::without_tests(&tokens);
        let test_module = |name: String| match name.strip_prefix('"') {
            // Relative to the directory of the file (Rust reference, "The path attribute").
            Some(path) => {
                module_of(&format!("{}/{path}", file.rsplit_once('/').map_or("", |(head, _)| head)))
            }
            None => [module.clone(), vec![name]].concat(),
        };
        let test_modules = names.into_iter().map(test_module).collect();
        let paths = paths::paths(&shipped, &module);
        let (file, text) = (file.to_owned(), text.to_owned());
        Self { file, text, tokens, shipped, module, paths, test_modules }
    }

    /// The module directly below the crate root that the file belongs to; none for the root itself.
    pub(crate) fn top(&self) -> Option<&str> {
        self.module.first().map(String::as_str)
    }
}

/// Leaves out the files that only tests see.
pub(crate) fn shipped(sources: Vec<Source>) -> Vec<Source> {
    let tests: Vec<_> = sources.iter().flat_map(|source| source.test_modules.clone()).collect();
    sources.into_iter().filter(|source| !tests.iter().any(|test| source.module.starts_with(test))).collect()
}

/// All sources below a directory of the package, in order; none if there is no such directory.
pub(crate) fn below(directory: &str) -> Vec<Source> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    let root = package.join(directory);
    if root.exists() {
        collect(&root, &mut files).expect("the package's own directories can be read");
    }
    files.sort();
    let read = |file: &PathBuf| {
        let text = fs::read_to_string(file).expect("a source file is UTF-8");
        let relative = file.strip_prefix(package).expect("it was found below the package");
        let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
        Source::parse(&parts.join("/"), &text)
    };
    files.iter().map(read).collect()
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

fn module_of(file: &str) -> Vec<String> {
    let inside = file.strip_prefix("src/").unwrap_or(file);
    let stem = inside.strip_suffix(".rs").unwrap_or(inside);
    let mut module: Vec<String> = stem.split('/').map(str::to_owned).collect();
    if module.last().is_some_and(|last| last == "mod") || ["lib", "main"].contains(&stem) {
        module.pop();
    }
    module
}
