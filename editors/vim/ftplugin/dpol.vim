" Vim filetype plugin
" Language: dpol, deployment policies

if exists("b:did_ftplugin")
  finish
endif
let b:did_ftplugin = 1

" Documentation goes on with `///` on the next line, a comment with `//`.
setlocal comments=:///,://
setlocal commentstring=//\ %s
setlocal formatoptions-=t formatoptions+=croql
setlocal suffixesadd=.dpol

let b:undo_ftplugin = "setlocal comments< commentstring< formatoptions< suffixesadd<"
