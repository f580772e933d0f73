"""Many partitions, many segments, much data: what must not cost more for that."""
import glob
import os
import re
import shutil
import subprocess
import zlib

from . import measure
from .measure import Row, compare
from .throughput import make_lines


def rows(args, work):
    yield from many_partitions(args, os.path.join(work, "topics"))
    data = os.path.join(work, "large")
    yield from many_segments(args, work, data)
    yield from much_data(args, work, data)
    shutil.rmtree(data)


def many_partitions(args, data, topics=100, partitions=100):
    mkafka = f"{args.mkafka} --data-dir {data}"
    for number in range(topics):
        measure.shell(f"{mkafka} topics create topic-{number} --partitions {partitions} > /dev/null")
    what = f"{topics * partitions:,} partitions"
    for name, command in (("topics list", "list"), ("topics describe", "describe")):
        yield compare(args.runs, f"{name}, {what}", f"{mkafka} topics {command} > /dev/null", "ls -R",
                      f"ls -R {data} > /dev/null", program=args.mkafka, mark=3.0, mark_text="within 3 times")
    shutil.rmtree(data)


def one_more(args, data):
    """Milliseconds of a process that opens the partition and appends one record."""
    command = [args.mkafka, "--data-dir", data, "produce", "bench", "--quiet"]
    measure.each_cold(1, command, b"one more\n")
    os.sync()
    return [t * 1000 for t in measure.each_cold(args.runs * 5, command, b"one more\n")]


def pretend_reboot(lock):
    """Writes another boot's id into a partition's note (src/log/tail.rs), as if the machine had been started
    again since the last append."""
    with open(lock, "r+b") as note:
        content = bytearray(note.read())
        content[-40:-4] = b"x" * 36
        content[-4:] = zlib.crc32(content[:-4]).to_bytes(4, "big")
        note.seek(0)
        note.write(content)


def after_reboot(args, data):
    os.sync()
    pretend_reboot(f"{data}/bench-0/.lock")
    command = [args.mkafka, "--data-dir", data, "produce", "bench", "--quiet"]
    return [t * 1000 for t in measure.each_cold(1, command, b"one more\n")]


def many_segments(args, work, data):
    mkafka = f"{args.mkafka} --data-dir {data}"
    measure.shell(f"rm -rf {data} && {mkafka} topics create bench --config segment.bytes=20000 > /dev/null")
    file = os.path.join(work, "large-lines")
    make_lines(file, 2000, 9000)
    # Two records a segment.
    measure.shell(f"{mkafka} produce bench --batch-size 1 --quiet < {file}")
    count = len(glob.glob(f"{data}/bench-0/*.log"))
    yield Row(f"one record more, {count:,} segments", one_more(args, data), unit="ms")
    yield Row("the same, the first after a reboot", after_reboot(args, data), unit="ms")


def reads_of(*command):
    """How often a command reads: read and pread, as strace counts them; None without strace."""
    try:
        done = subprocess.run(["strace", "-f", "-c", "-e", "trace=read,pread64", *command], capture_output=True, text=True)
    except OSError:
        return None
    # "% time", "seconds", "usecs/call", "calls", "errors" where there are any, "syscall"
    lines = [line.split() for line in done.stderr.splitlines()]
    return sum(int(columns[3]) for columns in lines if columns and columns[-1] in ("read", "pread64"))


def much_data(args, work, data):
    mkafka = f"{args.mkafka} --data-dir {data}"
    file = os.path.join(work, "large-lines")
    make_lines(file, 5_000_000, 100)
    copies = args.large // 500_000_000
    small = f"{data}-small"
    for folder, much in ((data, copies), (small, 1)):
        measure.shell(f"rm -rf {folder} && {args.mkafka} --data-dir {folder} topics create bench > /dev/null")
        into = f"{args.mkafka} --data-dir {folder} produce bench --quiet"
        source = f"for i in $(seq {much}); do cat {file}; done" if much > 1 else f"head -n 1000 {file}"
        measure.shell(f"{source} | {into}")
    logs = glob.glob(f"{data}/bench-0/*.log")
    what = f"{sum(map(os.path.getsize, logs)) / 1e9:.1f} GB in {len(logs)} segments"
    yield Row(f"one record more, {what}", one_more(args, data), unit="ms")
    yield Row("the same, the first after a reboot", after_reboot(args, data), unit="ms")
    describe = subprocess.run([args.mkafka, "--data-dir", data, "topics", "offsets", "bench"], capture_output=True,
                              text=True, check=True).stdout
    end = int(re.search(r"(\d+)\s*$", describe.strip().split("\n")[-1])[1])
    middle = int(end * 0.618)
    found = subprocess.run([args.mkafka, "--data-dir", data, "consume", "bench", "--offset", str(middle), "-c", "1",
                            "--quiet", "--output", "json"], capture_output=True, text=True, check=True).stdout
    time = re.search(r'"timestamp":(\d+)', found)[1]
    for name, seek in (("offset", ["--offset"]), ("timestamp", ["--from-timestamp"])):
        where = {"offset": (str(middle), "618"), "timestamp": (time, "0")}[name]
        commands = [[args.mkafka, "--data-dir", folder, "consume", "bench", *seek, at, "-c", "1", "--quiet"]
                    for folder, at in zip((data, small), where)]
        ours, peers = [], []
        for _ in range(args.runs * 10):
            ours += measure.each_cold(1, commands[0])
            peers += measure.each_cold(1, commands[1])
        row = Row(f"one record by its {name}, {what}", [t * 1000 for t in ours], "of 1,000 records",
                  [t * 1000 for t in peers], unit="ms", mark=1.0, mark_text="under 1 ms more")
        row.measured = row.median - row.peer_median
        reads = [reads_of(*command) for command in commands]
        if None not in reads:
            row.job += f" ({reads[0]} reads, against {reads[1]})"
        yield row
    shutil.rmtree(small)
    os.remove(file)
