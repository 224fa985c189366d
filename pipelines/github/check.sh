#!/bin/bash
# What the action does: one decision; annotations and the report in the log, the summary of the step, the files that were
# asked for, and dpol's exit code. Everything it is told comes by the environment, a value a line (action.yml).
set -uo pipefail

scratch=$(mktemp -d "${RUNNER_TEMP:-/tmp}/dpol.XXXXXX") || exit 74
trap 'rm -rf "$scratch"' EXIT

# exit code, decision: what later steps read.
finish() {
  [[ -z ${GITHUB_OUTPUT:-} ]] || printf 'decision=%s\nexit-code=%s\n' "${2:-}" "$1" >> "$GITHUB_OUTPUT"
  exit "$1"
}

if command -v dpol > /dev/null; then
  dpol=dpol
else
  # The action's own sources, on a runner that has Debian's packages.
  dpol=$GITHUB_ACTION_PATH/build/release/dpol
  [[ -x $dpol ]] || "$GITHUB_ACTION_PATH/dev" build release >&2 || finish 70
fi

arguments=()
# option, values: each line is one, and cannot be taken for another option.
add() {
  local line
  while IFS= read -r line; do
    line=${line%$'\r'}
    [[ -n ${line//[[:space:]]/} ]] || continue
    if [[ -n $1 ]]; then arguments+=("$1=$line"); else arguments+=("$line"); fi
  done <<< "$2"
}
while IFS= read -r line; do
  line=${line%$'\r'}
  [[ -n ${line//[[:space:]]/} ]] || continue
  [[ $line != -* ]] || { echo "::error title=dpol::the name of a policy cannot begin with a dash"; finish 64; }
  arguments+=("$line")
done <<< "${DPOL_POLICY:-}"
add --facts "${DPOL_FACTS:-}"
add --metrics "${DPOL_METRICS:-}"
add --source "${DPOL_SOURCE:-}"
add --fact "${DPOL_FACT:-}"
add '' "${DPOL_ARGUMENTS:-}"

formats=("--format=github=$scratch/github" "--format=pretty=$scratch/pretty" "--format=markdown=$scratch/markdown" "--format=json=$scratch/json")
[[ -z ${DPOL_SARIF:-} ]] || formats+=("--format=sarif=$DPOL_SARIF")
[[ -z ${DPOL_JUNIT:-} ]] || formats+=("--format=junit=$DPOL_JUNIT")
[[ -z ${DPOL_JSON:-} ]] || formats+=("--format=json=$DPOL_JSON")

"$dpol" check "${arguments[@]}" "${formats[@]}" 2> "$scratch/errors"
code=$?

# What was said is shown, and is no command, whatever it holds.
token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
echo "::stop-commands::$token"
cat "$scratch/errors"
[[ ! -e $scratch/pretty ]] || cat "$scratch/pretty"
# The line that ends this has to be one of its own.
[[ -z $(tail -q -c 1 "$scratch/errors" "$scratch/pretty" 2> /dev/null | tr -d '\n') ]] || echo
echo "::$token::"

# A report that could not be written ends dpol with another code, and then nothing counts as decided.
if ((code > 3)) || [[ ! -e $scratch/json ]]; then
  # `--help` ends with 0, too, and is no go.
  ((code > 3)) || code=64
  echo "::error title=dpol::nothing was decided (exit code $code): see the log of this step"
  finish "$code"
fi
cat "$scratch/github"
# Behind what others wrote there; GitHub shows it below the job.
[[ -z ${GITHUB_STEP_SUMMARY:-} ]] || cat "$scratch/markdown" >> "$GITHUB_STEP_SUMMARY"
finish "$code" "$(sed -n 's/^  "decision": "\([a-z-]*\)",$/\1/p' "$scratch/json" | head -n 1)"
