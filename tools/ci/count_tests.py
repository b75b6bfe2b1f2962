"""Counts the test cases of one Bazel run and closes with the line "N passed, N failed[, N skipped]".

Usage: count_tests.py [--bazel_status=N] EVENTS

EVENTS is what `bazel test --build_event_json_file` wrote; it names the log (test.xml) of every test that was run or
taken from the cache, so logs of earlier runs do not count. Exits with 1 when a test failed, when Bazel did, or when no
test passed.
"""

import argparse
import json
import sys
import urllib.parse
import xml.etree.ElementTree


def last_attempts(lines):
    """Yields (label, status, path of test.xml or None) of each test, run and shard, of its last attempt."""
    last = {}
    for line in lines:
        event = json.loads(line)
        if not isinstance(event, dict):
            raise ValueError("not an event: " + line.strip())
        place = event.get("id", {}).get("testResult")
        if place is None or "testResult" not in event:
            continue
        outputs = {o.get("name"): o.get("uri", "") for o in event["testResult"].get("testActionOutput", [])}
        path = urllib.parse.urlparse(outputs["test.xml"]).path if "test.xml" in outputs else None
        key = (place["label"], place.get("run", 1), place.get("shard", 1))
        attempt = place.get("attempt", 1)
        if key not in last or attempt >= last[key][0]:
            last[key] = (attempt, event["testResult"].get("status", "NO_STATUS"), path)
    for (label, _, _), (_, status, path) in sorted(last.items()):
        yield label, status, urllib.parse.unquote(path) if path else None


def count_log(path):
    """Returns (passed, failed, skipped) of one test.xml."""
    passed = failed = skipped = 0
    for case in xml.etree.ElementTree.parse(path).iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
        elif case.find("skipped") is not None or case.get("result") in ("skipped", "suppressed"):
            skipped += 1
        else:
            passed += 1
    return passed, failed, skipped


def count(lines, report):
    total = [0, 0, 0]
    for label, status, path in last_attempts(lines):
        try:
            counts = count_log(path) if path else (0, 0, 0)
        except (OSError, xml.etree.ElementTree.ParseError) as error:
            report("{}: its log cannot be read: {}".format(label, error))
            counts = (0, 0 if status != "PASSED" else 1, 0)
        if status != "PASSED" and counts[1] == 0:  # Crashed or timed out before a case could fail.
            counts = (counts[0], 1, counts[2])
        if status != "PASSED":
            report("{}: {}".format(label, status))
        total = [a + b for a, b in zip(total, counts)]
    return total


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("events")
    parser.add_argument("--bazel_status", type=int, default=0)
    options = parser.parse_args()
    try:
        with open(options.events, encoding="utf-8") as lines:
            passed, failed, skipped = count(lines, print)
    except (OSError, ValueError) as error:
        print("the events of the run cannot be read: {}".format(error))
        passed, failed, skipped = 0, 1, 0
    if options.bazel_status != 0 and failed == 0:
        print("bazel ended with {}: something was not built or not run".format(options.bazel_status))
        failed = 1
    if passed == 0 and failed == 0:
        print("no test ran")
    print("{} passed, {} failed".format(passed, failed) + (", {} skipped".format(skipped) if skipped else ""))
    return 0 if passed > 0 and failed == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
