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
    folders = [os.path.join(work, f"growth-{count}") for count in counts]
    per_record = [per_record_at(args, work, data, count) for data, count in zip(folders, counts)]
    for name in per_record[0]:
        yield row(name, "ns a record", [figures[name] for figures in per_record],
                  "a straight line: within 1.5 times a record")
    for name, figures in once(args, folders).items():
        yield row(name, "ms", figures, "no growth: within 1.5 times")
    for data in folders:
        measure.shell(f"rm -rf {data}")


def row(name, unit, figures, mark_text):
    said = " / ".join(f"{figure:.2f}" for figure in figures)
    return Row(f"{name}: {said} {unit} at 1/10/100 times the data", [figures[-1]], "10 times", [figures[-2]],
               unit=unit, mark=1.5, mark_text=mark_text)


def per_record_at(args, work, data, count):
    """Nanoseconds a record of each job with `count` lines, which are in folder `data` afterwards."""
    file = os.path.join(work, "growth-lines")
    make_lines(file, count, 100)
    mkafka = f"{args.mkafka} --data-dir {data}"
    jobs = {
        "produce": f"{mkafka} produce bench --quiet < {file}",
        "consume": f"{mkafka} consume bench --from-beginning -e --quiet > /dev/null",
        "dump-log-segments --print-data-log":
            f"{mkafka} dump-log-segments --print-data-log {data}/bench-0/*.log > /dev/null",
    }
    seconds = {name: [] for name in jobs}
    for _ in range(args.runs):
        measure.shell(f"rm -rf {data} && {mkafka} topics create bench > /dev/null")
        for name, command in jobs.items():
            seconds[name].append(measure.timed(command)[0])
    os.remove(file)
    return {name: statistics.median(times) / count * 1e9 for name, times in seconds.items()}


def once(args, folders):
    """Milliseconds of what is done once, with as much data as is in each of the folders: these take turns, so that
    whatever else the machine does hits all."""
    jobs = {
        "one record more": (["produce", "bench", "--quiet"], b"one more\n"),
        "topics list": (["topics", "list"], b""),
        "joining a group, to its first record": (["consume", "bench", "--from-beginning", "--group", "g{}", "-c", "1",
                                                  "--quiet"], b""),
    }
    times = {name: [[] for _ in folders] for name in jobs}
    for number in range(args.runs * 5):
        for name, (command, stdin) in jobs.items():
            command = [part.replace("{}", str(number)) for part in command]
            for data, of_folder in zip(folders, times[name]):
                of_folder += measure.each_cold(1, [args.mkafka, "--data-dir", data, *command], stdin)
    return {name: [statistics.median(figures) * 1000 for figures in each] for name, each in times.items()}
