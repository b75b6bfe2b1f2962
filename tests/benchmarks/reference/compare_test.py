#!/usr/bin/env python3
"""Tests of compare.py's reading of reports and of what is compared."""

import unittest

import compare
import measurements


def _report(*runs):
    return {
        "benchmarks": [
            {"name": name, "real_time": time, "time_unit": unit, **more}
            for name, time, unit, more in runs
        ]
    }


class BenchmarkSecondsTest(unittest.TestCase):

    def test_the_time_is_in_seconds_whatever_its_unit(self):
        for time, unit in ((2e9, "ns"), (2e6, "us"), (2e3, "ms"), (2, "s")):
            report = _report(("BM_Cqt/8/1", time, unit, {}))
            self.assertEqual(compare.benchmark_seconds(report, "BM_Cqt/8/1"), 2)

    def test_what_google_benchmark_adds_to_a_name_is_no_part_of_it(self):
        report = _report(("BM_Cqt/8/1/iterations:3/real_time", 2, "s", {}))
        self.assertEqual(compare.benchmark_seconds(report, "BM_Cqt/8/1"), 2)

    def test_arguments_may_have_names(self):
        report = _report(("BM_Cqt/clips:8/threads:1/real_time", 2, "s", {}))
        self.assertEqual(compare.benchmark_seconds(report, "BM_Cqt/8/1"), 2)

    def test_a_longer_name_is_another_benchmark(self):
        report = _report(
            ("BM_Cqt/8/16", 1, "s", {}), ("BM_Cqt/8/1/4", 1, "s", {})
        )
        with self.assertRaises(compare.MeasurementError):
            compare.benchmark_seconds(report, "BM_Cqt/8/1")

    def test_the_median_of_repetitions_counts_and_aggregates_do_not(self):
        report = _report(
            ("BM_A", 1, "s", {}),
            ("BM_A", 5, "s", {}),
            ("BM_A", 2, "s", {}),
            ("BM_A", 99, "s", {"run_type": "aggregate"}),
        )
        self.assertEqual(compare.benchmark_seconds(report, "BM_A"), 2)

    def test_a_benchmark_that_failed_is_missing(self):
        report = _report(("BM_A", 1, "s", {"error_occurred": True}))
        with self.assertRaises(compare.MeasurementError):
            compare.benchmark_seconds(report, "BM_A")


class RowTest(unittest.TestCase):

    def row(self, original, kept, ours):
        measurement = measurements.Measurement(
            "cqt", "CQT", "cqt", {}, "BM_Cqt", 8, bar=5.0, bar_kept=5.0
        )
        job = compare.Job(measurement, threads=1)
        job.seconds = {"original": original, "kept": kept, "ours": ours}
        return job, compare.row(job)

    def test_times_are_medians_per_segment(self):
        _, row = self.row([80, 8, 800], [40], [8])
        self.assertEqual(row[3:6], ["10.0000", "5.0000", "1.0000"])

    def test_ratios_are_medians_of_those_of_a_round(self):
        # The medians of the seconds would make it 40 / 16.
        _, row = self.row([80, 40, 40], [40, 90, 80], [8, 18, 16])
        self.assertEqual(row[6:8], ["2.50 (2.22-10.00)", "5.00 (5.00-5.00)"])
        self.assertEqual(row[-1], "FAIL")

    def test_the_ratio_of_one_round_has_no_range(self):
        _, row = self.row([80], [40], [8])
        self.assertEqual(row[6:8], ["10.00", "5.00"])
        self.assertEqual(row[-1], "pass")

    def test_too_slow_beside_either_original_fails(self):
        self.assertEqual(self.row([39], [80], [8])[1][-1], "FAIL")
        self.assertEqual(self.row([80], [39], [8])[1][-1], "FAIL")

    def test_a_missing_benchmark_is_shown(self):
        job, _ = self.row([80], [80], [])
        job.errors["ours"] = "models_benchmark has no BM_Cqt/8/1"
        row = compare.row(job)
        self.assertEqual(row[5:8], ["-", "-", "-"])
        self.assertEqual(row[-1], "missing")


class MeasurementsTest(unittest.TestCase):

    def test_labels_are_distinct(self):
        labels = [m.label for m in measurements.MEASUREMENTS]
        self.assertEqual(len(labels), len(set(labels)))


class StolenTimeTest(unittest.TestCase):

    def test_idle_time_is_not_busy(self):
        before = "cpu  100 10 20 1000 50 1 2 5 7 0"
        after = "cpu  160 10 40 9000 90 1 2 25 7 0"
        self.assertEqual(compare.stolen_share(before, after), 0.2)
        self.assertEqual(compare.stolen_share(before, before), 0)

    def _measure(self, shares, attempts):
        """The number of the attempt that counts, its share, how many ran."""
        lines = []
        for percent in shares:
            lines += [
                "cpu 0 0 0 0 0 0 0 0",
                f"cpu {100 - percent} 0 0 0 0 0 0 {percent}",
            ]
        numbers = iter(range(len(shares)))
        times = iter(lines)
        number, share = compare.least_stolen(
            lambda: next(numbers), 0.03, attempts, lambda: next(times)
        )
        return number, share, next(numbers, len(shares))

    def test_a_quiet_measurement_is_the_last(self):
        self.assertEqual(self._measure([20, 3, 1], 3), (1, 0.03, 2))

    def test_of_noisy_ones_the_least_noisy_counts(self):
        self.assertEqual(self._measure([20, 8, 9, 0], 3), (1, 0.08, 3))


if __name__ == "__main__":
    unittest.main()
