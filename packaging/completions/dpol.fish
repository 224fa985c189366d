# fish completion for dpol. It asks `dpol help`, and so knows what this very dpol knows.

function __dpol_topic
    set -l words (commandline -opc)
    set -e words[1]
    if test (count $words) -ge 2; and command dpol help $words[1] 2>/dev/null | string match -qr "^dpol $words[1] "
        echo $words[1..2]
    else
        echo $words[1]
    end
end

function __dpol_options
    command dpol help (string split ' ' -- (__dpol_topic)) 2>/dev/null | string replace -rf '^  (?:-\w,)?(--[a-z-]+)\S*(?: \S+)?\s+(.*)$' '$1\t$2'
end

function __dpol_parts
    set -l words (commandline -opc)
    command dpol help $words[2] 2>/dev/null | string replace -rf "^dpol $words[2] ([a-z]+).*" '$1'
end

complete -c dpol -n __fish_use_subcommand -f -a '(command dpol help 2>/dev/null | string replace -rf "^  dpol (\S+)\s+(.*)" "\$1\t\$2")'
complete -c dpol -n 'not __fish_use_subcommand; and test (count (commandline -opc)) -eq 2; and test -n "$(__dpol_parts)"' -f -a '(__dpol_parts)'
complete -c dpol -n 'not __fish_use_subcommand; and string match -q -- "-*" (commandline -ct)' -f -a '(__dpol_options)'
