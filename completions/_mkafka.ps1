
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'mkafka' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'mkafka'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'mkafka' {
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('topics', 'topics', [CompletionResultType]::ParameterValue, 'Create, list, describe, change and delete topics')
            [CompletionResult]::new('configs', 'configs', [CompletionResultType]::ParameterValue, 'Show and change the configurations of topics')
            [CompletionResult]::new('produce', 'produce', [CompletionResultType]::ParameterValue, 'Append records to a topic: each line of the input is one')
            [CompletionResult]::new('consume', 'consume', [CompletionResultType]::ParameterValue, 'Print the records of a topic, and go on printing them as they are appended')
            [CompletionResult]::new('count', 'count', [CompletionResultType]::ParameterValue, 'Count the records of a topic')
            [CompletionResult]::new('wait', 'wait', [CompletionResultType]::ParameterValue, 'Wait for a topic, an offset or a consumer group')
            [CompletionResult]::new('clean', 'clean', [CompletionResultType]::ParameterValue, 'Delete and compact old records as the topics'' configurations ask for')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Read everything and check it: checksums, records, offsets, indexes, checkpoints')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Copy a topic out of the data directory, to be carried elsewhere')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Take in a topic that was exported')
            [CompletionResult]::new('ps', 'ps', [CompletionResultType]::ParameterValue, 'Show which processes use the data directory')
            [CompletionResult]::new('groups', 'groups', [CompletionResultType]::ParameterValue, 'Look at consumer groups, reset and delete what they have committed')
            [CompletionResult]::new('dump-log-segments', 'dump-log-segments', [CompletionResultType]::ParameterValue, 'Print what is in the files that a broker leaves behind')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completion script of a shell')
            break
        }
        'mkafka;topics' {
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create a topic')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List topics, one name a line')
            [CompletionResult]::new('describe', 'describe', [CompletionResultType]::ParameterValue, 'Show partitions, configuration and size of topics')
            [CompletionResult]::new('alter', 'alter', [CompletionResultType]::ParameterValue, 'Give a topic more partitions')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete topics with all their records')
            [CompletionResult]::new('offsets', 'offsets', [CompletionResultType]::ParameterValue, 'Show offsets of partitions: the end, the start, or by time')
            [CompletionResult]::new('delete-records', 'delete-records', [CompletionResultType]::ParameterValue, 'Delete the records of a partition that come before an offset')
            [CompletionResult]::new('stats', 'stats', [CompletionResultType]::ParameterValue, 'Show what is in a topic: how much over time, sizes, keys and how even the partitions are')
            break
        }
        'mkafka;topics;create' {
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'The topic, in the form of Kafka''s tools')
            [CompletionResult]::new('--topic', '--topic', [CompletionResultType]::ParameterName, 'The topic, in the form of Kafka''s tools')
            [CompletionResult]::new('--partitions', '--partitions', [CompletionResultType]::ParameterName, 'How many partitions, 1 to 10000')
            [CompletionResult]::new('--replication-factor', '--replication-factor', [CompletionResultType]::ParameterName, 'How many copies of each partition: only 1 is possible, as there is one machine')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Set a configuration of the topic, such as segment.bytes=1048576; may be repeated')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The form of the output')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--if-not-exists', '--if-not-exists', [CompletionResultType]::ParameterName, 'Do nothing when the topic is there already')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'mkafka;topics;list' {
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The form of the output')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--exclude-internal', '--exclude-internal', [CompletionResultType]::ParameterName, 'Leave out the topics that Kafka keeps for itself')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'mkafka;topics;describe' {
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'The topics, with commas between them, in the form of Kafka''s tools')
            [CompletionResult]::new('--topic', '--topic', [CompletionResultType]::ParameterName, 'The topics, with commas between them, in the form of Kafka''s tools')
            [CompletionResult]::new('--topic-id', '--topic-id', [CompletionResultType]::ParameterName, 'The topic with this id')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The form of the output')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--if-exists', '--if-exists', [CompletionResultType]::ParameterName, 'Do not fail for topics that are not there')
            [CompletionResult]::new('--exclude-internal', '--exclude-internal', [CompletionResultType]::ParameterName, 'Leave out the topics that Kafka keeps for itself')
            [CompletionResult]::new('--topics-with-overrides', '--topics-with-overrides', [CompletionResultType]::ParameterName, 'Show only topics that set a configuration themselves, and not their partitions')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'mkafka;topics;alter' {
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'The topic, in the form of Kafka''s tools')
            [CompletionResult]::new('--topic', '--topic', [CompletionResultType]::ParameterName, 'The topic, in the form of Kafka''s tools')
            [CompletionResult]::new('--partitions', '--partitions', [CompletionResultType]::ParameterName, 'How many partitions the topic is to have in all')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The form of the output')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--if-exists', '--if-exists', [CompletionResultType]::ParameterName, 'Do not fail when there is no such topic')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'mkafka;topics;delete' {
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'The topics, with commas between them, in the form of Kafka''s tools')
            [CompletionResult]::new('--topic', '--topic', [CompletionResultType]::ParameterName, 'The topics, with commas between them, in the form of Kafka''s tools')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The form of the output')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--if-exists', '--if-exists', [CompletionResultType]::ParameterName, 'Do not fail for topics that are not there')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'mkafka;topics;offsets' {
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'The topics, with commas between them, in the form of Kafka''s tools')
            [CompletionResult]::new('--topic', '--topic', [CompletionResultType]::ParameterName, 'The topics, with commas between them, in the form of Kafka''s tools')
            [CompletionResult]::new('--partitions', '--partitions', [CompletionResultType]::ParameterName, 'Only these partitions, with commas between them')
            [CompletionResult]::new('--time', '--time', [CompletionResultType]::ParameterName, 'Which offset: latest (-1), earliest (-2), max-timestamp (-3), or that of the first record whose timestamp is not before this many milliseconds since 1970')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The form of the output')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--exclude-internal-topics', '--exclude-internal-topics', [CompletionResultType]::ParameterName, 'Leave out the topics that Kafka keeps for itself')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'mkafka;topics;delete-records' {
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'The topic, in the form of Kafka''s tools')
            [CompletionResult]::new('--topic', '--topic', [CompletionResultType]::ParameterName, 'The topic, in the form of Kafka''s tools')
            [CompletionResult]::new('--partition', '--partition', [CompletionResultType]::ParameterName, 'The partition; all when none is given')
            [CompletionResult]::new('--offset', '--offset', [CompletionResultType]::ParameterName, 'The first offset that is kept; -1 is the log end')
            [CompletionResult]::new('--offset-json-file', '--offset-json-file', [CompletionResultType]::ParameterName, 'A file of partitions and offsets: {"partitions":[{"topic":"t","partition":0,"offset":3}],"version":1}')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The form of the output')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'mkafka;topics;stats' {
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'The topic, in the form of Kafka''s tools')
            [CompletionResult]::new('--topic', '--topic', [CompletionResultType]::ParameterName, 'The topic, in the form of Kafka''s tools')
            [CompletionResult]::new('--keys', '--keys', [CompletionResultType]::ParameterName, 'How many of the largest keys to show')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The form of the output')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'mkafka;configs' {
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('describe', 'describe', [CompletionResultType]::ParameterValue, 'Show what a topic sets itself, or what all topics do')
            [CompletionResult]::new('alter', 'alter', [CompletionResultType]::ParameterValue, 'Set configurations of a topic, or go back to their defaults')
            break
        }
        'mkafka;configs;describe' {
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'The topic, in the form of Kafka''s tools')
            [CompletionResult]::new('--topic', '--topic', [CompletionResultType]::ParameterName, 'The topic, in the form of Kafka''s tools')
            [CompletionResult]::new('--entity-name', '--entity-name', [CompletionResultType]::ParameterName, 'The topic, in kafka-configs'' other form')
            [CompletionResult]::new('--entity-type', '--entity-type', [CompletionResultType]::ParameterName, 'What the name is one of: topics')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The form of the output')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Show the defaults of what is not set too')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'mkafka;configs;alter' {
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'The topic, in the form of Kafka''s tools')
            [CompletionResult]::new('--topic', '--topic', [CompletionResultType]::ParameterName, 'The topic, in the form of Kafka''s tools')
            [CompletionResult]::new('--entity-name', '--entity-name', [CompletionResultType]::ParameterName, 'The topic, in kafka-configs'' other form')
            [CompletionResult]::new('--entity-type', '--entity-type', [CompletionResultType]::ParameterName, 'What the name is one of: topics')
            [CompletionResult]::new('--add-config', '--add-config', [CompletionResultType]::ParameterName, 'What to set: key=value, with commas between several; a value with commas stands in brackets')
            [CompletionResult]::new('--add-config-file', '--add-config-file', [CompletionResultType]::ParameterName, 'A file of what to set, a key=value on each line')
            [CompletionResult]::new('--delete-config', '--delete-config', [CompletionResultType]::ParameterName, 'What is to have its default again, with commas between several')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The form of the output')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'mkafka;produce' {
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'The topic, in the form of Kafka''s tools')
            [CompletionResult]::new('--topic', '--topic', [CompletionResultType]::ParameterName, 'The topic, in the form of Kafka''s tools')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'Read this file instead of standard input; several are read one after the other')
            [CompletionResult]::new('--file', '--file', [CompletionResultType]::ParameterName, 'Read this file instead of standard input; several are read one after the other')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'The form of the input: lines, json, raw, or a format string such as ''%k\t%v\n'' [default: lines]')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'The form of the input: lines, json, raw, or a format string such as ''%k\t%v\n'' [default: lines]')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'What ends a line: any text, in which \n \t \r \0 \\ \xNN are bytes [default: \n]')
            [CompletionResult]::new('--delimiter', '--delimiter', [CompletionResultType]::ParameterName, 'What ends a line: any text, in which \n \t \r \0 \\ \xNN are bytes [default: \n]')
            [CompletionResult]::new('-K', '-K ', [CompletionResultType]::ParameterName, 'Take what stands before this text in a line for the key; escapes as in --delimiter')
            [CompletionResult]::new('--key-separator', '--key-separator', [CompletionResultType]::ParameterName, 'Take what stands before this text in a line for the key; escapes as in --delimiter')
            [CompletionResult]::new('--null-marker', '--null-marker', [CompletionResultType]::ParameterName, 'Make a field that is exactly this text null: key, value, or value of a header')
            [CompletionResult]::new('--skip', '--skip', [CompletionResultType]::ParameterName, 'Pass over the first N records of the input, such as those that an earlier run has produced')
            [CompletionResult]::new('--skip-records', '--skip-records', [CompletionResultType]::ParameterName, 'Pass over the first N records of the input, such as those that an earlier run has produced')
            [CompletionResult]::new('--resume', '--resume', [CompletionResultType]::ParameterName, 'Pass over the first N records of the input, such as those that an earlier run has produced')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Stop after so many records')
            [CompletionResult]::new('--max-messages', '--max-messages', [CompletionResultType]::ParameterName, 'Stop after so many records')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Hold records back so that no more than so many are produced in a second: 1000, 90/m, or bytes of keys and values: 5MB, 512KiB; both with a comma')
            [CompletionResult]::new('--property', '--property', [CompletionResultType]::ParameterName, 'How a line is split into headers, key and value; may be repeated')
            [CompletionResult]::new('--reader-property', '--reader-property', [CompletionResultType]::ParameterName, 'How a line is split into headers, key and value; may be repeated')
            [CompletionResult]::new('--reader-config', '--reader-config', [CompletionResultType]::ParameterName, 'Read such properties from this file; those of --property count more')
            [CompletionResult]::new('-k', '-k', [CompletionResultType]::ParameterName, 'Give every record this key')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'Give every record this key')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'Give every record this header, behind those of its own; NAME alone is a header without a value; may be repeated')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Give every record this header, behind those of its own; NAME alone is a header without a value; may be repeated')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Put every record into this partition')
            [CompletionResult]::new('--partition', '--partition', [CompletionResultType]::ParameterName, 'Put every record into this partition')
            [CompletionResult]::new('--timestamp', '--timestamp', [CompletionResultType]::ParameterName, 'Give every record this timestamp, instead of the time at which it is read')
            [CompletionResult]::new('--key-serializer', '--key-serializer', [CompletionResultType]::ParameterName, 'What keys are given as, and turned into bytes from: string, integer, long, short, float, double, boolean, uuid, bytes, base64, hex, or Kafka''s name of the class [default: bytes]')
            [CompletionResult]::new('--value-serializer', '--value-serializer', [CompletionResultType]::ParameterName, 'The same of values')
            [CompletionResult]::new('--partitioner', '--partitioner', [CompletionResultType]::ParameterName, 'How records without a key are spread over the partitions [default: roundrobin]')
            [CompletionResult]::new('-z', '-z', [CompletionResultType]::ParameterName, 'Compress batches with this codec [default: none; gzip if no codec is named]')
            [CompletionResult]::new('--compression-codec', '--compression-codec', [CompletionResultType]::ParameterName, 'Compress batches with this codec [default: none; gzip if no codec is named]')
            [CompletionResult]::new('--acks', '--acks', [CompletionResultType]::ParameterName, 'When a record counts as produced: 0, 1 or all [default: 1]')
            [CompletionResult]::new('--request-required-acks', '--request-required-acks', [CompletionResultType]::ParameterName, 'When a record counts as produced: 0, 1 or all [default: 1]')
            [CompletionResult]::new('--batch-size', '--batch-size', [CompletionResultType]::ParameterName, 'Bytes that a batch grows to before it is appended [default: 262144, less with many partitions]')
            [CompletionResult]::new('--max-partition-memory-bytes', '--max-partition-memory-bytes', [CompletionResultType]::ParameterName, 'Bytes that a batch grows to before it is appended [default: 262144, less with many partitions]')
            [CompletionResult]::new('--linger-ms', '--linger-ms', [CompletionResultType]::ParameterName, 'Let records wait up to so many milliseconds for others to share their batch, even when the input has nothing more [default: append as soon as the input pauses]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Let records wait up to so many milliseconds for others to share their batch, even when the input has nothing more [default: append as soon as the input pauses]')
            [CompletionResult]::new('--max-memory-bytes', '--max-memory-bytes', [CompletionResultType]::ParameterName, 'Bytes that all unfinished batches may take together [default: 33554432]')
            [CompletionResult]::new('-X', '-X ', [CompletionResultType]::ParameterName, 'Set a producer config by Kafka''s name, such as acks, batch.size, linger.ms, compression.type, max.request.size, partitioner.class or transactional.id; may be repeated')
            [CompletionResult]::new('--producer-property', '--producer-property', [CompletionResultType]::ParameterName, 'Set a producer config by Kafka''s name, such as acks, batch.size, linger.ms, compression.type, max.request.size, partitioner.class or transactional.id; may be repeated')
            [CompletionResult]::new('--producer.config', '--producer.config', [CompletionResultType]::ParameterName, 'Read such configs from this file; those of --producer-property count more')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The form of what is printed to standard output; json also prints an object at the end that tells how many records went to which offsets')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-0', '-0', [CompletionResultType]::ParameterName, 'End lines with a NUL byte, as find -print0 does: the same as --delimiter ''\0''')
            [CompletionResult]::new('--nul', '--nul', [CompletionResultType]::ParameterName, 'End lines with a NUL byte, as find -print0 does: the same as --delimiter ''\0''')
            [CompletionResult]::new('-Z', '-Z ', [CompletionResultType]::ParameterName, 'Make empty keys and values null: the same as --null-marker ''''')
            [CompletionResult]::new('--empty-as-null', '--empty-as-null', [CompletionResultType]::ParameterName, 'Make empty keys and values null: the same as --null-marker ''''')
            [CompletionResult]::new('--skip-empty', '--skip-empty', [CompletionResultType]::ParameterName, 'Pass over empty lines, which are records otherwise')
            [CompletionResult]::new('--transaction', '--transaction', [CompletionResultType]::ParameterName, 'Make all of the input one transaction: all of it becomes visible at the end, or nothing')
            [CompletionResult]::new('--sync', '--sync', [CompletionResultType]::ParameterName, 'Append every record by itself, in a batch of its own')
            [CompletionResult]::new('--print-offsets', '--print-offsets', [CompletionResultType]::ParameterName, 'Print TOPIC:PARTITION:FIRST:LAST to standard output for each batch, once it is acknowledged: its partition, and the offsets of its first and last record')
            [CompletionResult]::new('-T', '-T ', [CompletionResultType]::ParameterName, 'Pass the input on to standard output, unchanged, each record once it is acknowledged')
            [CompletionResult]::new('--tee', '--tee', [CompletionResultType]::ParameterName, 'Pass the input on to standard output, unchanged, each record once it is acknowledged')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say at the end what was produced; at the prompt, say after each line where it went')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say at the end what was produced; at the prompt, say after each line where it went')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show neither prompt nor progress nor summary')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show neither prompt nor progress nor summary')
            [CompletionResult]::new('--no-auto-create', '--no-auto-create', [CompletionResultType]::ParameterName, 'Refuse a topic that does not exist instead of creating it')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Check all of the input against the topic and write nothing; with a topic that does not exist, against the one that would be created')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'mkafka;consume' {
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'The topics, in the form of Kafka''s tools; several with commas, or repeated')
            [CompletionResult]::new('--topic', '--topic', [CompletionResultType]::ParameterName, 'The topics, in the form of Kafka''s tools; several with commas, or repeated')
            [CompletionResult]::new('--include', '--include', [CompletionResultType]::ParameterName, 'All topics whose whole name matches this regular expression, now and later; a comma means "or"')
            [CompletionResult]::new('--whitelist', '--whitelist', [CompletionResultType]::ParameterName, 'All topics whose whole name matches this regular expression, now and later; a comma means "or"')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Read only these partitions (a number, or several with commas) [default: all]')
            [CompletionResult]::new('--partition', '--partition', [CompletionResultType]::ParameterName, 'Read only these partitions (a number, or several with commas) [default: all]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Begin here: a number, earliest, latest, -N for the last N of each partition, +N for N behind the first, @TIME; with an end as FROM:TO; of one partition as PARTITION=FROM:TO')
            [CompletionResult]::new('--offset', '--offset', [CompletionResultType]::ParameterName, 'Begin here: a number, earliest, latest, -N for the last N of each partition, +N for N behind the first, @TIME; with an end as FROM:TO; of one partition as PARTITION=FROM:TO')
            [CompletionResult]::new('--from-timestamp', '--from-timestamp', [CompletionResultType]::ParameterName, 'Begin at the first record of each partition that is as late as this')
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'Begin at the first record of each partition that is as late as this')
            [CompletionResult]::new('--to-timestamp', '--to-timestamp', [CompletionResultType]::ParameterName, 'End before the first record of each partition that is as late as this; written as --from-timestamp')
            [CompletionResult]::new('--until', '--until', [CompletionResultType]::ParameterName, 'End before the first record of each partition that is as late as this; written as --from-timestamp')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Begin with the newest N records of all partitions together, in the order of their timestamps')
            [CompletionResult]::new('--tail', '--tail', [CompletionResultType]::ParameterName, 'Begin with the newest N records of all partitions together, in the order of their timestamps')
            [CompletionResult]::new('--until-offset', '--until-offset', [CompletionResultType]::ParameterName, 'End before this offset in each partition')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Stop after so many records')
            [CompletionResult]::new('--max-messages', '--max-messages', [CompletionResultType]::ParameterName, 'Stop after so many records')
            [CompletionResult]::new('--max-messages-per-partition', '--max-messages-per-partition', [CompletionResultType]::ParameterName, 'Read no more than so many records of each partition')
            [CompletionResult]::new('--max-per-partition', '--max-per-partition', [CompletionResultType]::ParameterName, 'Read no more than so many records of each partition')
            [CompletionResult]::new('--max-bytes', '--max-bytes', [CompletionResultType]::ParameterName, 'Stop once keys and values of so many bytes have been printed, records whole')
            [CompletionResult]::new('--timeout-ms', '--timeout-ms', [CompletionResultType]::ParameterName, 'Stop when no record has come for so many milliseconds [default: never]')
            [CompletionResult]::new('--isolation-level', '--isolation-level', [CompletionResultType]::ParameterName, 'Whether records of transactions that were aborted, or are open, are seen [default: read_uncommitted]')
            [CompletionResult]::new('-g', '-g', [CompletionResultType]::ParameterName, 'Take part in this consumer group: its members share the partitions, and it goes on where it left off')
            [CompletionResult]::new('--group', '--group', [CompletionResultType]::ParameterName, 'Take part in this consumer group: its members share the partitions, and it goes on where it left off')
            [CompletionResult]::new('--partition-assignment-strategy', '--partition-assignment-strategy', [CompletionResultType]::ParameterName, 'How the group''s partitions are assigned: range, roundrobin or cooperative-sticky; several with commas, best first, to agree on one with the other members [default: range,cooperative-sticky]')
            [CompletionResult]::new('--delivery', '--delivery', [CompletionResultType]::ParameterName, 'When offsets are committed: after the records were written out, or before [default: at-least-once]')
            [CompletionResult]::new('--commit-interval-ms', '--commit-interval-ms', [CompletionResultType]::ParameterName, 'Milliseconds between two commits [default: 5000]')
            [CompletionResult]::new('-X', '-X ', [CompletionResultType]::ParameterName, 'Set a consumer config by Kafka''s name; may be repeated')
            [CompletionResult]::new('--consumer-property', '--consumer-property', [CompletionResultType]::ParameterName, 'Set a consumer config by Kafka''s name; may be repeated')
            [CompletionResult]::new('--consumer.config', '--consumer.config', [CompletionResultType]::ParameterName, 'Read such configs from this file; those of --consumer-property count more')
            [CompletionResult]::new('--checkpoint', '--checkpoint', [CompletionResultType]::ParameterName, 'Keep the positions in this JSON file instead of a group: read at the start, replaced after the output')
            [CompletionResult]::new('--exec', '--exec', [CompletionResultType]::ParameterName, 'Instead of printing records, hand them to this shell command''s standard input, batch by batch')
            [CompletionResult]::new('--exec-batch', '--exec-batch', [CompletionResultType]::ParameterName, 'Records for one run of the command, at the most; it is run with less when there is no more to read')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'How often a command that failed is run again, after 100 ms, 200 ms, 400 ms and so on, up to 10 s')
            [CompletionResult]::new('--dead-letter', '--dead-letter', [CompletionResultType]::ParameterName, 'Where the records go for which the command keeps failing')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How records are written')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Write each record as this format string says, such as ''%t[%p]@%o %k %s\n''')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Write each record as this format string says, such as ''%t[%p]@%o %k %s\n''')
            [CompletionResult]::new('-K', '-K ', [CompletionResultType]::ParameterName, 'Write keys too, with this text behind them; in it \n \t \r \0 \\ \xNN are bytes')
            [CompletionResult]::new('--key-separator', '--key-separator', [CompletionResultType]::ParameterName, 'Write keys too, with this text behind them; in it \n \t \r \0 \\ \xNN are bytes')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'End each record with this text instead of a newline; escapes as in --key-separator')
            [CompletionResult]::new('--delimiter', '--delimiter', [CompletionResultType]::ParameterName, 'End each record with this text instead of a newline; escapes as in --key-separator')
            [CompletionResult]::new('--key-deserializer', '--key-deserializer', [CompletionResultType]::ParameterName, 'What keys are, to be shown: string, integer, long, short, float, double, boolean, uuid, bytes, base64, hex, or Kafka''s name of the class [default: as they are]')
            [CompletionResult]::new('--value-deserializer', '--value-deserializer', [CompletionResultType]::ParameterName, 'The same of values')
            [CompletionResult]::new('--property', '--property', [CompletionResultType]::ParameterName, 'Which columns --output text has, and what stands between them; may be repeated')
            [CompletionResult]::new('--formatter-property', '--formatter-property', [CompletionResultType]::ParameterName, 'Which columns --output text has, and what stands between them; may be repeated')
            [CompletionResult]::new('--formatter-config', '--formatter-config', [CompletionResultType]::ParameterName, 'Read such properties from this file; those of --property count more')
            [CompletionResult]::new('-k', '-k', [CompletionResultType]::ParameterName, 'Write only records with this key; several are allowed')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'Write only records with this key; several are allowed')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'Write only records that have this header, NAME alone with any value; may be repeated, and all must be there')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Write only records that have this header, NAME alone with any value; may be repeated, and all must be there')
            [CompletionResult]::new('--grep', '--grep', [CompletionResultType]::ParameterName, 'Write only records in whose value this regular expression is found; may be repeated, and all must be')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--from-beginning', '--from-beginning', [CompletionResultType]::ParameterName, 'Begin at the earliest record')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Stop at what was the end of the topic when reading began, instead of following it')
            [CompletionResult]::new('--exit-at-end', '--exit-at-end', [CompletionResultType]::ParameterName, 'Stop at what was the end of the topic when reading began, instead of following it')
            [CompletionResult]::new('--ordered', '--ordered', [CompletionResultType]::ParameterName, 'Merge all partitions by the timestamps of their records, as far as they are there')
            [CompletionResult]::new('--show-control', '--show-control', [CompletionResultType]::ParameterName, 'Show control records too, which end transactions, and say of each record what became of its transaction')
            [CompletionResult]::new('--print-control-records', '--print-control-records', [CompletionResultType]::ParameterName, 'Show control records too, which end transactions, and say of each record what became of its transaction')
            [CompletionResult]::new('-J', '-J ', [CompletionResultType]::ParameterName, 'The same as --output json')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as --output json')
            [CompletionResult]::new('-0', '-0', [CompletionResultType]::ParameterName, 'End each record with a NUL byte, for xargs -0: the same as --delimiter ''\0''')
            [CompletionResult]::new('--nul', '--nul', [CompletionResultType]::ParameterName, 'End each record with a NUL byte, for xargs -0: the same as --delimiter ''\0''')
            [CompletionResult]::new('-Z', '-Z ', [CompletionResultType]::ParameterName, 'Write NULL for what is null, as kcat does')
            [CompletionResult]::new('--show-null', '--show-null', [CompletionResultType]::ParameterName, 'Write NULL for what is null, as kcat does')
            [CompletionResult]::new('--skip-message-on-error', '--skip-message-on-error', [CompletionResultType]::ParameterName, 'Tell of a record that cannot be shown, such as four bytes that are to be a long, and go on')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Let --grep see no difference between upper and lower case')
            [CompletionResult]::new('--ignore-case', '--ignore-case', [CompletionResultType]::ParameterName, 'Let --grep see no difference between upper and lower case')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Do not say how many records there were')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Do not say how many records there were')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'mkafka;count' {
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'The topic, in the form of Kafka''s tools')
            [CompletionResult]::new('--topic', '--topic', [CompletionResultType]::ParameterName, 'The topic, in the form of Kafka''s tools')
            [CompletionResult]::new('--partition', '--partition', [CompletionResultType]::ParameterName, 'Only this partition')
            [CompletionResult]::new('--isolation-level', '--isolation-level', [CompletionResultType]::ParameterName, 'Whether records of transactions count that were aborted or are still open')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The form of the output')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--by-partition', '--by-partition', [CompletionResultType]::ParameterName, 'A line topic:partition:count for each partition')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'mkafka;wait' {
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'The topic, in the form of Kafka''s tools')
            [CompletionResult]::new('--topic', '--topic', [CompletionResultType]::ParameterName, 'The topic, in the form of Kafka''s tools')
            [CompletionResult]::new('--offset', '--offset', [CompletionResultType]::ParameterName, 'The log end offset that is to be reached')
            [CompletionResult]::new('--more', '--more', [CompletionResultType]::ParameterName, 'How many records are to be appended from now on')
            [CompletionResult]::new('-g', '-g', [CompletionResultType]::ParameterName, 'Until this consumer group has committed the end of every partition: a lag of 0')
            [CompletionResult]::new('--group', '--group', [CompletionResultType]::ParameterName, 'Until this consumer group has committed the end of every partition: a lag of 0')
            [CompletionResult]::new('--partition', '--partition', [CompletionResultType]::ParameterName, 'Which partition is meant; may be left out where there is one, and with --more means all')
            [CompletionResult]::new('--timeout-ms', '--timeout-ms', [CompletionResultType]::ParameterName, 'Give up after so many milliseconds; 0 only looks once [default: never]')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'mkafka;clean' {
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'The topics, with commas between them, in the form of Kafka''s tools')
            [CompletionResult]::new('--topic', '--topic', [CompletionResultType]::ParameterName, 'The topics, with commas between them, in the form of Kafka''s tools')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The form of the output')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Only tell what would be freed, and change nothing')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Compact even what is not dirty enough for it')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'mkafka;verify' {
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'The topics, with commas between them, in the form of Kafka''s tools')
            [CompletionResult]::new('--topic', '--topic', [CompletionResultType]::ParameterName, 'The topics, with commas between them, in the form of Kafka''s tools')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The form of the output')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--repair', '--repair', [CompletionResultType]::ParameterName, 'Mend what can be mended')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'mkafka;export' {
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The form of what is told: a note on standard error, or with json an object on standard output')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'mkafka;import' {
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'The name that the topic is to have [default: the one it had]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The form of what is told: a note on standard error, or with json an object on standard output')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'mkafka;ps' {
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'The topics, with commas between them, in the form of Kafka''s tools')
            [CompletionResult]::new('--topic', '--topic', [CompletionResultType]::ParameterName, 'The topics, with commas between them, in the form of Kafka''s tools')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The form of the output')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'mkafka;groups' {
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List groups, one id a line')
            [CompletionResult]::new('describe', 'describe', [CompletionResultType]::ParameterValue, 'Show how far groups have come, or who is in them')
            [CompletionResult]::new('reset-offsets', 'reset-offsets', [CompletionResultType]::ParameterValue, 'Set the committed offsets of groups that nobody is in')
            [CompletionResult]::new('delete-offsets', 'delete-offsets', [CompletionResultType]::ParameterValue, 'Take back what a group that nobody is in has committed for some topics')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete groups that nobody is in, with all that they have committed')
            break
        }
        'mkafka;groups;list' {
            [CompletionResult]::new('--state', '--state', [CompletionResultType]::ParameterName, 'Show the state of each group; with a list of states, only groups that are in one of them')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The form of the output')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'mkafka;groups;describe' {
            [CompletionResult]::new('-g', '-g', [CompletionResultType]::ParameterName, 'A group, in the form of Kafka''s tools; may be repeated')
            [CompletionResult]::new('--group', '--group', [CompletionResultType]::ParameterName, 'A group, in the form of Kafka''s tools; may be repeated')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Show it again every so many seconds (2 where none are given), until Ctrl-C; a terminal is drawn anew')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The form of the output')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--all-groups', '--all-groups', [CompletionResultType]::ParameterName, 'All groups there are')
            [CompletionResult]::new('--offsets', '--offsets', [CompletionResultType]::ParameterName, 'Show each partition with its offsets; this is what is shown without any of these three')
            [CompletionResult]::new('--members', '--members', [CompletionResultType]::ParameterName, 'Show the members')
            [CompletionResult]::new('--state', '--state', [CompletionResultType]::ParameterName, 'Show the state of each group in one line')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show epochs too, and with --members which partitions each member has and shall have')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'mkafka;groups;reset-offsets' {
            [CompletionResult]::new('-g', '-g', [CompletionResultType]::ParameterName, 'A group, in the form of Kafka''s tools; may be repeated')
            [CompletionResult]::new('--group', '--group', [CompletionResultType]::ParameterName, 'A group, in the form of Kafka''s tools; may be repeated')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'A topic, all of its partitions or some (orders:0,1); may be repeated')
            [CompletionResult]::new('--topic', '--topic', [CompletionResultType]::ParameterName, 'A topic, all of its partitions or some (orders:0,1); may be repeated')
            [CompletionResult]::new('--to-offset', '--to-offset', [CompletionResultType]::ParameterName, 'To this offset')
            [CompletionResult]::new('--shift-by', '--shift-by', [CompletionResultType]::ParameterName, 'On by so many records, or back by -N')
            [CompletionResult]::new('--to-datetime', '--to-datetime', [CompletionResultType]::ParameterName, 'To the first record at this time or later, such as 2026-01-31T12:00:00.000; without a zone it is UTC')
            [CompletionResult]::new('--by-duration', '--by-duration', [CompletionResultType]::ParameterName, 'To the first record that is younger than this, such as PT15M, P7D, 15m or 7d')
            [CompletionResult]::new('--from-file', '--from-file', [CompletionResultType]::ParameterName, 'To what this file of --export says; - is standard input')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The form of the output')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--all-groups', '--all-groups', [CompletionResultType]::ParameterName, 'All groups there are')
            [CompletionResult]::new('--all-topics', '--all-topics', [CompletionResultType]::ParameterName, 'All partitions that the group has committed for')
            [CompletionResult]::new('--to-earliest', '--to-earliest', [CompletionResultType]::ParameterName, 'To the earliest record')
            [CompletionResult]::new('--to-latest', '--to-latest', [CompletionResultType]::ParameterName, 'To the end of the log')
            [CompletionResult]::new('--to-current', '--to-current', [CompletionResultType]::ParameterName, 'To where it is; where nothing is committed, to the end of the log')
            [CompletionResult]::new('--undo', '--undo', [CompletionResultType]::ParameterName, 'To where they were before the last reset that was executed; done twice, it changes nothing')
            [CompletionResult]::new('--execute', '--execute', [CompletionResultType]::ParameterName, 'Do it')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Only show what would be done, which is so without --execute too')
            [CompletionResult]::new('--export', '--export', [CompletionResultType]::ParameterName, 'Show it as CSV that --from-file reads: topic,partition,offset; with several groups, the group first')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'mkafka;groups;delete-offsets' {
            [CompletionResult]::new('-g', '-g', [CompletionResultType]::ParameterName, 'The group, in the form of Kafka''s tools')
            [CompletionResult]::new('--group', '--group', [CompletionResultType]::ParameterName, 'The group, in the form of Kafka''s tools')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'A topic, all of its partitions or some (orders:0,1); may be repeated')
            [CompletionResult]::new('--topic', '--topic', [CompletionResultType]::ParameterName, 'A topic, all of its partitions or some (orders:0,1); may be repeated')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The form of the output')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'mkafka;groups;delete' {
            [CompletionResult]::new('-g', '-g', [CompletionResultType]::ParameterName, 'A group, in the form of Kafka''s tools; may be repeated')
            [CompletionResult]::new('--group', '--group', [CompletionResultType]::ParameterName, 'A group, in the form of Kafka''s tools; may be repeated')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The form of the output')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--all-groups', '--all-groups', [CompletionResultType]::ParameterName, 'All groups there are')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'mkafka;dump-log-segments' {
            [CompletionResult]::new('--files', '--files', [CompletionResultType]::ParameterName, 'Files to dump, separated by commas, in the form of Kafka''s tool; may be given several times')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The form of the output')
            [CompletionResult]::new('--salvage', '--salvage', [CompletionResultType]::ParameterName, 'Write what is good of each .log to a new segment in this folder, with new indexes')
            [CompletionResult]::new('--offset', '--offset', [CompletionResultType]::ParameterName, 'Only these offsets: A..B, from A up to but not including B, either left out; or one')
            [CompletionResult]::new('--timestamp', '--timestamp', [CompletionResultType]::ParameterName, 'Only timestamps from A up to but not including B: times in RFC 3339, milliseconds since 1970, or how long ago, such as 15m..')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'Only records with this key')
            [CompletionResult]::new('--producer-id', '--producer-id', [CompletionResultType]::ParameterName, 'Only batches, aborted transactions and snapshot entries of this producer')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'End after so many records; batches, where no records are printed, and entries count too')
            [CompletionResult]::new('--key-decoder-class', '--key-decoder-class', [CompletionResultType]::ParameterName, 'How keys are read: string, integer, long, short, float, double, uuid, boolean, bytes, void, list<...>, or the name of Kafka''s class for it')
            [CompletionResult]::new('--value-decoder-class', '--value-decoder-class', [CompletionResultType]::ParameterName, 'How payloads are read, as for keys')
            [CompletionResult]::new('--max-message-size', '--max-message-size', [CompletionResultType]::ParameterName, 'The largest message, in bytes, that an index entry may lead to')
            [CompletionResult]::new('--max-bytes', '--max-bytes', [CompletionResultType]::ParameterName, 'Look only at so many bytes of a .log, from its beginning')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--print-data-log', '--print-data-log', [CompletionResultType]::ParameterName, 'Print every record with its key and payload')
            [CompletionResult]::new('--deep-iteration', '--deep-iteration', [CompletionResultType]::ParameterName, 'Print every record, not just the batches they are in')
            [CompletionResult]::new('--skip-record-metadata', '--skip-record-metadata', [CompletionResultType]::ParameterName, 'Of records print only key and payload')
            [CompletionResult]::new('--summary', '--summary', [CompletionResultType]::ParameterName, 'Print one line for each file: what is in it, and how many faults')
            [CompletionResult]::new('--follow', '--follow', [CompletionResultType]::ParameterName, 'Go on as the logs grow, also into the segments that follow, until interrupted')
            [CompletionResult]::new('--only-control', '--only-control', [CompletionResultType]::ParameterName, 'Only control records: the markers of transactions, and those of KRaft')
            [CompletionResult]::new('--offsets-decoder', '--offsets-decoder', [CompletionResultType]::ParameterName, 'Read records as those of __consumer_offsets')
            [CompletionResult]::new('--transaction-log-decoder', '--transaction-log-decoder', [CompletionResultType]::ParameterName, 'Read records as those of __transaction_state')
            [CompletionResult]::new('--cluster-metadata-decoder', '--cluster-metadata-decoder', [CompletionResultType]::ParameterName, 'Read records as those of __cluster_metadata')
            [CompletionResult]::new('--remote-log-metadata-decoder', '--remote-log-metadata-decoder', [CompletionResultType]::ParameterName, 'Read records as those of __remote_log_metadata')
            [CompletionResult]::new('--share-group-state-decoder', '--share-group-state-decoder', [CompletionResultType]::ParameterName, 'Read records as those of __share_group_state')
            [CompletionResult]::new('--index-sanity-check', '--index-sanity-check', [CompletionResultType]::ParameterName, 'Only make the check of an index that a broker makes when it starts')
            [CompletionResult]::new('--verify-index-only', '--verify-index-only', [CompletionResultType]::ParameterName, 'Check indexes against their logs without printing the entries')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'mkafka;completions' {
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
