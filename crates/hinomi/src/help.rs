//! The words of `--help`, in Japanese and English, from the same text files as the pages.

use clap::{Arg, ArgAction, Command};
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
    let text = |key: &str| texts().get(lang, key);
    // The library's own words exist in English only.
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help).help(text("cli-any-help"));
    command = command
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .arg(help)
        .help_template(format!("{{before-help}}{{about-with-newline}}\n{}{{usage}}\n\n{{all-args}}{{after-help}}", text("cli-usage")))
        .subcommand_help_heading(text("cli-commands"));
    if path == "cli" {
        let version = Arg::new("version").short('V').long("version").action(ArgAction::Version).help(text("cli-any-version"));
        command = command.disable_version_flag(true).arg(version);
    }
    if texts().has(lang, path) {
        command = command.about(texts().get(lang, path));
    }
    command = command.mut_args(|argument| {
        let keys = [format!("{path}-{}", argument.get_id()), format!("cli-any-{}", argument.get_id())];
        let argument = argument.clone().help_heading(text(if argument.is_positional() { "cli-arguments" } else { "cli-options" }));
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

    /// The keys under which each command and argument is explained, any one of which will do.
    fn keys(command: &Command, path: &str, out: &mut Vec<Vec<String>>) {
        out.push(vec![path.to_owned()]);
        for argument in command.get_arguments() {
            out.push(vec![format!("{path}-{}", argument.get_id()), format!("cli-any-{}", argument.get_id())]);
        }
        for sub in command.get_subcommands() {
            keys(sub, &format!("{path}-{}", sub.get_name()), out);
        }
    }

    #[test]
    fn every_command_and_argument_is_explained_in_both_languages() {
        platform::app::begin();
        let mut all = Vec::new();
        keys(&crate::command(), "cli", &mut all);
        assert!(all.len() > 200, "{}", all.len());
        for lang in [Lang::Ja, Lang::En] {
            let missing: Vec<&Vec<String>> = all.iter().filter(|keys| !keys.iter().any(|key| texts().has(lang, key))).collect();
            assert!(missing.is_empty(), "{lang:?}: {missing:#?}");
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
