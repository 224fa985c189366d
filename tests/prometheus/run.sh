#!/usr/bin/env bash
# dpol against a real Prometheus: a history of two hours, written before it starts, and a question of every
# kind. run.sh DPOL; exits with 77 where prometheus, promtool or openssl is not installed.
set -euo pipefail
dpol=$(readlink -f "$1")
cd "$(dirname "$(readlink -f "$0")")"
for program in prometheus promtool openssl; do
  command -v "$program" >/dev/null || { echo "skipped: $program is not installed"; exit 77; }
done
work=$(mktemp -d)
servers=()
finish() {
  for server in "${servers[@]}"; do kill "$server" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT

# T is 2025-02-13T14:00:00Z. The new version fails from T+10m on, a tenth of its requests, and its counters
# begin anew at T+5m. Before T the old version takes 100 ms, after it 110 ms, and the new one 120 ms.
history() {
  awk -v t=1739455200 'BEGIN {
    print "# TYPE req counter"
    for (s = -5400; s <= 1800; s += 15) printf "req_total{pod=\"shop-old-1\",code=\"200\"} %d %d\n", (s + 5400) * 10, t + s
    for (s = -5400; s <= 1800; s += 15) printf "req_total{pod=\"shop-old-1\",code=\"500\"} 0 %d\n", t + s
    for (s = 0; s <= 1800; s += 15) printf "req_total{pod=\"shop-7d9f-1\",code=\"200\"} %d %d\n", (s < 300 ? s : s - 300) * 10, t + s
    for (s = 0; s <= 1800; s += 15) printf "req_total{pod=\"shop-7d9f-1\",code=\"500\"} %d %d\n", (s < 600 ? 0 : (s - 600)), t + s
    print "# TYPE latency_ms gauge"
    for (s = -5400; s <= 1800; s += 15) printf "latency_ms{pod=\"shop-old-1\"} %d %d\n", (s < 0 ? 100 : 110), t + s
    for (s = 0; s <= 1800; s += 15) printf "latency_ms{pod=\"shop-7d9f-1\"} 120 %d\n", t + s
    print "# TYPE odd gauge"
    for (s = 0; s <= 1800; s += 15) {
      printf "odd{kind=\"fine\"} 1 %d\n", t + s
      printf "odd{kind=\"nan\"} NaN %d\n", t + s
      printf "odd{kind=\"x\\\"} or vector(1) #\"} 9 %d\n", t + s
    }
    print "# EOF"
  }'
}

port() { echo $((20000 + ($$ + $1) % 20000)); }

start() {  # name, port, further options
  local folder="$work/$1"
  mkdir -p "$folder/data"
  promtool tsdb create-blocks-from openmetrics "$work/history" "$folder/data" >/dev/null
  echo 'scrape_configs: []' >"$folder/prometheus.yml"
  prometheus --config.file "$folder/prometheus.yml" --storage.tsdb.path "$folder/data" \
    --storage.tsdb.retention.time 100y --web.listen-address "127.0.0.1:$2" --log.level error "${@:3}" \
    >"$folder/log" 2>&1 &
  servers+=($!)
}

ready() {  # options of curl or none, port
  for _ in $(seq 100); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then return; fi
    sleep 0.1
  done
  cat "$work"/*/log
  echo "no server on port $1" >&2
  exit 1
}

failed=0
# expect CODE "part of what is said" command…
expect() {
  local code=$1 part=$2 got=0 out
  shift 2
  out=$("$@" 2>&1) || got=$?
  if [[ $got != "$code" || $out != *"$part"* ]]; then
    printf 'FAILED (exit %s, expected %s with "%s"): %s\n%s\n' "$got" "$code" "$part" "$*" "$out"
    failed=1
  else
    printf 'ok  %s  %s\n' "$code" "$part"
  fi
}

history >"$work/history"
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 \
  -keyout "$work/key" -out "$work/certificate" 2>/dev/null
cat >"$work/tls.yml" <<EOF
tls_server_config: { cert_file: certificate, key_file: key }
basic_auth_users:
  robot: \$2y\$05\$abcdefghijklmnopqrstuulzd.YqjLDl8lvpSmVj3De/fioSBHnUa
EOF
plain=$(port 0)
secured=$(port 1)
start plain "$plain"
start secured "$secured" --web.config.file "$work/tls.yml"
ready "$plain"
ready "$secured"

export SHOP_URL=http://127.0.0.1:$plain PODS_URL=http://127.0.0.1:$plain
shop=("$dpol" check shop.dpol --fact service=shop --fact hash=7d9f --deployed-at 2025-02-13T14:00:00Z)
one=("$dpol" check one.dpol --at 2025-02-13T14:10:00Z)

expect 0 'GO  shop' "${shop[@]}" --at 2025-02-13T14:09:00Z
expect 3 'error_rate > stable + 2pp for 2m' "${shop[@]}" --at 2025-02-13T14:20:00Z
expect 0 '120ms' "${shop[@]}" --at 2025-02-13T14:09:00Z --verbose
expect 0 'baseline' "${shop[@]}" --at 2025-02-13T14:09:00Z --verbose
# A version that nobody runs has no series: unknown, and not good.
expect 2 'the query found no series for error_rate' "$dpol" check shop.dpol --fact service=shop --fact hash=gone \
  --deployed-at 2025-02-13T14:00:00Z --at 2025-02-13T14:09:00Z
expect 0 'GO  one' "${one[@]}" --fact ask=fine
expect 2 'HOLD  one' "${one[@]}" --fact ask=nan
expect 2 'found no series' "${one[@]}" --fact ask=nothing
# A value that would be a query of its own finds the series of that very name.
expect 1 'NO-GO  one' "${one[@]}" --fact 'ask=x"} or vector(1) #'
expect 5 'Prometheus answered with an error (bad_data)' "$dpol" check wrong.dpol --at 2025-02-13T14:10:00Z
expect 5 'every_pod has 2 series where one is expected' "$dpol" check wrong.dpol --at 2025-02-13T14:10:00Z \
  --metrics load=load.json
# An hour ago: then 100 ms, now 110 ms; before T it was 100 ms for long.
expect 1 'NO-GO  ago' "$dpol" check ago.dpol --at 2025-02-13T14:20:00Z
expect 0 'GO  ago' "$dpol" check ago.dpol --at 2025-02-13T13:50:00Z
# Nobody is there.
expect 5 'cannot be reached' env SHOP_URL=http://127.0.0.1:1 "${one[@]}" --fact ask=fine
# TLS, and who may ask.
export SHOP_URL=https://127.0.0.1:$secured
expect 5 'has a certificate that is not trusted' "${one[@]}" --fact ask=fine
expect 5 'SHOP_CA names the file of the authority' "${one[@]}" --fact ask=fine
export SHOP_CA=$work/certificate
expect 5 'answers with status 401' "${one[@]}" --fact ask=fine
expect 5 'answers with status 401' env SHOP_USER=robot SHOP_PASSWORD=hash "${one[@]}" --fact ask=fine
expect 0 'GO  one' env SHOP_USER=robot SHOP_PASSWORD=hush "${one[@]}" --fact ask=fine
exit $failed
