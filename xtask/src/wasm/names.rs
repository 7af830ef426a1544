//! Short names for what the module and its JavaScript call each other: the long ones end in a
//! hash, which no compression shortens, once in each of the two.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};

/// The module of `js-wrapper/src/host.js`, as the core's source names it.
const HOST: &str = "../src/host.js";

/// What the core's glue needs besides the functions that it imports and exports.
pub(super) const HELPERS: &str = include_str!("helpers.js");
/// The types of what the helpers export.
pub(super) const HELPER_TYPES: &str = "export function begin(module: WebAssembly.Module): void;\n";
const IMPORTS: &str = "\nfunction __wbg_get_imports() {";

/// What was called how, and what it is called now.
pub(super) struct Names {
    /// The module that the glue's own functions are in, as wasm-bindgen calls it.
    glue: String,
    /// The glue's own functions.
    imports: BTreeMap<String, String>,
    /// Functions of the host that the module calls without glue.
    direct: Vec<String>,
    /// What the module exports.
    exports: BTreeMap<String, String>,
}

impl Names {
    /// Nothing was renamed yet of the module called `stem`.
    pub(super) fn of(stem: &str) -> Self {
        let (imports, exports) = (BTreeMap::new(), BTreeMap::new());
        Self { glue: format!("\"./{stem}_bg.js\": import"), imports, direct: Vec::new(), exports }
    }

    /// An import of `module`; gives back the names to write in its place.
    pub(super) fn import(&mut self, module: &str, name: &str) -> (&'static str, String) {
        if module == HOST {
            self.direct.push(name.to_owned());
            return ("h", name.to_owned());
        }
        let next = short(self.imports.len());
        ("g", self.imports.entry(name.to_owned()).or_insert(next).clone())
    }

    /// An export; gives back the name to write in its place.
    pub(super) fn export(&mut self, name: &str) -> String {
        let next = short(self.exports.len());
        self.exports.entry(name.to_owned()).or_insert(next).clone()
    }

    /// The glue of the core. Of what wasm-bindgen writes for any module and any way to load it,
    /// a third of `dna-core.js`, [`HELPERS`] is what this one needs.
    pub(super) fn core_glue(&self, text: &str) -> Result<String> {
        let imports = text.find(IMPORTS).context("wasm-bindgen writes no __wbg_get_imports")?;
        let length = text[imports..].find("\n}\n").context("__wbg_get_imports has no end")? + 3;
        let ours = &text[..imports + length];
        for helper in ours.split(|sign: char| !sign.is_alphanumeric() && sign != '_') {
            let used = helper.ends_with("Memory0") || helper.ends_with("Wasm0");
            let known = HELPERS.contains(&format!("function {helper}("));
            ensure!(!used || known, "wasm-bindgen's glue calls {helper}: add it to helpers.js");
        }
        Ok(self.glue(&format!("{ours}{HELPERS}")))
    }

    /// The glue with the short names. wasm-bindgen imports the host's module once a function;
    /// here it is one object of the functions that are called without glue.
    pub(super) fn glue(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        if !self.direct.is_empty() {
            let names = self.direct.join(", ");
            out += &format!("import {{ {names} }} from \"{HOST}\"\nconst host = {{ {names} }};\n");
        }
        let mut host_seen = false;
        for line in text.lines() {
            let start = line.trim_start();
            if start.starts_with("import * as import") {
                continue;
            }
            if start.starts_with(&format!("\"{HOST}\": import")) {
                if !std::mem::replace(&mut host_seen, true) {
                    out += "        h: host,\n";
                }
                continue;
            }
            out += &self.line(line);
            out.push('\n');
        }
        out
    }

    fn line(&self, line: &str) -> String {
        let mut line = line.replace(&self.glue, "g: import");
        for (name, short) in &self.imports {
            line = line.replace(&format!("{name}: function"), &format!("{short}: function"));
        }
        // Longest first: a name may begin another.
        let mut exports: Vec<_> = self.exports.iter().collect();
        exports.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        for (name, short) in exports {
            line = line.replace(&format!("wasm.{name}"), &format!("wasm.{short}"));
        }
        line
    }
}

/// `a` to `z`, `aa` and so on.
fn short(mut number: usize) -> String {
    let mut name = Vec::new();
    loop {
        name.insert(0, b'a' + (number % 26) as u8);
        if number < 26 {
            return name.into_iter().map(char::from).collect();
        }
        number = number / 26 - 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_on_both_sides() {
        let mut names = Names::of("x");
        assert_eq!(names.import("./x_bg.js", "__wbg_get_0123"), ("g", "a".to_owned()));
        assert_eq!(names.import("./x_bg.js", "__wbg_text_4567"), ("g", "b".to_owned()));
        assert_eq!(names.import(HOST, "now"), ("h", "now".to_owned()));
        assert_eq!((names.export("push"), names.export("pushed")), ("a".into(), "b".into()));
        let glue = "import * as import1 from \"../src/host.js\"\n\
            import * as import2 from \"../src/host.js\"\n\
            wasm.push(1); wasm.pushed(2);\n\
            __wbg_text_4567: function(arg0) {\n        \"../src/host.js\": import1,\n\
            \x20       \"../src/host.js\": import2,\n}";
        assert_eq!(
            names.glue(glue),
            "import { now } from \"../src/host.js\"\nconst host = { now };\n\
             wasm.a(1); wasm.b(2);\nb: function(arg0) {\n        h: host,\n}\n"
        );
    }

    #[test]
    fn a_helper_that_is_not_ours_is_named() {
        let names = Names::of("x");
        let glue = |body: &str| format!("a\nfunction __wbg_get_imports() {{\n{body}\n}}\ntheirs");
        let core = names.core_glue(&glue("getStringFromWasm0(1)")).unwrap();
        assert!(core.contains("function getStringFromWasm0(") && !core.contains("theirs"));
        let error = names.core_glue(&glue("takeObjectFromWasm0(1)")).unwrap_err().to_string();
        assert!(error.contains("takeObjectFromWasm0"), "{error}");
        assert!(names.core_glue("a").is_err());
    }

    #[test]
    fn numbers_become_names() {
        assert_eq!([0, 25, 26, 51, 52].map(short), ["a", "z", "aa", "az", "ba"]);
    }
}
