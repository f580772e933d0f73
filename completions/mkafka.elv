
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
            cand topics 'Create, list, describe, change and delete topics'
            cand configs 'Show and change the configurations of topics'
            cand produce 'Append records to a topic, one a line of the input'
            cand consume 'Print the records of a topic, and go on printing them as they are appended'
            cand count 'Count the records of a topic'
            cand wait 'Wait until a topic exists, or a partition has reached an offset'
            cand clean 'Delete and compact old records as the topics'' configurations ask for'
            cand verify 'Read everything and check it: checksums, records, offsets, indexes, checkpoints'
            cand export 'Copy a topic out of the data directory, to be carried elsewhere'
            cand import 'Take in a topic that was exported'
            cand ps 'Show which processes use the data directory: who holds which lock, and who has which partition open'
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
            cand alter 'Give a topic more partitions'
            cand delete 'Delete topics with all their records'
            cand offsets 'Show offsets of partitions: the end, the start, or by time'
            cand delete-records 'Delete the records of a partition that come before an offset'
            cand stats 'Show what is in a topic: how much over time, sizes, keys and how even the partitions are'
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
        &'mkafka;topics;alter'= {
            cand -t 'The topic, in the form of Kafka''s tools'
            cand --topic 'The topic, in the form of Kafka''s tools'
            cand --partitions 'How many partitions the topic is to have in all'
            cand --data-dir 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]'
            cand --color 'When to use colours'
            cand --if-exists 'Do not fail when there is no such topic'
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
        &'mkafka;topics;offsets'= {
            cand -t 'The topics, with commas between them, in the form of Kafka''s tools'
            cand --topic 'The topics, with commas between them, in the form of Kafka''s tools'
            cand --partitions 'Only these partitions, with commas between them'
            cand --time 'Which offset: latest (-1), earliest (-2), max-timestamp (-3), or that of the first record whose timestamp is not before this many milliseconds since 1970'
            cand --output 'The form of the output'
            cand --data-dir 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]'
            cand --color 'When to use colours'
            cand --exclude-internal-topics 'Leave out the topics that Kafka keeps for itself'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'mkafka;topics;delete-records'= {
            cand -t 'The topic, in the form of Kafka''s tools'
            cand --topic 'The topic, in the form of Kafka''s tools'
            cand --partition 'The partition; all when none is given'
            cand --offset 'The first offset that is kept; -1 is the log end'
            cand --offset-json-file 'A file of partitions and offsets: {"partitions":[{"topic":"t","partition":0,"offset":3}],"version":1}'
            cand --data-dir 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]'
            cand --color 'When to use colours'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'mkafka;topics;stats'= {
            cand -t 'The topic, in the form of Kafka''s tools'
            cand --topic 'The topic, in the form of Kafka''s tools'
            cand --keys 'How many of the largest keys to show'
            cand --output 'The form of the output'
            cand --data-dir 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]'
            cand --color 'When to use colours'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'mkafka;configs'= {
            cand --data-dir 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]'
            cand --color 'When to use colours'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand describe 'Show what a topic sets itself, or what all topics do'
            cand alter 'Set configurations of a topic, or go back to their defaults'
        }
        &'mkafka;configs;describe'= {
            cand -t 'The topic, in the form of Kafka''s tools'
            cand --topic 'The topic, in the form of Kafka''s tools'
            cand --entity-name 'The topic, in kafka-configs'' other form'
            cand --entity-type 'What the name is one of: topics'
            cand --output 'The form of the output'
            cand --data-dir 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]'
            cand --color 'When to use colours'
            cand --all 'Show the defaults of what is not set too'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'mkafka;configs;alter'= {
            cand -t 'The topic, in the form of Kafka''s tools'
            cand --topic 'The topic, in the form of Kafka''s tools'
            cand --entity-name 'The topic, in kafka-configs'' other form'
            cand --entity-type 'What the name is one of: topics'
            cand --add-config 'What to set: key=value, with commas between several; a value with commas stands in brackets'
            cand --add-config-file 'A file of what to set, a key=value on each line'
            cand --delete-config 'What is to have its default again, with commas between several'
            cand --data-dir 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]'
            cand --color 'When to use colours'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'mkafka;produce'= {
            cand -t 'The topic, in the form of Kafka''s tools'
            cand --topic 'The topic, in the form of Kafka''s tools'
            cand -l 'Read this file instead of standard input; several are read one after the other'
            cand --file 'Read this file instead of standard input; several are read one after the other'
            cand -p 'Put every record into this partition'
            cand --partition 'Put every record into this partition'
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
            cand --property 'How a line is split into headers, key and value; may be repeated'
            cand --reader-property 'How a line is split into headers, key and value; may be repeated'
            cand --producer-property 'Set a producer config by Kafka''s name: acks, batch.size, buffer.memory, compression.type, linger.ms; may be repeated'
            cand --data-dir 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]'
            cand --color 'When to use colours'
            cand --sync 'Append every record by itself, in a batch of its own'
            cand --no-auto-create 'Refuse a topic that does not exist instead of creating it'
            cand --print-offsets 'Print TOPIC:PARTITION:FIRST:LAST to standard output for each batch, once it is acknowledged: its partition, and the offsets of its first and last record'
            cand -q 'Show neither progress nor prompt'
            cand --quiet 'Show neither progress nor prompt'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'mkafka;consume'= {
            cand -t 'The topic, in the form of Kafka''s tools'
            cand --topic 'The topic, in the form of Kafka''s tools'
            cand -p 'Read only these partitions (a number, or several with commas) [default: all]'
            cand --partition 'Read only these partitions (a number, or several with commas) [default: all]'
            cand -o 'Begin at this offset: a number, earliest, latest, or -N for the last N of each partition'
            cand --offset 'Begin at this offset: a number, earliest, latest, or -N for the last N of each partition'
            cand -c 'Stop after so many records'
            cand --max-messages 'Stop after so many records'
            cand --timeout-ms 'Stop when no record has come for so many milliseconds'
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
        &'mkafka;count'= {
            cand -t 'The topic, in the form of Kafka''s tools'
            cand --topic 'The topic, in the form of Kafka''s tools'
            cand --partition 'Only this partition'
            cand --isolation-level 'Whether records of transactions count that were aborted or are still open'
            cand --output 'The form of the output'
            cand --data-dir 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]'
            cand --color 'When to use colours'
            cand --by-partition 'A line topic:partition:count for each partition'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'mkafka;wait'= {
            cand -t 'The topic, in the form of Kafka''s tools'
            cand --topic 'The topic, in the form of Kafka''s tools'
            cand --offset 'The log end offset that is to be reached'
            cand --more 'How many records are to be appended from now on'
            cand --partition 'Which partition is meant; may be left out where there is one, and with --more means all'
            cand --timeout-ms 'Give up after so long; 0 only looks once [default: never]'
            cand --data-dir 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]'
            cand --color 'When to use colours'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'mkafka;clean'= {
            cand -t 'The topics, with commas between them, in the form of Kafka''s tools'
            cand --topic 'The topics, with commas between them, in the form of Kafka''s tools'
            cand --output 'The form of the output'
            cand --data-dir 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]'
            cand --color 'When to use colours'
            cand --dry-run 'Only tell what would be freed, and change nothing'
            cand --force 'Compact even what is not dirty enough for it'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'mkafka;verify'= {
            cand -t 'The topics, with commas between them, in the form of Kafka''s tools'
            cand --topic 'The topics, with commas between them, in the form of Kafka''s tools'
            cand --output 'The form of the output'
            cand --data-dir 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]'
            cand --color 'When to use colours'
            cand --repair 'Mend what can be mended'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'mkafka;export'= {
            cand --data-dir 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]'
            cand --color 'When to use colours'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'mkafka;import'= {
            cand --as 'The name that the topic is to have [default: the one it had]'
            cand --data-dir 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]'
            cand --color 'When to use colours'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'mkafka;ps'= {
            cand -t 'The topics, with commas between them, in the form of Kafka''s tools'
            cand --topic 'The topics, with commas between them, in the form of Kafka''s tools'
            cand --output 'The form of the output'
            cand --data-dir 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]'
            cand --color 'When to use colours'
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
