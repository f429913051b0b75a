#!/bin/sh
# The tests, in three parts that all run: those without a browser in two processes, a file at a time each; the whole job in
# a browser by itself, because it computes for a minute beside the page it looks at; then, in two processes again, all others
# that drive a browser.
#   tests/run.sh PYTHON [what pytest takes, for each part: paths, -k, --durations=20 ...]
# TEST_PROCESSES and BROWSER_PROCESSES say how many processes those parts have; 0 runs them in one, without any spreading.
set -u
python=$1
shift
none=5  # pytest's exit code for "no test was collected": fine for one part, not for all
worst=$none

part() {
  "$python" -m pytest "$@"
  code=$?
  if [ $code != $none ] && { [ $worst = $none ] || [ $worst = 0 ]; }; then worst=$code; fi
}

part -m "not browser" -n "${TEST_PROCESSES:-2}" --dist loadfile "$@"
part -m "browser and long" "$@"
part -m "browser and not long" -n "${BROWSER_PROCESSES:-2}" --dist loadfile "$@"

if [ $worst = $none ]; then echo "No test was found." >&2; fi
exit $worst
