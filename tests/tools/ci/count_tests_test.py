"""Tests of tools/ci/count_tests.py: it must never call a red run green."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

PASSES = '<testcase name="a"/>'
FAILS = '<testcase name="b"><failure message="no"/></testcase>'
ERRS = '<testcase name="c"><error message="no"/></testcase>'
SKIPS = '<testcase name="d" status="run" result="skipped"><skipped message="no GPU"/></testcase>'


class CountTestsTest(unittest.TestCase):

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.events = []

    def add(self, label, status, *cases, attempt=1, log=True):
        path = os.path.join(self.folder.name, "{}.xml".format(len(self.events)))
        if log:
            with open(path, "w", encoding="utf-8") as file:
                file.write("<testsuites><testsuite>{}</testsuite></testsuites>".format("".join(cases)))
        self.events.append({
            "id": {"testResult": {"label": label, "run": 1, "shard": 1, "attempt": attempt}},
            "testResult": {"status": status, "testActionOutput": [{"name": "test.xml", "uri": "file://" + path}]},
        })

    def run_tool(self, bazel_status=0):
        events = os.path.join(self.folder.name, "events.json")
        with open(events, "w", encoding="utf-8") as file:
            file.write('{"id": {"started": {}}, "started": {}}\n')
            file.writelines(json.dumps(event) + "\n" for event in self.events)
        done = subprocess.run(
            [sys.executable, os.environ["COUNT_TESTS"], "--bazel_status={}".format(bazel_status), events],
            stdout=subprocess.PIPE, universal_newlines=True, check=False)
        return done.returncode, done.stdout.strip().split("\n")[-1]

    def test_counts_the_cases_of_all_logs(self):
        self.add("//a:a", "PASSED", PASSES, PASSES)
        self.add("//b:b", "PASSED", PASSES)
        self.assertEqual(self.run_tool(), (0, "3 passed, 0 failed"))

    def test_a_failed_case_is_red(self):
        self.add("//a:a", "FAILED", PASSES, FAILS, ERRS)
        self.assertEqual(self.run_tool(bazel_status=3), (1, "1 passed, 2 failed"))

    def test_a_failed_case_is_red_even_if_bazel_says_nothing(self):
        self.add("//a:a", "PASSED", PASSES, FAILS)
        self.assertEqual(self.run_tool(), (1, "1 passed, 1 failed"))

    def test_a_crash_or_a_time_limit_counts_as_one_failure(self):
        self.add("//a:a", "PASSED", PASSES)
        self.add("//b:b", "TIMEOUT", log=False)
        self.add("//c:c", "FAILED", PASSES)
        self.assertEqual(self.run_tool(bazel_status=3), (1, "2 passed, 2 failed"))

    def test_a_failed_build_is_red(self):
        self.add("//a:a", "PASSED", PASSES)
        self.assertEqual(self.run_tool(bazel_status=1), (1, "1 passed, 1 failed"))

    def test_no_test_at_all_is_red(self):
        self.assertEqual(self.run_tool(), (1, "0 passed, 0 failed"))

    def test_only_skipped_tests_are_red(self):
        self.add("//a:a", "PASSED", SKIPS)
        self.assertEqual(self.run_tool(), (1, "0 passed, 0 failed, 1 skipped"))

    def test_a_missing_log_of_a_passed_test_is_red(self):
        self.add("//a:a", "PASSED", PASSES)
        self.add("//b:b", "PASSED", log=False)
        self.assertEqual(self.run_tool(), (1, "1 passed, 1 failed"))

    def test_only_the_last_attempt_counts(self):
        self.add("//a:a", "FAILED", FAILS)
        self.add("//a:a", "PASSED", PASSES, attempt=2)
        self.assertEqual(self.run_tool(), (0, "1 passed, 0 failed"))

    def test_skipped_cases_are_told_apart(self):
        self.add("//a:a", "PASSED", PASSES, SKIPS)
        self.assertEqual(self.run_tool(), (0, "1 passed, 0 failed, 1 skipped"))

    def test_unreadable_events_are_red(self):
        self.events = ["not an event"]
        code, line = self.run_tool()
        self.assertEqual((code, line), (1, "0 passed, 1 failed"))


if __name__ == "__main__":
    unittest.main()
