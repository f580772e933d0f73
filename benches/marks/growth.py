"""The same jobs at 1, 10 and 100 times the data: what is done to each record grows with their number, and what is
done once does not."""
import os
import statistics

from . import measure
from .measure import Row
from .throughput import make_lines

LEAST = 50_000


def rows(args, work):
    most = args.bytes // 100
    counts = [max(most // 100, 1), max(most // 10, 1), most]
    jobs = {}
    for count in counts:
        for name, unit, figure in at(args, work, count):
            jobs.setdefault((name, unit), []).append(figure)
    for (name, unit), figures in jobs.items():
        said = " / ".join(f"{figure:.2f}" for figure in figures)
        row = Row(f"{name}: {said} {unit} at 1/10/100 times the data", [figures[-1]], "10 times", [figures[-2]],
                  unit=unit)
        if name in ("produce", "consume", "dump-log-segments --print-data-log"):
            row.mark, row.mark_text = 1.5, "a straight line: within 1.5 times a record"
        else:
            row.mark, row.mark_text = 1.5, "no growth: within 1.5 times"
        yield row


def at(args, work, count):
    """Name, unit and figure of each job with `count` lines."""
    file, data = os.path.join(work, "growth-lines"), os.path.join(work, "growth")
    make_lines(file, count, 100)
    mkafka = f"{args.mkafka} --data-dir {data}"
    produce, consume, dump = [], [], []
    for _ in range(args.runs):
        measure.shell(f"rm -rf {data} && {mkafka} topics create bench > /dev/null")
        produce.append(measure.timed(f"{mkafka} produce bench --quiet < {file}")[0])
        consume.append(measure.timed(f"{mkafka} consume bench --from-beginning -e --quiet > /dev/null")[0])
        dump.append(measure.timed(f"{mkafka} dump-log-segments --print-data-log {data}/bench-0/*.log > /dev/null")[0])
    for name, seconds in (("produce", produce), ("consume", consume), ("dump-log-segments --print-data-log", dump)):
        yield name, "ns a record", statistics.median(seconds) / count * 1e9
    base = [args.mkafka, "--data-dir", data]
    once = {
        "one record more": ([*base, "produce", "bench", "--quiet"], b"one more\n"),
        "topics list": ([*base, "topics", "list"], b""),
        "joining a group, to its first record": ([*base, "consume", "bench", "--from-beginning", "--group", "g{}",
                                                 "-c", "1", "--quiet"], b""),
    }
    for name, (command, stdin) in once.items():
        times = []
        for number in range(args.runs * 5):
            times += measure.each_cold(1, [part.replace("{}", str(number)) for part in command], stdin)
        yield name, "ms", statistics.median(times) * 1000
    measure.shell(f"rm -rf {data} {file}")
