//! mkafka: Kafka-style logs for the shell, straight on Apache Kafka's own files.
//!
//! This is the map of the house. The library is there for the program in `main.rs` and for its tests; what
//! others may rely on is the command line and the files.
//!
//! # Layers
//!
//! A module uses those behind it in the arrows below, never one before it. `tests/tidy.rs` holds every `use`
//! to that.
//!
//! ```text
//! main                            parses, runs, exits
//!  └─ commands                    one file a subcommand: arguments in, work done, text out
//!      ├─ cli                     which arguments there are; nothing is done there
//!      ├─ output                  what is printed; knows what there is to print, and cli's colours
//!      ├─ input                   records out of lines, JSON, format strings; uses record
//!      ├─ producer, consumer      Kafka's clients, over the partitions that they are given
//!      ├─ group                   consumer groups: who gets which partitions
//!      ├─ store                   the data directory: topics, their configs and ids
//!      ├─ dump                    files in whatever state they are, described instead of refused
//!      └─ log                     one partition: segments, indexes, append, read, recovery
//!          ├─ fs                  files and locks
//!          └─ record              bytes of batches, without any file
//!
//! record, fs  ←  log  ←  store, dump, producer, consumer, group  ←  output  ←  commands
//! record      ←  input  ←  commands;    cli  ←  output, commands
//! spelling (what is typed wrong)  ←  cli, record, store, consumer, group, input, output
//! format_string  ←  input, output
//! ```
//!
//! Errors of the engine are types that say what went wrong and where. `commands` turns them into one line
//! and an exit status. Nothing but `output` prints.
//!
//! # Where is …
//!
//! | what | where |
//! | --- | --- |
//! | a batch encoded | [`record::BatchBuilder::finish`]; its header in [`record::header`] |
//! | a batch checked and decoded | [`record::Batch`], [`record::RecordDecoder`] |
//! | a codec | [`record::compression`] |
//! | a lock taken | [`fs::FileLock`], by [`log::LogAppender`] to append and by `store::topic_admin` to create and delete topics |
//! | an offset given out | [`log::LogAppender::append`], under the partition's lock |
//! | a segment rolled | `log::active` (`should_roll`) |
//! | an index entry decided | `log::index_rules` |
//! | a torn tail cut, an index rebuilt | `log::recovery`, the only code that cuts a log |
//! | a partition compacted | [`log::LogCleaner`], with a lock of its own; segments change places in `log::swap` |
//! | old segments deleted | [`log::retention`]; while producing by `producer::upkeep`, on demand by [`commands::clean`] |
//! | everything checked, and mended | [`log::verify`], [`log::repair`] |
//! | a topic altered, its records deleted up to an offset | `store::topic_alter`, `store::log_start` |
//! | a topic told from another that had its name | [`store::TopicIdentity`] |
//! | a topic carried elsewhere | [`store::transfer`] |
//! | a tail left unread until it is whole | [`log::LogReader`] |
//! | damage described and passed over | [`dump::LogWalk`]; what is good written to a new segment: [`dump::Salvage`] |
//! | a record of Kafka's own topics made out | the tables of [`record::message`], by [`dump::MessageDecoder`] |
//! | data put on the disk | [`log::Durability`], and `producer::sync_round` for many batches at once; files and folders in [`fs`] |
//! | a small file replaced, all of it or nothing | `fs` (`write_atomically`) |
//! | records collected into batches | `producer::accumulator`; what becomes of those, `producer::dispatch` |
//! | files closed where partitions are more than may be open | `producer::sender` (`open_logs`), [`log::LogReader::let_files_go`]; how many may be, `fs::file` |
//! | a large input sent by several threads at a time | `producer::pieces`, of [`input::Piece`]s; by how many, `producer::share` |
//! | a batch compressed and appended by other threads | `producer::pipeline` |
//! | a topic created or deleted | `store::topic_admin`: [`store::WritableDataDir::create_topic`] |
//! | what topics there are | [`store::Listing`]; a broker's folders count too |
//! | a topic's configs, their ranges and defaults | [`store::config_table`] |
//! | a record's partition chosen | [`producer::partitioner`] |
//! | a partition assigned to a member of a group | [`group::assignor::assign`] |
//! | who is in a group, and who owns what | [`group::state`], under the group's lock |
//! | a member found dead or stuck | `group::presence` |
//! | an offset committed | [`group::GroupMember::commit`], into [`store::consumer_offsets`] |
//! | what groups there are, and how far they are | [`group::view`] |
//! | a group's offsets reset, and that taken back | [`commands::groups`], over `group::view` |
//! | a transaction begun and decided; what the dead left, ended | [`store::transactions`] |
//! | its markers and `.txnindex` entries written | [`log::transaction`] |
//! | a record made part of it | `producer::transaction` |
//! | a transaction open, as the batches of a log tell | [`log::OpenTransactions`] |
//! | what became of it, for `read_committed`; the last stable offset | `consumer::transactions` |
//! | topics, partitions and groups chosen, by name or pattern | `commands::select` |
//! | somebody asked before something is destroyed | `commands::consent` |
//! | an offset found for a time | [`log::time_search`] |
//! | waiting for a log to grow | [`consumer::Waiter`] |
//! | a line split into headers, key and value | [`input::LineFormat`] |
//! | an offset or a range as it is typed | [`cli::positions`]; what it means for each partition, `commands::consume` (`range`) |
//! | a form of input | [`input::RecordReader`]; text as Kafka's bytes in [`input::serializer`] |
//! | a verb of a format string | [`format_string`] |
//! | a producer config of Kafka | `commands::produce` (`config`) |
//! | an argument defined | [`cli`], and nowhere else: manual pages and completions are made from it |
//! | how fast it goes | `commands::perf`; what it measures of producing and consuming stands beside these |
//! | a command line refused in one line | [`cli::refusal`]; a name or pattern typed wrong: [`spelling`] |
//! | text printed | [`output`]: [`output::Ui`] for lines, [`output::record`] for records |
//! | the exit status decided | [`commands::run`] |
//!
//! # Where the operating system shows
//!
//! Any Unix will do; Linux is what is tested. Each thing that systems have in different ways is named in one
//! module, and `tests/tidy.rs` holds it to that:
//!
//! | what | where | without it |
//! | --- | --- | --- |
//! | flock | `fs::lock` | locks that a broker holds (fcntl) are seen in the same file |
//! | fallocate | `fs::file` | Linux alone takes room before it is needed; others do nothing |
//! | the kind of file system | `fs::system` | logs that wait to grow are looked at once a second as well |
//! | the size of a pipe | `fs::pipe` | pipes stay as they are |
//! | /proc | `fs::processes` | `mkafka ps` says that it cannot tell; boots are not told apart; SIGHUP ends the process at once |
//! | inotify, or what `notify` has | `consumer::notifier` | files are looked at every few milliseconds |
//! | signals | `commands::interrupt` | |
//! | poll | `input::ready`, `output::data`, `consumer::wait` | |
//! | a terminal's state | `output::prompt` | |
//! | the clock that no one sets | `group::presence` | |
//!
//! # The ways through
//!
//! **produce.** [`commands::produce`] reads records with [`input::RecordReader`] and hands each to a
//! [`producer::Producer`], which picks the partition and adds it to that partition's
//! [`record::BatchBuilder`]. When the batch is full, or the input pauses, it is encoded, compressed and
//! summed; only then does [`log::LogAppender`] take the lock, look at what others have appended, patch in
//! the offset, roll if it must, write, and add the index entries that are due. Lines that go on filling batches are
//! sent in pieces by several threads, each of which reads, collects and appends (`producer::pieces`); any other input
//! that does so gets threads that compress and append (`producer::pipeline`). With `acks=all` the data is synced behind
//! the appends, in rounds (`producer::sync_round`), and acknowledged then.
//!
//! **produce --transaction.** Before its first batch goes to a partition, a [`store::Transaction`] notes that
//! partition in a file of its own, on the disk; the batches carry its producer id. At the end of the input all of
//! them are put on the disk, then the decision is noted in that file, then each partition gets its marker, and the
//! file goes. The producer holds a lock meanwhile: once that is free, whoever comes next ends what the file tells of
//! (`commands::dead_transactions`).
//!
//! **consume.** [`commands::consume`] opens the directory with [`store::DataDir`] and gives the partitions
//! to a [`consumer::Consumer`]. It asks one [`log::LogReader`] after the other for a batch; that finds its
//! place through the offset index, and takes no lock. [`output::record`] writes each record into the buffer
//! of [`output::data`], which is flushed when the consumer has caught up and waits in [`consumer::Waiter`].
//!
//! **consume --group.** A [`group::GroupMember`] says which partitions the consumer reads. It holds a lock that
//! the kernel drops when its process dies, and the others are woken by the notification of that file being
//! closed. Each change of the group, and each commit, is one step under the group's lock. What is read is held
//! back until it can be written and accounted for; a member that the others have taken out writes no more of it.
//!
//! **dump.** [`commands::dump_log_segments`] goes past store and clients: it needs no data directory, only the
//! files that it is given. [`dump::FileKind`] tells what a file is; [`dump::LogWalk`] takes a segment batch by
//! batch from the same [`log::BatchReader`] that reads and mends logs, and goes on behind damage;
//! [`output::dump`] writes what is found in Kafka's words, or as JSON; every fault counts for the exit status.

#[cfg(not(unix))]
compile_error!("mkafka needs a Unix: its locks between processes are flock's, and it waits with poll");

pub mod cli;
pub mod commands;
pub mod consumer;
pub mod dump;
pub mod format_string;
pub mod fs;
pub mod group;
pub mod input;
pub mod log;
pub mod output;
pub mod producer;
pub mod record;
pub mod spelling;
pub mod store;
