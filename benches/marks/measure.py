"""How things are measured: by the clock, by the processors' time, by the memory that is resident at the most."""
import os
import resource
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field

MEMORY_MARK = 64  # MiB


@dataclass
class Row:
    """A line of the table. `ours` and `peers` are in `unit`, one for each run."""

    job: str
    ours: list
    against: str = ""
    peers: list = field(default_factory=list)
    unit: str = "s"
    # The most that the medians' ratio may be, or ours itself where there is no peer.
    mark: float | None = None
    mark_text: str = ""
    records: int = 0
    cpu: list = field(default_factory=list)
    # The most processor time of a record, in nanoseconds.
    cpu_mark: float | None = None
    peak_mib: float | None = None
    # What goes against the mark, where that is neither the ratio nor the figure.
    measured: float | None = None

    @property
    def median(self):
        return statistics.median(self.ours)

    @property
    def peer_median(self):
        return statistics.median(self.peers) if self.peers else None

    @property
    def ratio(self):
        return self.median / self.peer_median if self.peers else None

    @property
    def cpu_ns(self):
        return statistics.median(self.cpu) / self.records * 1e9 if self.cpu and self.records else None

    @property
    def missed(self):
        said = []
        figure = self.measured if self.measured is not None else self.ratio if self.peers else self.median
        if self.mark is not None and figure > self.mark:
            said.append(self.mark_text)
        if self.cpu_mark is not None and self.cpu_ns > self.cpu_mark:
            said.append(f"{self.cpu_mark:.0f} ns of processor time a record")
        if self.peak_mib is not None and self.peak_mib >= MEMORY_MARK:
            said.append(f"under {MEMORY_MARK} MiB")
        return said

    def as_json(self):
        row = {"job": self.job, "unit": self.unit, "median": self.median, "all": self.ours}
        if self.peers:
            row |= {"against": self.against, "against_median": self.peer_median, "against_all": self.peers}
            row["ratio"] = round(self.ratio, 3)
        for name in ("mark_text", "records", "cpu_ns", "peak_mib", "measured"):
            if getattr(self, name):
                row[name] = getattr(self, name)
        return row | {"missed": self.missed}


def shell(command):
    """Runs a shell command that must succeed."""
    if subprocess.run(["bash", "-c", command]).returncode != 0:
        sys.exit(f"benches/run: failed: {command}")


def output(*command):
    """The first line that a program prints; "unknown" where there is no such program."""
    try:
        done = subprocess.run(command, capture_output=True, text=True)
        return (done.stdout.strip() or done.stderr.strip()).split("\n")[0]
    except OSError:
        return "unknown"


def timed(command):
    """Runs a shell command; the seconds that took by the clock, and those of the processors."""
    # What earlier jobs left to be written to the disk must not be this one's burden.
    os.sync()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.perf_counter()
    shell(command)
    elapsed = time.perf_counter() - begin
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return elapsed, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def peak_memory_of(command, program):
    """Runs a shell command; the most resident memory of a process of it that runs `program`, in MiB.

    What wait4 tells of a child would not do: that includes this script's own memory, from before the program was
    begun.
    """
    running = subprocess.Popen(["bash", "-c", command])
    program = os.path.realpath(program)
    peak, found = 0, None
    while running.poll() is None:
        found = found if found and os.path.exists(f"/proc/{found}") else pid_of(program)
        try:
            with open(f"/proc/{found}/status") as lines:
                # The system keeps the peak, so that the last look before the end tells all but what came after it.
                peak = next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), peak)
        except OSError:
            pass
        time.sleep(0.001)
    if running.returncode != 0:
        sys.exit(f"benches/run: failed: {command}")
    return peak / 1024


def pid_of(program):
    """A process that runs `program`."""
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                if os.readlink(f"/proc/{entry}/exe") == program:
                    return entry
            except OSError:
                pass
    return None


def compare(runs, job, ours, against, peer, *, before="true", before_peer="true", program=None, cpu=False, **marks):
    """Times `ours` and `peer` in turn, so that whatever else the machine does hits both; once before for the
    caches, and for the memory that `program` takes."""
    row = Row(job, [], against, [], **marks)
    for run in range(runs + 1):
        shell(before_peer)
        seconds, _ = timed(peer)
        shell(before)
        if run == 0:
            if program:
                row.peak_mib = peak_memory_of(ours, program)
            else:
                timed(ours)
            continue
        row.peers.append(seconds)
        seconds, processors = timed(ours)
        row.ours.append(seconds)
        if cpu:
            row.cpu.append(processors)
    return row


def each_cold(tries, command, stdin=b""):
    """Seconds from the start to the end of a program, each time: no shell in between."""
    times = []
    for _ in range(tries):
        begin = time.perf_counter()
        subprocess.run(command, input=stdin, stdout=subprocess.DEVNULL, check=True)
        times.append(time.perf_counter() - begin)
    return times
