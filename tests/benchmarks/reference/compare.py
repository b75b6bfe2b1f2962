#!/usr/bin/env python3
"""Times the published implementations and this project side by side.

  tools/bazel run //tests/benchmarks/reference:compare
  tools/bazel run //tests/benchmarks/reference:compare -- --only cqt encodec
  tools/bazel run //tests/benchmarks/reference:compare -- --threads 1 --rounds 5
  tools/bazel run //tests/benchmarks/reference:compare -- --match "MERT.* 8 x"

Each measurement is a fresh process. In every round the original, the original
with freed memory kept, and ours run one after the other, so that all three see
the same state of the machine. The table has the medians over the rounds: of the
seconds, and of each round's ratios, with the smallest and the largest. glibc
gives each large buffer back to the system and takes it anew, which costs
PyTorch up to half of its time: "kept" is the original with glibc told not to.

A virtual machine may be held up by others on its host, which the system counts
as stolen time. A measurement during which more than --max_stolen of the busy
time was stolen is made again, --attempts times in all; the one with the least
counts, and the table tells the largest share among those that count.

Exits with 1 if a measurement is missing or misses its bar. Nothing else should
run on the machine meanwhile.
"""

import argparse
import dataclasses
import json
import math
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

_HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(_HERE, "../../parity/reference"))

import environment
import measurements
from text_table import text_table

_KEEP_FREED_MEMORY = {
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": str(1 << 40),
    "MALLOC_TOP_PAD_": str(1 << 26),
}
_NANOSECONDS = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}
_WAYS = ("original", "kept", "ours")


@dataclasses.dataclass
class Job:
    """One measurement at one number of threads; seconds of calls by way."""

    measurement: measurements.Measurement
    threads: int
    seconds: dict = dataclasses.field(
        default_factory=lambda: {way: [] for way in _WAYS}
    )
    errors: dict = dataclasses.field(default_factory=dict)
    stolen: float = 0.0  # The largest share among the measurements.

    def median(self, way):
        """Seconds per segment (or per call); NaN where it was not measured."""
        if not self.seconds[way]:
            return math.nan
        unit = self.measurement.segments or 1
        return statistics.median(self.seconds[way]) / unit

    def ratios(self, way):
        """How many times faster than `way` ours was, in each round."""
        pairs = zip(self.seconds[way], self.seconds["ours"])
        return [theirs / ours for theirs, ours in pairs]


class MeasurementError(Exception):
    """Why a measurement has no value, in a few words."""


def _environment(threads, kept):
    numbers = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    variables = dict(os.environ, **dict.fromkeys(numbers, str(threads)))
    if kept:
        variables.update(_KEEP_FREED_MEMORY)
    return variables


def _run(command, variables):
    done = subprocess.run(
        command,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        reason = lines[-1] if lines else f"exit status {done.returncode}"
        raise MeasurementError(reason)
    return done.stdout


def _time_original(job, seconds, kept):
    command = [
        environment.python(),
        os.path.join(_HERE, "originals.py"),
        job.measurement.original,
        json.dumps(job.measurement.arguments),
        f"--threads={job.threads}",
        f"--seconds={seconds}",
    ]
    output = _run(command, _environment(job.threads, kept))
    return json.loads(output.splitlines()[-1])["seconds"]


def _name_pattern(name):
    """A regular expression of the benchmark's name in Google Benchmark.

    Its arguments may have names there: BM_Cqt/8/1 is BM_Cqt/clips:8/threads:1.
    """
    function, *arguments = name.split("/")
    return "/".join([function, *(f"([a-z_]+:)?{a}" for a in arguments)])


def benchmark_seconds(report, name):
    """Seconds of one call of the benchmark in Google Benchmark's JSON report.

    What Google Benchmark adds to a name (/real_time, and so on) is no part of
    it. Of repetitions, their median.
    """
    added = "(/(real|process|manual)_time|/(iterations|repeats|min_time):.*)*"
    pattern = _name_pattern(name) + added
    times = [
        run["real_time"] * _NANOSECONDS[run["time_unit"]] / 1e9
        for run in report["benchmarks"]
        if re.fullmatch(pattern, run.get("run_name", run["name"]))
        and run.get("run_type", "iteration") == "iteration"
        and not run.get("error_occurred")
    ]
    if not times:
        raise MeasurementError(f"no benchmark {name}")
    return statistics.median(times)


def _time_ours(job, seconds, programs):
    program = programs[job.measurement.program]
    name = job.measurement.benchmark.format(threads=job.threads)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "report.json")
        _run(
            [
                os.path.abspath(program),
                f"--benchmark_filter=^{_name_pattern(name)}(/|$)",
                f"--benchmark_min_time={seconds}",
                f"--benchmark_min_warmup_time={seconds / 4}",
                f"--benchmark_out={path}",
                "--benchmark_out_format=json",
            ],
            _environment(job.threads, kept=False),
        )
        with open(path, encoding="utf-8") as file:
            text = file.read()
    if not text:
        raise MeasurementError(f"no benchmark {name}")
    return benchmark_seconds(json.loads(text), name)


def _time(job, way, seconds, programs):
    if way == "ours":
        return _time_ours(job, seconds, programs)
    return _time_original(job, seconds, kept=way == "kept")


