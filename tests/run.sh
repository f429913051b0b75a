#!/bin/sh
# The tests, in two parts that both run: those without a browser in two processes, a file at a time each; then
# those that drive a browser, one after the other, because they and the server they look at share two cores.
#   tests/run.sh PYTHON [what pytest takes, for both parts: paths, -k, --durations=20 ...]
# TEST_PROCESSES says how many processes the first part has; 0 runs it in one, without any spreading.
set -u
python=$1
shift
none=5  # pytest's exit code for "no test was collected": fine for one part, not for both

"$python" -m pytest -m "not browser" -n "${TEST_PROCESSES:-2}" --dist loadfile "$@"
apart=$?
"$python" -m pytest -m browser "$@"
browser=$?

for code in $apart $browser; do
  if [ "$code" != 0 ] && [ "$code" != $none ]; then exit "$code"; fi
done
if [ $apart = $none ] && [ $browser = $none ]; then
  echo "No test was found." >&2
  exit $none
fi
