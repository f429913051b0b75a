#!/bin/sh
# The tests, in two parts that both run, each in two processes, a file at a time each: those without a browser, then those
# that drive one. Apart, because a page that is looked at shares its core with nothing that computes for minutes.
#   tests/run.sh PYTHON [what pytest takes, for both parts: paths, -k, --durations=20 ...]
# TEST_PROCESSES and BROWSER_PROCESSES say how many processes a part has; 0 runs it in one, without any spreading.
set -u
python=$1
shift
none=5  # pytest's exit code for "no test was collected": fine for one part, not for both
spread="--dist loadfile --no-loadscope-reorder"  # in the order that tests/conftest.py gives: long files first

"$python" -m pytest -m "not browser" -n "${TEST_PROCESSES:-2}" $spread "$@"
apart=$?
"$python" -m pytest -m browser -n "${BROWSER_PROCESSES:-2}" $spread "$@"
browser=$?

for code in $apart $browser; do
  if [ "$code" != 0 ] && [ "$code" != $none ]; then exit "$code"; fi
done
if [ $apart = $none ] && [ $browser = $none ]; then
  echo "No test was found." >&2
  exit $none
fi