def stolen_share(before, after):
    """The stolen part of the busy time between two first lines of /proc/stat.

    Their numbers are ticks of user, nice, system, idle, iowait, irq, softirq
    and stolen time, and more (proc(5)).
    """
    ticks = [
        int(b) - int(a)
        for a, b in zip(before.split()[1:9], after.split()[1:9])
    ]
    stolen = ticks[7]
    busy = sum(ticks) - ticks[3] - ticks[4]
    return stolen / busy if busy > 0 else 0.0


def _system_times():
    with open("/proc/stat", encoding="ascii") as file:
        return file.readline()


def least_stolen(measure, max_stolen, attempts, system_times=_system_times):
    """The value of the attempt with the least stolen share, and that share.

    The first one with a share of at most max_stolen is the last.
    """
    best = None
    for _ in range(attempts):
        before = system_times()
        value = measure()
        share = stolen_share(before, system_times())
        if best is None or share < best[1]:
            best = (value, share)
        if share <= max_stolen:
            break
    return best


def _measure(jobs, options):
    """Fills the jobs, telling what is left to do and for how long."""
    turns = [
        (job, way)
        for job in jobs
        for _ in range(options.rounds)
        for way in _WAYS
    ]
    programs = {os.path.basename(path): path for path in options.programs}
    began = time.monotonic()
    for number, (job, way) in enumerate(turns):
        if way in job.errors:
            continue
        spent = time.monotonic() - began
        left = spent / number * (len(turns) - number) if number else math.nan
        remaining = f", about {left / 60:.0f} min left" if number else ""
        print(
            f"[{number + 1}/{len(turns)}{remaining}] {job.measurement.label}, "
            f"{job.threads} threads, {way}",
            file=sys.stderr,
            flush=True,
        )
        try:
            seconds, stolen = least_stolen(
                lambda: _time(job, way, options.seconds, programs),
                options.max_stolen,
                options.attempts,
            )
            job.seconds[way].append(seconds)
            job.stolen = max(job.stolen, stolen)
        except MeasurementError as error:
            job.errors[way] = str(error)


def row(job):
    """The cells of the job in the table."""
    what = job.measurement
    ratios = [job.ratios(way) for way in ("original", "kept")]
    is_met = all(
        ratio and statistics.median(ratio) >= bar
        for ratio, bar in zip(ratios, (what.bar, what.bar_kept))
    )
    verdict = "missing" if job.errors else "pass" if is_met else "FAIL"
    unit = "s/segment" if what.segments else "s"
    times = [_seconds(job.median(way)) for way in _WAYS]
    ratios = [_ratio(values) for values in ratios]
    bars = f"{what.bar:g}, {what.bar_kept:g}"
    stolen = f"{job.stolen:.0%}"
    numbers = [*times, *ratios, bars, stolen]
    return [what.label, str(job.threads), unit, *numbers, verdict]


def _seconds(value):
    return "-" if math.isnan(value) else f"{value:.4f}"


def _ratio(values):
    if not values:
        return "-"
    middle = f"{statistics.median(values):.2f}"
    if len(values) == 1:
        return middle
    return f"{middle} ({min(values):.2f}-{max(values):.2f})"


def _table(jobs):
    heading = [
        *("what", "threads", "unit", "original", "kept", "ours"),
        *("original/ours", "kept/ours", "bars", "stolen", ""),
    ]
    return text_table([heading, *(row(job) for job in jobs)])


def _regex(text):
    try:
        return re.compile(text)
    except re.error as error:
        raise argparse.ArgumentTypeError(f"{text}: {error}") from error


def _arguments():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--only",
        nargs="+",
        choices=measurements.GROUPS,
        default=measurements.GROUPS,
        metavar="GROUP",
        help=", ".join(measurements.GROUPS),
    )
    parser.add_argument(
        "--match",
        type=_regex,
        default="",
        metavar="REGEX",
        help="rows with a name in which this is found",
    )
    parser.add_argument("--threads", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--seconds", type=float, default=5.0, help="of each measurement, about"
    )
    parser.add_argument(
        "--max_stolen",
        type=float,
        default=0.03,
        help="a share of the busy time",
    )
    parser.add_argument("--attempts", type=int, default=3)
    parser.add_argument(
        "--programs", nargs="+", required=True, help=argparse.SUPPRESS
    )
    return parser.parse_args()


def main():
    options = _arguments()
    jobs = [
        Job(measurement, threads)
        for measurement in measurements.MEASUREMENTS
        if measurement.group in options.only
        and re.search(options.match, measurement.label)
        for threads in options.threads
    ]
    if not jobs:
        print("No row of these groups has such a name.", file=sys.stderr)
        return 1
    load = os.getloadavg()[0]
    if load > 0.3:
        print(f"Other programs are running (load {load:.1f}).", file=sys.stderr)
    try:
        environment.python()
    except environment.InstallationError as error:
        print(error, file=sys.stderr)
        return 1
    _measure(jobs, options)
    print(_table(jobs))
    for job in jobs:
        for way, reason in job.errors.items():
            print(
                f"missing: {job.measurement.label}, {job.threads} threads, "
                f"{way}: {reason}"
            )
    return 0 if all(row(job)[-1] == "pass" for job in jobs) else 1


if __name__ == "__main__":
    sys.exit(main())
