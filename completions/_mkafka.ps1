
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
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('topics', 'topics', [CompletionResultType]::ParameterValue, 'Create, list, describe, change and delete topics')
            [CompletionResult]::new('configs', 'configs', [CompletionResultType]::ParameterValue, 'Show and change the configurations of topics')
            [CompletionResult]::new('produce', 'produce', [CompletionResultType]::ParameterValue, 'Append records to a topic, one a line of the input')
            [CompletionResult]::new('consume', 'consume', [CompletionResultType]::ParameterValue, 'Print the records of a topic, and go on printing them as they are appended')
            [CompletionResult]::new('count', 'count', [CompletionResultType]::ParameterValue, 'Count the records of a topic')
            [CompletionResult]::new('wait', 'wait', [CompletionResultType]::ParameterValue, 'Wait until a topic exists, or a partition has reached an offset')
            [CompletionResult]::new('clean', 'clean', [CompletionResultType]::ParameterValue, 'Delete and compact old records as the topics'' configurations ask for')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Read everything and check it: checksums, records, offsets, indexes, checkpoints')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Copy a topic out of the data directory, to be carried elsewhere')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Take in a topic that was exported')
            [CompletionResult]::new('ps', 'ps', [CompletionResultType]::ParameterValue, 'Show which processes use the data directory: who holds which lock, and who has which partition open')
            [CompletionResult]::new('dump-log-segments', 'dump-log-segments', [CompletionResultType]::ParameterValue, 'Print what is in a log''s files: segments, indexes, producer snapshots')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completion script of a shell')
            break
        }
        'mkafka;topics' {
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
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
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--if-not-exists', '--if-not-exists', [CompletionResultType]::ParameterName, 'Do nothing when the topic is there already')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'mkafka;topics;list' {
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The form of the output')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
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
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
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
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--if-exists', '--if-exists', [CompletionResultType]::ParameterName, 'Do not fail when there is no such topic')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'mkafka;topics;delete' {
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'The topics, with commas between them, in the form of Kafka''s tools')
            [CompletionResult]::new('--topic', '--topic', [CompletionResultType]::ParameterName, 'The topics, with commas between them, in the form of Kafka''s tools')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
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
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
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
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
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
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'mkafka;configs' {
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
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
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
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
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
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
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Put every record into this partition')
            [CompletionResult]::new('--partition', '--partition', [CompletionResultType]::ParameterName, 'Put every record into this partition')
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
            [CompletionResult]::new('--property', '--property', [CompletionResultType]::ParameterName, 'How a line is split into headers, key and value; may be repeated')
            [CompletionResult]::new('--reader-property', '--reader-property', [CompletionResultType]::ParameterName, 'How a line is split into headers, key and value; may be repeated')
            [CompletionResult]::new('--producer-property', '--producer-property', [CompletionResultType]::ParameterName, 'Set a producer config by Kafka''s name: acks, batch.size, buffer.memory, compression.type, linger.ms; may be repeated')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--sync', '--sync', [CompletionResultType]::ParameterName, 'Append every record by itself, in a batch of its own')
            [CompletionResult]::new('--no-auto-create', '--no-auto-create', [CompletionResultType]::ParameterName, 'Refuse a topic that does not exist instead of creating it')
            [CompletionResult]::new('--print-offsets', '--print-offsets', [CompletionResultType]::ParameterName, 'Print TOPIC:PARTITION:FIRST:LAST to standard output for each batch, once it is acknowledged: its partition, and the offsets of its first and last record')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show neither progress nor prompt')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show neither progress nor prompt')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'mkafka;consume' {
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'The topic, in the form of Kafka''s tools')
            [CompletionResult]::new('--topic', '--topic', [CompletionResultType]::ParameterName, 'The topic, in the form of Kafka''s tools')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Read only these partitions (a number, or several with commas) [default: all]')
            [CompletionResult]::new('--partition', '--partition', [CompletionResultType]::ParameterName, 'Read only these partitions (a number, or several with commas) [default: all]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Begin at this offset: a number, earliest, latest, or -N for the last N of each partition')
            [CompletionResult]::new('--offset', '--offset', [CompletionResultType]::ParameterName, 'Begin at this offset: a number, earliest, latest, or -N for the last N of each partition')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Stop after so many records')
            [CompletionResult]::new('--max-messages', '--max-messages', [CompletionResultType]::ParameterName, 'Stop after so many records')
            [CompletionResult]::new('--timeout-ms', '--timeout-ms', [CompletionResultType]::ParameterName, 'Stop when no record has come for so many milliseconds')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How records are written')
            [CompletionResult]::new('--property', '--property', [CompletionResultType]::ParameterName, 'Which columns --output text has, and what stands between them; may be repeated')
            [CompletionResult]::new('--formatter-property', '--formatter-property', [CompletionResultType]::ParameterName, 'Which columns --output text has, and what stands between them; may be repeated')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--from-beginning', '--from-beginning', [CompletionResultType]::ParameterName, 'Begin at the earliest record')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Stop at what was the end of the topic when reading began, instead of following it')
            [CompletionResult]::new('--exit-at-end', '--exit-at-end', [CompletionResultType]::ParameterName, 'Stop at what was the end of the topic when reading began, instead of following it')
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
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
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
            [CompletionResult]::new('--partition', '--partition', [CompletionResultType]::ParameterName, 'Which partition is meant; may be left out where there is one, and with --more means all')
            [CompletionResult]::new('--timeout-ms', '--timeout-ms', [CompletionResultType]::ParameterName, 'Give up after so long; 0 only looks once [default: never]')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'mkafka;clean' {
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'The topics, with commas between them, in the form of Kafka''s tools')
            [CompletionResult]::new('--topic', '--topic', [CompletionResultType]::ParameterName, 'The topics, with commas between them, in the form of Kafka''s tools')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The form of the output')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
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
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--repair', '--repair', [CompletionResultType]::ParameterName, 'Mend what can be mended')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'mkafka;export' {
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'mkafka;import' {
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'The name that the topic is to have [default: the one it had]')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'mkafka;ps' {
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'The topics, with commas between them, in the form of Kafka''s tools')
            [CompletionResult]::new('--topic', '--topic', [CompletionResultType]::ParameterName, 'The topics, with commas between them, in the form of Kafka''s tools')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The form of the output')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'mkafka;dump-log-segments' {
            [CompletionResult]::new('--files', '--files', [CompletionResultType]::ParameterName, 'Files to dump, separated by commas, in the form of Kafka''s tool; may be given several times')
            [CompletionResult]::new('--max-message-size', '--max-message-size', [CompletionResultType]::ParameterName, 'The largest message, in bytes, that an index entry may lead to')
            [CompletionResult]::new('--max-bytes', '--max-bytes', [CompletionResultType]::ParameterName, 'Look only at so many bytes of a .log, from its beginning')
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--print-data-log', '--print-data-log', [CompletionResultType]::ParameterName, 'Print every record with its key and payload')
            [CompletionResult]::new('--deep-iteration', '--deep-iteration', [CompletionResultType]::ParameterName, 'Print every record, not just the batches they are in')
            [CompletionResult]::new('--skip-record-metadata', '--skip-record-metadata', [CompletionResultType]::ParameterName, 'Of records print only key and payload')
            [CompletionResult]::new('--index-sanity-check', '--index-sanity-check', [CompletionResultType]::ParameterName, 'Only make the check of an index that a broker makes when it starts')
            [CompletionResult]::new('--verify-index-only', '--verify-index-only', [CompletionResultType]::ParameterName, 'Check indexes against their logs without printing the entries')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'mkafka;completions' {
            [CompletionResult]::new('--data-dir', '--data-dir', [CompletionResultType]::ParameterName, 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
