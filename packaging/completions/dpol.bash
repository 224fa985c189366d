# bash completion for dpol. It asks `dpol help`, and so knows what this very dpol knows.

_dpol_help() { command dpol help "$@" 2> /dev/null; }

# What may follow the option $1 of the command in the rest of the arguments: of `--color auto|always|never` and
# of `--format FORMAT  pretty | json; …` the words.
_dpol_values() {
  local option=$1
  shift
  _dpol_help "$@" | awk -v option="$option" '
    { first = $1; sub(/^-[a-zA-Z],/, "", first) }
    first == option && $2 ~ /^[a-z-]+\|[a-z|-]+$/ { gsub(/\|/, " ", $2); print $2; exit }
    first == option && $2 ~ /^FORMAT/ {
      $1 = $2 = ""; sub(/;.*/, ""); sub(/^ +/, "")
      if (gsub(/ \| /, " ")) print
      exit
    }'
}

_dpol() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} words parts
  local topic=("${COMP_WORDS[1]}")
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    words=$(_dpol_help | awk '/^  dpol / { print $2 }')
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
    return
  fi
  if [[ ${topic[0]} == help ]]; then
    ((COMP_CWORD == 2)) && mapfile -t COMPREPLY < <(compgen -W "$(_dpol_help | awk '/^  dpol / { print $2 }')" -- "$word")
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
    if [[ -n $words ]]; then
      mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
      return
    fi
  fi
  if [[ $word == -* ]]; then
    words=$(_dpol_help "${topic[@]}" | awk '/^  -/ { gsub(/,/, " ", $1); print $1 }')
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
    return
  fi
  compopt -o filenames 2> /dev/null
  mapfile -t COMPREPLY < <(compgen -f -- "$word")
}
complete -F _dpol dpol
