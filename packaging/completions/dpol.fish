# fish completion for dpol. It asks `dpol help`, and so knows what this very dpol knows.

function __dpol_topic
    set -l words (commandline -opc)
    set -e words[1]
    if test (count $words) -ge 2; and command dpol help $words[1] 2>/dev/null | string match -qr "^dpol $words[1] "
        printf '%s\n' $words[1..2]
    else
        printf '%s\n' $words[1]
    end
end

function __dpol_commands
    command dpol help 2>/dev/null | string replace -rf '^  dpol (\S+)\s+(.*)' '$1\t$2'
end

function __dpol_options
    command dpol help (__dpol_topic) 2>/dev/null | string replace -rf '^  (?:-\w,)?(--[a-z-]+)\S*(?: \S+)?\s+(.*)$' '$1\t$2'
end

function __dpol_parts
    set -l words (commandline -opc)
    command dpol help $words[2] 2>/dev/null | string replace -rf "^dpol $words[2] ([a-z]+).*" '$1'
end

# The words that may follow the option before the cursor, or that `dpol init` takes. Help says them as `text|json`, as
# `pretty | json; …` or as `markdown (…); html (…); …`.
function __dpol_values
    set -l words (commandline -opc)
    set -l before $words[-1]
    set -l prefix ''
    if string match -qr -- '^--[a-z-]+=' (commandline -ct)
        set before (string replace -r -- '=.*' '' (commandline -ct))
        set prefix $before=
    else if test "$words[2]" = init; and not string match -q -- '-*' $before
        set before STARTER
    else if not string match -qr -- '^--[a-z-]+$' $before
        return
    end
    for word in (command dpol help (__dpol_topic) 2>/dev/null | awk -v option="$before" '
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
        }')
        echo $prefix$word
    end
end

# There is a command, and `dpol help` is not it.
function __dpol_in_command
    set -l words (commandline -opc)
    test (count $words) -ge 2; and test "$words[2]" != help
end

complete -c dpol -n __fish_use_subcommand -f -a '(__dpol_commands)'
complete -c dpol -n 'test (count (commandline -opc)) -eq 2; and test (commandline -opc)[2] = help' -f -a '(__dpol_commands)'
complete -c dpol -n '__dpol_in_command; and test (count (commandline -opc)) -eq 2; and test -n "$(__dpol_parts)"' -f -a '(__dpol_parts)'
complete -c dpol -n '__dpol_in_command; and string match -q -- "-*" (commandline -ct)' -f -a '(__dpol_options)'
complete -c dpol -n '__dpol_in_command; and test -n "$(__dpol_values)"' -f -a '(__dpol_values)'
