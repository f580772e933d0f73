"""Large amounts: each job against a tool that moves the same bytes."""
import os
import shutil

from . import measure
from .measure import Row, compare

BYTES = 500_000_000


def make_lines(path, count, length):
    """Lines that differ, and are the same every time: a number, and text that moves along."""
    text = "".join(chr(33 + (i * i * 7 + i * 13) % 90) for i in range(1024))
    text *= length // 1024 + 2
    with open(path, "w", buffering=1 << 20) as out:
        for i in range(count):
            at = (i * 31) & 1023
            out.write(f"{i:010d} {text[at:at + length - 12]}\n")
    assert os.path.getsize(path) == count * length


class Setting:
    """Where the jobs work, and how the program is called."""

    def __init__(self, args, work, length):
        self.args = args
        self.length = length
        self.count = args.bytes // length
        self.work = work
        self.file, self.copy, self.data = (os.path.join(work, name) for name in ("lines", "copy", "data"))
        self.mkafka = f"{args.mkafka} --data-dir {self.data}"
        self.produce = f"{self.mkafka} produce bench --quiet"
        self.no_copy = f"rm -f {self.copy}"
        make_lines(self.file, self.count, length)

    def fresh(self, *options):
        """A command that makes an empty topic."""
        options = " ".join(options)
        return f"rm -rf {self.data} && {self.mkafka} topics create bench {options} > /dev/null"

    def name(self, job):
        return f"{job}, {self.length} B lines"

    def compare(self, job, ours, against, peer, **more):
        mark = more["mark"]
        more.setdefault("mark_text", f"within {mark} times")
        more.setdefault("before_peer", self.no_copy)
        more.setdefault("program", self.args.mkafka)
        return compare(self.args.runs, self.name(job), ours, against, peer, records=self.count, cpu=True, **more)

    def check(self):
        """Fast and wrong would be easy."""
        consume = f"{self.mkafka} consume bench --from-beginning --exit-at-end --quiet"
        measure.shell(f"{consume} | cmp - {self.file}")


def rows(args, work):
    for length in (100, 1000):
        s = Setting(args, work, length)
        file, copy, data = s.file, s.copy, s.data
        per_record = {"cpu_mark": 60} if length == 100 else {}
        yield s.compare("produce --acks 1 < FILE", f"{s.produce} --acks 1 < {file}", "cat FILE > COPY",
                        f"cat {file} > {copy}", before=f"{s.no_copy}; {s.fresh()}", mark=2.0, **per_record)
        s.check()
        yield s.compare("cat FILE | produce", f"cat {file} | {s.produce}", "cat FILE | cat > COPY",
                        f"cat {file} | cat > {copy}", before=f"{s.no_copy}; {s.fresh()}", mark=1.3)
        yield s.compare("produce --acks all < FILE", f"{s.produce} --acks all < {file}", "dd conv=fsync",
                        f"dd if={file} of={copy} bs=1M conv=fsync status=none",
                        before=f"{s.no_copy}; {s.fresh()}", mark=1.3)
        consume = f"{s.mkafka} consume bench --from-beginning --exit-at-end --quiet"
        yield s.compare("consume --from-beginning --exit-at-end > /dev/null", f"{consume} > /dev/null",
                        "cat *.log > COPY", f"cat {data}/bench-0/*.log > {copy}", before=s.no_copy, mark=2.0)
        yield s.compare("consume … | cat > /dev/null", f"{consume} | cat > /dev/null", "cat *.log | cat > /dev/null",
                        f"cat {data}/bench-0/*.log | cat > /dev/null", mark=None, mark_text="")
        if length == 100:
            yield dump(s)
        for job, codec, peer in (
            ("zstd, level 1", "zstd --producer-property compression.zstd.level=1", f"zstd -T0 -1 -q {file} -o {copy}"),
            ("zstd, Kafka's level 3", "zstd", f"zstd -T0 -3 -q {file} -o {copy}"),
            ("lz4", "lz4", f"lz4 -1 -q {file} {copy}"),
        ):
            yield s.compare(f"produce {job} < FILE", f"{s.produce} --compression-codec {codec} < {file}",
                            f"{' '.join(peer.split()[:3 if 'zstd' in peer else 2])} FILE", peer,
                            before=f"{s.no_copy}; {s.fresh()}", mark=1.3)
            s.check()
        keyed = "--property parse.key=true --property key.separator=' '"
        other = f"{s.mkafka}-other"
        yield s.compare("keyed produce, 8 partitions", f"{s.produce} {keyed} < {file}", "unkeyed, 1 partition",
                        f"{other} produce bench --quiet < {file}", before=s.fresh("--partitions 8"),
                        before_peer=f"rm -rf {data} {data}-other; {other} topics create bench > /dev/null", mark=1.5)
        shutil.rmtree(f"{data}-other")
        if length == 100:
            yield from eight_producers(s)


def dump(s):
    """Kafka's own tool took 11 s for these records on a machine like this; a twentieth of that is the mark."""
    command = f"{s.args.mkafka} dump-log-segments --print-data-log {s.data}/bench-0/*.log > /dev/null"
    row = Row(s.name("dump-log-segments --print-data-log"), [], mark=0.55 * s.args.bytes / BYTES,
              mark_text="under 0.55 s", records=s.count)
    row.peak_mib = measure.peak_memory_of(command, s.args.mkafka)
    for _ in range(s.args.runs):
        seconds, processors = measure.timed(command)
        row.ours.append(seconds)
        row.cpu.append(processors)
    return row


def eight_producers(s):
    """Against one that produces as much: an eighth of the file each, of which a good part goes by with seven more starts,
    and all of it each. That would fill the memory, were the log not kept short."""
    kept = "--config segment.bytes=33554432 --config retention.bytes=67108864 --config file.delete.delay.ms=0"
    parts = parts_of(s, 8)
    for each, files, times, options in (("an eighth", parts, 1, ""), ("all of it", [s.file] * 8, 8, kept)):
        job = f"8 producers of {each} each, 1 partition" + (" that is kept at 64 MiB" if options else "")
        all_at_once = " & ".join(f"{s.produce} < {file}" for file in files)
        row = s.compare(job, f"({all_at_once} & wait)", "1 producer" + (f" of it {times} times" if options else ""),
                        s.produce + f" --file {s.file}" * times,
                        before=s.fresh(options), before_peer=s.fresh(options), mark=1.0, mark_text="at least as fast")
        row.records = s.count * times
        end = measure.output("bash", "-c", f"{s.mkafka} topics offsets bench").rsplit(":", 1)[-1]
        assert int(end) == row.records, f"8 producers: {end} records of {row.records}"
        yield row
    for part in parts:
        os.remove(part)


def parts_of(s, count):
    """Files of as many of the lines each, written as the whole file was: out of pages that are written in small pieces
    the system reads more slowly."""
    paths = [f"{s.work}/part.{count}.{n}" for n in range(count)]
    with open(s.file, "rb") as lines:
        for n, path in enumerate(paths):
            left = (s.count * (n + 1) // count - s.count * n // count) * s.length
            with open(path, "wb", buffering=0) as out:
                while left > 0:
                    left -= out.write(lines.read(min(left, 1 << 20)))
    return paths
