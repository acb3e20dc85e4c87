#!/usr/bin/env bash
# Run a command whose temporary files lie in memory, and leave none of them behind: scripts/in_memory.sh COMMAND…
# Tests publish hundreds of days and bring each file to the disk; the disk, not the processor, is what they would wait for.
# A TMPDIR of the caller's is kept, and where memory has no folder with room the files lie where they always do.
set -euo pipefail
room_kb=4000000
if [ -z "${TMPDIR:-}" ] && free_kb=$(df --output=avail /dev/shm 2>/dev/null | tail -1) && [ "$free_kb" -ge "$room_kb" ]; then
  TMPDIR=$(mktemp -d /dev/shm/lowincome.XXXXXX)
  export TMPDIR
  trap 'rm -rf "$TMPDIR"' EXIT
  chmod 711 "$TMPDIR" # run by root, PostgreSQL is another user, who must get to its files
fi
"$@"
