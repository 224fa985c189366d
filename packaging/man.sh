#!/bin/bash
# dpol(1), as roff, of what `dpol help` says: packaging/man.sh DPOL > dpol.1
set -euo pipefail
dpol=$1

escape() { sed 's/\\/\\e/g; s/-/\\-/g; s/^\./\\\&./; s/^'"'"'/\\(aq/'; }

version=$("$dpol" version | awk '{ print $2 }')
cat <<END
.TH DPOL 1 "$(date -u -d "@${SOURCE_DATE_EPOCH:-$(stat -c %Y "$dpol")}" +%F)" "dpol $version" "User Commands"
.SH NAME
dpol \\- decide by a written policy whether a release goes on
.SH SYNOPSIS
.B dpol
.I COMMAND
[\\fIARGUMENTS\\fR]
.SH DESCRIPTION
Policies say what a release has to fulfil, in checklists, thresholds and triggers of a rollback.
.B dpol check
reads them, facts and metrics, and says go, hold, no\\-go or rollback, and why.
What is not known holds.
.SH COMMANDS
END
commands=$("$dpol" help | awk '/^  dpol / { print $2 }')

# One command, or a part of one.
describe() {
  local help
  help=$("$dpol" help "$@")
  echo ".SS dpol $*"
  head -n 1 <<< "$help" | escape
  awk '/^Positionals:/ { on = 1; next } /^Options:/ { on = 1; next } /^Usage:/ { next } on' <<< "$help" | awk '
    /^ *$/ { next }
    /^  [^ ]/ {
      line = substr($0, 3)
      at = match(line, /  +/)
      term = at ? substr(line, 1, at - 1) : line
      rest = at ? substr(line, at + RLENGTH) : ""
      print "\001" term
      if (rest != "") print rest
      next
    }
    { sub(/^ +/, ""); print }' | escape | sed 's/^\x01\(.*\)$/.TP\n.B "\1"/'
}
for command in $commands; do
  parts=$("$dpol" help "$command" | awk -v command="$command" '$1 == "dpol" && $2 == command { print $3 }')
  if [[ -z $parts ]]; then
    describe "$command"
  else
    for part in $parts; do describe "$command" "$part"; done
  fi
done
cat <<'END'
.SH EXIT STATUS
.TP
.B 0
go, advance or promoted; done
.TP
.B 1
no\-go; of other commands: something was found
.TP
.B 2
hold
.TP
.B 3
rollback
.TP
.B 4
a policy does not compile, or nothing was decided
.TP
.B 5
an input cannot be read
.TP
.B 64
the command line is wrong
.TP
.B 70
a defect of dpol
.TP
.B 74
an output cannot be written
.SH ENVIRONMENT
.TP
.B NO_COLOR
no colours
.TP
.B PROMETHEUS_URL, PROMETHEUS_TOKEN, PROMETHEUS_USER, PROMETHEUS_PASSWORD, PROMETHEUS_CA, PROMETHEUS_CERT, PROMETHEUS_KEY
of sources of metrics that say
.B env.PROMETHEUS_URL
.SH FILES
.TP
.B .dpol/state.db
sign\-offs, sent messages and kept baselines
END
