# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_mkafka_global_optspecs
    string join \n data-dir= color= h/help V/version
end

function __fish_mkafka_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_mkafka_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_mkafka_using_subcommand
    set -l cmd (__fish_mkafka_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c mkafka -n "__fish_mkafka_needs_command" -l data-dir -d 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_needs_command" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_needs_command" -s V -l version -d 'Print version'
complete -c mkafka -n "__fish_mkafka_needs_command" -f -a "topics" -d 'Create, list, describe, change and delete topics'
complete -c mkafka -n "__fish_mkafka_needs_command" -f -a "configs" -d 'Show and change the configurations of topics'
complete -c mkafka -n "__fish_mkafka_needs_command" -f -a "produce" -d 'Append records to a topic, one a line of the input'
complete -c mkafka -n "__fish_mkafka_needs_command" -f -a "consume" -d 'Print the records of a topic, and go on printing them as they are appended'
complete -c mkafka -n "__fish_mkafka_needs_command" -f -a "count" -d 'Count the records of a topic'
complete -c mkafka -n "__fish_mkafka_needs_command" -f -a "wait" -d 'Wait until a topic exists, or a partition has reached an offset'
complete -c mkafka -n "__fish_mkafka_needs_command" -f -a "clean" -d 'Delete and compact old records as the topics\' configurations ask for'
complete -c mkafka -n "__fish_mkafka_needs_command" -f -a "verify" -d 'Read everything and check it: checksums, records, offsets, indexes, checkpoints'
complete -c mkafka -n "__fish_mkafka_needs_command" -f -a "export" -d 'Copy a topic out of the data directory, to be carried elsewhere'
complete -c mkafka -n "__fish_mkafka_needs_command" -f -a "import" -d 'Take in a topic that was exported'
complete -c mkafka -n "__fish_mkafka_needs_command" -f -a "ps" -d 'Show which processes use the data directory: who holds which lock, and who has which partition open'
complete -c mkafka -n "__fish_mkafka_needs_command" -f -a "dump-log-segments" -d 'Print what is in a log\'s files: segments, indexes, producer snapshots'
complete -c mkafka -n "__fish_mkafka_needs_command" -f -a "completions" -d 'Print the completion script of a shell'
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and not __fish_seen_subcommand_from create list describe alter delete offsets delete-records stats" -l data-dir -d 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and not __fish_seen_subcommand_from create list describe alter delete offsets delete-records stats" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and not __fish_seen_subcommand_from create list describe alter delete offsets delete-records stats" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and not __fish_seen_subcommand_from create list describe alter delete offsets delete-records stats" -f -a "create" -d 'Create a topic'
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and not __fish_seen_subcommand_from create list describe alter delete offsets delete-records stats" -f -a "list" -d 'List topics, one name a line'
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and not __fish_seen_subcommand_from create list describe alter delete offsets delete-records stats" -f -a "describe" -d 'Show partitions, configuration and size of topics'
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and not __fish_seen_subcommand_from create list describe alter delete offsets delete-records stats" -f -a "alter" -d 'Give a topic more partitions'
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and not __fish_seen_subcommand_from create list describe alter delete offsets delete-records stats" -f -a "delete" -d 'Delete topics with all their records'
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and not __fish_seen_subcommand_from create list describe alter delete offsets delete-records stats" -f -a "offsets" -d 'Show offsets of partitions: the end, the start, or by time'
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and not __fish_seen_subcommand_from create list describe alter delete offsets delete-records stats" -f -a "delete-records" -d 'Delete the records of a partition that come before an offset'
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and not __fish_seen_subcommand_from create list describe alter delete offsets delete-records stats" -f -a "stats" -d 'Show what is in a topic: how much over time, sizes, keys and how even the partitions are'
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from create" -s t -l topic -d 'The topic, in the form of Kafka\'s tools' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from create" -l partitions -d 'How many partitions, 1 to 10000' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from create" -l replication-factor -d 'How many copies of each partition: only 1 is possible, as there is one machine' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from create" -l config -d 'Set a configuration of the topic, such as segment.bytes=1048576; may be repeated' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from create" -l data-dir -d 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from create" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from create" -l if-not-exists -d 'Do nothing when the topic is there already'
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from list" -l output -d 'The form of the output' -r -f -a "text\t'Tables on a terminal, Kafka\'s own lines elsewhere'
json\t'One JSON value a line'"
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from list" -l data-dir -d 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from list" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from list" -l exclude-internal -d 'Leave out the topics that Kafka keeps for itself'
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from describe" -s t -l topic -d 'The topics, with commas between them, in the form of Kafka\'s tools' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from describe" -l topic-id -d 'The topic with this id' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from describe" -l output -d 'The form of the output' -r -f -a "text\t'Tables on a terminal, Kafka\'s own lines elsewhere'
json\t'One JSON value a line'"
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from describe" -l data-dir -d 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from describe" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from describe" -l if-exists -d 'Do not fail for topics that are not there'
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from describe" -l exclude-internal -d 'Leave out the topics that Kafka keeps for itself'
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from describe" -l topics-with-overrides -d 'Show only topics that set a configuration themselves, and not their partitions'
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from describe" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from alter" -s t -l topic -d 'The topic, in the form of Kafka\'s tools' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from alter" -l partitions -d 'How many partitions the topic is to have in all' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from alter" -l data-dir -d 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from alter" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from alter" -l if-exists -d 'Do not fail when there is no such topic'
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from alter" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from delete" -s t -l topic -d 'The topics, with commas between them, in the form of Kafka\'s tools' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from delete" -l data-dir -d 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from delete" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from delete" -l if-exists -d 'Do not fail for topics that are not there'
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from offsets" -s t -l topic -d 'The topics, with commas between them, in the form of Kafka\'s tools' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from offsets" -l partitions -d 'Only these partitions, with commas between them' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from offsets" -l time -d 'Which offset: latest (-1), earliest (-2), max-timestamp (-3), or that of the first record whose timestamp is not before this many milliseconds since 1970' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from offsets" -l output -d 'The form of the output' -r -f -a "text\t'Tables on a terminal, Kafka\'s own lines elsewhere'
json\t'One JSON value a line'"
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from offsets" -l data-dir -d 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from offsets" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from offsets" -l exclude-internal-topics -d 'Leave out the topics that Kafka keeps for itself'
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from offsets" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from delete-records" -s t -l topic -d 'The topic, in the form of Kafka\'s tools' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from delete-records" -l partition -d 'The partition; all when none is given' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from delete-records" -l offset -d 'The first offset that is kept; -1 is the log end' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from delete-records" -l offset-json-file -d 'A file of partitions and offsets: {"partitions":[{"topic":"t","partition":0,"offset":3}],"version":1}' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from delete-records" -l data-dir -d 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from delete-records" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from delete-records" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from stats" -s t -l topic -d 'The topic, in the form of Kafka\'s tools' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from stats" -l keys -d 'How many of the largest keys to show' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from stats" -l output -d 'The form of the output' -r -f -a "text\t'Tables on a terminal, Kafka\'s own lines elsewhere'
json\t'One JSON value a line'"
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from stats" -l data-dir -d 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from stats" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from stats" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand configs; and not __fish_seen_subcommand_from describe alter" -l data-dir -d 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand configs; and not __fish_seen_subcommand_from describe alter" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand configs; and not __fish_seen_subcommand_from describe alter" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand configs; and not __fish_seen_subcommand_from describe alter" -f -a "describe" -d 'Show what a topic sets itself, or what all topics do'
complete -c mkafka -n "__fish_mkafka_using_subcommand configs; and not __fish_seen_subcommand_from describe alter" -f -a "alter" -d 'Set configurations of a topic, or go back to their defaults'
complete -c mkafka -n "__fish_mkafka_using_subcommand configs; and __fish_seen_subcommand_from describe" -s t -l topic -d 'The topic, in the form of Kafka\'s tools' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand configs; and __fish_seen_subcommand_from describe" -l entity-name -d 'The topic, in kafka-configs\' other form' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand configs; and __fish_seen_subcommand_from describe" -l entity-type -d 'What the name is one of: topics' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand configs; and __fish_seen_subcommand_from describe" -l output -d 'The form of the output' -r -f -a "text\t'Tables on a terminal, Kafka\'s own lines elsewhere'
json\t'One JSON value a line'"
complete -c mkafka -n "__fish_mkafka_using_subcommand configs; and __fish_seen_subcommand_from describe" -l data-dir -d 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand configs; and __fish_seen_subcommand_from describe" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand configs; and __fish_seen_subcommand_from describe" -l all -d 'Show the defaults of what is not set too'
complete -c mkafka -n "__fish_mkafka_using_subcommand configs; and __fish_seen_subcommand_from describe" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand configs; and __fish_seen_subcommand_from alter" -s t -l topic -d 'The topic, in the form of Kafka\'s tools' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand configs; and __fish_seen_subcommand_from alter" -l entity-name -d 'The topic, in kafka-configs\' other form' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand configs; and __fish_seen_subcommand_from alter" -l entity-type -d 'What the name is one of: topics' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand configs; and __fish_seen_subcommand_from alter" -l add-config -d 'What to set: key=value, with commas between several; a value with commas stands in brackets' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand configs; and __fish_seen_subcommand_from alter" -l add-config-file -d 'A file of what to set, a key=value on each line' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand configs; and __fish_seen_subcommand_from alter" -l delete-config -d 'What is to have its default again, with commas between several' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand configs; and __fish_seen_subcommand_from alter" -l data-dir -d 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand configs; and __fish_seen_subcommand_from alter" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand configs; and __fish_seen_subcommand_from alter" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -s t -l topic -d 'The topic, in the form of Kafka\'s tools' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -s l -l file -d 'Read this file instead of standard input; several are read one after the other' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -s p -l partition -d 'Put every record into this partition' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -l partitioner -d 'How records without a key are spread over the partitions [default: roundrobin]' -r -f -a "roundrobin\t'One partition after the other, record by record'
sticky\t'One partition until its batch is full, then the next'"
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -s z -l compression-codec -d 'Compress batches with this codec [default: none; gzip if no codec is named]' -r -f -a "none\t''
gzip\t''
snappy\t''
lz4\t''
zstd\t''"
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -l acks -l request-required-acks -d 'When a record counts as produced: 0, 1 or all [default: 1]' -r -f -a "0\t''
1\t''
all\t''
-1\t''"
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -l batch-size -l max-partition-memory-bytes -d 'Bytes that a batch grows to before it is appended [default: 262144, less with many partitions]' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -l linger-ms -l timeout -d 'Let records wait up to so many milliseconds for others to share their batch, even when the input has nothing more [default: append as soon as the input pauses]' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -l max-memory-bytes -d 'Bytes that all unfinished batches may take together [default: 33554432]' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -l property -l reader-property -d 'How a line is split into headers, key and value; may be repeated' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -l producer-property -d 'Set a producer config by Kafka\'s name: acks, batch.size, buffer.memory, compression.type, linger.ms; may be repeated' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -l data-dir -d 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -l sync -d 'Append every record by itself, in a batch of its own'
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -l no-auto-create -d 'Refuse a topic that does not exist instead of creating it'
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -l print-offsets -d 'Print TOPIC:PARTITION:FIRST:LAST to standard output for each batch, once it is acknowledged: its partition, and the offsets of its first and last record'
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -s q -l quiet -d 'Show neither progress nor prompt'
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -s t -l topic -d 'The topic, in the form of Kafka\'s tools' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -s p -l partition -d 'Read only these partitions (a number, or several with commas) [default: all]' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -s o -l offset -d 'Begin at this offset: a number, earliest, latest, or -N for the last N of each partition' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -s c -l max-messages -d 'Stop after so many records' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -l timeout-ms -d 'Stop when no record has come for so many milliseconds' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -l output -d 'How records are written' -r -f -a "text\t'Tables on a terminal, Kafka\'s own lines elsewhere'
json\t'One JSON value a line'"
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -l property -l formatter-property -d 'Which columns --output text has, and what stands between them; may be repeated' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -l data-dir -d 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -l from-beginning -d 'Begin at the earliest record'
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -s e -l exit-at-end -d 'Stop at what was the end of the topic when reading began, instead of following it'
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -s q -l quiet -d 'Do not say how many records there were'
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand count" -s t -l topic -d 'The topic, in the form of Kafka\'s tools' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand count" -l partition -d 'Only this partition' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand count" -l isolation-level -d 'Whether records of transactions count that were aborted or are still open' -r -f -a "read_uncommitted\t'All'
read_committed\t'Only those that are outside of transactions or in committed ones'"
complete -c mkafka -n "__fish_mkafka_using_subcommand count" -l output -d 'The form of the output' -r -f -a "text\t'Tables on a terminal, Kafka\'s own lines elsewhere'
json\t'One JSON value a line'"
complete -c mkafka -n "__fish_mkafka_using_subcommand count" -l data-dir -d 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand count" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand count" -l by-partition -d 'A line topic:partition:count for each partition'
complete -c mkafka -n "__fish_mkafka_using_subcommand count" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand wait" -s t -l topic -d 'The topic, in the form of Kafka\'s tools' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand wait" -l offset -d 'The log end offset that is to be reached' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand wait" -l more -d 'How many records are to be appended from now on' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand wait" -l partition -d 'Which partition is meant; may be left out where there is one, and with --more means all' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand wait" -l timeout-ms -d 'Give up after so long; 0 only looks once [default: never]' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand wait" -l data-dir -d 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand wait" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand wait" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand clean" -s t -l topic -d 'The topics, with commas between them, in the form of Kafka\'s tools' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand clean" -l output -d 'The form of the output' -r -f -a "text\t'Tables on a terminal, Kafka\'s own lines elsewhere'
json\t'One JSON value a line'"
complete -c mkafka -n "__fish_mkafka_using_subcommand clean" -l data-dir -d 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand clean" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand clean" -l dry-run -d 'Only tell what would be freed, and change nothing'
complete -c mkafka -n "__fish_mkafka_using_subcommand clean" -l force -d 'Compact even what is not dirty enough for it'
complete -c mkafka -n "__fish_mkafka_using_subcommand clean" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand verify" -s t -l topic -d 'The topics, with commas between them, in the form of Kafka\'s tools' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand verify" -l output -d 'The form of the output' -r -f -a "text\t'Tables on a terminal, Kafka\'s own lines elsewhere'
json\t'One JSON value a line'"
complete -c mkafka -n "__fish_mkafka_using_subcommand verify" -l data-dir -d 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand verify" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand verify" -l repair -d 'Mend what can be mended'
complete -c mkafka -n "__fish_mkafka_using_subcommand verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand export" -l data-dir -d 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand export" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand import" -l as -d 'The name that the topic is to have [default: the one it had]' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand import" -l data-dir -d 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand import" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand ps" -s t -l topic -d 'The topics, with commas between them, in the form of Kafka\'s tools' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand ps" -l output -d 'The form of the output' -r -f -a "text\t'Tables on a terminal, Kafka\'s own lines elsewhere'
json\t'One JSON value a line'"
complete -c mkafka -n "__fish_mkafka_using_subcommand ps" -l data-dir -d 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand ps" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand ps" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand dump-log-segments" -l files -d 'Files to dump, separated by commas, in the form of Kafka\'s tool; may be given several times' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand dump-log-segments" -l max-message-size -d 'The largest message, in bytes, that an index entry may lead to' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand dump-log-segments" -l max-bytes -d 'Look only at so many bytes of a .log, from its beginning' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand dump-log-segments" -l data-dir -d 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand dump-log-segments" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand dump-log-segments" -l print-data-log -d 'Print every record with its key and payload'
complete -c mkafka -n "__fish_mkafka_using_subcommand dump-log-segments" -l deep-iteration -d 'Print every record, not just the batches they are in'
complete -c mkafka -n "__fish_mkafka_using_subcommand dump-log-segments" -l skip-record-metadata -d 'Of records print only key and payload'
complete -c mkafka -n "__fish_mkafka_using_subcommand dump-log-segments" -l index-sanity-check -d 'Only make the check of an index that a broker makes when it starts'
complete -c mkafka -n "__fish_mkafka_using_subcommand dump-log-segments" -l verify-index-only -d 'Check indexes against their logs without printing the entries'
complete -c mkafka -n "__fish_mkafka_using_subcommand dump-log-segments" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand completions" -l data-dir -d 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand completions" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
