"""Small amounts: how soon a record is printed, and what one process costs."""
import os
import subprocess
import time

from . import measure
from .measure import Row


def rows(args, work):
    data = os.path.join(work, "latency")
    mkafka = [args.mkafka, "--data-dir", data]
    for topic in ("pipe", "cold"):
        subprocess.run([*mkafka, "topics", "create", topic], check=True, stdout=subprocess.DEVNULL)
    yield from append_to_print(mkafka)
    yield cold(args, mkafka)


def append_to_print(mkafka, records=2000):
    """A line into a producer that runs; the time until a consumer that runs has printed it, both in pipes."""
    producer = subprocess.Popen([*mkafka, "produce", "pipe", "--quiet"], stdin=subprocess.PIPE)
    consumer = subprocess.Popen([*mkafka, "consume", "pipe", "--quiet"], stdout=subprocess.PIPE)
    into, out = producer.stdin.fileno(), consumer.stdout.fileno()
    time.sleep(0.5)
    times = []
    for number in range(records):
        line = b"%d\n" % number
        begin = time.perf_counter()
        os.write(into, line)
        assert os.read(out, 4096) == line
        times.append((time.perf_counter() - begin) * 1e6)
        time.sleep(0.002)
    times.sort()
    time.sleep(0.5)
    used = processor_ms(consumer.pid)
    time.sleep(3)
    idle = processor_ms(consumer.pid) - used
    producer.stdin.close()
    producer.wait()
    consumer.terminate()
    consumer.wait()
    yield Row("a line into produce, out of consume: half of them", [times[len(times) // 2]], unit="µs", mark=200,
              mark_text="under 200 µs")
    yield Row("the same: 99 of 100", [times[len(times) * 99 // 100]], unit="µs", mark=2000, mark_text="under 2 ms")
    yield Row("an idle consumer, 3 s", [idle], unit="ms of processor time", mark=0,
              mark_text="none")


def processor_ms(pid):
    """To the nanosecond, of all threads."""
    used = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/schedstat") as stat:
            used += int(stat.read().split()[0])
    return used / 1e6


def cold(args, mkafka, tries=100):
    """A process for one record, and one that does nothing."""
    ours, peers = [], []
    for _ in range(tries):
        peers += measure.each_cold(1, ["/bin/true"])
        ours += measure.each_cold(1, [*mkafka, "produce", "cold", "--quiet"], b"one record\n")
    row = Row("produce of one record, the whole process", [t * 1000 for t in ours], "/bin/true",
              [t * 1000 for t in peers], unit="ms", mark=3.0, mark_text="under 3 ms more")
    row.measured = row.median - row.peer_median
    return row
