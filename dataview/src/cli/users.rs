//! `dataview users`: accounts of people.

use super::Failure;
use super::config_args::ConfigArgs;
use crate::access::{Access, Account, Action, Deed, NewAccount, Role, Scope};
use clap::Subcommand;
use serde_json::json;
use std::io::{BufRead, Write};
use std::process::ExitCode;

/// Who did it, in the audit log, when it was done here.
pub(super) const COMMAND_LINE: &str = "(command line)";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show all accounts
    List {
        #[command(flatten)]
        config: ConfigArgs,
        /// Print each as a JSON object on a line of its own
        #[arg(long)]
        json: bool,
    },
    /// Make an account; its password is printed and must be changed at the first login
    Add {
        #[command(flatten)]
        config: ConfigArgs,
        /// Its name
        name: String,
        #[command(flatten)]
        rights: Rights,
        #[command(flatten)]
        password: PasswordArgs,
    },
    /// Change what an account may do
    Change {
        #[command(flatten)]
        config: ConfigArgs,
        /// Its name
        name: String,
        #[command(flatten)]
        rights: Rights,
    },
    /// Set another password, which is printed and must be changed at the next login
    Password {
        #[command(flatten)]
        config: ConfigArgs,
        /// The account's name
        name: String,
        #[command(flatten)]
        password: PasswordArgs,
    },
    /// Remove an account and end its sessions
    Remove {
        #[command(flatten)]
        config: ConfigArgs,
        /// Its name
        name: String,
    },
}

/// What somebody may do.
#[derive(Debug, clap::Args)]
pub(super) struct Rights {
    /// viewer, support (may look users up) or administrator
    #[arg(long, value_parser = role)]
    pub(super) role: Role,
    /// Only this application; may be given several times
    #[arg(long = "app", value_name = "APP")]
    apps: Vec<String>,
}

impl Rights {
    pub(super) fn scope(&self) -> Scope {
        Scope::of((!self.apps.is_empty()).then(|| self.apps.clone()))
    }
}

fn role(text: &str) -> Result<Role, String> {
    Role::named(text).ok_or_else(|| "expected viewer, support or administrator".to_owned())
}

impl Command {
    fn config(&self) -> &ConfigArgs {
        match self {
            Self::List { config, .. }
            | Self::Add { config, .. }
            | Self::Change { config, .. }
            | Self::Password { config, .. }
            | Self::Remove { config, .. } => config,
        }
    }
}

#[derive(Debug, clap::Args)]
struct PasswordArgs {
    /// Read the password from standard input, its first line; then it need not be changed
    #[arg(long)]
    password_stdin: bool,
}

impl PasswordArgs {
    /// The password, and whether it must be changed.
    fn read(&self) -> Result<(String, bool), Failure> {
        if !self.password_stdin {
            return Ok((Access::new_password()?, true));
        }
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line)?;
        Ok((line.trim_end_matches(['\r', '\n']).to_owned(), false))
    }
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let access = args.command.config().open_access()?;
    let now_ms = crate::startup::now_ms();
    let mut out = std::io::stdout();
    let (action, subject) = match &args.command {
        Command::List { json, .. } => {
            for account in access.accounts()? {
                writeln!(out, "{}", if *json { as_json(&account) } else { as_text(&account) })?;
            }
            return Ok(ExitCode::SUCCESS);
        }
        Command::Add { name, rights, password, .. } => {
            let (password, must_change) = password.read()?;
            let new = NewAccount {
                name: name.clone(),
                role: rights.role,
                scope: rights.scope(),
                password,
                must_change,
            };
            access.add_account(&new, now_ms)?;
            if must_change {
                writeln!(out, "password of {name}: {}", new.password)?;
            }
            (Action::AccountAdded, name)
        }
        Command::Change { name, rights, .. } => {
            access.change_account(name, rights.role, &rights.scope())?;
            (Action::AccountChanged, name)
        }
        Command::Password { name, password, .. } => {
            let (password, must_change) = password.read()?;
            access.set_password(name, &password, must_change)?;
            if must_change {
                writeln!(out, "password of {name}: {password}")?;
            }
            (Action::AccountChanged, name)
        }
        Command::Remove { name, .. } => {
            access.remove_account(name)?;
            (Action::AccountRemoved, name)
        }
    };
    let deed = Deed { who: COMMAND_LINE, action, subject, app: None, reason: None };
    access.record(&deed, now_ms)?;
    Ok(ExitCode::SUCCESS)
}

fn as_text(account: &Account) -> String {
    let apps = apps(&account.scope);
    let logged_in = match account.logged_in_at_ms {
        Some(at_ms) => format!("logged in {}", time(at_ms)),
        None => "never logged in".to_owned(),
    };
    let change = if account.must_change { ", must change the password" } else { "" };
    format!("{}  {}  {apps}  {logged_in}{change}", account.name, account.role)
}

fn as_json(account: &Account) -> String {
    json!({
        "name": account.name,
        "role": account.role,
        "apps": account.scope.apps(),
        "must_change_password": account.must_change,
        "created_at": account.created_at_ms,
        "logged_in_at": account.logged_in_at_ms,
    })
    .to_string()
}

/// The applications of a scope, in words.
pub(super) fn apps(scope: &Scope) -> String {
    scope.apps().map_or_else(|| "all applications".to_owned(), |apps| apps.join(", "))
}

/// A time as people read it, in UTC.
pub(super) fn time(at_ms: u64) -> String {
    let at = i64::try_from(at_ms).ok().and_then(|at| jiff::Timestamp::from_millisecond(at).ok());
    at.map_or_else(|| at_ms.to_string(), |at| format!("{at:.0}"))
}
