"""Kafka's own reader and writer classes in a JVM, for scale, where `../shared/oracle` is there to run them."""
import json
import os
import subprocess

from .measure import Row


def rows(args, root, work):
    oracle = os.path.join(root, "..", "shared", "oracle", "bench")
    if not os.path.exists(oracle):
        return
    mib = max(args.bytes >> 20, 1)
    done = subprocess.run([oracle, "--json", "--compressible", "--mib", str(mib), "--runs", str(args.runs), "--dir", work],
                          capture_output=True, text=True)
    results = {}
    for line in done.stdout.splitlines():
        found = json.loads(line)
        results.setdefault((found["what"], found["batchBytes"]), []).append(found["recordsPerSecond"])
    records = args.bytes // 100
    for (what, batch), rates in results.items():
        yield Row(f"Kafka's classes in a JVM: {what}, batches of {batch >> 10} KiB", [records / rate for rate in rates],
                  records=records)
