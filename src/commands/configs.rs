//! `mkafka configs`: show and change the configurations of topics.

use anyhow::{Context as _, Result};

use super::select;
use super::{UsageError, data_dir_location, open_for_all};
use crate::cli::configs::{AlterConfigsArgs, ConfigsAction, ConfigsArgs, DescribeConfigsArgs, parse_added};
use crate::cli::{GlobalArgs, OutputFormat};
use crate::output::Ui;
use crate::output::configs::{config_json, config_lines};
use crate::store::{DataDir, StoreError, Topic, check_alteration};

/// Runs `mkafka configs`.
pub fn run(global: &GlobalArgs, args: &ConfigsArgs, ui: &mut Ui) -> Result<()> {
    match &args.action {
        ConfigsAction::Describe(args) => describe(global, args, ui),
        ConfigsAction::Alter(args) => alter(global, args, ui),
    }
}

fn describe(global: &GlobalArgs, args: &DescribeConfigsArgs, ui: &mut Ui) -> Result<()> {
    let location = data_dir_location(global)?;
    let choice = args.entity.choice();
    let Some(dir) = open_for_all(&location, choice.is_all())? else { return Ok(()) };
    for topic in select::readable_topics(&dir, &choice, ui)? {
        match args.output {
            OutputFormat::Json => ui.print_json(&config_json(&topic, args.all))?,
            OutputFormat::Text => {
                for line in config_lines(&topic, args.all) {
                    ui.print_line(&line)?;
                }
            }
        }
    }
    Ok(())
}

fn alter(global: &GlobalArgs, args: &AlterConfigsArgs, ui: &mut Ui) -> Result<()> {
    let usage = |message: &str| anyhow::Error::from(UsageError(message.to_owned()));
    let choice = args.entity.choice();
    if choice.is_all() {
        return Err(usage("An entity name must be specified with --alter of topics"));
    }
    let mut added = Vec::new();
    for text in &args.add_config {
        added.extend(parse_added(text).map_err(|message| usage(&message))?);
    }
    if let Some(path) = &args.add_config_file {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (key, value) = line
                .split_once('=')
                .with_context(|| format!("{}: '{line}' must be in the format \"key=val\"", path.display()))?;
            added.push((key.trim().to_owned(), value.trim().to_owned()));
        }
    }
    let deleted: Vec<&str> = args.delete_config.iter().map(|name| name.trim()).collect();
    if deleted.contains(&"") {
        let given = args.delete_config.join(",");
        return Err(usage(&format!("--delete-config '{given}': between two commas there must be a name")));
    }
    if added.is_empty() && deleted.is_empty() {
        return Err(usage(
            "At least one of --add-config, --add-config-file, or --delete-config must be specified with --alter",
        ));
    }
    let path = data_dir_location(global)?.path;
    // A mistyped name must not make a data directory, and changes no other topic.
    let topics = select::topics(&DataDir::open_for_reading(&path)?, &choice)?;
    // A value that is none is said once, and no topic is altered.
    check_alteration(&added, &deleted)?;
    let dir = DataDir::open_for_writing(&path)?;
    for before in topics {
        match dir.alter_configs(&before.name, &added, &deleted) {
            Ok(topic) => tell_altered(&before, &topic, args.output, ui)?,
            // One that cannot be altered must not keep the others from it.
            Err(error @ (StoreError::ConfigNotSet { .. } | StoreError::Config(_))) => {
                ui.error(&format!("topic '{}': {error}", before.name));
            }
            // It names the topic or a file of it.
            Err(error) => ui.error(&error.to_string()),
        }
    }
    Ok(())
}

fn tell_altered(before: &Topic, topic: &Topic, output: OutputFormat, ui: &mut Ui) -> Result<()> {
    let name = &topic.name;
    if !before.known_to_us {
        ui.warn(&format!(
            "topic '{name}' was written by a broker; from now on mkafka looks after it, and what is not set has \
             Kafka's default: retention.ms is {}",
            topic.config.get("retention.ms").unwrap_or_default()
        ));
    }
    Ok(match output {
        OutputFormat::Text => ui.print_line(&format!("Completed updating config for topic {name}.")),
        OutputFormat::Json => ui.print_json(&config_json(topic, false)),
    }?)
}
