autocmd BufNewFile,BufRead *.dpol setfiletype dpol
