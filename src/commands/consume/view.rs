//! What the arguments say of how records are shown, and of which.

use crate::cli::consume_view::{FilterArgs, RecordOutput, ViewArgs};
use crate::commands::{UsageError, properties_in};
use crate::consumer::RecordFilter;
use crate::format_string::{Element, FormatString, unescape};
use crate::output::Ui;
use crate::output::record::{FieldForm, JsonFormat, PrettyFormat, RecordFormat, TemplateFormat, TextFormat};

/// How records are written; with `shows_control` also what became of transactions. On a terminal, what it cannot
/// show is escaped.
pub(super) fn record_format(args: &ViewArgs, shows_control: bool, ui: &Ui) -> anyhow::Result<RecordFormat> {
    let mut properties = Vec::new();
    if let Some(path) = &args.formatter_config {
        properties.extend(properties_in(path)?);
    }
    properties.extend(args.formatter_properties.iter().map(|p| (p.key.clone(), p.value.clone())));
    let properties = properties.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let mut text = TextFormat::from_properties(properties).map_err(UsageError)?;
    if let Some(name) = &args.key_deserializer {
        text.forms_mut().key = FieldForm::named(name).map_err(UsageError)?;
    }
    if let Some(name) = &args.value_deserializer {
        text.forms_mut().value = FieldForm::named(name).map_err(UsageError)?;
    }
    if let Some(separator) = &args.key_separator {
        text.print_keys(unescaped(separator, "--key-separator")?);
    }
    if let Some(delimiter) = &args.delimiter {
        text.end_with(unescaped(delimiter, "--delimiter")?);
    }
    if args.nul {
        text.end_with(vec![0]);
    }
    if args.show_null {
        text.set_null_literal(b"NULL".to_vec());
    }
    let escapes = ui.stdout_is_terminal();
    let forms = text.forms_mut().clone();
    if let Some(format) = &args.format {
        let parsed = FormatString::parse(format);
        let parsed = parsed.map_err(|error| UsageError(format!("--format '{format}': {error}")))?;
        if parsed.has(|element| matches!(element, Element::Matched(..))) {
            let message = "{re#…#} tells how far a field goes in an input; it cannot be written";
            return Err(UsageError(format!("--format '{format}': {message}")).into());
        }
        let null = text.null_literal().unwrap_or_default().to_vec();
        return Ok(RecordFormat::Template(TemplateFormat::new(parsed, forms, null, escapes)));
    }
    Ok(match args.output {
        _ if args.json => RecordFormat::Json(JsonFormat { forms, escapes }),
        RecordOutput::Json => RecordFormat::Json(JsonFormat { forms, escapes }),
        RecordOutput::Pretty => RecordFormat::Pretty(PrettyFormat { forms, colours: ui.colours() }),
        RecordOutput::Text => {
            if escapes {
                text.escape();
            }
            if shows_control {
                text.print_transactions();
            }
            RecordFormat::Text(text)
        }
    })
}

/// Which records are written.
pub(super) fn record_filter(args: &FilterArgs) -> Result<RecordFilter, UsageError> {
    let mut filter = RecordFilter::new();
    args.keys.iter().for_each(|key| filter.key(key.clone().into_bytes()));
    for header in &args.headers {
        filter.header(header.name.clone().into_bytes(), header.value.clone().map(String::into_bytes));
    }
    for pattern in &args.grep {
        let added = filter.pattern(pattern, args.ignore_case);
        added.map_err(|message| UsageError(format!("--grep: {message}")))?;
    }
    Ok(filter)
}

fn unescaped(text: &str, option: &str) -> Result<Vec<u8>, UsageError> {
    unescape(text).map_err(|error| UsageError(format!("{option}: {error}")))
}
