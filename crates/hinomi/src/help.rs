//! The words of `--help`, in Japanese and English, from the same text files as the pages.

use clap::Command;
use platform::base::lang::{Lang, texts};

/// The language of help, needed before the arguments are parsed: `--lang`, `HINOMI_LANG`, the locale.
pub fn lang_asked(arguments: impl Iterator<Item = String>) -> Lang {
    let arguments: Vec<String> = arguments.collect();
    let flag = arguments.iter().enumerate().find_map(|(at, argument)| match argument.strip_prefix("--lang") {
        Some("") => arguments.get(at + 1).cloned(),
        Some(rest) => rest.strip_prefix('=').map(str::to_owned),
        None => None,
    });
    flag.or_else(|| std::env::var("HINOMI_LANG").ok()).as_deref().and_then(Lang::parse).unwrap_or_else(crate::open::lang_of_locale)
}

/// Puts the words in: `cli-{path}` for a command, `cli-{path}-{argument}` for its arguments, `cli-any-{argument}` for those
/// that several share. An area's command that has no key keeps the words it came with.
pub fn words(command: Command, lang: Lang) -> Command {
    below(command, lang, "cli")
}

fn below(mut command: Command, lang: Lang, path: &str) -> Command {
    if texts().has(lang, path) {
        command = command.about(texts().get(lang, path));
    }
    command = command.mut_args(|argument| {
        let keys = [format!("{path}-{}", argument.get_id()), format!("cli-any-{}", argument.get_id())];
        match keys.iter().find(|key| texts().has(lang, key)) {
            Some(key) => argument.help(texts().get(lang, key)),
            None => argument,
        }
    });
    command.mut_subcommands(|sub| {
        let path = format!("{path}-{}", sub.get_name());
        below(sub, lang, &path)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use platform::app::AREAS;

    fn walk(command: &Command, path: &str, visit: &mut impl FnMut(&str, bool)) {
        visit(path, command.get_about().is_some());
        for argument in command.get_arguments() {
            visit(&format!("{path} <{}>", argument.get_id()), argument.get_help().is_some());
        }
        for sub in command.get_subcommands() {
            walk(sub, &format!("{path} {}", sub.get_name()), visit);
        }
    }

    #[test]
    fn every_command_and_argument_is_explained_in_both_languages() {
        platform::app::begin();
        for lang in [Lang::Ja, Lang::En] {
            let mut missing = Vec::new();
            walk(&words(crate::command(), lang), "hinomi", &mut |path, explained| {
                // What an area's own arguments are called, its own command says; a stranger's area must not break this.
                let own = AREAS
                    .iter()
                    .filter_map(|area| area.cli.as_ref())
                    .all(|cli| !path.starts_with(&format!("hinomi {} ", (cli.command)().get_name())));
                if !explained && (own || !path.contains('<')) {
                    missing.push(path.to_owned());
                }
            });
            assert!(missing.is_empty(), "{lang:?}: {missing:?}");
        }
    }

    #[test]
    fn the_language_is_found_before_parsing() {
        let lang = |text: &str| lang_asked(text.split(' ').map(str::to_owned));
        assert_eq!(lang("hinomi --lang en audit"), Lang::En);
        assert_eq!(lang("hinomi audit --lang=ja"), Lang::Ja);
    }

    #[test]
    fn the_command_line_is_well_formed() {
        crate::command().debug_assert();
    }
}
