#!/bin/sh
# Stands in for the Kata runtime: an OCI runtime that passes every call to runc and, for the container that is the
# sandbox, keeps a guest beside it. The guest follows Kata's order: the DAN file is read when the sandbox is made, after
# CNI ADD; the guest has ended when the sandbox has been killed, which is before CNI DEL.
#
# From the environment: DAN_CONF, the directory of the DAN files; GUESTS, a directory for what belongs to the guests;
# NODE and READER, the program that boots a guest from a file and says "ready" when it is configured; IN_GUEST, a program
# that runs a process of a container in the guest, without which all of them run beside it only.
#
# A pod with the annotation `tests.invalid/guest: none` has no guest: many such pods fit on a machine.
set -u

bundle='' log='' id='' command='' option='' process='' pidfile=''
for argument in "$@"; do
  case $option in
    --bundle) bundle=$argument ;;
    --log) log=$argument ;;
    --process) process=$argument ;;
    --pid-file) pidfile=$argument ;;
  esac
  case $argument in
    create | start | exec | kill | delete) command=${command:-$argument} ;;
    */*) ;;
    # A sandbox id is 64 hexadecimal digits: nothing else that containerd passes is as long and has no slash.
    *) [ ${#argument} -eq 64 ] && id=$argument ;;
  esac
  option=$argument
done
# Short, because a socket's path may have no more than 107 bytes.
guest=$GUESTS/$(printf %.12s "$id")

start_guest() {
  file=$DAN_CONF/$id.json
  # Kata takes a file that it cannot find for "no DAN".
  [ -e "$file" ] || return 0
  mkfifo "$guest.answer" || refuse "no named pipe $guest.answer for the reader of $file"
  # The lock is held for as long as the reader lives. The reader has both ends of its standard output, so that it can
  # go on writing when this script has read what it waits for and gone.
  setsid flock --no-fork "$guest.lock" "$NODE" "$READER" "$file" "$guest" \
    >"$guest.answer" <"$guest.answer" 2>"$guest.log" &
  echo $! >"$guest.pid"
  answer=$(sed '/^ready$/q' <"$guest.answer")
  case $answer in
    *ready) ;;
    *) rm "$guest.pid" && refuse "no guest from $file: $answer $(tail -c 2000 "$guest.log")" ;;
  esac
}

# What is run in a container runs in the guest: the process of a file, to its end or in the background. Fails if the
# container has no guest.
in_guest() {
  container=/run/containerd/io.containerd.runtime.v2.task/k8s.io/$id/config.json
  sandbox=$(sed -n 's/.*"io.kubernetes.cri.sandbox-id":"\([0-9a-f]*\)".*/\1/p' "$container")
  guest=$GUESTS/$(printf %.12s "$sandbox")
  [ -n "${IN_GUEST:-}" ] && [ -e "$guest.pid" ] && [ "$sandbox" != "$id" ]
}

stop_guest() {
  [ -e "$guest.pid" ] || return 0
  kill "$(cat "$guest.pid")" 2>/dev/null
  flock "$guest.lock" true
  rm "$guest.pid" "$guest.lock" "$guest.answer"
}

# Ends this call as runc would: containerd takes the reason of a failure from the log.
refuse() {
  reason=$(printf %s "$1" | tr '\n\t' '  ' | tr -d '\000-\037' | sed 's/[\\"]/\\&/g')
  printf '{"level":"error","msg":"%s"}\n' "$reason" >>"$log"
  exit 1
}

case $command in
  create)
    if grep -q '"io.kubernetes.cri.container-type":"sandbox"' "$bundle/config.json" &&
      ! grep -q '"tests.invalid/guest":"none"' "$bundle/config.json"; then start_guest; fi
    ;;
  start)
    if in_guest; then "$NODE" "$IN_GUEST" "$guest" "$container" >>"$guest.log" 2>&1 </dev/null || refuse "no start in the guest"; fi
    ;;
  exec)
    if in_guest; then
      # The caller removes its file as soon as this script has ended.
      cp "$process" "$guest.process-$$"
      "$NODE" "$IN_GUEST" "$guest" "$guest.process-$$" &
      printf %s $! >"$pidfile"
      exit 0
    fi
    ;;
  kill | delete) stop_guest ;;
esac
exec "${0%/*}/runc.sh" "$@"
