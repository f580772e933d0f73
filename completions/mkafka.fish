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

complete -c mkafka -n "__fish_mkafka_needs_command" -l data-dir -d 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_needs_command" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set; everywhere if CLICOLOR_FORCE is'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_needs_command" -s V -l version -d 'Print version'
complete -c mkafka -n "__fish_mkafka_needs_command" -f -a "topics" -d 'Create, list, describe, change and delete topics'
complete -c mkafka -n "__fish_mkafka_needs_command" -f -a "configs" -d 'Show and change the configurations of topics'
complete -c mkafka -n "__fish_mkafka_needs_command" -f -a "produce" -d 'Append records to a topic: each line of the input is one'
complete -c mkafka -n "__fish_mkafka_needs_command" -f -a "consume" -d 'Print the records of a topic, and go on printing them as they are appended'
complete -c mkafka -n "__fish_mkafka_needs_command" -f -a "count" -d 'Count the records of a topic'
complete -c mkafka -n "__fish_mkafka_needs_command" -f -a "wait" -d 'Wait for a topic, an offset or a consumer group'
complete -c mkafka -n "__fish_mkafka_needs_command" -f -a "clean" -d 'Delete and compact old records as the topics\' configurations ask for'
complete -c mkafka -n "__fish_mkafka_needs_command" -f -a "verify" -d 'Read everything and check it: checksums, records, offsets, indexes, checkpoints'
complete -c mkafka -n "__fish_mkafka_needs_command" -f -a "export" -d 'Copy a topic out of the data directory, to be carried elsewhere'
complete -c mkafka -n "__fish_mkafka_needs_command" -f -a "import" -d 'Take in a topic that was exported'
complete -c mkafka -n "__fish_mkafka_needs_command" -f -a "ps" -d 'Show which processes use the data directory'
complete -c mkafka -n "__fish_mkafka_needs_command" -f -a "groups" -d 'Look at consumer groups, reset and delete what they have committed'
complete -c mkafka -n "__fish_mkafka_needs_command" -f -a "dump-log-segments" -d 'Print what is in the files that a broker leaves behind'
complete -c mkafka -n "__fish_mkafka_needs_command" -f -a "completions" -d 'Print the completion script of a shell'
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and not __fish_seen_subcommand_from create list describe alter delete offsets delete-records stats" -l data-dir -d 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and not __fish_seen_subcommand_from create list describe alter delete offsets delete-records stats" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set; everywhere if CLICOLOR_FORCE is'
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
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from create" -l output -d 'The form of the output' -r -f -a "text\t'Tables on a terminal, Kafka\'s own lines elsewhere'
json\t'One JSON value a line'"
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from create" -l data-dir -d 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from create" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set; everywhere if CLICOLOR_FORCE is'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from create" -l if-not-exists -d 'Do nothing when the topic is there already'
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from list" -l output -d 'The form of the output' -r -f -a "text\t'Tables on a terminal, Kafka\'s own lines elsewhere'
json\t'One JSON value a line'"
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from list" -l data-dir -d 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from list" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set; everywhere if CLICOLOR_FORCE is'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from list" -l exclude-internal -d 'Leave out the topics that Kafka keeps for itself'
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from describe" -s t -l topic -d 'The topics, with commas between them, in the form of Kafka\'s tools' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from describe" -l topic-id -d 'The topic with this id' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from describe" -l output -d 'The form of the output' -r -f -a "text\t'Tables on a terminal, Kafka\'s own lines elsewhere'
json\t'One JSON value a line'"
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from describe" -l data-dir -d 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from describe" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set; everywhere if CLICOLOR_FORCE is'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from describe" -l if-exists -d 'Do not fail for topics that are not there'
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from describe" -l exclude-internal -d 'Leave out the topics that Kafka keeps for itself'
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from describe" -l topics-with-overrides -d 'Show only topics that set a configuration themselves, and not their partitions'
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from describe" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from alter" -s t -l topic -d 'The topic, in the form of Kafka\'s tools' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from alter" -l partitions -d 'How many partitions the topic is to have in all' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from alter" -l output -d 'The form of the output' -r -f -a "text\t'Tables on a terminal, Kafka\'s own lines elsewhere'
json\t'One JSON value a line'"
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from alter" -l data-dir -d 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from alter" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set; everywhere if CLICOLOR_FORCE is'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from alter" -l if-exists -d 'Do not fail when there is no such topic'
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from alter" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from delete" -s t -l topic -d 'The topics, with commas between them, in the form of Kafka\'s tools' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from delete" -l output -d 'The form of the output' -r -f -a "text\t'Tables on a terminal, Kafka\'s own lines elsewhere'
json\t'One JSON value a line'"
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from delete" -l data-dir -d 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from delete" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set; everywhere if CLICOLOR_FORCE is'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from delete" -l if-exists -d 'Do not fail for topics that are not there'
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from offsets" -s t -l topic -d 'The topics, with commas between them, in the form of Kafka\'s tools' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from offsets" -l partitions -d 'Only these partitions, with commas between them' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from offsets" -l time -d 'Which offset: latest (-1), earliest (-2), max-timestamp (-3), or that of the first record whose timestamp is not before this many milliseconds since 1970' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from offsets" -l output -d 'The form of the output' -r -f -a "text\t'Tables on a terminal, Kafka\'s own lines elsewhere'
json\t'One JSON value a line'"
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from offsets" -l data-dir -d 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from offsets" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set; everywhere if CLICOLOR_FORCE is'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from offsets" -l exclude-internal-topics -d 'Leave out the topics that Kafka keeps for itself'
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from offsets" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from delete-records" -s t -l topic -d 'The topic, in the form of Kafka\'s tools' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from delete-records" -l partition -d 'The partition; all when none is given' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from delete-records" -l offset -d 'The first offset that is kept; -1 is the log end' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from delete-records" -l offset-json-file -d 'A file of partitions and offsets: {"partitions":[{"topic":"t","partition":0,"offset":3}],"version":1}' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from delete-records" -l output -d 'The form of the output' -r -f -a "text\t'Tables on a terminal, Kafka\'s own lines elsewhere'
json\t'One JSON value a line'"
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from delete-records" -l data-dir -d 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from delete-records" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set; everywhere if CLICOLOR_FORCE is'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from delete-records" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from stats" -s t -l topic -d 'The topic, in the form of Kafka\'s tools' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from stats" -l keys -d 'How many of the largest keys to show' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from stats" -l output -d 'The form of the output' -r -f -a "text\t'Tables on a terminal, Kafka\'s own lines elsewhere'
json\t'One JSON value a line'"
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from stats" -l data-dir -d 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from stats" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set; everywhere if CLICOLOR_FORCE is'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand topics; and __fish_seen_subcommand_from stats" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand configs; and not __fish_seen_subcommand_from describe alter" -l data-dir -d 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand configs; and not __fish_seen_subcommand_from describe alter" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set; everywhere if CLICOLOR_FORCE is'
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
complete -c mkafka -n "__fish_mkafka_using_subcommand configs; and __fish_seen_subcommand_from describe" -l data-dir -d 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand configs; and __fish_seen_subcommand_from describe" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set; everywhere if CLICOLOR_FORCE is'
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
complete -c mkafka -n "__fish_mkafka_using_subcommand configs; and __fish_seen_subcommand_from alter" -l output -d 'The form of the output' -r -f -a "text\t'Tables on a terminal, Kafka\'s own lines elsewhere'
json\t'One JSON value a line'"
complete -c mkafka -n "__fish_mkafka_using_subcommand configs; and __fish_seen_subcommand_from alter" -l data-dir -d 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand configs; and __fish_seen_subcommand_from alter" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set; everywhere if CLICOLOR_FORCE is'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand configs; and __fish_seen_subcommand_from alter" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -s t -l topic -d 'The topic, in the form of Kafka\'s tools' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -s l -l file -d 'Read this file instead of standard input; several are read one after the other' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -s f -l format -d 'The form of the input: lines, json, raw, or a format string such as \'%k\\t%v\\n\' [default: lines]' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -s D -l delimiter -d 'What ends a line: any text, in which \\n \\t \\r \\0 \\\\ \\xNN are bytes [default: \\n]' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -s K -l key-separator -d 'Take what stands before this text in a line for the key; escapes as in --delimiter' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -l null-marker -d 'Make a field that is exactly this text null: key, value, or value of a header' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -l skip -l skip-records -l resume -d 'Pass over the first N records of the input, such as those that an earlier run has produced' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -s c -l max-messages -d 'Stop after so many records' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -l rate -d 'Hold records back so that no more than so many are produced in a second: 1000, 90/m, or bytes of keys and values: 5MB, 512KiB; both with a comma' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -l property -l reader-property -d 'How a line is split into headers, key and value; may be repeated' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -l reader-config -d 'Read such properties from this file; those of --property count more' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -s k -l key -d 'Give every record this key' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -s H -l header -d 'Give every record this header, behind those of its own; NAME alone is a header without a value; may be repeated' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -s p -l partition -d 'Put every record into this partition' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -l timestamp -d 'Give every record this timestamp, instead of the time at which it is read' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -l key-serializer -d 'What keys are given as, and turned into bytes from: string, integer, long, short, float, double, boolean, uuid, bytes, base64, hex, or Kafka\'s name of the class [default: bytes]' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -l value-serializer -d 'The same of values' -r
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
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -s X -l producer-property -d 'Set a producer config by Kafka\'s name, such as acks, batch.size, linger.ms, compression.type, max.request.size, partitioner.class or transactional.id; may be repeated' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -l producer.config -d 'Read such configs from this file; those of --producer-property count more' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -l output -d 'The form of what is printed to standard output; json also prints an object at the end that tells how many records went to which offsets' -r -f -a "text\t'Tables on a terminal, Kafka\'s own lines elsewhere'
json\t'One JSON value a line'"
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -l data-dir -d 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set; everywhere if CLICOLOR_FORCE is'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -s 0 -l nul -d 'End lines with a NUL byte, as find -print0 does: the same as --delimiter \'\\0\''
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -s Z -l empty-as-null -d 'Make empty keys and values null: the same as --null-marker \'\''
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -l skip-empty -d 'Pass over empty lines, which are records otherwise'
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -l transaction -d 'Make all of the input one transaction: all of it becomes visible at the end, or nothing'
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -l sync -d 'Append every record by itself, in a batch of its own'
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -l print-offsets -d 'Print TOPIC:PARTITION:FIRST:LAST to standard output for each batch, once it is acknowledged: its partition, and the offsets of its first and last record'
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -s T -l tee -d 'Pass the input on to standard output, unchanged, each record once it is acknowledged'
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -s v -l verbose -d 'Say at the end what was produced; at the prompt, say after each line where it went'
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -s q -l quiet -d 'Show neither prompt nor progress nor summary'
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -l no-auto-create -d 'Refuse a topic that does not exist instead of creating it'
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -l dry-run -d 'Check all of the input against the topic and write nothing; with a topic that does not exist, against the one that would be created'
complete -c mkafka -n "__fish_mkafka_using_subcommand produce" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -s t -l topic -d 'The topics, in the form of Kafka\'s tools; several with commas, or repeated' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -l include -l whitelist -d 'All topics whose whole name matches this regular expression, now and later; a comma means "or"' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -s p -l partition -d 'Read only these partitions (a number, or several with commas) [default: all]' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -s o -l offset -d 'Begin here: a number, earliest, latest, -N for the last N of each partition, +N for N behind the first, @TIME; with an end as FROM:TO; of one partition as PARTITION=FROM:TO' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -l from-timestamp -l since -d 'Begin at the first record of each partition that is as late as this' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -l to-timestamp -l until -d 'End before the first record of each partition that is as late as this; written as --from-timestamp' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -s n -l tail -d 'Begin with the newest N records of all partitions together, in the order of their timestamps' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -l until-offset -d 'End before this offset in each partition' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -s c -l max-messages -d 'Stop after so many records' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -l max-messages-per-partition -l max-per-partition -d 'Read no more than so many records of each partition' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -l max-bytes -d 'Stop once keys and values of so many bytes have been printed, records whole' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -l timeout-ms -d 'Stop when no record has come for so many milliseconds [default: never]' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -l isolation-level -d 'Whether records of transactions that were aborted, or are open, are seen [default: read_uncommitted]' -r -f -a "read_uncommitted\t'All'
read_committed\t'Those that were committed; reading goes as far as the first transaction that is open'"
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -s g -l group -d 'Take part in this consumer group: its members share the partitions, and it goes on where it left off' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -l partition-assignment-strategy -d 'How the group\'s partitions are assigned: range, roundrobin or cooperative-sticky; several with commas, best first, to agree on one with the other members [default: range,cooperative-sticky]' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -l delivery -d 'When offsets are committed: after the records were written out, or before [default: at-least-once]' -r -f -a "at-least-once\t'After the records were written out: a crash repeats some'
at-most-once\t'Before the records are written out: a crash loses some'"
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -l commit-interval-ms -d 'Milliseconds between two commits [default: 5000]' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -s X -l consumer-property -d 'Set a consumer config by Kafka\'s name; may be repeated' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -l consumer.config -d 'Read such configs from this file; those of --consumer-property count more' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -l checkpoint -d 'Keep the positions in this JSON file instead of a group: read at the start, replaced after the output' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -l exec -d 'Instead of printing records, hand them to this shell command\'s standard input, batch by batch' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -l exec-batch -d 'Records for one run of the command, at the most; it is run with less when there is no more to read' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -l retries -d 'How often a command that failed is run again, after 100 ms, 200 ms, 400 ms and so on, up to 10 s' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -l dead-letter -d 'Where the records go for which the command keeps failing' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -l output -d 'How records are written' -r -f -a "text\t'Kafka\'s columns: the value alone unless --property asks for more. On a terminal, what is no text is escaped; into pipes and files it goes as it is'
json\t'One object a line, with all that there is to a record; produce --format json reads it'
pretty\t'Several lines a record, for people; JSON is laid out'"
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -s f -l format -d 'Write each record as this format string says, such as \'%t[%p]@%o %k %s\\n\'' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -s K -l key-separator -d 'Write keys too, with this text behind them; in it \\n \\t \\r \\0 \\\\ \\xNN are bytes' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -s D -l delimiter -d 'End each record with this text instead of a newline; escapes as in --key-separator' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -l key-deserializer -d 'What keys are, to be shown: string, integer, long, short, float, double, boolean, uuid, bytes, base64, hex, or Kafka\'s name of the class [default: as they are]' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -l value-deserializer -d 'The same of values' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -l property -l formatter-property -d 'Which columns --output text has, and what stands between them; may be repeated' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -l formatter-config -d 'Read such properties from this file; those of --property count more' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -s k -l key -d 'Write only records with this key; several are allowed' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -s H -l header -d 'Write only records that have this header, NAME alone with any value; may be repeated, and all must be there' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -l grep -d 'Write only records in whose value this regular expression is found; may be repeated, and all must be' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -l data-dir -d 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set; everywhere if CLICOLOR_FORCE is'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -l from-beginning -d 'Begin at the earliest record'
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -s e -l exit-at-end -d 'Stop at what was the end of the topic when reading began, instead of following it'
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -l ordered -d 'Merge all partitions by the timestamps of their records, as far as they are there'
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -l show-control -l print-control-records -d 'Show control records too, which end transactions, and say of each record what became of its transaction'
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -s J -l json -d 'The same as --output json'
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -s 0 -l nul -d 'End each record with a NUL byte, for xargs -0: the same as --delimiter \'\\0\''
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -s Z -l show-null -d 'Write NULL for what is null, as kcat does'
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -l skip-message-on-error -d 'Tell of a record that cannot be shown, such as four bytes that are to be a long, and go on'
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -s i -l ignore-case -d 'Let --grep see no difference between upper and lower case'
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -s q -l quiet -d 'Do not say how many records there were'
complete -c mkafka -n "__fish_mkafka_using_subcommand consume" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand count" -s t -l topic -d 'The topic, in the form of Kafka\'s tools' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand count" -l partition -d 'Only this partition' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand count" -l isolation-level -d 'Whether records of transactions count that were aborted or are still open' -r -f -a "read_uncommitted\t'All'
read_committed\t'Only those that are outside of transactions or in committed ones'"
complete -c mkafka -n "__fish_mkafka_using_subcommand count" -l output -d 'The form of the output' -r -f -a "text\t'Tables on a terminal, Kafka\'s own lines elsewhere'
json\t'One JSON value a line'"
complete -c mkafka -n "__fish_mkafka_using_subcommand count" -l data-dir -d 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand count" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set; everywhere if CLICOLOR_FORCE is'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand count" -l by-partition -d 'A line topic:partition:count for each partition'
complete -c mkafka -n "__fish_mkafka_using_subcommand count" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand wait" -s t -l topic -d 'The topic, in the form of Kafka\'s tools' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand wait" -l offset -d 'The log end offset that is to be reached' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand wait" -l more -d 'How many records are to be appended from now on' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand wait" -s g -l group -d 'Until this consumer group has committed the end of every partition: a lag of 0' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand wait" -l partition -d 'Which partition is meant; may be left out where there is one, and with --more means all' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand wait" -l timeout-ms -d 'Give up after so many milliseconds; 0 only looks once [default: never]' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand wait" -l data-dir -d 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand wait" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set; everywhere if CLICOLOR_FORCE is'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand wait" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand clean" -s t -l topic -d 'The topics, with commas between them, in the form of Kafka\'s tools' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand clean" -l output -d 'The form of the output' -r -f -a "text\t'Tables on a terminal, Kafka\'s own lines elsewhere'
json\t'One JSON value a line'"
complete -c mkafka -n "__fish_mkafka_using_subcommand clean" -l data-dir -d 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand clean" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set; everywhere if CLICOLOR_FORCE is'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand clean" -l dry-run -d 'Only tell what would be freed, and change nothing'
complete -c mkafka -n "__fish_mkafka_using_subcommand clean" -l force -d 'Compact even what is not dirty enough for it'
complete -c mkafka -n "__fish_mkafka_using_subcommand clean" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand verify" -s t -l topic -d 'The topics, with commas between them, in the form of Kafka\'s tools' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand verify" -l output -d 'The form of the output' -r -f -a "text\t'Tables on a terminal, Kafka\'s own lines elsewhere'
json\t'One JSON value a line'"
complete -c mkafka -n "__fish_mkafka_using_subcommand verify" -l data-dir -d 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand verify" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set; everywhere if CLICOLOR_FORCE is'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand verify" -l repair -d 'Mend what can be mended'
complete -c mkafka -n "__fish_mkafka_using_subcommand verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand export" -l output -d 'The form of what is told: a note on standard error, or with json an object on standard output' -r -f -a "text\t'Tables on a terminal, Kafka\'s own lines elsewhere'
json\t'One JSON value a line'"
complete -c mkafka -n "__fish_mkafka_using_subcommand export" -l data-dir -d 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand export" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set; everywhere if CLICOLOR_FORCE is'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand import" -l as -d 'The name that the topic is to have [default: the one it had]' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand import" -l output -d 'The form of what is told: a note on standard error, or with json an object on standard output' -r -f -a "text\t'Tables on a terminal, Kafka\'s own lines elsewhere'
json\t'One JSON value a line'"
complete -c mkafka -n "__fish_mkafka_using_subcommand import" -l data-dir -d 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand import" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set; everywhere if CLICOLOR_FORCE is'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand ps" -s t -l topic -d 'The topics, with commas between them, in the form of Kafka\'s tools' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand ps" -l output -d 'The form of the output' -r -f -a "text\t'Tables on a terminal, Kafka\'s own lines elsewhere'
json\t'One JSON value a line'"
complete -c mkafka -n "__fish_mkafka_using_subcommand ps" -l data-dir -d 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand ps" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set; everywhere if CLICOLOR_FORCE is'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand ps" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and not __fish_seen_subcommand_from list describe reset-offsets delete-offsets delete" -l data-dir -d 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and not __fish_seen_subcommand_from list describe reset-offsets delete-offsets delete" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set; everywhere if CLICOLOR_FORCE is'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and not __fish_seen_subcommand_from list describe reset-offsets delete-offsets delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and not __fish_seen_subcommand_from list describe reset-offsets delete-offsets delete" -f -a "list" -d 'List groups, one id a line'
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and not __fish_seen_subcommand_from list describe reset-offsets delete-offsets delete" -f -a "describe" -d 'Show how far groups have come, or who is in them'
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and not __fish_seen_subcommand_from list describe reset-offsets delete-offsets delete" -f -a "reset-offsets" -d 'Set the committed offsets of groups that nobody is in'
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and not __fish_seen_subcommand_from list describe reset-offsets delete-offsets delete" -f -a "delete-offsets" -d 'Take back what a group that nobody is in has committed for some topics'
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and not __fish_seen_subcommand_from list describe reset-offsets delete-offsets delete" -f -a "delete" -d 'Delete groups that nobody is in, with all that they have committed'
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from list" -l state -d 'Show the state of each group; with a list of states, only groups that are in one of them' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from list" -l output -d 'The form of the output' -r -f -a "text\t'Tables on a terminal, Kafka\'s own lines elsewhere'
json\t'One JSON value a line'"
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from list" -l data-dir -d 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from list" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set; everywhere if CLICOLOR_FORCE is'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from describe" -s g -l group -d 'A group, in the form of Kafka\'s tools; may be repeated' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from describe" -l watch -d 'Show it again every so many seconds (2 where none are given), until Ctrl-C; a terminal is drawn anew' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from describe" -l output -d 'The form of the output' -r -f -a "text\t'Tables on a terminal, Kafka\'s own lines elsewhere'
json\t'One JSON value a line'"
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from describe" -l data-dir -d 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from describe" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set; everywhere if CLICOLOR_FORCE is'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from describe" -l all-groups -d 'All groups there are'
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from describe" -l offsets -d 'Show each partition with its offsets; this is what is shown without any of these three'
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from describe" -l members -d 'Show the members'
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from describe" -l state -d 'Show the state of each group in one line'
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from describe" -l verbose -d 'Show epochs too, and with --members which partitions each member has and shall have'
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from describe" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from reset-offsets" -s g -l group -d 'A group, in the form of Kafka\'s tools; may be repeated' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from reset-offsets" -s t -l topic -d 'A topic, all of its partitions or some (orders:0,1); may be repeated' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from reset-offsets" -l to-offset -d 'To this offset' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from reset-offsets" -l shift-by -d 'On by so many records, or back by -N' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from reset-offsets" -l to-datetime -d 'To the first record at this time or later, such as 2026-01-31T12:00:00.000; without a zone it is UTC' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from reset-offsets" -l by-duration -d 'To the first record that is younger than this, such as PT15M, P7D, 15m or 7d' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from reset-offsets" -l from-file -d 'To what this file of --export says; - is standard input' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from reset-offsets" -l output -d 'The form of the output' -r -f -a "text\t'Tables on a terminal, Kafka\'s own lines elsewhere'
json\t'One JSON value a line'"
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from reset-offsets" -l data-dir -d 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from reset-offsets" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set; everywhere if CLICOLOR_FORCE is'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from reset-offsets" -l all-groups -d 'All groups there are'
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from reset-offsets" -l all-topics -d 'All partitions that the group has committed for'
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from reset-offsets" -l to-earliest -d 'To the earliest record'
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from reset-offsets" -l to-latest -d 'To the end of the log'
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from reset-offsets" -l to-current -d 'To where it is; where nothing is committed, to the end of the log'
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from reset-offsets" -l undo -d 'To where they were before the last reset that was executed; done twice, it changes nothing'
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from reset-offsets" -l execute -d 'Do it'
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from reset-offsets" -l dry-run -d 'Only show what would be done, which is so without --execute too'
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from reset-offsets" -l export -d 'Show it as CSV that --from-file reads: topic,partition,offset; with several groups, the group first'
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from reset-offsets" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from delete-offsets" -s g -l group -d 'The group, in the form of Kafka\'s tools' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from delete-offsets" -s t -l topic -d 'A topic, all of its partitions or some (orders:0,1); may be repeated' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from delete-offsets" -l output -d 'The form of the output' -r -f -a "text\t'Tables on a terminal, Kafka\'s own lines elsewhere'
json\t'One JSON value a line'"
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from delete-offsets" -l data-dir -d 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from delete-offsets" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set; everywhere if CLICOLOR_FORCE is'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from delete-offsets" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from delete" -s g -l group -d 'A group, in the form of Kafka\'s tools; may be repeated' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from delete" -l output -d 'The form of the output' -r -f -a "text\t'Tables on a terminal, Kafka\'s own lines elsewhere'
json\t'One JSON value a line'"
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from delete" -l data-dir -d 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from delete" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set; everywhere if CLICOLOR_FORCE is'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from delete" -l all-groups -d 'All groups there are'
complete -c mkafka -n "__fish_mkafka_using_subcommand groups; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand dump-log-segments" -l files -d 'Files to dump, separated by commas, in the form of Kafka\'s tool; may be given several times' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand dump-log-segments" -l output -d 'The form of the output' -r -f -a "text\t'Tables on a terminal, Kafka\'s own lines elsewhere'
json\t'One JSON value a line'"
complete -c mkafka -n "__fish_mkafka_using_subcommand dump-log-segments" -l salvage -d 'Write what is good of each .log to a new segment in this folder, with new indexes' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand dump-log-segments" -l offset -d 'Only these offsets: A..B, from A up to but not including B, either left out; or one' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand dump-log-segments" -l timestamp -d 'Only timestamps from A up to but not including B: times in RFC 3339, milliseconds since 1970, or how long ago, such as 15m..' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand dump-log-segments" -l key -d 'Only records with this key' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand dump-log-segments" -l producer-id -d 'Only batches, aborted transactions and snapshot entries of this producer' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand dump-log-segments" -l limit -d 'End after so many records; batches, where no records are printed, and entries count too' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand dump-log-segments" -l key-decoder-class -d 'How keys are read: string, integer, long, short, float, double, uuid, boolean, bytes, void, list<...>, or the name of Kafka\'s class for it' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand dump-log-segments" -l value-decoder-class -d 'How payloads are read, as for keys' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand dump-log-segments" -l max-message-size -d 'The largest message, in bytes, that an index entry may lead to' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand dump-log-segments" -l max-bytes -d 'Look only at so many bytes of a .log, from its beginning' -r
complete -c mkafka -n "__fish_mkafka_using_subcommand dump-log-segments" -l data-dir -d 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand dump-log-segments" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set; everywhere if CLICOLOR_FORCE is'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand dump-log-segments" -l print-data-log -d 'Print every record with its key and payload'
complete -c mkafka -n "__fish_mkafka_using_subcommand dump-log-segments" -l deep-iteration -d 'Print every record, not just the batches they are in'
complete -c mkafka -n "__fish_mkafka_using_subcommand dump-log-segments" -l skip-record-metadata -d 'Of records print only key and payload'
complete -c mkafka -n "__fish_mkafka_using_subcommand dump-log-segments" -l summary -d 'Print one line for each file: what is in it, and how many faults'
complete -c mkafka -n "__fish_mkafka_using_subcommand dump-log-segments" -l follow -d 'Go on as the logs grow, also into the segments that follow, until interrupted'
complete -c mkafka -n "__fish_mkafka_using_subcommand dump-log-segments" -l only-control -d 'Only control records: the markers of transactions, and those of KRaft'
complete -c mkafka -n "__fish_mkafka_using_subcommand dump-log-segments" -l offsets-decoder -d 'Read records as those of __consumer_offsets'
complete -c mkafka -n "__fish_mkafka_using_subcommand dump-log-segments" -l transaction-log-decoder -d 'Read records as those of __transaction_state'
complete -c mkafka -n "__fish_mkafka_using_subcommand dump-log-segments" -l cluster-metadata-decoder -d 'Read records as those of __cluster_metadata'
complete -c mkafka -n "__fish_mkafka_using_subcommand dump-log-segments" -l remote-log-metadata-decoder -d 'Read records as those of __remote_log_metadata'
complete -c mkafka -n "__fish_mkafka_using_subcommand dump-log-segments" -l share-group-state-decoder -d 'Read records as those of __share_group_state'
complete -c mkafka -n "__fish_mkafka_using_subcommand dump-log-segments" -l index-sanity-check -d 'Only make the check of an index that a broker makes when it starts'
complete -c mkafka -n "__fish_mkafka_using_subcommand dump-log-segments" -l verify-index-only -d 'Check indexes against their logs without printing the entries'
complete -c mkafka -n "__fish_mkafka_using_subcommand dump-log-segments" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mkafka -n "__fish_mkafka_using_subcommand completions" -l data-dir -d 'The data directory, which holds the topics [default: $MKAFKA_DATA_DIR, or $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]' -r -F
complete -c mkafka -n "__fish_mkafka_using_subcommand completions" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set; everywhere if CLICOLOR_FORCE is'
always\t'Also into pipes and files'
never\t'Nowhere'"
complete -c mkafka -n "__fish_mkafka_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
