#!/usr/bin/env bash
export COUNT_TESTS="$PWD/tools/ci/count_tests.py"
exec python3 tests/tools/ci/count_tests_test.py
