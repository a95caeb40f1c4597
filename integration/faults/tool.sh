#!/bin/sh
# Stands in for one of the programs that dan runs, and counts steps: a step is one line of a batch that changes
# something, or one run of anything else. At the step that it is told, it ends dan or itself, fails, hangs, waits, or
# goes on alone. Programs may run at the same time, so the step is told by its program and its number among that one's.
set -f
tool=${0##*/}
real=/run/fault/real/$tool
now=/run/fault/now
read -r kind of at <$now/plan
: >$now/running.$$
trap 'rm -f $now/running.$$' EXIT

kill_dan() {
  : >$now/done
  read -r dan <$now/pid
  kill -KILL "$dan"
}

# No trap runs after these.
die() {
  : >$now/done
  rm -f $now/running.$$
  kill -KILL $$
}
hang() {
  : >$now/done
  rm -f $now/running.$$
  exec sleep 1000
}
fail() {
  : >$now/done
  echo "$tool is made to fail at step $nth" >&2
  exit 1
}

# Makes the first file of a name and a number that nobody has made, in this process.
claim() {
  number=1
  set -C
  until { true >"$1.$number"; } 2>/dev/null; do number=$((number + 1)); done
  set +C
}

# Does one step: "$@" is the real program with its arguments.
step() {
  claim $now/step
  echo "$*" >$now/step.$number
  claim $now/of.$tool
  nth=$number
  case "$tool $nth $kind" in "$of $at "*-from-then-on) sh $now/meanwhile; : >$now/from-then-on ;; esac
  if [ -e $now/from-then-on ]; then
    case $kind in
      fails-from-then-on) fail ;;
      dies-from-then-on) die ;;
    esac
  fi
  [ "$tool $nth" = "$of $at" ] || { "$@"; return; }
  case $kind in
    killed-before) kill_dan; exit 137 ;;
    killed-after) "$@" >/dev/null; kill_dan; exit 137 ;;
    # Whoever is ended does not take along what it started.
    orphaned) kill_dan; sleep 0.4; "$@" ;;
    orphaned-for-long) kill_dan; sleep 2; "$@" ;;
    fails) fail ;;
    fails-after) "$@" >/dev/null; fail ;;
    dies) die ;;
    dies-after) "$@" >/dev/null; die ;;
    # Of what a batch asks, only the first line is answered.
    dies-midway) head -n 1 | "$@"; die ;;
    hangs) hang ;;
    hangs-after) "$@" >/dev/null; hang ;;
    waits) : >$now/done; until [ -e $now/go ]; do sleep 0.01; done; "$@" ;;
    meanwhile) : >$now/done; sh $now/meanwhile; "$@" ;;
  esac
}

case "$tool $*" in
  'ip -batch -' | 'ip -force -batch -' | 'bridge -batch -' | 'tc -batch -')
    code=0
    while read -r line; do
      step $real $line </dev/null || code=$?
      case "$code $*" in 0\ * | *-force*) ;; *) exit $code ;; esac
    done
    exit $code
    ;;
  *) step $real "$@" ;;
esac
