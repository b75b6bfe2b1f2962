#!/usr/bin/env python3
"""Tests of full_size.py's reading and printing of residuals."""

import math
import unittest

import full_size


class ResidualsTest(unittest.TestCase):

    def test_lines_of_the_form_are_found_among_others(self):
        output = "[ RUN ] A\nPARITY cqt noise 2e-07 1e-06\nPARITY is good\n"
        self.assertEqual(
            full_size.residuals(output), {("cqt", "noise"): (2e-7, 1e-6)}
        )

    def test_the_worst_of_several_reports_counts(self):
        output = "PARITY a b 1 9\nPARITY a b 3 9\nPARITY a b 2 9\n"
        self.assertEqual(full_size.residuals(output), {("a", "b"): (3, 9)})

    def test_the_worst_is_judged_by_its_own_bar(self):
        output = "PARITY a b 3 9\nPARITY a b 2 1\n"
        self.assertEqual(full_size.residuals(output), {("a", "b"): (2, 1)})

    def test_nan_is_worse_than_any_number(self):
        for output in (
            "PARITY a b nan 9\nPARITY a b 1e9 9\n",
            "PARITY a b 1e9 9\nPARITY a b nan 9\n",
        ):
            value, _ = full_size.residuals(output)["a", "b"]
            self.assertTrue(math.isnan(value))

    def test_a_bar_of_zero_is_met_by_zero_only(self):
        output = "PARITY a b 0 0\nPARITY a b 1e-9 0\n"
        self.assertEqual(full_size.residuals(output), {("a", "b"): (1e-9, 0)})


class VerdictTest(unittest.TestCase):

    def verdicts(self, output, status):
        rows = full_size.rows("x_parity_test", output, status, {"a": "v 1"})
        return [(row.part, row.quantity, row.verdict) for row in rows]

    def test_a_residual_within_its_bar_passes(self):
        rows = full_size.rows("x", "PARITY a b 1 9\n", 0, {"a": "v 1"})
        self.assertEqual(
            rows, [full_size.Row("a", "b", "v 1", "9", "1", "pass")]
        )

    def test_beyond_the_bar_and_nan_fail(self):
        self.assertEqual(
            self.verdicts("PARITY a b 10 9\nPARITY a c nan 9\n", 1),
            [("a", "b", "FAIL"), ("a", "c", "FAIL")],
        )

    def test_a_test_that_reports_nothing_fails(self):
        self.assertEqual(
            self.verdicts("[  PASSED  ] 1 test.\n", 0),
            [("x_parity_test", "reported nothing", "FAIL")],
        )

    def test_a_test_that_fails_for_another_reason_fails(self):
        self.assertEqual(
            self.verdicts("PARITY a b 1 9\n", 1),
            [("a", "b", "pass"), ("x_parity_test", "another check", "FAIL")],
        )


class TableTest(unittest.TestCase):

    def test_columns_are_aligned(self):
        rows = [
            full_size.Row("mert", "q", "v 1", "9", "1", "pass"),
            full_size.Row("a", "longer", "v", "10", "2", "FAIL"),
        ]
        self.assertEqual(
            full_size.table(rows),
            "part  quantity  reference  bar  measured\n"
            "mert  q         v 1        9    1         pass\n"
            "a     longer    v          10   2         FAIL",
        )


if __name__ == "__main__":
    unittest.main()
