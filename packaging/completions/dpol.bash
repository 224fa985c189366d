# shellcheck shell=bash
# bash completion for dpol. It asks `dpol help`, and so knows what this very dpol knows.

_dpol_help() { command dpol help "$@" 2> /dev/null; }

_dpol_commands() { _dpol_help | awk '/^  dpol / { print $2 }'; }

# The words that may follow $1, an option or what stands without one, of the command in the rest of the arguments. Help
# says them as `text|json`, as `pretty | json; …` or as `markdown (…); html (…); …`.
_dpol_values() {
  local option=$1
  shift
  _dpol_help "$@" | awk -v option="$option" '
    { first = $1; sub(/^-[a-zA-Z],/, "", first) }
    first != option { next }
    $2 ~ /^[a-z-]+(\|[a-z-]+)+$/ { gsub(/\|/, "\n", $2); print $2; exit }
    match($0, /[a-z][a-z-]*( \| [a-z][a-z-]*)+/) {
      words = substr($0, RSTART, RLENGTH)
      gsub(/ \| /, "\n", words)
      print words
      exit
    }
    {
      sub(/^ *[^ ]+( [^ ]+)?  +/, "")
      pieces = split($0, piece, /; /)
      for (i = 1; i <= pieces; ++i) if (piece[i] ~ /^[a-z][a-z-]* \(/) { sub(/ .*/, "", piece[i]); print piece[i] }
      exit
    }'
}

_dpol() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} words='' parts
  local topic=("${COMP_WORDS[1]}")
  COMPREPLY=()
  # `=` is a word of its own here: --format = js
  if [[ $word == '=' ]]; then
    word=
  elif [[ $before == '=' ]]; then
    before=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  if ((COMP_CWORD == 1)); then
    mapfile -t COMPREPLY < <(compgen -W "$(_dpol_commands)" -- "$word")
    return
  fi
  if [[ ${topic[0]} == help ]]; then
    ((COMP_CWORD != 2)) || mapfile -t COMPREPLY < <(compgen -W "$(_dpol_commands)" -- "$word")
    return
  fi
  # `dpol log verify`: a command with parts.
  parts=$(_dpol_help "${topic[0]}" | awk -v command="${topic[0]}" '$1 == "dpol" && $2 == command { print $3 }')
  if [[ -n $parts ]]; then
    if ((COMP_CWORD == 2)); then
      mapfile -t COMPREPLY < <(compgen -W "$parts" -- "$word")
      return
    fi
    topic+=("${COMP_WORDS[2]}")
  fi
  if [[ $before == --* ]]; then
    words=$(_dpol_values "$before" "${topic[@]}")
  elif [[ $word == -* ]]; then
    words=$(_dpol_help "${topic[@]}" | awk '/^  -/ { gsub(/,/, " ", $1); print $1 }')
  elif [[ ${topic[0]} == init ]]; then
    words=$(_dpol_values STARTER init)
  fi
  if [[ -n $words ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
    return
  fi
  compopt -o filenames 2> /dev/null
  mapfile -t COMPREPLY < <(compgen -f -- "$word")
}
complete -F _dpol dpol
