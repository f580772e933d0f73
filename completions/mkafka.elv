
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
            cand produce 'Append records to a topic, one a line of the input'
            cand consume 'Print the records of a topic, and go on printing them as they are appended'
            cand dump-log-segments 'Print what is in the files that a broker leaves behind'
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
        &'mkafka;dump-log-segments'= {
            cand --files 'Files to dump, separated by commas, in the form of Kafka''s tool; may be given several times'
            cand --output 'The form of the output'
            cand --salvage 'Write what is good of each .log to a new segment in this folder, with new indexes'
            cand --offset 'Only these offsets: A..B, from A up to but not including B, either left out; or one'
            cand --timestamp 'Only timestamps from A up to but not including B: times in RFC 3339, milliseconds since 1970, or how long ago, such as 15m..'
            cand --key 'Only records with this key'
            cand --producer-id 'Only batches, aborted transactions and snapshot entries of this producer'
            cand --limit 'End after so many records; batches, where no records are printed, and entries count too'
            cand --key-decoder-class 'How keys are read: string, integer, long, short, float, double, uuid, boolean, bytes, void, list<...>, or the name of Kafka''s class for it'
            cand --value-decoder-class 'How payloads are read, as for keys'
            cand --max-message-size 'The largest message, in bytes, that an index entry may lead to'
            cand --max-bytes 'Look only at so many bytes of a .log, from its beginning'
            cand --data-dir 'The data directory, which holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]'
            cand --color 'When to use colours'
            cand --print-data-log 'Print every record with its key and payload'
            cand --deep-iteration 'Print every record, not just the batches they are in'
            cand --skip-record-metadata 'Of records print only key and payload'
            cand --summary 'Print one line for each file: what is in it, and how many faults'
            cand --follow 'Go on as the logs grow, also into the segments that follow, until interrupted'
            cand --only-control 'Only control records: the markers of transactions, and those of KRaft'
            cand --offsets-decoder 'Read records as those of __consumer_offsets'
            cand --transaction-log-decoder 'Read records as those of __transaction_state'
            cand --cluster-metadata-decoder 'Read records as those of __cluster_metadata'
            cand --remote-log-metadata-decoder 'Read records as those of __remote_log_metadata'
            cand --share-group-state-decoder 'Read records as those of __share_group_state'
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
