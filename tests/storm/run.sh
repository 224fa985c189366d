#!/bin/bash
# Many decisions recorded in one file by eight processes at once, while some of them are killed.
#   tests/storm/run.sh DPOL [DECISIONS]        10,000 if nobody says
# It fails if the record does not verify, if a decision that was reported is not in it exactly once, or if one stands
# there twice. Of what was killed before it was reported, either is right.
set -euo pipefail
dpol=$(realpath "$1")
decisions=${2:-10000}
workers=8
folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
printf 'facts { run string  ok bool }\npolicy storm { item ok "Fine" require ok and run != "" }\n' > storm.dpol

work() {
  local end=$(($2 + $1)) id
  for ((id = $2; id < end; id++)); do
    if "$dpol" check storm.dpol --fact "run=r$id" --fact ok=true --log decisions.log > "out.$2" 2> "err.$2" && grep -q '^GO' "out.$2"; then
      echo "r$id" >> "reported.$2"
    else
      echo "r$id $(tr '\n' ' ' < "err.$2")" >> "failed.$2"
    fi
  done
}
pids=()
for ((w = 0; w < workers; w++)); do
  work $((decisions / workers)) $((w * 1000000)) 2>/dev/null &
  pids+=($!)
done
# Now and then one is killed, wherever it stands just then.
(
  while true; do
    sleep 0.0$((RANDOM % 10))
    victim=$(pgrep -f "^$dpol check storm.dpol" | shuf -n 1 || true)
    if [[ -n $victim ]] && kill -9 "$victim" 2>/dev/null; then echo >> killed; fi
  done
) 2>/dev/null &
killer=$!
wait "${pids[@]}"
kill $killer 2>/dev/null || true

"$dpol" check storm.dpol --fact run=last --fact ok=true --log decisions.log > /dev/null 2> last.err
"$dpol" log verify decisions.log
sort reported.* > reported
grep -o '"run=[a-z0-9]*"' decisions.log | tr -d '"' | sed 's/run=//' | sort > recorded
failed=$(cat failed.* 2>/dev/null | wc -l)
echo "$(wc -l < reported) reported, $failed not, $(wc -l < recorded) recorded, $(wc -l < killed 2>/dev/null || echo 0) kills"
cat failed.* 2>/dev/null | cut -d' ' -f2- | sed 's/[0-9]\+/N/g' | sort | uniq -c | sort -rn | head -5
[[ -z $(uniq -d recorded) ]] || { echo "recorded twice: $(uniq -d recorded | head)"; exit 1; }
[[ -z $(comm -23 reported recorded) ]] || { echo "reported and not recorded: $(comm -23 reported recorded | head)"; exit 1; }
echo "nothing is lost and nothing doubled"
