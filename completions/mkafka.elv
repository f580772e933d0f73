
use builtin;
use str;

set edit:completion:arg-completer[mkafka] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'mkafka'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'mkafka'= {
            cand --data-dir 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]'
            cand --color 'When to use colours'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand topics 'Create, list, describe and delete topics'
            cand produce 'Append records to a topic: each line of the input is one'
            cand consume 'Print the records of a topic, and go on printing them as they are appended'
            cand dump-log-segments 'Print what is in a log''s files: segments, indexes, producer snapshots'
            cand completions 'Print the completion script of a shell'
        }
        &'mkafka;topics'= {
            cand --data-dir 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]'
            cand --color 'When to use colours'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand create 'Create a topic'
            cand list 'List topics, one name a line'
            cand describe 'Show partitions, configuration and size of topics'
            cand delete 'Delete topics with all their records'
        }
        &'mkafka;topics;create'= {
            cand -t 'The topic, in the form of Kafka''s tools'
            cand --topic 'The topic, in the form of Kafka''s tools'
            cand --partitions 'How many partitions, 1 to 10000'
            cand --replication-factor 'How many copies of each partition: only 1 is possible, as there is one machine'
            cand --config 'Set a configuration of the topic, such as segment.bytes=1048576; may be repeated'
            cand --data-dir 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]'
            cand --color 'When to use colours'
            cand --if-not-exists 'Do nothing when the topic is there already'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'mkafka;topics;list'= {
            cand --output 'The form of the output'
            cand --data-dir 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]'
            cand --color 'When to use colours'
            cand --exclude-internal 'Leave out the topics that Kafka keeps for itself'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'mkafka;topics;describe'= {
            cand -t 'The topics, with commas between them, in the form of Kafka''s tools'
            cand --topic 'The topics, with commas between them, in the form of Kafka''s tools'
            cand --topic-id 'The topic with this id'
            cand --output 'The form of the output'
            cand --data-dir 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]'
            cand --color 'When to use colours'
            cand --if-exists 'Do not fail for topics that are not there'
            cand --exclude-internal 'Leave out the topics that Kafka keeps for itself'
            cand --topics-with-overrides 'Show only topics that set a configuration themselves, and not their partitions'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'mkafka;topics;delete'= {
            cand -t 'The topics, with commas between them, in the form of Kafka''s tools'
            cand --topic 'The topics, with commas between them, in the form of Kafka''s tools'
            cand --data-dir 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]'
            cand --color 'When to use colours'
            cand --if-exists 'Do not fail for topics that are not there'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'mkafka;produce'= {
            cand -t 'The topic, in the form of Kafka''s tools'
            cand --topic 'The topic, in the form of Kafka''s tools'
            cand -l 'Read this file instead of standard input; several are read one after the other'
            cand --file 'Read this file instead of standard input; several are read one after the other'
            cand -f 'The form of the input: lines, json, raw, or a format string such as ''%k\t%v\n'' [default: lines]'
            cand --format 'The form of the input: lines, json, raw, or a format string such as ''%k\t%v\n'' [default: lines]'
            cand -D 'What ends a line: any text, in which \n \t \r \0 \\ \xNN are bytes [default: \n]'
            cand --delimiter 'What ends a line: any text, in which \n \t \r \0 \\ \xNN are bytes [default: \n]'
            cand -K 'Take what stands before this text in a line for the key; escapes as in --delimiter'
            cand --key-separator 'Take what stands before this text in a line for the key; escapes as in --delimiter'
            cand --null-marker 'Make a field that is exactly this text null: key, value, or value of a header'
            cand --skip 'Pass over the first N records of the input, such as those that an earlier run has produced'
            cand --property 'How a line is split into headers, key and value; may be repeated'
            cand --reader-property 'How a line is split into headers, key and value; may be repeated'
            cand --reader-config 'Read such properties from this file; those of --property count more'
            cand -k 'Give every record this key'
            cand --key 'Give every record this key'
            cand -H 'Give every record this header, behind those of its own; NAME alone is a header without a value; may be repeated'
            cand --header 'Give every record this header, behind those of its own; NAME alone is a header without a value; may be repeated'
            cand -p 'Put every record into this partition'
            cand --partition 'Put every record into this partition'
            cand --timestamp 'Give every record this timestamp, instead of the time at which it is read'
            cand --key-serializer 'What keys are given as, and turned into bytes from: string, integer, long, short, float, double, boolean, uuid, bytes, base64, hex, or Kafka''s name of the class [default: bytes]'
            cand --value-serializer 'The same of values'
            cand --partitioner 'How records without a key are spread over the partitions [default: roundrobin]'
            cand -z 'Compress batches with this codec [default: none; gzip if no codec is named]'
            cand --compression-codec 'Compress batches with this codec [default: none; gzip if no codec is named]'
            cand --acks 'When a record counts as produced: 0, 1 or all [default: 1]'
            cand --request-required-acks 'When a record counts as produced: 0, 1 or all [default: 1]'
            cand --batch-size 'Bytes that a batch grows to before it is appended [default: 262144, less with many partitions]'
            cand --max-partition-memory-bytes 'Bytes that a batch grows to before it is appended [default: 262144, less with many partitions]'
            cand --linger-ms 'Let records wait up to so many milliseconds for others to share their batch, even when the input has nothing more [default: append as soon as the input pauses]'
            cand --timeout 'Let records wait up to so many milliseconds for others to share their batch, even when the input has nothing more [default: append as soon as the input pauses]'
            cand --max-memory-bytes 'Bytes that all unfinished batches may take together [default: 33554432]'
            cand -X 'Set a producer config by Kafka''s name, such as acks, batch.size, linger.ms, compression.type, max.request.size, partitioner.class or enable.idempotence; may be repeated'
            cand --producer-property 'Set a producer config by Kafka''s name, such as acks, batch.size, linger.ms, compression.type, max.request.size, partitioner.class or enable.idempotence; may be repeated'
            cand --producer.config 'Read such configs from this file; those of --producer-property count more'
            cand --output 'The form of what is printed to standard output; json also prints an object at the end that tells how many records went to which offsets'
            cand --data-dir 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]'
            cand --color 'When to use colours'
            cand -0 'End lines with a NUL byte, as find -print0 does: the same as --delimiter ''\0'''
            cand --nul 'End lines with a NUL byte, as find -print0 does: the same as --delimiter ''\0'''
            cand -Z 'Make empty keys and values null: the same as --null-marker '''''
            cand --empty-as-null 'Make empty keys and values null: the same as --null-marker '''''
            cand --skip-empty 'Pass over empty lines, which are records otherwise'
            cand --sync 'Append every record by itself, in a batch of its own'
            cand --print-offsets 'Print TOPIC:PARTITION:FIRST:LAST to standard output for each batch, once it is acknowledged: its partition, and the offsets of its first and last record'
            cand -v 'Say at the end what was produced; at the prompt, say after each line where it went'
            cand --verbose 'Say at the end what was produced; at the prompt, say after each line where it went'
            cand -q 'Show neither prompt nor progress nor summary'
            cand --quiet 'Show neither prompt nor progress nor summary'
            cand --no-auto-create 'Refuse a topic that does not exist instead of creating it'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'mkafka;consume'= {
            cand -t 'The topics, in the form of Kafka''s tools; several with commas, or repeated'
            cand --topic 'The topics, in the form of Kafka''s tools; several with commas, or repeated'
            cand --include 'All topics whose whole name matches this regular expression, now and later; a comma means "or"'
            cand --whitelist 'All topics whose whole name matches this regular expression, now and later; a comma means "or"'
            cand -p 'Read only these partitions (a number, or several with commas) [default: all]'
            cand --partition 'Read only these partitions (a number, or several with commas) [default: all]'
            cand -o 'Begin at this offset: a number, earliest, latest, or -N for the last N of each partition'
            cand --offset 'Begin at this offset: a number, earliest, latest, or -N for the last N of each partition'
            cand -c 'Stop after so many records'
            cand --max-messages 'Stop after so many records'
            cand --timeout-ms 'Stop when no record has come for so many milliseconds'
            cand -g 'Take part in this consumer group: its members share the partitions, and it goes on where it left off'
            cand --group 'Take part in this consumer group: its members share the partitions, and it goes on where it left off'
            cand --partition-assignment-strategy 'How the group''s partitions are assigned: range, roundrobin or cooperative-sticky; several with commas, best first, to agree on one with the other members'
            cand --delivery 'When offsets are committed: after the records were written out, or before'
            cand --commit-interval-ms 'Milliseconds between two commits'
            cand --consumer-property 'Set a consumer config by Kafka''s name; may be repeated'
            cand --checkpoint 'Keep the positions in this JSON file instead of a group: read at the start, replaced after the output'
            cand --exec 'Instead of printing records, hand them to this shell command''s standard input, batch by batch'
            cand --exec-batch 'Records for one run of the command, at the most; it is run with less when there is no more to read'
            cand --retries 'How often a command that failed is run again, after 100 ms, 200 ms, 400 ms and so on, up to 10 s'
            cand --dead-letter 'Where the records go for which the command keeps failing'
            cand --output 'How records are written'
            cand --property 'Which columns --output text has, and what stands between them; may be repeated'
            cand --formatter-property 'Which columns --output text has, and what stands between them; may be repeated'
            cand --data-dir 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]'
            cand --color 'When to use colours'
            cand --from-beginning 'Begin at the earliest record'
            cand -e 'Stop at what was the end of the topic when reading began, instead of following it'
            cand --exit-at-end 'Stop at what was the end of the topic when reading began, instead of following it'
            cand -q 'Do not say how many records there were'
            cand --quiet 'Do not say how many records there were'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'mkafka;dump-log-segments'= {
            cand --files 'Files to dump, separated by commas, in the form of Kafka''s tool; may be given several times'
            cand --max-message-size 'The largest message, in bytes, that an index entry may lead to'
            cand --max-bytes 'Look only at so many bytes of a .log, from its beginning'
            cand --data-dir 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]'
            cand --color 'When to use colours'
            cand --print-data-log 'Print every record with its key and payload'
            cand --deep-iteration 'Print every record, not just the batches they are in'
            cand --skip-record-metadata 'Of records print only key and payload'
            cand --index-sanity-check 'Only make the check of an index that a broker makes when it starts'
            cand --verify-index-only 'Check indexes against their logs without printing the entries'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'mkafka;completions'= {
            cand --data-dir 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]'
            cand --color 'When to use colours'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
    ]
    $completions[$command]
}
